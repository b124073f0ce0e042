"""``--method meta``: one estimate out of several places' estimates; with covariates a meta-regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.coding import read_labels, read_predictors
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COLUMN, FLAG, choice
from outcomes.services.analyse.output import AnalysisOutput, entry_of
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.meta_analysis import PooledEstimate
    from outcomes.services.analyse.arrays import Numbers
    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.coding import Predictor

METHODS = ("reml", "pm", "dl", "ml", "eb", "hs", "he", "sj", "ee")


def run(call: Call) -> AnalysisOutput:
    """The pooled estimate, how far places differ, and what a new place may expect."""
    estimates, variances, names, predictors = _read(call)
    kept = ~np.isnan(estimates) & ~np.isnan(variances)
    for predictor in predictors:
        kept &= predictor.known
    lost = int((~kept).sum())
    warnings = (Sentence("Rows left out because a value is missing: %(lost)s.", lost=lost),) if lost else ()
    if not kept.any():
        raise EstimateError(Sentence("No row holds both an estimate and its uncertainty."))
    used = [name for name, inside in zip(names, kept, strict=True) if inside]
    if predictors:
        columns = np.column_stack([predictor.columns for predictor in predictors])[kept]
        terms = [term for predictor in predictors for term in predictor.terms]
        return _regression(call, estimates[kept], variances[kept], used, columns, terms, warnings)
    return _pooled(call, estimates[kept], variances[kept], used, warnings)


def _read(call: Call) -> tuple[Numbers, Numbers, list[str], list[Predictor]]:
    """Estimates, their variances, the places' names and covariates; every fault with its row."""
    options = call.options
    column = options.text("estimate") or call.optional(Role.SCORE) or "estimate"
    call.check_column(column, "--option estimate")
    error_column, variance_column = options.text("std_error"), options.text("variance")
    if error_column and variance_column:
        call.add_general("--option variance", Sentence("Name the variance or the standard error, not both."))
    if not error_column and not variance_column:
        error_column = "std_error"
        call.check_column(error_column, "--option std_error")
    call.stop_at_faults()
    estimates = call.numbers(column)
    spread_column = variance_column or error_column or ""
    spread = call.numbers(spread_column)
    call.add_faults(spread <= 0, spread_column, Sentence("The uncertainty must be above 0."))
    label = call.optional(Role.SUBJECT)
    missing = Sentence("The place's name is missing.")
    names = read_labels(call, label, missing) if label else [str(row + 1) for row in range(call.n_rows)]
    predictors = read_predictors(call)
    call.stop_at_faults()
    return estimates, spread if variance_column else spread**2, names, predictors


def _settings(call: Call) -> dict[str, Any]:
    from outcomes.analysis.heterogeneity import TauSquaredMethod  # noqa: PLC0415 - with the method
    from outcomes.analysis.meta_analysis import HartungKnapp  # noqa: PLC0415

    method = TauSquaredMethod(call.options.choice("method", "reml"))
    adjust = call.options.flag("hartung_knapp", default=method is not TauSquaredMethod.EQUAL_EFFECTS)
    if call.options.flag("cautious", default=False):
        return {"method": method, "hartung_knapp": HartungKnapp.CAUTIOUS}
    return {"method": method, "hartung_knapp": HartungKnapp.STANDARD if adjust else HartungKnapp.OFF}


