from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from outcomes.errors import ImportFileError
from outcomes.language import use_locale
from outcomes.tables.price_table import read_prices

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "value" / "priser.csv"
HEAD = "omraade;titel;betaler;aar;beloeb"
GOOD = [f"arbejde;Arbejde;{payer};{year};{amount}" for payer, amount in
        (("kommune", "1.250,50"), ("region", "0"), ("stat", "300")) for year in (1, 2)]  # fmt: skip


def csv(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode()


def faults(*lines: str) -> list[str]:
    with use_locale("en"), pytest.raises(ImportFileError) as refused:
        read_prices(csv(*lines), "priser.csv")
    return [str(fault) for fault in refused.value.faults]


def test_prices_are_whole_ore_by_area_payer_and_year() -> None:
    rows = read_prices(csv(*reversed(GOOD)), "priser.csv")
    assert [(row.payer, row.year, row.amount) for row in rows] == [
        ("municipality", 1, 125050), ("municipality", 2, 125050), ("region", 1, 0), ("region", 2, 0),
        ("state", 1, 30000), ("state", 2, 30000),
    ]  # fmt: skip


def test_a_workbook_says_the_same_as_the_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["area", "title", "payer", "year", "amount"])
    for payer, amount in (("municipality", 1250.5), ("region", 0), ("state", 300)):
        for year in (1, 2):
            sheet.append(["arbejde", "Arbejde", payer, year, amount])
    file = io.BytesIO()
    book.save(file)
    assert read_prices(file.getvalue(), "priser.xlsx") == read_prices(csv(*GOOD), "priser.csv")


def test_the_example_in_the_docs_can_be_taken_in() -> None:
    rows = read_prices(EXAMPLE.read_bytes(), EXAMPLE.name)
    assert len(rows) == 3 * 10 * len({row.area for row in rows})


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (GOOD[:4], ["line 2, column betaler: arbejde has no price for the state"]),
        ([*GOOD[:3], *GOOD[4:]], ["line 2, column aar: arbejde has no price for the region in year 2"]),
        ([*GOOD, GOOD[1]], ["line 8, column aar: The same area, payer and year stands in line 3"]),
        ([*GOOD[:5], "arbejde;Arbejde;stat;2;-3"], ["line 7, column beloeb: An amount can't be negative"]),
        ([*GOOD, "arbejde;Arbejde;kongen;1;5"], ["line 8, column betaler: “kongen” isn't a payer"]),
        ([*GOOD, "arbejde;Arbejde;stat;11;5"], ["line 8, column aar: The year is counted from the start"]),
        (
            [*GOOD, "arbejde;;stat;2;5"],
            ["line 8, column titel: The cell is empty", "line 8, column aar: The same area"],
        ),
        (
            [f"nul;Nul;{payer};1;0" for payer in ("kommune", "region", "stat")],
            ["nul: Every price of the area is 0"],
        ),
    ],
)
def test_each_fault_has_its_row_column_and_sentence(lines: list[str], said: list[str]) -> None:
    found = faults(*lines)
    assert len(found) == len(said), found
    for fault, beginning in zip(found, said, strict=True):
        assert fault.startswith(beginning), fault


def test_a_missing_column_is_named() -> None:
    with use_locale("en"), pytest.raises(ImportFileError, match="no column betaler, beloeb"):
        read_prices(b"omraade;titel;aar\na;A;1", "priser.csv")
