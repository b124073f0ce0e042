"""Rows set out person by person: a column of a table each, a table for each number of answers.

Question: how are sums per person made of many rows, quickly and without losing digits?
Formula: persons with equally many answers stand side by side in one table (answers x persons), so that a sum per person
is a sum of a table's lines and a person's value is taken from every answer by one operation. Each column of values is
[1] or [1, t] times the person's own least squares, plus what that leaves over: sums of products are the sum of both parts,
neither of which is ever a difference of large numbers.
Units: those of the values. Missing data: everybody has a row.
Errors: none. Checked: tests/unit/analysis/test_mixed_model_statistics.py (against sums row by row).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.mixed_model.rows import Codes, Matrix, Vector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from outcomes.analysis.mixed_model.rows import Rows

EXACT = 1e-12
FEW_CODES = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class PersonTables:
    """Tables one after another, fewest answers first. ``rows``: the row of the data at each place, answer by answer;
    ``person``: code of each column's person; ``n``: how many answers that person has; ``shapes``: of each table
    (answers, persons)."""

    rows: Codes
    person: Codes
    n: Vector
    shapes: tuple[tuple[int, int], ...]

    def sums(self, values: Vector) -> Vector:
        """Sum of ``values`` (laid out as the tables) per person."""
        total = np.empty(self.n.size)
        for place, column, shape in self._parts():
            np.add.reduce(values[place].reshape(shape), axis=0, out=total[column])
        return total

    def products(self, first: Vector, second: Vector) -> Vector:
        """Sum of products per person."""
        total = np.empty(self.n.size)
        for place, column, shape in self._parts():
            np.einsum("ap,ap->p", first[place].reshape(shape), second[place].reshape(shape), out=total[column])
        return total

    def subtract(self, values: Vector, by_person: Vector, times: Vector | None = None) -> None:
        """Take each person's value, ``times`` a column of values where given, from ``values`` in place."""
        for place, column, shape in self._parts():
            table = values[place].reshape(shape)
            table -= by_person[column] if times is None else by_person[column] * times[place].reshape(shape)

    def _parts(self) -> Iterator[tuple[slice, slice, tuple[int, int]]]:
        place = column = 0
        for answers, persons in self.shapes:
            size = answers * persons
            yield slice(place, place + size), slice(column, column + persons), (answers, persons)
            place, column = place + size, column + persons


@dataclass(frozen=True, slots=True, eq=False)
class OwnLines:
    """Columns of values split at each person's own least squares, persons as in ``tables``.

    ``mean`` and ``steepness`` (columns x persons; no steepness without slopes): of the person's values, around the
    person's mean time ``time_mean`` with the sum of squares ``squares``. ``over``: what is left (lines x places), one
    line for each of the columns ``varying``; the others are the constant one, which leaves nothing.
    """

    tables: PersonTables
    varying: tuple[int, ...]
    mean: Matrix
    steepness: Matrix | None
    over: Matrix
    time_mean: Vector
    squares: Vector

    def between(self, first: int, second: int) -> Vector:
        """Each person's sum of products of what the own least squares say of two columns."""
        sums: Vector = self.tables.n * self.mean[first] * self.mean[second]
        if self.steepness is not None:
            sums += self.squares * self.steepness[first] * self.steepness[second]
        return sums

    def within(self, first: int, second: int) -> Vector | None:
        """Each person's sum of products of what is left of two columns; None where one of them leaves nothing."""
        if first not in self.varying or second not in self.varying:
            return None
        return self.tables.products(self.over[self.varying.index(first)], self.over[self.varying.index(second)])

    def subtract(self, column: int, coefficients: Matrix) -> None:
        """Take the other columns (those before ``column``) times ``coefficients`` (columns x persons) from ``column``."""
        line = self.over[self.varying.index(column)]
        for place, factor in enumerate(coefficients):
            self.mean[column] -= factor * self.mean[place]
            if self.steepness is not None:
                self.steepness[column] -= factor * self.steepness[place]
            if place in self.varying:
                self.tables.subtract(line, factor, self.over[self.varying.index(place)])

    def divide(self, column: int, by: float) -> None:
        self.mean[column] /= by
        self.over[self.varying.index(column)] /= by
        if self.steepness is not None:
            self.steepness[column] /= by


def lay_tables(person: Codes, persons: int) -> PersonTables:
    """Tables for rows of ``person`` (codes below ``persons``, each of which occurs), in any order."""
    count = np.bincount(person, minlength=persons)
    order = sorted_places(count)
    begins = (np.cumsum(count) - count)[order]
    of_size = np.bincount(count)
    shapes = tuple((int(answers), int(of_size[answers])) for answers in np.flatnonzero(of_size))
    rows, column = np.empty(person.size, dtype=np.int64), 0
    place = 0
    for answers, width in shapes:
        table = rows[place : place + answers * width].reshape(answers, width)
        np.add(begins[column : column + width], np.arange(answers)[:, None], out=table)
        place, column = place + answers * width, column + width
    if not stand_together(person):
        rows = sorted_places(person)[rows]
    return PersonTables(rows, order, count[order].astype(np.float64), shapes)


def stand_together(person: Codes) -> bool:
    """Do the rows stand person by person, in the order of the codes?"""
    return bool((person[1:] >= person[:-1]).all())


def sorted_places(codes: Codes) -> Codes:
    """Where to find ``codes`` (from 0) in their order; equal ones stay as they are."""
    # numpy sorts short numbers by counting, ten times faster than long ones
    short = codes.astype(np.uint16) if int(codes.max()) < FEW_CODES else codes
    return np.argsort(short, kind="stable").astype(np.int64, copy=False)


def split_lines(rows: Rows, tables: PersonTables, values: Sequence[Vector]) -> OwnLines:
    """Each column of ``values`` (in the order of the rows) split into the persons' own least squares and what is left."""
    n = tables.n
    time_mean, squares, centred = np.zeros(n.size), np.zeros(n.size), None
    if rows.time is not None:
        centred = rows.time[tables.rows]
        time_mean = tables.sums(centred) / n
        tables.subtract(centred, time_mean)
        squares = tables.products(centred, centred)
    known = squares > EXACT * n  # those who answered at one time only have no slope of their own
    varying = tuple(place for place, value in enumerate(values) if not _is_one(value))
    mean = np.ones((len(values), n.size))
    steepness = None if centred is None else np.zeros((len(values), n.size))
    over = np.empty((len(varying), tables.rows.size))
    for line, place in zip(over, varying, strict=True):
        line[:] = values[place][tables.rows]
        np.divide(tables.sums(line), n, out=mean[place])
        tables.subtract(line, mean[place])
        if steepness is not None and centred is not None:
            np.divide(tables.products(line, centred), squares, out=steepness[place], where=known)
            tables.subtract(line, steepness[place], centred)
    return OwnLines(tables, varying, mean, steepness, over, time_mean, np.where(known, squares, 0.0))


def _is_one(values: NDArray[np.float64]) -> bool:
    return bool(values[0] == 1.0 and values[-1] == 1.0 and (values == 1.0).all())
