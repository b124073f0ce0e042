"""The most likely relative variances, singular ones included.

Question: which variances make the data most likely?
Formula: Fisher scoring with step halving in the relative variances while they stay inside; then Newton's method on the
Cholesky factor L (G = LL'; the outer ratio is a square), whose coordinates are free, so that a variance of zero or a
correlation of one is an ordinary point: there the deviance is quadratic in the coordinate that vanishes. Every relative
variance is x'C_a x, so slope and curvature follow from those in the variances. Coordinates that end at zero are set to
zero and the rest is optimised again; whether leaving zero would help is asked of the slope there.
Convergence: Newton's decrement (twice the gain still expected in log-likelihood) under 1e-17, or under 1e-8 where
rounding lets it fall no further.
Errors: :class:`~outcomes.errors.EstimateError` where the variances can't be told apart, run away, or don't settle.
Source: Bates et al. 2015, doi:10.18637/jss.v067.i01; Jennrich & Sampson 1976, doi:10.2307/1267912.
Checked: tests/reference/mixed_model, tests/unit/analysis/test_mixed_model_optimise.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.mixed_model.likelihood import (
    Profile,
    evaluate,
    expected_curvature,
    profiled_curvature,
    variance_information,
)
from outcomes.analysis.mixed_model.moments import collect_moments
from outcomes.analysis.mixed_model.rows import Vector
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model.rows import Matrix
    from outcomes.analysis.mixed_model.statistics import PersonStatistics

Free = NDArray[np.bool_]
MANY_PERSONS = 20_000
"""From so many persons on the likelihood has one top, and one start is enough."""
STARTS = (0.01, 0.1, 1.0, 10.0, 100.0)
MOST_STEPS = 100
CONVERGED = 1e-17
ALL_BUT_CONVERGED = 1e-8
NEARLY = 1e-2
"""Decrement under which Fisher scoring gives over to Newton's method."""
RUN_AWAY = 1e8
SAME_DEVIANCE = 1e-8
SMALL = 1e-5
"""Relative variances under this are tried at zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """``forms[a]``: C_a with relative variance a = x'C_a x, for coordinates x = (L11[, L21, L22][, root of outer])."""

    forms: NDArray[np.float64]
    slope: bool
    outer: bool

    def gamma(self, x: Vector) -> Vector:
        values: Vector = np.einsum("aij,i,j->a", self.forms, x, x)
        return values

    def jacobian(self, x: Vector) -> Matrix:
        """Derivatives of the relative variances (rows) in the coordinates."""
        return 2 * self.forms @ x

    def from_gamma(self, gamma: Vector) -> Vector:
        """Coordinates of ``gamma``; where the slope follows from the intercept, the last of L is zero."""
        x = np.zeros(self.forms.shape[1])
        if self.slope:
            matrix = np.array([[gamma[0], gamma[1]], [gamma[1], gamma[2]]])
            values, vectors = np.linalg.eigh(matrix)
            if values[0] <= 1e-12 * max(values[1], 0.0):
                x[:2] = vectors[:, 1] * np.sqrt(max(values[1], 0.0))
            else:
                x[0] = np.sqrt(gamma[0])
                x[1] = gamma[1] / x[0]
                x[2] = np.sqrt(max(gamma[2] - x[1] ** 2, 0.0))
        else:
            x[0] = np.sqrt(max(gamma[0], 0.0))
        if self.outer:
            x[-1] = np.sqrt(max(gamma[-1], 0.0))
        return x


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the likelihood is highest: the profile there (second derivatives included), coordinates, which of them are
    free (the others are zero), and how many times the likelihood was evaluated."""

    profile: Profile
    coordinates: Coordinates
    x: Vector
    free: Free
    evaluations: int

    @property
    def singular(self) -> bool:
        return not bool(self.free.all())


def coordinates_of(statistics: PersonStatistics) -> Coordinates:
    """The coordinates of a model with these random terms."""
    slope, outer = statistics.random_terms == 2, statistics.outer_labels is not None
    size = (3 if slope else 1) + outer
    forms = np.zeros((size, size, size))
    forms[0, 0, 0] = 1.0
    if slope:
        forms[1, 0, 1] = forms[1, 1, 0] = 0.5
        forms[2, 1, 1] = forms[2, 2, 2] = 1.0
    if outer:
        forms[-1, -1, -1] = 1.0
    return Coordinates(forms, slope, outer)


def maximise(statistics: PersonStatistics, *, reml: bool) -> Optimum:
    """Fit by REML or ML."""
    coordinates = coordinates_of(statistics)
    check_identified(statistics)
    search = Search(statistics, coordinates, reml)
    x = coordinates.from_gamma(search.score(search.start()))
    best = search.newton(x, np.ones(x.size, dtype=np.bool_))
    best = search.drop_zeros(best)
    return search.leave_zeros(best)


def check_identified(statistics: PersonStatistics) -> None:
    """Can the variances be told apart at all, once the coefficients have taken their part of the answers? Their expected
    information must have full rank. An intercept of each of more people than coefficients always can, given one person with
    two answers."""
    many = statistics.n_persons > statistics.n_terms
    if statistics.random_terms == 1 and statistics.outer_labels is None and many and bool((statistics.n > 1).any()):
        return
    size = coordinates_of(statistics).forms.shape[0]
    ratios = np.ones(size)
    if statistics.random_terms == 2:
        ratios[1] = 0.0
    moments = collect_moments(statistics, ratios, second=True)
    unscaled: Matrix = np.linalg.inv(moments.crossed[: statistics.n_terms, : statistics.n_terms]).astype(np.float64)
    parts = variance_information(moments, unscaled, statistics.n_rows)
    size_of = np.sqrt(np.maximum(np.diag(parts.pairs), 1e-300))
    scaled = parts.information / np.outer(size_of, size_of)
    if not float(np.linalg.eigvalsh(scaled)[0]) > 1e-9 or (
        statistics.outer_labels is not None and statistics.n_outer < 2
    ):
        if not many:  # people are what lacks, not answers
            raise too_few_people(statistics.n_persons, statistics.n_terms)
        raise EstimateError(
            Sentence(
                "The answers are too few per person, or too alike in time, to tell the model's variations apart. It needs"
                " people with more answers at different times, or a simpler model: an intercept per person only, without"
                " an outer level."
            )
        )


def too_few_people(persons: int, terms: int) -> EstimateError:
    """The answers of these people can't tell so many coefficients from the people's own variation."""
    return EstimateError(
        Sentence(
            "The model estimates %(terms)s numbers from the answers of %(persons)s people: too few. More people,"
            " or fewer background values in the plan, would make it possible.",
            terms=terms + 2,
            persons=persons,
        )
    )


class Search:
    """One search for the optimum; counts its evaluations."""

    def __init__(self, statistics: PersonStatistics, coordinates: Coordinates, reml: bool) -> None:
        self.statistics, self.coordinates, self.reml = statistics, coordinates, reml
        self.evaluations = 0

    def at(self, gamma: Vector) -> Profile:
        self.evaluations += 1
        return evaluate(self.statistics, gamma, reml=self.reml)

    def at_coordinates(self, x: Vector) -> Profile:
        self.evaluations += 1
        determinant = float((x[0] * x[2]) ** 2) if self.coordinates.slope else None
        return evaluate(self.statistics, self.coordinates.gamma(x), determinant, reml=self.reml, second=True)

    def start(self) -> Profile:
        """The best of a coarse grid, so that a second, lower top of the likelihood is not the one that is climbed."""
        profiles = []
        for ratio in STARTS if self.statistics.n_persons < MANY_PERSONS else (1.0,):
            gamma = np.full(self.coordinates.forms.shape[0], ratio)
            if self.coordinates.slope:
                gamma[1] = 0.0
                gamma[2] = 0.5 * ratio
            if self.coordinates.outer:
                gamma[-1] = 0.1 * ratio
            profiles.append(self.at(gamma))
        return min(profiles, key=lambda profile: profile.deviance)

    def score(self, profile: Profile) -> Vector:
        """Fisher scoring while the variances stay inside; gives the last point inside."""
        for _ in range(MOST_STEPS):
            curvature = expected_curvature(profile, self.statistics.n_rows)
            step = -_solve(curvature, profile.slope)
            if -float(step @ profile.slope) < NEARLY:
                break
            following = None
            for power in range(8):
                candidate = profile.gamma + step * 0.5**power
                if not self.inside(candidate):
                    continue
                attempt = self.at(candidate)
                if attempt.deviance < profile.deviance:
                    following = attempt
                    break
            if following is None:
                break
            profile = following
        return profile.gamma

    def inside(self, gamma: Vector) -> bool:
        if self.coordinates.slope and gamma[0] * gamma[2] <= (1 + 1e-6) * gamma[1] ** 2:
            return False
        diagonal = np.delete(gamma, 1) if self.coordinates.slope else gamma
        return bool((diagonal > 0).all())

    def newton(self, x: Vector, free: Free) -> Optimum:
        """Newton's method on the free coordinates; the others stay at zero."""
        x = np.where(free, x, 0.0)
        profile = self.at_coordinates(x)
        before = np.inf
        for _ in range(MOST_STEPS):
            if float(profile.gamma.max(initial=0.0)) > RUN_AWAY:
                raise EstimateError(
                    Sentence("Each person's scores are all but the same at every time, so the model finds no answer.")
                )
            step, decrement = self.step(x, profile, free)
            stalled = decrement < ALL_BUT_CONVERGED and decrement > 0.25 * before
            following = None if decrement < CONVERGED or stalled else self.shorter(x, step, profile, decrement)
            before = decrement
            if following is None:
                if decrement < ALL_BUT_CONVERGED:
                    return Optimum(profile, self.coordinates, x, free, self.evaluations)
                break
            x, profile = following
        raise EstimateError(Sentence("The model didn't find a stable answer. More answers per person would help."))

    def step(self, x: Vector, profile: Profile, free: Free) -> tuple[Vector, float]:
        """Newton's step, turned downhill where the deviance curves the wrong way; and the decrement."""
        step = np.zeros(x.size)
        if not free.any():
            return step, 0.0
        jacobian = self.coordinates.jacobian(x)
        bend = 2 * np.einsum("a,aij->ij", profile.slope, self.coordinates.forms)
        slope = (jacobian.T @ profile.slope)[free]
        part = np.ix_(free, free)
        values, vectors = np.linalg.eigh((jacobian.T @ profiled_curvature(profile) @ jacobian + bend)[part])
        if values[0] <= 0:
            expected = expected_curvature(profile, self.statistics.n_rows)
            values, vectors = np.linalg.eigh((jacobian.T @ expected @ jacobian + bend)[part])
        size = np.maximum(np.abs(values), 1e-10 * max(float(np.abs(values).max()), 1e-300))
        along = vectors.T @ slope
        step[free] = -vectors @ (along / size)
        return step, float((along**2 / size).sum())

    def shorter(self, x: Vector, step: Vector, profile: Profile, decrement: float) -> tuple[Vector, Profile] | None:
        """The step, halved until the deviance falls; a step below what rounding shows is taken as it is."""
        longest = 2.0 * max(1.0, float(np.abs(x).max()))  # far from the top Newton's step says little of how far to go
        step = step * min(1.0, longest / max(float(np.abs(step).max()), 1e-300))
        for power in range(40):
            candidate = x + step * 0.5**power
            attempt = self.at_coordinates(candidate)
            slack = 1e-12 * abs(profile.deviance) if decrement < 1e-6 else 0.0
            if attempt.deviance < profile.deviance + slack:
                return candidate, attempt
        return None

    def drop_zeros(self, best: Optimum) -> Optimum:
        """Variances that are all but zero are set to zero, if the likelihood doesn't mind."""
        for vanishing in self.vanishing(best):
            free = best.free & ~vanishing
            try:
                simpler = self.newton(self.dropped(best, vanishing), free)
            except EstimateError:
                continue  # what was found before stands
            if simpler.profile.deviance <= best.profile.deviance + SAME_DEVIANCE:
                best = simpler
        return best

    def vanishing(self, best: Optimum) -> list[Free]:
        """Sets of coordinates that could be zero: the slope's own part of L, all of L, the outer level."""
        size, found = best.x.size, []
        gamma = best.profile.gamma
        person = np.arange(size) < (3 if self.coordinates.slope else 1)
        if self.coordinates.slope:
            lowest, highest = np.linalg.eigvalsh(np.array([[gamma[0], gamma[1]], [gamma[1], gamma[2]]]))
            if lowest < SMALL * max(1.0, highest):
                found.append(np.arange(size) == 2)
            if highest < SMALL:
                found.append(person)
        elif gamma[0] < SMALL:
            found.append(person)
        if self.coordinates.outer and gamma[-1] < SMALL:
            found.append(np.arange(size) == size - 1)
        return found

    def dropped(self, best: Optimum, vanishing: Free) -> Vector:
        x = best.x.copy()
        if self.coordinates.slope and vanishing[2]:
            gamma = best.profile.gamma
            values, vectors = np.linalg.eigh(np.array([[gamma[0], gamma[1]], [gamma[1], gamma[2]]]))
            x[:2] = vectors[:, 1] * np.sqrt(max(values[1], 0.0))
        return np.where(vanishing, 0.0, x)

    def leave_zeros(self, best: Optimum) -> Optimum:
        """If the slope says that a variance at zero should be larger, start again from there."""
        if not best.singular:
            return best
        slope = best.profile.slope
        lowest = float(slope[0])
        if self.coordinates.slope:
            lowest = float(np.linalg.eigvalsh([[slope[0], slope[1] / 2], [slope[1] / 2, slope[2]]])[0])
        if self.coordinates.outer:
            lowest = min(lowest, float(slope[-1]))
        if lowest > -1e-6 * self.statistics.n_rows:
            return best
        away = np.where(best.free, best.x, 0.03)
        again = self.drop_zeros(self.newton(away, np.ones(best.x.size, dtype=np.bool_)))
        return again if again.profile.deviance < best.profile.deviance - SAME_DEVIANCE else best


def _solve(curvature: Matrix, slope: Vector) -> Vector:
    """Curvature^-1 slope, with what is flat left out."""
    values, vectors = np.linalg.eigh(curvature)
    size = np.maximum(np.abs(values), 1e-12 * max(float(np.abs(values).max()), 1e-300))
    solution: Vector = vectors @ ((vectors.T @ slope) / size)
    return solution
