"""A worker opens a citizen: goals, curves, occasions, latest answers. Each opening is written down as it happens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import NotFoundError, Sentence
from outcomes.instruments import visible_items
from outcomes.instruments.kinds import NonAnswer
from outcomes.instruments.model import Item
from outcomes.models.record import CITIZEN_PAGE, SHARED
from outcomes.reports.parts import LocalText, local_text, words_in
from outcomes.services.describe_score import describe_score
from outcomes.services.list_caseload import read_names
from outcomes.services.list_signals import SignalView, signals_of_episodes
from outcomes.services.plan_occasions import OccasionStatus, occasion_status
from outcomes.services.read_curves import CurveData, gather_curves
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import citizens, episodes, goals, organisations, own_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outcomes.models import Goal, GoalRating, Response
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class RatingView:
    """A goal's rating: level -2..2, when, and by whom (``citizen`` or ``worker``, and the name)."""

    level: int
    rated_on: date
    rated_by: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal in the citizen's own words, with its five levels (-2 first) and where it stands."""

    goal_id: UUID
    wording: str
    kind: str
    levels: tuple[str, ...]
    latest: RatingView | None
    rates: bool = True
    """Whether the one who reads may rate it."""


@dataclass(frozen=True, slots=True)
class OccasionView:
    """A measurement: what it is called, its window, where it stands, and what came of it."""

    label: Sentence
    opens_on: date
    due_on: date
    closes_on: date
    status: OccasionStatus
    results: tuple[Sentence, ...]
    occasion_id: UUID
    asks: bool
    """Whether somebody can be asked about it, or could be until lately."""


@dataclass(frozen=True, slots=True)
class LatestAnswers:
    """The newest response: its questions and answers, for the view to put into words."""

    items: tuple[Item, ...]
    answers: dict[str, Any]
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What the citizen says is wrong, in own words; ``about``: which goal or answers, None where it is in general."""

    words: str
    at: datetime
    about: Sentence | None


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """The course of help that the page is about."""

    intervention: LocalText
    provider: str
    started_on: date
    ended_on: date | None
    coordinator: str | None


@dataclass(frozen=True, slots=True)
class CitizenView:
    """Everything on the citizen's page."""

    citizen_id: UUID
    name: str
    episode: EpisodeView | None
    goals: tuple[GoalView, ...]
    curves: tuple[CurveData, ...]
    occasions: tuple[OccasionView, ...]
    latest: LatestAnswers | None
    corrections: tuple[CorrectionView, ...] = ()
    shared_until: date | None = None
    """The last day, where the actor reads because the citizen lets them, and doesn't help them otherwise."""
    signals: tuple[SignalView, ...] = ()
    """What is to be looked at, and what was done lately; for those who help."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What one who needs to know a citizen may read: which person, by number, and which of their episodes.

    ``helping``: the episodes in which they may also do something. ``shared_until``: as in :class:`CitizenView`.
    """

    number: int
    episode_ids: tuple[UUID, ...]
    helping: tuple[UUID, ...]
    shared_until: date | None = None


def open_citizen(runtime: Runtime, actor: Actor, citizen_id: UUID, *, purpose: str = CITIZEN_PAGE) -> CitizenView:
    """The citizen's page for one who needs to know. Raises ``NotFoundError`` for everybody else, as for nobody.

    The coordinator sees every episode, a colleague of a team that helps the citizen what that team has to do with.
    """
    with runtime.database.transaction(actor.scope) as session:
        admission = admit(session, actor, citizen_id, purpose, runtime.today())
        readable, helping = admission.episode_ids, admission.helping
        occasions, latest = _occasions(session, readable, helping, runtime.today())
        name = read_names(session, runtime.vault, {citizen_id: admission.number})[citizen_id]
        view = CitizenView(
            citizen_id=citizen_id,
            name=name,
            episode=_episode(session, citizen_id, readable),
            goals=_goals(session, readable, helping),
            curves=gather_curves(session, citizen_id, episode_ids=readable),
            occasions=occasions,
            latest=latest,
            corrections=_corrections(session, citizen_id, readable),
            shared_until=admission.shared_until,
            signals=signals_of_episodes(session, helping, name, citizen_id, runtime.now()),
        )
        session.commit()
        return view


def admit(
    session: Session, actor: Actor, citizen_id: UUID, purpose: str, today: date, *, episode_id: UUID | None = None
) -> Admission:
    """Let the actor read what they need to know of the citizen, and log that they do.

    Raises ``NotFoundError`` where that is nothing, or doesn't hold the episode asked for. Whoever reads because the citizen
    lets them reads the citizen's page and does nothing there; it is logged as what it is. So does whoever helps in another
    episode: they act where they help, and nowhere else.
    """
    citizen = citizens.get_citizen(session, citizen_id=citizen_id)
    helping, readable = _find_episodes(session, actor, citizen_id, today)
    allowed = readable if purpose == CITIZEN_PAGE else helping
    if citizen is None or allowed is None or (episode_id is not None and episode_id not in allowed):
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    shared_until = _shared_until(session, actor, citizen_id, today) if helping is None else None
    citizens.log_access(
        session,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        citizen_id=citizen_id,
        purpose=SHARED if shared_until is not None else purpose,
    )
    return Admission(citizen.number, allowed, helping or (), shared_until)


def _find_episodes(
    session: Session, actor: Actor, citizen_id: UUID, today: date
) -> tuple[tuple[UUID, ...] | None, tuple[UUID, ...] | None]:
    """The episodes in which the actor helps, and those that they may read; None each where that is nothing."""
    if actor.role != "worker":
        return None, None
    helping = citizens.list_helping_episodes(
        session, citizen_id=citizen_id, user_id=actor.user_id, unit_id=actor.unit_id, on=today
    )
    readable = citizens.list_readable_episodes(
        session, citizen_id=citizen_id, user_id=actor.user_id, helping=helping, on=today
    )
    return helping, readable


