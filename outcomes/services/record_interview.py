"""A worker asks, in the room or by phone, and writes the answers down: the same rules as where somebody answers alone.

What the worker writes is kept as the respondent's answers, known by the worker's own key: this worker sees it again, in any
browser, and nobody else does. What the respondent answered before counts, and isn't shown to the worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from outcomes.errors import (
    AnswerChangedError,
    AnswerError,
    ConflictError,
    DifferentAnswersError,
    Fault,
    MoreQuestionsError,
    Sentence,
)
from outcomes.instruments import Instrument, answer_faults, to_json, visible_items
from outcomes.instruments.answers import Answer, Answers
from outcomes.models.record import INTERVIEW
from outcomes.services.compare_answers import changed_since, digest_answer, digest_answers
from outcomes.services.open_asking import Asked, Respondent, find_asked
from outcomes.services.open_link import OpenLink, Ticket, open_from_row
from outcomes.services.raise_signals import Help, find_risks, read_help
from outcomes.services.read_visit import stored_answers
from outcomes.services.submit_response import RACES, Receipt, Sending, all_answers, constraint_name, store_answers
from outcomes.store import answering, asking
from outcomes.store.database import SessionStatements, again_after_deadlock

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Actor, Runtime
    from outcomes.store.database import Statements

SPOKEN = ("interview", "phone")
"""The ways of asking somebody: in the same room, by phone."""


@dataclass(frozen=True, slots=True)
class InterviewView:
    """What the interview's screen shows. ``answers``: those that this worker wrote down; ``elsewhere``: the others, which
    decide what is asked and are never shown. ``seen``: by item, a name for what is kept of it."""

    citizen_id: UUID
    name: str
    occasion_id: UUID
    label: Sentence
    who: Respondent
    instrument: Instrument
    obstacle: Sentence | None
    answers: Mapping[str, Answer] = field(repr=False)
    elsewhere: Mapping[str, Answer] = field(repr=False)
    seen: Mapping[str, str]
    receipt: Receipt | None
    help: Help

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the questions can be asked in."""
        return self.instrument.languages

    @property
    def language(self) -> str:
        """The respondent's own language where the questions are there in it, else their first one."""
        return self.who.locale if self.who.locale in self.languages else self.languages[0]


@dataclass(frozen=True, slots=True)
class Spoken:
    """How answers were given: in which way, in which language, and the key that makes twice once."""

    key: UUID
    locale: str
    mode: str


def open_interview(
    runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID, *, relation_id: UUID | None = None
) -> InterviewView:
    """The questions with what this worker has written down so far; logged.

    Raises ``NotFoundError`` for whoever doesn't need to know the citizen, and for somebody who isn't asked about this.
    """
    with runtime.database.transaction(actor.scope) as session:
        asked = find_asked(runtime, session, actor, citizen_id, occasion_id, INTERVIEW)
        who = asked.respondent(relation_id)
        statements = SessionStatements(session)
        opened = read_respondent(statements, actor, asked, who)
        helping = read_help(statements, opened, actor.organisation_id)
        session.commit()
    kept, own = _kept(runtime, actor, opened)
    return InterviewView(
        citizen_id=citizen_id,
        name=asked.name,
        occasion_id=occasion_id,
        label=asked.label,
        who=who,
        instrument=asked.instrument,
        obstacle=None if opened.response_id else asked.obstacle,
        answers=own,
        elsewhere={item: value for item, value in kept.items() if item not in own},
        seen={
            item.id: digest_answer(runtime.vault, opened, item.id, kept.get(item.id)) for item in asked.instrument.items
        },
        receipt=Receipt(opened.response_id, _moment(opened), opened.late) if opened.response_id else None,
        help=helping,
    )


@again_after_deadlock
def keep_interview(
    runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID, *, answers: Answers, seen: Mapping[str, str],
    relation_id: UUID | None = None,
) -> bool:  # fmt: skip
    """Keep what was written down so far (``None``: skipped), all or none; whether an answer calls for help at once.

    Raises as :func:`record_interview`.
    """
    with runtime.database.transaction(actor.scope) as session:
        asked, opened, known = _hold(runtime, session, actor, citizen_id, occasion_id, relation_id)
        if opened.response_id is not None:
            raise ConflictError(Sentence("These questions were answered meanwhile. Nothing was overwritten."))
        kept = _merge(runtime, actor, asked, opened, answers, seen)
        risks = find_risks(asked.instrument, kept, stored_answers(opened)).led_to_by(answers)
        if answers:
            written = answering.keep_answers(
                SessionStatements(session),
                respondent=opened.respondent,
                known=opened.draft,
                answers={item: to_json(value) for item, value in answers.items()},
                browser_hash=known.browser_hash,
                risks=risks.items,
                anew=risks.anew,
                at=runtime.now(),
                today=runtime.today(),
            )
            if not written:
                raise ConflictError(Sentence("These questions were answered meanwhile. Nothing was overwritten."))
        session.commit()
        return bool(risks.items)


