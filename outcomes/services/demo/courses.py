"""The rows of the demo's people: identity, coordinator, episode, occasions, answers with their scores, goals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from outcomes.instruments import score_answers
from outcomes.language import TIMEZONE, supported_locale
from outcomes.models import (
    Citizen,
    CitizenIdentity,
    Coordinator,
    Episode,
    Goal,
    GoalRating,
    Occasion,
    Response,
    ResponseDraft,
    Score,
)
from outcomes.models.base import Base, Json
from outcomes.services.demo import content
from outcomes.services.demo.municipality import Municipality
from outcomes.services.demo.people import invent_email
from outcomes.services.demo.person import draw_ending, draw_fate
from outcomes.services.demo.simulate import draw_answers
from outcomes.services.gather_outcomes import GONE
from outcomes.services.list_caseload import name_place
from outcomes.services.plan_occasions import PlannedOccasion, plan_occasions
from outcomes.services.runtime import Runtime
from outcomes.services.set_contact import seal_contact
from outcomes.store.bulk import add_rows, add_values

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.instruments import Answer
    from outcomes.services.demo.goals import OwnGoal
    from outcomes.services.demo.municipality import Service
    from outcomes.services.demo.person import Fate, Person

DRAFT_ANSWERS = 2
ORDER: tuple[type[Base], ...] = (
    Citizen, CitizenIdentity, Coordinator, Episode, Occasion, Response, Score, ResponseDraft, Goal, GoalRating,
)  # fmt: skip
"""Rows that others refer to go first."""


@dataclass
class Courses:
    """Collects the rows of many people, and stores them table by table: one statement for many rows.

    ``values``: of the tables with thousands of rows, by column; nobody needs them as objects.
    """

    runtime: Runtime
    place: Municipality
    rows: dict[type[Base], list[Base]] = field(default_factory=dict)
    values: dict[type[Base], list[Json]] = field(default_factory=dict)
    numbers: int = 0

    def store(self, session: Session) -> None:
        """Everything that was collected."""
        for table in ORDER:
            add_rows(session, rows=self.rows.get(table, ()))
            add_values(session, table, rows=self.values.get(table, ()))

    def add(self, person: Person, service: Service, user_id: UUID, provider_id: UUID, rng: Random) -> None:
        """Everything about one person."""
        citizen_id = self._add_citizen(person)
        ending = draw_ending(person, service.offered.planned_months, self.runtime.today(), rng)
        gone_on = ending[0] if ending and ending[1] in GONE else None
        self._keep(
            Coordinator(
                id=self.place.new_id(), organisation_id=self.place.id, citizen_id=citizen_id, user_id=user_id,
                from_date=person.started_on, to_date=gone_on,
            )
        )  # fmt: skip
        episode = self._make_episode(person, service, citizen_id, provider_id, ending)
        self._keep(episode)
        # Planned at the start, when nobody knew about the end: whoever stops is still counted among those who began.
        for planned in plan_occasions(
            service.steps,
            started_on=person.started_on,
            ended_on=None,
            planned_months=service.offered.planned_months,
        ):
            self._add_occasion(person, episode.id, planned, Random(rng.getrandbits(64)), gone_on, user_id)
        for goal in person.own.goals if person.own else ():
            self._add_goal(goal, person, episode.id, user_id)

    def _make_episode(
        self, person: Person, service: Service, citizen_id: UUID, provider_id: UUID, ending: tuple[date, str] | None
    ) -> Episode:
        waiting = person.status == "waiting_list"
        plan = service.offered.plan
        return Episode(
            id=self.place.new_id(),
            organisation_id=self.place.id,
            citizen_id=citizen_id,
            intervention_id=service.intervention_id,
            provider_id=provider_id,
            plan_id=service.plan_id,
            target_group_id=service.target_group_id,
            started_on=person.started_on,
            ended_on=ending[0] if ending else None,
            end_reason=ending[1] if ending else None,
            comparison_status=person.status,
            arm=plan["comparison"] if waiting else plan["intervention"],
            background={"age": person.started_on.year - person.born, "living": person.living},
        )

    def _keep(self, row: Base) -> None:
        self.rows.setdefault(type(row), []).append(row)

    def _keep_values(self, table: type[Base], **values: Any) -> None:
        self.values.setdefault(table, []).append(values)

    def _add_citizen(self, person: Person) -> UUID:
        self.numbers += 1
        citizen_id = self.place.new_id()
        locale = person.locale
        self._keep(
            Citizen(
                id=citizen_id, organisation_id=self.place.id, number=self.numbers, locale=locale, birth_year=person.born
            )
        )
        sealed = self.runtime.vault.encrypt(person.name, place=name_place(citizen_id))
        identity = CitizenIdentity(
            id=self.place.new_id(), organisation_id=self.place.id, citizen_id=citizen_id, name_sealed=sealed
        )
        if person.own:  # who can sign in to their own page
            seal_contact(self.runtime.vault, identity, phone="", email=invent_email(person.name))
        self._keep(identity)
        return citizen_id

    def _add_occasion(
        self,
        person: Person,
        episode_id: UUID,
        planned: PlannedOccasion,
        rng: Random,
        gone_on: date | None,
        user_id: UUID,
    ) -> None:
        instrument = self.place.instruments[planned.instrument_version_id]
        fate = draw_fate(person, planned, rng, now=self.runtime.now(), today=self.runtime.today(), gone_on=gone_on)
        answers = draw_answers(instrument, person.life.level(planned.months), rng, content.REMARKS)
        occasion_id = self.place.new_id()
        self._keep_values(
            Occasion,
            id=occasion_id,
            organisation_id=self.place.id,
            episode_id=episode_id,
            step_id=planned.step_id,
            instrument_version_id=planned.instrument_version_id,
            code=planned.code,
            sequence=planned.sequence,
            months=planned.months,
            planned_on=planned.planned_on,
            opens_on=planned.opens_on,
            due_on=planned.due_on,
            closes_on=planned.closes_on,
            state=fate.state,
        )
        if fate.answered_at is not None and answers:
            asked_by = user_id if fate.mode == "phone" else None
            self._add_response(occasion_id, planned, answers, fate, supported_locale(person.locale), asked_by)
        elif fate.begun:
            self._add_draft(occasion_id, answers)

    def _add_response(
        self,
        occasion_id: UUID,
        planned: PlannedOccasion,
        answers: dict[str, Answer],
        fate: Fate,
        locale: str,
        asked_by: UUID | None,
    ) -> None:
        assert fate.answered_at is not None  # noqa: S101 - whoever calls has looked
        response_id = self.place.new_id()
        self._keep_values(
            Response,
            id=response_id,
            organisation_id=self.place.id,
            occasion_id=occasion_id,
            instrument_version_id=planned.instrument_version_id,
            respondent_kind="citizen",
            mode=fate.mode,
            locale=locale,
            answers=answers,
            hidden_answers={},
            submission_key=self.place.new_id(),
            answered_at=fate.answered_at,
            late=fate.answered_at.astimezone(TIMEZONE).date() > planned.closes_on,
            entered_by=asked_by,
            entry_seconds=invent_entry_seconds(response_id, len(answers), asked=asked_by is not None),
        )
        instrument = self.place.instruments[planned.instrument_version_id]
        for score in score_answers(instrument, answers):
            self._keep_values(
                Score,
                organisation_id=self.place.id,
                response_id=response_id,
                scale=score.scale,
                value=score.value,
                n_answered=score.n_answered,
                n_items=score.n_items,
            )

    def _add_draft(self, occasion_id: UUID, answers: dict[str, Answer]) -> None:
        self._keep(
            ResponseDraft(
                id=self.place.new_id(),
                organisation_id=self.place.id,
                occasion_id=occasion_id,
                respondent_kind="citizen",
                answers=dict(list(answers.items())[:DRAFT_ANSWERS]),
            )
        )

    def _add_goal(self, own: OwnGoal, person: Person, episode_id: UUID, user_id: UUID) -> None:
        today = self.runtime.today()
        goal = Goal(
            id=self.place.new_id(),
            organisation_id=self.place.id,
            episode_id=episode_id,
            own_words=own.own_words,
            kind=own.kind,
            weight=own.weight,
            levels=list(own.levels),
            baseline_level=own.baseline,
            set_on=min(person.started_on + timedelta(days=10), today),
        )
        self._keep(goal)
        for rating in own.ratings:
            self._keep(
                GoalRating(
                    id=self.place.new_id(),
                    organisation_id=self.place.id,
                    goal_id=goal.id,
                    level=rating.level,
                    rated_on=min(person.started_on + relativedelta(months=rating.months, days=6), today),
                    rated_by=rating.by,
                    user_id=user_id if rating.by == "worker" else None,
                    note=rating.note,
                    submission_key=self.place.new_id(),
                )
            )


def invent_entry_seconds(response_id: UUID, n_answers: int, *, asked: bool) -> int | None:
    """How long the answers took: longer in a conversation, now and then with a pause, and not measured for every tenth."""
    chance = response_id.int >> 64
    if chance % 10 == 0:
        return None
    pause = 3 * 3600 if chance % 53 == 0 else 0
    return pause + (45 + (18 + chance % 13) * n_answers if asked else 12 + (7 + chance % 11) * n_answers)
