"""Send the answers: score, store, take the draft away, in one transaction. The same answers twice are one response."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg

from outcomes.errors import (
    AnswerChangedError,
    AnswerError,
    ConflictError,
    DifferentAnswersError,
    Fault,
    MoreQuestionsError,
    Sentence,
)
from outcomes.instruments import (
    Instrument,
    check_answers,
    from_json,
    hidden_answers,
    non_answers,
    score_answers,
    to_json,
    visible_answers,
    visible_items,
)
from outcomes.language import TIMEZONE
from outcomes.services.compare_answers import changed_since, digest_answers
from outcomes.services.open_link import OpenLink, use_link
from outcomes.services.raise_signals import find_risks
from outcomes.services.read_visit import stored_answers
from outcomes.services.recall_instrument import read_asked_instrument
from outcomes.services.save_answers import TRIES, check_may_answer
from outcomes.store import answering
from outcomes.store.database import again_after_deadlock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.exc import IntegrityError

    from outcomes.instruments.answers import Answer, Answers
    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import QuickTransaction, Statements

OWN_DEVICE = "own_device"
RACES = (
    "uq_response_respondent",
    "uq_response_organisation_id_submission_key",
)
"""What stands in the way where the same was sent before; anything else in the way is a fault."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received, and when: names the response that is in the database."""

    response_id: UUID
    answered_at: datetime
    late: bool
    risk: bool = field(default=False, compare=False)
    """Whether somebody looks at an answer at once."""

    @property
    def key(self) -> str:
        """A short key to speak of the receipt by."""
        return receipt_key(self.response_id)


@dataclass(frozen=True, slots=True)
class Sending:
    """How answers came: the key that makes twice once, the language, the way, who helped, who wrote them down.

    ``answered_at``: when they were given, where that isn't when they are sent: on paper.
    """

    key: UUID
    locale: str
    mode: str = OWN_DEVICE
    helper_kind: str | None = None
    entered_by: UUID | None = None
    answered_at: datetime | None = None


def receipt_key(response_id: UUID) -> str:
    """The short key of a response's receipt."""
    return response_id.hex[:8].upper()


@again_after_deadlock
def submit_response(
    runtime: Runtime, ticket: Ticket, *, submission_key: UUID, locale: str, mode: str = OWN_DEVICE,
    reviewed: str | None = None, helper_kind: str | None = None, added: Answers | None = None,
    seen: Mapping[str, str] | None = None,
) -> Receipt:  # fmt: skip
    """Turn the draft behind a link, with the answers ``added`` to it now, into the response.

    ``reviewed`` is the ``Visit.digest`` of the answers that the sender looked at, where they looked at any; ``seen`` what
    the page with the ``added`` answers was made from. The same again, under the same key or another, gives the first
    receipt. Raises ``MoreQuestionsError`` where the added answers bring questions that nobody has seen yet,
    ``DifferentAnswersError`` where other answers were sent before, ``AnswerChangedError`` where something
    else than the page had seen is kept, ``ConflictError`` where the answers changed since they were looked at or can't be
    sent yet, and ``AnswerError`` for nothing answered at all.
    """
    sending = Sending(submission_key, locale, mode, helper_kind)
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        for _ in range(TRIES):
            opened = use_link(transaction, ticket, runtime.now(), lock=True)
            answers = stored_answers(opened) | dict(added or {})
            if opened.response_id is not None:
                sent = digest_answers(runtime.vault, opened, answers) if added else reviewed
                return _receipt_again(runtime, transaction, opened, sent)
            _check_sending(runtime, ticket, opened, answers, reviewed, added, seen)
            receipt = _store(runtime, ticket, transaction, opened, answers, sending)
            if receipt is not None:
                return receipt
    raise ConflictError(Sentence("Something was changed in another window just now. Press once more."))


def _store(
    runtime: Runtime,
    ticket: Ticket,
    transaction: QuickTransaction,
    opened: OpenLink,
    answers: Answers,
    sending: Sending,
) -> Receipt | None:
    """The receipt of what was stored and committed; None where another tab stored something meanwhile."""
    instrument = read_asked_instrument(runtime, ticket, opened.version_id)
    check_answers(instrument, answers)
    try:
        receipt = store_answers(
            transaction, opened, instrument, answers, sending, at=runtime.now(), today=runtime.today()
        )
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name not in RACES:
            raise
        transaction.rollback()
        return _after_race(runtime, ticket, digest_answers(runtime.vault, opened, answers))
    if receipt is not None:
        transaction.commit()
    return receipt


