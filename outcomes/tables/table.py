"""A table as it stands in somebody's file: text or typed cells, each row with its own line number."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.language import gettext as _

Cell = str | int | float | bool | date | datetime | time | None
"""What a cell may hold. From text files always ``str``; from Excel the type that the cell has, ``None`` where empty."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much we read before we say no, so that a hostile or mistaken file can't fill the machine."""

    file_bytes: int = 100_000_000
    unpacked_bytes: int = 400_000_000
    packed_ratio: int = 200
    rows: int = 500_000
    columns: int = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line (in Excel: row) in the file, counted from 1, and as many cells as the table has columns."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with unique, non-empty column names and at least one row, all rows equally long.

    ``source`` is the file's name (no folder), ``kind`` says whether places are lines of text or rows of a sheet.
    """

    source: str
    kind: Literal["text", "sheet"]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    _positions: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_positions", {name: position for position, name in enumerate(self.columns)})

    def position(self, column: str) -> int:
        """Where ``column`` stands, from 0. ``KeyError`` where the table has no such column."""
        return self._positions[column]

    def cells(self, column: str) -> tuple[Cell, ...]:
        """The cells of ``column``, one per row, in the file's order."""
        position = self._positions[column]
        return tuple(row.cells[position] for row in self.rows)

    def place(self, line: int, column: str | None = None) -> str:
        """Where a cell stands, in the words of whoever has the file open."""
        return place(self.kind, line, column)


def place(kind: Literal["text", "sheet"], line: int, column: str | None = None) -> str:
    """``line 12, column score`` (``row 12`` in a sheet), in the language in force."""
    if kind == "sheet":
        return (
            _("row %(line)s", line=line)
            if column is None
            else _("row %(line)s, column %(column)s", line=line, column=column)
        )
    return (
        _("line %(line)s", line=line)
        if column is None
        else _("line %(line)s, column %(column)s", line=line, column=column)
    )


def normalise(text: str) -> str:
    """Text without outer white space (no-break spaces too), its letters composed, so that å is one å everywhere."""
    return unicodedata.normalize("NFC", text).strip().strip("\ufeff")


def is_blank(cell: Cell) -> bool:
    """True for an empty cell or one with nothing but white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def build_table(source: str, kind: Literal["text", "sheet"], header: Row, rows: list[Row], *, limits: Limits) -> Table:
    """A :class:`Table` of a header and the rows below it.

    Rows with nothing in them are left out, and so are columns on the right without name and content.
    Raises ``ImportFileError`` with every fault: blank or repeated column names, rows too short or too long, no rows.
    """
    filled = [row for row in rows if not all(is_blank(cell) for cell in row.cells)]
    names = [normalise("" if cell is None else str(cell)) for cell in header.cells]
    while names and not names[-1] and all(is_blank(cell) for row in filled for cell in row.cells[len(names) - 1 :]):
        names.pop()
    width = len(names)
    faults = [*_header_faults(kind, header.line, names, limits), *_row_faults(kind, filled, width, limits)]
    if not filled:
        faults.append(Fault(place(kind, header.line), Sentence("The table has column names, but no rows below them.")))
    if faults:
        raise ImportFileError(
            Sentence("“%(file)s” can't be read as a table. Nothing was imported.", file=source), faults
        )
    return Table(source, kind, tuple(names), tuple(Row(row.line, row.cells[:width]) for row in filled))


def _header_faults(kind: Literal["text", "sheet"], line: int, names: list[str], limits: Limits) -> list[Fault]:
    spot = place(kind, line)
    if len(names) > limits.columns:
        return [
            Fault(spot, Sentence("The table has more than %(most)s columns, which is too many.", most=limits.columns))
        ]
    faults = [
        Fault(spot, Sentence("Column number %(number)s has no name. Give it one, or delete it.", number=number))
        for number, name in enumerate(names, start=1)
        if not name
    ]
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if name and name in seen:
            sentence = Sentence(
                "Columns number %(first)s and %(second)s are both called “%(name)s”. Rename one of them.",
                first=seen[name],
                second=number,
                name=name,
            )
            faults.append(Fault(spot, sentence))
        seen.setdefault(name, number)
    return faults


def _row_faults(kind: Literal["text", "sheet"], rows: list[Row], width: int, limits: Limits) -> list[Fault]:
    if len(rows) > limits.rows:
        return [Fault("", Sentence("The table has more than %(most)s rows. Split the file.", most=limits.rows))]
    return [
        Fault(
            place(kind, row.line),
            Sentence(
                "The row has %(found)s cells, but there are %(expected)s column names.",
                found=len(row.cells),
                expected=width,
            ),
        )
        for row in rows
        if len(row.cells) < width or any(not is_blank(cell) for cell in row.cells[width:])
    ]
