from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outcomes.analysis.reliability import IccKind, intraclass_correlations, retest_error
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.errors import EstimateError

SF = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)


@given(st.permutations(range(6)), st.permutations(range(4)), st.sampled_from([1e-6, 2.0, 1e9]), st.floats(-100, 100))
def test_order_units_and_zero_do_not_matter(rows: list[int], columns: list[int], scale: float, shift: float) -> None:
    one, other = intraclass_correlations(SF), intraclass_correlations(scale * (SF[np.ix_(rows, columns)] + shift))
    for kind in IccKind:
        here, there = one.coefficient(kind), other.coefficient(kind)
        assert there.estimate == pytest.approx(here.estimate, rel=1e-9)
        assert (there.ci_low, there.ci_high) == pytest.approx((here.ci_low, here.ci_high), rel=1e-9)


def test_a_shift_of_one_rater_matters_for_agreement_only() -> None:
    shifted = SF + np.array([0, 0, 0, 50.0])
    one, other = intraclass_correlations(SF), intraclass_correlations(shifted)
    consistency, agreement = IccKind.CONSISTENCY, IccKind.AGREEMENT
    assert other.coefficient(consistency).estimate == pytest.approx(one.coefficient(consistency).estimate)
    assert other.coefficient(agreement).estimate < one.coefficient(agreement).estimate


