"""Read a price set: one row for each consequence area, payer and year, and every fault with its row and column.

Columns (Danish or English names): omraade/area (a short key), titel/title, betaler/payer (kommune, region, stat), aar/year
(1 to 10, counted from the start of the help), beloeb/amount (kroner per person who succeeds, after refusion).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.tables.cells import MissingMarkers, shown
from outcomes.tables.columns import ColumnReading, read_number_column, read_texts
from outcomes.tables.reading import read_table_content
from outcomes.tables.table import Limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from outcomes.tables.table import Table

PAYERS = ("municipality", "region", "state")
PAYER_WORDS = {
    "kommune": "municipality", "kommunen": "municipality", "municipality": "municipality",
    "region": "region", "regionen": "region",
    "stat": "state", "staten": "state", "state": "state",
}  # fmt: skip
COLUMNS = {
    "area": ("omraade", "område", "area"),
    "title": ("titel", "title"),
    "payer": ("betaler", "payer"),
    "year": ("aar", "år", "year"),
    "amount": ("beloeb", "beløb", "amount"),
}
MOST_YEARS = 10
MOST_KRONER = 100_000_000
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
EMPTY = MissingMarkers()
LIMITS = Limits(file_bytes=2_000_000, unpacked_bytes=20_000_000, rows=5_000, columns=50)
"""A price set is small."""

Price = tuple[str, str, int]
"""Area, payer and year."""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price: whole øre per person in a year from the start, after refusion."""

    area: str
    title: str
    payer: str
    year: int
    amount: int


def read_prices(content: bytes, name: str) -> tuple[PriceRow, ...]:
    """The prices in a CSV or Excel file, by area in the file's order, payer and year.

    Raises ``ImportFileError`` with every fault: a column that isn't there, a cell that can't be read, a negative amount, an
    unknown payer, a price that is there twice, an area that lacks a payer or a year.
    """
    table = read_table_content(content, name, limits=LIMITS)
    rows, faults = _read_rows(table, _find_columns(table))
    if faults:
        raise ImportFileError(
            Sentence("The prices were not taken in. Put this right in the file, and send it again."), faults
        )
    order = {area: number for number, area in enumerate(dict.fromkeys(row.area for row in rows))}
    return tuple(sorted(rows, key=lambda row: (order[row.area], PAYERS.index(row.payer), row.year)))


def _find_columns(table: Table) -> dict[str, str]:
    """The file's name of each column. Raises where one isn't there."""
    names = {column.casefold(): column for column in table.columns}
    found = {key: next((names[word] for word in words if word in names), "") for key, words in COLUMNS.items()}
    missing = [words[0] for key, words in COLUMNS.items() if not found[key]]
    if missing:
        raise ImportFileError(
            Sentence(
                "The file has no column %(missing)s. It needs: %(needed)s.",
                missing=", ".join(missing),
                needed=", ".join(words[0] for words in COLUMNS.values()),
            )
        )
    return found


def _read_rows(table: Table, columns: dict[str, str]) -> tuple[list[PriceRow], list[Fault]]:
    areas = read_texts(columns["area"], table.cells(columns["area"]), EMPTY).then(_area)
    titles = read_texts(columns["title"], table.cells(columns["title"]), EMPTY)
    payers = read_texts(columns["payer"], table.cells(columns["payer"]), EMPTY).then(_payer)
    years = read_number_column(columns["year"], table.cells(columns["year"]), EMPTY, "auto").then(_year)
    amounts = read_number_column(columns["amount"], table.cells(columns["amount"]), EMPTY, "auto").then(_amount)
    readings: tuple[ColumnReading[str] | ColumnReading[int], ...] = (areas, titles, payers, years, amounts)
    faults = [
        Fault(table.place(row.line, reading.name), sentence)
        for index, row in enumerate(table.rows)
        for reading in readings
        for sentence in _cell_faults(reading, index)
    ]
    rows: list[PriceRow] = []
    first: dict[Price, int] = {}
    for index, row in enumerate(table.rows):
        area, title, payer = areas.value(index), titles.value(index), payers.value(index)
        year, amount = years.value(index), amounts.value(index)
        if area is None or payer is None or year is None:
            continue
        before = first.setdefault((area, payer, year), row.line)
        if before != row.line:
            sentence = Sentence("The same area, payer and year stands in line %(line)s too. Keep one.", line=before)
            faults.append(Fault(table.place(row.line, columns["year"]), sentence))
        elif title is not None and amount is not None:
            rows.append(PriceRow(area, title, payer, year, amount))
    for area, column, sentence in _find_gaps(first):
        line = min(line for price, line in first.items() if price[0] == area)
        faults.append(Fault(table.place(line, columns[column]), sentence))
    if not faults:
        faults += _empty_areas(rows)
    return rows, faults


def _cell_faults(reading: ColumnReading[str] | ColumnReading[int], index: int) -> Iterator[Sentence]:
    entry = reading.entries[index]
    if entry is None:
        yield Sentence("The cell is empty. Every row needs an area, a title, a payer, a year and an amount.")
    elif isinstance(entry, Sentence):
        yield entry


def _find_gaps(found: Collection[Price]) -> Iterator[tuple[str, str, Sentence]]:
    """What an area lacks, with the column that it lacks it in: prices mean something only where all payers have all years."""
    last = max((year for _, _, year in found), default=0)
    for area in dict.fromkeys(area for area, _, _ in found):
        for payer in PAYERS:
            years = {year for own, who, year in found if (own, who) == (area, payer)}
            if not years:
                yield (
                    area,
                    "payer",
                    Sentence(
                        "%(area)s has no price for %(payer)s. Write 0 where nothing is saved.",
                        area=area,
                        payer=_said(payer),
                    ),
                )
                continue
            for year in range(1, last + 1):
                if year not in years:
                    yield (
                        area,
                        "year",
                        Sentence(
                            "%(area)s has no price for %(payer)s in year %(year)s. Every area needs year 1 to %(last)s.",
                            area=area,
                            payer=_said(payer),
                            year=year,
                            last=last,
                        ),
                    )


def _empty_areas(rows: list[PriceRow]) -> list[Fault]:
    amounts: dict[str, int] = {}
    for row in rows:
        amounts[row.area] = amounts.get(row.area, 0) + row.amount
    return [
        Fault(area, Sentence("Every price of the area is 0. Take the area out of the file."))
        for area, amount in amounts.items()
        if not amount
    ]


def _said(payer: str) -> Sentence:
    return {
        "municipality": Sentence("the municipality"),
        "region": Sentence("the region"),
        "state": Sentence("the state"),
    }[payer]


def _area(text: str) -> str | Sentence:
    key = text.casefold()
    if KEY.fullmatch(key):
        return key
    return Sentence("“%(value)s” can't be an area's key. Use the letters a-z, digits and hyphens.", value=shown(text))


def _payer(text: str) -> str | Sentence:
    found = PAYER_WORDS.get(text.casefold())
    return found or Sentence("“%(value)s” isn't a payer. Write kommune, region or stat.", value=shown(text))


def _year(number: float) -> int | Sentence:
    if number == int(number) and 1 <= number <= MOST_YEARS:
        return int(number)
    return Sentence(
        "The year is counted from the start of the help: a whole number from 1 to %(most)s.", most=MOST_YEARS
    )


def _amount(number: float) -> int | Sentence:
    if number < 0:
        return Sentence("An amount can't be negative. What is saved stands as a number above 0.")
    if number > MOST_KRONER:
        return Sentence("%(value)s kroner per person and year can't be right. Check the amount.", value=number)
    return round(number * 100)
