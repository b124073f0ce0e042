"""Units by periods: rows of a roll-out read into arrays, with what had to be left out.

Formula: none. Units: those of the outcome. Missing data: a cell that isn't there is NaN. Errors: see the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Comparison = Literal["not_yet", "never"]

NEVER = np.inf
FEW_ADOPTERS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """``outcome``: units x periods, NaN where not seen. ``periods``: sorted. ``start``: first period with the
    intervention per unit, infinite for never (or after the last period).

    ``covariates``: units x periods x columns (NaN where not seen), without the intercept. ``cluster``: a code per unit;
    None where units stand alone. ``groups``: starts that are estimated, sorted. ``warnings``: what was left out.
    """

    outcome: Matrix
    periods: Vector
    start: Vector
    covariates: NDArray[np.float64]
    terms: tuple[str, ...]
    cluster: NDArray[np.int64] | None
    groups: tuple[float, ...]
    warnings: tuple[Sentence, ...]

    @property
    def n_units(self) -> int:
        return int(self.start.size)

    def independent(self, units: NDArray[np.bool_]) -> int:
        """How many independent sources ``units`` are: clusters, or units where there are none."""
        return int(units.sum()) if self.cluster is None else int(np.unique(self.cluster[units]).size)


def read_panel(
    outcome: ArrayLike,
    unit: Sequence[object],
    period: ArrayLike,
    first_treated: ArrayLike,
    covariates: ArrayLike | None,
    terms: Sequence[str],
    cluster: Sequence[object] | None,
) -> Panel:
    """Rows (one per unit and period) as a panel; ``first_treated`` 0, NaN or infinite means never."""
    y, when = np.asarray(outcome, dtype=np.float64), np.asarray(period, dtype=np.float64)
    start = np.asarray(first_treated, dtype=np.float64)
    start = np.where(np.isnan(start) | (start == 0), NEVER, start)
    background = np.empty((y.size, 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    _check_rows(y, unit, when, start, background, terms, cluster)
    seen = ~np.isnan(y) & ~np.isnan(background).any(axis=1)
    labels, codes = np.unique(np.asarray([str(label) for label in unit]), return_inverse=True)
    periods, columns = np.unique(when, return_inverse=True)
    _check_once(labels, codes, periods, columns)
    wide = np.full((labels.size, periods.size), np.nan)
    wide[codes[seen], columns[seen]] = y[seen]
    deep = np.full((labels.size, periods.size, background.shape[1]), np.nan)
    deep[codes[seen], columns[seen]] = background[seen]
    starts = _one_per_unit(labels, codes, start)
    clusters = None if cluster is None else _unit_clusters(labels, codes, cluster)
    return _limit(wide, periods, starts, deep, tuple(terms), clusters)


def _limit(
    wide: Matrix,
    periods: Vector,
    starts: Vector,
    deep: NDArray[np.float64],
    terms: tuple[str, ...],
    clusters: NDArray[np.int64] | None,
) -> Panel:
    """Leave out who can't be used, and say so."""
    warnings = []
    if periods.size < 2:
        raise EstimateError(Sentence("A roll-out needs answers from at least two periods."))
    starts = np.where(starts > periods[-1], NEVER, starts)
    early, unseen = starts <= periods[0], np.isnan(wide).all(axis=1)
    if early.any():
        warnings.append(
            Sentence(
                "%(count)s units had started in the first period and are left out: nobody knows how they were before.",
                count=int(early.sum()),
            )
        )
    kept = ~early & ~unseen
    wide, starts, deep = wide[kept], starts[kept], deep[kept]
    clusters = None if clusters is None else clusters[kept]
    partly = int(np.isnan(wide).any(axis=1).sum())
    if partly:
        warnings.append(
            Sentence(
                "%(count)s of %(total)s units lack an answer in some period. Each comparison uses those seen in both of"
                " its periods.",
                count=partly,
                total=starts.size,
            )
        )
    panel = Panel(wide, periods, starts, deep, terms, clusters, (), ())
    groups = []
    for group in np.unique(starts[np.isfinite(starts)]).tolist():
        if panel.independent(starts == group) >= 2:
            groups.append(group)
            continue
        warnings.append(
            Sentence(
                "The group that started in %(group)s is one unit or one cluster, so how sure its effect is can't be known."
                " It is left out.",
                group=period_label(group),
            )
        )
    if not groups:
        raise EstimateError(
            Sentence(
                "No group of two or more units or clusters starts after the first period, so no standard error can be worked"
                " out. Randomisation inference may do."
            )
        )
    adopters = panel.independent(np.isfinite(starts))
    if adopters < FEW_ADOPTERS:
        warnings.append(
            Sentence(
                "%(count)s units or clusters start, under %(least)s: standard errors are too small then. Use randomisation"
                " inference or the wild cluster bootstrap.",
                count=adopters,
                least=FEW_ADOPTERS,
            )
        )
    return Panel(wide, periods, starts, deep, terms, clusters, tuple(groups), tuple(warnings))


