"""People with scores at planned occasions, simulated from a seed, for the tests of the model of planned occasions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.mmrm import MmrmDesign
from outcomes.analysis.pattern_sums import LongitudinalSums, sum_patterns

NAMES = ("Intercept", "age", "arm[new]")
LEVELS = (FactorLevel("arm[new]", "arm", "new"),)
DESIGN = MmrmDesign("time", crossed=("arm[new]",), constant=("age",), group="arm", reference="usual", levels=LEVELS)
CONSTRAINED = replace(DESIGN, crossed=(), constrained=("arm[new]",))


def people(n: int = 60, k: int = 3, *, seed: int = 1, lost: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Scores n x k (NaN where not answered) and columns n x 3."""
    random = np.random.default_rng(seed)
    age, arm = random.normal(45, 9, n), (np.arange(n) % 2).astype(float)
    scores = 40 + 0.1 * age[:, None] + random.normal(0, 8, (n, 1)) + np.arange(k) * (2 + arm[:, None])
    scores = scores + random.normal(0, 4, (n, k)) * (1 + 0.2 * np.arange(k))
    scores[random.random((n, k)) < lost] = np.nan
    return scores, np.column_stack([np.ones(n), age, arm])


def sums_of(scores: np.ndarray, columns: np.ndarray, **origins: object) -> LongitudinalSums:
    occasions = [str(occasion) for occasion in range(scores.shape[1])]
    return sum_patterns(scores, columns, occasions=occasions, names=NAMES[: columns.shape[1]], **origins)  # type: ignore[arg-type]
