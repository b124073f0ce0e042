"""Excel tables (.xlsx, .xlsm): one sheet, typed cells, and no trust in the file's own word about its size."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from datetime import date, datetime, time
from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.tables.table import Cell, Limits, Row, Table, build_table, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.workbook.workbook import Workbook

SHEET_ROWS = 1_048_576
"""Rows that a sheet may have by the format; a file that claims more is lying."""

MOST_ENTRIES = 5_000
_RATIO_COUNTS_FROM = 1_000_000


def read_workbook_table(content: bytes, source: str, *, sheet: str | None = None, limits: Limits) -> Table:
    """The table in the first sheet of the workbook, or in the one called ``sheet``; its first filled row is the header.

    Formulas give the value that Excel stored with them. Raises ``ImportFileError``: not a workbook, too large when
    unpacked, no such sheet, formulas without a stored value, and every fault of form.
    """
    _check_package(content, source, limits)
    with _open(content, source, data_only=True) as values, _open(content, source, data_only=False) as formulas:
        names = [worksheet.title for worksheet in values.worksheets]
        name = _sheet_name(names, source, sheet)
        try:
            rows, faults = _read_rows(values[name], formulas[name], limits)
        except Exception as error:  # sheets are unpacked while they are read; the same holds as for opening
            raise ImportFileError(_unreadable(source)) from error
    if faults:
        raise ImportFileError(
            Sentence("“%(file)s” can't be read as a table. Nothing was imported.", file=source), faults
        )
    if not rows:
        raise ImportFileError(
            Sentence(
                "The sheet “%(sheet)s” is empty. The workbook's sheets are: %(sheets)s. Nothing was imported.",
                sheet=name,
                sheets=", ".join(names),
            )
        )
    width = max(len(row.cells) for row in rows)
    even = [Row(row.line, row.cells + (None,) * (width - len(row.cells))) for row in rows]
    return build_table(source, "sheet", even[0], even[1:], limits=limits)


def _check_package(content: bytes, source: str, limits: Limits) -> None:
    """Refuse what would unpack to something huge, and XML that declares entities, before anything is unpacked."""
    unreadable = _unreadable(source)
    try:
        with ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            if not any(entry.filename == "xl/workbook.xml" for entry in entries):
                raise ImportFileError(unreadable)
            packed_hard = any(
                entry.file_size > max(_RATIO_COUNTS_FROM, limits.packed_ratio * entry.compress_size)
                for entry in entries
            )
            unpacked = sum(entry.file_size for entry in entries)
            if packed_hard or unpacked > limits.unpacked_bytes or len(entries) > MOST_ENTRIES:
                raise ImportFileError(
                    Sentence("“%(file)s” unpacks to far too much. Save the table as CSV instead.", file=source)
                )
            for entry in entries:
                with package.open(entry) as part:
                    if b"<!DOCTYPE" in part.read(4096).upper():
                        raise ImportFileError(unreadable)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ImportFileError(unreadable) from error


def _unreadable(source: str) -> Sentence:
    return Sentence("“%(file)s” isn't a whole Excel file (.xlsx). Save it once more and try again.", file=source)


@contextmanager
def _open(content: bytes, source: str, *, data_only: bool) -> Iterator[Workbook]:
    from openpyxl import load_workbook  # noqa: PLC0415 - only where a workbook is read

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks about styles and validation rules, which we don't read
            workbook = load_workbook(BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    except Exception as error:  # the library lets anything out that a damaged file makes it stumble over
        raise ImportFileError(_unreadable(source)) from error
    try:
        yield workbook
    finally:
        workbook.close()


def _sheet_name(names: list[str], source: str, wanted: str | None) -> str:
    if wanted is None and names:
        return names[0]
    if wanted is not None and wanted in names:
        return wanted
    raise ImportFileError(
        Sentence(
            "“%(file)s” has no sheet “%(sheet)s”. Its sheets are: %(sheets)s.",
            file=source,
            sheet=wanted or "",
            sheets=", ".join(names),
        )
    )


def _read_rows(values: Any, formulas: Any, limits: Limits) -> tuple[list[Row], list[Fault]]:
    """Filled rows of the sheet, and a fault for each formula that has no stored value."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    rows: list[Row] = []
    faults: list[Fault] = []
    pairs = zip_longest(_sheet_rows(values), _sheet_rows(formulas), fillvalue=())
    for line, (cells, written) in enumerate(pairs, start=1):
        if line > SHEET_ROWS or len(rows) > limits.rows + 1:
            break
        if len(cells) > limits.columns and any(cell.value is not None for cell in cells[limits.columns :]):
            sentence = Sentence("The table has more than %(most)s columns, which is too many.", most=limits.columns)
            return [], [Fault(place("sheet", line), sentence)]
        for position, cell in enumerate(cells):
            if cell.value is None and position < len(written) and written[position].data_type == "f":
                faults.append(Fault(place("sheet", line, get_column_letter(position + 1)), _NO_STORED_VALUE))
        if any(cell.value is not None for cell in cells):
            rows.append(Row(line, tuple(_cell(cell.value) for cell in cells)))
    return rows, faults


_NO_STORED_VALUE = Sentence(
    "The cell holds a formula without a result. Open the file in Excel, save it, and try again."
)


def _sheet_rows(worksheet: Any) -> Iterator[tuple[Any, ...]]:
    worksheet.reset_dimensions()  # the size that the file claims may be wrong; the rows themselves decide
    return iter(worksheet.iter_rows())


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | bool | int | float | date | datetime | time):
        return value
    return str(value)
