from __future__ import annotations

import pytest

from outcomes.analysis.plan import Direction, ErrorKind, GoalKind, MeasurementError
from outcomes.analysis.reliable_change import (
    ChangeCategory,
    ChangeThreshold,
    PersonChange,
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
    with pytest.raises(EstimateError, match="against an expected change"):
        goal_succeeded(1.0, GoalKind.LIMIT_LOSS, change_threshold(PUBLISHED), Direction.HIGHER)


@pytest.mark.parametrize(
    ("error", "baseline", "words"),
    [
        (MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "x", smallest_detectable_change=-1.0), [], "above 0"),
        (MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "x", smallest_detectable_change=0.0), [], "above 0"),
        (MeasurementError(ErrorKind.OWN_BASELINE_SD, "x", reliability=0.8), [5.0], "standard deviation above 0"),
        (MeasurementError(ErrorKind.OWN_BASELINE_SD, "x", reliability=0.8), [5.0] * 3, "standard deviation above 0"),
        (MeasurementError(ErrorKind.SD_RELIABILITY, "x", sd=3.0), [], "at least 0 and under 1"),
        (MeasurementError(ErrorKind.SD_RELIABILITY, "x", sd=3.0, reliability=1.0), [], "at least 0 and under 1"),
        (MeasurementError(ErrorKind.SD_RELIABILITY, "x", sd=3.0, reliability=-0.1), [], "at least 0 and under 1"),
        (MeasurementError(ErrorKind.SD_RELIABILITY, "x", reliability=0.8), [], "standard deviation above 0"),
    ],
)
def test_no_threshold_out_of_nothing(error: MeasurementError, baseline: list[float], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        change_threshold(error, baseline)


def test_small_scales_and_no_reliability_have_a_threshold() -> None:
    small = MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "x", smallest_detectable_change=0.5)
    assert change_threshold(small).smallest_detectable_change == 0.5
    none = MeasurementError(ErrorKind.SD_RELIABILITY, "x", sd=0.5, reliability=0.0)
    assert change_threshold(none).s_diff == pytest.approx(0.5 * 2**0.5)
    two = MeasurementError(ErrorKind.OWN_BASELINE_SD, "x", reliability=0.0)
    assert change_threshold(two, [1.0, 3.0]).sd == pytest.approx(2**0.5)


@pytest.mark.parametrize("kind", [ErrorKind.SD_RELIABILITY, ErrorKind.OWN_BASELINE_SD])
def test_the_threshold_says_what_it_was_made_from(kind: ErrorKind) -> None:
    error = MeasurementError(
        kind, "a study", sd=2.0, reliability=0.75, assumed=True, internal_consistency=True, inclusive=True
    )
    found = change_threshold(error, [1.0, 3.0, 5.0])
    assert found == ChangeThreshold(
        pytest.approx(1.96 * 2**0.5),
        pytest.approx(2**0.5),
        kind,
        pytest.approx(2.0),
        0.75,
        "a study",
        assumed=True,
        internal_consistency=True,
        inclusive=False,
    )
    assert found.sd_from_these_data is (kind is ErrorKind.OWN_BASELINE_SD)


@pytest.mark.parametrize("inclusive", [True, False])
def test_decimals_that_binary_does_not_have(inclusive: bool) -> None:
    error = MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "a study", 0.3, inclusive=inclusive)
    for before, after in ((0.4, 0.7), (0.1, 0.4), (0.6, 0.9)):
        assert change_threshold(error).exceeded_by(after - before) is inclusive


def test_a_person_as_given_and_as_judged() -> None:
    threshold = change_threshold(PUBLISHED)
    person = classify_person(
        "17",
        "usual",
        30.0,
        42.0,
        threshold=threshold,
        direction=Direction.LOWER,
        kind=GoalKind.LIMIT_LOSS,
        expected_change=23.0,
    )
    assert person == PersonChange(
        "17", "usual", 30.0, 42.0, 12.0, pytest.approx(12 * 1.96 / 10), ChangeCategory.WORSE, succeeded=True
    )
    gone = classify_person("18", "usual", 30.0, None, threshold=threshold, direction=Direction.LOWER)
    assert gone == PersonChange("18", "usual", 30.0, None, None, None, ChangeCategory.NOT_COMPARED, None)
    new = classify_person("19", "usual", None, 4.0, threshold=threshold, direction=Direction.LOWER)
    assert (new.before, new.after) == (None, 4.0)


def test_a_change_of_under_one_standard_error_may_count_where_it_was_published_so() -> None:
    threshold = ChangeThreshold(
        1.0, 2.0, ErrorKind.SMALLEST_DETECTABLE_CHANGE, None, None, "a study", assumed=False, internal_consistency=False
    )
    assert classify_change(0.0, 1.5, threshold, Direction.HIGHER) == (0.75, ChangeCategory.BETTER)


def test_cutoffs_turn_with_the_scale() -> None:
    lower = clinical_cutoffs(distressed_mean=35.0, distressed_sd=8.0, ordinary_mean=7.0, ordinary_sd=7.0)
    assert (lower.a, lower.b) == (19.0, 21.0)
    assert 7.0 < lower.c < 35.0
    for wrong in ({"distressed_sd": 0.0}, {"ordinary_sd": 0.0}, {"distressed_sd": -1.0}):
        with pytest.raises(EstimateError, match="above 0 for both"):
            clinical_cutoffs(
                **{"distressed_mean": 35.0, "distressed_sd": 8.0, "ordinary_mean": 7.0, "ordinary_sd": 7.0, **wrong}
            )
    small = clinical_cutoffs(distressed_mean=1.0, distressed_sd=0.5, ordinary_mean=4.0, ordinary_sd=1.0)
    assert (small.a, small.b, small.c) == (2.0, 2.0, pytest.approx(2.0))
    tiny = clinical_cutoffs(distressed_mean=1.0, distressed_sd=1.0, ordinary_mean=4.0, ordinary_sd=0.5)
    assert (tiny.a, tiny.b, tiny.c) == (3.0, 3.0, pytest.approx(3.0))


@pytest.mark.parametrize(("inclusive", "category"), [(True, ChangeCategory.BETTER), (False, ChangeCategory.UNCHANGED)])
def test_a_change_of_exactly_the_published_one(inclusive: bool, category: ChangeCategory) -> None:
    error = MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "a study", 6.0, inclusive=inclusive)
    threshold = change_threshold(error)
    assert classify_change(16, 10, threshold, Direction.LOWER)[1] is category
    assert goal_succeeded(-6.0, GoalKind.DEVELOP, threshold, Direction.LOWER) is inclusive
    assert goal_succeeded(6.0, GoalKind.MAINTAIN, threshold, Direction.LOWER) is not inclusive
