"""The design of a model of planned occasions: which columns have one coefficient, and which one per occasion.

Question: how does the mean at each occasion follow from what is known of a person?
Formula: the mean of a person with columns x at occasion a is the sum over terms of coefficient * weight of the term at a *
x[column of the term]. Every model has an intercept at every occasion (``Intercept`` and ``time[k]``, of weight 1 at k and 0
elsewhere); a column is *constant* (one coefficient), *crossed* (main term and ``time[k]:column``) or *constrained*
(``time[k]:column`` only: the groups are one at the first occasion, constrained longitudinal analysis). With time as a line,
``time`` (its weights are the times) stands in place of all ``time[k]``.
Assumptions: columns don't change over time within a person. The first occasion is the base of the time factor.
Units: coefficients are points per unit of their column.
Missing data: none here. Errors: :class:`~outcomes.errors.EstimateError` where a column isn't among those summed.
Source: Liang & Zeger 2000 (the constrained baseline), Sankhya B 62:134-148; Liu et al. 2009, doi:10.1002/sim.3607.
Checked: tests/reference/mmrm; tests/unit/analysis/test_mmrm_likelihood.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.pattern_sums import INTERCEPT
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence


Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DesignTerm:
    """One coefficient: at each occasion it multiplies ``column`` (its number) times the occasion's weight."""

    name: str
    column: int
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MmrmDesign:
    """Roles of the columns, by their names in the sums; the intercept needs no role.

    ``time``: the time column's name, for the names of terms. ``levels``: what the indicator columns say; every other column
    is a number. ``group``: the factor among them that means are asked for, and ``reference`` its level without a column.
    ``times``: when the occasions are, any unit (left out: their labels as numbers); only ``line`` (time as one number, not a
    factor) and random slopes look at them.
    """

    time: str
    crossed: tuple[str, ...] = ()
    constant: tuple[str, ...] = ()
    constrained: tuple[str, ...] = ()
    group: str | None = None
    reference: str = ""
    times: tuple[float, ...] | None = None
    line: bool = False
    levels: tuple[FactorLevel, ...] = ()

    def terms(self, occasions: Sequence[str], columns: Sequence[str]) -> tuple[DesignTerm, ...]:
        """Every coefficient in order: intercept, time, constant and crossed columns, then what is crossed with time."""
        known = {name: number for number, name in enumerate(columns)}
        _check_once(columns)
        for name in (*self.constant, *self.crossed, *self.constrained, *(level.column for level in self.levels)):
            if name not in known:
                raise EstimateError(
                    Sentence(
                        "The model asks for %(column)s, which isn't among the columns that were summed. Sum it, or leave it"
                        " out of the model.",
                        column=name,
                    )
                )
        always, later = (1.0,) * len(occasions), self._steps(occasions)
        plain = [DesignTerm(INTERCEPT, 0, always), *(DesignTerm(name, 0, weights) for name, weights in later)]
        plain += [DesignTerm(name, known[name], always) for name in (*self.constant, *self.crossed)]
        for name in (*self.crossed, *self.constrained):
            plain += [DesignTerm(f"{label}:{name}", known[name], weights) for label, weights in later]
        _check_once([term.name for term in plain])
        if self.group is not None and not any(level.factor == self.group for level in self.levels):
            raise EstimateError(
                Sentence(
                    "Means of the group %(group)s are asked for, but no column is said to be one of its levels. Say which"
                    " columns are.",
                    group=self.group,
                )
            )
        return tuple(plain)

    def _steps(self, occasions: Sequence[str]) -> list[tuple[str, tuple[float, ...]]]:
        """What time itself adds to the intercept: a level per later occasion, or a line."""
        if self.line:
            return [(self.time, tuple(self.time_values(occasions).tolist()))]
        levels = np.eye(len(occasions))
        return [(f"{self.time}[{occasions[k]}]", tuple(levels[k].tolist())) for k in range(1, len(occasions))]

    def time_values(self, occasions: Sequence[str]) -> Vector:
        """When the occasions are; refused where that isn't known or they are all at one time."""
        try:
            times = np.array([float(value) for value in (occasions if self.times is None else self.times)])
        except ValueError:
            raise EstimateError(
                Sentence(
                    "A line or random slope needs to know when the occasions are. Give their times, or label them with"
                    " numbers."
                )
            ) from None
        if len(times) != len(occasions) or not np.isfinite(times).all() or np.ptp(times) == 0.0:
            raise EstimateError(
                Sentence("A line or random slope needs one time per occasion, and two different times or more.")
            )
        return times


def _check_once(names: Sequence[str]) -> None:
    twice = [name for number, name in enumerate(names) if name in names[:number]]
    if twice:
        raise EstimateError(
            Sentence("Two columns or terms of the model are called %(name)s. Give one another name.", name=twice[0])
        )


def expansion(terms: Sequence[DesignTerm], n_occasions: int, n_columns: int) -> Matrix:
    """(occasions * columns) x terms: times the coefficients it gives each column's weight per occasion."""
    matrix = np.zeros((n_occasions, n_columns, len(terms)))
    for number, term in enumerate(terms):
        matrix[:, term.column, number] = term.weights
    return matrix.reshape(n_occasions * n_columns, len(terms))


def origin_shift(terms: Sequence[DesignTerm], column_origins: Vector) -> Matrix:
    """terms x terms: takes coefficients for columns about their origins to those for the columns themselves.

    A column about its origin differs by a constant, which the intercept of the same weights takes up.
    """
    intercepts = {term.weights: number for number, term in enumerate(terms) if term.column == 0}
    matrix = np.eye(len(terms))
    for number, term in enumerate(terms):
        if term.column:
            matrix[intercepts[term.weights], number] -= column_origins[term.column]
    return matrix


def row_weights(terms: Sequence[DesignTerm], columns: Vector, occasion: int) -> Vector:
    """The weights on the coefficients that give the mean of a person with ``columns`` at ``occasion``."""
    return np.array([columns[term.column] * term.weights[occasion] for term in terms])