def _shared_until(session: Session, actor: Actor, citizen_id: UUID, today: date) -> date | None:
    """The last day of reading by a share."""
    share = own_page.find_share(session, citizen_id=citizen_id, user_id=actor.user_id, on=today)
    return share.until_date if share else None


def _corrections(session: Session, citizen_id: UUID, episode_ids: tuple[UUID, ...]) -> tuple[CorrectionView, ...]:
    """What the citizen says is wrong: in general, and in what the actor may read."""
    readable_goals = {goal.id: goal for goal in goals.list_goals(session, episode_ids=episode_ids)}
    answered = {
        response.id: (version, response.answered_at)
        for _, version, response, _ in episodes.list_occasions(session, episode_ids=episode_ids)
        if response is not None
    }
    found = []
    for row in own_page.list_corrections(session, citizen_id=citizen_id):
        about = None
        if row.goal_id is not None:
            if row.goal_id not in readable_goals:
                continue
            about = Sentence("About the goal: %(goal)s", goal=words_in(readable_goals[row.goal_id].own_words, ""))
        elif row.response_id is not None:
            if row.response_id not in answered:
                continue
            version, answered_at = answered[row.response_id]
            title = local_text(read_stored_instrument(session, version.id).title)
            about = Sentence("About the answers to %(measure)s, %(moment)s", measure=title, moment=answered_at)
        found.append(CorrectionView(row.words, row.at, about))
    return tuple(found)


def make_goal_view(goal: Goal, ratings: Sequence[GoalRating], raters: dict[UUID, str]) -> GoalView:
    """A goal with its newest rating."""
    own = [rating for rating in ratings if rating.goal_id == goal.id]
    latest = None
    if own:
        rating = own[-1]
        name = raters.get(rating.user_id, "") if rating.user_id else ""
        latest = RatingView(rating.level, rating.rated_on, rating.rated_by, name, rating.note)
    return GoalView(goal.id, goal.own_words, goal.kind, tuple(goal.levels), latest)


def _goals(session: Session, episode_ids: tuple[UUID, ...], helping: tuple[UUID, ...]) -> tuple[GoalView, ...]:
    """The goals of episodes; those of others than ``helping`` are read, and not rated."""
    found = goals.list_goals(session, episode_ids=episode_ids)
    ratings = goals.list_ratings(session, goal_ids=[goal.id for goal in found])
    raters = rater_names(session, ratings)
    return tuple(replace(make_goal_view(goal, ratings, raters), rates=goal.episode_id in helping) for goal in found)


def rater_names(session: Session, ratings: Sequence[GoalRating]) -> dict[UUID, str]:
    """Names of the staff who rated, by id; who has left keeps theirs."""
    return organisations.list_user_names(session, user_ids={rating.user_id for rating in ratings if rating.user_id})


def _episode(session: Session, citizen_id: UUID, episode_ids: tuple[UUID, ...]) -> EpisodeView | None:
    rows = episodes.list_episodes(session, episode_ids=episode_ids)
    if not rows:
        return None
    episode, intervention = rows[0]
    coordinator = citizens.find_coordinator(session, citizen_id=citizen_id)
    return EpisodeView(
        intervention=local_text(intervention.title),
        provider=episodes.provider_name(session, provider_id=episode.provider_id),
        started_on=episode.started_on,
        ended_on=episode.ended_on,
        coordinator=coordinator.name if coordinator else None,
    )


def _occasions(
    session: Session, episode_ids: tuple[UUID, ...], helping: tuple[UUID, ...], today: date
) -> tuple[tuple[OccasionView, ...], LatestAnswers | None]:
    scores = episodes.list_scores_by_response(session, episode_ids=episode_ids)
    views: list[OccasionView] = []
    latest: LatestAnswers | None = None
    for occasion, version, response, draft in episodes.list_occasions(session, episode_ids=episode_ids):
        instrument = read_stored_instrument(session, version.id)
        status = occasion_status(
            state=occasion.state, opens_on=occasion.opens_on, planned_on=occasion.planned_on, due_on=occasion.due_on,
            closes_on=occasion.closes_on, today=today, answered=response is not None,
            late=response is not None and response.late, begun=draft is not None,
        )  # fmt: skip
        results = tuple(describe_score(instrument, score) for score in scores.get(response.id, ())) if response else ()
        views.append(
            OccasionView(
                occasion_label(local_text(instrument.title), occasion.sequence, occasion.months),
                occasion.opens_on, occasion.due_on, occasion.closes_on, status, results,
                occasion_id=occasion.id,
                asks=occasion.state == "planned" and occasion.opens_on <= today and occasion.episode_id in helping,
            )
        )  # fmt: skip
        given = given_answers(response) if response else {}
        if response is not None and given and (latest is None or response.answered_at > latest.answered_at):
            latest = LatestAnswers(visible_items(instrument, given), given, response.answered_at)
    return tuple(reversed(views)), latest


def given_answers(response: Response) -> dict[str, Any]:
    """The answers of a response, with what was said in place of an answer."""
    said = {item: NonAnswer(value) for item, value in response.non_answers.items() if value != "skipped"}
    return {**response.answers, **said}


def occasion_label(measure: LocalText, sequence: int, months: float) -> Sentence:
    """What is measured, at the start or how long after it."""
    if sequence == 0 or not months:
        return Sentence("%(measure)s, at the start", measure=measure)
    if months == 1:
        return Sentence("%(measure)s, after 1 month", measure=measure)
    return Sentence(
        "%(measure)s, after %(months)s months", measure=measure, months=round(months, 1) if months % 1 else int(months)
    )
