"""CPR numbers in tables: to be noticed where nobody declared them, and read where somebody did.

Form only: six digits of a birth date (day + 60 in a replacement number) and four more. The control digit is not looked
at, since numbers without a valid one have been given since 2007.
"""

from __future__ import annotations

import re

from outcomes.tables.table import normalise

_CPR = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})[-\u2010-\u2015\u2212 ]?([0-9]{4})", re.ASCII)
_INSIDE = re.compile(r"(?<![0-9])[0-9]{6}[-\u2010-\u2015\u2212 ]?[0-9]{4}(?![0-9])", re.ASCII)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
REPLACEMENT_DAYS = 60
WITHOUT_ZERO = 9
"""Digits left of a CPR number whose leading zero a spreadsheet has dropped."""


def read_cpr(cell: object, *, lost_zero: bool = True) -> str | None:
    """The ten digits of the CPR number in the cell, or None where it holds none.

    With ``lost_zero``, nine digits count too: a spreadsheet takes ``0101901234`` for a number and drops its zero.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = normalise(str(cell))
    if lost_zero and len(text) == WITHOUT_ZERO and text.isdecimal():
        text = "0" + text
    match = _CPR.fullmatch(text)
    if match is None:
        return None
    day, month = int(match[1]), int(match[2])
    day -= REPLACEMENT_DAYS if day > REPLACEMENT_DAYS else 0
    return "".join(match.groups()) if 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1] else None


def holds_cpr(text: str) -> bool:
    """True where a CPR number stands somewhere in the text."""
    return any(read_cpr(found[0], lost_zero=False) for found in _INSIDE.finditer(text))