def test_simulated_truth() -> None:
    random = np.random.default_rng(5)
    table = random.normal(0, 2, (4000, 1)) + random.normal(0, 1, (1, 3)) + random.normal(0, 1, (4000, 3))
    consistency = intraclass_correlations(table).coefficient(IccKind.CONSISTENCY)
    assert consistency.estimate == pytest.approx(0.8, abs=0.02)
    assert consistency.ci_low < consistency.estimate < consistency.ci_high


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (np.zeros((0, 2)), "at least two people"),
        (np.ones((1, 3)), "at least two people"),
        (np.ones((3, 1)), "at least two people"),
        (np.ones(4), "at least two people"),
        (np.array([[1.0, 2.0], [3.0, math.nan]]), "finite"),
        (np.array([[1.0, 2.0], [3.0, math.inf]]), "finite"),
        (np.ones((4, 3)), "don't differ"),
        (np.full((4, 3), 0.1) * 1e9, "don't differ"),
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "don't differ"),
        (np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]]), "nothing but a shift"),
        (np.array([[0.1, 0.4], [0.3, 0.6], [0.4, 0.7]]), "nothing but a shift"),
    ],
)
def test_nothing_out_of_nothing(table: np.ndarray, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        intraclass_correlations(table)


def stable(n: int, shift: float = 0.0) -> tuple[list[float], list[float]]:
    random = np.random.default_rng(9)
    true = random.normal(50, 10, n)
    return [list(true + random.normal(0, 3, n)), list(true + shift + random.normal(0, 3, n))]  # type: ignore[return-value]


def test_error_of_a_simulated_measure() -> None:
    found = retest_error(*stable(3000), interval_days=14)
    assert found.standard_error_of_measurement == pytest.approx(3.0, rel=0.05)
    assert found.smallest_detectable_change == pytest.approx(
        1.96 * math.sqrt(2) * found.standard_error_of_measurement, rel=1e-14
    )
    assert not isinstance(found.agreement, Withheld)
    assert found.agreement.kind is IccKind.AGREEMENT
    assert found.agreement.estimate == pytest.approx(100 / 109, abs=0.01)
    assert (found.n, found.interval_days, found.warnings) == (3000, 14, ())


def test_few_people_and_a_shift_are_named() -> None:
    few, enough = retest_error(*stable(49), interval_days=7), retest_error(*stable(50), interval_days=7)
    assert [str(one) for one in few.warnings] == [
        "Fewer than 50 people were asked twice, so the measure's error is itself uncertain."
    ]
    assert enough.warnings == ()
    moved = retest_error(*stable(200, shift=4.0), interval_days=7)
    assert "may not have been stable" in str(moved.warnings[0])
    assert moved.mean_shift == pytest.approx(4.0, abs=1.0)
    # a shift is error of agreement
    assert (
        moved.standard_error_of_measurement > retest_error(*stable(200), interval_days=7).standard_error_of_measurement
    )


def test_no_negative_variance_between_times() -> None:
    """Where the two means lie closer than chance would have them, the error is that within people alone."""
    found = retest_error([1, 2, 4, 7], [2, 1, 7, 4], interval_days=1)
    assert found.mean_shift == 0.0
    assert found.standard_error_of_measurement == pytest.approx(math.sqrt((0.5 + 0.5 + 4.5 + 4.5) / 3), rel=1e-12)


@pytest.mark.parametrize("days", [0, -1, math.nan, math.inf])
def test_the_interval_is_known(days: float) -> None:
    with pytest.raises(EstimateError, match="number of days"):
        retest_error([1, 2, 3], [1, 3, 3], interval_days=days)


def test_each_person_twice() -> None:
    with pytest.raises(EstimateError, match="as many of each"):
        retest_error([1, 2, 3], [1, 3], interval_days=7)


@pytest.mark.parametrize(("f", "warned"), [(3.5, False), (4.2, True)])
def test_a_shift_is_named_where_it_is_more_than_chance(f: float, warned: bool) -> None:
    """60 people who differ by 1 either way: F of the two means on 1 and 59 degrees of freedom is 59 shift^2; 4.0 is 5 %."""
    shift = math.sqrt(f / 59)
    first = [float(person) for person in range(60)]
    second = [score + shift + (-1) ** person for person, score in enumerate(first)]
    found = retest_error(first, second, interval_days=7)
    assert found.mean_shift == pytest.approx(shift)
    assert bool(found.warnings) is warned


OPPOSED = np.array([[1, 9], [9, 1], [5, 6], [2, 7], [8, 3]], dtype=float)


def test_a_mean_without_reliability_is_withheld() -> None:
    """Raters who answer the opposite of each other: the formula of ICC(2,k) would give 5.4."""
    found = intraclass_correlations(OPPOSED)
    agreements = [IccKind.AGREEMENT, IccKind.AGREEMENT_MEAN]
    assert [one.kind for one in found.coefficients] == [kind for kind in IccKind if kind not in agreements]
    assert [missing.kind for missing in found.withheld] == agreements
    assert found.withheld[0].reason.code is WithheldReason.NOT_POSSIBLE
    assert all(one.estimate <= 1.0 for one in found.coefficients)
    with pytest.raises(EstimateError, match="How far these scores agree can't be worked out"):
        found.coefficient(IccKind.AGREEMENT_MEAN)
    assert intraclass_correlations(SF).withheld == ()


@example([(0, 0, 3), (0, 0, 4), (0, 3, 0)])
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=6))
def test_no_coefficient_is_over_one_and_limits_hold_it(rows: list[tuple[int, int, int]]) -> None:
    try:
        found = intraclass_correlations(np.array(rows, dtype=float))
    except EstimateError:
        return
    for one in found.coefficients:
        assert one.estimate <= 1.0 + 1e-12
        assert one.ci_low - 1e-9 <= one.estimate <= one.ci_high + 1e-9
        assert one.ci_high <= 1.0 + 1e-12 or one.ci_high == math.inf


def test_a_retest_without_reliability_offers_none() -> None:
    found = retest_error(OPPOSED[:, 0].tolist(), OPPOSED[:, 1].tolist(), interval_days=7)
    assert isinstance(found.agreement, Withheld)
    assert "no reliability to use" in str(found.agreement.sentence)
    assert found.standard_error_of_measurement > 0
    zero = retest_error([1, 3, 1, 3], [1, 1, 3, 3], interval_days=7)
    assert isinstance(zero.agreement, Withheld)


def test_mean_squares_as_printed_by_shrout_and_fleiss() -> None:
    found = intraclass_correlations(SF)
    squares = (found.mean_square_subjects, found.mean_square_within, found.mean_square_raters, found.mean_square_error)
    assert [round(square, 2) for square in squares] == [11.24, 6.26, 32.49, 1.02]
    assert (found.n_subjects, found.n_ratings) == (6, 4)
    tiny = intraclass_correlations(SF * 1e-14)
    assert tiny.coefficient(IccKind.AGREEMENT).estimate == pytest.approx(found.coefficient(IccKind.AGREEMENT).estimate)
