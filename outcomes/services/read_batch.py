"""How far a batch of reports is, and its files: one by one, or all of them in one."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import LANGUAGE_NAMES, LOCALES
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.stored_values import from_stored
from outcomes.services.build_report import FORMATS, ReportFile
from outcomes.services.clean_up import BATCHES_KEPT
from outcomes.store import batches, interventions
from outcomes.store.batches import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from outcomes.models import ReportBatch
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

FORMAT_NAMES = {"pdf": "PDF", "xlsx": "Excel", "json": "JSON"}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PACKED = frozenset({"json"})
"""Formats that get smaller in a zip file; the others are packed already."""


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch: what it is of, how far it is, and until when its files are kept. ``first_day`` None: everybody."""

    batch_id: UUID
    first_day: date | None
    last_day: date | None
    state: str
    requested_by: str
    requested_at: datetime
    kept_until: date
    counts: Counts

    @property
    def at_work(self) -> bool:
        """Whether files are still to come."""
        return self.state in {"waiting", "running"}


@dataclass(frozen=True, slots=True)
class ItemView:
    """One file. ``size``: bytes; ``error``: why there is none."""

    number: int
    title: LocalText | str
    language: str
    format_name: str
    state: str
    file_name: str | None
    size: int | None
    error: Sentence | None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch with its files."""

    batch: BatchView
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class BatchList:
    """Every batch, newest first; and the languages (code and name) and formats that there are to choose from."""

    batches: tuple[BatchView, ...]
    languages: tuple[tuple[str, str], ...]
    formats: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An open file at its beginning, which goes when it is closed; its name and size in bytes."""

    content: IO[bytes]
    name: str
    size: int


def list_batches(runtime: Runtime, scope: Scope) -> BatchList:
    """The batches of the organisation."""
    with runtime.database.transaction(scope) as session:
        counts = batches.count_items(session)
        found = tuple(_view(each, counts) for each in batches.list_batches(session))
    return BatchList(
        found,
        tuple((code, LANGUAGE_NAMES[code]) for code in LOCALES),
        tuple((code, FORMAT_NAMES.get(code, code.upper())) for code in FORMATS),
    )


def read_batch(runtime: Runtime, scope: Scope, batch_id: UUID) -> BatchPage:
    """One batch. Raises ``NotFoundError``."""
    with runtime.database.transaction(scope) as session:
        batch = _find(session, batch_id)
        titles = {each.slug: local_text(each.title) for each in interventions.list_interventions(session)}
        items = tuple(_item(row, titles) for row in batches.list_items(session, batch_id=batch_id))
        return BatchPage(_view(batch, batches.count_items(session)), items)


def read_batch_file(runtime: Runtime, scope: Scope, batch_id: UUID, number: int) -> ReportFile:
    """One file of a batch. Raises ``NotFoundError`` where it isn't there (yet, or any more)."""
    with runtime.database.transaction(scope) as session:
        item = batches.find_item(session, batch_id=batch_id, number=number)
        if item is None or item.content is None:
            raise _gone()
        return ReportFile(
            item.content, item.file_name or "", MEDIA_TYPES.get(item.file_format, "application/octet-stream")
        )


def zip_batch(runtime: Runtime, scope: Scope, batch_id: UUID) -> OpenFile:
    """Every finished file of a batch in one, put together on disk: no process holds them all. Raises ``NotFoundError``."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        with runtime.database.transaction(scope) as session:
            batch = _find(session, batch_id)
            _fill(session, batch_id, file)
    except BaseException:
        file.close()
        raise
    size = file.seek(0, 2)
    file.seek(0)
    return OpenFile(file, f"outcomes-{batch.created_at:%Y-%m-%d}.zip", size)


def _fill(session: Session, batch_id: UUID, file: IO[bytes]) -> None:
    """Write what is done into a zip file, one at a time. Raises ``NotFoundError`` where nothing is."""
    names: set[str] = set()
    with zipfile.ZipFile(file, "w") as archive:
        for row in batches.list_items(session, batch_id=batch_id):
            item = batches.find_item(session, batch_id=batch_id, number=row.number) if row.state == "done" else None
            if item is None or item.content is None:
                continue
            method = zipfile.ZIP_DEFLATED if item.file_format in PACKED else zipfile.ZIP_STORED
            name = f"{item.number}-{item.file_name}" if item.file_name in names else str(item.file_name)
            names.add(name)
            archive.writestr(name, item.content, method)
            session.expunge(item)
    if not names:
        raise _gone()


def _find(session: Session, batch_id: UUID) -> ReportBatch:
    found = batches.find_batch(session, batch_id=batch_id)
    if found is None:
        raise _gone()
    return found


def _gone() -> NotFoundError:
    return NotFoundError(Sentence("There is no such page, or it is not yours to see."))


def _view(batch: ReportBatch, counts: Mapping[UUID, Counts]) -> BatchView:
    return BatchView(
        batch_id=batch.id, first_day=batch.first_day, last_day=batch.last_day, state=batch.state,
        requested_by=batch.requested_by, requested_at=batch.created_at, kept_until=(batch.created_at + BATCHES_KEPT).date(),
        counts=counts.get(batch.id, Counts()),
    )  # fmt: skip


def _item(row: Row[*tuple[Any, ...]], titles: Mapping[str, LocalText]) -> ItemView:
    return ItemView(
        number=row.number, title=titles.get(row.subject, row.subject), language=LANGUAGE_NAMES[row.locale],
        format_name=FORMAT_NAMES.get(row.file_format, row.file_format.upper()), state=row.state,
        file_name=row.file_name, size=row.size, error=from_stored(row.error) if row.error else None,
    )  # fmt: skip
