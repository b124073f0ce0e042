"""Weighted comparison: two arms made alike at the start by weights from the propensity.

Question: how do those with the intervention do against people like them without it?
Estimand: difference in mean outcome for a stated population. ``ate``: everyone; ``att``: those who got the intervention;
``overlap``: people who could well have been in either arm (the default: it needs no extreme weights).
Formula: with e the propensity, weights for treated and control are 1/e and 1/(1-e) (ate), 1 and e/(1-e) (att), 1-e and e
(overlap); means are sums of w y over sums of w (Hajek). Where outcomes are missing, weights are multiplied by 1/r, r the
logistic probability of an answer. The standard error is the sandwich of all estimating equations together: each
person's influence holds what they do to the propensity and to the chance of answering.
Assumptions: nothing unmeasured decided both who got the intervention and how it went; every person had some chance of
either; the logistic models hold; answers are missing at random given the columns of the response model.
Units: those of the outcome (points). The sign is that of the raw outcome.
Missing data: columns may not be missing. Missing outcomes (NaN): by a response model where its columns are given, else
those people are left out and named in a warning.
Clusters: influences are summed within a cluster, times the square root of J / (J - 1), t on J - 1 degrees of freedom; under
40 clusters bias-reduced as CR2 is, with Satterthwaite's df (:mod:`outcomes.analysis.influence_by_cluster`), and no interval
under 4 degrees of freedom, with a warning.
Errors: :class:`~outcomes.errors.EstimateError` for an unknown estimand, and all that the propensity raises.
Source: Li, Morgan & Zaslavsky 2018, doi:10.1080/01621459.2016.1260466; Lunceford & Davidian 2004, doi:10.1002/sim.1903.
Checked: tests/reference/weighting (PSweight on LaLonde's data, 1e-8, its own precision; statsmodels TreatmentEffect; R).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeGuard, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.analysis.cluster_robust import FEW_CLUSTERS, cluster_codes
from outcomes.analysis.comparison_equations import ComparisonEquations, comparison_equations
from outcomes.analysis.few_degrees import no_interval_warning, without_thin_interval
from outcomes.analysis.influence_by_cluster import sum_by_cluster
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.propensity import PropensityModel, checked_arms, fit_propensity_model
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.weighted_balance import OverlapSummary, WeightedBalance, summarise_overlap, weighted_balance
from outcomes.errors import EstimateError, Sentence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Estimand = Literal["ate", "att", "overlap"]


@dataclass(frozen=True, slots=True)
class ArmContrast:
    """``difference`` = ``mean_treated`` - ``mean_control``, in points, each with its uncertainty."""

    difference: TermEstimate
    mean_treated: TermEstimate
    mean_control: TermEstimate


@dataclass(frozen=True, slots=True)
class WeightedComparison:
    """A weighted comparison of two arms for the population ``estimand``. Means and difference in points.

    ``propensity``: log odds of the intervention per unit of each column; ``response``: of an answer (empty without a
    response model). ``n_treated`` and ``n_control``: people in the comparison, of whom ``n_unanswered`` lack the outcome
    and stand behind the response weights; ``n_left_out``: people without the outcome who aren't in it.
    ``augmented``: an outcome model was used too (doubly robust).
    """

    estimand: Estimand
    augmented: bool
    contrast: ArmContrast
    propensity: tuple[TermEstimate, ...]
    response: tuple[TermEstimate, ...]
    balance: WeightedBalance
    overlap: OverlapSummary
    n_treated: int
    n_control: int
    n_unanswered: int
    n_left_out: int
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WeightedData:
    """People of a weighted comparison with their weights, and what these depend on. Rows are people.

    ``treated_weight`` and ``control_weight``: zero for the other arm and for those without an outcome (whose ``outcome``
    is zero). ``target``: weight in the population that the estimand is about.
    """

    estimand: Estimand
    outcome: Vector
    answered: Vector
    treated: Vector
    columns: Matrix
    terms: tuple[str, ...]
    propensity: PropensityModel
    response: PropensityModel | None
    treated_weight: Vector
    control_weight: Vector
    target: Vector
    cluster: Sequence[object] | None
    n_left_out: int

    def carried(self, slopes_of: Literal["treated", "control", "target"], rows: Vector) -> Vector:
        """Influence, through the estimated probabilities, on the mean of weight times ``rows``."""
        e = self.propensity.probabilities
        if slopes_of == "target":
            slope = {"ate": np.zeros_like(e), "att": e * (1 - e), "overlap": e * (1 - e) * (1 - 2 * e)}[self.estimand]
            return self.propensity.carried(slope * rows)
        treated = slopes_of == "treated"
        weight = self.treated_weight if treated else self.control_weight
        # derivative of the log weight by the propensity's linear predictor
        relative = {
            "ate": -(1 - e) if treated else e,
            "att": np.zeros_like(e) if treated else np.ones_like(e),
            "overlap": -e if treated else 1 - e,
        }[self.estimand]
        influence = self.propensity.carried(weight * relative * rows)
        if self.response is not None:
            influence = influence - self.response.carried(weight * (1 - self.response.probabilities) * rows)
        return influence


def compare_weighted(
    outcome: ArrayLike,
    treated: ArrayLike,
    columns: ArrayLike,
    terms: Sequence[str],
    *,
    estimand: Estimand = "overlap",
    response_columns: ArrayLike | None = None,
    response_terms: Sequence[str] = (),
    cluster: Sequence[object] | None = None,
    term: str = "treated",
) -> WeightedComparison:
    """Compare ``outcome`` (NaN where missing) between ``treated`` 1 and 0, weighted on ``columns`` (the first the
    intercept). The difference is called ``term``."""
    data = weighted_data(outcome, treated, columns, terms, estimand, response_columns, response_terms, cluster)
    first, first_influence = hajek_mean(data, "treated", data.outcome)
    second, second_influence = hajek_mean(data, "control", data.outcome)
    contrast = influence_contrast(first, first_influence, second, second_influence, term, data.cluster)
    if few_clusters(data.cluster):
        contrast = bias_reduced_contrast(contrast, comparison_equations(data), data.cluster)
    return comparison_result(data, contrast, adjusted=frozenset())


def weighted_data(
    outcome: ArrayLike,
    treated: ArrayLike,
    columns: ArrayLike,
    terms: Sequence[str],
    estimand: Estimand,
    response_columns: ArrayLike | None,
    response_terms: Sequence[str],
    cluster: Sequence[object] | None,
) -> WeightedData:
    """Fit the propensity (and the response model, where its columns are given) and make the weights."""
    if estimand not in get_args(Estimand):
        raise EstimateError(
            Sentence(
                "There is no population called %(name)s. Choose one of %(known)s.",
                name=estimand,
                known=", ".join(get_args(Estimand)),
            )
        )
    arm, matrix = checked_arms(treated, columns, terms)
    y = np.asarray(outcome, dtype=np.float64)
    if y.shape != arm.shape or np.isinf(y).any():
        raise EstimateError(Sentence("Each person needs a finite outcome or an empty one, in the order of the arms."))
    answered, left_out = ~np.isnan(y), 0
    response = None
    if response_columns is None:
        kept = answered
        left_out = int((~answered).sum())
        if cluster is not None:
            cluster = [cluster[row] for row in np.flatnonzero(kept).tolist()]
        y, arm, matrix, answered = y[kept], arm[kept], matrix[kept], answered[kept]
        arm, matrix = checked_arms(arm, matrix, terms)
    elif not answered.all():
        response = fit_propensity_model(answered, response_columns, response_terms)
    propensity = fit_propensity_model(arm, matrix, terms)
    e = propensity.probabilities
    target = {"ate": np.ones_like(e), "att": e, "overlap": e * (1 - e)}[estimand]
    used = answered / (1.0 if response is None else response.probabilities)
    return WeightedData(
        estimand,
        np.where(answered, y, 0.0),
        answered.astype(np.float64),
        arm,
        matrix,
        tuple(terms),
        propensity,
        response,
        arm * used * target / e,
        (1 - arm) * used * target / (1 - e),
        target,
        cluster,
        left_out,
    )


def hajek_mean(data: WeightedData, arm: Literal["treated", "control"], rows: Vector) -> tuple[float, Vector]:
    """Weighted mean of ``rows`` in an arm, and each person's influence on it."""
    weight = data.treated_weight if arm == "treated" else data.control_weight
    if not weight.sum() > 0:
        raise EstimateError(Sentence("Nobody in one of the two arms has an outcome. It needs answers from both."))
    mean = float(np.average(rows, weights=weight))
    influence = (weight * (rows - mean) + data.carried(arm, rows - mean)) / float(weight.mean())
    return mean, influence


