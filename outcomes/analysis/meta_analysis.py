"""Meta-analysis: one estimate out of several places' estimates, and how far the places differ.

Question: where places share only their estimates, what is the effect over them, and what may a new place expect?
Estimand: the mean of the true effects over places like these (equal effects: the one effect that all share).
Formula: mu = sum w y / sum w with w = 1 / (v + tau^2), tau^2 by REML unless asked otherwise (heterogeneity.py).
Standard error 1 / sqrt(sum w) with a normal interval, or after Hartung and Knapp: multiplied by sqrt(q),
q = sum w (y - mu)^2 / (k - 1), with t on k - 1; the cautious version takes max(1, q). Prediction interval: mu -/+ quantile
* sqrt(tau^2 + se^2), the quantile that of the interval. H^2 = 1 + tau^2 / s^2 and I^2 = 100 (1 - 1 / H^2), with
s^2 = (k - 1) / tr P at tau^2 = 0 the typical sampling variance (equal effects: H^2 = Q / (k - 1)). Q tests whether all
true effects are equal.
Assumptions: estimates are independent and near enough normal, their variances known; places are exchangeable.
Units: those of the estimates; tau^2 squared; I^2 and weights in per cent.
Missing data: a place without an estimate isn't there; that it may be missing because of its result is not corrected.
Errors: :class:`~outcomes.errors.EstimateError` under two estimates, for rows that can't be used (named), and where all
estimates are the same and the interval would have no width.
Source: Hartung & Knapp 2001, doi:10.1002/sim.1009; Roever et al. 2015 (max(1, q)), doi:10.1186/s12874-015-0091-1;
Higgins et al. 2009 (prediction), doi:10.1111/j.1467-985X.2008.00552.x; Higgins & Thompson 2002, doi:10.1002/sim.1186.
Checked: tests/reference/meta_analysis (metafor on four sets: closed forms 1e-10, roots 1e-8; statsmodels for PM and DL).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.heterogeneity import (
    StudyEstimates,
    TauSquaredInterval,
    TauSquaredMethod,
    WeightedFit,
    estimate_tau_squared,
    log_likelihood,
    make_study_estimates,
    profile_interval,
    weighted_fit,
)
from outcomes.analysis.intervals import Z_95, normal_estimate, t_estimate
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW = 5  # estimates under which tau^2 says little


class HartungKnapp(StrEnum):
    """Whether the spread seen widens (or narrows) the interval."""

    OFF = "off"  # normal interval from the variances alone
    STANDARD = "standard"
    CAUTIOUS = "cautious"  # never narrower than the variances alone would have it


@dataclass(frozen=True, slots=True)
class PooledEstimate:
    """One synthesis of ``n_estimates`` estimates.

    ``pooled``: in the estimates' units. ``tau2``: variance between places (squared units) with ``tau2_std_error`` (None
    for equal effects) and its Q-profile interval ``tau2_interval``. ``i2``: per cent of the spread that is between
    places; ``h2``: its ratio form. ``q`` on ``q_df`` degrees of freedom, ``q_p_value``: test that all effects are
    equal. ``prediction_low``, ``prediction_high``: where 95 % of new places' effects are expected; None for equal
    effects. ``weights``: per cent, in the order given. ``log_likelihood``: restricted for REML, else full.
    """

    method: TauSquaredMethod
    hartung_knapp: HartungKnapp
    pooled: TermEstimate
    tau2: float
    tau2_std_error: float | None
    tau2_interval: TauSquaredInterval
    i2: float
    h2: float
    q: float
    q_df: int
    q_p_value: float
    prediction_low: float | None
    prediction_high: float | None
    weights: tuple[float, ...]
    log_likelihood: float
    n_estimates: int
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The synthesis without the row called ``name``: ``result``, or the sentence why there is none."""

    name: str
    result: PooledEstimate | Sentence


def combine_estimates(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    names: Sequence[str] | None = None,
    method: TauSquaredMethod = TauSquaredMethod.REML,
    hartung_knapp: HartungKnapp = HartungKnapp.STANDARD,
    term: str = "pooled",
) -> PooledEstimate:
    """Combine ``estimates`` with their sampling ``variances`` (squared standard errors)."""
    if len(estimates) < 2:
        raise EstimateError(
            Sentence("A synthesis needs estimates from at least two places. One estimate stands by itself.")
        )
    studies = make_study_estimates(estimates, variances, names)
    tau2 = estimate_tau_squared(studies, method)
    fit = weighted_fit(studies, tau2.value)
    pooled = interval_estimates(fit, (term,), hartung_knapp)[0]
    at_zero = weighted_fit(studies, 0.0)
    equal = method is TauSquaredMethod.EQUAL_EFFECTS
    typical = studies.df / at_zero.trace(np.ones_like(fit.weights))
    h2 = at_zero.q / studies.df if equal else 1 + tau2.value / typical
    margin = (pooled.ci_high - pooled.estimate) / pooled.std_error * math.sqrt(tau2.value + pooled.std_error**2)
    return PooledEstimate(
        method=method,
        hartung_knapp=hartung_knapp,
        pooled=pooled,
        tau2=tau2.value,
        tau2_std_error=tau2.std_error,
        tau2_interval=profile_interval(studies),
        i2=100 * (max(0.0, 1 - 1 / h2) if h2 > 0 else 0.0),
        h2=h2,
        q=at_zero.q,
        q_df=studies.df,
        q_p_value=chi_square_p_value(at_zero.q, studies.df),
        prediction_low=None if equal else pooled.estimate - margin,
        prediction_high=None if equal else pooled.estimate + margin,
        weights=tuple((100 * fit.weights / fit.weights.sum()).tolist()),
        log_likelihood=log_likelihood(studies, tau2.value, restricted=method is TauSquaredMethod.REML),
        n_estimates=studies.estimates.size,
        warnings=_warnings(studies, method, hartung_knapp, tau2.value, fit),
    )


