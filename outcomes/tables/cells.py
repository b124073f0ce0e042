"""What a single cell says: nothing, a word, or something that may not be repeated aloud."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from outcomes.tables.cpr import holds_cpr
from outcomes.tables.table import Cell, is_blank, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_SHOWN = 40
EXACT_WHOLE_NUMBERS = 1e15
"""Above this a whole number in a cell may have lost digits, and is shown as the float that it is."""

SPREADSHEET_ERRORS = frozenset(
    {
        *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
        *("#DIVISION/0!", "#I/T", "#NAVN?", "#NUL!", "#REFERENCE!", "#VÆRDI!"),
    }
)
"""What a spreadsheet writes where a formula went wrong, in English and in Danish."""


class MissingMarkers:
    """Tells whether a cell stands for "not known": it is blank, or holds one of the mapping's markers."""

    def __init__(self, markers: Iterable[str] = ()) -> None:
        self._markers = frozenset(marker.casefold() for marker in markers)

    def __contains__(self, cell: object) -> bool:
        if cell is None or (isinstance(cell, str) and is_blank(cell)):
            return True
        return bool(self._markers) and as_text(cell).casefold() in self._markers


def as_text(cell: object) -> str:
    """The cell as text, without outer white space; whole numbers without decimals (Excel's 1.0 is 1)."""
    if isinstance(cell, str):
        return normalise(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_WHOLE_NUMBERS:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def shown(cell: Cell) -> str:
    """The cell as it may be repeated in a message: not too long, on one line, and never a CPR number."""
    text = re.sub(r"\s+", " ", as_text(cell))
    if holds_cpr(text):
        return "…"
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
