"""Text tables (CSV and its relatives): find the encoding and the delimiter, keep every row's real line number.

Nothing is guessed about what the cells mean; they come out as the text that stands in the file.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.tables.table import Limits, Row, Table, build_table, place

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = (";", "\t", ",", "|")
SAMPLE_RECORDS = 200
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SEPARATOR_LINE = re.compile(r"\A\ufeff?sep=(.)\r?\n", re.IGNORECASE)


def find_encoding(content: bytes) -> str:
    """Name of the encoding of ``content``.

    A byte order mark decides; else UTF-16 shows by its zero bytes; else it is UTF-8 if it can be; else the Windows
    alphabet of Western Europe; else Latin-1, where every byte means something.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    sample = content[:4096]
    zeros_even, zeros_odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    if zeros_odd > 0.4 * half > zeros_even:
        return "utf-16-le"
    if zeros_even > 0.4 * half > zeros_odd:
        return "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        if _decodes(content, encoding):
            return encoding
    return "latin-1"


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(text: str) -> str:
    """The delimiter under which the first rows agree best with the header on the number of cells.

    A candidate must stand in the header outside quotes; a decimal comma in the rows therefore never wins over it.
    With no candidate the table has one column, and a comma is returned.
    """
    best, best_rank = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _sample_widths(text, delimiter)
        if widths and widths[0] > 1:
            agreeing = sum(width == widths[0] for width in widths) / len(widths)
            rank = (agreeing, widths[0])
            if rank > best_rank:
                best, best_rank = delimiter, rank
    return best


def _sample_widths(text: str, delimiter: str) -> list[int]:
    widths: list[int] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                widths.append(len(cells))
            if len(widths) > SAMPLE_RECORDS:
                break
    except csv.Error:
        return widths  # the reading proper says what is wrong and where
    return widths


def read_text_table(
    content: bytes, source: str, *, encoding: str | None = None, delimiter: str | None = None, limits: Limits
) -> Table:
    """The table in ``content``. ``encoding`` and ``delimiter`` are found where they aren't given.

    Raises ``ImportFileError`` with every fault of form (quotes, repeated names, rows of wrong length, too large).
    """
    text = _decode(content, source, encoding or find_encoding(content))
    first_line = 1
    if declared := _SEPARATOR_LINE.match(text):  # Excel's own way of telling its delimiter
        text, first_line = text[declared.end() :], 2
        delimiter = delimiter or declared.group(1)
    rows = _read_rows(text, source, delimiter or find_delimiter(text), first_line, limits)
    if not rows:
        raise ImportFileError(Sentence("“%(file)s” is empty. Nothing was imported.", file=source))
    return build_table(source, "text", rows[0], rows[1:], limits=limits)


def _decode(content: bytes, source: str, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        sentence = Sentence(
            "“%(file)s” isn't text in the encoding %(encoding)s. Leave “encoding” out of the mapping, or correct it.",
            file=source,
            encoding=encoding,
        )
        raise ImportFileError(sentence) from error
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise ImportFileError(
            Sentence("“%(file)s” isn't a text file or an Excel file (.xlsx). Save it as one of them.", file=source)
        )
    return text


def _read_rows(text: str, source: str, delimiter: str, first_line: int, limits: Limits) -> list[Row]:
    rows: list[Row] = []
    try:
        for row in _records(text, delimiter, first_line):
            rows.append(row)
            if len(rows) > limits.rows + 1:
                break  # one too many is enough for the limit to be seen
    except _UnreadableRecordError as error:
        sentence = Sentence(
            "The quotation marks don't add up here, or one cell is far too long. Everything below it is unreadable."
        )
        raise ImportFileError(
            Sentence("“%(file)s” can't be read as a table. Nothing was imported.", file=source),
            [Fault(place("text", error.line), sentence)],
        ) from error
    return rows


class _UnreadableRecordError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _records(text: str, delimiter: str, first_line: int) -> Iterator[Row]:
    """Rows with the line that each begins on: a quoted cell may run over several lines."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = first_line
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _UnreadableRecordError(begins) from error
        if any(cell.strip() for cell in cells):
            yield Row(begins, tuple(cells))
        begins = first_line + reader.line_num