def store_answers(
    statements: Statements, opened: OpenLink, instrument: Instrument, answers: Answers, sending: Sending, *,
    at: datetime, today: date, from_draft: bool = True,
) -> Receipt | None:  # fmt: skip
    """In the caller's transaction: response, scores, signals and job, in one statement; the draft goes.

    ``answers`` are checked already. ``from_draft``: they rest on ``opened.draft``, and nothing is stored where that isn't
    the draft any more. None where nothing was stored for that reason, or because there is a response by now.
    """
    answered_at = sending.answered_at or at
    answered_on = today if sending.answered_at is None else answered_at.astimezone(TIMEZONE).date()
    response_id, late = uuid4(), answered_on > opened.closes_on
    # A sheet's answers were signalled when each keying of it was.
    risks = find_risks(instrument, answers, stored_answers(opened) if from_draft else answers)
    stored = answering.store_response(
        statements,
        respondent=opened.respondent,
        response={
            "id": response_id,
            "version": opened.version_id,
            "mode": sending.mode,
            "locale": sending.locale,
            "answers": _json(visible_answers(instrument, answers)),
            "hidden_answers": _json(hidden_answers(instrument, answers)),
            "non_answers": non_answers(instrument, answers),
            "helper_kind": sending.helper_kind,
            "entered_by": sending.entered_by,
            "key": sending.key,
            "answered_at": answered_at,
            "late": late,
        },
        scores=score_answers(instrument, answers),
        known=opened.draft,
        from_draft=from_draft,
        own_language=opened.respondent_kind == "citizen" and sending.entered_by is None,
        risks=risks.items,
        anew=risks.anew,
        at=at,
        today=today,
    )
    return Receipt(response_id, answered_at, late, bool(risks.items)) if stored else None


def _check_sending(
    runtime: Runtime, ticket: Ticket, opened: OpenLink, answers: Answers, reviewed: str | None, added: Answers | None,
    seen: Mapping[str, str] | None,
) -> None:  # fmt: skip
    """Whether it can be answered now, there is something to send, and it is what was looked at."""
    instrument = read_asked_instrument(runtime, ticket, opened.version_id)
    check_may_answer(opened, instrument, runtime.today())
    if not answers:
        raise AnswerError(Sentence("There is nothing to send yet. Answer or skip the questions first."))
    if reviewed is not None and reviewed != digest_answers(runtime.vault, opened, answers):
        raise ConflictError(
            Sentence("Your answers have changed since this page was opened. Check them once more, and then send them.")
        )
    if not added or seen is None:
        return
    if changed := changed_since(runtime, ticket, opened, added, seen):
        raise AnswerChangedError(
            Sentence("Some of this was answered in another window meanwhile. Nothing was overwritten."),
            tuple(Fault(item, Sentence("This was answered in another window meanwhile.")) for item in changed),
        )
    looked_at = seen.keys() | (opened.draft or {}).keys()
    if any(item.id not in looked_at for item in visible_items(instrument, answers)):
        raise MoreQuestionsError(
            Sentence("Your answers have brought more questions. Answer or skip them, and then send.")
        )


def constraint_name(error: IntegrityError) -> str | None:
    """Which constraint of the database was in the way."""
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def _json(answers: Mapping[str, Answer]) -> dict[str, Any]:
    return {item: to_json(value) for item, value in answers.items()}


def _receipt_again(runtime: Runtime, statements: Statements, opened: OpenLink, sent: str | None) -> Receipt:
    """The first receipt, where nothing that is sent now differs from what was sent then."""
    assert opened.response_id is not None  # noqa: S101 - whoever calls has looked
    first = answering.read_response(statements, organisation_id=opened.organisation_id, response_id=opened.response_id)
    if sent is not None and sent != digest_answers(runtime.vault, opened, all_answers(first)):
        raise DifferentAnswersError(
            Sentence("You have already sent other answers to these questions. The first ones stand as they are.")
        )
    return Receipt(first.id, first.answered_at, first.late)


def _after_race(runtime: Runtime, ticket: Ticket, sent: str) -> Receipt:
    """Somebody stored a response past the lock, or the key stands for another occasion's."""
    with runtime.database.quick_transaction(ticket.scope) as transaction:
        opened = use_link(transaction, ticket, runtime.now())
        if opened.response_id is None:
            raise DifferentAnswersError(Sentence("These answers were sent before, for something else."))
        return _receipt_again(runtime, transaction, opened, sent)


def all_answers(response: Any) -> dict[str, Answer]:
    """Everything that was said in a stored response, as it stood in the draft: skipped ones left out."""
    said = {item: from_json({"no_answer": how}) for item, how in response.non_answers.items() if how != "skipped"}
    given = {**response.answers, **response.hidden_answers}
    return {**{item: from_json(value) for item, value in given.items()}, **said}
