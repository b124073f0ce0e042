"""ATT(g, t): one group at one period against those who haven't started.

Formula, with D 1 for the group and 0 for the comparison, dy the change since the base period, X the intercept and the
covariates at the earlier period: outcome regression takes the least-squares prediction of dy among the comparison from
the group's mean dy; inverse probability weighs the comparison by e / (1 - e), e the logistic chance of D given X; doubly
robust weighs what is left after the regression. Each unit's influence holds what it does to both models.
Without covariates all three are the difference of two mean changes. Source, units and checks: see the package.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.linear_model import orthonormal_basis
from outcomes.analysis.propensity import fit_propensity_model
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.staggered_rollout.panel import Comparison, Panel, period_label
from outcomes.errors import EstimateError, Sentence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
RolloutMethod = Literal["doubly_robust", "outcome_regression", "inverse_probability"]


@dataclass(frozen=True, slots=True)
class GroupTimeEffect:
    """Effect at ``period`` on those who started in ``group``; ``effect`` in points, called ``ATT(group, period)``.

    ``before_start``: a period before the start, where the effect should be none. ``n_treated`` and ``n_comparison``:
    units of the group and of the comparison that were seen in both periods.
    """

    group: float
    period: float
    base_period: float
    before_start: bool
    effect: TermEstimate
    n_treated: int
    n_comparison: int


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """All ATT(g, t) with the units' influences on them (units x cells), and what couldn't be estimated."""

    effects: tuple[GroupTimeEffect, ...]
    influence: Matrix
    withheld: tuple[Sentence, ...]


def estimate_cells(panel: Panel, method: RolloutMethod, comparison: Comparison) -> Cells:
    """ATT(g, t) of every group and period but the first."""
    effects, influences, withheld = [], [], []
    for group in panel.groups:
        for column in range(1, panel.periods.size):
            try:
                effect, influence = _cell(panel, group, column, method, comparison)
            except EstimateError as error:
                withheld.append(
                    Sentence(
                        "The effect in %(period)s on those who started in %(group)s isn't given: %(reason)s",
                        period=period_label(float(panel.periods[column])),
                        group=period_label(group),
                        reason=error.sentence,
                    )
                )
                continue
            effects.append(effect)
            influences.append(influence)
    if not any(not effect.before_start for effect in effects):
        raise EstimateError(
            Sentence("No effect of the roll-out can be estimated. %(reason)s", reason=withheld[0] if withheld else "")
        )
    return Cells(tuple(effects), np.column_stack(influences), tuple(withheld))


def standard_error(panel: Panel, influence: Vector) -> float:
    """Standard error of an estimate from the units' influences on it, summed within clusters."""
    sums = influence if panel.cluster is None else np.bincount(panel.cluster, weights=influence)
    return math.sqrt(float((sums**2).sum())) / panel.n_units


def _cell(
    panel: Panel, group: float, column: int, method: RolloutMethod, comparison: Comparison
) -> tuple[GroupTimeEffect, Vector]:
    period = float(panel.periods[column])
    before = period < group
    # the last period before the start; before the start, the period before
    base = column - 1 if before else int(np.searchsorted(panel.periods, group)) - 1
    change = panel.outcome[:, column] - panel.outcome[:, base]
    seen = ~np.isnan(change)
    member = panel.start == group
    other = np.isinf(panel.start)
    if comparison == "not_yet":
        other = other | ((panel.start > period) & ~member)
    used = seen & (member | other)
    treated = member[used].astype(np.float64)
    if panel.independent(used & member) < 2 or panel.independent(used & other) < 2:
        raise EstimateError(
            Sentence("It takes at least two units, or clusters, seen in both periods on either side of the comparison.")
        )
    columns = np.column_stack([np.ones(treated.size), panel.covariates[used, base]])
    estimate, inner = _compare(change[used], treated, columns, ("Intercept", *panel.terms), method)
    influence = np.zeros(panel.n_units)
    influence[used] = inner * (panel.n_units / treated.size)
    effect = normal_estimate(
        f"ATT({period_label(group)}, {period_label(period)})", estimate, standard_error(panel, influence)
    )
    counts = int(treated.sum()), int((1 - treated).sum())
    return GroupTimeEffect(group, period, float(panel.periods[base]), before, effect, *counts), influence


def _compare(
    change: Vector, treated: Vector, columns: Matrix, terms: tuple[str, ...], method: RolloutMethod
) -> tuple[float, Vector]:
    """ATT of one comparison and the influences of its units on it."""
    share = float(treated.mean())
    weight = 1 - treated
    rest, carried_rest = change, np.zeros_like(columns)
    if method != "inverse_probability":
        rest, carried_rest = _regress(change, 1 - treated, columns, terms)
    first = float(np.average(rest, weights=treated))
    first_influence = (treated * (rest - first) - carried_rest @ (columns.T @ treated / treated.size)) / share
    if method == "outcome_regression":
        # what is left of the comparison is zero on average by least squares
        return first, first_influence
    model = None
    if columns.shape[1] > 1:
        model = fit_propensity_model(treated, columns, terms)
        weight = weight * model.probabilities / (1 - model.probabilities)
    second = float(np.average(rest, weights=weight))
    second_influence = weight * (rest - second) - carried_rest @ (columns.T @ weight / treated.size)
    if model is not None:
        second_influence = second_influence + model.carried(weight * (rest - second))
    return first - second, first_influence - second_influence / float(weight.mean())


def _regress(change: Vector, used: Vector, columns: Matrix, terms: tuple[str, ...]) -> tuple[Vector, Matrix]:
    """Change less its prediction from those ``used``, and each unit's influence on the prediction's coefficients."""
    if used.sum() <= columns.shape[1]:
        raise EstimateError(Sentence("There are too few units to compare with for so many covariates. Use fewer."))
    _, to_basis = orthonormal_basis(columns, used, terms)
    basis = columns @ to_basis
    rest = change - basis @ (basis.T @ (used * change))
    influence = (basis * (used * rest)[:, None]) @ to_basis.T * change.size
    return rest, influence