def period_label(value: float) -> str:
    """A period as it was written: whole numbers without a point."""
    return str(int(value)) if float(value).is_integer() else str(value)


def _check_rows(
    y: Vector,
    unit: Sequence[object],
    when: Vector,
    start: Vector,
    background: Matrix,
    terms: Sequence[str],
    cluster: Sequence[object] | None,
) -> None:
    sizes = {y.size, len(unit), when.size, start.size, background.shape[0]}
    if cluster is not None:
        sizes.add(len(cluster))
    if len(sizes) > 1 or y.ndim != 1 or background.ndim != 2 or background.shape[1] != len(terms) or not y.size:
        raise EstimateError(
            Sentence("Outcome, unit, period, start, covariates and cluster must have one value for each row.")
        )
    if np.isinf(y).any() or np.isinf(background).any() or not np.isfinite(when).all():
        raise EstimateError(
            Sentence(
                "A period must be a finite number; an outcome or a covariate finite, or empty where it isn't known."
            )
        )


def _check_once(labels: NDArray[np.str_], codes: NDArray[np.intp], periods: Vector, columns: NDArray[np.intp]) -> None:
    cells, counts = np.unique(codes * periods.size + columns, return_counts=True)
    if (counts > 1).any():
        cell = int(cells[int(np.argmax(counts > 1))])
        raise EstimateError(
            Sentence(
                "Unit %(unit)s has more than one row in period %(period)s. Keep one of them.",
                unit=labels[cell // periods.size],
                period=period_label(float(periods[cell % periods.size])),
            )
        )


def _one_per_unit(labels: NDArray[np.str_], codes: NDArray[np.intp], start: Vector) -> Vector:
    low, high = np.full(labels.size, np.inf), np.full(labels.size, -np.inf)
    np.minimum.at(low, codes, start)
    np.maximum.at(high, codes, start)
    if (low != high).any():
        raise EstimateError(
            Sentence(
                "Unit %(unit)s has more than one first period with the intervention. It must have one, or none.",
                unit=labels[int(np.argmax(low != high))],
            )
        )
    return low


def _unit_clusters(labels: NDArray[np.str_], codes: NDArray[np.intp], cluster: Sequence[object]) -> NDArray[np.int64]:
    from outcomes.analysis.cluster_robust import cluster_codes  # noqa: PLC0415 - only where there are clusters

    per_row = cluster_codes(cluster, np.arange(len(cluster)))
    found = np.full(labels.size, -1, dtype=np.int64)
    found[codes] = per_row
    if (found[codes] != per_row).any():
        raise EstimateError(
            Sentence(
                "Unit %(unit)s is in more than one cluster. It must stay in one.",
                unit=labels[codes[int(np.argmax(found[codes] != per_row))]],
            )
        )
    return found
