"""Weights of a marginal mean over the columns' reference grid.

Question: what is the mean score for, say, girls at age 10, whatever else they are?
Formula: each term's weight is the product of its parts (age times Sex[Female] for their interaction); a part named in
``at`` has that value, ``Intercept`` 1, another number its mean over the rows, and each level of another category one
over the number of levels, its reference included. Which terms are products and which columns are categories' is said by a
:class:`ReferenceGrid`, never by names.
Assumptions: categories' levels weigh alike whatever their share in the data (as emmeans).
Units: as the columns. Missing data: none. Errors: KeyError for a column that the model hasn't.
Source: Searle, Speed & Milliken 1980, doi:10.2307/2684063.
Checked: tests/reference/mixed_model (emmeans).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.factor_levels import FactorLevel

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model.rows import Vector

INTERCEPT = "Intercept"


@dataclass(frozen=True, slots=True)
class ReferenceGrid:
    """What the terms are made of: ``levels`` of categories, and for each term that is a product the columns multiplied."""

    levels: tuple[FactorLevel, ...] = ()
    products: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def parts(self, term: str) -> tuple[str, ...]:
        return self.products.get(term, (term,))


def marginal_weights(terms: tuple[str, ...], at: Mapping[str, float], means: Vector, grid: ReferenceGrid) -> Vector:
    """One weight per term; ``means``: means of the columns over the rows."""
    parts = {part for term in terms for part in grid.parts(term)}
    unknown = (set(at) | {level.column for level in grid.levels} | set(grid.products)) - parts - set(terms)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    factors = {level.column: level.factor for level in grid.levels}
    mean_of = dict(zip(terms, means.tolist(), strict=True))
    values = {part: _value(part, at, factors, parts, mean_of) for part in parts}
    return np.array([np.prod([values[part] for part in grid.parts(term)]) for term in terms])


def _value(
    part: str, at: Mapping[str, float], factors: Mapping[str, str], parts: set[str], means: Mapping[str, float]
) -> float:
    if part in at:
        return float(at[part])
    if part == INTERCEPT:
        return 1.0
    factor = factors.get(part)
    if factor is None:
        return means[part]
    if factor in {factors[name] for name in at if name in factors}:
        return 0.0  # another level of the category was asked for
    return 1.0 / (1 + sum(factors.get(other) == factor for other in parts))
