"""Numbers as people and programs write them in Denmark: ``12,5``, ``1.234,5``, ``12.5``.

``1.234`` is a thousand and some to one and a little over one to the other. A single cell can't tell; its column often
can: one ``12,5`` among the others shows that the comma is the decimal mark. Where nothing tells, the cell is a fault.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Literal

from outcomes.errors import Sentence
from outcomes.tables.cells import SPREADSHEET_ERRORS, shown
from outcomes.tables.table import Cell, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

DecimalMark = Literal["comma", "point"]
_SPACES = "\u0020\u00a0\u2009\u202f"


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """Digits in threes (or not at all divided), a decimal part, an exponent; at least one digit before the exponent."""
    group = rf"[{thousands}{_SPACES}'’]"
    whole = rf"[1-9][0-9]{{0,2}}(?P<group>{group})[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]+"
    return re.compile(rf"[+-]?(?={decimal}?[0-9])(?:{whole})?(?:{decimal}[0-9]*)?(?:[eE][+-]?[0-9]{{1,3}})?")


_PATTERNS: dict[DecimalMark, re.Pattern[str]] = {"comma": _pattern(",", r"\."), "point": _pattern(r"\.", ",")}
_NOT_PART_OF_DIGITS: dict[DecimalMark, str] = {"comma": rf"[.{_SPACES}'’]", "point": rf"[,{_SPACES}'’]"}


def read_number(text: str, decimal_mark: DecimalMark) -> float | None:
    """The number in ``text`` if it is written with ``decimal_mark``, else None. May be infinite if it is too large."""
    text = text.replace("\N{MINUS SIGN}", "-")
    if not _PATTERNS[decimal_mark].fullmatch(text):
        return None
    return float(re.sub(_NOT_PART_OF_DIGITS[decimal_mark], "", text).replace(",", "."))


def find_decimal_mark(texts: Sequence[str]) -> DecimalMark | None:
    """The decimal mark of a column: the one that all cells which can only be read one way agree on, else None."""
    marks: set[DecimalMark] = set()
    for text in texts:
        comma, point = read_number(text, "comma"), read_number(text, "point")
        if comma is None and point is not None:
            marks.add("point")
        elif point is None and comma is not None:
            marks.add("comma")
    return marks.pop() if len(marks) == 1 else None


def read_numbers(
    cells: Sequence[Cell], decimal: Literal["auto", "comma", "point"] = "auto"
) -> tuple[float | Sentence | None, ...]:
    """Each cell of a column as a finite number, as None where it is None, or as the reason why it isn't a number."""
    texts = [normalise(cell) for cell in cells if isinstance(cell, str)]
    mark = find_decimal_mark(texts) if decimal == "auto" else decimal
    return tuple(_read_cell(cell, mark) for cell in cells)


def _read_cell(cell: Cell, mark: DecimalMark | None) -> float | Sentence | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        return _read_text(normalise(cell), mark)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return Sentence("“%(value)s” isn't a number.", value=shown(cell))
    return _finite(cell, cell)


def _read_text(text: str, mark: DecimalMark | None) -> float | Sentence:
    if text.upper() in SPREADSHEET_ERRORS:
        return Sentence("The cell holds a spreadsheet's error: %(value)s.", value=text)
    readings = [read_number(text, each) for each in ((mark,) if mark else _PATTERNS)]
    numbers = {number for number in readings if number is not None}
    if not numbers:
        return Sentence("“%(value)s” isn't a number.", value=shown(text))
    if len(numbers) > 1:
        return Sentence(
            "“%(value)s” can be read in two ways. Say in the mapping whether “decimal” is comma or point.",
            value=shown(text),
        )
    return _finite(numbers.pop(), text)


def _finite(number: float, cell: Cell) -> float | Sentence:
    try:
        value = float(number)
    except OverflowError:  # a whole number of more than some 300 digits
        value = math.inf
    return value if math.isfinite(value) else Sentence("“%(value)s” isn't a finite number.", value=shown(cell))
