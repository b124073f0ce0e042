"""How often a model of planned occasions has a higher top elsewhere, by how few people have both of two occasions.

``python benchmarks/thin_pairs.py`` prints the table of docs/methods/mmrm.md. People answer 3, 4 or 5 occasions, some of
them not all; an unstructured covariance is asked for by name, and what it finds is held against the best of eight searches
from random covariances, near-singular ones among them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from outcomes.analysis.mmrm import MmrmDesign, MmrmFit, fit_mmrm
from outcomes.analysis.mmrm.likelihood import evaluate, score
from outcomes.analysis.pattern_sums import sum_patterns
from outcomes.errors import EstimateError

SEARCHES = 8
PLACES = ("under K + 2", "K + 2 to 2 K - 1", "2 K or more")
HIGHER = 1e-3
"""Log-likelihood by which another top must be higher to count."""


@dataclass(slots=True)
class Count:
    """Fits, how many of them had a higher top elsewhere, and the most by which."""

    fits: int = 0
    higher: int = 0
    most: float = 0.0


def simulate(random: np.random.Generator, occasions: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores and columns of 10 to 40 people, with drop-out or with answers missing here and there."""
    n = int(random.integers(occasions + columns + 2, 14 + 6 * occasions))
    lost = random.choice([0.15, 0.3, 0.45])
    x = np.column_stack([np.ones(n), *((random.random(n) < 0.5).astype(float) for _ in range(columns - 1))])
    scores = random.normal(0, 3, (n, 1)) * random.choice([0.3, 1.0, 2.0]) + random.normal(0, 2, (n, occasions))
    gone = random.random(scores.shape) < lost
    if random.random() < 0.5:
        gone[:, 0] = False
        gone = np.logical_or.accumulate(gone & (random.random(scores.shape) < 0.5), axis=1)
    scores[gone] = np.nan
    return scores, x


def best_elsewhere(fit: MmrmFit, random: np.random.Generator) -> float:
    """How much higher the best of the searches comes than the fit."""
    k = len(fit.occasions)
    lower, spread = np.tril_indices(k), np.sqrt(np.diag(fit.top.at.sigma))

    def deviance(values: np.ndarray) -> tuple[float, np.ndarray]:
        factor = np.zeros((k, k))
        factor[lower] = values
        try:
            at = evaluate(fit.working, factor @ factor.T, reml=True)
        except np.linalg.LinAlgError:
            return 1e10, np.zeros(values.size)
        if not np.isfinite(at.log_likelihood):
            return 1e10, np.zeros(values.size)
        rise = score(fit.working, at)
        return -at.log_likelihood, -((rise + rise.T) @ factor)[lower]

    found = 0.0
    for number in range(SEARCHES):
        start = random.normal(size=(k, k + number % 3))
        start = start @ start.T
        start *= np.outer(spread, spread) / np.sqrt(np.outer(np.diag(start), np.diag(start)))
        with np.errstate(all="ignore"):
            end = minimize(
                deviance, np.linalg.cholesky(start)[lower], jac=True, method="L-BFGS-B", options={"maxiter": 400}
            )
        found = max(found, -float(end.fun) - fit.top.at.log_likelihood)
    return found


def main(times: int) -> None:
    random = np.random.default_rng(1)
    counts: dict[tuple[int, str], Count] = defaultdict(Count)
    for occasions in (3, 4, 5):
        for number in range(times):
            scores, x = simulate(random, occasions, 1 + number % 2)
            names = ("Intercept", "x")[: x.shape[1]]
            sums = sum_patterns(scores, x, occasions=[str(k) for k in range(occasions)], names=names)
            answered = (~np.isnan(scores)).astype(float)
            fewest, limits = int((answered.T @ answered).min()), (occasions + 2, 2 * occasions)
            try:
                fit = fit_mmrm(sums, MmrmDesign("t", crossed=names[1:]), covariance="unstructured", df="normal")
            except EstimateError:
                continue
            if answered.all():
                continue
            place = PLACES[sum(fewest >= limit for limit in limits)]
            count, gain = counts[occasions, place], best_elsewhere(fit, random)
            count.fits += 1
            count.higher += gain > HIGHER
            count.most = max(count.most, gain)
    for (occasions, place), count in sorted(counts.items(), key=lambda item: (item[0][0], PLACES.index(item[0][1]))):
        sys.stdout.write(
            f"| {occasions} | {place} | {count.fits} | {count.higher} ({100 * count.higher / count.fits:.1f} %)"
            f" | {count.most:.2f} |\n"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1500)
