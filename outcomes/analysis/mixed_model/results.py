"""Named results of the mixed model. Units are in each class's docstring; "points" are those of the response."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.analysis.few_degrees import without_thin_interval
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.mixed_model.inference import DegreesOfFreedom, Uncertainty
from outcomes.analysis.mixed_model.marginal import ReferenceGrid, marginal_weights
from outcomes.analysis.mixed_model.optimise import Optimum
from outcomes.analysis.mixed_model.predictions import PersonEffects, ScorePredictions, person_effects, predict_scores
from outcomes.analysis.mixed_model.rows import Vector
from outcomes.analysis.mixed_model.statistics import PersonStatistics
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.analysis.mixed_model.rows import Matrix


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances in points squared: ``intercept`` between persons at time zero, None where everybody has one answer, which
    can't tell it from ``residual``, within a person; ``slope`` per unit of time squared, its ``covariance`` with the
    intercept (points squared per unit of time) and ``correlation`` (None where either is zero), all three None without
    slopes; ``outer`` between outer units, None without that level."""

    intercept: float | None
    slope: float | None
    covariance: float | None
    correlation: float | None
    outer: float | None
    residual: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedState:
    """What further questions to the fit need: statistics, optimum and uncertainty in the scaled response, and the means
    of the columns over the rows (in each column's unit); ``grid``: what the terms are made of, where it was said."""

    statistics: PersonStatistics
    optimum: Optimum
    uncertainty: Uncertainty
    column_means: Vector
    grid: ReferenceGrid | None


@dataclass(frozen=True, slots=True, eq=False)
class LinearMixedModel:
    """A fitted linear mixed model.

    ``terms``: fixed effects in points per unit of their column. ``log_likelihood``: restricted where ``reml``.
    ``singular``: a variance was estimated at zero, or a correlation at plus or minus one. ``n_parameters``: fixed effects
    and variance parameters. ``n_outer``: outer units, 0 without that level.
    """

    terms: tuple[TermEstimate, ...]
    variance: VarianceComponents
    log_likelihood: float
    reml: bool
    df_method: DegreesOfFreedom
    singular: bool
    n_subjects: int
    n_observations: int
    n_outer: int
    n_parameters: int
    warnings: tuple[Sentence, ...]
    state: FittedState

    @property
    def aic(self) -> float:
        """Akaike's criterion; for comparing models fitted alike (by ML where fixed effects differ)."""
        return 2.0 * self.n_parameters - 2.0 * self.log_likelihood

    @property
    def coefficients(self) -> Vector:
        """Fixed effects in the order of ``terms``."""
        return np.array([term.estimate for term in self.terms])

    @property
    def covariance(self) -> Matrix:
        """Covariance of the fixed effects (Kenward-Roger's adjusted one where that was asked for)."""
        scaling = self.state.statistics.scaling
        covariance: Matrix = (
            scaling.response_scale**2 * scaling.back @ self.state.uncertainty.covariance @ scaling.back.T
        )
        return covariance

    def term(self, name: str) -> TermEstimate:
        """The estimate of the term called ``name``; KeyError where the model has none."""
        for term in self.terms:
            if term.term == name:
                return term
        raise KeyError(name)

    def estimate(self, weights: Mapping[str, float] | Vector, term: str) -> TermEstimate:
        """A weighted sum of the fixed effects, called ``term``: weights per term's name (others 0), or one per term."""
        if not isinstance(weights, np.ndarray):
            unknown = set(weights) - {known.term for known in self.terms}
            if unknown:
                raise KeyError(", ".join(sorted(unknown)))
            weights = np.array([weights.get(known.term, 0.0) for known in self.terms])
        return contrast(self.state, np.asarray(weights, dtype=np.float64), term)

    def marginal_mean(self, at: Mapping[str, float], term: str) -> TermEstimate:
        """Mean score where the named columns have the values ``at``: other numbers at their mean over the rows, levels of
        other categories weighted alike, interactions as products, as the grid that was given to the fit says."""
        return self.estimate(self._weights(at), term)

    def marginal_contrast(self, at: Mapping[str, float], against: Mapping[str, float], term: str) -> TermEstimate:
        """Difference between two marginal means: that ``at`` minus that ``against``."""
        return self.estimate(self._weights(at) - self._weights(against), term)

    def _weights(self, at: Mapping[str, float]) -> Vector:
        if self.state.grid is None:
            raise EstimateError(
                Sentence(
                    "A marginal mean needs to know which columns are categories and which are products of others. Give the"
                    " fit a reference grid."
                )
            )
        names = tuple(term.term for term in self.terms)
        return marginal_weights(names, at, self.state.column_means, self.state.grid)

    def person_effects(self) -> PersonEffects:
        """Each person's predicted deviation from the fixed part (BLUP)."""
        self._require_persons()
        return person_effects(self.state.statistics, self.state.optimum)

    def predict(self, subject: Any, columns: Matrix, time: Vector | None = None) -> ScorePredictions:
        """Score of each ``subject`` (a label of the data) with the fixed ``columns`` and at the ``time`` given."""
        self._require_persons()
        return predict_scores(self.state.statistics, self.state.optimum, self.coefficients, subject, columns, time)

    def _require_persons(self) -> None:
        if self.variance.intercept is None:
            raise EstimateError(
                Sentence(
                    "Everybody has one answer, so how a person differs from the others can't be told. It needs people with"
                    " more answers."
                )
            )


def contrast(state: FittedState, weights: Vector, term: str) -> TermEstimate:
    """Estimate, standard error and interval of a weighted sum of the fixed effects: none where outer units are few."""
    scaling = state.statistics.scaling
    if weights.shape != scaling.offset.shape or not np.isfinite(weights).all() or not weights.any():
        raise EstimateError(
            Sentence("A contrast needs one finite weight for each term, not all of them 0. Correct the weights.")
        )
    fitted = scaling.back.T @ weights
    beta = state.optimum.profile.beta
    estimate = float(weights @ scaling.offset + scaling.response_scale * (fitted @ beta))
    std_error = scaling.response_scale * math.sqrt(state.uncertainty.variance(fitted))
    df = state.uncertainty.df(fitted)
    if df is None:
        return normal_estimate(term, estimate, std_error)
    found = t_estimate(term, estimate, std_error, df)
    return found if state.statistics.outer_labels is None else without_thin_interval(found)
