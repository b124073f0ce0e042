"""Dates as they are written in Denmark: ``3. marts 2025``, ``03-03-2025``, ``3/3-25``, ``03.03.2025``; and ISO dates.

The day comes first unless the mapping says otherwise. A year of two digits is 1969-2068. The hour, where there is one,
is left out; a moment with a time zone is taken to the Danish date.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from outcomes.errors import Sentence
from outcomes.tables.cells import shown
from outcomes.tables.table import Cell, normalise

DateOrder = Literal["day_first", "month_first"]
FIRST_YEAR, LAST_YEAR = 1900, 2100
_TWO_DIGIT_PIVOT = 69
_FULL_YEAR = 4
_LONGEST = 60
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jan january",
            "februar feb february",
            "marts mar mrt march",
            "april apr",
            "maj may",
            "juni jun june",
            "juli jul july",
            "august aug",
            "september sep sept",
            "oktober okt october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_HOUR = r"(?:(?:[T,]\s*|\s+)(?:kl\.?\s*)?[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?)?"
_GAP = r"\s*[-./\s]\s*"
_ISO = re.compile(rf"([0-9]{{4}})[-./]([0-9]{{1,2}})[-./]([0-9]{{1,2}}){_HOUR}")
_DIGITS = re.compile(rf"([0-9]{{1,2}}){_GAP}([0-9]{{1,2}}){_GAP}([0-9]{{4}}|[0-9]{{2}}){_HOUR}")
_WORDS = re.compile(
    rf"(?:[a-zæøå]+dag,?\s+)?(?:den\s+|d\.\s*)?([0-9]{{1,2}})\.?[\s-]*([a-zæøå]+)\.?[\s-]*([0-9]{{4}}|['’]?[0-9]{{2}}){_HOUR}",
    re.IGNORECASE,
)
_ZONED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*(?:Z|[+-][0-9]{2}:?[0-9]{2})")


def read_date(text: str, order: DateOrder = "day_first") -> date | None:
    """The date in ``text``, or None where it holds none that exists."""
    text = normalise(text)
    if len(text) > _LONGEST:
        return None
    try:
        return _parse(text, order)
    except (ValueError, OverflowError):  # the 31st of February, the 13th month
        return None


def _parse(text: str, order: DateOrder) -> date | None:
    if _ZONED.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/Copenhagen")).date()
    if match := _ISO.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DIGITS.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        day, month = (first, second) if order == "day_first" else (second, first)
        return date(_year(match[3]), month, day)
    if match := _WORDS.fullmatch(text):
        return date(_year(match[3]), _MONTHS.get(match[2].lower(), 0), int(match[1]))
    return None


def _year(digits: str) -> int:
    digits = digits.strip("'’")
    year = int(digits)
    if len(digits) == _FULL_YEAR:
        return year
    return year + (2000 if year < _TWO_DIGIT_PIVOT else 1900)


def read_date_cell(cell: Cell, order: DateOrder = "day_first") -> date | Sentence:
    """The date in a filled cell, or the reason why there is none."""
    found: date | None = None
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, str):
        found = read_date(cell, order)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        return Sentence(
            "The cell holds the number %(value)s, not a date. Format the column as dates.", value=shown(cell)
        )
    if found is None:
        return Sentence("“%(value)s” isn't a date. Write it like 2025-03-31 or 31-03-2025.", value=shown(cell))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return Sentence("The year %(year)s can't be right.", year=found.year)
    return found
