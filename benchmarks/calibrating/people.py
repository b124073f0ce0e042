"""People followed over time in two arms, under what usually goes wrong, with the true difference known.

A score is a level of the person's own, a course of the person's own, what the arm does, and an error. Circumstances say
what is wrong: answers lost because earlier scores were bad (missing at random), answers given off the planned day, a scale
that ends at 100, arms made of a few whole clusters, few people, or courses that differ although the model says they don't.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.random import Generator

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

OCCASIONS = ("start", "m3", "m6", "m12")
MONTHS = np.array([0.0, 3.0, 6.0, 12.0])
YEAR = MONTHS[-1]
HIGHEST = 100.0
LEVEL_SD, BACKGROUND, ERROR_SD = 9.0, 4.0, 6.0
COURSE = 4.0  # points gained in a year by those nobody helps
OFF_THE_DAY = 1.5  # months
CLUSTER_SD = 3.0
MANY = 400_000  # people in each arm whom the truth is worked out from where no formula gives it


@dataclass(frozen=True, slots=True)
class Circumstances:
    """``name``: what is wrong, in words. ``people`` in each arm. ``slope_sd``: how much courses differ, points per year.

    ``step``: the difference is there in full from the first follow-up; else it grows evenly to its size at 12 months.
    ``dropout``: what loses people, so that those with a low one are lost oftener; nothing where empty.
    ``clusters``: places in all, each wholly in one arm; 0 where there are none.
    """

    name: str
    people: int = 60
    mean: float = 50.0
    slope_sd: float = 6.0
    step: bool = False
    dropout: Literal["", "last answer", "start"] = ""
    irregular: bool = False
    ceiling: bool = False
    clusters: int = 0


PLAIN = Circumstances("no trouble")
DROPOUT = Circumstances("drop-out", dropout="last answer")
DROPOUT_BY_START = Circumstances("drop-out known from the start", dropout="start")
IRREGULAR = Circumstances("irregular times", irregular=True)
CEILING = Circumstances("ceiling", mean=82.0, ceiling=True)
SMALL = Circumstances("30 in each arm", people=30)
CLUSTERS = Circumstances("6 clusters", clusters=6)
EVERY = (PLAIN, DROPOUT, IRREGULAR, CEILING, SMALL, CLUSTERS)


def stepped(found: Circumstances, *, slope_sd: float = 0.0) -> Circumstances:
    """The same circumstances where the difference is there from the first follow-up on."""
    return replace(found, step=True, slope_sd=slope_sd)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """``scores`` and ``times`` (months) are people x occasions, NaN in ``scores`` where not answered; ``arm`` is 1 with
    the intervention; ``background`` is known of everybody at the start (standard deviations)."""

    scores: Matrix
    times: Matrix
    arm: Vector
    cluster: NDArray[np.int64]
    background: Vector


def simulate_trial(found: Circumstances, effect: float, random: Generator) -> Trial:
    """``effect``: points that the intervention gives after 12 months."""
    n = 2 * found.people
    cluster = np.arange(n) % (found.clusters or n)
    arm = (cluster % 2 if found.clusters else random.permutation(np.arange(n) % 2)).astype(float)
    times = np.tile(MONTHS, (n, 1))
    if found.irregular:
        times[:, 1:] += random.uniform(-OFF_THE_DAY, OFF_THE_DAY, (n, len(MONTHS) - 1))
    background = random.normal(0, 1, n)
    level = found.mean + BACKGROUND * background + random.normal(0, LEVEL_SD, n)
    slope = COURSE + random.normal(0, found.slope_sd, n)
    gained = effect * arm
    if found.clusters:
        gained = gained + random.normal(0, CLUSTER_SD, found.clusters)[cluster]
    scores = level[:, None] + slope[:, None] * times / YEAR + gained[:, None] * _grown(found, times)
    scores = scores + random.normal(0, ERROR_SD, scores.shape)
    if found.ceiling:
        scores = np.clip(scores, 0.0, HIGHEST)
    if found.dropout:
        _drop(scores, found, random)
    return Trial(scores, times, arm, cluster.astype(np.int64), background)


def true_means(found: Circumstances, effect: float) -> Vector:
    """Mean score at each occasion of those who gain ``effect``, on the scale as it is (with its ceiling)."""
    from scipy.stats import norm  # noqa: PLC0415 - only where a study is judged

    grown = _grown(found, MONTHS[None, :])[0]
    mean: Vector = found.mean + COURSE * MONTHS / YEAR + effect * grown
    if not found.ceiling:
        return mean
    sd = np.sqrt(LEVEL_SD**2 + BACKGROUND**2 + ERROR_SD**2 + (found.slope_sd * MONTHS / YEAR) ** 2)
    limit = (HIGHEST - mean) / sd
    clipped: Vector = HIGHEST - sd * (limit * norm.cdf(limit) + norm.pdf(limit))  # mean of the lower of score and 100
    return clipped


def true_difference(found: Circumstances, effect: float) -> float:
    """Intervention minus comparison at 12 months."""
    return float(true_means(found, effect)[-1] - true_means(found, 0.0)[-1])


def average_difference(found: Circumstances, effect: float) -> float:
    """The same, averaged over the follow-ups."""
    return float((true_means(found, effect) - true_means(found, 0.0))[1:].mean())


def _grown(found: Circumstances, times: Matrix) -> Matrix:
    """Share of the whole difference that is there at each time."""
    grown: Matrix = np.where(times > 0, 1.0, 0.0) if found.step else times / YEAR
    return grown


def _drop(scores: Matrix, found: Circumstances, random: Generator) -> None:
    """Lose people for good, those likeliest whose last answer, or first, was low."""
    here = np.ones(len(scores), dtype=bool)
    for occasion in range(1, scores.shape[1]):
        known = scores[:, occasion - 1 if found.dropout == "last answer" else 0]
        low = (found.mean - known) / 6.0
        here &= ~(
            random.random(len(scores)) < 1 / (1 + np.exp(2.2 - low))
        )  # a lost person's last answer is NaN: stays lost
        scores[~here, occasion] = np.nan


@dataclass(frozen=True, slots=True)
class Population:
    """What is true of those with the intervention, from very many of them who all answered: means and standard deviations
    at the start and at 12 months, and the standard deviation of change (points)."""

    start: float
    start_sd: float
    end: float
    change_sd: float


@cache
def population(found: Circumstances, effect: float) -> Population:
    """The population that arms are drawn from; the means are exact, standard deviations from very many people."""
    everybody = simulate_trial(replace(found, people=MANY, dropout=""), effect, np.random.default_rng(1))
    scores = everybody.scores[everybody.arm == 1]
    means = true_means(found, effect)
    change_sd = float((scores[:, -1] - scores[:, 0]).std())
    return Population(float(means[0]), float(scores[:, 0].std()), float(means[-1]), change_sd)


@dataclass(frozen=True, slots=True)
class Lost:
    """What is true at 12 months where people with the intervention are lost: their ``share``, and the difference if the
    lost jump to the comparison's course."""

    share: float
    jump_to_reference: float


@cache
def lost_people(found: Circumstances, effect: float) -> Lost:
    """From very many people, with the true means and covariance of the scores in place of a fitted model's."""
    everybody = simulate_trial(replace(found, people=MANY), effect, np.random.default_rng(2))
    scores = everybody.scores[everybody.arm == 1]
    own, reference = true_means(found, effect), true_means(found, 0.0)
    slopes = MONTHS / YEAR
    covariance = LEVEL_SD**2 + BACKGROUND**2 + found.slope_sd**2 * np.outer(slopes, slopes)
    covariance = covariance + ERROR_SD**2 * np.eye(len(MONTHS))
    ends = scores[:, -1].copy()
    for answered in range(1, len(MONTHS)):
        gone = np.isnan(scores[:, answered]) & ~np.isnan(scores[:, answered - 1])
        weights = np.linalg.solve(covariance[:answered, :answered], covariance[:answered, -1])
        ends[gone] = reference[-1] + (scores[gone, :answered] - own[:answered]) @ weights
    jumped = float(ends.mean() - reference[-1]) if effect else 0.0
    return Lost(float(np.isnan(scores[:, -1]).mean()), jumped)
