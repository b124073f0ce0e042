from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis import case_mix
from outcomes.analysis.case_mix import CaseMixKind, fit_case_mix
from outcomes.errors import EstimateError

YES_NO, SCORE = CaseMixKind.YES_NO, CaseMixKind.SCORE


def people(n: int = 200, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    columns = np.column_stack([random.normal(40, 10, n), random.random(n) < 0.4]).astype(float)
    chance = 1 / (1 + np.exp(-(-2 + 0.03 * columns[:, 0] + 0.5 * columns[:, 1])))
    return columns, (random.random(n) < chance).astype(float), 3 * columns[:, 0] + random.normal(0, 5, n)


COLUMNS, HAPPENED, POINTS = people()
NAMES = ["age", "alone"]


def test_expected_sums_to_observed() -> None:
    model = fit_case_mix(HAPPENED, COLUMNS, NAMES, kind=YES_NO)
    assert model.expected(COLUMNS).sum() == pytest.approx(HAPPENED.sum(), rel=1e-9)
    assert [term.term for term in model.terms] == ["Intercept", "age", "alone"]
    assert model.residual_sd is None
    assert model.n == 200
    scores = fit_case_mix(POINTS, COLUMNS, NAMES, kind=SCORE)
    assert scores.expected(COLUMNS).mean() == pytest.approx(POINTS.mean())
    assert scores.residual_sd == pytest.approx(5, abs=0.8)
    assert scores.terms[1].df == 197
    assert scores.expected([[40.0, 1.0]]).shape == (1,)


def test_without_covariates_the_share_is_expected_of_all() -> None:
    model = fit_case_mix([1, 0, 0, 1, 0], np.empty((5, 0)), [], kind=YES_NO)
    assert model.terms[0].estimate == pytest.approx(math.log(0.4 / 0.6))
    assert model.terms[0].std_error == pytest.approx(math.sqrt(1 / (5 * 0.4 * 0.6)))
    assert model.log_likelihood == pytest.approx(2 * math.log(0.4) + 3 * math.log(0.6))
    assert model.terms[0].ci_high - model.terms[0].estimate == pytest.approx(
        1.959963984540054 * model.terms[0].std_error
    )


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(60)), st.floats(1e-6, 1e9), st.floats(-1e3, 1e3))
def test_order_and_units_of_background_change_nothing(order: list[int], scale: float, shift: float) -> None:
    columns, happened, points = COLUMNS[:60], HAPPENED[:60], POINTS[:60]
    moved = columns[order] * [scale, 1] + [shift * scale, 0]
    for outcome, kind in ((happened, YES_NO), (points, SCORE)):
        plain = fit_case_mix(outcome, columns, NAMES, kind=kind)
        other = fit_case_mix(outcome[order], moved, NAMES, kind=kind)
        assert other.expected(moved) == pytest.approx(plain.expected(columns)[order], rel=1e-6)
        assert other.terms[1].std_error * scale == pytest.approx(plain.terms[1].std_error, rel=1e-6)
        assert other.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_scores_scale(scale: float) -> None:
    plain = fit_case_mix(POINTS, COLUMNS, NAMES, kind=SCORE)
    scaled = fit_case_mix(POINTS * scale, COLUMNS, NAMES, kind=SCORE)
    assert scaled.terms[1].estimate == pytest.approx(plain.terms[1].estimate * scale)
    assert scaled.residual_sd == pytest.approx(plain.residual_sd * scale)


