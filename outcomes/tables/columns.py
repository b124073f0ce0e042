"""A column read as what the mapping says it holds: a value, nothing, or a reason against it, for every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from outcomes.errors import Sentence
from outcomes.tables.cells import SPREADSHEET_ERRORS, MissingMarkers, as_text, shown
from outcomes.tables.cpr import WITHOUT_ZERO, holds_cpr, read_cpr
from outcomes.tables.danish_dates import DateOrder, read_date_cell
from outcomes.tables.danish_numbers import read_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from outcomes.tables.table import Cell

Value = TypeVar("Value")
Other = TypeVar("Other")
LONGEST_TEXT = 200

_HIDDEN_CPR = Sentence(
    "The cell looks like a CPR number, which may only stand in a column that the mapping declares as CPR numbers."
)


@dataclass(frozen=True, slots=True)
class ColumnReading(Generic[Value]):
    """One entry per row: the value, ``None`` where the cell is empty, or the ``Sentence`` that says what is wrong."""

    name: str
    entries: tuple[Value | Sentence | None, ...]

    def value(self, index: int) -> Value | None:
        """The value in row ``index`` (from 0), None where there is none."""
        entry = self.entries[index]
        return None if isinstance(entry, Sentence) else entry

    def is_empty(self, index: int) -> bool:
        """True where the cell says nothing; a faulty cell says something."""
        return self.entries[index] is None

    def faults(self) -> Iterable[tuple[int, Sentence]]:
        """Row index and reason of each faulty cell."""
        return ((index, entry) for index, entry in enumerate(self.entries) if isinstance(entry, Sentence))

    def then(self, convert: Callable[[Value], Other | Sentence]) -> ColumnReading[Other]:
        """Another reading, each value converted or refused; empty and faulty cells stay as they are."""
        return ColumnReading(
            self.name,
            tuple(entry if entry is None or isinstance(entry, Sentence) else convert(entry) for entry in self.entries),
        )


def read_texts(name: str, cells: Iterable[Cell], missing: MissingMarkers) -> ColumnReading[str]:
    """A column of words or ids. CPR numbers and spreadsheet errors are refused."""
    return ColumnReading(name, tuple(None if cell in missing else _text(cell) for cell in cells))


def _text(cell: Cell) -> str | Sentence:
    text = as_text(cell)
    if text.upper() in SPREADSHEET_ERRORS:
        return Sentence("The cell holds a spreadsheet's error: %(value)s.", value=text)
    if len(text) > LONGEST_TEXT:
        return Sentence("The text is longer than %(most)s characters.", most=LONGEST_TEXT)
    return _HIDDEN_CPR if holds_cpr(text) else text


def read_ids(name: str, cells: Iterable[Cell], missing: MissingMarkers) -> ColumnReading[str]:
    """A column of another system's ids. A CPR number can't be one, not even one that has lost its leading zero."""
    reading = read_texts(name, cells, missing)
    filled = [entry for entry in reading.entries if isinstance(entry, str)]
    if filled and all(len(text) == WITHOUT_ZERO and read_cpr(text) for text in filled):
        return reading.then(lambda _: _HIDDEN_CPR)
    if any(entry is _HIDDEN_CPR for entry in reading.entries):
        return reading.then(lambda text: _HIDDEN_CPR if read_cpr(text) else text)
    return reading


def read_cprs(name: str, cells: Iterable[Cell], missing: MissingMarkers) -> ColumnReading[str]:
    """A column of CPR numbers, as ten digits. What a faulty cell holds is never repeated."""
    refusal = Sentence("This isn't a CPR number (six digits of a birth date and four more).")
    return ColumnReading(name, tuple(None if cell in missing else read_cpr(cell) or refusal for cell in cells))


def read_number_column(
    name: str, cells: Iterable[Cell], missing: MissingMarkers, decimal: Literal["auto", "comma", "point"]
) -> ColumnReading[float]:
    """A column of finite numbers; the whole column decides what a comma and a point mean in it."""
    return ColumnReading(name, read_numbers([None if cell in missing else cell for cell in cells], decimal))


def read_date_column(
    name: str, cells: Iterable[Cell], missing: MissingMarkers, order: DateOrder, latest: date | None
) -> ColumnReading[date]:
    """A column of dates, none of them after ``latest``."""

    def not_later(day: date) -> date | Sentence:
        return day if latest is None or day <= latest else Sentence("The date %(day)s hasn't come yet.", day=day)

    reading = ColumnReading(name, tuple(None if cell in missing else read_date_cell(cell, order) for cell in cells))
    return reading.then(not_later)


def one_of(known: Iterable[str]) -> Callable[[str], str | Sentence]:
    """A check that a text is one of the known ones."""
    allowed = tuple(known)

    def check(text: str) -> str | Sentence:
        if text in allowed:
            return text
        return Sentence(
            "“%(value)s” isn't in the mapping, which knows: %(known)s.", value=shown(text), known=", ".join(allowed)
        )

    return check


def within(low: float, high: float) -> Callable[[float], float | Sentence]:
    """A check that a number lies between ``low`` and ``high``, both included."""

    def check(number: float) -> float | Sentence:
        if low <= number <= high:
            return number
        return Sentence(
            "%(value)s is outside the scale, which goes from %(low)s to %(high)s.", value=number, low=low, high=high
        )

    return check
