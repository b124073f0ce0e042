"""What the model says of each person: deviations (BLUPs) and the score to be expected at a time.

Question: where does this person stand, and where will the score be?
Formula: with r = B's response minus B's columns times b, deviations u = G U (r - 1 v), v the outer unit's deviation
g_o w'(-b, 1) / (1 + g_o s). Conditional covariance given the coefficients: sigma^2 M, M = (A + G^-1)^-1 =
(G + |G| adj A) / (1 + tr(AG) + |A||G|), plus what v's own uncertainty adds. A predicted score x'b + z'u + v has variance
sigma^2 (z'Mz + 1) + d'Cd + the outer level's, d = x minus what the person's own rows already say.
Assumptions: normal deviations; variances taken as known, so intervals are a little narrow with few persons.
Units: points (per unit of time for slopes). Intervals of a score include the variation within a person.
Missing data: a person with one answer counts, and is drawn strongly toward the fixed part.
Errors: :class:`~outcomes.errors.EstimateError` for an unknown person or a time that is missing.
Source: Robinson 1991, doi:10.1214/ss/1177011926; Bates et al. 2015, doi:10.18637/jss.v067.i01.
Checked: tests/reference/mixed_model (lme4's ranef with condVar; R's clinicalsignificance, method HLM).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.moments import Stack, apply_weights, weights
from outcomes.analysis.mixed_model.rows import Codes, Matrix, Vector
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model.optimise import Optimum
    from outcomes.analysis.mixed_model.statistics import PersonStatistics


@dataclass(frozen=True, slots=True, eq=False)
class PersonEffects:
    """Deviations per person, in the order of ``subjects``: ``intercept`` (points, at time zero) and ``slope`` (points per
    unit of time; None without slopes), with conditional standard deviations and covariance given the coefficients.
    ``outer``: the deviation of each outer unit of ``outer_units`` with ``outer_sd``; empty without that level."""

    subjects: NDArray[Any]
    intercept: Vector
    intercept_sd: Vector
    slope: Vector | None
    slope_sd: Vector | None
    covariance: Vector | None
    outer_units: NDArray[Any]
    outer: Vector
    outer_sd: Vector


@dataclass(frozen=True, slots=True, eq=False)
class ScorePredictions:
    """Expected score (points), its prediction standard error (a new score's, with all uncertainty but the variances'),
    and intervals that hold 80 % and 95 % of new scores."""

    score: Vector
    std_error: Vector
    low_80: Vector
    high_80: Vector
    low_95: Vector
    high_95: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Deviations:
    """In fitted time and scaled response, persons in the statistics' order: ``effects`` (1 or 2, persons) and their
    relative conditional covariance ``spread`` (11, 12, 22); ``drawn``: G U, and ``outer`` per unit with ``outer_spread``."""

    effects: Matrix
    spread: Stack
    drawn: Stack
    outer: Vector
    outer_spread: Vector
    unit_of: Codes


def person_effects(statistics: PersonStatistics, optimum: Optimum) -> PersonEffects:
    """BLUPs of everybody, in original units."""
    found = _deviations(statistics, optimum)
    scaling = statistics.scaling
    size = scaling.response_scale
    sd = size * np.sqrt(optimum.profile.residual)
    spread = _marginal_spread(found)
    slope = slope_sd = covariance = None
    intercept, variance = found.effects[0], spread[0]
    if statistics.random_terms == 2:
        # at time zero instead of the mean time, per unit instead of per standard deviation of time
        at = scaling.time_centre / scaling.time_scale
        intercept = intercept - at * found.effects[1]
        variance = spread[0] - 2 * at * spread[1] + at**2 * spread[2]
        slope = _back(statistics, size * found.effects[1] / scaling.time_scale)
        slope_sd = _back(statistics, sd * np.sqrt(spread[2]) / scaling.time_scale)
        covariance = _back(statistics, sd**2 * (spread[1] - at * spread[2]) / scaling.time_scale)
    units = np.zeros(0) if statistics.outer_labels is None else statistics.outer_labels
    return PersonEffects(
        statistics.labels,
        _back(statistics, size * intercept),
        _back(statistics, sd * np.sqrt(np.maximum(variance, 0.0))),
        slope,
        slope_sd,
        covariance,
        units,
        size * found.outer,
        sd * np.sqrt(found.outer_spread),
    )


def predict_scores(
    statistics: PersonStatistics,
    optimum: Optimum,
    coefficients: Vector,
    subject: Any,
    columns: Matrix,
    time: Vector | None,
) -> ScorePredictions:
    """Scores of persons at given columns and times; everything in arrays."""
    place = _places(statistics, subject)
    columns = np.asarray(columns, dtype=np.float64)
    scaling, profile = statistics.scaling, optimum.profile
    found = _deviations(statistics, optimum)
    z = _random_columns(statistics, place.size, time)
    if columns.shape != (place.size, statistics.n_terms) or not np.isfinite(columns).all():
        raise EstimateError(Sentence("A prediction needs a finite value for every column of the model. Give them all."))
    unit, spread = found.unit_of[place], found.spread[:, place]
    toward = z[0] * found.drawn[0, place]  # z'GU, first entry, then second
    random = z[0] * found.effects[0, place]
    variance = z[0] ** 2 * spread[0]
    if len(z) == 2:
        drawn = found.drawn[:, place]
        toward = np.stack([z[0] * drawn[0] + z[1] * drawn[2], z[0] * drawn[1] + z[1] * drawn[3]])
        random = random + z[1] * found.effects[1, place]
        variance = variance + 2 * z[0] * z[1] * spread[1] + z[1] ** 2 * spread[2]
    else:
        toward = toward[None]
    outer_share = 1.0 - toward[0]
    fitted = columns @ scaling.back
    classes = statistics.classes[statistics.group_class[_group_of(statistics)[place]]]
    own = np.einsum("qn,qkn->nk", toward, statistics.own[:, :, place])
    known = np.einsum("nk,nkp->np", own, classes)[:, : statistics.n_terms]
    if statistics.outer_labels is not None:
        random = random + found.outer[unit]
        variance = variance + outer_share**2 * found.outer_spread[unit]
        said = profile.moments.outer_crossed[:, : statistics.n_terms] * found.outer_spread[:, None]
        known = known + outer_share[:, None] * said[unit]
    rest = fitted - known
    variance = 1.0 + variance + np.einsum("np,pk,nk->n", rest, profile.unscaled, rest)
    score = columns @ coefficients + scaling.response_scale * random
    error = scaling.response_scale * np.sqrt(profile.residual * variance)
    wide, narrow = (NormalDist().inv_cdf(level) for level in (0.975, 0.9))
    return ScorePredictions(
        score, error, score - narrow * error, score + narrow * error, score - wide * error, score + wide * error
    )


def _deviations(statistics: PersonStatistics, optimum: Optimum) -> Deviations:
    profile = optimum.profile
    gamma = profile.gamma
    group = _group_of(statistics)
    contrast = np.append(-profile.beta, 1.0)
    if statistics.outer_labels is not None:
        contrast = np.append(contrast, 0.0)
    by_class = statistics.classes @ contrast  # classes x functions
    per_person = by_class[statistics.group_class].T[:, group]
    residual = (statistics.own * per_person).sum(axis=1)  # 1 or 2 x persons
    unit_of = statistics.group_outer[group]
    outer, outer_spread = np.zeros(0), np.zeros(0)
    if statistics.outer_labels is not None:
        outer_spread = gamma[-1] / (1.0 + gamma[-1] * profile.moments.outer_weight)
        outer = outer_spread * (profile.moments.outer_crossed @ np.append(-profile.beta, 1.0))
        residual[0] -= outer[unit_of]
    u = weights(statistics, gamma, profile.moments.determinant)
    toward = apply_weights(u, residual[:, None])[:, 0]
    if statistics.random_terms == 1:
        spread = gamma[0] * np.exp(-u[-1])[None]
        return Deviations(gamma[0] * toward, spread, gamma[0] * u[:1], outer, outer_spread, unit_of)
    g11, g12, g22 = gamma[:3]
    det = profile.moments.determinant
    effects = np.stack([g11 * toward[0] + g12 * toward[1], g12 * toward[0] + g22 * toward[1]])
    shrink = np.exp(-u[-1])
    spread = shrink * np.stack(
        [
            g11 + det * statistics.time_square,
            g12 - det * statistics.time_sum,
            g22 + det * statistics.n,
        ]
    )
    drawn = np.stack(
        [g11 * u[0] + g12 * u[1], g11 * u[1] + g12 * u[2], g12 * u[0] + g22 * u[1], g12 * u[1] + g22 * u[2]]
    )
    return Deviations(effects, spread, drawn, outer, outer_spread, unit_of)


def _marginal_spread(found: Deviations) -> Stack:
    """Conditional covariance of a person's own deviations, the outer unit's uncertainty included."""
    if found.outer.size == 0:
        return found.spread
    extra = found.outer_spread[found.unit_of]
    if len(found.spread) == 1:
        one: Stack = np.stack([found.spread[0] + extra * found.drawn[0] ** 2])
        return one
    first, second = found.drawn[0], found.drawn[2]
    both: Stack = found.spread + extra * np.stack([first**2, first * second, second**2])
    return both


def _group_of(statistics: PersonStatistics) -> Codes:
    """The group of each person, in the statistics' order."""
    sizes = np.diff(statistics.starts)
    return np.repeat(np.arange(sizes.size), sizes)


