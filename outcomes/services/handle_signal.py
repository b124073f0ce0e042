"""Look at a signal, and write down what was done about it: once, by whoever did it, in their own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.instruments import from_json
from outcomes.instruments.model import Item
from outcomes.models.record import SIGNAL_HANDLED, SIGNAL_PAGE
from outcomes.reports.parts import Points, local_text
from outcomes.services.find_worsening import compare_with_first
from outcomes.services.list_caseload import read_names
from outcomes.services.list_signals import RISK, WORSENING, SignalView, describe_signals
from outcomes.services.rate_goal import NOTE_LENGTH, clean_note
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.set_contact import open_contact
from outcomes.store import citizens, signal_list

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from outcomes.models import Signal
    from outcomes.services.runtime import Actor, Runtime

LONGEST = NOTE_LENGTH
"""Characters that there is room for."""


@dataclass(frozen=True, slots=True)
class AnswerInQuestion:
    """The answer that raised a signal, as it stands now: its question, what was said, when, and whether it was sent."""

    item: Item
    value: Any
    at: datetime
    sent: bool


@dataclass(frozen=True, slots=True)
class SignalPage:
    """A signal with what one needs to act on it.

    ``phone``: where the citizen is called, empty where it isn't known. ``answer``: for a risk answer. ``change``: for a
    worsening, in numbers. ``opens_page``: whether the actor may open the citizen's own page too.
    """

    signal: SignalView
    phone: str
    answer: AnswerInQuestion | None
    change: tuple[Sentence, ...]
    opens_page: bool


def open_signal(runtime: Runtime, actor: Actor, signal_id: UUID) -> SignalPage:
    """The signal for whoever is to look. Raises ``NotFoundError`` for everybody else, as for no signal."""
    now = runtime.now()
    with runtime.database.transaction(actor.scope) as session:
        row, helps = _admit(runtime, session, actor, signal_id, SIGNAL_PAGE)
        signal: Signal = row[0]
        names = read_names(session, runtime.vault, {signal.citizen_id: row[1]})
        identity = citizens.get_identity(session, citizen_id=signal.citizen_id)
        page = SignalPage(
            signal=describe_signals(session, [row], names, now)[0],
            phone=open_contact(runtime.vault, identity)[0] if identity else "",
            answer=_answer(session, signal, row[2]) if signal.kind == RISK else None,
            change=_change(session, signal, row[2]) if signal.kind == WORSENING else (),
            opens_page=helps,
        )
        session.commit()
        return page


def handle_signal(runtime: Runtime, actor: Actor, signal_id: UUID, *, handling: str) -> UUID:
    """Write down what was done; gives the citizen. The same again changes nothing.

    Raises ``AnswerError`` where nothing or too much is written, ``ConflictError`` where something else was written down
    before, ``NotFoundError`` for whoever isn't to look.
    """
    words = clean_note(handling)
    if not words:
        raise AnswerError(
            Sentence("Nothing was saved."), [Fault("handling", Sentence("Write in a few words what was done."))]
        )
    if len(words) > LONGEST:
        raise AnswerError(
            Sentence("Nothing was saved."),
            [
                Fault(
                    "handling",
                    Sentence("There is room for %(limit)s characters. Make it a little shorter.", limit=LONGEST),
                )
            ],
        )
    with runtime.database.transaction(actor.scope) as session:
        _admit(runtime, session, actor, signal_id, SIGNAL_HANDLED)
        signal = signal_list.lock_signal(session, signal_id=signal_id)
        assert signal is not None  # noqa: S101 - admitted above, and none is ever removed
        if signal.handled_at is not None:
            if (signal.handled_by, signal.handling) != (actor.user_id, words):
                raise ConflictError(
                    Sentence("Somebody has written down what was done meanwhile. What they wrote stands.")
                )
            return signal.citizen_id
        signal.handled_at, signal.handled_by, signal.handling = runtime.now(), actor.user_id, words
        session.commit()
        return signal.citizen_id


def _admit(
    runtime: Runtime, session: Session, actor: Actor, signal_id: UUID, purpose: str
) -> tuple[Row[Signal, int, UUID, str], bool]:
    """The signal as it is listed, and whether the actor helps the citizen; that it was read is logged."""
    row = signal_list.find_listed(session, signal_id=signal_id) if actor.role == "worker" else None
    helps = row is not None and _helps(session, actor, row[0], runtime)
    if row is None or not (
        helps
        or signal_list.concerns(
            session, signal_id=signal_id, user_id=actor.user_id, unit_id=actor.unit_id, now=runtime.now()
        )
    ):
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    citizens.log_access(
        session,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        citizen_id=row[0].citizen_id,
        purpose=purpose,
    )
    return row, helps


def _helps(session: Session, actor: Actor, signal: Signal, runtime: Runtime) -> bool:
    """Whether the actor helps in the episode that the signal is of."""
    helping = citizens.list_helping_episodes(
        session, citizen_id=signal.citizen_id, user_id=actor.user_id, unit_id=actor.unit_id, on=runtime.today()
    )
    return helping is not None and signal.episode_id in helping


def _answer(session: Session, signal: Signal, version_id: UUID) -> AnswerInQuestion | None:
    found = signal_list.find_answers(session, signal=signal)
    if found is None:
        return None
    answers, at, sent = found
    item = read_stored_instrument(session, version_id).item(signal.subject)
    return AnswerInQuestion(item, from_json(answers.get(item.id)), at, sent)


def _change(session: Session, signal: Signal, version_id: UUID) -> tuple[Sentence, ...]:
    """The first score and the one that is worse, and by how much chance alone moves it."""
    instrument = read_stored_instrument(session, version_id)
    scale = instrument.scale(signal.subject)
    found = compare_with_first(
        session, instrument, scale, episode_id=signal.episode_id, respondent_kind=signal.respondent_kind,
        relation_id=signal.relation_id, until=signal.raised_at,
    )  # fmt: skip
    if found is None:
        return ()
    return (
        Sentence(
            "%(scale)s: %(first)s at the start, %(now)s now. The scale goes from %(low)s to %(high)s.",
            scale=local_text(scale.title or instrument.title),
            first=Points(found.first, scale.decimals),
            now=Points(found.last, scale.decimals),
            low=Points(scale.range[0], 0),
            high=Points(scale.range[1], 0),
        ),
        Sentence(
            "Chance alone moves one person's score by up to %(points)s points.", points=Points(found.detectable, 1)
        ),
        *found.notes,
    )
