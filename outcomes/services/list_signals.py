"""Which answers call for somebody to look, whose turn it is and until when; in words, never as a ranking of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.parts import local_text
from outcomes.services.list_caseload import read_names
from outcomes.services.list_instruments import RESPONDENT_NAMES
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import citizens, organisations, signal_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from outcomes.models import Signal
    from outcomes.services.runtime import Actor, Runtime

RISK, WISH, WORSENING = "risk_answer", "wants_contact", "reliable_worsening"
HANDLED_STAYS = timedelta(days=14)
"""How long what was done is shown beside what is still to be done."""


@dataclass(frozen=True, slots=True)
class SignalView:
    """One signal. ``reason``: why somebody is to look; ``source``: whose answer it comes from, and when.

    ``owner`` is None where nobody has it. ``handled_at``, ``handled_by`` and ``handling`` stand where it was handled.
    ``from_paper``: the answer stands on a paper form.
    """

    signal_id: UUID
    citizen_id: UUID
    name: str
    kind: str
    reason: Sentence
    source: Sentence
    owner: str | None
    due_at: datetime
    overdue: bool
    handled_at: datetime | None = None
    handled_by: str = ""
    handling: str = ""
    from_paper: bool = False


def list_signals(runtime: Runtime, actor: Actor) -> tuple[SignalView, ...]:
    """What the actor is to look at: answers that tell of danger first, and of those and the others what is overdue.

    That the list was read is written down for each person on it, once a day, in the transaction that reads.
    """
    now = runtime.now()
    with runtime.database.transaction(actor.scope) as session:
        rows = signal_list.list_open_signals(session, user_id=actor.user_id, unit_id=actor.unit_id, now=now)
        names = read_names(session, runtime.vault, {row[0].citizen_id: row[1] for row in rows})
        citizens.log_caseload(
            session, organisation_id=actor.organisation_id, user_id=actor.user_id, citizen_ids=list(names)
        )
        views = describe_signals(session, rows, names, now)
        session.commit()
    return views


def signals_of_episodes(
    session: Session, episode_ids: Sequence[UUID], name: str, citizen_id: UUID, now: datetime
) -> tuple[SignalView, ...]:
    """For the citizen's page, in the caller's transaction: what is to be looked at, and what was done in the last two
    weeks."""
    rows = signal_list.list_signals_of(session, episode_ids=episode_ids, handled_since=now - HANDLED_STAYS)
    return describe_signals(session, rows, {citizen_id: name}, now)


def describe_signals(
    session: Session, rows: Sequence[Row[Signal, int, UUID, str]], names: dict[UUID, str], now: datetime
) -> tuple[SignalView, ...]:
    """Listed signals in words, in the order in which they should be looked at."""
    done_by = organisations.list_user_names(
        session, user_ids={row[0].handled_by for row in rows if row[0].handled_by is not None}
    )
    views = [
        _describe(session, signal, version_id, names, owner, done_by, now) for signal, _, version_id, owner in rows
    ]
    return tuple(sorted(views, key=_urgency))


def _urgency(view: SignalView) -> tuple[bool, bool, bool, datetime]:
    return (view.handled_at is not None, view.kind != RISK, not view.overdue, view.due_at)


def _describe(
    session: Session, signal: Signal, version_id: UUID, names: dict[UUID, str], owner: str | None,
    done_by: dict[UUID, str], now: datetime,
) -> SignalView:  # fmt: skip
    measure = local_text(read_stored_instrument(session, version_id).title)
    reason = {
        RISK: Sentence("An answer in “%(measure)s” calls for somebody to look at it", measure=measure),
        WISH: Sentence("Wants somebody to call"),
        WORSENING: Sentence("“%(measure)s” is worse than at the start, by more than chance", measure=measure),
    }[signal.kind]
    return SignalView(
        signal_id=signal.id,
        citizen_id=signal.citizen_id,
        name=names[signal.citizen_id],
        kind=signal.kind,
        reason=reason,
        source=_source(signal),
        owner=owner,
        due_at=signal.due_at,
        overdue=signal.handled_at is None and signal.due_at < now,
        handled_at=signal.handled_at,
        handled_by=done_by.get(signal.handled_by, "") if signal.handled_by else "",
        handling=signal.handling,
        from_paper=signal.from_paper,
    )


def _source(signal: Signal) -> Sentence:
    """Whose answer it comes from, and when."""
    who = RESPONDENT_NAMES[signal.respondent_kind]
    if signal.from_paper:
        return Sentence("Answered by %(who)s on paper, typed in %(moment)s", who=who, moment=signal.raised_at)
    return Sentence("Answered by %(who)s, %(moment)s", who=who, moment=signal.raised_at)