@again_after_deadlock
def record_interview(
    runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID, *, answers: Answers, seen: Mapping[str, str],
    spoken: Spoken, relation_id: UUID | None = None,
) -> Receipt:  # fmt: skip
    """Store the answers as the respondent's response, in one transaction: scores, signals and all.

    ``answers``: what stands on the page, by item, skipped ones as None; ``seen``: what the page was made from, by item.
    The same again gives the first receipt. Raises ``NotFoundError`` for whoever doesn't need to know the citizen,
    ``AnswerError`` for a value that isn't an answer or for nothing at all, ``AnswerChangedError`` where something else is
    kept by now, ``MoreQuestionsError`` where the answers bring questions that weren't on the page, and ``ConflictError``
    where other answers were sent before or nobody can be asked now.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            asked, opened, _ = _hold(runtime, session, actor, citizen_id, occasion_id, relation_id)
            statements = SessionStatements(session)
            if opened.response_id is not None:
                receipt = _again(runtime, statements, opened, answers)
            else:
                receipt = _store(runtime, statements, actor, asked, opened, answers, seen, spoken)
            session.commit()
            return receipt
    except IntegrityError as error:
        if constraint_name(error) not in RACES:
            raise
        raise DifferentAnswersError(Sentence("These answers were sent before, for something else.")) from error


def _hold(
    runtime: Runtime, session: Session, actor: Actor, citizen_id: UUID, occasion_id: UUID, relation_id: UUID | None
) -> tuple[Asked, OpenLink, Ticket]:
    """The occasion, held so that nobody else keeps or sends answers to it until the transaction ends."""
    asked = find_asked(runtime, session, actor, citizen_id, occasion_id, INTERVIEW, hold=True)
    who = asked.respondent(relation_id)
    opened = read_respondent(SessionStatements(session), actor, asked, who)
    if opened.response_id is None:
        asked.require_askable()
    return asked, opened, _own_key(runtime, actor, opened)


def _store(
    runtime: Runtime, statements: Statements, actor: Actor, asked: Asked, opened: OpenLink, answers: Answers,
    seen: Mapping[str, str], spoken: Spoken,
) -> Receipt:  # fmt: skip
    if spoken.mode not in SPOKEN or spoken.locale not in asked.instrument.languages:
        raise AnswerError(Sentence("The answers were not sent."),
                          [Fault("mode-interview", Sentence("Choose how you ask."))])  # fmt: skip
    kept = _merge(runtime, actor, asked, opened, answers, seen)
    looked_at = seen.keys() | (opened.draft or {}).keys()
    if any(item.id not in looked_at for item in visible_items(asked.instrument, kept)):
        raise MoreQuestionsError(Sentence("The answers have brought more questions. Ask them too, and then send."))
    if all(value is None for value in kept.values()):
        raise AnswerError(Sentence("There is nothing to send yet. Write at least one answer."))
    sending = Sending(spoken.key, spoken.locale, spoken.mode, entered_by=actor.user_id)
    receipt = store_answers(
        statements, opened, asked.instrument, kept, sending, at=runtime.now(), today=runtime.today()
    )
    if receipt is None:
        raise ConflictError(Sentence("These questions were answered meanwhile. Nothing was overwritten."))
    return receipt


def _merge(
    runtime: Runtime, actor: Actor, asked: Asked, opened: OpenLink, answers: Answers, seen: Mapping[str, str]
) -> dict[str, Answer]:
    """Everything that is kept once ``answers`` are, where they may be."""
    if faults := answer_faults(asked.instrument, answers):
        raise AnswerError(Sentence("The answers were not saved."), faults)
    changed = changed_since(runtime, _own_key(runtime, actor, opened), opened, answers, seen)
    if changed:
        sentence = Sentence("This was answered somewhere else meanwhile. Ask again, and press once more.")
        raise AnswerChangedError(
            Sentence("Some of this was answered somewhere else meanwhile. Nothing was overwritten."),
            tuple(Fault(item, sentence) for item in changed),
        )
    return {**_kept(runtime, actor, opened)[0], **answers}


def _again(runtime: Runtime, statements: Statements, opened: OpenLink, answers: Answers) -> Receipt:
    """The first receipt, where what is sent now is what was sent then."""
    if opened.response_id is None:
        raise LookupError("nothing was sent yet")
    first = answering.read_response(statements, organisation_id=opened.organisation_id, response_id=opened.response_id)
    stored = all_answers(first)
    if digest_answers(runtime.vault, opened, {**stored, **answers}) != digest_answers(runtime.vault, opened, stored):
        raise DifferentAnswersError(Sentence("These questions were answered meanwhile. Nothing was overwritten."))
    return Receipt(first.id, first.answered_at, first.late)


def _kept(runtime: Runtime, actor: Actor, opened: OpenLink) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """Everything that is kept, and what of it this worker wrote down."""
    kept = stored_answers(opened)
    here = _own_key(runtime, actor, opened).browser_hash
    return kept, {item: value for item, value in kept.items() if opened.answered_by.get(item) == here}


def _own_key(runtime: Runtime, actor: Actor, opened: OpenLink) -> Ticket:
    """The worker in the place of a browser: the same key wherever they sign in, and another one for each occasion."""
    key = runtime.vault.lookup_hash(f"{actor.user_id}:{opened.occasion_id}", kind="interview").hex()
    return Ticket(actor.organisation_id, opened.occasion_id, browser_key=key)


def read_respondent(statements: Statements, actor: Actor, asked: Asked, who: Respondent) -> OpenLink:
    """What a link of the respondent's would open."""
    respondent: dict[str, Any] = {
        "organisation": actor.organisation_id,
        "occasion": asked.occasion.id,
        "respondent_kind": who.kind,
        "relation": who.relation_id,
    }
    row = asking.read_asked(statements, respondent=respondent)
    return open_from_row(
        row, actor.organisation_id, asked.occasion.id, respondent_kind=who.kind, relation_id=who.relation_id
    )


def _moment(opened: OpenLink) -> datetime:
    if opened.answered_at is None:
        raise LookupError("nothing was sent yet")
    return opened.answered_at
