"""One call: the table, the columns with their parts, the options, and every fault found on the way.

A method reads the columns that it needs, which gathers faults, and then calls :meth:`Call.stop_at_faults`: so all faults
of a file are told at once, each with its row and column, and nothing is worked out of data that can't be trusted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import numpy as np

from outcomes.errors import Fault, InputError, Sentence
from outcomes.services.analyse.arrays import Numbers, Truths
from outcomes.services.analyse.options import Options
from outcomes.services.analyse.request import AnalysisRequest
from outcomes.tables import Table
from outcomes.tables.cells import MissingMarkers, as_text, shown
from outcomes.tables.danish_numbers import find_decimal_mark, read_numbers
from outcomes.tables.table import Cell, normalise

if TYPE_CHECKING:
    from outcomes.services.analyse.request import Role


MISSING = ("NA", "NaN", ".", "#N/A", "#I/T")
"""Marks of a missing value, with what a spreadsheet writes for "not available" in English and Danish."""


@dataclass(slots=True)
class Call:
    """A request with its table read and its options understood. ``fallback``: the decimal mark of a column that doesn't
    show its own (``comma``, ``point``), or None where such a column is a fault."""

    request: AnalysisRequest
    table: Table
    options: Options
    fallback: Literal["comma", "point"] | None = None
    faults: list[Fault] = field(default_factory=list)
    _missing: MissingMarkers = field(init=False)
    _cells: dict[str, tuple[Cell, ...]] = field(init=False, default_factory=dict)
    _values: dict[str, dict[Cell, float | Sentence | None]] = field(init=False, default_factory=dict)
    _numbers: dict[str, Numbers] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        further = (self.options.text("missing") or "").replace(";", ",").split(",")
        self._missing = MissingMarkers([*MISSING, *(mark.strip() for mark in further if mark.strip())])

    @property
    def n_rows(self) -> int:
        return len(self.table.rows)

    def column(self, role: Role) -> str:
        """The column of a part that this method needs."""
        return self.request.columns[role][0]

    def optional(self, role: Role) -> str | None:
        """The column of a part; None where none was named."""
        return self.request.first(role)

    def add_fault(self, row: int, column: str, sentence: Sentence) -> None:
        """A fault at a row (from 0) of the table."""
        self.faults.append(Fault(self.table.place(self.table.rows[row].line, column), sentence))

    def add_faults(self, wrong: Truths, column: str, sentence: Sentence) -> None:
        """The same fault at every row where ``wrong``."""
        for row in np.flatnonzero(wrong):
            self.add_fault(int(row), column, sentence)

    def add_general(self, place: str, sentence: Sentence) -> None:
        """A fault of a whole column or of the call itself."""
        self.faults.append(Fault(place, sentence))

    def stop_at_faults(self) -> None:
        """Raise ``InputError`` with every fault found so far."""
        if self.faults:
            raise InputError(Sentence("The data can't be analysed as they stand. Put these things right:"), self.faults)

    def check_column(self, name: str, place: str) -> bool:
        """True where the table has the column ``name``; else a fault that suggests one."""
        if name in self.table.columns:
            return True
        self.add_general(place, unknown_column(name, self.table.columns))
        return False

    def cells(self, column: str) -> tuple[Cell, ...]:
        """The cells of a column; None for each that counts as missing."""
        if column not in self._cells:
            cells = self.table.cells(column)
            plain = {cell: None if cell in self._missing else cell for cell in set(cells)}
            # yes and no of a spreadsheet are words; as such they differ from 1 and 0
            words = {True: "TRUE", False: "FALSE"}
            self._cells[column] = tuple(words[cell] if isinstance(cell, bool) else plain[cell] for cell in cells)
        return self._cells[column]

    def texts(self, column: str) -> list[str | None]:
        """A column as text, None where missing."""
        cells = self.cells(column)
        written = {cell: None if cell is None else as_text(cell) for cell in set(cells)}
        return [written[cell] for cell in cells]

    def numbers(self, column: str) -> Numbers:
        """A column as numbers, NaN where missing; a fault for each cell that isn't a finite number."""
        if column not in self._numbers:
            self._numbers[column] = self._read_numbers(column)
        return self._numbers[column]

    def holds_numbers(self, column: str) -> bool:
        """True where most of the cells that aren't missing are numbers (the others are then faults), so that the column
        is meant as one of numbers."""
        read = self._read(column)
        counted = Counter(cell for cell in self.cells(column) if cell is not None)
        numbers = sum(
            times for cell, times in counted.items() if not isinstance(read[cell], Sentence) or _two_ways(read[cell])
        )
        return numbers > counted.total() / 2

    def _read_numbers(self, column: str) -> Numbers:
        cells, read = self.cells(column), self._read(column)
        if any(isinstance(value, Sentence) for value in read.values()):
            for row, cell in enumerate(cells):
                value = read[cell]
                if isinstance(value, Sentence):
                    self.add_fault(row, column, TWO_WAYS if _two_ways(value) else value)
        numbers = {cell: value if isinstance(value, float) else np.nan for cell, value in read.items()}
        return np.array([numbers[cell] for cell in cells], dtype=np.float64)

    def _read(self, column: str) -> dict[Cell, float | Sentence | None]:
        """Each different cell of a column as a number, or why it isn't one."""
        if column not in self._values:
            different = list(dict.fromkeys(self.cells(column)))
            mark = self.options.choice("decimal", "auto")
            if mark == "auto":
                texts = [normalise(cell) for cell in different if isinstance(cell, str)]
                mark = find_decimal_mark(texts) or self.fallback or "auto"
            values = read_numbers(different, "comma" if mark == "comma" else "point" if mark == "point" else "auto")
            self._values[column] = dict(zip(different, values, strict=True))
        return self._values[column]


TWO_WAYS = Sentence("This number can be read in two ways. Say which with --option decimal=comma or decimal=point.")


def _two_ways(value: object) -> bool:
    """A number with a mark that may be either the decimal one or the thousands one."""
    return isinstance(value, Sentence) and value.message.endswith("is comma or point.")


def unknown_column(name: str, columns: tuple[str, ...]) -> Sentence:
    """There is no such column, with the one that may have been meant."""
    listed = ", ".join(shown(column) for column in columns)
    close = get_close_matches(name, columns, n=1, cutoff=0.5)
    folded = [column for column in columns if column.casefold() == name.casefold()]
    if folded or close:
        return Sentence(
            "There is no column “%(name)s”. Did you mean “%(close)s”? The columns are: %(columns)s.",
            name=name,
            close=(folded or close)[0],
            columns=listed,
        )
    return Sentence("There is no column “%(name)s”. The columns are: %(columns)s.", name=name, columns=listed)
