"""Rows as they are given: checked, people numbered, time centred and scaled.

Question: which rows can a model be fitted to?
Formula: time becomes (time - mean) / standard deviation. Units: those of the columns given.
Missing data: rows with a missing response are left out by the caller.
Errors: :class:`~outcomes.errors.EstimateError` for values that aren't finite, no rows, no time where slopes need it, a
person in two outer units.
Checked: tests/unit/analysis/test_mixed_model_statistics.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Codes = NDArray[np.int64]

SAME_TIME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Checked rows: response, person per row (codes with their labels), centred time (None without slopes)."""

    response: Vector
    person: Codes
    labels: NDArray[Any]
    time: Vector | None
    time_centre: float
    time_scale: float
    outer: Codes | None
    outer_labels: NDArray[Any] | None


def read_rows(response: Any, subject: Any, time: Any, outer: Any, *, slope: bool) -> Rows:
    """Check lengths and values, number persons and outer units, centre and scale time."""
    response = np.asarray(response, dtype=np.float64)
    if response.size == 0:
        raise EstimateError(Sentence("There are no answers. The model needs people with at least two answers each."))
    if not np.isfinite(response).all():
        raise not_finite()
    person, labels = number(subject)
    centre, spread, scaled = 0.0, 1.0, None
    if slope:
        if time is None:
            raise EstimateError(Sentence("A slope per person needs the time of each answer. Give the column of time."))
        time = np.asarray(time, dtype=np.float64)
        if not np.isfinite(time).all():
            raise not_finite()
        centre, spread = float(time.mean()), float(time.std())
        if not spread > SAME_TIME * max(1.0, abs(centre)):
            raise EstimateError(
                Sentence(
                    "All answers are from the same time, so nobody has a slope over time. It needs answers at different"
                    " times."
                )
            )
        scaled = (time - centre) / spread
    outer_codes, outer_labels = (None, None) if outer is None else number(outer)
    if outer_codes is not None and outer_labels is not None:
        _check_nested(person, labels, outer_codes, outer_labels)
    return Rows(response, person, labels, scaled, centre, spread, outer_codes, outer_labels)


def number(labels: Any) -> tuple[Codes, NDArray[Any]]:
    """Codes 0, 1, ... in the sorted order of the distinct ``labels``, and those labels."""
    array = np.asarray(labels)
    if array.dtype.kind in "iu" and array.min() >= 0 and array.max() < 4 * array.size:
        seen = np.bincount(array) > 0  # counting is ten times faster than sorting
        distinct: NDArray[Any] = np.flatnonzero(seen)
        if distinct.size == seen.size:  # the labels are their own codes
            return array.astype(np.int64, copy=False), distinct
        return (np.cumsum(seen) - 1)[array].astype(np.int64), distinct
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise not_finite()
    if array.dtype.kind == "O":
        array = array.astype(str)
    distinct, codes = np.unique(array, return_inverse=True)
    return codes.astype(np.int64), distinct


def _check_nested(person: Codes, labels: NDArray[Any], outer: Codes, outer_labels: NDArray[Any]) -> None:
    """Everybody must belong to one outer unit."""
    unit = np.zeros(labels.size, dtype=np.int64)
    unit[person] = outer
    moved = np.flatnonzero(unit[person] != outer)
    if moved.size:
        at = int(moved[0])
        raise EstimateError(
            Sentence(
                "%(person)s belongs to both %(first)s and %(second)s; the model needs everybody in one place. In all,"
                " %(number)s people belong to more than one.",
                person=labels[person[at]],
                first=outer_labels[outer[at]],
                second=outer_labels[unit[person[at]]],
                number=int(np.unique(person[moved]).size),
            )
        )


def not_finite() -> EstimateError:
    return EstimateError(Sentence("A value isn't a finite number. Correct it or leave it out."))
