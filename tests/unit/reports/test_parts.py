"""Tables of raw values, and how one cell is written for people, for machines and in Excel."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import Sentence
from outcomes.language import use_locale
from outcomes.reports.cells import cell_data, cell_text, table_data
from outcomes.reports.parts import Cell, Column, Interval, Kind, LocalText, Proportion, Table, Withheld, local_text
from outcomes.reports.workbook import Workbook

HEADING = Sentence("Heading")
NO_BREAK = "\N{NO-BREAK SPACE}"


def column(kind: Kind, decimals: int = 1) -> Column:
    return Column("key", HEADING, kind, decimals)


@pytest.mark.parametrize(
    ("cell", "kind", "decimals", "danish", "english"),
    [
        (1234.56, Kind.NUMBER, 1, "1.234,6", "1,234.6"),
        (-2.3151, Kind.NUMBER, 2, "−2,32", "−2.32"),
        (52, Kind.COUNT, 1, "52", "52"),
        (0.52, Kind.SHARE, 0, f"52{NO_BREAK}%", "52%"),
        (0.18038, Kind.PROBABILITY, 3, "0,180", "0.180"),
        (0.0000035, Kind.PROBABILITY, 3, "< 0,001", "< 0.001"),
        (Proportion(0.58), Kind.NUMBER, 1, f"58{NO_BREAK}%", "58%"),
        (None, Kind.NUMBER, 1, "–", "–"),
        ("plain", Kind.TEXT, 1, "plain", "plain"),
        (date(2026, 5, 17), Kind.DATE, 1, "17. maj 2026", None),
        (local_text({"da": "sædvanlig", "en": "usual"}), Kind.TEXT, 1, "sædvanlig", "usual"),
    ],
)
def test_a_cell_is_written_as_the_language_writes_it(
    cell: Cell, kind: Kind, decimals: int, danish: str, english: str | None
) -> None:
    with use_locale("da"):
        assert cell_text(cell, column(kind, decimals)) == danish
    if english is not None:
        with use_locale("en"):
            assert cell_text(cell, column(kind, decimals)) == english


def test_an_interval_is_written_in_one_cell_and_a_withheld_one_by_its_mark() -> None:
    with use_locale("en"):
        assert cell_text(Interval(-5.72, 1.09), column(Kind.INTERVAL, 1)) == "−5.7 to 1.1"
        assert cell_text(Interval(0.15, 0.38), column(Kind.SHARE_INTERVAL, 0)) == "15% to 38%"
        hidden = Withheld(Sentence("Too few."), Sentence("under 5"))
        assert cell_text(hidden, column(Kind.COUNT)) == "under 5"
        assert cell_data(hidden) == {"withheld": "Too few."}
        assert cell_text(Withheld(Sentence("Too few.")), column(Kind.COUNT)) == "withheld"


def test_machines_get_the_raw_value() -> None:
    assert cell_data(0.1 + 0.2) == 0.1 + 0.2
    assert cell_data(Interval(1.0, 2.0)) == {"low": 1.0, "high": 2.0}
    assert cell_data(Proportion(0.5)) == 0.5
    assert cell_data(date(2026, 1, 2)) == "2026-01-02"
    assert cell_data(None) is None


def test_wording_falls_back_to_danish_and_then_to_what_there_is() -> None:
    with use_locale("en"):
        assert str(local_text("kun dansk")) == "kun dansk"
        assert str(LocalText((("uk", "лише"),))) == "лише"
        assert str(LocalText(())) == ""


def test_a_row_must_fill_its_columns() -> None:
    with pytest.raises(ValueError, match="row of table t"):
        Table("t", HEADING, (column(Kind.TEXT),), (("a", "b"),))


def test_rows_are_grouped_under_headings_and_machine_columns_stay_off_the_page() -> None:
    table = Table(
        "t",
        HEADING,
        (Column("group", HEADING), Column("code", HEADING, on_page=False), Column("n", HEADING, Kind.COUNT)),
        (("A", "a", 1), ("A", "a", 2), ("B", "b", 3)),
        group="group",
    )
    assert [column.key for column in table.page_columns] == ["n"]
    assert [(group.heading, [row[0][1] for row in group.rows]) for group in table.page_groups] == [
        ("A", [1, 2]),
        ("B", [3]),
    ]
    assert table_data(table)[2] == {"group": "B", "code": "b", "n": 3}


def written(*cells: Cell) -> list[object]:
    book = Workbook(title="t", author="a", created=datetime(2026, 1, 1, tzinfo=UTC))
    sheet = book.sheet("s", "Title")
    columns = tuple(Column(f"c{place}", HEADING, Kind.NUMBER) for place in range(len(cells)))
    book.table(sheet, Table("t", HEADING, columns, (cells,)))
    book.finish(sheet)
    loaded = openpyxl.load_workbook(io.BytesIO(book.content()))
    row = next(iter(loaded.worksheets[0].iter_rows(min_row=5, max_row=5)))
    assert {cell.data_type for cell in row} <= {"s", "n", "d"}
    return [cell.value for cell in row]


@given(
    st.sampled_from("=+-@\t'"), st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C",)), max_size=30)
)
def test_text_is_never_taken_for_a_formula(first: str, rest: str) -> None:
    text = first + rest
    value = written(text)[0]
    assert value == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_numbers_keep_their_precision(value: float) -> None:
    assert written(value)[0] == pytest.approx(value, rel=1e-15, abs=1e-300)


def test_sheets_get_names_that_excel_allows_and_that_differ() -> None:
    book = Workbook(title="t", author="a", created=datetime(2026, 1, 1, tzinfo=UTC))
    for _ in range(2):
        book.finish(book.sheet("A [very] long: name? of/a\\sheet * that goes on", "Title"))
    names = openpyxl.load_workbook(io.BytesIO(book.content())).sheetnames
    assert len(set(names)) == 2
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
