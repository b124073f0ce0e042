"""Sums of municipalities: made, added, aligned; the pooled fit is that of all people at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.federation import (
    Aggregate,
    Column,
    ColumnKind,
    Measure,
    Protection,
    add_aggregates,
    make_aggregate,
    require_different_people,
)
from outcomes.analysis.federation.aggregate import plain_origin
from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import LongitudinalSums, move_origins, sum_patterns
from outcomes.errors import EstimateError
from tests.unit.analysis.federation_data import FREE, STUDY, described, load_country, split

OCCASIONS = ("0", "3", "6", "12", "18")
POOLED = 1e-8


def small_people(n: int = 60, seed: int = 1) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Scores at three occasions with gaps; columns intercept, group and age."""
    random = np.random.default_rng(seed)
    scores = random.normal(50, 10, (n, 1)) + random.normal(0, 5, (n, 3))
    scores[random.random((n, 3)) < 0.2] = np.nan
    group = (random.random(n) < 0.4).astype(float)
    return scores, np.column_stack([np.ones(n), group, random.normal(40, 8, n)]), ("Intercept", "group[1]", "age")


def make(name: str = "a", **changes: Any) -> Aggregate:
    """A municipality's unprotected sums of small people, with ``changes`` to how they are made."""
    scores, columns, names = small_people()
    given_ = {
        "occasions": ("0", "3", "6"), "described": described(names), "organisation": name, "study": FREE, "least": 1,
        **changes,
    }  # fmt: skip
    return make_aggregate(scores, columns, **given_)


def assert_same_sums(one: LongitudinalSums, other: LongitudinalSums, rel: float = 1e-12) -> None:
    moved = move_origins(other, one.origin, one.column_origins)
    assert [(p.observed, p.n) for p in one.patterns] == [(p.observed, p.n) for p in moved.patterns]
    for a, b in zip(one.patterns, moved.patterns, strict=True):
        for x, y in ((a.xx, b.xx), (a.xy, b.xy), (a.yy, b.yy)):
            np.testing.assert_allclose(x, y, rtol=rel, atol=rel * max(1.0, float(np.abs(x).max(initial=0))))


def test_the_pooled_fit_of_a_country_is_the_individual_fit() -> None:
    country = load_country().simulate_country(3_000)
    names, design = country.names, MmrmDesign("wave", crossed=country.names[1:])
    parts = split(country.scores, country.columns, country.municipality, occasions=OCCASIONS, names=names, study=STUDY)
    pooled = fit_mmrm(add_aggregates(parts).sums, design)
    alone = fit_mmrm(sum_patterns(country.scores, country.columns, occasions=OCCASIONS, names=names), design)
    assert len(parts) == 98
    assert pooled.n_subjects == alone.n_subjects == 3_000
    np.testing.assert_allclose(pooled.sigma, alone.sigma, rtol=POOLED)
    for term in alone.terms:
        assert pooled.term(term.term).estimate == pytest.approx(term.estimate, rel=POOLED, abs=POOLED)
        assert pooled.term(term.term).std_error == pytest.approx(term.std_error, rel=POOLED)


def test_protected_sums_of_a_country_cost_little() -> None:
    """Two large municipalities: few patterns are thin, and the estimate moves by a small part of its standard error."""
    country = load_country().simulate_country(4_000, n_groups=2)
    place, design = country.municipality % 2, MmrmDesign("wave", crossed=country.names[1:])
    common = {"occasions": OCCASIONS, "names": country.names, "study": STUDY}
    exact = fit_mmrm(add_aggregates(split(country.scores, country.columns, place, **common)).sums, design)
    protected = add_aggregates(split(country.scores, country.columns, place, least=10, **common))
    found = fit_mmrm(protected.sums, design)
    assert 0 < protected.protection.answers_left_out < 0.01 * exact.n_observations
    change = exact.term("wave[12]")
    assert abs(found.term("wave[12]").estimate - change.estimate) < 0.2 * change.std_error


@settings(max_examples=25)
@given(st.integers(2, 5), st.integers(0, 2**16), st.randoms())
def test_any_way_of_splitting_and_any_order_adds_to_the_whole(n_places: int, seed: int, shuffle: Any) -> None:
    scores, columns, names = small_people(40, seed)
    place = np.random.default_rng(seed).integers(0, n_places, 40)
    parts = split(scores, columns, place, occasions=("0", "3", "6"), names=names)
    shuffle.shuffle(parts)
    added = add_aggregates(parts).sums
    order = [names.index(name) for name in added.columns]
    whole = sum_patterns(scores, columns[:, order], occasions=("0", "3", "6"), names=added.columns)
    assert_same_sums(whole, added, rel=1e-9)