def leave_one_out(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    names: Sequence[str] | None = None,
    method: TauSquaredMethod = TauSquaredMethod.REML,
    hartung_knapp: HartungKnapp = HartungKnapp.STANDARD,
) -> tuple[LeftOut, ...]:
    """The synthesis without each row in turn, in the order given: does one place carry the result?"""
    studies = make_study_estimates(estimates, variances, names)
    results = []
    for row, name in enumerate(studies.names):
        kept = np.arange(studies.estimates.size) != row
        try:
            result: PooledEstimate | Sentence = combine_estimates(
                studies.estimates[kept].tolist(),
                studies.variances[kept].tolist(),
                names=[studies.names[other] for other in np.flatnonzero(kept)],
                method=method,
                hartung_knapp=hartung_knapp,
            )
        except EstimateError as error:
            result = error.sentence
        results.append(LeftOut(name, result))
    return tuple(results)


def interval_estimates(fit: WeightedFit, terms: Sequence[str], hartung_knapp: HartungKnapp) -> tuple[TermEstimate, ...]:
    """Coefficients of ``fit`` with standard errors and 95 % intervals."""
    factor = 1.0
    if hartung_knapp is not HartungKnapp.OFF:
        factor = fit.q / fit.studies.df
        if hartung_knapp is HartungKnapp.CAUTIOUS:
            factor = max(1.0, factor)
        if factor < 1e-24:
            raise EstimateError(
                Sentence(
                    "The estimates follow the model exactly, so a Hartung-Knapp interval would have no width. Ask for the"
                    " cautious version, which also counts the estimates' own uncertainty."
                )
            )
    df = None if hartung_knapp is HartungKnapp.OFF else float(fit.studies.df)
    errors = np.sqrt(np.diag(fit.unscaled) * factor)
    return tuple(
        make_estimate(term, float(value), float(error), df)
        for term, value, error in zip(terms, fit.beta, errors, strict=True)
    )


def make_estimate(term: str, estimate: float, std_error: float, df: float | None) -> TermEstimate:
    """``estimate`` with a t interval on ``df``, or a normal one where ``df`` is None."""
    return normal_estimate(term, estimate, std_error) if df is None else t_estimate(term, estimate, std_error, df)


def chi_square_p_value(statistic: float, df: int) -> float:
    """Probability of a chi-square on ``df`` above ``statistic``."""
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy only where a number is worked out

    return float(chdtrc(df, statistic))


def _warnings(
    studies: StudyEstimates, method: TauSquaredMethod, hartung_knapp: HartungKnapp, tau2: float, fit: WeightedFit
) -> tuple[Sentence, ...]:
    found = []
    if studies.estimates.size < FEW and method is not TauSquaredMethod.EQUAL_EFFECTS:
        found.append(
            Sentence(
                "There are %(count)s estimates only: how much places differ is hardly known, and the interval is wide for"
                " that reason.",
                count=studies.estimates.size,
            )
        )
    if tau2 == 0.0 and method is not TauSquaredMethod.EQUAL_EFFECTS:
        found.append(
            Sentence(
                "The variation between places was estimated at zero. With few places that is no proof that they are alike."
            )
        )
    if hartung_knapp is HartungKnapp.STANDARD:
        found += _narrowed(studies, tau2, fit)
    return tuple(found)


def _narrowed(studies: StudyEstimates, tau2: float, fit: WeightedFit) -> tuple[Sentence, ...]:
    """What to beware of where the Hartung-Knapp factor makes the standard error smaller."""
    factor = fit.q / studies.df
    if factor >= 1.0:
        return ()
    if tau2 == 0.0:  # the factor's Q is Cochran's own here
        return (
            Sentence(
                "The estimates lie closer together than their own uncertainty would have it, so the Hartung-Knapp standard"
                " error is smaller than a plain one. The cautious version's isn't."
            ),
        )
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy only where a number is worked out

    if math.sqrt(factor) * float(stdtrit(studies.df, 0.975)) >= Z_95:  # t's wider limits outweigh the factor
        return ()
    return (
        Sentence(
            "The Hartung-Knapp factor is below 1 (%(factor)s), so the interval is narrower than a plain (Wald) one. The"
            " cautious version isn't.",
            factor=round(factor, 3),
        ),
    )
