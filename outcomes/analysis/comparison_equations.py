"""The estimating equations behind a weighted or doubly robust comparison, for uncertainty between few clusters.

Question: what, together, was solved to get the difference, and which chance stands behind it?
Formula: stacked, per person: x (z - e); the response model's x (a - r); for a doubly robust comparison each arm's outcome
model x (y - m); each arm's weight times (y - mean), or times (y - m - rest) and the target's weight times (m - mean).
Weights follow e and r as in :mod:`outcomes.analysis.weighting`.
Assumptions: see :mod:`outcomes.analysis.influence_by_cluster`.
Units: those of the outcome (points). Missing data: a person without an outcome has weight zero. Errors: none of its own.
Source: Stefanski & Boos 2002, doi:10.1198/000313002753631330.
Checked: the influences of these equations are those of the comparison (tests/unit/analysis/test_influence_by_cluster.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.influence_by_cluster import EstimatingEquations

if TYPE_CHECKING:
    from outcomes.analysis.weighting import WeightedData

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
ComplexVector = NDArray[np.complex128]
ComplexMatrix = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class ArmOutcome:
    """One arm's outcome model for everyone: ``predictions`` (points) and the ``basis`` of its columns."""

    predictions: Vector
    basis: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonEquations:
    """Equations with the three contrasts of their parameters: ``difference``, ``mean_treated``, ``mean_control``."""

    equations: EstimatingEquations
    difference: Vector
    mean_treated: Vector
    mean_control: Vector


def comparison_equations(
    data: WeightedData, models: tuple[ArmOutcome, ArmOutcome] | None = None
) -> ComparisonEquations:
    """Equations of the means in the two arms; ``models``: outcome models with and without the intervention."""
    stack = _Stack(data, models)
    means = []
    for arm in range(2):
        contrast = np.zeros(stack.size)
        contrast[stack.means + arm :: 2] = stack.scale
        means.append(contrast)
    equations = EstimatingEquations(stack.rows, stack.errors(), stack.size)
    return ComparisonEquations(equations, means[0] - means[1], means[0], means[1])


class _Stack:
    """The blocks of the equations: propensity, response, the two outcome models, then the means (treated, control).

    Outcomes stand in units of their own spread (``scale``), so that no block drowns another.
    """

    def __init__(self, data: WeightedData, models: tuple[ArmOutcome, ArmOutcome] | None) -> None:
        self.data, self.models = data, models
        self.scale = float(np.std(data.outcome[data.answered == 1])) or 1.0
        self.outcome = data.outcome / self.scale
        self.people = [data.propensity, *([] if data.response is None else [data.response])]
        sizes = [model.basis.shape[1] for model in (*self.people, *(models or ()))]
        self.blocks = [slice(end - size, end) for size, end in zip(sizes, np.cumsum(sizes), strict=True)]
        self.means = int(sum(sizes))
        self.size = self.means + (2 if models is None else 4)
        self.members = (data.treated * data.answered, (1 - data.treated) * data.answered)
        none = np.zeros(self.size, dtype=np.complex128)
        fitted = [prediction.real for prediction in self._predictions(none)]
        # each arm's weighted mean of what its model leaves, and the target's mean of what it predicts: no deviation
        self.rest = [
            float(np.average(self.outcome - fit, weights=weight))
            for fit, weight in zip(fitted, (data.treated_weight, data.control_weight), strict=True)
        ]
        self.whole = [float(np.average(fit, weights=data.target)) for fit in fitted]

    def rows(self, deviation: ComplexVector) -> ComplexMatrix:
        """People x equations at a deviation from the estimates."""
        data = self.data
        parts: list[ComplexMatrix] = []
        chances = [
            1 / (1 + np.exp(-(model.linear_predictor + model.basis @ deviation[block])))
            for model, block in zip(self.people, self.blocks[: len(self.people)], strict=True)
        ]
        for model, chance, seen in zip(
            self.people, chances, (data.treated, data.answered)[: len(chances)], strict=True
        ):
            parts.append(np.asarray(model.basis * (seen - chance)[:, None], dtype=np.complex128))
        predictions = self._predictions(deviation)
        for member, outcome_model, prediction in zip(self.members, self.models or (), predictions, strict=False):
            parts.append(outcome_model.basis * (member * (self.outcome - prediction))[:, None])
        e = chances[0]
        target = {"ate": np.ones_like(e), "att": e, "overlap": e * (1 - e)}[data.estimand]
        used = target / (chances[1] if data.response is not None else 1.0)
        for place, (member, chance, prediction) in enumerate(zip(self.members, (e, 1 - e), predictions, strict=True)):
            mean = self.rest[place] + deviation[self.means + place]
            parts.append((member * used / chance * (self.outcome - prediction - mean))[:, None])
        if self.models is not None:
            for place, prediction in enumerate(predictions):
                mean = self.whole[place] + deviation[self.means + 2 + place]
                parts.append((target * (prediction - mean))[:, None])
        return np.hstack(parts)

    def errors(self) -> tuple[Matrix, ...]:
        """Sources of chance under the working model, each with what it does to a person's equations."""
        data, found = self.data, []
        for model, block in zip(self.people, self.blocks[: len(self.people)], strict=True):
            error = np.zeros((data.outcome.size, self.size))
            chance = model.probabilities
            error[:, block] = model.basis * np.sqrt(chance * (1 - chance))[:, None]
            found.append(error)
        none = np.zeros(self.size, dtype=np.complex128)
        outcome, squares = np.zeros((data.outcome.size, self.size)), 0.0
        weights = (data.treated_weight, data.control_weight)
        for place, prediction in enumerate(self._predictions(none)):
            member = self.members[place]
            left = member * (self.outcome - prediction.real - self.rest[place])
            squares += float(left @ left)
            outcome[:, self.means + place] = weights[place]
            if self.models is not None:
                outcome[:, self.blocks[len(self.people) + place]] = self.models[place].basis * member[:, None]
        found.append(outcome * np.sqrt(squares / data.answered.sum()))
        if self.models is not None:
            background = np.zeros_like(outcome)
            background[:, self.means + 2 :] = self.rows(none).real[:, self.means + 2 :]
            found.append(background)
        return tuple(found)

    def _predictions(self, deviation: ComplexVector) -> list[ComplexVector]:
        if self.models is None:
            return [np.zeros(self.data.outcome.size, dtype=np.complex128)] * 2
        blocks = self.blocks[len(self.people) :]
        pairs = zip(self.models, blocks, strict=True)
        return [model.predictions / self.scale + model.basis @ deviation[block] for model, block in pairs]
