from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import ImportFileError
from outcomes.language import use_locale
from outcomes.tables import Limits, Table, read_table
from outcomes.tables.text_files import find_delimiter, find_encoding, read_text_table

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = "abcdefghijkmnopæøåÆØÅéö"
DELIMITERS = [",", ";", "\t", "|"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]


def read(content: bytes, **options: str) -> Table:
    return read_text_table(content, "file.csv", limits=Limits(), **options)


def faults(error: pytest.ExceptionInfo[ImportFileError]) -> list[str]:
    return [str(fault) for fault in error.value.faults]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    names = draw(st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=2, max_size=5, unique=True))
    cell = st.text(LETTERS + "0123456789.,;|\t\"' \n-", max_size=12)
    first = st.text(LETTERS, min_size=1, max_size=5)
    row = st.tuples(first, *[cell] * (len(names) - 1)).map(list)
    return names, draw(st.lists(row, min_size=1, max_size=8))


@settings(max_examples=150)
@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n"]))
def test_any_table_in_any_delimiter_and_encoding_reads_back(
    written: tuple[list[str], list[list[str]]], delimiter: str, encoding: str, end: str
) -> None:
    names, rows = written
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([names, *rows])
    with use_locale("en"):
        table = read(text.getvalue().encode(encoding))
    assert list(table.columns) == names
    assert [list(row.cells) for row in table.rows] == rows


def test_a_row_keeps_its_real_line_number() -> None:
    table = read(b'id;note\n1;"two\nlines"\n\n2;b\n;\n3;c\n')
    assert [row.line for row in table.rows] == [2, 5, 7]
    assert table.rows[0].cells == ("1", "two\nlines")
    assert table.place(5, "note") == "line 5, column note"


def test_decimal_commas_dont_pass_for_delimiters() -> None:
    assert find_delimiter("id;score;note\n1;12,5;a, b, c\n2;1,5;d\n") == ";"
    assert read(b"id\tscore\n1\t12,5\n2\t13,5\n").columns == ("id", "score")


def test_a_delimiter_in_a_quoted_name_doesnt_count() -> None:
    assert read(b'"a;b;c",score\n1,2\n').columns == ("a;b;c", "score")


def test_the_delimiter_that_the_rows_agree_with_wins() -> None:
    assert find_delimiter("name, given;name, family\nA;B\nC;D\n") == ";"


def test_excels_own_declaration_of_the_delimiter_is_followed() -> None:
    table = read("sep=|\r\nid|score\r\n1|2;3\r\n".encode("utf-16"))
    assert table.columns == ("id", "score")
    assert table.rows[0].line == 3


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("blå".encode(), "utf-8"),
        ("blå".encode("utf-8-sig"), "utf-8-sig"),
        ("blå;score".encode("utf-16-le"), "utf-16-le"),
        ("blå;score".encode("utf-16-be"), "utf-16-be"),
        ("blå;score".encode("utf-16"), "utf-16"),
        ("blå;score".encode("utf-32"), "utf-32"),
        ("blå – 5 €".encode("cp1252"), "cp1252"),
        (b"bl\xe5 \x81", "latin-1"),
        (b"", "utf-8"),
    ],
)
def test_encodings_are_told_apart(content: bytes, encoding: str) -> None:
    assert find_encoding(content) == encoding


def test_letters_in_two_parts_become_one() -> None:
    assert read("ma\u030aned;b\n1;2\n".encode()).columns == ("måned", "b")


def test_an_unnamed_empty_last_column_is_left_out() -> None:
    table = read(b"id;score;\n1;2;\n3;4;\n")
    assert table.columns == ("id", "score")
    assert table.rows[1].cells == ("3", "4")


def test_every_fault_of_form_is_listed() -> None:
    with pytest.raises(ImportFileError) as error:
        read(b"id;;id;score\n1;2;3\n1;2;3;4\n1;2;3;4;5\n")
    assert faults(error) == [
        "line 1: Column number 2 has no name. Give it one, or delete it.",
        "line 1: Columns number 1 and 3 are both called “id”. Rename one of them.",
        "line 2: The row has 3 cells, but there are 4 column names.",
        "line 4: The row has 5 cells, but there are 4 column names.",
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(ImportFileError, match="is empty"):
        read(content)


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(ImportFileError, match="no rows below"):
        read(b"id;score\n;\n")


@pytest.mark.parametrize(("content", "line"), [(b'id,b\n1,2\n3,"open\n4,5\n', 3), (b'id,b\n1,"a"b\n', 2)])
def test_quotation_marks_that_dont_add_up_are_told_with_their_line(content: bytes, line: int) -> None:
    with pytest.raises(ImportFileError) as error:
        read(content)
    assert faults(error)[0].startswith(f"line {line}: The quotation marks don't add up")


def test_a_binary_file_is_refused() -> None:
    with pytest.raises(ImportFileError, match="isn't a text file"):
        read(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))


def test_a_wrong_encoding_in_the_mapping_is_told() -> None:
    with pytest.raises(ImportFileError, match="isn't text in the encoding utf-8"):
        read(b"bl\xe5;b\n1;2\n", encoding="utf-8")
    with pytest.raises(ImportFileError, match="isn't text in the encoding klingon"):
        read(b"a;b\n1;2\n", encoding="klingon")


def test_limits_hold(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(b"id;a;b\n" + b"1;2;3\n" * 20)
    with pytest.raises(ImportFileError, match="more than 5 rows"):
        read_table(path, limits=Limits(rows=5))
    with pytest.raises(ImportFileError, match="more than 2 columns"):
        read_table(path, limits=Limits(columns=2))
    with pytest.raises(ImportFileError, match="larger than 0 MB"):
        read_table(path, limits=Limits(file_bytes=50))
    assert len(read_table(path, limits=Limits(rows=20)).rows) == 20


def test_a_file_that_isnt_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"There is no file “.*nowhere"):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(ImportFileError, match="can't be opened"):
        read_table(tmp_path)
