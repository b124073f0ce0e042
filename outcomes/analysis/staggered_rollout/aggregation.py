"""Averages of ATT(g, t): over everything, by time since start, by start, by calendar period.

Formula: weights are the groups' shares of the units among the cells averaged; ``group`` averages a group's periods alike,
and its overall weighs groups by their shares; the overall of ``dynamic`` and of ``calendar`` averages its lines alike,
from the start on. The influence of an average holds the cells' influences and those of the estimated shares.
Source, units and checks: see the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.staggered_rollout.group_time import Cells, standard_error
from outcomes.analysis.staggered_rollout.panel import Panel, period_label

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
AggregateKind = Literal["dynamic", "group", "calendar"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Averages of one ``kind`` in points. ``positions``: periods since start (negative before it), starts, or periods.

    ``estimates``: one per position, called ``dynamic[-1]``, ``group[2006]`` or ``calendar[2007]``. ``overall``: their
    average from the start on.
    """

    kind: AggregateKind
    positions: tuple[float, ...]
    estimates: tuple[TermEstimate, ...]
    overall: TermEstimate


def simple_average(panel: Panel, cells: Cells) -> TermEstimate:
    """Average over all cells from the start on, groups weighted by their shares of the units."""
    chosen = [index for index, effect in enumerate(cells.effects) if not effect.before_start]
    return _estimate(panel, "simple", *_average(panel, cells, chosen))


def aggregate(panel: Panel, cells: Cells, kind: AggregateKind) -> tuple[Aggregate, Matrix]:
    """Averages of one kind, and the units' influences on them (units x positions)."""
    lines = _lines(cells, kind)
    found = [_average(panel, cells, chosen, shares=kind != "group") for chosen in lines.values()]
    influence = np.column_stack([line[1] for line in found])
    labels = [f"{kind}[{period_label(position)}]" for position in lines]
    estimates = tuple(_estimate(panel, label, *line) for label, line in zip(labels, found, strict=True))
    counted = [index for index, position in enumerate(lines) if kind != "dynamic" or position >= 0]
    values = np.array([found[index][0] for index in counted])
    if kind == "group":
        weights, slopes = _shares(panel, list(lines))
        overall = float(weights @ values), influence @ weights + slopes @ values
    else:
        overall = float(values.mean()), influence[:, counted].mean(axis=1)
    return Aggregate(kind, tuple(lines), estimates, _estimate(panel, kind, *overall)), influence


def _lines(cells: Cells, kind: AggregateKind) -> dict[float, list[int]]:
    """Cells per position, positions sorted."""
    where: dict[float, list[int]] = {}
    for index, effect in enumerate(cells.effects):
        if kind == "dynamic":
            # time since start counts in the periods' own unit
            where.setdefault(effect.period - effect.group, []).append(index)
        elif not effect.before_start:
            where.setdefault(effect.group if kind == "group" else effect.period, []).append(index)
    return dict(sorted(where.items()))


def _average(panel: Panel, cells: Cells, chosen: list[int], *, shares: bool = True) -> tuple[float, Vector]:
    """Average of the chosen cells with the units' influences; by group shares, or alike."""
    values = np.array([cells.effects[index].effect.estimate for index in chosen])
    influence = cells.influence[:, chosen]
    if not shares:
        return float(values.mean()), influence.mean(axis=1)
    weights, slopes = _shares(panel, [cells.effects[index].group for index in chosen])
    return float(weights @ values), influence @ weights + slopes @ values


def _shares(panel: Panel, groups: list[float]) -> tuple[Vector, Matrix]:
    """Weights from the groups' shares of the units, and the units' influences on them."""
    members = np.column_stack([(panel.start == group).astype(np.float64) for group in groups])
    shares = members.mean(axis=0)
    apart = members - shares
    total = float(shares.sum())
    return shares / total, apart / total - np.outer(apart.sum(axis=1), shares) / total**2


def _estimate(panel: Panel, term: str, estimate: float, influence: Vector) -> TermEstimate:
    return normal_estimate(term, estimate, standard_error(panel, influence))
