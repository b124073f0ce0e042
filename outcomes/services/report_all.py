"""Every report of an organisation as files in a folder: a batch that is made here and now, and gone on with after a stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import ConflictError, Sentence
from outcomes.reports.stored_values import from_stored
from outcomes.services.make_batch import make_all
from outcomes.services.sign_in import organisation_actor
from outcomes.services.start_batch import Asked, reopen, start_batch
from outcomes.store import batches

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

COMMAND = "report-all"
BY = f"outcomes {COMMAND}"


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was made, or (``error``) why it wasn't; ``number`` of ``total``."""

    number: int
    total: int
    name: str
    error: Sentence | None


def report_all(
    runtime: Runtime, organisation_slug: str, asked: Asked, folder: Path, *, tell: Callable[[MadeFile], None]
) -> int:
    """Make every report and write it into ``folder``; gives how many couldn't be made. ``tell`` hears of each.

    A batch of the same period that isn't done is gone on with: what it holds is written, and only the rest is made.
    Raises ``NotFoundError`` for no such organisation, ``ConflictError`` where nobody has begun anything or others are at it.
    """
    _, scope = organisation_actor(runtime, organisation_slug, COMMAND)
    folder.mkdir(parents=True, exist_ok=True)
    batch_id = _unfinished(runtime, scope, asked) or start_batch(runtime, scope, asked, by=BY, queued=False)
    with runtime.database.transaction(scope) as session:
        items = batches.list_items(session, batch_id=batch_id)
    done, failed = [row.number for row in items if row.state == "done"], []

    def hand_over(number: int) -> None:
        file = _write(runtime, scope, batch_id, number, folder, len(items))
        failed.extend([number] if file.error else [])
        tell(file)

    for number in done:
        hand_over(number)
    make_all(runtime, scope, batch_id, after_each=hand_over)
    with runtime.database.transaction(scope) as session:
        if batches.next_item(session, batch_id=batch_id) is not None:
            raise ConflictError(
                Sentence(
                    "Somebody else makes these reports just now, or has stopped them. Start again when they are done."
                )
            )
    return len(failed)


def _unfinished(runtime: Runtime, scope: Scope, asked: Asked) -> UUID | None:
    """The batch of just these files to go on with: what failed in it is tried again."""
    first, last = (asked.period.from_date, asked.period.to_date) if asked.period else (None, None)
    with runtime.database.transaction(scope) as session:
        found = batches.find_unfinished(session, first_day=first, last_day=last)
        items = batches.list_items(session, batch_id=found.id) if found else ()
        wanted = {(locale, kind) for locale in asked.locales for kind in asked.formats}
        if found is None or {(row.locale, row.file_format) for row in items} != wanted:
            return None
        reopen(session, found.id)
        session.commit()
        return found.id


def _write(runtime: Runtime, scope: Scope, batch_id: UUID, number: int, folder: Path, total: int) -> MadeFile:
    """A file is there whole, or not at all."""
    with runtime.database.transaction(scope) as session:
        item = batches.find_item(session, batch_id=batch_id, number=number)
    if item is None or item.content is None:
        name = f"{item.subject} {item.locale} {item.file_format}" if item else str(number)
        return MadeFile(number, total, name, from_stored(item.error) if item and item.error else None)
    half = folder / f"{item.file_name}.part"
    half.write_bytes(item.content)
    half.replace(folder / str(item.file_name))
    return MadeFile(number, total, str(item.file_name), None)
