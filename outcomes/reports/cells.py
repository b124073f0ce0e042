"""One cell in three writings: for people, for Excel and for machines. The number in it is the same."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.language import format_date, format_number, format_percent, translate
from outcomes.language import gettext as _
from outcomes.reports.parts import Interval, Kind, LocalText, Proportion, Withheld

if TYPE_CHECKING:
    from outcomes.reports.parts import Cell, Column, Table

SMALLEST_PROBABILITY = 0.001
NOTHING = "–"


def cell_text(cell: Cell, column: Column) -> str:
    """The cell for people, in the locale in force, rounded as its column says."""
    match cell:
        case None:
            text = NOTHING
        case Withheld():
            text = translate(cell.mark)
        case Sentence():
            text = translate(cell)
        case str() | LocalText():
            text = str(cell)
        case Proportion():
            text = format_percent(cell.value)
        case Interval():
            text = _("%(low)s to %(high)s", low=_number(cell.low, column), high=_number(cell.high, column))
        case date():
            text = format_date(cell)
        case int() if column.kind is Kind.NUMBER:
            text = format_number(cell, 0)
        case _:
            text = _number(cell, column)
    return text


def _number(value: float, column: Column) -> str:
    if column.kind is Kind.COUNT:
        return format_number(value, 0)
    if column.kind in {Kind.SHARE, Kind.SHARE_INTERVAL}:
        return format_percent(value, column.decimals)
    if column.kind is Kind.PROBABILITY and value < SMALLEST_PROBABILITY:
        return "< " + format_number(SMALLEST_PROBABILITY, 3)
    return format_number(value, column.decimals)


def cell_data(cell: Cell) -> object:
    """The cell for machines: raw numbers at full precision, ``{"withheld": reason}`` for what isn't shown."""
    if isinstance(cell, Withheld):
        return {"withheld": translate(cell.reason)}
    if isinstance(cell, Sentence):
        return translate(cell)
    if isinstance(cell, LocalText):
        return str(cell)
    if isinstance(cell, Proportion):
        return cell.value
    if isinstance(cell, Interval):
        return {"low": cell.low, "high": cell.high}
    return cell.isoformat() if isinstance(cell, date) else cell


def table_data(table: Table) -> list[dict[str, object]]:
    """The table's rows for machines, by the columns' stable keys."""
    return [
        {column.key: cell_data(cell) for column, cell in zip(table.columns, row, strict=True)} for row in table.rows
    ]
