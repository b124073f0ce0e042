"""A question read aloud: whether there is a recording, and the recording itself for whoever is asked the question."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.instruments import language_used
from outcomes.services.open_link import use_link
from outcomes.store import audio
from outcomes.store.database import SessionStatements

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from outcomes.instruments import Item
    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

REMEMBERED = 60
"""Seconds that a process knows by heart which recordings a version has."""

_recorded: dict[UUID, tuple[float, frozenset[tuple[str, str]]]] = {}


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as a browser gets it."""

    media_type: str
    content: bytes


def has_audio(runtime: Runtime, scope: Scope, version_id: UUID) -> frozenset[tuple[str, str]]:
    """Item and locale of every recording of a version; known by heart for a minute."""
    known = _recorded.get(version_id)
    if known is not None and time.monotonic() - known[0] < REMEMBERED:
        return known[1]
    with runtime.database.transaction(scope) as session:
        found = frozenset(audio.list_recorded(session, version_id=version_id))
    _recorded[version_id] = (time.monotonic(), found)
    return found


def forget_recorded(version_id: UUID) -> None:
    """Look again the next time: something was added."""
    _recorded.pop(version_id, None)


def recorded_locale(recorded: Collection[tuple[str, str]], item: Item, locale: str) -> str | None:
    """The locale of the recording that says what ``item`` says in ``locale``; None where there is none.

    Only a recording of the very words that stand on the page will do: not the plain ones for the easy ones.
    """
    said = language_used(item.wording, locale)
    return said if said is not None and (item.id, said) in recorded else None


def read_audio(runtime: Runtime, ticket: Ticket, *, version_id: UUID, item: str, locale: str) -> Sound:
    """The recording of a question that the ticket's occasion asks. Raises ``NotFoundError`` for anything else."""
    with runtime.database.transaction(ticket.scope) as session:
        opened = use_link(SessionStatements(session), ticket, runtime.now())
        found = None
        if opened.version_id == version_id:
            found = audio.find_recording(session, version_id=version_id, item=item, locale=locale)
        if found is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        return Sound(found.media_type, found.content)