def test_the_order_of_people_makes_no_difference() -> None:
    scores, columns, names = small_people()
    order = np.random.default_rng(3).permutation(len(scores))
    common = {"occasions": ("0", "3", "6"), "described": described(names), "organisation": "a", "study": FREE}
    one = make_aggregate(scores, columns, **common)
    other = make_aggregate(scores[order], columns[order], **common)
    assert_same_sums(one.sums, other.sums)
    assert one.protection == other.protection


def test_huge_scores_keep_their_digits() -> None:
    scores, columns, names = small_people()
    common = {
        "occasions": ("0", "3", "6"),
        "described": described(names),
        "organisation": "a",
        "study": FREE,
        "least": 1,
    }
    plain = make_aggregate(scores, columns, **common)
    huge = make_aggregate(scores * 1e9 + 1e12, columns, **common)
    design = MmrmDesign("t", crossed=("group[1]",), constant=("age",))
    one, other = fit_mmrm(plain.sums, design), fit_mmrm(huge.sums, design)
    assert other.term("t[3]").estimate == pytest.approx(one.term("t[3]").estimate * 1e9, rel=1e-6)
    assert other.term("t[3]").std_error == pytest.approx(one.term("t[3]").std_error * 1e9, rel=1e-6)


def test_indicators_that_a_part_has_not_heard_of_are_zero_there() -> None:
    scores, columns, names = small_people()
    lacking = make("b", described=described(("Intercept", "group[2]", "age")))
    added = add_aggregates([make("a"), lacking])
    assert added.sums.columns == ("Intercept", "age", "group[1]", "group[2]")
    assert added.columns == described(added.sums.columns)
    both = np.column_stack([columns[:, 0], columns[:, 2], columns[:, 1], np.zeros(60)])
    swapped = both[:, [0, 1, 3, 2]]
    whole = sum_patterns(
        np.vstack([scores, scores]), np.vstack([both, swapped]), occasions=("0", "3", "6"), names=added.sums.columns
    )
    assert_same_sums(whole, added.sums, rel=1e-10)
    assert names == ("Intercept", "group[1]", "age")


