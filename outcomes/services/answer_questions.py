"""What a citizen meets behind a link: who asks and why, the questions, the answers so far; and keeping each answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.instruments import Instrument, restore_instrument, visible_items
from outcomes.instruments.answers import Answer, answer_fault, is_skipped
from outcomes.language import DEFAULT_LOCALE
from outcomes.models import Occasion, Response, ResponseDraft
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.open_link import Ticket, link_refused
from outcomes.services.plan_occasions import OccasionStatus, occasion_status
from outcomes.store import citizens, episodes, instruments, links, organisations, responses

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.instruments.model import Item
    from outcomes.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a citizen can call or write."""

    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who can see the answers."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that the pages behind one link need; nothing that tells who the citizen is.

    ``answers`` are those that this browser gave; of those given in another one, only which questions they are to
    (``answered_elsewhere``). ``kept`` are all of them: they decide what is asked next, and are never shown.
    ``digest`` names the answers that a review of them stands for.
    """

    ticket: Ticket
    organisation_name: str
    contact: Contact | None
    readers: tuple[Reader, ...]
    locale: str
    instrument: Instrument
    status: OccasionStatus
    opens_on: date
    closes_on: date
    next_on: date | None
    answers: Mapping[str, Answer]
    answered_elsewhere: frozenset[str]
    kept: Mapping[str, Answer] = field(repr=False)
    digest: str
    response_id: UUID | None
    answered_at: datetime | None

    @property
    def intro(self) -> LocalText:
        """What to keep in mind while answering; empty where the questionnaire says nothing."""
        return local_text(self.instrument.intro)

    @property
    def items(self) -> tuple[Item, ...]:
        """The questions shown, given the answers so far."""
        return visible_items(self.instrument, self.kept)

    def items_given(self, answers: Mapping[str, Any]) -> tuple[Item, ...]:
        """The questions shown, given other answers."""
        return visible_items(self.instrument, answers)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A live link inside a transaction: its occasion and whoever answers."""

    occasion: Occasion
    respondent_kind: str
    response: Response | None


def use_link(session: Session, ticket: Ticket, at: datetime, *, lock: bool = False) -> OpenLink:
    """The occasion that a ticket still opens; ``lock``: nobody else saves or sends until this transaction ends.

    Raises ``LinkError`` where the link was revoked or expired since, or the citizen doesn't want to be asked.
    """
    link = links.get_live_link(session, link_id=ticket.link_id, at=at)
    if link is None:
        raise link_refused()
    if lock:
        responses.lock_occasion(session, occasion_id=link.occasion_id)
    occasion = episodes.get_occasion(session, occasion_id=link.occasion_id)
    if occasion.state in (OccasionStatus.DECLINED, OccasionStatus.WITHDRAWN):
        raise link_refused()
    response = responses.find_response(session, occasion_id=occasion.id, respondent_kind=link.respondent_kind)
    return OpenLink(occasion, link.respondent_kind, response)


def read_visit(runtime: Runtime, ticket: Ticket) -> Visit:
    """What the pages behind a link show. Writes nothing."""
    with runtime.database.transaction(ticket.scope) as session:
        opened = use_link(session, ticket, runtime.now())
        occasion, response = opened.occasion, opened.response
        draft = responses.find_draft(session, occasion_id=occasion.id, respondent_kind=opened.respondent_kind)
        kept: Mapping[str, Answer] = draft.answers if draft else {}
        own = _given_here(draft, ticket) if draft else {}
        episode = episodes.get_episode(session, episode_id=occasion.episode_id)
        citizen = citizens.get_citizen(session, citizen_id=episode.citizen_id)
        coordinator = citizens.find_coordinator(session, citizen_id=episode.citizen_id)
        organisation = organisations.get_organisation(session, organisation_id=ticket.organisation_id)
        return Visit(
            ticket=ticket,
            organisation_name=organisation.name,
            contact=read_contact(organisation.contact),
            readers=(Reader(coordinator.name, coordinator.title),) if coordinator else (),
            locale=citizen.locale if citizen else DEFAULT_LOCALE,
            instrument=read_stored_instrument(session, occasion.instrument_version_id),
            status=occasion_status(
                state=occasion.state,
                opens_on=occasion.opens_on,
                planned_on=occasion.planned_on,
                due_on=occasion.due_on,
                closes_on=occasion.closes_on,
                today=runtime.today(),
                answered=response is not None,
                late=response is not None and response.late,
                begun=draft is not None,
            ),
            opens_on=occasion.opens_on,
            closes_on=occasion.closes_on,
            next_on=episodes.next_planned_on(
                session, episode_id=episode.id, after=max(occasion.planned_on, runtime.today())
            ),
            answers=own,
            answered_elsewhere=frozenset(kept.keys() - own.keys()),
            kept=kept,
            digest=digest_answers(runtime, opened, kept),
            response_id=response.id if response else None,
            answered_at=response.answered_at if response else None,
        )


def save_answer(runtime: Runtime, ticket: Ticket, *, item_id: str, value: Answer) -> None:
    """Keep one answer (``None``: skipped). Raises ``AnswerError`` for a value that isn't one, ``ConflictError`` where
    the occasion is answered already."""
    with runtime.database.transaction(ticket.scope) as session:
        opened = use_link(session, ticket, runtime.now(), lock=True)
        if opened.response is not None:
            raise ConflictError(
                Sentence("You have already sent your answers to these questions. They stand as they are.")
            )
        instrument = read_stored_instrument(session, opened.occasion.instrument_version_id)
        item = next((item for item in instrument.items if item.id == item_id), None)
        fault = answer_fault(item, value) if item else Sentence("The questionnaire has no such question.")
        if fault:
            raise AnswerError(Sentence("The answer was not saved."), [Fault(item_id, fault)])
        responses.save_draft_answer(
            session,
            organisation_id=ticket.organisation_id,
            occasion_id=opened.occasion.id,
            respondent_kind=opened.respondent_kind,
            item_id=item_id,
            value=list(value) if isinstance(value, tuple) else value,
            browser_hash=ticket.browser_hash,
        )
        session.commit()


def digest_answers(runtime: Runtime, opened: OpenLink, answers: Mapping[str, Answer]) -> str:
    """A name for a set of answers, skipped ones left out: the same answers, the same name.

    Keyed and per occasion, so that a page can carry it without telling anybody what was answered.
    """
    given = {item: value for item, value in answers.items() if not is_skipped(value)}
    kind = f"review:{opened.occasion.id}:{opened.respondent_kind}"
    return runtime.vault.lookup_hash(json.dumps(given, sort_keys=True), kind=kind).hex()


def _given_here(draft: ResponseDraft, ticket: Ticket) -> dict[str, Answer]:
    """The answers of a draft that the ticket's own browser gave."""
    here = ticket.browser_hash
    return {item: value for item, value in draft.answers.items() if here and draft.answered_by.get(item) == here}


def read_stored_instrument(session: Session, version_id: UUID) -> Instrument:
    """An instrument version, parsed once per process: its definition can't change."""
    cached = _PARSED.get(version_id)
    if cached is None:
        cached = _PARSED[version_id] = restore_instrument(
            instruments.get_version(session, version_id=version_id).definition
        )
    return cached


_PARSED: dict[UUID, Instrument] = {}


def read_contact(stored: Mapping[str, Any]) -> Contact | None:
    """The contact that an organisation gave, or None."""
    return Contact(stored["name"], stored.get("phone"), stored.get("email")) if stored.get("name") else None
