"""Reference-based imputation: what is left of the difference, if the lost with the intervention went on as the comparison?

Question: the main analysis takes it that those who stopped answering kept the benefit of those who stayed. How much of the
difference stands if they lost it?
Estimand: the mean difference at one occasion between all who began, under the strategy for what came after the last answer:
missing at random (they go on as their own arm), jump to reference (benefit gone at once), copy increments (benefit kept,
no more gained), copy reference (never had one). A single gap between answers is always taken as missing at random.
Formula: an imputation model of both arms by REML (imputation_model.py); missing scores replaced by conditional means;
analysis of covariance of the completed scores at the occasion on arm and covariates. Standard error by the jackknife over
people, imputation model refitted each time: root of (n - 1) / n times the sum of squares about the mean of the n results,
normal interval.
With draws instead: per imputation a bootstrap sample within arms gives the parameters, missing scores are drawn, and
Rubin's rules put the results together.
The jackknife's standard error is that over repeated samples; under reference-based strategies it may get *smaller* with more
missing, as information is borrowed from the reference. Rubin's keeps the loss of information.
Assumptions: normal scores; covariates known of everybody; what follows the last answer is as the strategy says.
Units: points; sign is that of the raw score.
Missing data: everybody who began counts, with or without answers.
Errors: :class:`~outcomes.errors.EstimateError` where the model can't be fitted, leaving one person out makes it impossible,
or there are too many people for the jackknife (ask for draws).
Source: Carpenter, Roger & Kenward 2013, doi:10.1080/10543406.2013.834911; Wolbers et al. 2022, doi:10.1002/pst.2234;
Bartlett 2023 (which variance), doi:10.1080/19466315.2021.1983455.
Checked: tests/reference/reference_imputation (two trials, four strategies, deltas; R with nlme and optim).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.delta_adjustment import DeltaLine
from outcomes.analysis.imputation_inference import Comparison, compare_by_draws, compare_by_jackknife
from outcomes.analysis.imputation_model import ImputationStrategy, Matrix, make_trial_scores
from outcomes.analysis.mmrm import CovarianceForm
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

MUCH_MISSING = 0.5  # share of scores at the occasion, from which the result is made more by the model than by answers


@dataclass(frozen=True, slots=True, eq=False)
class ImputedDifference:
    """The comparison of two arms at ``occasion`` after imputing by ``strategy``.

    ``difference``: intervention minus comparison (points); ``intervention_mean`` and ``comparison_mean``: adjusted means
    at the covariates' means. ``line``: the difference with deltas added to what was imputed (with draws its standard error
    stays that of delta 0). ``n_missing_intervention`` and ``n_missing_comparison``: people without a score at the occasion.
    """

    strategy: ImputationStrategy
    occasion: str
    difference: TermEstimate
    intervention_mean: TermEstimate
    comparison_mean: TermEstimate
    line: DeltaLine
    n_subjects: int
    n_missing_intervention: int
    n_missing_comparison: int
    n_imputations: int | None
    warnings: tuple[Sentence, ...]


def estimate_imputed_differences(
    scores: Matrix,
    intervention: Sequence[bool],
    covariates: Matrix | None = None,
    *,
    occasions: Sequence[str],
    covariate_names: Sequence[str] = (),
    constant: Sequence[str] = (),
    adjust_for: Sequence[str] | None = None,
    strategies: Sequence[ImputationStrategy] = tuple(ImputationStrategy),
    occasion: str | None = None,
    pooled_covariance: bool = True,
    covariance: CovarianceForm = CovarianceForm.UNSTRUCTURED,
    n_draws: int | None = None,
    generator: np.random.Generator | None = None,
) -> tuple[ImputedDifference, ...]:
    """Impute ``scores`` (people x occasions) by each strategy and compare the arms at ``occasion`` (default the last).

    ``constant``: covariates with one coefficient for all occasions in the imputation model (others have one each).
    ``adjust_for``: covariates of the analysis; default all. ``pooled_covariance``: False for a model per arm;
    ``covariance``: its form. ``n_draws``
    with a seeded ``generator``: multiple imputation in place of conditional means with the jackknife.
    """
    trial = make_trial_scores(
        scores, intervention, covariates, occasions=occasions, covariate_names=covariate_names, constant=constant
    )
    names = tuple(covariate_names)
    place = _number_of(occasion, trial.occasions) if occasion is not None else len(trial.occasions) - 1
    comparison = Comparison(
        trial,
        tuple(strategies),
        place,
        tuple(_number_of(name, names) for name in (names if adjust_for is None else adjust_for)),
        pooled_covariance,
        covariance,
    )
    if n_draws is None:
        compared = compare_by_jackknife(comparison)
    elif generator is None:
        raise EstimateError(Sentence("Draws need a seeded random generator, so that the result can be repeated."))
    else:
        compared = compare_by_draws(comparison, n_draws, generator)
    missing = np.isnan(trial.scores[:, place])
    return tuple(
        ImputedDifference(
            strategy=found.strategy,
            occasion=trial.occasions[place],
            difference=found.difference,
            intervention_mean=found.intervention_mean,
            comparison_mean=found.comparison_mean,
            line=found.line,
            n_subjects=trial.intervention.size,
            n_missing_intervention=int((missing & trial.intervention).sum()),
            n_missing_comparison=int((missing & ~trial.intervention).sum()),
            n_imputations=n_draws,
            warnings=_warnings(float(missing.mean())),
        )
        for found in compared
    )


def _number_of(name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise EstimateError(
            Sentence("There is no column called %(name)s. There are: %(names)s.", name=name, names=", ".join(names))
        )
    return names.index(name)


def _warnings(missing: float) -> tuple[Sentence, ...]:
    if missing == 0.0:
        return (Sentence("Nobody's score is missing at that occasion, so nothing was imputed and strategies agree."),)
    if missing >= MUCH_MISSING:
        return (
            Sentence(
                "%(percent)s per cent of the scores at that occasion are imputed: the result is made more by the model than"
                " by answers.",
                percent=round(100 * missing),
            ),
        )
    return ()
