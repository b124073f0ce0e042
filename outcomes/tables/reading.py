"""Read a table out of a file, whatever kind of file it is: its first bytes decide, not its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import ImportFileError, Sentence
from outcomes.tables.table import Limits, Table
from outcomes.tables.text_files import read_text_table
from outcomes.tables.workbooks import read_workbook_table

if TYPE_CHECKING:
    from pathlib import Path

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DEFAULT_LIMITS = Limits()


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """The table in the file at ``path``: CSV with any common delimiter and encoding, or an Excel workbook.

    ``sheet`` names the sheet of a workbook (default the first); ``encoding`` and ``delimiter`` are found where not
    given. Raises ``ImportFileError`` listing every fault: unreadable, empty, too large, ragged, unnamed columns.
    """
    content = read_bytes(path, limits.file_bytes)
    return read_table_content(content, path.name, sheet=sheet, encoding=encoding, delimiter=delimiter, limits=limits)


def read_table_content(
    content: bytes,
    name: str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """The same from a file that was sent to us: its ``content``, and its ``name`` for what is said about it."""
    if content.startswith(_OLD_OFFICE):
        raise ImportFileError(
            Sentence(
                "“%(file)s” is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password.",
                file=name,
            )
        )
    if content.startswith(_ZIP):
        return read_workbook_table(content, name, sheet=sheet, limits=limits)
    return read_text_table(content, name, encoding=encoding, delimiter=delimiter, limits=limits)


def read_bytes(path: Path, most: int) -> bytes:
    """What is in the file. Raises ``ImportFileError``: no such file, not ours to read, more than ``most`` bytes."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError as error:
        raise ImportFileError(Sentence("There is no file “%(file)s”. Check its name and folder.", file=path)) from error
    except OSError as error:
        sentence = Sentence("“%(file)s” can't be opened. Check that it is a file, and that you may read it.", file=path)
        raise ImportFileError(sentence) from error
    if len(content) > most:
        raise ImportFileError(
            Sentence(
                "“%(file)s” is larger than %(most)s MB. Split it, or leave out columns that aren't used.",
                file=path.name,
                most=most // 1_000_000,
            )
        )
    return content
