"""A simulated country with known truth: citizens with scores at planned waves, in municipalities as uneven as real ones.

Everything comes from one seeded generator. A score is bounded by 0 and 100 and bends towards its gain after some months;
people within a municipality and a target group are somewhat alike; answers are given some days off the planned day.
Who has fared badly so far is likelier to stop answering (missing at random), and now and then an answer is skipped.
``complete`` holds the scores that everybody would have given, so the true change is known.

Tests load this file by its path, at a few hundred citizens; benchmarks/engine.py uses all 190,000.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MONTHS = (0.0, 3.0, 6.0, 12.0, 18.0)
CITIZENS = 190_000
MUNICIPALITIES = 98
TARGET_GROUPS = 8
INTERVENTIONS = 50
CELLS_OFFERED = 0.53  # share of the interventions that a municipality of middle size offers
SEED = 20261122

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Country:
    """``n`` citizens. ``scores`` n x 5 (0-100, NaN where not answered), ``complete`` the same without gaps, ``times``
    n x 5 (months since the start when answered), ``municipality`` and ``group`` numbers from 0."""

    scores: Numbers
    complete: Numbers
    times: Numbers
    municipality: Codes
    group: Codes
    n_groups: int

    @property
    def n(self) -> int:
        return len(self.scores)

    @property
    def n_scores(self) -> int:
        return int(np.count_nonzero(~np.isnan(self.scores)))

    def true_change(self, wave: int) -> float:
        """Mean change from the start that all citizens together would show, points."""
        return float((self.complete[:, wave] - self.complete[:, 0]).mean())

    @property
    def columns(self) -> Numbers:
        """Ones, and an indicator for each group but the first."""
        return np.column_stack([np.ones(self.n), self.group[:, None] == np.arange(1, self.n_groups)]).astype(np.float64)

    @property
    def names(self) -> tuple[str, ...]:
        return ("Intercept", *(f"group[{number}]" for number in range(1, self.n_groups)))


def simulate_country(n: int = CITIZENS, *, n_groups: int = TARGET_GROUPS, seed: int = SEED) -> Country:
    """A country of ``n`` citizens and ``n_groups`` target groups or interventions."""
    random = np.random.default_rng(seed)
    municipality = random.choice(MUNICIPALITIES, n, p=_sizes(random))
    group = _choose_groups(random, municipality, n_groups)
    complete = _complete_scores(random, municipality, group, n_groups)
    scores = np.where(_answered(random, complete), complete, np.nan)
    late = random.gamma(2.0, 0.15, (n, len(MONTHS))) - 0.3
    times = np.maximum(0.0, np.array(MONTHS) + np.where(np.array(MONTHS) > 0, late, 0.0))
    return Country(scores, complete, times, municipality, group, n_groups)


def _sizes(random: np.random.Generator) -> Numbers:
    """Shares of the citizens: a few large cities, many small ones, an island or two."""
    size = np.sort(random.lognormal(0.0, 0.75, MUNICIPALITIES))[::-1]
    size[0] *= 2.0
    share: Numbers = size / size.sum()
    return share


def _choose_groups(random: np.random.Generator, municipality: Codes, n_groups: int) -> Codes:
    """Common and rare groups; with many groups (interventions) a municipality offers only some of them."""
    popular = 1.0 / np.arange(1, n_groups + 1) ** 0.5
    few = n_groups <= TARGET_GROUPS
    offered = np.ones((MUNICIPALITIES, n_groups), dtype=bool)
    if not few:
        offered = random.random((MUNICIPALITIES, n_groups)) < CELLS_OFFERED
        offered[:, 0] = True
    weights = np.cumsum(popular * offered, axis=1)
    draw = random.random(municipality.size) * weights[municipality, -1]
    chosen: Codes = (draw[:, None] >= weights[municipality]).sum(axis=1)
    return chosen


def _complete_scores(random: np.random.Generator, municipality: Codes, group: Codes, n_groups: int) -> Numbers:
    months = np.array(MONTHS)
    n = municipality.size
    level = 46.0 + random.normal(0, 2.0, MUNICIPALITIES)[municipality] + random.normal(0, 4.0, n_groups)[group]
    gain = 8.7 + random.normal(0, 2.0, n_groups)
    gain = gain - gain[group].mean() + 8.20
    person, own_gain = random.normal(0, 14.0, n), random.normal(0, 8.0, n)
    shape = 1 - np.exp(-months / 6.5)
    drift = np.cumsum(random.normal(0, 1.0, (n, months.size)) * np.sqrt(np.diff(months, prepend=0.0)) * 1.4, axis=1)
    noise = random.normal(0, 6.5, (n, months.size))
    scores = (level + person)[:, None] + (gain[group] + own_gain)[:, None] * shape + drift + noise
    bounded: Numbers = np.clip(np.round(scores, 1), 0.0, 100.0)
    return bounded


def _answered(random: np.random.Generator, complete: Numbers) -> NDArray[np.bool_]:
    """Drop-out by the score before (low scores stop), then single gaps; everybody answers at the start."""
    n, waves = complete.shape
    staying = np.ones(n, dtype=bool)
    answered = np.ones((n, waves), dtype=bool)
    for wave in range(1, waves):
        chance = 1 / (1 + np.exp(2.72 + 0.032 * (complete[:, wave - 1] - 50)))
        staying &= random.random(n) >= chance
        answered[:, wave] = staying & (random.random(n) >= 0.035)
    return answered
