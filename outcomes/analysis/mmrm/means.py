"""Marginal means per occasion and group, their differences, and change from the first occasion.

Question: what is the mean score at each occasion in each group, by how much do groups differ, and how far have they moved?
Estimand: the mean had everybody answered, in people with numeric columns at their mean over answers and every level of the
other categories equally often (:class:`~outcomes.analysis.factor_levels.FactorLevel` says which columns are categories').
Formula: contrasts of the coefficients: the row of such a person at the occasion, or the difference of two such rows.
Assumptions: those of the model. Units: points.
Missing data: as the model. Errors: :class:`~outcomes.errors.EstimateError` where the design names no group, or the mean at
the first occasion would be compared with itself.
Source: Searle, Speed & Milliken 1980, doi:10.1080/00031305.1980.10483031 (population marginal means).
Checked: tests/reference/mmrm (R's emmeans).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.mmrm.design import row_weights
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mmrm.design import Vector
    from outcomes.analysis.mmrm.fit import MmrmFit


@dataclass(frozen=True, slots=True)
class OccasionEstimate:
    """An estimate (points) at ``occasion`` in ``group`` (None: all): a mean, or a difference.

    ``from_group``: the group it was compared with; ``from_occasion``: the occasion that change is counted from.
    """

    occasion: str
    group: str | None
    estimate: TermEstimate
    from_group: str | None = None
    from_occasion: str | None = None


def group_levels(fit: MmrmFit) -> tuple[str, ...]:
    """Levels of the design's group, its reference first; empty where it names none."""
    if fit.design.group is None:
        return ()
    return (fit.design.reference, *(level.level for level in fit.design.levels if level.factor == fit.design.group))


def marginal_means(fit: MmrmFit) -> tuple[OccasionEstimate, ...]:
    """The mean at every occasion, of every group where the design names one."""
    groups: tuple[str | None, ...] = group_levels(fit) or (None,)
    cells = [(number, group) for number in range(len(fit.occasions)) for group in groups]
    names = tuple(f"{_time(fit, number)}{_group(fit, group)}" for number, group in cells)
    found = fit.estimates(np.array([_row(fit, number, group) for number, group in cells]), names)
    return tuple(
        OccasionEstimate(fit.occasions[number], group, estimate)
        for (number, group), estimate in zip(cells, found, strict=True)
    )


def group_contrasts(fit: MmrmFit) -> tuple[OccasionEstimate, ...]:
    """At every occasion, every group minus the reference group (nothing at a constrained first occasion)."""
    levels = group_levels(fit)
    if len(levels) < 2:
        raise EstimateError(
            Sentence("Groups can be compared only where the model has a group with two levels or more.")
        )
    reference = levels[0]
    cells, rows = [], []
    for number in range(len(fit.occasions)):
        for group in levels[1:]:
            row = _row(fit, number, group) - _row(fit, number, reference)
            if row.any():
                cells.append((number, group))
                rows.append(row)
    names = tuple(f"{_time(fit, number)}:{fit.design.group}[{group}-{reference}]" for number, group in cells)
    found = fit.estimates(np.array(rows), names)
    return tuple(
        OccasionEstimate(fit.occasions[number], group, estimate, from_group=reference)
        for (number, group), estimate in zip(cells, found, strict=True)
    )


def changes_from_first(fit: MmrmFit) -> tuple[OccasionEstimate, ...]:
    """In every group, the mean at each later occasion minus the mean at the first."""
    if len(fit.occasions) < 2:
        raise EstimateError(Sentence("Change needs scores at two occasions or more."))
    groups: tuple[str | None, ...] = group_levels(fit) or (None,)
    first = fit.occasions[0]
    cells = [(number, group) for number in range(1, len(fit.occasions)) for group in groups]
    rows = np.array([_row(fit, number, group) - _row(fit, 0, group) for number, group in cells])
    names = tuple(f"{fit.design.time}[{fit.occasions[number]}-{first}]{_group(fit, group)}" for number, group in cells)
    found = fit.estimates(rows, names)
    return tuple(
        OccasionEstimate(fit.occasions[number], group, estimate, from_occasion=first)
        for (number, group), estimate in zip(cells, found, strict=True)
    )


def _row(fit: MmrmFit, occasion: int, group: str | None) -> Vector:
    columns = fit.column_means.copy()
    said = {level.column: level for level in fit.design.levels}
    factors = Counter(said[name].factor for name in fit.columns if name in said)
    for number, name in enumerate(fit.columns):
        if name not in said:
            continue
        if group is not None and said[name].factor == fit.design.group:
            columns[number] = 1.0 if said[name].level == group else 0.0
        else:
            columns[number] = 1.0 / (1 + factors[said[name].factor])
    return row_weights(fit.design_terms, columns, occasion)


def _time(fit: MmrmFit, occasion: int) -> str:
    return f"{fit.design.time}[{fit.occasions[occasion]}]"


def _group(fit: MmrmFit, group: str | None) -> str:
    return "" if group is None else f":{fit.design.group}[{group}]"
