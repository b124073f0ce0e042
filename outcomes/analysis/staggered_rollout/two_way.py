"""Two-way fixed effects: a diagnostic beside a roll-out's estimate, never its headline.

Question: what would the common shortcut have said, and does it compare started units with units that started before?
Formula: outcome on a yes/no column for having started, with a level per unit and per period; the column is freed of both
levels, and the coefficient is its cross-product with the outcome over its square. Standard error CR0 by unit or cluster.
A started cell counts with the weight of its freed column: where that is negative, its effect is counted the wrong way.
Assumptions: right only where the effect is the same for everyone at all times, which is what a roll-out can't know.
Units: points; ``negative_weight_share`` 0-1. Missing data: rows with an outcome. Errors: see the package.
Few places: :func:`bootstrap_two_way` gives the same coefficient on the places' means, each place alike, with the wild cluster
bootstrap (:mod:`outcomes.analysis.few_adopters`).
Source: de Chaisemartin & D'Haultfoeuille 2020, doi:10.1257/aer.20181169.
Checked: tests/reference/staggered_rollout (R's plm, 1e-9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.cluster_robust import cluster_codes
from outcomes.analysis.few_adopters import ResampledTest, cluster_means, wild_cluster_bootstrap
from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


MOST_PLACES = 100
STARTED = "wild bootstrap"


@dataclass(frozen=True, slots=True)
class TwoWayDiagnostic:
    """``coefficient`` (points) of having started; ``negative_weight_share``: of the started rows, the share (0-1) that it
    counts the wrong way."""

    coefficient: TermEstimate
    negative_weight_share: float


def two_way_fixed_effects(
    outcome: ArrayLike,
    unit: Sequence[object],
    period: ArrayLike,
    first_treated: ArrayLike,
    *,
    cluster: Sequence[object] | None = None,
) -> TwoWayDiagnostic:
    """Two-way fixed effects of having started, clustered by unit (or ``cluster``)."""
    y, when = np.asarray(outcome, dtype=np.float64), np.asarray(period, dtype=np.float64)
    start = np.asarray(first_treated, dtype=np.float64)
    if not y.size == len(unit) == when.size == start.size:
        raise EstimateError(
            Sentence("Outcome, unit, period, start, covariates and cluster must have one value for each row.")
        )
    kept = np.isfinite(y) & np.isfinite(when)
    started = np.where(np.isfinite(start) & (start > 0), when >= start, False)[kept].astype(np.float64)
    units = cluster_codes([str(label) for label in unit], np.flatnonzero(kept))
    codes = units if cluster is None else cluster_codes(cluster, np.flatnonzero(kept))
    levels = np.unique(when[kept], return_inverse=True)[1]
    free = _freed(np.column_stack([started, y[kept]]), units, levels)
    square = float(free[:, 0] @ free[:, 0])
    if not square > 1e-10 * started.size:
        raise EstimateError(
            Sentence("Having started follows from unit and period alone, so two-way fixed effects say nothing here.")
        )
    coefficient = float(free[:, 0] @ free[:, 1]) / square
    scores = np.bincount(codes, weights=free[:, 0] * (free[:, 1] - coefficient * free[:, 0]))
    std_error = float(np.sqrt((scores**2).sum())) / square
    weights = free[started == 1, 0]
    return TwoWayDiagnostic(normal_estimate("two-way", coefficient, std_error), float((weights < 0).mean()))


def bootstrap_two_way(
    outcome: ArrayLike,
    cluster: Sequence[object],
    period: ArrayLike,
    first_treated: ArrayLike,
    *,
    generator: np.random.Generator,
    draws: int = 9999,
) -> ResampledTest:
    """Wild cluster bootstrap of one effect common to all, on means per place (``cluster``) and period."""
    means, periods, start = cluster_means(outcome, cluster, period, first_treated)
    if len(means) > MOST_PLACES:
        raise EstimateError(
            Sentence(
                "The wild cluster bootstrap is for few places; there are %(count)s. Leave it out: the standard errors that"
                " are worked out without it hold for so many.",
                count=len(means),
            )
        )
    place, column = np.nonzero(~np.isnan(means))
    started = (periods[column] >= start[place]).astype(np.float64)
    levels = [np.eye(len(means))[place], np.eye(periods.size)[column][:, 1:], started[:, None]]
    terms = [f"place {index}" for index in range(len(means))] + [f"period {when}" for when in periods[1:].tolist()]
    return wild_cluster_bootstrap(
        means[place, column],
        np.hstack(levels),
        [*terms, STARTED],
        place.tolist(),
        STARTED,
        generator=generator,
        draws=draws,
    )


def _freed(columns: NDArray[np.float64], units: NDArray[np.int64], levels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Columns less their levels per unit and per period; right for panels with gaps too."""
    periods = np.eye(int(levels.max()) + 1)[levels][:, 1:]
    both = np.hstack([columns, periods])
    sums = np.zeros((int(units.max()) + 1, both.shape[1]))
    np.add.at(sums, units, both)
    both = both - (sums / np.bincount(units)[:, None])[units]
    inner, periods = both[:, : columns.shape[1]], both[:, columns.shape[1] :]
    if not periods.shape[1]:
        return inner
    rest: NDArray[np.float64] = inner - periods @ np.linalg.lstsq(periods, inner, rcond=None)[0]
    return rest
