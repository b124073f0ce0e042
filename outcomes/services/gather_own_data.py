"""Everything stored about one citizen, gathered for their own copy: facts first, words later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.instruments import visible_items
from outcomes.instruments.answers import from_json
from outcomes.instruments.model import Item
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.describe_score import describe_score
from outcomes.services.list_caseload import read_names
from outcomes.services.open_citizen import given_answers
from outcomes.services.read_own_page import (
    Look,
    OwnCorrection,
    OwnResponse,
    list_looks,
    list_own_responses,
)
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.set_contact import open_contact
from outcomes.store import citizens, episodes, goals, interventions, organisations, own_page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen

STAFF_RESPONDENTS = ("worker", "teacher")


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """Who the citizen is to us. Whether a CPR number is kept is told, the number isn't: it stands in no file."""

    number: int
    name: str
    organisation_name: str
    locale: str | None
    birth_year: int | None
    source: str
    phone: str
    email: str
    has_cpr: bool
    stopped_on: date | None


@dataclass(frozen=True, slots=True)
class OwnRating:
    """One rating of a goal. ``name``: the worker who gave it, empty for the citizen's own."""

    level: int
    rated_on: date
    rated_by: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class OwnGoalHistory:
    """A goal in own words with every rating, oldest first."""

    wording: str
    kind: str
    levels: tuple[str, ...]
    set_on: date
    baseline_level: int
    ratings: tuple[OwnRating, ...]


@dataclass(frozen=True, slots=True)
class OwnEpisode:
    """A course of help, and what is known of it: as it is stored, and what the intervention calls it.

    ``background_words``: pairs of what it is (its key, where nothing calls it anything) and what it says.
    """

    intervention: LocalText
    provider: str
    started_on: date
    ended_on: date | None
    end_reason: str
    background: Mapping[str, Any]
    background_words: tuple[tuple[LocalText | str, LocalText | str | float | None], ...]


@dataclass(frozen=True, slots=True)
class OwnOccasion:
    """When the citizen was or is to be asked what."""

    title: LocalText
    planned_on: date
    state: str
    answered: bool


@dataclass(frozen=True, slots=True)
class StaffResponse:
    """What a member of staff answered about the citizen."""

    title: LocalText
    respondent_kind: str
    answered_at: datetime
    items: tuple[Item, ...]
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """Answers of the citizen's own that aren't sent."""

    title: LocalText
    updated_at: datetime
    items: tuple[Item, ...]
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnShare:
    """What the citizen shared, with whom and until when."""

    created_at: datetime
    days: int
    name: str
    until: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """Something that was sent to the citizen's own phone or mail."""

    kind: str
    channel: str
    state: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnSignal:
    """Something in the citizen's own answers that somebody was asked to look at, and what was done."""

    kind: str
    raised_at: datetime
    handled_at: datetime | None
    handling: str


@dataclass(frozen=True, slots=True)
class OwnData:
    """The whole of it. ``relations``: kind, first day and last day of those who may answer beside the citizen."""

    person: OwnPerson
    coordinators: tuple[tuple[str, date, date | None], ...]
    relations: tuple[tuple[str, date, date | None], ...]
    episodes: tuple[OwnEpisode, ...]
    occasions: tuple[OwnOccasion, ...]
    responses: tuple[OwnResponse, ...]
    scores: Mapping[UUID, tuple[Sentence, ...]]
    staff_responses: tuple[StaffResponse, ...]
    drafts: tuple[OwnDraft, ...]
    goals: tuple[OwnGoalHistory, ...]
    corrections: tuple[OwnCorrection, ...]
    looks: tuple[Look, ...]
    shares: tuple[OwnShare, ...]
    messages: tuple[OwnMessage, ...]
    signals: tuple[OwnSignal, ...]


def gather_own_data(runtime: Runtime, session: Session, citizen: SignedInCitizen) -> OwnData:
    """Everything, in the transaction of ``session``. What relatives answered is theirs, and isn't here."""
    citizen_id = citizen.citizen_id
    episode_ids = own_page.list_own_episodes(session, citizen_id=citizen_id)
    return OwnData(
        person=_person(runtime, session, citizen),
        coordinators=tuple(
            (user.name, row.from_date, row.to_date)
            for row, user in own_page.list_coordinators(session, citizen_id=citizen_id)
        ),
        relations=tuple(
            (row.kind, row.from_date, row.ended_on) for row in own_page.list_relations(session, citizen_id=citizen_id)
        ),
        episodes=_episodes(session, episode_ids),
        occasions=tuple(
            OwnOccasion(local_text(read_stored_instrument(session, version.id).title), occasion.planned_on,
                        occasion.state, response is not None)
            for occasion, version, response, _ in episodes.list_occasions(session, episode_ids=episode_ids)
        ),
        responses=list_own_responses(session, citizen_id),
        scores=_scores(session, citizen_id, episode_ids),
        staff_responses=_staff_responses(session, citizen_id),
        drafts=_drafts(session, citizen_id),
        goals=_goals(session, episode_ids),
        corrections=tuple(
            OwnCorrection(row.words, row.at) for row in own_page.list_corrections(session, citizen_id=citizen_id)
        ),
        looks=list_looks(session, citizen_id),
        shares=tuple(
            OwnShare(share.created_at, share.days, user.name if user else "", share.until_date, share.ended_at)
            for share, user in own_page.list_shares(session, citizen_id=citizen_id)
        ),
        messages=tuple(
            OwnMessage(row.kind, row.channel, row.state, row.sent_at)
            for row in own_page.list_messages(session, citizen_id=citizen_id)
        ),
        signals=tuple(
            OwnSignal(row.kind, row.raised_at, row.handled_at, row.handling)
            for row in own_page.list_signals(session, citizen_id=citizen_id)
        ),
    )  # fmt: skip