@pytest.mark.parametrize(
    ("outcomes", "columns", "kind", "words"),
    [
        ([0, 1, 0, 1], [[1], [2], [3]], YES_NO, "both an outcome and background"),
        ([], np.empty((0, 1)), YES_NO, "there must be somebody"),
        ([0, 1, 0], [[1, 2], [2, 3], [4, 5]], YES_NO, "1 columns"),
        ([0, 1, 0], [1, 2, 3], YES_NO, "1 columns"),
        ([0, 1, 2], [[1], [2], [4]], YES_NO, "row 3 is neither"),
        ([0, math.nan, 1], [[1], [2], [4]], YES_NO, "Row 2 lacks"),
        ([0, 1, 1], [[1], [2], [math.inf]], SCORE, "Row 3 lacks"),
        ([1, 1, 1], [[1], [2], [3]], YES_NO, "the same outcome"),
        ([0, 0, 1, 1], [[1], [2], [3], [4]], YES_NO, "foretells the outcome wholly"),
        ([0, 1, 0, 1, 0, 0], [[0], [0], [0], [0], [1], [1]], YES_NO, "one of age"),
        ([0, 1, 0, 1], [[3], [3], [3], [3]], YES_NO, "age can't be told apart"),
        ([1, 2, 3, 4], [[0], [0], [0], [0]], SCORE, "age can't be told apart"),
        ([1, 2], [[1], [2]], SCORE, "don't vary beyond"),
        ([2, 4, 6, 8], [[1], [2], [3], [4]], SCORE, "don't vary beyond"),
        ([5, 5, 5, 5], [[1], [2], [3], [5]], SCORE, "don't vary beyond"),
    ],
)
def test_what_cannot_be(outcomes, columns, kind: CaseMixKind, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        fit_case_mix(outcomes, columns, ["age"], kind=kind)


def test_dependent_columns_are_named() -> None:
    with pytest.raises(EstimateError, match="twice can't"):
        fit_case_mix(POINTS, np.column_stack([COLUMNS, 2 * COLUMNS[:, 0] - 1]), [*NAMES, "twice"], kind=SCORE)


def test_background_to_expect_from_must_fit() -> None:
    model = fit_case_mix(POINTS, COLUMNS, NAMES, kind=SCORE)
    with pytest.raises(EstimateError, match="2 columns"):
        model.expected([[1.0]])


def test_one_person_more_than_columns_is_enough_for_scores() -> None:
    model = fit_case_mix([1.0, 2.0, 4.0], [[1], [2], [3]], ["age"], kind=SCORE)
    assert (model.kind, model.n, model.terms[1].df) == (SCORE, 3, 1.0)
    assert model.residual_sd == pytest.approx(math.sqrt(1 / 6))
    assert fit_case_mix(HAPPENED, COLUMNS, NAMES, kind=YES_NO).kind is YES_NO


def test_scores_that_are_all_zero_do_not_vary() -> None:
    with pytest.raises(EstimateError, match="don't vary beyond"):
        fit_case_mix([0.0, 0.0, 0.0, 0.0], [[1], [2], [3], [5]], ["age"], kind=SCORE)


def test_somebody_whose_outcome_is_all_but_certain() -> None:
    """Log odds beyond 25 for one person: there is a maximum all the same, and the rest's estimates are as without."""
    ages = [number / 10 for number in range(11)]
    happened = [0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1]
    plain = fit_case_mix(happened, [[age] for age in ages], ["age"], kind=YES_NO)
    far = fit_case_mix([*happened, 1], [[age] for age in [*ages, 10.0]], ["age"], kind=YES_NO)
    assert far.terms[1].estimate == pytest.approx(plain.terms[1].estimate, rel=1e-9)


def test_every_column_is_named_where_only_both_together_foretell() -> None:
    with pytest.raises(EstimateError, match="one of age, alone"):
        fit_case_mix([1, 1, 1, 0, 0, 0], [[1, 1], [2, 0], [0, 2], [1, 0], [0, 1], [0, 0]], NAMES, kind=YES_NO)


def test_a_single_outlier_is_no_reason_to_refuse() -> None:
    """200 people, one of them 60 deviations out: its log odds are beyond 25, but the maximum is there."""
    random = np.random.default_rng(4)
    column = random.normal(size=200)
    happened = (random.random(200) < 1 / (1 + np.exp(-column))).astype(float)
    column[0], happened[0] = 60.0, 1.0
    model = fit_case_mix(happened, column[:, None], ["age"], kind=YES_NO)
    linear = model.terms[0].estimate + model.terms[1].estimate * column
    assert abs(linear).max() > 25
    assert model.expected(column[:, None]).sum() == pytest.approx(happened.sum(), rel=1e-9)
    assert float(column @ (happened - model.expected(column[:, None]))) == pytest.approx(0.0, abs=1e-8)


def test_only_the_columns_that_foretell_are_named() -> None:
    with pytest.raises(EstimateError, match=r"one of told\)"):
        fit_case_mix(HAPPENED, np.column_stack([COLUMNS, HAPPENED]), [*NAMES, "told"], kind=YES_NO)


def test_a_fit_that_does_not_come_to_rest_gives_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_mix, "MOST_STEPS", 1)
    with pytest.raises(EstimateError, match="couldn't be worked out from this background"):
        fit_case_mix(HAPPENED, COLUMNS, NAMES, kind=YES_NO)


def test_very_small_units_are_told_apart_and_every_dependent_column_is_named() -> None:
    small = fit_case_mix(POINTS, COLUMNS * [1e-9, 1], NAMES, kind=SCORE)
    assert small.terms[1].estimate == pytest.approx(
        fit_case_mix(POINTS, COLUMNS, NAMES, kind=SCORE).terms[1].estimate * 1e9
    )
    columns = np.column_stack(
        [COLUMNS, COLUMNS[:, 0] + COLUMNS[:, 1], np.full(len(COLUMNS), 1e-9), np.zeros(len(COLUMNS))]
    )
    with pytest.raises(EstimateError, match=r"^both, same, none can't"):
        fit_case_mix(POINTS, columns, [*NAMES, "both", "same", "none"], kind=SCORE)