def _places(statistics: PersonStatistics, subject: Any) -> Codes:
    """Where each subject stands among the persons."""
    asked = np.atleast_1d(np.asarray(subject))
    if statistics.labels.dtype.kind in "US":
        asked = asked.astype(str)
    at = np.minimum(np.searchsorted(statistics.labels, asked), statistics.labels.size - 1)
    missing = statistics.labels[at] != asked
    if missing.any():
        raise EstimateError(
            Sentence(
                "%(person)s isn't among the people whom the model was fitted to. A prediction needs at least one answer.",
                person=asked[np.flatnonzero(missing)[0]],
            )
        )
    position = np.empty(statistics.n_persons, dtype=np.int64)
    position[statistics.order] = np.arange(statistics.n_persons)
    return position[at]


def _random_columns(statistics: PersonStatistics, size: int, time: Vector | None) -> Matrix:
    if statistics.random_terms == 1:
        return np.ones((1, size))
    if time is None or np.shape(time) != (size,) or not np.isfinite(time).all():
        raise EstimateError(Sentence("A slope per person needs the time of each prediction. Give the column of time."))
    scaled = (np.asarray(time, dtype=np.float64) - statistics.scaling.time_centre) / statistics.scaling.time_scale
    return np.stack([np.ones(size), scaled])


def _back(statistics: PersonStatistics, values: Vector) -> Vector:
    """Values in the order of the labels."""
    original = np.empty_like(values)
    original[statistics.order] = values
    return original