def influence_contrast(
    first: float,
    first_influence: Vector,
    second: float,
    second_influence: Vector,
    term: str,
    cluster: Sequence[object] | None,
    lost_df: int = 0,
) -> ArmContrast:
    """Means and their difference with standard errors from influences; variance sums divided by n (n - ``lost_df``)."""
    difference = _from_influence(term, first - second, first_influence - second_influence, cluster, lost_df)
    means = (
        replace(_from_influence(f"{term}[{label}]", mean, influence, cluster, lost_df), p_value=None)
        for label, mean, influence in ((1, first, first_influence), (0, second, second_influence))
    )
    return ArmContrast(difference, *means)


def few_clusters(cluster: Sequence[object] | None) -> TypeGuard[Sequence[object]]:
    """True where people come in clusters, and in so few that their uncertainty must be bias-reduced."""
    return cluster is not None and np.unique(cluster_codes(cluster, np.arange(len(cluster)))).size < FEW_CLUSTERS


def bias_reduced_contrast(
    contrast: ArmContrast, equations: ComparisonEquations, cluster: Sequence[object]
) -> ArmContrast:
    """``contrast`` with CR2's kind of standard errors and Satterthwaite's degrees of freedom."""
    summed = sum_by_cluster(equations.equations, cluster_codes(cluster, np.arange(len(cluster))))

    def again(found: TermEstimate, parameters: Vector) -> TermEstimate:
        uncertainty = summed.uncertainty(parameters)
        estimate = t_estimate(found.term, found.estimate, uncertainty.std_error, uncertainty.df)
        return without_thin_interval(estimate)

    return ArmContrast(
        again(contrast.difference, equations.difference),
        replace(again(contrast.mean_treated, equations.mean_treated), p_value=None),
        replace(again(contrast.mean_control, equations.mean_control), p_value=None),
    )