def _person(runtime: Runtime, session: Session, citizen: SignedInCitizen) -> OwnPerson:
    citizen_id, vault = citizen.citizen_id, runtime.vault
    row = citizens.get_citizen(session, citizen_id=citizen_id)
    if row is None:
        raise LookupError("whoever is signed in is stored")
    identity = citizens.get_identity(session, citizen_id=citizen_id)
    phone, email = open_contact(vault, identity) if identity else ("", "")
    return OwnPerson(
        number=row.number,
        name=read_names(session, vault, {citizen_id: row.number})[citizen_id],
        organisation_name=organisations.get_organisation(session, organisation_id=citizen.organisation_id).name,
        locale=row.locale,
        birth_year=row.birth_year,
        source=row.source or "",
        phone=phone,
        email=email,
        has_cpr=identity is not None and identity.cpr_hash is not None,
        stopped_on=row.stopped_on,
    )


def _episodes(session: Session, episode_ids: tuple[UUID, ...]) -> tuple[OwnEpisode, ...]:
    return tuple(
        OwnEpisode(
            local_text(intervention.title),
            episodes.provider_name(session, provider_id=episode.provider_id),
            episode.started_on,
            episode.ended_on,
            episode.end_reason or "",
            episode.background,
            _background_words(session, intervention.id, episode.background),
        )
        for episode, intervention in episodes.list_episodes(session, episode_ids=episode_ids)
    )


def _background_words(
    session: Session, intervention_id: UUID, background: Mapping[str, Any]
) -> tuple[tuple[LocalText | str, LocalText | str | float | None], ...]:
    """What is known from before, in the words that the intervention's plan has for it."""
    plan = interventions.latest_analysis_plan(session, intervention_id=intervention_id) if background else None
    words = plan.definition["words"] if plan else {}
    names, values = words.get("characteristics") or {}, words.get("categories") or {}
    return tuple(
        (
            local_text(names[key]) if names.get(key) else key,
            local_text(values[key][str(value)]) if values.get(key, {}).get(str(value)) else value,
        )
        for key, value in background.items()
    )


def _scores(session: Session, citizen_id: UUID, episode_ids: tuple[UUID, ...]) -> dict[UUID, tuple[Sentence, ...]]:
    """The numbers of each of the citizen's own responses, in words."""
    by_response = episodes.list_scores_by_response(session, episode_ids=episode_ids)
    return {
        response.id: tuple(
            describe_score(read_stored_instrument(session, version.id), score)
            for score in by_response.get(response.id, ())
        )
        for response, _, version in own_page.list_responses(session, citizen_id=citizen_id)
    }


def _staff_responses(session: Session, citizen_id: UUID) -> tuple[StaffResponse, ...]:
    found = []
    rows = own_page.list_responses(session, citizen_id=citizen_id, respondent_kinds=STAFF_RESPONDENTS)
    for response, _, version in rows:
        instrument = read_stored_instrument(session, version.id)
        found.append(
            StaffResponse(
                local_text(instrument.title), response.respondent_kind, response.answered_at,
                visible_items(instrument, response.answers), given_answers(response),
            )
        )  # fmt: skip
    return tuple(found)


def _drafts(session: Session, citizen_id: UUID) -> tuple[OwnDraft, ...]:
    found = []
    for draft, occasion in own_page.list_drafts(session, citizen_id=citizen_id):
        instrument = read_stored_instrument(session, occasion.instrument_version_id)
        answers = {item: from_json(value) for item, value in draft.answers.items()}
        items = tuple(item for item in visible_items(instrument, answers) if item.id in answers)
        found.append(OwnDraft(local_text(instrument.title), draft.updated_at, items, answers))
    return tuple(found)


def _goals(session: Session, episode_ids: tuple[UUID, ...]) -> tuple[OwnGoalHistory, ...]:
    found = goals.list_goals(session, episode_ids=episode_ids)
    ratings = goals.list_ratings(session, goal_ids=[goal.id for goal in found])
    names = organisations.list_user_names(session, user_ids={row.user_id for row in ratings if row.user_id})
    return tuple(
        OwnGoalHistory(
            goal.own_words, goal.kind, tuple(goal.levels), goal.set_on, goal.baseline_level,
            tuple(
                OwnRating(row.level, row.rated_on, row.rated_by, names.get(row.user_id, "") if row.user_id else "",
                          row.note)
                for row in ratings
                if row.goal_id == goal.id
            ),
        )
        for goal in found
    )  # fmt: skip
