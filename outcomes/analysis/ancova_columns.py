"""Columns of a baseline-adjusted comparison: which people are in it, and the terms of their group and background.

Terms carry the columns' own names: ``Treat[FT]`` for a group or a category against its reference, ``age`` for a number,
``Prewt:Treat[FT]`` for a product. A covariate is a category where any of its values is text.
Formula: none. Units: those of the columns. Missing data: None, NaN and empty text; see :mod:`outcomes.analysis.ancova`.
Errors: :class:`~outcomes.errors.EstimateError`, each naming its column, row or level. Checked: with the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """Columns of one variable, and the values they take for an adjusted mean (equal weight per level, or the mean)."""

    terms: tuple[str, ...]
    columns: Matrix
    typical: Vector


def _is_missing(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - NaN


def complete_rows(
    names: tuple[str, str, str],
    score: Sequence[float],
    baseline: Sequence[float],
    group: Sequence[str],
    covariates: Mapping[str, Sequence[object]],
) -> tuple[list[int], int]:
    """Rows with nothing missing, and how many others there are; the group must be known for all."""
    parts: dict[str, Sequence[object]] = {names[0]: score, names[1]: baseline, **covariates}
    for name, values in {**parts, names[2]: group}.items():
        if len(values) != len(score):
            raise EstimateError(
                Sentence("%(column)s and the scores must belong to the same people.", column=name),
            )
    for row, label in enumerate(group):
        if _is_missing(label):
            raise EstimateError(
                Sentence("Row %(row)s has no group. Fill it in, or leave the row out.", row=row + 1),
            )
    kept = [row for row in range(len(score)) if not any(_is_missing(values[row]) for values in parts.values())]
    if not kept:
        raise EstimateError(
            Sentence("Nobody has both a baseline and a later answer with all background values known. It needs these.")
        )
    return kept, len(score) - len(kept)


def numbers_of(name: str, values: Sequence[object], kept: list[int]) -> Vector:
    """The kept rows of a column of numbers; an error naming the first row that isn't one."""
    found = np.empty(len(kept))
    for index, row in enumerate(kept):
        value = values[row]
        try:
            found[index] = float(value) if isinstance(value, bool | np.bool_) else float(str(value))
        except ValueError:
            found[index] = np.inf
        if not np.isfinite(found[index]):
            raise EstimateError(
                Sentence(
                    "%(column)s in row %(row)s isn't a finite number. Correct it, or leave the row out.",
                    column=name,
                    row=row + 1,
                )
            )
    return found


def group_levels(labels: list[str], reference: str | None) -> tuple[str, ...]:
    """Groups, the reference first and the others sorted."""
    levels = sorted(set(labels))
    if len(levels) < 2:
        raise EstimateError(Sentence("A comparison needs at least two groups with answers."))
    first = levels[0] if reference is None else reference
    if first not in levels:
        raise EstimateError(
            Sentence(
                "There is no group called %(reference)s among those with answers. Choose one of %(known)s.",
                reference=first,
                known=", ".join(levels),
            )
        )
    for level in levels:
        if labels.count(level) < 2:
            raise EstimateError(
                Sentence("The group %(level)s has one person with answers. It takes at least two.", level=level)
            )
    return (first, *(level for level in levels if level != first))


def category_factor(name: str, labels: list[str], levels: tuple[str, ...]) -> Factor:
    codes = np.asarray(labels)
    return Factor(
        tuple(f"{name}[{level}]" for level in levels[1:]),
        np.column_stack([(codes == level).astype(np.float64) for level in levels[1:]]),
        np.full(len(levels) - 1, 1 / len(levels)),
    )


def covariate_factor(name: str, values: Sequence[object], kept: list[int]) -> Factor:
    chosen = [values[row] for row in kept]
    if any(isinstance(value, str) for value in chosen):
        labels = [str(value) for value in chosen]
        levels = tuple(sorted(set(labels)))
        if len(levels) < 2:
            raise EstimateError(
                Sentence(
                    "All have the same %(column)s. Leave it out, or get answers from people who differ.", column=name
                )
            )
        return category_factor(name, labels, levels)
    column = numbers_of(name, values, kept)[:, None]
    return Factor((name,), column, column.mean(axis=0))


def interaction_factor(numbers: Factor, assigned: Factor) -> Factor:
    terms = tuple(f"{numbers.terms[0]}:{term}" for term in assigned.terms)
    return Factor(terms, numbers.columns * assigned.columns, np.zeros(len(terms)))
