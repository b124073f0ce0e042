"""The register's totals, coverage, levels of specialisation and the need map, without a database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.language import use_locale
from outcomes.reports.offers.coverage import FEW, Needing, Places, build_coverage, count_places, judge
from outcomes.reports.offers.need import (
    HIGH,
    LOW,
    LOWER,
    SOME,
    UNKNOWN,
    Began,
    build_panels,
    find_band,
)
from outcomes.reports.offers.need_figure import make_figure
from outcomes.reports.offers.regions import find_region, list_regions
from outcomes.reports.offers.register import AGREEMENTS, OWNERS, Names, OfferFilter, OfferNow, build_register
from outcomes.reports.offers.specialisation import (
    HIGHEST,
    Level,
    Verdict,
    all_criteria,
    criteria_on,
    judge_trend,
    level_on,
)
from outcomes.reports.parts import Interval, Withheld, local_text

DAY = date(2026, 11, 22)
NAMES = Names({"a": local_text("Ahornhjælp"), "b": local_text("Birkehjælp")}, {"g": local_text("Gruppen")})
PAIR = ("g", "Serviceloven § 85")


def number(n: int) -> UUID:
    return UUID(int=n)


def subsets(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(values)).map(lambda found: tuple(sorted(found)))


@st.composite
def an_offer(draw: st.DrawFn) -> OfferNow:
    recorded = draw(st.booleans())
    return OfferNow(
        draw(st.uuids()),
        draw(st.sampled_from(("Ask", "Bøg", "Ælle"))),
        None,
        draw(st.booleans()),
        recorded=recorded,
        owner_kind=draw(st.sampled_from(sorted(OWNERS))) if recorded else None,
        capacity=draw(st.none() | st.integers(0, 50)),
        staffing=draw(st.none() | st.integers(0, 200).map(lambda tenths: Decimal(tenths) / 10)),
        interventions=draw(subsets("a", "b")) if recorded else (),
        target_groups=draw(subsets("g", "h")) if recorded else (),
        legal_sections=draw(subsets("Serviceloven § 85", "Serviceloven § 107")) if recorded else (),
        agreements=draw(subsets(*AGREEMENTS)) if recorded else (),
    )


def register(offers: list[OfferNow], **chosen: str):
    return build_register(offers, OfferFilter(**chosen), NAMES, organisation_name="x", region=None, day=DAY)


@settings(max_examples=40)
@given(st.lists(an_offer(), max_size=12), st.data())
def test_filter_totals_agree(offers: list[OfferNow], data: st.DataObject) -> None:
    """The number beside a choice is what choosing it leaves; owner and address add up; sums are those of the rows."""
    first = register(offers)
    chosen: dict[str, str] = {}
    if first.facets[0].choices:
        chosen["indsats"] = data.draw(st.sampled_from([choice.value for choice in first.facets[0].choices]))
    page = register(offers, **chosen)
    for facet in page.facets:
        if facet.exclusive:
            assert sum(choice.n for choice in facet.choices) == facet.n_all
        for choice in facet.choices:
            narrowed = register(offers, **{**chosen, facet.key: choice.value})
            assert len(narrowed.rows) == choice.n == narrowed.totals.n_offers
    assert page.totals.places == sum(row.places or 0 for row in page.rows)
    assert page.totals.n_places_unknown == sum(row.places is None for row in page.rows)
    for part in page.breakdowns:
        n = sum(sums.n_offers for _, sums in part.parts)
        assert n == len(page.rows) if part.exclusive else n >= len(page.rows)


def test_a_value_that_no_offer_has_leaves_none_and_says_so() -> None:
    page = register([OfferNow(number(1), "Ask", None, has_address=True)], ejer="martian")

    assert page.rows == ()
    assert [(choice.value, choice.n) for choice in page.facets[3].choices if choice.chosen] == [("martian", 0)]


def test_what_nobody_recorded_is_unknown_and_not_none() -> None:
    offers = [
        OfferNow(number(1), "Ask", None, has_address=True),
        OfferNow(number(2), "Bøg", None, has_address=True, recorded=True, owner_kind="private"),
    ]
    agreement = register(offers).facets[4]

    assert [(choice.value, choice.n) for choice in agreement.choices] == [("ingen", 1), ("ukendt", 1)]


def an_offer_for(n: int, capacity: int | None, *groups: str) -> OfferNow:
    return OfferNow(
        number(n), f"Offer {n}", None, has_address=True, recorded=True, owner_kind="municipal", capacity=capacity,
        target_groups=groups, legal_sections=(PAIR[1],),
    )  # fmt: skip


def test_shared_places_are_a_range_and_unknown_ones_have_no_end() -> None:
    offers = [an_offer_for(1, 10, "g"), an_offer_for(2, 8, "g", "h"), an_offer_for(3, None, "g")]

    assert count_places(offers, PAIR) == Places(10, 18, 3, 1)
    assert count_places(offers, ("h", PAIR[1])) == Places(0, 8, 1, 0)


@pytest.mark.parametrize(
    ("places", "people", "verdict"),
    [
        (Places(10, 18, 3, 1), 10, "enough"),
        (Places(10, 18, 2, 0), 19, "short"),
        (Places(10, 18, 3, 1), 19, "cannot_say"),
        (Places(10, 18, 2, 0), 12, "cannot_say"),
        (Places(0, 0, 0, 0), 12, "none"),
        (Places(9, 9, 1, 0), None, "uncounted"),
        (Places(9, 9, 1, 0), FEW, "withheld"),
    ],
)
def test_coverage_says_only_what_holds_whatever_the_unknown_is(places, people, verdict) -> None:
    assert judge(places, people) == verdict


def test_few_people_are_withheld_and_so_is_what_gives_them_away() -> None:
    needing = {PAIR: Needing(30, 2), ("h", PAIR[1]): Needing(20)}
    page = build_coverage([an_offer_for(1, 40, "g")], needing, NAMES, organisation_name="x", day=DAY)
    rows = {row.pair: row for row in page.rows}

    assert isinstance(rows[PAIR].waiting, Withheld)
    assert isinstance(rows[PAIR].active, Withheld), "active and people together would tell who waits"
    assert isinstance(rows[PAIR].people, Withheld), "a report tells who is in it: the rest are those who wait"
    assert rows["h", PAIR[1]].people == 20
    assert isinstance(page.people, Withheld), "all less the other lines would be the hidden one"
    assert rows["h", PAIR[1]].waiting is None
    assert rows["h", PAIR[1]].verdict == "none"


def test_all_together_are_told_where_every_line_is() -> None:
    needing = {PAIR: Needing(30, 7), ("h", PAIR[1]): Needing(20, 0)}
    page = build_coverage([], needing, NAMES, organisation_name="x", day=DAY)
    assert (page.people, [(row.people, isinstance(row.waiting, Withheld)) for row in page.rows]) == (
        57, [(37, False), (20, True)],
    )  # fmt: skip


def test_a_group_that_no_intervention_is_for_is_not_counted_rather_than_empty() -> None:
    page = build_coverage([an_offer_for(1, 40, "g")], {}, NAMES, organisation_name="x", day=DAY)

    assert [(row.people, row.verdict) for row in page.rows] == [(None, "uncounted")]


BEFORE = DAY - timedelta(days=730)


def a_level(provider: int, level: int, day: date = BEFORE, version: str = "1") -> Level:
    return Level(number(provider), day, level, version)


def trend(offers: int, *levels: Level):
    return judge_trend(frozenset(number(n) for n in range(offers)), levels, first_day=BEFORE, last_day=DAY)


def test_despecialisation_is_confirmed_refuted_or_not_said() -> None:
    fell, kept = (a_level(0, 3), a_level(0, 1, DAY)), (a_level(1, 2), a_level(1, 2, DAY))

    assert trend(2, *fell, *kept).verdict is Verdict.CONFIRMED
    assert trend(2, *fell, *kept).estimate == -1.0
    assert judge_trend(frozenset({number(1)}), kept, first_day=BEFORE, last_day=DAY).verdict is Verdict.REFUTED
    unsure = trend(3, *fell, *kept)  # the third was never looked at
    assert unsure.verdict is Verdict.CANNOT_SAY
    assert (unsure.n, unsure.n_known) == (3, 2)
    assert (unsure.low, unsure.high) == pytest.approx((-5 / 3, 1 / 3))
    assert trend(0).verdict is Verdict.CANNOT_SAY


def test_levels_of_other_criteria_are_never_compared() -> None:
    found = trend(1, a_level(0, 3, version="1"), a_level(0, 0, DAY, version="2"))

    assert (found.verdict, found.n_known, found.estimate) == (Verdict.CANNOT_SAY, 0, None)
    assert (found.low, found.high) == (-HIGHEST, HIGHEST)


def test_a_level_counts_for_three_years_and_no_longer() -> None:
    levels = (a_level(0, 2, DAY - timedelta(days=1097)),)

    assert level_on(levels, number(0), DAY) is None
    assert level_on(levels, number(0), DAY - timedelta(days=1)) == levels[0]


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.none() | st.integers(0, HIGHEST)] * 2), min_size=1, max_size=3))
def test_the_interval_holds_every_mean_that_the_unknown_allow(pairs: list[tuple[int | None, int | None]]) -> None:
    """Held against trying out every value of what isn't known."""
    levels = [
        a_level(n, level, day)
        for n, pair in enumerate(pairs)
        for level, day in zip(pair, (BEFORE, DAY), strict=True)
        if level is not None
    ]
    found = trend(len(pairs), *levels)
    spaces = []
    for then, last in pairs:
        now = then if last is None else last  # a level holds until the next one
        spaces += [range(HIGHEST + 1) if then is None else [then], range(HIGHEST + 1) if now is None else [now]]
    means = [sum(value[1::2]) - sum(value[::2]) for value in product(*spaces)]
    assert (found.low, found.high) == pytest.approx((min(means) / len(pairs), max(means) / len(pairs)))


