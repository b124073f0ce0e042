"""What a citizen sees of themselves: what they answered, their goals, who has looked, who can see them now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.instruments import visible_items
from outcomes.instruments.answers import to_json
from outcomes.instruments.model import Item
from outcomes.models import record
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.list_caseload import read_names
from outcomes.services.open_citizen import GoalView, given_answers, make_goal_view, rater_names
from outcomes.services.read_contact import Contact, Reader, read_contact
from outcomes.services.read_curves import CurveData, gather_curves
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import citizens, goals, organisations, own_page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.models import Correction
    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen

MOST_LOOKS = 500
"""So many are shown on the page; the copy holds them all."""

PURPOSES: Mapping[str, Sentence] = {
    record.CASELOAD: Sentence("Looked at the list of people they help"),
    record.CITIZEN_PAGE: Sentence("Looked at your page to help you"),
    record.GOAL_RATING: Sentence("Looked at one of your goals"),
    record.GOAL_RATED: Sentence("Wrote how it goes with one of your goals"),
    record.CONTACT_PAGE: Sentence("Looked at your phone number and e-mail address"),
    record.ASKING: Sentence("Made it ready for you to be asked"),
    record.INTERVIEW: Sentence("Opened the questions, to write down your answers in a conversation"),
    record.PAPER_PRINTED: Sentence("Printed the questions, for you to answer on paper"),
    record.PAPER_KEYED: Sentence("Typed in what you answered on paper"),
    record.RELATIONS: Sentence("Looked at who else is asked about you"),
    record.SIGNAL_PAGE: Sentence("Looked at an answer that they were told about"),
    record.SIGNAL_HANDLED: Sentence("Wrote what was done about an answer"),
    record.SHARED: Sentence("Looked at your page because you shared it"),
}
"""Why somebody looked, in plain words."""
OTHER_PURPOSE = Sentence("Looked at something about you in their work")


@dataclass(frozen=True, slots=True)
class OwnHome:
    """The first page: whose it is, who asks, whom to call, and whether they are asked at all."""

    name: str
    organisation_name: str
    contact: Contact | None
    stopped_on: date | None
    n_answered: int
    n_goals: int


@dataclass(frozen=True, slots=True)
class OwnCorrection:
    """What the citizen said is wrong, and when."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnResponse:
    """One set of answers as it was sent: the questions shown, the answers (a :class:`NonAnswer` where one was given in
    place of an answer), who helped (empty: nobody), how long it took as far as that was measured, and what was corrected."""

    response_id: UUID
    title: LocalText
    answered_at: datetime
    locale: str
    mode: str
    helper_kind: str
    entry_seconds: int | None
    items: tuple[Item, ...]
    answers: Mapping[str, Any]
    corrections: tuple[OwnCorrection, ...]


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """A goal with what was corrected of it."""

    goal: GoalView
    corrections: tuple[OwnCorrection, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked: who, when, and why in plain words."""

    name: str
    title: str
    at: datetime
    why: Sentence


@dataclass(frozen=True, slots=True)
class ShareView:
    """What the citizen has shared. ``name``: whoever used the code, empty before; ``until``: last day of reading."""

    share_id: UUID
    name: str
    days: int
    until: date | None
    code_expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnReaders:
    """Who can see the citizen today."""

    coordinator: Reader | None
    team: tuple[Reader, ...]
    shares: tuple[ShareView, ...]


def read_home(runtime: Runtime, citizen: SignedInCitizen) -> OwnHome:
    """The first page of one's own."""
    with runtime.database.transaction(citizen.scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=citizen.organisation_id)
        found = citizens.get_citizen(session, citizen_id=citizen.citizen_id)
        names = read_names(session, runtime.vault, {citizen.citizen_id: found.number if found else 0})
        episode_ids = own_page.list_own_episodes(session, citizen_id=citizen.citizen_id)
        return OwnHome(
            name=names[citizen.citizen_id],
            organisation_name=organisation.name,
            contact=read_contact(organisation.contact),
            stopped_on=found.stopped_on if found else None,
            n_answered=len(own_page.list_responses(session, citizen_id=citizen.citizen_id)),
            n_goals=len(goals.list_goals(session, episode_ids=episode_ids)),
        )


def read_responses(runtime: Runtime, citizen: SignedInCitizen) -> tuple[tuple[OwnResponse, ...], tuple[CurveData, ...]]:
    """Everything that the citizen answered themselves, newest first, and the curves through it."""
    with runtime.database.transaction(citizen.scope) as session:
        return list_own_responses(session, citizen.citizen_id), gather_curves(session, citizen.citizen_id)


def list_own_responses(session: Session, citizen_id: UUID) -> tuple[OwnResponse, ...]:
    """Every response of the citizen's own. A relative's answers are the relative's: they aren't among them."""
    corrections = own_page.list_corrections(session, citizen_id=citizen_id)
    found = []
    for response, _, version in own_page.list_responses(session, citizen_id=citizen_id):
        instrument = read_stored_instrument(session, version.id)
        answers = given_answers(response)
        found.append(
            OwnResponse(
                response_id=response.id,
                title=local_text(instrument.title),
                answered_at=response.answered_at,
                locale=response.locale,
                mode=response.mode,
                helper_kind=response.helper_kind or "",
                entry_seconds=response.entry_seconds,
                items=visible_items(instrument, answers) if answers else (),
                answers=answers,
                corrections=tuple(_of(c) for c in corrections if c.response_id == response.id),
            )
        )
    return tuple(found)


def read_goals(runtime: Runtime, citizen: SignedInCitizen) -> tuple[OwnGoal, ...]:
    """The citizen's goals in their own words."""
    with runtime.database.transaction(citizen.scope) as session:
        return list_own_goals(session, citizen.citizen_id)


def list_own_goals(session: Session, citizen_id: UUID) -> tuple[OwnGoal, ...]:
    """The goals of every episode, each with its newest rating."""
    episode_ids = own_page.list_own_episodes(session, citizen_id=citizen_id)
    found = goals.list_goals(session, episode_ids=episode_ids)
    ratings = goals.list_ratings(session, goal_ids=[goal.id for goal in found])
    raters = rater_names(session, ratings)
    corrections = own_page.list_corrections(session, citizen_id=citizen_id)
    return tuple(
        OwnGoal(make_goal_view(goal, ratings, raters), tuple(_of(c) for c in corrections if c.goal_id == goal.id))
        for goal in found
    )


def read_looks(runtime: Runtime, citizen: SignedInCitizen) -> tuple[Look, ...]:
    """Who has looked at the citizen, newest first."""
    with runtime.database.transaction(citizen.scope) as session:
        return list_looks(session, citizen.citizen_id, limit=MOST_LOOKS)


def list_looks(session: Session, citizen_id: UUID, *, limit: int | None = None) -> tuple[Look, ...]:
    """The log of who read the citizen, in words."""
    return tuple(
        Look(user.name, user.title or "", entry.at, PURPOSES.get(entry.purpose, OTHER_PURPOSE))
        for entry, user in own_page.list_access(session, citizen_id=citizen_id, limit=limit)
    )


def read_readers(runtime: Runtime, citizen: SignedInCitizen) -> OwnReaders:
    """Who can see the citizen today, and what they have shared themselves."""
    with runtime.database.transaction(citizen.scope) as session:
        today = runtime.today()
        coordinator = citizens.find_coordinator(session, citizen_id=citizen.citizen_id)
        team = own_page.list_team(session, citizen_id=citizen.citizen_id, on=today)
        return OwnReaders(
            coordinator=Reader(coordinator.name, coordinator.title) if coordinator else None,
            team=tuple(
                Reader(user.name, user.title) for user in team if coordinator is None or user.id != coordinator.id
            ),
            shares=_live_shares(runtime, session, citizen),
        )


def read_corrections(runtime: Runtime, citizen: SignedInCitizen) -> tuple[OwnCorrection, ...]:
    """What the citizen said is wrong in general: neither in an answer nor in a goal."""
    with runtime.database.transaction(citizen.scope) as session:
        found = own_page.list_corrections(session, citizen_id=citizen.citizen_id)
        return tuple(_of(each) for each in found if each.response_id is None and each.goal_id is None)


def _live_shares(runtime: Runtime, session: Session, citizen: SignedInCitizen) -> tuple[ShareView, ...]:
    """Shares by which somebody reads today, or whose code can still be used."""
    today, at = runtime.today(), runtime.now()
    return tuple(
        ShareView(share.id, user.name if user else "", share.days, share.until_date, share.code_expires_at)
        for share, user in own_page.list_shares(session, citizen_id=citizen.citizen_id)
        if share.ended_at is None and (share.until_date >= today if share.until_date else share.code_expires_at > at)
    )


def _of(correction: Correction) -> OwnCorrection:
    return OwnCorrection(correction.words, correction.at)


def plain_answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as they are kept in JSON."""
    return {item: to_json(value) for item, value in answers.items()}
