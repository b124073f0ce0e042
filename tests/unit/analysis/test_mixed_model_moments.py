"""The sums against whole matrices, the derivatives against differences, predictions against Henderson's equations."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.analysis.mixed_model import fit_linear_mixed_model
from outcomes.analysis.mixed_model.inference import DegreesOfFreedom
from outcomes.analysis.mixed_model.likelihood import evaluate, observed_curvature, profiled_curvature
from outcomes.analysis.mixed_model.moments import collect_moments
from outcomes.analysis.mixed_model.rows import read_rows
from outcomes.analysis.mixed_model.statistics import PersonStatistics, statistics_of_columns

TERMS = ("Intercept", "time", "x")


def example(outer: bool) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(11)
    subject = np.sort(random.integers(0, 14, 50))
    time, x = random.uniform(0, 9, 50), random.normal(size=50)
    unit = (subject * 7) % 4 if outer else None
    response = 3 + time + random.normal(0, 2, 14)[subject] + random.normal(size=50)
    if unit is not None:
        response = response + np.array([-4.0, 0.0, 5.0, 1.0])[unit]
    return response, np.column_stack([np.ones(50), time, x]), subject, time, unit


def build(slope: bool, outer: bool) -> PersonStatistics:
    response, columns, subject, time, unit = example(outer)
    return statistics_of_columns(read_rows(response, subject, time, unit, slope=slope), columns, TERMS)


def whole(statistics: PersonStatistics, slope: bool, outer: bool) -> tuple[np.ndarray, list[np.ndarray]]:
    """Fitted columns and response; and V_a of every variance."""
    response, columns, subject, time, unit = example(outer)
    scaling = statistics.scaling
    fitted = np.column_stack([columns @ scaling.back, (response - columns @ scaling.offset) / scaling.response_scale])
    same = (subject[:, None] == subject).astype(float)
    parts = [same]
    if slope:
        scaled = (time - scaling.time_centre) / scaling.time_scale
        parts += [same * (scaled[:, None] + scaled), same * np.outer(scaled, scaled)]
    if unit is not None:
        parts.append((unit[:, None] == unit).astype(float))
    return fitted, parts


GAMMA = {
    (False, False): [0.7],
    (False, True): [0.7, 0.4],
    (True, False): [0.9, -0.2, 0.3],
    (True, True): [0.9, -0.2, 0.3, 0.4],
}


@pytest.mark.parametrize(("slope", "outer"), GAMMA)
def test_sums_are_those_of_whole_matrices(slope: bool, outer: bool) -> None:
    statistics, gamma = build(slope, outer), np.array(GAMMA[slope, outer])
    columns, parts = whole(statistics, slope, outer)
    v = np.eye(len(columns)) + sum(value * part for value, part in zip(gamma, parts, strict=True))
    w = np.linalg.inv(v)
    moments = collect_moments(statistics, gamma, second=True)
    assert moments.log_det == pytest.approx(np.linalg.slogdet(v)[1], rel=1e-12)
    np.testing.assert_allclose(moments.crossed, columns.T @ w @ columns, rtol=1e-9, atol=1e-9)
    assert moments.second is not None
    for a, first in enumerate(parts):
        left = w @ first @ w
        np.testing.assert_allclose(moments.first[a], columns.T @ left @ columns, rtol=1e-9, atol=1e-9)
        assert moments.traces[a] == pytest.approx(np.trace(w @ first), rel=1e-10)
        for b, other in enumerate(parts):
            both = left @ other @ w
            np.testing.assert_allclose(
                moments.second[a, b], columns.T @ (both + both.T) @ columns, rtol=1e-9, atol=1e-8
            )
            assert moments.trace_pairs[a, b] == pytest.approx(np.trace(w @ first @ w @ other), rel=1e-10)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("slope", "outer"), GAMMA)
def test_slope_and_curvature_are_derivatives(slope: bool, outer: bool, reml: bool) -> None:
    statistics, gamma = build(slope, outer), np.array(GAMMA[slope, outer])
    profile = evaluate(statistics, gamma, reml=reml, second=True)
    curvature = profiled_curvature(profile)
    step = 1e-5
    for a in range(gamma.size):
        ahead, behind = (
            evaluate(statistics, gamma + sign * step * np.eye(gamma.size)[a], reml=reml) for sign in (1, -1)
        )
        assert profile.slope[a] == pytest.approx((ahead.deviance - behind.deviance) / (2 * step), rel=1e-6, abs=1e-6)
        np.testing.assert_allclose(curvature[a], (ahead.slope - behind.slope) / (2 * step), rtol=1e-5, atol=1e-5)


def test_curvature_needs_second_derivatives() -> None:
    profile = evaluate(build(True, False), np.array([1.0, 0.0, 1.0]), reml=True)
    with pytest.raises(ValueError, match="second"):
        observed_curvature(profile)


@pytest.mark.parametrize(("slope", "outer"), GAMMA)
def test_predictions_are_those_of_hendersons_equations(slope: bool, outer: bool) -> None:
    """Coefficients, deviations and the variance of a prediction from one large system of equations."""
    response, columns, subject, time, unit = example(outer)
    fit = fit_linear_mixed_model(
        response, columns, TERMS, subject, time, random="slope" if slope else "intercept", outer=unit
    )
    labels, place = np.unique(subject, return_inverse=True)
    persons, residual = labels.size, fit.variance.residual
    blocks = [np.eye(persons)[place]]
    spread = np.array([[fit.variance.intercept]])
    if slope:
        assert fit.variance.slope is not None
        assert fit.variance.covariance is not None
        blocks.append(np.eye(persons)[place] * time[:, None])
        between = fit.variance.covariance
        spread = np.array([[fit.variance.intercept, between], [between, fit.variance.slope]])
    g_inverse = np.kron(np.linalg.inv(spread), np.eye(persons))
    if unit is not None:
        assert fit.variance.outer is not None
        blocks.append(np.eye(4)[unit])
        g_inverse = np.block(
            [
                [g_inverse, np.zeros((len(g_inverse), 4))],
                [np.zeros((4, len(g_inverse))), np.eye(4) / fit.variance.outer],
            ]
        )
    design = np.hstack([columns, *blocks])
    system = design.T @ design / residual
    system[3:, 3:] += g_inverse
    inverse = np.linalg.inv(system)
    solution = inverse @ design.T @ response / residual
    np.testing.assert_allclose(fit.coefficients, solution[:3], rtol=1e-6)
    effects = fit.person_effects()
    np.testing.assert_allclose(effects.intercept, solution[3 : 3 + persons], rtol=1e-5, atol=1e-7)
    if slope:
        np.testing.assert_allclose(effects.slope, solution[3 + persons : 3 + 2 * persons], rtol=1e-5, atol=1e-7)
    if outer:
        np.testing.assert_allclose(effects.outer, solution[-4:], rtol=1e-5, atol=1e-7)
    asked, at = np.array([2, 9, 5]), np.array([1.0, 12.0, 4.0])
    new = np.column_stack([np.ones(3), at, [0.5, -1.0, 0.0]])
    found = fit.predict(labels[asked], new, at)
    rows = [new, np.eye(persons)[asked]]
    if slope:
        rows.append(np.eye(persons)[asked] * at[:, None])
    if unit is not None:
        rows.append(np.eye(4)[(labels[asked] * 7) % 4])
    whole_row = np.hstack(rows)
    np.testing.assert_allclose(found.score, whole_row @ solution, rtol=1e-7)
    variance = residual + np.einsum("ni,ij,nj->n", whole_row, inverse, whole_row)
    np.testing.assert_allclose(found.std_error, np.sqrt(variance), rtol=1e-6)
    np.testing.assert_allclose(found.high_95 - found.low_95, 2 * 1.959963984540054 * found.std_error)
    np.testing.assert_allclose(found.high_80 - found.score, 1.2815515655446004 * found.std_error)
    np.testing.assert_allclose(found.score - found.low_80, 1.2815515655446004 * found.std_error)


def test_normal_intervals_have_no_degrees_of_freedom() -> None:
    response, columns, subject, time, _ = example(False)
    normal = fit_linear_mixed_model(response, columns, TERMS, subject, time, df=DegreesOfFreedom.NORMAL)
    student = fit_linear_mixed_model(response, columns, TERMS, subject, time)
    for ours, wider in zip(normal.terms, student.terms, strict=True):
        assert ours.df is None
        assert ours.std_error == wider.std_error
        assert ours.ci_high - ours.ci_low == pytest.approx(2 * 1.959963984540054 * ours.std_error)
        assert ours.ci_high - ours.ci_low < wider.ci_high - wider.ci_low
        assert ours.p_value is not None
        assert 0 <= ours.p_value <= 1
    assert normal.terms[1].p_value == pytest.approx(
        2 * (1 - 0.5 * (1 + _erf(abs(normal.terms[1].estimate / normal.terms[1].std_error) / np.sqrt(2)))), abs=1e-12
    )


def _erf(value: float) -> float:
    from math import erf  # noqa: PLC0415 - one use

    return erf(value)
