"""All columns that a mapping uses, each read as what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.tables.cells import MissingMarkers, shown
from outcomes.tables.columns import (
    ColumnReading,
    one_of,
    read_cprs,
    read_date_column,
    read_ids,
    read_number_column,
    read_texts,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.tables.mapping import BackgroundColumn, TableMapping
    from outcomes.tables.table import Table


@dataclass(frozen=True, slots=True)
class Readings:
    """The columns as read. ``occasion`` holds codes, whichever column they come from; None where dates place rows."""

    subject: ColumnReading[str]
    score: ColumnReading[float]
    occasion: ColumnReading[str] | None
    answered_on: ColumnReading[date] | None
    start: ColumnReading[date] | None
    arm: ColumnReading[str] | None
    name: ColumnReading[str] | None
    cpr: ColumnReading[str] | None
    background: dict[str, ColumnReading[float | str]]

    @property
    def placing(self) -> str:
        """Name of the column that places a row in time."""
        column = self.occasion or self.answered_on
        return column.name if column else ""

    def all(self) -> Iterator[ColumnReading[object]]:
        """Every reading there is."""
        singles = (
            self.subject, self.score, self.occasion, self.answered_on, self.start, self.arm, self.name, self.cpr,
        )  # fmt: skip
        for reading in (*singles, *self.background.values()):
            if reading is not None:
                yield reading  # type: ignore[misc]


def mapped_columns(mapping: TableMapping) -> Iterator[tuple[str, str]]:
    """Part of the mapping and the column that it names, for every column that the mapping uses."""
    columns = mapping.columns
    named = {
        "columns.subject": columns.subject.column,
        "columns.score": columns.score,
        "columns.time": columns.time,
        "columns.occasion": columns.occasion,
        "columns.date": columns.date,
        "columns.arm": columns.arm.column if columns.arm else None,
        "columns.name": columns.name,
        "columns.cpr": columns.cpr,
        "start.column": mapping.start.column,
        **{f"background[{number}].column": each.column for number, each in enumerate(mapping.background)},
    }
    return ((part, column) for part, column in named.items() if column is not None)


def read_columns(
    table: Table, mapping: TableMapping, *, score_range: tuple[float, float], latest: date | None
) -> Readings:
    """Read every mapped column of ``table``; faulty cells hold their reason. The columns have to be there."""
    columns = mapping.columns
    missing = MissingMarkers(mapping.missing)
    never = MissingMarkers()

    def dates(name: str | None) -> ColumnReading[date] | None:
        return read_date_column(name, table.cells(name), missing, mapping.date_order, latest) if name else None

    subject = columns.subject
    score = read_number_column(columns.score, table.cells(columns.score), missing, mapping.decimal)
    arm = columns.arm
    return Readings(
        subject=(read_cprs if subject.kind == "cpr" else read_ids)(subject.column, table.cells(subject.column), never),
        score=score.then(within(*score_range)),
        occasion=_read_occasions(table, mapping, missing),
        answered_on=dates(columns.date),
        start=dates(mapping.start.column),
        arm=read_texts(arm.column, table.cells(arm.column), missing).then(one_of(arm.values)) if arm else None,
        name=read_texts(columns.name, table.cells(columns.name), missing) if columns.name else None,
        cpr=read_cprs(columns.cpr, table.cells(columns.cpr), missing) if columns.cpr else None,
        background={each.key: _read_background(table, mapping, each, missing) for each in mapping.background},
    )


def _read_occasions(table: Table, mapping: TableMapping, missing: MissingMarkers) -> ColumnReading[str] | None:
    columns = mapping.columns
    if columns.time:
        months = read_number_column(columns.time, table.cells(columns.time), missing, mapping.decimal)
        return months.then(_code_of({float(each.months): each.code for each in mapping.occasions}))
    if columns.occasion:
        codes = {name: each.code for each in mapping.occasions for name in (each.code, *each.values)}
        return read_texts(columns.occasion, table.cells(columns.occasion), missing).then(_code_of(codes))
    return None


def _code_of(codes: dict[float, str] | dict[str, str]) -> Callable[[object], str | Sentence]:
    def find(value: object) -> str | Sentence:
        code = codes.get(value)  # type: ignore[call-overload]
        if code is not None:
            return str(code)
        known = ", ".join(f"{name:g}" if isinstance(name, float) else name for name in codes)
        return Sentence(
            "No measurement is planned at “%(value)s”. The mapping knows: %(known)s.",
            value=shown(value),  # type: ignore[arg-type]
            known=known,
        )

    return find


def _read_background(
    table: Table, mapping: TableMapping, background: BackgroundColumn, missing: MissingMarkers
) -> ColumnReading[float | str]:
    name, cells = background.column, table.cells(background.column)
    if background.type == "number":
        return read_number_column(name, cells, missing, mapping.decimal)  # type: ignore[return-value]
    texts = read_texts(name, cells, missing)
    return texts.then(one_of(background.categories)) if background.categories else texts  # type: ignore[return-value]