def test_criteria_have_a_day_and_a_level_follows_from_what_is_met() -> None:
    newest = all_criteria()[-1]

    assert criteria_on(newest.valid_from) is newest
    assert criteria_on(newest.valid_from - timedelta(days=1)) is not newest
    assert newest.level({}) == 0
    assert newest.level({each.key: True for each in newest.criteria}) == HIGHEST
    assert newest.level({"elsewhere": True}) == 0


@pytest.mark.parametrize("score", range(0, 101, 5))
def test_bands_are_thirds_and_turn_with_the_direction(score: int) -> None:
    higher = find_band(score, minimum=0, maximum=100, higher_is_better=True)
    lower = find_band(100 - score, minimum=0, maximum=100, higher_is_better=False)

    assert higher == lower == (HIGH if score <= 33 else SOME if score <= 66 else LOW)


def people(high: int, some: int, low: int, unknown: int, place: str | None = "Nord", start: int = 0) -> list[Began]:
    bands = [HIGH] * high + [SOME] * some + [LOW] * low + [None] * unknown
    return [Began(number(start + n), PAIR, place, band) for n, band in enumerate(bands)]


def panel(now: list[Began], before: list[Began] | None = None):
    (found,) = build_panels(now, before or [], NAMES, measures={}, coverage={})
    return found


