"""Typed Excel sheets from tables: numbers as numbers, text as text that is never taken for a formula."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from outcomes.language import gettext as _
from outcomes.language import translate
from outcomes.reports.cells import NOTHING, cell_text
from outcomes.reports.parts import Interval, Kind, Proportion

if TYPE_CHECKING:
    from datetime import datetime

    from outcomes.reports.parts import Cell, Column, Table

PLAIN_STRINGS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
WIDEST = 60
FORMS: dict[Kind, str] = {Kind.COUNT: "0", Kind.PROBABILITY: "0.000", Kind.DATE: "yyyy-mm-dd"}
SHARES = {Kind.SHARE, Kind.SHARE_INTERVAL}
INTERVALS = {Kind.INTERVAL, Kind.SHARE_INTERVAL}


@dataclass
class Sheet:
    """A sheet that is filled from the top; ``row`` is the next free one."""

    page: Any
    row: int = 0
    widths: dict[int, int] = field(default_factory=dict)


class Workbook:
    """A workbook in memory. ``title`` and ``author`` go into the file's properties."""

    def __init__(self, *, title: str, author: str, created: datetime) -> None:
        self._file = BytesIO()
        import xlsxwriter  # noqa: PLC0415 - costs a quarter of a second, and only workbooks need it

        self._book: Any = xlsxwriter.Workbook(self._file, PLAIN_STRINGS)
        self._book.set_properties({"title": title, "author": author, "created": created.replace(tzinfo=None)})
        self._formats: dict[str, Any] = {}
        self._names: set[str] = set()

    def sheet(self, name: str, title: str) -> Sheet:
        """A new sheet with ``title`` in its first row."""
        page = self._book.add_worksheet(self._sheet_name(name))
        page.hide_gridlines(2)
        sheet = Sheet(page)
        self.line(sheet, title, "title")
        sheet.row += 1
        return sheet

    def _sheet_name(self, name: str) -> str:
        allowed = "".join(" " if letter in "[]:*?/\\'" else letter for letter in name)[:31].strip() or "-"
        chosen, number = allowed, 2
        while chosen.casefold() in self._names:
            chosen, number = f"{allowed[:28]} {number}", number + 1
        self._names.add(chosen.casefold())
        return chosen

    def line(self, sheet: Sheet, text: str, style: str = "text") -> None:
        """A line of text in the first column."""
        sheet.page.write_string(sheet.row, 0, text, self._format(style))
        sheet.row += 1

    def pair(self, sheet: Sheet, term: str, text: str) -> None:
        """A term and its text beside each other."""
        sheet.page.write_string(sheet.row, 0, term, self._format("head"))
        sheet.page.write_string(sheet.row, 1, text, self._format("wrapped"))
        self._widen(sheet, 0, term)
        sheet.widths[1] = 100
        sheet.row += 1

    def table(self, sheet: Sheet, table: Table) -> None:
        """A table under its caption, headings in bold, an empty row after."""
        self.line(sheet, translate(table.caption), "caption")
        self._headings(sheet, table)
        for cells in table.rows:
            place = 0
            for column, cell in zip(table.columns, cells, strict=True):
                place = self._write(sheet, place, cell, column)
            sheet.row += 1
        sheet.row += 1

    def _headings(self, sheet: Sheet, table: Table) -> None:
        place = 0
        for column in table.columns:
            heading = translate(column.heading)
            names = [_("%(heading)s, from", heading=heading), _("%(heading)s, to", heading=heading)]
            for name in names if column.kind in INTERVALS else [heading]:
                sheet.page.write_string(sheet.row, place, name, self._format("head"))
                self._widen(sheet, place, name)
                place += 1
        sheet.row += 1

    def _write(self, sheet: Sheet, place: int, cell: Cell, column: Column) -> int:
        if column.kind in INTERVALS:
            ends = (cell.low, cell.high) if isinstance(cell, Interval) else (cell, cell)
            for shift, end in enumerate(ends):
                self._write_one(sheet, place + shift, end, column)
            return place + 2
        self._write_one(sheet, place, cell, column)
        return place + 1

    def _write_one(self, sheet: Sheet, place: int, cell: Cell, column: Column) -> None:
        page, row = sheet.page, sheet.row
        if isinstance(cell, Proportion):
            page.write_number(row, place, cell.value, self._format("share"))
        elif isinstance(cell, int | float):
            page.write_number(row, place, cell, self._format(_number_style(column)))
        elif isinstance(cell, date):
            page.write_datetime(row, place, cell, self._format(FORMS[Kind.DATE]))
        else:
            text = cell_text(cell, column)
            page.write_string(row, place, "" if text == NOTHING else text, self._format("text"))
            self._widen(sheet, place, text)

    def _widen(self, sheet: Sheet, place: int, text: str) -> None:
        sheet.widths[place] = max(sheet.widths.get(place, 9), min(len(text) + 2, WIDEST))

    def finish(self, sheet: Sheet) -> None:
        """Set the widths of the columns."""
        for place, width in sheet.widths.items():
            sheet.page.set_column(place, place, width)

    def content(self) -> bytes:
        """The finished file."""
        self._book.close()
        return self._file.getvalue()

    def _format(self, style: str) -> Any:
        if style not in self._formats:
            self._formats[style] = self._book.add_format(_properties(style))
        return self._formats[style]


def _number_style(column: Column) -> str:
    if column.kind in SHARES:
        return "share"
    return FORMS.get(column.kind) or "0." + "0" * max(column.decimals, 1)


def _properties(style: str) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16},
        "caption": {"bold": True, "font_size": 12},
        "head": {"bold": True, "bottom": 1, "valign": "top"},
        "text": {},
        "wrapped": {"text_wrap": True, "valign": "top"},
        "share": {"num_format": "0 %"},
    }
    return known.get(style, {"num_format": style})