def test_an_indicator_that_nobody_has_is_left_out() -> None:
    scores, columns, names = small_people()
    columns[:, 1] = 0.0
    made = make_aggregate(
        scores, columns, occasions=("0", "3", "6"), described=described(names), organisation="a", study=FREE, least=1
    )
    assert made.sums.columns == ("Intercept", "age")
    assert [column.name for column in made.columns] == ["Intercept", "age"]
    assert made.sums.column_origins.tolist() == [0.0, plain_origin(columns[:, [2]])]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"study": replace(FREE, measure=Measure("other", "total"))}, "the instrument is measure in one and other"),
        ({"study": replace(FREE, measure=Measure("measure", "part"))}, "the scale is total in one and part"),
        (
            {"study": replace(FREE, measure=Measure("measure", "total", "levels"))},
            "the unit is points in one and levels",
        ),
        (
            {"study": replace(FREE, measure=Measure("measure", "total", "points", 0.0, 9.0))},
            "the range of the scale is - - - in one and 0 - 9",
        ),
        ({"study": replace(FREE, intervention="other")}, "the intervention is course in one and other"),
        (
            {"study": replace(FREE, first_day="2024-04-01")},
            "the period is 2024-01-01 - 2025-12-31 in one and 2024-04-01 -",
        ),
        ({"study": replace(FREE, last_day="2026-12-31")}, "the period is"),
        ({"study": replace(FREE, bases=(("group", "9"),))}, r"base levels is group\[0\] in one and group\[9\]"),
        ({"study": replace(FREE, bases=())}, r"base levels is group\[0\] in one and - in"),
        ({"occasions": ("0", "3", "9")}, "the list of occasions is 0, 3, 6 in one and 0, 3, 9"),
        ({"described": described(("Intercept", "group[1]", "weight"))}, "lack the number weight, which others have"),
        (
            {"described": (*described(("Intercept", "group[1]")), Column("group[2]", ColumnKind.NUMBER))},
            "lack the number group",
        ),
        ({"name": "a"}, "a would count twice"),
    ],
)
def test_what_differs_is_named_instead_of_added(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(EstimateError, match=said):
        add_aggregates([make("a"), make(**{"name": "b", **changes})])


def test_a_column_is_a_number_or_an_indicator_in_every_part() -> None:
    clash = (*described(("Intercept",)), Column("group[1]", ColumnKind.NUMBER), Column("age", ColumnKind.NUMBER))
    with pytest.raises(EstimateError, match=r"group\[1\] says one thing in one part and another thing"):
        add_aggregates([make("a"), make("b", described=clash)])


def test_nothing_to_add_and_nobody_to_sum() -> None:
    with pytest.raises(EstimateError, match="nothing to add"):
        add_aggregates([])
    scores, columns, names = small_people()
    with pytest.raises(EstimateError, match="nobody to sum over"):
        make_aggregate(
            scores[:0], columns[:0], occasions=("0", "3", "6"), described=described(names), organisation="a", study=FREE
        )


@pytest.mark.parametrize("value", [2.0, 0.5, -1.0, np.nan])
def test_an_indicator_is_0_or_1(value: float) -> None:
    scores, columns, names = small_people()
    columns[7, 1] = value
    with pytest.raises(EstimateError, match=r"group\[1\] must hold 0 and 1"):
        make_aggregate(
            scores, columns, occasions=("0", "3", "6"), described=described(names), organisation="a", study=FREE
        )


@pytest.mark.parametrize("wrong", [("Intercept", "group[1]"), ("age", "group[1]", "Intercept")])
def test_descriptions_fit_the_columns(wrong: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one description per column"):
        make(described=described(wrong))


def test_counts_of_loss_are_given_in_fives_only_where_sums_are_protected() -> None:
    scores, columns, _ = small_people(12)
    scores[:] = np.random.default_rng(4).normal(50, 10, scores.shape)
    scores[:2, 1:] = np.nan  # two people with the first answer only: ten with all three
    columns[:, 1] = 0.0
    common = {"occasions": ("0", "3", "6"), "described": described(("Intercept", "group[1]", "age")), "study": FREE}
    made = make_aggregate(scores, columns, organisation="a", due=(12, 12, 11), least=10, **common)
    assert made.protection == Protection(10, 5, 5)  # two people and their two answers, upwards
    assert made.due == (15, 15, 15)
    assert made.answered == (10, 10, 10)
    assert made.completeness == 30 / 45
    two = make_aggregate(scores, columns, organisation="a", due=(12, 12, 11), least=2, **common)
    assert (two.protection, two.due) == (Protection(2, 5, 5), (15, 15, 15))
    exact = make_aggregate(scores, columns, organisation="a", due=(12, 12, 11), least=1, **common)
    assert (exact.protection, exact.due, exact.answered) == (Protection(1, 0, 0), (12, 12, 11), (12, 10, 10))
    assert exact.completeness == 32 / 35


def test_what_is_due_is_added_where_every_part_knows_it() -> None:
    parts = [make("a", due=(60, 60, 50)), make("b", due=(60, 55, 45))]
    assert add_aggregates(parts).due == (120, 115, 95)
    assert add_aggregates([*parts, make("c")]).due is None
    assert make("c").completeness is None
    assert make("c", due=(0, 0, 0)).completeness is None


def test_the_weakest_rule_and_every_loss_is_carried_on() -> None:
    one, other = make("a"), make("b")
    one = replace(one, protection=Protection(5, 10, 15))
    other = replace(other, protection=Protection(10, 5, 20))
    assert add_aggregates([one, other]).protection == Protection(5, 15, 35)
    assert add_aggregates([other, one]).organisations == ("b", "a")


@pytest.mark.parametrize(
    ("values", "origin"),
    [
        ([], 0.0),
        ([np.nan], 0.0),
        ([7.0, 7.0], 0.0),
        ([48.0, 52.4], 50.0),
        ([4.1, 4.3], 4.2),
        ([1e12, 1e12 + 3e9], 1.002e12),
    ],
)
def test_an_origin_is_a_plain_number(values: list[float], origin: float) -> None:
    assert plain_origin(np.array([values])) == pytest.approx(origin, rel=1e-12)


def test_the_origin_tells_nothing_of_who_is_withheld() -> None:
    """The mean of all would give the withheld person's score away: mean * n less the sum that is sent."""
    scores, columns, names = small_people()
    made = make_aggregate(
        scores, columns, occasions=("0", "3", "6"), described=described(names), organisation="a", study=FREE
    )
    assert made.sums.origin == round(made.sums.origin)
    assert made.sums.column_origins[2] == round(made.sums.column_origins[2])


def test_the_country_is_the_same_each_time_and_knows_its_truth() -> None:
    simulate = load_country().simulate_country
    one, again, other = simulate(5_000), simulate(5_000), simulate(5_000, seed=1)
    assert np.array_equal(one.scores, again.scores, equal_nan=True)
    assert not np.array_equal(one.scores, other.scores, equal_nan=True)
    assert one.true_change(3) == pytest.approx(6.89, abs=0.6)
    assert one.n == 5_000
    assert 0.8 < one.n_scores / (5 * one.n) < 0.9
    answered = ~np.isnan(one.scores)
    assert answered[:, 0].all()
    assert np.array_equal(one.scores[answered], one.complete[answered])
    assert ((one.complete >= 0) & (one.complete <= 100)).all()
    assert (one.times >= 0).all()
    assert (one.times[:, 1:] != np.array([3.0, 6.0, 12.0, 18.0])).all()
    stopped = ~answered[:, 4] & answered[:, 3]
    assert one.scores[stopped, 3].mean() < one.scores[answered[:, 4] & answered[:, 3], 3].mean()
    sizes = np.bincount(one.municipality, minlength=98)
    assert sizes.max() > 8 * np.median(sizes)
    assert one.columns.shape == (5_000, 8)
    assert one.columns.sum(axis=1).max() == 2
    wide = simulate(20_000, n_groups=50)
    assert 2_000 < len(np.unique(wide.municipality * 50 + wide.group)) < 3_000


def test_the_ends_of_a_scale_are_compared_as_numbers() -> None:
    whole, decimal = (
        replace(FREE, measure=Measure("measure", "total", "points", low, high)) for low, high in ((-0.0, 27), (0, 27.0))
    )
    assert add_aggregates([make("a", study=whole), make("b", study=decimal)]).sums.n_subjects == 120


@pytest.mark.parametrize("name", ["A", " a", "a "])
def test_an_organisation_counts_once_however_its_name_is_written(name: str) -> None:
    with pytest.raises(EstimateError, match="would count twice"):
        add_aggregates([make("a"), make(name)])


def other_people(name: str, rows: slice) -> Aggregate:
    scores, columns, names = small_people(120, seed=2)
    return make_aggregate(
        scores[rows], columns[rows], occasions=("0", "3", "6"), described=described(names), organisation=name, study=FREE,
        least=1,
    )  # fmt: skip


def test_the_same_people_under_two_names_are_seen() -> None:
    one, other = other_people("a", slice(0, 60)), other_people("b", slice(60, 120))
    require_different_people([one, other])
    require_different_people([one])
    with pytest.raises(EstimateError, match="a and c sent the same sums to the last digit"):
        require_different_people([one, other, replace(one, organisations=("c",))])
    moved = replace(one, organisations=("c",), sums=move_origins(one.sums, 7.0, one.sums.column_origins))
    with pytest.raises(EstimateError, match="the same people would count twice"):
        require_different_people([one, moved])
    partly = [pattern for pattern in one.sums.patterns if len(pattern.observed) == 3]
    with pytest.raises(EstimateError, match="the same people would count twice"):
        require_different_people([one, replace(one, sums=replace(one.sums, patterns=tuple(partly)))])


def test_one_answer_alone_may_have_the_same_sums_by_chance() -> None:
    one, other = other_people("a", slice(0, 60)), other_people("b", slice(60, 120))
    (single, *_) = [pattern for pattern in one.sums.patterns if len(pattern.observed) == 1]
    with_it = replace(
        other.sums,
        patterns=tuple(single if pattern.observed == single.observed else pattern for pattern in other.sums.patterns),
        origin=one.sums.origin,
    )
    require_different_people([one, replace(other, sums=with_it)])
    alone = [replace(part, sums=replace(one.sums, patterns=(single,))) for part in (one, other)]
    with pytest.raises(EstimateError, match="the same people would count twice"):
        require_different_people(alone)
