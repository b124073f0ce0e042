"""Send the answers: score, store, take the draft away, in one transaction. The same answers twice are one response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from outcomes.errors import AnswerError, ConflictError, DifferentAnswersError, Sentence
from outcomes.instruments import Instrument, score_answers
from outcomes.instruments.answers import Answer, Answers, check_answers, visible_answers
from outcomes.models import Occasion, Response, Score
from outcomes.services.answer_questions import OpenLink, digest_answers, read_stored_instrument, use_link
from outcomes.store import responses

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime

RACES = (
    "uq_response_organisation_id_occasion_id_respondent_kind",
    "uq_response_organisation_id_submission_key",
)
"""What stands in the way where the same was sent before; anything else in the way is a fault."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received, and when: names the response that is in the database."""

    response_id: UUID
    answered_at: datetime
    late: bool

    @property
    def key(self) -> str:
        """A short key to speak of the receipt by."""
        return receipt_key(self.response_id)


def receipt_key(response_id: UUID) -> str:
    """The short key of a response's receipt."""
    return response_id.hex[:8].upper()


def submit_response(
    runtime: Runtime, ticket: Ticket, *, submission_key: UUID, locale: str, mode: str = "own_device",
    reviewed: str | None = None,
) -> Receipt:  # fmt: skip
    """Turn the draft behind a link into the response.

    ``reviewed`` is the ``Visit.digest`` of the answers that the sender looked at, where they looked at any. The same
    again, under the same key or another, gives the first receipt. Raises ``DifferentAnswersError`` where other answers
    were sent before, ``ConflictError`` where the answers changed since they were looked at or can't be sent yet, and
    ``AnswerError`` for nothing answered at all.
    """
    with runtime.database.transaction(ticket.scope) as session:
        opened = use_link(session, ticket, runtime.now(), lock=True)
        if opened.response is not None:
            return _receipt_again(runtime, opened, opened.response, reviewed)
        answers = _read_answers(runtime, session, opened, reviewed)
        instrument = read_stored_instrument(session, opened.occasion.instrument_version_id)
        check_answers(instrument, answers)
        response = _make_response(
            runtime, ticket, opened, instrument, answers, key=submission_key, locale=locale, mode=mode
        )
        sent = digest_answers(runtime, opened, answers)
        sent = digest_answers(runtime, opened, answers)
        try:
            responses.add_response(session, response, make_scores(response, instrument, answers))
        except IntegrityError as error:
            if constraint_name(error) not in RACES:
                raise
            session.rollback()
            return _after_race(runtime, ticket, sent)
        responses.remove_draft(session, occasion_id=opened.occasion.id, respondent_kind=opened.respondent_kind)
        session.commit()
        return Receipt(response.id, response.answered_at, response.late)


def _read_answers(runtime: Runtime, session: Session, opened: OpenLink, reviewed: str | None) -> dict[str, Answer]:
    """The answers to send: those of the draft, if the time has come and they are the ones that were looked at."""
    if runtime.today() < opened.occasion.opens_on:
        raise ConflictError(
            Sentence("The questions can be answered from %(day)s. Come back then.", day=opened.occasion.opens_on)
        )
    draft = responses.find_draft(session, occasion_id=opened.occasion.id, respondent_kind=opened.respondent_kind)
    if draft is None or not draft.answers:
        raise AnswerError(Sentence("There is nothing to send yet. Answer or skip the questions first."))
    if reviewed is not None and reviewed != digest_answers(runtime, opened, draft.answers):
        raise ConflictError(
            Sentence("Your answers have changed since this page was opened. Check them once more, and then send them.")
        )
    return dict(draft.answers)


def constraint_name(error: IntegrityError) -> str | None:
    """Which constraint of the database was in the way."""
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def make_scores(response: Response, instrument: Instrument, answers: Answers) -> list[Score]:
    """The score rows of a response, computed by its instrument."""
    return [
        Score(
            organisation_id=response.organisation_id,
            response_id=response.id,
            scale=score.scale,
            value=score.value,
            n_answered=score.n_answered,
            n_items=score.n_items,
        )
        for score in score_answers(instrument, answers)
    ]


def is_late(occasion: Occasion, today: date) -> bool:
    """Was the occasion closed already?"""
    return today > occasion.closes_on


def _make_response(
    runtime: Runtime, ticket: Ticket, opened: OpenLink, instrument: Instrument, answers: Answers, *, key: UUID,
    locale: str, mode: str,
) -> Response:  # fmt: skip
    shown = visible_answers(instrument, answers)
    return Response(
        id=uuid4(),
        organisation_id=ticket.organisation_id,
        occasion_id=opened.occasion.id,
        instrument_version_id=opened.occasion.instrument_version_id,
        respondent_kind=opened.respondent_kind,
        mode=mode,
        locale=locale,
        answers=shown,
        hidden_answers={item: value for item, value in answers.items() if item not in shown and value is not None},
        submission_key=key,
        answered_at=runtime.now(),
        late=is_late(opened.occasion, runtime.today()),
    )


def _receipt_again(runtime: Runtime, opened: OpenLink, first: Response, reviewed: str | None) -> Receipt:
    """The first receipt, where nothing that is sent now differs from what was sent then."""
    kept = {**first.answers, **first.hidden_answers}
    if reviewed is not None and reviewed != digest_answers(runtime, opened, kept):
        raise DifferentAnswersError(
            Sentence("You have already sent other answers to these questions. The first ones stand as they are.")
        )
    return Receipt(first.id, first.answered_at, first.late)


def _after_race(runtime: Runtime, ticket: Ticket, sent: str) -> Receipt:
    """Somebody stored a response past the lock, or the key stands for another occasion's."""
    with runtime.database.transaction(ticket.scope) as session:
        opened = use_link(session, ticket, runtime.now())
        if opened.response is None:
            raise DifferentAnswersError(Sentence("These answers were sent before, for something else."))
        return _receipt_again(runtime, opened, opened.response, sent)
