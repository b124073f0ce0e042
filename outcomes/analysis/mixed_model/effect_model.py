"""The baseline-adjusted model of an effect report: a random intercept per person.

Question: how do the scores after the start differ between those with the intervention and those with the comparison,
given where each person began?
Estimand: the coefficient of the arm: the mean difference in score over the follow-up occasions between two persons
alike in baseline score, time and covariates, had everybody answered (treatment as allocated, whatever happened later).
Formula, assumptions, source and checks: the package's head.
Units: points; sign is that of the raw score (negative: lower in the intervention), whatever direction is better.
Missing data: every person with a baseline and one later answer counts; missing covariates leave a person out, counted.
Errors: as :func:`~outcomes.analysis.mixed_model.model.fit_linear_mixed_model`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.mixed_model.inference import DegreesOfFreedom
from outcomes.analysis.mixed_model.model import fit_linear_mixed_model
from outcomes.analysis.results import MixedModelFit

if TYPE_CHECKING:
    from outcomes.analysis.design_matrix import ModelData


def fit_mixed_model(
    data: ModelData, *, reml: bool = True, df: DegreesOfFreedom | str = DegreesOfFreedom.SATTERTHWAITE
) -> MixedModelFit:
    """Fit the effect report's model to ``data``; ``df``: Satterthwaite's, or Kenward-Roger's (REML only, small groups)."""
    fit = fit_linear_mixed_model(data.response, data.columns, data.terms, data.subject, reml=reml, df=df)
    return MixedModelFit(
        formula=data.formula,
        terms=fit.terms,
        variance_between=fit.variance.intercept,
        variance_within=fit.variance.residual,
        log_likelihood=fit.log_likelihood,
        reml=reml,
        singular=fit.singular,
        n_subjects=data.n_subjects,
        n_observations=fit.n_observations,
        n_incomplete=data.n_incomplete,
        warnings=fit.warnings,
    )
