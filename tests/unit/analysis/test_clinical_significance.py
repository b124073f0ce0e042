from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.clinical_significance import (
    ClinicalCategory,
    PersonSignificance,
    Side,
    classify_by_cutoff,
    classify_by_important_difference,
    classify_by_percentage,
    combine,
    count_significance,
    judge_significance,
    judge_true_significance,
    side_of,
    true_cutoff,
)
from outcomes.analysis.plan import Direction
from outcomes.analysis.reliable_change import ChangeCategory
from outcomes.analysis.reliable_change_formulas import (
    ChangeNorms,
    PersonIndex,
    ReliableChange,
    ReliableChangeFormula,
    judge_changes,
    reliable_change_index,
)
from outcomes.errors import EstimateError

BETTER, UNCHANGED, WORSE, NOT_COMPARED = (
    ChangeCategory.BETTER,
    ChangeCategory.UNCHANGED,
    ChangeCategory.WORSE,
    ChangeCategory.NOT_COMPARED,
)


def test_exactly_on_the_cutoff_is_on_neither_side() -> None:
    assert side_of(50.0, 50.0, Direction.HIGHER) is Side.NEITHER
    assert side_of(50.1, 50.0, Direction.HIGHER) is Side.ORDINARY
    assert side_of(50.1, 50.0, Direction.LOWER) is Side.DISTRESSED
    assert side_of(49.9, 50.0, Direction.LOWER) is Side.ORDINARY


@pytest.mark.parametrize(
    ("before", "after", "higher"),
    [
        (40.0, 60.0, BETTER),
        (60.0, 40.0, WORSE),
        (40.0, 50.0, UNCHANGED),
        (50.0, 60.0, UNCHANGED),
        (60.0, 50.0, UNCHANGED),
        (50.0, 40.0, UNCHANGED),
        (60.0, 70.0, UNCHANGED),
        (None, 60.0, NOT_COMPARED),
        (40.0, None, NOT_COMPARED),
    ],
)
def test_crossing(before: float | None, after: float | None, higher: ChangeCategory) -> None:
    mirror = {BETTER: WORSE, WORSE: BETTER}.get(higher, higher)
    assert classify_by_cutoff(before, after, cutoff=50.0, direction=Direction.HIGHER) is higher
    assert classify_by_cutoff(before, after, cutoff=50.0, direction=Direction.LOWER) is mirror


@pytest.mark.parametrize(
    ("change", "crossed", "category"),
    [
        (BETTER, BETTER, ClinicalCategory.RECOVERED),
        (BETTER, UNCHANGED, ClinicalCategory.IMPROVED),
        (BETTER, WORSE, ClinicalCategory.IMPROVED),
        (UNCHANGED, BETTER, ClinicalCategory.UNCHANGED),
        (UNCHANGED, WORSE, ClinicalCategory.UNCHANGED),
        (WORSE, UNCHANGED, ClinicalCategory.DETERIORATED),
        (WORSE, BETTER, ClinicalCategory.DETERIORATED),
        (WORSE, WORSE, ClinicalCategory.HARMED),
        (NOT_COMPARED, BETTER, ClinicalCategory.NOT_COMPARED),
        (BETTER, NOT_COMPARED, ClinicalCategory.NOT_COMPARED),
    ],
)
def test_error_and_cutoff_together(change: ChangeCategory, crossed: ChangeCategory, category: ClinicalCategory) -> None:
    assert combine(change, crossed) is category


@pytest.mark.parametrize(
    ("after", "category"), [(58.0, BETTER), (57.9, UNCHANGED), (45.0, WORSE), (45.1, UNCHANGED), (None, NOT_COMPARED)]
)
def test_important_difference_counts_from_itself_on(after: float | None, category: ChangeCategory) -> None:
    found = classify_by_important_difference(
        50.0, after, improvement=8.0, deterioration=5.0, direction=Direction.HIGHER
    )
    assert found is category
    assert classify_by_important_difference(None, after, improvement=8.0, direction=Direction.HIGHER) is NOT_COMPARED


def test_decimals_that_binary_does_not_have() -> None:
    assert classify_by_important_difference(0.4, 0.7, improvement=0.3, direction=Direction.HIGHER) is BETTER
    assert classify_by_important_difference(0.7, 0.4, improvement=0.3, direction=Direction.HIGHER) is WORSE


@pytest.mark.parametrize(
    ("before", "after", "category"),
    [
        (20.0, 10.0, BETTER),
        (20.0, 10.1, UNCHANGED),
        (20.0, 24.0, WORSE),
        (20.0, 23.9, UNCHANGED),
        (0.0, 10.0, NOT_COMPARED),
        (-1.0, 10.0, NOT_COMPARED),
        (None, 10.0, NOT_COMPARED),
        (10.0, None, NOT_COMPARED),
    ],
)
def test_percentage(before: float | None, after: float | None, category: ChangeCategory) -> None:
    found = classify_by_percentage(before, after, improvement=0.5, deterioration=0.2, direction=Direction.LOWER)
    assert found is category


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(-100, 100))
def test_mirroring_the_scale_changes_nothing(before: float, after: float, cutoff: float) -> None:
    one = classify_by_cutoff(before, after, cutoff=cutoff, direction=Direction.HIGHER)
    assert classify_by_cutoff(-before, -after, cutoff=-cutoff, direction=Direction.LOWER) is one
    points = classify_by_important_difference(before, after, improvement=5.0, direction=Direction.HIGHER)
    assert classify_by_important_difference(-before, -after, improvement=5.0, direction=Direction.LOWER) is points


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf])
def test_limits_must_be_above_zero(limit: float) -> None:
    for classify in (classify_by_important_difference, classify_by_percentage):
        with pytest.raises(EstimateError, match="above 0"):
            classify(1.0, 2.0, improvement=limit, direction=Direction.HIGHER)
        with pytest.raises(EstimateError, match="above 0"):
            classify(1.0, 2.0, improvement=1.0, deterioration=limit, direction=Direction.HIGHER)


