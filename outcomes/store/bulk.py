"""Many rows at once: for whoever stores thousands that nobody has to look at afterwards."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, column, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from outcomes.models.base import Base

MOST_IN_ONE = 5000
"""Rows of one statement: few enough that no statement waits long, and that its text stays small."""


def add_rows(session: Session, *, rows: Iterable[Base]) -> None:
    """Insert rows that were made and never added to a session, table by table in the order in which each table first comes.

    The rows stay as they are: what the database adds by itself (when a row was made) isn't read back.
    """
    by_table: dict[type[Base], list[dict[str, Any]]] = {}
    for row in rows:
        values = {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}
        by_table.setdefault(type(row), []).append(values)
    for table, found in by_table.items():
        add_values(session, table, rows=found)


def add_values(session: Session, table: type[Base], *, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for rows of one table that are values by column. What a row doesn't name is as the table has it by itself.

    The rows go as one text, and the database takes them apart: a statement for each costs both sides several times as much.
    """
    session.flush()  # what these rows refer to goes first
    own = _defaults(table)
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        missing = {name: make(None) for name, make in own.items() if name not in row}
        whole = {**row, **missing} if missing else row
        alike.setdefault(tuple(sorted(whole)), []).append(whole)
    for names, found in alike.items():
        for start in range(0, len(found), MOST_IN_ONE):
            _insert(session, table, names, found[start : start + MOST_IN_ONE])


def _insert(session: Session, table: type[Base], names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    columns = [column(name, table.__table__.c[name].type) for name in names]
    content = cast(bindparam("content", json.dumps(rows, default=_in_json, allow_nan=False), Text), JSONB)
    given = func.jsonb_populate_recordset(literal_column(f"NULL::{table.__tablename__}"), content)
    session.execute(
        insert(table).from_select(list(names), select(given.table_valued(*columns)), include_defaults=False)
    )


def _defaults(table: type[Base]) -> dict[str, Any]:
    """What this program makes for each row that doesn't say: new ids."""
    return {
        each.name: each.default.arg
        for each in table.__table__.c
        if each.default is not None and each.default.is_callable
    }


def _in_json(value: object) -> str:
    """A value as the database reads it out of a text."""
    match value:
        case UUID() | Decimal():
            return str(value)
        case date():  # a time of a day among them
            return value.isoformat()
        case bytes():
            return f"\\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} can't be stored with many others")