def _pooled(
    call: Call, estimates: Numbers, variances: Numbers, names: list[str], warnings: tuple[Sentence, ...]
) -> AnalysisOutput:
    from outcomes.analysis.meta_analysis import combine_estimates, leave_one_out  # noqa: PLC0415 - with the method
    from outcomes.analysis.shrinkage import shrink_estimates  # noqa: PLC0415

    settings = _settings(call)
    values = estimates.tolist(), variances.tolist()
    found = combine_estimates(*values, names=names, **settings)
    limits = {"prediction_low": found.prediction_low, "prediction_high": found.prediction_high}
    pooled = entry_of(found.pooled, "pooled", n=found.n_estimates, **limits)
    further: dict[str, Any] = {
        "pooled": pooled,
        **limits,
        "q": found.q,
        "q_df": found.q_df,
        "q_p_value": found.q_p_value,
        "weights": [{"place": name, "weight": one} for name, one in zip(names, found.weights, strict=True)],
    }
    if call.options.flag("leave_one_out", default=False):
        further["leave_one_out"] = [
            {"left_out": one.name, "reason": one.result}
            if isinstance(one.result, Sentence)
            else {"left_out": one.name, **entry_of(one.result.pooled, "pooled").to_mapping(), "tau2": one.result.tau2}
            for one in leave_one_out(*values, names=names, **settings)
        ]
    people = None
    if call.options.flag("individuals", default=False):
        people = tuple(
            {
                "place": place.name,
                "raw": place.raw,
                "estimate": place.estimate,
                "std_error": place.std_error,
                "ci_low": place.ci_low,
                "ci_high": place.ci_high,
                "reliability": place.reliability,
                "in_top_decile": place.in_top_decile,
                "in_bottom_decile": place.in_bottom_decile,
            }
            for place in shrink_estimates(*values, names, **settings).places
        )
    return AnalysisOutput(
        estimates=(pooled,),
        n_subjects=found.n_estimates,
        n_observations=found.n_estimates,
        variance=_spread(found),
        log_likelihood=found.log_likelihood,
        individuals=people,
        warnings=(*warnings, *found.warnings),
        further=further,
        described=(_prediction(found),) if found.prediction_low is not None else (),
    )


def _prediction(found: PooledEstimate) -> Sentence:
    return Sentence(
        "In a new place 95 per cent of true values are expected from %(low)s to %(high)s.",
        low=round(found.prediction_low or 0.0, 4),
        high=round(found.prediction_high or 0.0, 4),
    )


def _spread(found: PooledEstimate) -> dict[str, Any]:
    interval = found.tau2_interval
    return {
        "tau2": found.tau2,
        "tau2_std_error": found.tau2_std_error,
        "tau2_ci_low": interval.low,
        "tau2_ci_high": interval.high,
        "i2": found.i2,
        "h2": found.h2,
        "prediction_low": found.prediction_low,
        "prediction_high": found.prediction_high,
    }


def _regression(
    call: Call,
    estimates: Numbers,
    variances: Numbers,
    names: list[str],
    columns: Numbers,
    terms: list[str],
    warnings: tuple[Sentence, ...],
) -> AnalysisOutput:
    from outcomes.analysis.meta_regression import fit_meta_regression  # noqa: PLC0415 - with the method

    found = fit_meta_regression(estimates.tolist(), variances.tolist(), columns, terms, names=names, **_settings(call))
    test = found.columns_test
    return AnalysisOutput(
        estimates=tuple(entry_of(term) for term in found.terms),
        n_subjects=found.n_estimates,
        n_observations=found.n_estimates,
        variance={
            "tau2": found.tau2,
            "tau2_std_error": found.tau2_std_error,
            "i2": found.i2,
            "h2": found.h2,
            "r2": found.r2,
        },
        log_likelihood=found.log_likelihood,
        warnings=(*warnings, *found.warnings),
        further={
            "q": found.q,
            "q_df": found.q_df,
            "q_p_value": found.q_p_value,
            "covariates_test": {
                "statistic": test.statistic,
                "df": test.df,
                "df_residual": test.df_residual,
                "p_value": test.p_value,
            },
        },
    )


METHOD = Method(
    name="meta",
    title=Sentence("Synthesis of estimates (meta-analysis)"),
    run=run,
    takes=(Role.SCORE, Role.SUBJECT, Role.COVARIATE),
    options={
        "estimate": COLUMN,
        "variance": COLUMN,
        "std_error": COLUMN,
        "method": choice(*METHODS, fe="ee"),
        "hartung_knapp": FLAG,
        "cautious": FLAG,
        "leave_one_out": FLAG,
    },
)