def _from_influence(
    term: str, estimate: float, influence: Vector, cluster: Sequence[object] | None, lost_df: int
) -> TermEstimate:
    n = influence.size
    if cluster is None:
        return normal_estimate(term, estimate, math.sqrt(float((influence**2).sum()) / n / (n - lost_df)))
    codes = cluster_codes(cluster, np.arange(n))
    count = int(codes.max()) + 1
    if count < 2:
        raise EstimateError(Sentence("Uncertainty between clusters needs at least two of them."))
    sums = np.bincount(codes, weights=influence)
    std_error = math.sqrt(float((sums**2).sum()) * count / (count - 1)) / n
    normal_estimate(term, estimate, std_error)
    return t_estimate(term, estimate, std_error, float(count - 1))


def comparison_result(data: WeightedData, contrast: ArmContrast, *, adjusted: frozenset[str]) -> WeightedComparison:
    """The comparison with its balance, overlap and warnings; ``adjusted``: columns of the outcome model, if any."""
    weights = data.treated_weight + data.control_weight
    return WeightedComparison(
        data.estimand,
        bool(adjusted),
        contrast,
        data.propensity.terms,
        () if data.response is None else data.response.terms,
        weighted_balance(data.treated, weights, data.columns, data.terms, adjusted=adjusted),
        summarise_overlap(data.treated, data.propensity.probabilities, weights),
        int(data.treated.sum()),
        int((1 - data.treated).sum()),
        int((1 - data.answered).sum()),
        data.n_left_out,
        _warnings(data, contrast),
    )


def _warnings(data: WeightedData, contrast: ArmContrast) -> tuple[Sentence, ...]:
    warnings = []
    if data.n_left_out:
        warnings.append(
            Sentence(
                "%(count)s people without the outcome aren't in the comparison. It holds for everyone only if they are like"
                " those who answered; a response model can weigh for them.",
                count=data.n_left_out,
            )
        )
    return (*warnings, *no_interval_warning((contrast.difference, contrast.mean_treated, contrast.mean_control)))
