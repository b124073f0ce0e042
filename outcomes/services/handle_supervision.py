"""The dialogue about a signal: what the provider says, and what was agreed; written by whoever leads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from outcomes.errors import ConflictError, Fault, InputError, NotFoundError, Sentence
from outcomes.models.supervision import SUPERVISION_SIGNAL_STATES
from outcomes.services.decide_protocol import plain_words
from outcomes.services.read_supervision import group_signals, list_signal_lines
from outcomes.store import supervision

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.reports.supervision.context import SignalGroup
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.store.database import Scope

LONGEST = 4000
SETTABLE = SUPERVISION_SIGNAL_STATES[1:]


def read_signal(runtime: Runtime, scope: Scope, signal_id: UUID) -> SignalGroup:
    """A signal in words, with those that the same dialogue is about. Raises ``NotFoundError`` for no such signal."""
    with runtime.database.transaction(scope) as session:
        found = supervision.find_signal(session, signal_id=signal_id)
        if found is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        groups = group_signals(list_signal_lines(session, provider_id=found[1].id))
    return next(group for group in groups if any(line.signal_id == signal_id for line in group.lines))


def handle_supervision(
    runtime: Runtime, actor: Actor, signal_id: UUID, *, state: str, response: str, seen: str
) -> None:
    """Write down the dialogue, for every signal that it is about. The same again changes nothing; earlier wordings stay in
    the record of changes.

    ``seen``: the state and moment that the form showed (:func:`seen_mark`). Raises ``InputError`` with every fault,
    ``ConflictError`` where somebody wrote meanwhile, ``NotFoundError`` for no such signal.
    """
    words = plain_words(response)
    faults = []
    if state not in SETTABLE:
        faults.append(Fault("state-in_dialogue", Sentence("Choose whether the dialogue goes on or is closed.")))
    if not words:
        faults.append(Fault("response", Sentence("Write what the provider says, and what you have agreed.")))
    if len(words) > LONGEST:
        faults.append(
            Fault(
                "response",
                Sentence("There is room for %(limit)s characters. Make it a little shorter.", limit=LONGEST),
            )
        )
    if faults:
        raise InputError(Sentence("Nothing was saved."), faults)
    with runtime.database.transaction(actor.scope) as session:
        signal = supervision.lock_signal(session, signal_id=signal_id)
        if signal is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        if (signal.state, signal.response) == (state, words):
            return
        if seen != _mark(signal.state, signal.handled_at):
            raise ConflictError(
                Sentence("Somebody has written about this signal meanwhile. Read it, and then add yours.")
            )
        for each in supervision.lock_alike(session, signal=signal):
            each.state, each.response = state, words
            each.handled_by, each.handled_at = actor.name, runtime.now()
        session.commit()


def seen_mark(group: SignalGroup) -> str:
    """What a form carries along, so that nobody writes over somebody else."""
    return _mark(group.state, group.handled_at)


def _mark(state: str, handled_at: datetime | None) -> str:
    return f"{state} {handled_at.astimezone(UTC).isoformat() if handled_at else ''}"
