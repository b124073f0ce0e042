"""Where the need is: how people were doing when they began, by target group, legal section and place.

Question: where do those who begin need most, is it changing, and do we know?
Bands: the measure's scale in three equal parts, the worst third being high need. It is no clinical limit.
Unknown: whoever hasn't answered is unknown, not well: they are in every whole, and have a part of their own in every bar.
Uncertainty: the share of those who answered with its Wilson interval; and the share of all who began with the ends that it
could have, whatever the others would have said. Trend: the same share the year before, difference with Newcombe's interval.
Small numbers: places of under 10 people are put together; no count under 5 is shown, nor what would give it away; no
share of under 10 who answered. That somebody hasn't answered is public, as the flow of measurement is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.disclosure import hide_lines, may_show_cell, may_show_estimate
from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.analysis.results import Share, ShareDifference
from outcomes.analysis.suppression import Sum, protect_cells
from outcomes.errors import EstimateError, Sentence
from outcomes.language import sort_key
from outcomes.reports.offers.coverage import FEW, GROUP_UNKNOWN, SECTION_UNKNOWN, CoverageRow, Pair
from outcomes.reports.parts import Figure, Interval, LocalText, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outcomes.reports.offers.register import Names

HIGH, SOME, LOW, UNKNOWN = "high", "some", "low", "unknown"
LOWER = "lower"
"""Some and low together: where three bands would have to hide something, two may not."""
BANDS = (HIGH, SOME, LOW)
TWO_BANDS = (HIGH, LOWER)
BAND_WORDS = {
    HIGH: Sentence("High need"),
    SOME: Sentence("Some need"),
    LOW: Sentence("Low need"),
    LOWER: Sentence("Less than high need"),
    UNKNOWN: Sentence("Not known"),
}
THIRD = 1 / 3
EVERYWHERE = Sentence("Everybody")
OTHER_PLACES = Sentence("Other places")
NOT_PUBLISHED = Withheld(
    Sentence("Nothing is published from here, so the need isn't known."), Sentence("not published")
)
TOO_FEW = Withheld(Sentence("Fewer than 10 people stand behind this number, so it isn't shown."))
CHANGES = {
    "more": Sentence("A larger share than the year before."),
    "fewer": Sentence("A smaller share than the year before."),
    "cannot_say": Sentence("Whether it has changed since the year before can't be said."),
}


@dataclass(frozen=True, slots=True)
class Began:
    """One person who began: for which target group and section, where (None: not known), the band (None: unknown), and
    what (the intervention's slug)."""

    person: UUID
    pair: Pair
    place: str | None
    band: str | None
    slug: str = ""


@dataclass(frozen=True, slots=True)
class NeedRow:
    """The people of one place, or of all (``place`` :data:`EVERYWHERE`).

    ``n``: who began; ``bands``: how many in each, three or two of them, and :data:`UNKNOWN`; ``high``: share of high need
    among those who answered; ``reach``: share of all who began, from the lowest to the highest that it can be; ``trend``:
    against the year before. ``change``: key of :data:`CHANGES`.
    """

    place: Sentence | str
    n: int | Withheld
    n_answered: int | Withheld
    bands: tuple[tuple[str, int | Withheld], ...]
    high: Share | Withheld
    reach: Interval | Withheld
    trend: ShareDifference | Withheld
    change: str

    @property
    def change_words(self) -> Sentence:
        """The trend in words."""
        return CHANGES[self.change]


@dataclass(frozen=True, slots=True)
class NeedPanel:
    """One target group and section: everybody first, then each place by name. ``measures``: what they answered."""

    pair: Pair
    group: LocalText | Sentence | str
    section: str | Sentence
    measures: tuple[LocalText, ...]
    rows: tuple[NeedRow, ...]
    coverage: CoverageRow | None


@dataclass(frozen=True, slots=True)
class NeedMap:
    """The page: panels of those who began between two days. ``left_out``: interventions whose measure has no ends."""

    organisation_name: str
    region: str | None
    first_day: date
    last_day: date
    panels: tuple[NeedPanel, ...]
    left_out: tuple[LocalText, ...]
    figure: Figure | None


def find_band(score: float, *, minimum: float, maximum: float, higher_is_better: bool) -> str:
    """The third of the scale that a score lies in; a score on the border has the greater need."""
    share = (score - minimum) / (maximum - minimum)
    need = 1 - share if higher_is_better else share
    return HIGH if need >= 2 * THIRD else SOME if need >= THIRD else LOW


@dataclass(frozen=True, slots=True)
class _Counts:
    """People by place and band; places of few together. ``shown``: what may be told of it."""

    cells: Mapping[tuple[str, str], int]
    places: tuple[str, ...]
    bands: tuple[str, ...]
    shown: Mapping[tuple[str, str], int | Withheld]


_ALL, _OTHERS, _N, _ANSWERED = "*", "+", "n", "answered"


def build_panels(
    now: Sequence[Began], before: Sequence[Began], names: Names, *, measures: Mapping[Pair, tuple[LocalText, ...]],
    coverage: Mapping[Pair, CoverageRow],
) -> tuple[NeedPanel, ...]:  # fmt: skip
    """A panel for each target group and section that somebody began in, by name."""
    panels = []
    pairs = sorted({each.pair for each in now}, key=lambda pair: _order(pair, names))
    counted = _hide_panels({pair: _count([each for each in now if each.pair == pair]) for pair in pairs})
    for pair, this in counted.items():
        last = _count([each for each in before if each.pair == pair])
        group, section = pair
        panels.append(
            NeedPanel(
                pair=pair,
                group=names.groups.get(group, group) if group else GROUP_UNKNOWN,
                section=section or SECTION_UNKNOWN,
                measures=measures.get(pair, ()),
                rows=tuple(_row(place, this, last) for place in (_ALL, *this.places)),
                coverage=coverage.get(pair),
            )
        )
    return tuple(panels)


def _order(pair: Pair, names: Names) -> tuple[object, ...]:
    group, section = pair
    return (group is None, sort_key(str(names.groups.get(group or "", group or ""))), section is None, section or "")


def _hide_panels(panels: Mapping[Pair, _Counts]) -> dict[Pair, _Counts]:
    """The panels' numbers, with another panel hidden where one alone is of few: reports tell of all of them together. Which
    one joins it is decided as the page of places and people does."""
    people = {str(pair): counts.cells[_ALL, _N] for pair, counts in panels.items()}
    hidden = hide_lines(people, hidden={key for key, count in people.items() if not may_show_cell(count)})
    return {
        pair: replace(counts, places=(), shown=dict.fromkeys(counts.shown, FEW)) if str(pair) in hidden else counts
        for pair, counts in panels.items()
    }


def _count(people: Iterable[Began]) -> _Counts:
    latest = {each.person: each for each in people}  # a person counts once, where they began last
    by_place: dict[str, dict[str, int]] = {}
    for each in latest.values():
        bands = by_place.setdefault(each.place or "", dict.fromkeys((*BANDS, UNKNOWN), 0))
        bands[each.band or UNKNOWN] += 1
    together = _together(by_place)
    three = _counts(together, BANDS)
    if not any(isinstance(count, Withheld) for count in three.shown.values()):
        return three
    coarser = {
        place: {HIGH: bands[HIGH], LOWER: bands[SOME] + bands[LOW], UNKNOWN: bands[UNKNOWN]}
        for place, bands in together.items()
    }
    return _counts(coarser, TWO_BANDS)


def _counts(by_place: Mapping[str, Mapping[str, int]], bands: tuple[str, ...]) -> _Counts:
    places = tuple(sorted(by_place, key=lambda place: (place in {_OTHERS, ""}, sort_key(place))))
    places = places if len(places) > 1 else ()
    cells: dict[tuple[str, str], int] = {}
    for place in places:
        cells |= _with_sums(place, by_place[place], bands)
    everybody = {band: sum(counts[band] for counts in by_place.values()) for band in (*bands, UNKNOWN)}
    cells |= _with_sums(_ALL, everybody, bands)
    return _Counts(cells, places, bands, _protect(cells, places, bands))


def _with_sums(place: str, counts: Mapping[str, int], bands: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """The cells of a place, those that are missed least first."""
    answered = sum(counts[band] for band in bands)
    inner = {(place, band): counts[band] for band in (*reversed(bands), UNKNOWN)}
    return {**inner, (place, _ANSWERED): answered, (place, _N): answered + counts[UNKNOWN]}


def _together(by_place: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Places of under 10 people put together, with the smallest of the others where they are still under 10."""
    sizes = sorted(by_place, key=lambda place: (sum(by_place[place].values()), place))
    kept = {place: dict(by_place[place]) for place in sizes}
    others = [place for place in sizes if not may_show_estimate(sum(by_place[place].values()))]
    rest = [place for place in sizes if place not in others]
    while others and rest and not may_show_estimate(sum(sum(by_place[place].values()) for place in others)):
        others.append(rest.pop(0))
    if len(others) > 1:
        bands = {band: sum(by_place[place][band] for place in others) for band in (*BANDS, UNKNOWN)}
        kept = {place: counts for place, counts in kept.items() if place not in others} | {_OTHERS: bands}
    return kept


def _protect(
    cells: Mapping[tuple[str, str], int], places: tuple[str, ...], bands: tuple[str, ...]
) -> dict[tuple[str, str], int | Withheld]:
    keys = {place: "/".join(place) for place in cells}
    sums = []
    for place in (_ALL, *places):
        sums.append(Sum(keys[place, _ANSWERED], tuple(keys[place, band] for band in bands)))
        sums.append(Sum(keys[place, _N], (keys[place, _ANSWERED], keys[place, UNKNOWN])))
    if places:
        sums += [
            Sum(keys[_ALL, column], tuple(keys[place, column] for place in places))
            for column in (*bands, UNKNOWN, _ANSWERED, _N)
        ]
    counts = {keys[place]: count for place, count in cells.items()}
    whole = all(may_show_estimate(count) for (_, column), count in cells.items() if column == _ANSWERED)
    public = [keys[place] for place in cells if place[1] in {UNKNOWN, _ANSWERED, _N}] if whole else []
    try:
        hidden = protect_cells(counts, sums, public=public)
    except EstimateError:
        hidden = frozenset(counts)
    return {place: FEW if keys[place] in hidden else count for place, count in cells.items()}


def _row(place: str, now: _Counts, before: _Counts) -> NeedRow:
    shown = {column: now.shown[place, column] for column in (*now.bands, UNKNOWN, _ANSWERED, _N)}
    name = EVERYWHERE if place == _ALL else OTHER_PLACES if place == _OTHERS else place or Sentence("Place not known")
    high = _share(shown)
    earlier: Share | Withheld = TOO_FEW
    if place != _OTHERS and (place, _N) in before.cells:
        earlier = _share({column: before.shown[place, column] for column in (HIGH, _ANSWERED)})
    trend: ShareDifference | Withheld = (
        TOO_FEW if isinstance(high, Withheld) or isinstance(earlier, Withheld) else compare_shares(high, earlier)
    )
    return make_row(name, shown[_N], shown[_ANSWERED], {band: shown[band] for band in (*now.bands, UNKNOWN)}, trend)


def make_row(
    place: Sentence | str, n: int | Withheld, n_answered: int | Withheld, bands: Mapping[str, int | Withheld],
    trend: ShareDifference | Withheld,
) -> NeedRow:  # fmt: skip
    """A row from what may be told of its people."""
    return NeedRow(
        place=place,
        n=n,
        n_answered=n_answered,
        bands=tuple(bands.items()),
        high=_share({HIGH: bands[HIGH], _ANSWERED: n_answered}),
        reach=_reach(bands[HIGH], bands[UNKNOWN], n),
        trend=trend,
        change=_change(trend),
    )


def _share(shown: Mapping[str, int | Withheld]) -> Share | Withheld:
    high, answered = shown[HIGH], shown[_ANSWERED]
    if isinstance(answered, Withheld) or not may_show_estimate(answered):
        return TOO_FEW
    return FEW if isinstance(high, Withheld) else estimate_share(high, answered)


def _reach(high: int | Withheld, unknown: int | Withheld, n: int | Withheld) -> Interval | Withheld:
    if isinstance(n, Withheld) or not may_show_estimate(n):
        return TOO_FEW
    if isinstance(high, Withheld) or isinstance(unknown, Withheld):
        return FEW
    return Interval(high / n, (high + unknown) / n)


def _change(trend: ShareDifference | Withheld) -> str:
    if isinstance(trend, Withheld) or trend.ci_low <= 0 <= trend.ci_high:
        return "cannot_say"
    return "more" if trend.ci_low > 0 else "fewer"
