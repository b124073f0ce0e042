from __future__ import annotations

import pytest

from outcomes.analysis.plan import Direction, ErrorKind, GoalKind, MeasurementError
from outcomes.analysis.reliable_change import (
    ChangeCategory,
    change_threshold,
    classify_change,
    classify_person,
    clinical_cutoffs,
    goal_succeeded,
)
from outcomes.errors import EstimateError

PUBLISHED = MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "a study", smallest_detectable_change=10.0)


def test_published_value_takes_precedence() -> None:
    error = MeasurementError(
        ErrorKind.SD_RELIABILITY, "a study", smallest_detectable_change=10.0, sd=20.0, reliability=0.5
    )
    threshold = change_threshold(error)
    assert threshold.smallest_detectable_change == 10.0
    assert threshold.kind is ErrorKind.SMALLEST_DETECTABLE_CHANGE
    assert threshold.s_diff == pytest.approx(10.0 / 1.96)


@pytest.mark.parametrize(
    ("direction", "after", "category"),
    [
        (Direction.HIGHER, 61.0, ChangeCategory.BETTER),
        (Direction.LOWER, 61.0, ChangeCategory.WORSE),
        (Direction.HIGHER, 60.0, ChangeCategory.UNCHANGED),  # exactly the smallest detectable change isn't above it
        (Direction.LOWER, 39.0, ChangeCategory.BETTER),
        (Direction.HIGHER, 39.0, ChangeCategory.WORSE),
    ],
)
def test_direction_decides(direction: Direction, after: float, category: ChangeCategory) -> None:
    assert classify_change(50.0, after, change_threshold(PUBLISHED), direction)[1] is category


def test_without_both_scores_nobody_is_judged() -> None:
    for before, after in ((None, 4.0), (4.0, None), (None, None)):
        person = classify_person(
            "1", "intervention", before, after, threshold=change_threshold(PUBLISHED), direction=Direction.HIGHER
        )
        assert person.category is ChangeCategory.NOT_COMPARED
        assert person.succeeded is None
        assert person.rci is None


@pytest.mark.parametrize(
    ("kind", "change", "succeeded"),
    [
        (GoalKind.DEVELOP, 11.0, True),
        (GoalKind.DEVELOP, 10.0, False),
        (GoalKind.MAINTAIN, -10.0, True),
        (GoalKind.MAINTAIN, -10.5, False),
        (GoalKind.LIMIT_LOSS, -8.0, True),  # 20 lost were expected
        (GoalKind.LIMIT_LOSS, -12.0, False),
    ],
)
def test_kind_of_goal_decides_success(kind: GoalKind, change: float, succeeded: bool) -> None:
    threshold = change_threshold(PUBLISHED)
    assert goal_succeeded(change, kind, threshold, Direction.HIGHER, expected_change=-20.0) is succeeded
    assert goal_succeeded(-change, kind, threshold, Direction.LOWER, expected_change=20.0) is succeeded


def test_limiting_a_loss_needs_an_expectation() -> None:
    with pytest.raises(EstimateError):
        goal_succeeded(1.0, GoalKind.LIMIT_LOSS, change_threshold(PUBLISHED), Direction.HIGHER)


@pytest.mark.parametrize(
    ("error", "baseline"),
    [
        (MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "x", smallest_detectable_change=-1.0), []),
        (MeasurementError(ErrorKind.OWN_BASELINE_SD, "x", reliability=0.8), [5.0]),
        (MeasurementError(ErrorKind.OWN_BASELINE_SD, "x", reliability=0.8), [5.0, 5.0, 5.0]),
        (MeasurementError(ErrorKind.SD_RELIABILITY, "x", sd=3.0), []),
        (MeasurementError(ErrorKind.SD_RELIABILITY, "x", sd=3.0, reliability=1.0), []),
        (MeasurementError(ErrorKind.SD_RELIABILITY, "x", reliability=0.8), []),
    ],
)
def test_no_threshold_out_of_nothing(error: MeasurementError, baseline: list[float]) -> None:
    with pytest.raises(EstimateError):
        change_threshold(error, baseline)


def test_cutoffs_turn_with_the_scale() -> None:
    lower = clinical_cutoffs(distressed_mean=35.0, distressed_sd=8.0, ordinary_mean=7.0, ordinary_sd=7.0)
    assert (lower.a, lower.b) == (19.0, 21.0)
    assert 7.0 < lower.c < 35.0
    with pytest.raises(EstimateError):
        clinical_cutoffs(distressed_mean=35.0, distressed_sd=0.0, ordinary_mean=7.0, ordinary_sd=7.0)


@pytest.mark.parametrize(("inclusive", "category"), [(True, ChangeCategory.BETTER), (False, ChangeCategory.UNCHANGED)])
def test_a_change_of_exactly_the_published_one(inclusive: bool, category: ChangeCategory) -> None:
    error = MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "a study", 6.0, inclusive=inclusive)
    threshold = change_threshold(error)
    assert classify_change(16, 10, threshold, Direction.LOWER)[1] is category
    assert goal_succeeded(-6.0, GoalKind.DEVELOP, threshold, Direction.LOWER) is inclusive
    assert goal_succeeded(6.0, GoalKind.MAINTAIN, threshold, Direction.LOWER) is not inclusive