def test_who_has_not_answered_is_unknown_and_never_well() -> None:
    (row,) = panel(people(20, 15, 15, 50)).rows

    assert dict(row.bands) == {HIGH: 20, SOME: 15, LOW: 15, UNKNOWN: 50}
    assert row.high.share == pytest.approx(0.4), "of those who answered"
    assert row.reach == Interval(0.2, 0.7), "of all, whatever the others would have said"
    answered = panel(people(20, 15, 65, 0)).rows[0]
    assert answered.high.share < row.high.share, "the same number of answers of high need, and nobody unknown"


def test_nobody_who_answered_means_that_nothing_is_known() -> None:
    (row,) = panel(people(0, 0, 0, 40)).rows

    assert isinstance(row.high, Withheld)
    assert isinstance(row.reach, Withheld)
    assert [count for band, count in row.bands if band != UNKNOWN] == [FEW, FEW]


def test_bands_are_put_together_before_anything_is_hidden() -> None:
    (row,) = panel(people(20, 18, 2, 0)).rows

    assert [band for band, _ in row.bands] == [HIGH, LOWER, UNKNOWN]
    assert dict(row.bands)[LOWER] == 20


def test_places_of_few_are_put_together_and_no_small_number_is_shown() -> None:
    rng = Random(6)
    now = [
        each
        for n, place in enumerate(("Nord", "Syd", "Øst", "Vest"))
        for each in people(*(rng.randint(0, 12) for _ in range(4)), place, start=100 * n)
    ]
    now += people(1, 1, 0, 1, "Lille", start=900)
    rows = panel(now).rows

    assert "Lille" not in [row.place for row in rows]
    for row in rows:
        shown = [count for band, count in row.bands if band != UNKNOWN and not isinstance(count, Withheld)]
        assert all(count >= 5 for count in shown)


