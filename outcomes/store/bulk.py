"""Many rows at once: for whoever stores thousands that nobody has to look at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from outcomes.models.base import Base


def add_rows(session: Session, *, rows: Iterable[Base]) -> None:
    """Insert rows that were made and never added to a session, table by table in the order in which each table first comes.

    The rows stay as they are: what the database adds by itself (when a row was made) isn't read back.
    """
    alike: dict[tuple[type[Base], tuple[str, ...]], list[dict[str, Any]]] = {}
    for row in rows:
        values = {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}
        alike.setdefault((type(row), tuple(sorted(values))), []).append(values)
    session.flush()  # what these rows refer to goes first
    for (table, _), found in alike.items():
        session.execute(insert(table), found)
