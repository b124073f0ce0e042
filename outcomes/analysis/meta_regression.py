"""Meta-regression: do places' effects differ with what is known of the places?

Question: is the effect larger where, say, the intervention is given more intensively?
Estimand: the mean difference in true effect per unit of a column between places alike in the other columns. Between
places, not people: what holds of places needn't hold of the people in them.
Formula: weighted least squares with weights 1 / (v + tau^2), tau^2 as in heterogeneity.py; intervals normal, or after
Hartung and Knapp with q = sum w r^2 / (k - p) and t on k - p. Test of all columns: b' V^-1 b on chi-square, or divided by
their number on F(columns, k - p). R^2 = 100 (tau0^2 - tau^2) / tau0^2, tau0^2 that without columns. Small-study effects
(Egger): the regression on the standard error.
Assumptions: those of meta-analysis, and that the relation is straight.
Units: estimates' units per unit of the column; I^2 and R^2 in per cent.
Missing data: none allowed in the columns.
Errors: :class:`~outcomes.errors.EstimateError` for rows that can't be used (named), too few places for the columns, or
columns that can't be told apart.
Source: Knapp & Hartung 2003, doi:10.1002/sim.1482; Thompson & Higgins 2002, doi:10.1002/sim.1187; Sterne & Egger 2005,
doi:10.1002/0470870168.ch6.
Checked: tests/reference/meta_analysis (metafor, eight estimators, normal and Hartung-Knapp).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.heterogeneity import (
    Matrix,
    TauSquaredMethod,
    WeightedFit,
    estimate_tau_squared,
    log_likelihood,
    make_study_estimates,
    weighted_fit,
)
from outcomes.analysis.meta_analysis import HartungKnapp, chi_square_p_value, interval_estimates
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_PER_COLUMN = 10  # places per column under which a regression over places is a hint at most


@dataclass(frozen=True, slots=True)
class ColumnsTest:
    """Test that no column matters: ``statistic`` is chi-square on ``df`` (``df_residual`` None), or F on both."""

    statistic: float
    df: int
    df_residual: int | None
    p_value: float


@dataclass(frozen=True, slots=True)
class MetaRegression:
    """``terms``: ``Intercept`` and one per column, in the estimates' units per unit of the column.

    ``tau2``: variance between places left over (squared units) with ``tau2_std_error``. ``i2``, ``r2``: per cent; ``r2`` is
    None where places didn't differ to begin with. ``q`` on ``q_df``: test that nothing is left over.
    """

    method: TauSquaredMethod
    hartung_knapp: HartungKnapp
    terms: tuple[TermEstimate, ...]
    tau2: float
    tau2_std_error: float | None
    i2: float
    h2: float
    r2: float | None
    q: float
    q_df: int
    q_p_value: float
    columns_test: ColumnsTest
    log_likelihood: float
    n_estimates: int
    warnings: tuple[Sentence, ...]

    def term(self, name: str) -> TermEstimate:
        """The coefficient of the column called ``name``; KeyError where there is none."""
        for term in self.terms:
            if term.term == name:
                return term
        raise KeyError(name)


def fit_meta_regression(
    estimates: Sequence[float],
    variances: Sequence[float],
    columns: Matrix,
    column_names: Sequence[str],
    *,
    names: Sequence[str] | None = None,
    method: TauSquaredMethod = TauSquaredMethod.REML,
    hartung_knapp: HartungKnapp = HartungKnapp.STANDARD,
) -> MetaRegression:
    """Regress ``estimates`` on ``columns`` (places x columns, numbers; the intercept is added)."""
    values = np.asarray(columns, dtype=np.float64)
    if values.ndim != 2 or values.shape != (len(estimates), len(column_names)) or not column_names:
        raise EstimateError(Sentence("Each estimate needs a value in each column of the model."))
    studies = make_study_estimates(estimates, variances, names, np.column_stack([np.ones(len(values)), values]))
    tau2 = estimate_tau_squared(studies, method)
    fit, at_zero = weighted_fit(studies, tau2.value), weighted_fit(studies, 0.0)
    equal = method is TauSquaredMethod.EQUAL_EFFECTS
    typical = studies.df / at_zero.trace(np.ones_like(fit.weights))
    h2 = at_zero.q / studies.df if equal else 1 + tau2.value / typical
    alone = estimate_tau_squared(make_study_estimates(estimates, variances, names), method).value
    terms = interval_estimates(fit, ("Intercept", *column_names), hartung_knapp)
    return MetaRegression(
        method=method,
        hartung_knapp=hartung_knapp,
        terms=terms,
        tau2=tau2.value,
        tau2_std_error=tau2.std_error,
        i2=100 * (max(0.0, 1 - 1 / h2) if h2 > 0 else 0.0),
        h2=h2,
        r2=max(0.0, 100 * (alone - tau2.value) / alone) if alone > 0 else None,
        q=at_zero.q,
        q_df=studies.df,
        q_p_value=chi_square_p_value(at_zero.q, studies.df),
        columns_test=_test_columns(fit, (terms[0].std_error ** 2) / float(fit.unscaled[0, 0]), hartung_knapp),
        log_likelihood=log_likelihood(studies, tau2.value, restricted=method is TauSquaredMethod.REML),
        n_estimates=studies.estimates.size,
        warnings=_warnings(studies.estimates.size, len(column_names)),
    )


def estimate_small_study_effect(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    names: Sequence[str] | None = None,
    method: TauSquaredMethod = TauSquaredMethod.REML,
    hartung_knapp: HartungKnapp = HartungKnapp.OFF,
) -> MetaRegression:
    """Regression on the standard error (term ``std_error``): do uncertain estimates differ from sure ones?"""
    checked = make_study_estimates(estimates, variances, names)
    return fit_meta_regression(
        estimates,
        variances,
        np.sqrt(checked.variances)[:, None],
        ("std_error",),
        names=names,
        method=method,
        hartung_knapp=hartung_knapp,
    )


def _test_columns(fit: WeightedFit, factor: float, hartung_knapp: HartungKnapp) -> ColumnsTest:
    from scipy.special import fdtrc  # noqa: PLC0415 - scipy only where a number is worked out

    beta, count = fit.beta[1:], fit.beta.size - 1
    statistic = float(beta @ np.linalg.solve(fit.unscaled[1:, 1:], beta)) / factor
    if hartung_knapp is HartungKnapp.OFF:
        return ColumnsTest(statistic, count, None, chi_square_p_value(statistic, count))
    statistic /= count
    return ColumnsTest(statistic, count, fit.studies.df, float(fdtrc(count, fit.studies.df, statistic)))


def _warnings(places: int, columns: int) -> tuple[Sentence, ...]:
    if places >= LEAST_PER_COLUMN * columns:
        return ()
    return (
        Sentence(
            "There are %(places)s places for %(columns)s columns; with fewer than %(least)s per column a relation between"
            " places is a hint at most.",
            places=places,
            columns=columns,
            least=LEAST_PER_COLUMN,
        ),
    )