def test_a_person_counts_once() -> None:
    twice = people(10, 10, 10, 0) + people(10, 10, 10, 0, "Syd")

    assert panel(twice).rows[0].n == 30


def test_a_change_is_said_only_where_it_is_beyond_chance() -> None:
    fewer = panel(people(20, 40, 40, 0), people(60, 20, 20, 0)).rows[0]
    same = panel(people(20, 40, 40, 0), people(22, 40, 38, 0)).rows[0]

    assert (fewer.change, same.change) == ("fewer", "cannot_say")
    assert panel(people(20, 40, 40, 0)).rows[0].change == "cannot_say", "there is no year before"


@pytest.mark.parametrize("locale", ["da", "en"])
def test_the_map_is_drawn_with_the_unknown_as_a_part_of_its_own(locale: str) -> None:
    with use_locale(locale):
        figure = make_figure((panel(people(20, 15, 15, 50)), panel(people(2, 1, 1, 2))), DAY, DAY)
        spec = figure.chart.spec()
        bars = [value for part in spec["vconcat"] for value in part["layer"][0]["data"]["values"]]

        assert sum(bar["share"] for bar in bars[:4]) == pytest.approx(1)
        assert bars[3]["share"] == pytest.approx(0.5)
        assert bars[-1]["share"] == 1.0, "what is withheld is one grey bar"
        assert "<svg" in figure.svg
        assert len(figure.table.rows) == 2


def test_no_panel_no_picture() -> None:
    assert make_figure((), DAY, DAY) is None


def test_regions_are_five_until_new_year_and_four_after() -> None:
    old, new = date(2026, 12, 31), date(2027, 1, 1)

    assert (len(list_regions(old)), len(list_regions(new))) == (5, 4)
    for day in (old, new):
        codes = [code for region in list_regions(day) for code in region.municipalities]
        assert len(codes) == len(set(codes)) == 98
    assert [find_region("101", day).name for day in (old, new)] == ["Region Hovedstaden", "Region Østdanmark"]
    assert find_region("751", new).code == "1082"
    assert find_region(None, new) is None
    assert find_region("411", new) is None


def test_a_register_is_plain_data() -> None:
    assert asdict(register([OfferNow(number(1), "Ask", None, has_address=True)]))["totals"]["n_offers"] == 1