def test_scores_must_be_numbers() -> None:
    with pytest.raises(EstimateError, match="finite"):
        classify_by_cutoff(math.nan, 2.0, cutoff=1.0, direction=Direction.HIGHER)
    with pytest.raises(EstimateError, match="finite"):
        side_of(1.0, math.inf, Direction.HIGHER)
    with pytest.raises(EstimateError, match="finite"):
        classify_by_important_difference(1.0, math.nan, improvement=1.0, direction=Direction.HIGHER)


def test_persons_and_counts() -> None:
    persons = tuple(
        PersonIndex(name, before, after, None, category)
        for name, before, after, category in (
            ("a", 40.0, 60.0, BETTER),
            ("b", 20.0, 45.0, BETTER),
            ("c", 60.0, 40.0, WORSE),
            ("d", 60.0, None, NOT_COMPARED),
        )
    )
    found = judge_significance(ReliableChange(None, persons), cutoff=50.0, direction=Direction.HIGHER)
    assert found[0] == PersonSignificance("a", BETTER, ClinicalCategory.RECOVERED)
    counts = count_significance(found)
    assert counts == dict.fromkeys(ClinicalCategory, 0) | {
        ClinicalCategory.RECOVERED: 1,
        ClinicalCategory.IMPROVED: 1,
        ClinicalCategory.HARMED: 1,
        ClinicalCategory.NOT_COMPARED: 1,
    }


NORMS = ChangeNorms(40.0, 10.0, 0.8, 45.0, 12.0, 0.5)


def test_true_cutoff_by_hand() -> None:
    cutoff = true_cutoff(NORMS, ordinary_mean=70.0, ordinary_sd=8.0)
    t1, t0 = 10 * math.sqrt(0.8), 8 * math.sqrt(1 - 20 / 64)
    assert cutoff.value == pytest.approx((t0 * 40 + t1 * 70) / (t0 + t1), rel=1e-12)
    assert cutoff.true_before(30.0) == pytest.approx(32.0, rel=1e-12)
    after = 1 - 20 / 144
    assert cutoff.index_after(80.0) == pytest.approx(
        (45 + 35 * after - cutoff.value) / (math.sqrt(after) * math.sqrt(20)), rel=1e-12
    )


def test_recovered_needs_to_come_from_the_other_side_and_to_be_beyond_error() -> None:
    cutoff = true_cutoff(NORMS, ordinary_mean=70.0, ordinary_sd=8.0)
    index = reliable_change_index(NORMS, ReliableChangeFormula.HAGEMAN_ARRINDELL)
    before, after = [30.0, 30.0, 70.0, 90.0, 30.0, 90.0], [95.0, 55.0, 95.0, 20.0, None, 55.0]
    change = judge_changes(list("abcdef"), before, after, index=index, direction=Direction.HIGHER)
    found = judge_true_significance(change, cutoff=cutoff, direction=Direction.HIGHER)
    assert [person.category for person in found] == [
        ClinicalCategory.RECOVERED,
        ClinicalCategory.IMPROVED,
        ClinicalCategory.IMPROVED,
        ClinicalCategory.HARMED,
        ClinicalCategory.NOT_COMPARED,
        ClinicalCategory.DETERIORATED,
    ]


@pytest.mark.parametrize(
    ("norms", "ordinary_sd", "words"),
    [
        (ChangeNorms(40, 10, 0.8), 8.0, "after as well"),
        (ChangeNorms(40, 10, 0.8, 45), 8.0, "after as well"),
        (NORMS, 0.0, "above 0 for both"),
        (NORMS, 4.0, "spread less"),
    ],
)
def test_no_true_cutoff_out_of_nothing(norms: ChangeNorms, ordinary_sd: float, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        true_cutoff(norms, ordinary_mean=70.0, ordinary_sd=ordinary_sd)


def test_less_than_a_point_counts_where_the_scale_is_small() -> None:
    found = classify_by_percentage(0.5, 0.2, improvement=0.5, deterioration=0.2, direction=Direction.LOWER)
    assert found is BETTER
    small = ChangeNorms(0.40, 0.10, 0.8, 0.45, 0.12, 0.5)
    one = true_cutoff(NORMS, ordinary_mean=70.0, ordinary_sd=8.0)
    assert true_cutoff(small, ordinary_mean=0.70, ordinary_sd=0.08).value == pytest.approx(one.value / 100)


def test_no_true_cutoff_where_the_group_does_not_spread() -> None:
    with pytest.raises(EstimateError, match="above 0 for both"):
        true_cutoff(ChangeNorms(40.0, 0.0, 0.8, 45.0, 12.0, 0.5), ordinary_mean=70.0, ordinary_sd=8.0)


def test_persons_keep_their_names_and_their_change() -> None:
    cutoff = true_cutoff(NORMS, ordinary_mean=70.0, ordinary_sd=8.0)
    persons = (PersonIndex("a", 30.0, 95.0, None, UNCHANGED), PersonIndex("b", 30.0, 31.0, None, WORSE))
    assert judge_true_significance(ReliableChange(None, persons), cutoff=cutoff, direction=Direction.HIGHER) == (
        PersonSignificance("a", UNCHANGED, ClinicalCategory.UNCHANGED),
        PersonSignificance("b", WORSE, ClinicalCategory.DETERIORATED),
    )
