"""Small builders: an organisation and what belongs in it, made the way the product makes it where that is possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import yaml
from sqlalchemy import select

from outcomes.instruments import Instrument, parse_instrument
from outcomes.models import (
    AggregateExport,
    AnalysisPlan,
    AppUser,
    Coordinator,
    Goal,
    ImportBatch,
    Intervention,
    InterventionTargetGroup,
    LegalBasis,
    MeasurementPlan,
    Organisation,
    PlanStep,
    Provider,
    StoredResult,
    TargetGroup,
    Unit,
)
from outcomes.services.freeze_plan import add_plan, make_definition
from outcomes.services.install_instrument import add_instrument, add_shipped_instrument
from outcomes.services.open_link import Ticket, issue_link, open_link
from outcomes.services.rate_goal import rate_goal
from outcomes.services.save_answers import save_answer
from outcomes.services.sign_in import issue_sign_in_link, make_actor, sign_in
from outcomes.services.start_episode import NewEpisode, add_episode, read_steps
from outcomes.services.start_episode import add_citizen as add_citizen_row
from outcomes.services.store_aggregates import store_aggregates
from outcomes.services.submit_response import Receipt, submit_response
from outcomes.store.database import Scope
from outcomes.store.instruments import latest_plan
from tests.integration.citizens_side import fill_citizens_side
from tests.integration.steering_side import fill_steering

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outcomes.services.runtime import Actor, Runtime

LEVELS = ("aldrig", "sjældent", "af og til", "ofte", "altid")
STEPS: tuple[Mapping[str, Any], ...] = (
    {"code": "start", "kind": "baseline"},
    {"code": "month", "kind": "every", "period": 1},
)

SMALL = """
format: 1
key: small
version: "1.0"
kind: measure
own_authored: true
validated: false
languages: [da, en]
title: {da: Lille, en: Small}
items:
  - id: mood
    type: single_choice
    wording: {da: "Humør?", en: "Mood?"}
    options:
      - {value: 0, wording: {da: Lavt, en: Low}}
      - {value: 1, wording: {da: Midt, en: Middle}}
      - {value: 2, wording: {da: Højt, en: High}}
  - id: pain
    type: scale_0_10
    wording: {da: "Ondt?", en: "Pain?"}
    ends: {low: {da: Intet, en: None}, high: {da: Meget, en: Much}}
  - id: back
    type: scale_0_10
    show_if: {item: pain, at_least: 5}
    wording: {da: "Ryggen?", en: "Your back?"}
    ends: {low: {da: God, en: Good}, high: {da: Slem, en: Bad}}
scales:
  - key: strain
    title: {da: Belastning, en: Strain}
    items: [pain, back]
    missing: {min_answered: 1, fill: prorate}
    range: [0, 20]
    direction: lower_is_better
licence:
  id: CC-BY-SA-4.0
  holder: Us
  text: {da: Vores eget., en: Our own.}
  may_ship_wording: true
"""
"""Three questions, the last one asked only of those in pain, and a sum of the last two."""


@dataclass(frozen=True)
class Tenant:
    """An organisation with one team and one provider."""

    organisation_id: UUID
    slug: str
    unit_id: UUID
    provider_id: UUID

    @property
    def scope(self) -> Scope:
        return Scope(self.organisation_id, actor="command:test")


@dataclass(frozen=True)
class Course:
    """An intervention with a measurement plan."""

    tenant: Tenant
    intervention_id: UUID
    slug: str
    plan_id: UUID
    version_id: UUID


@dataclass(frozen=True)
class Case:
    """A citizen in an episode; ``occasions``: id by code, in order of time."""

    tenant: Tenant
    citizen_id: UUID
    episode_id: UUID
    occasions: Mapping[str, UUID]


def small_instrument(**changes: Any) -> Instrument:
    """The small instrument, with ``changes`` to its top level."""
    return parse_instrument({**read_small(), **changes}) if changes else plain_small()


@cache
def plain_small() -> Instrument:
    """It as it is, checked once in a process: nothing can change it."""
    return parse_instrument(read_small())


@cache
def read_small() -> dict[str, Any]:
    """What is written above, read once in a process."""
    read: dict[str, Any] = yaml.safe_load(SMALL)
    return read


def add_tenant(runtime: Runtime, slug: str = "nordby", name: str = "Nordby Kommune") -> Tenant:
    """An organisation with a team and a provider."""
    tenant = Tenant(uuid4(), slug, uuid4(), uuid4())
    organisation_id = tenant.organisation_id
    with runtime.database.transaction(tenant.scope) as session:
        session.add(
            Organisation(
                id=organisation_id, slug=slug, name=name, kind="municipality",
                contact={"name": "Borgerservice", "phone": "00 00 00 00"},
            )
        )  # fmt: skip
        session.flush()
        session.add(Unit(organisation_id=organisation_id, id=tenant.unit_id, name="Team Havnen"))
        session.flush()
        session.add(
            Provider(organisation_id=organisation_id, id=tenant.provider_id, unit_id=tenant.unit_id, name="Havnehuset")
        )
        session.commit()
    return tenant


def add_staff(
    runtime: Runtime, tenant: Tenant, role: str = "worker", *, email: str | None = None, in_team: bool = False,
    ended_on: date | None = None,
) -> Actor:  # fmt: skip
    """A member of staff, as one who acts."""
    user = AppUser(
        id=uuid4(),
        organisation_id=tenant.organisation_id,
        email=email or f"{role}-{uuid4().hex[:6]}@example.org",
        name=f"Test {role}",
        title="Socialrådgiver",
        role=role,
        locale="da",
        unit_id=tenant.unit_id if in_team else None,
        ended_on=ended_on,
    )
    with runtime.database.transaction(tenant.scope) as session:
        session.add(user)
        session.commit()
    return make_actor(user)


def add_course(
    runtime: Runtime, tenant: Tenant, *, slug: str = "hverdag", instrument: Instrument | str = "wellbeing",
    steps: Sequence[Mapping[str, Any]] = STEPS, planned_months: int | None = 3,
) -> Course:  # fmt: skip
    """An intervention whose plan asks one instrument, own or shipped; windows 7 days before, due 7, closed 14 after."""
    window = {"opens_days_before": 7, "due_days_after": 7, "closes_days_after": 14}
    organisation_id = tenant.organisation_id
    course_id, plan_id = uuid4(), uuid4()
    with runtime.database.transaction(tenant.scope) as session:
        version = (
            add_shipped_instrument(session, tenant.scope, key=instrument)
            if isinstance(instrument, str)
            else add_instrument(session, tenant.scope, instrument)
        )
        session.add(
            Intervention(
                id=course_id, organisation_id=organisation_id, slug=slug,
                title={"da": "Støtte i hverdagen", "en": "Everyday support"}, planned_months=planned_months,
            )
        )  # fmt: skip
        session.flush()
        session.add(MeasurementPlan(id=plan_id, organisation_id=organisation_id, intervention_id=course_id, version=1))
        session.flush()
        session.add_all(
            PlanStep(
                organisation_id=organisation_id, plan_id=plan_id, instrument_version_id=version.id, **{**window, **step}
            )
            for step in steps
        )
        session.commit()
        return Course(tenant, course_id, slug, plan_id, version.id)


def add_citizen(runtime: Runtime, tenant: Tenant, name: str | None = "Karen Prøvesen", cpr: str | None = None) -> UUID:
    """A citizen with a name."""
    with runtime.database.transaction(tenant.scope) as session:
        citizen = add_citizen_row(session, runtime.vault, tenant.scope, name=name, cpr=cpr)
        session.commit()
        return citizen.id


def add_case(
    runtime: Runtime, course: Course, *, citizen_id: UUID | None = None, started_on: date | None = None, **known: Any
) -> Case:
    """A citizen who starts the intervention today, or on ``started_on``."""
    (case,) = add_cases(runtime, course, (citizen_id,), started_on=started_on, **known)
    return case


def add_cases(
    runtime: Runtime, course: Course, citizens: Iterable[UUID | None], *, name: str | None = "Karen Prøvesen",
    started_on: date | None = None, **known: Any,
) -> list[Case]:  # fmt: skip
    """Citizens who start on one day, in one transaction: those that there are, and new ones of ``name``."""
    tenant, cases = course.tenant, []
    known |= {"started_on": started_on or runtime.today(), "provider_id": tenant.provider_id}
    with runtime.database.transaction(tenant.scope) as session:
        intervention = session.get_one(Intervention, (tenant.organisation_id, course.intervention_id))
        plan = latest_plan(session, intervention_id=course.intervention_id)
        assert plan is not None
        steps = read_steps(session, plan)
        for known_id in citizens:
            citizen_id = known_id or add_citizen_row(session, runtime.vault, tenant.scope, name=name).id
            new = NewEpisode(citizen_id=citizen_id, **known)
            episode, occasions = add_episode(session, tenant.scope, intervention, plan, steps, new)
            planned = sorted(occasions, key=attrgetter("sequence"))
            cases.append(Case(tenant, citizen_id, episode.id, {each.code: each.id for each in planned}))
        session.commit()
    return cases


def add_coordinator(runtime: Runtime, actor: Actor, citizen_id: UUID) -> UUID:
    """The one who coordinates the citizen's case from today."""
    row = Coordinator(
        id=uuid4(), organisation_id=actor.organisation_id, citizen_id=citizen_id, user_id=actor.user_id,
        from_date=runtime.today(),
    )  # fmt: skip
    with runtime.database.transaction(actor.scope) as session:
        session.add(row)
        session.commit()
    return row.id


def add_goal(
    runtime: Runtime, case: Case, own_words: str = "Jeg vil handle ind selv", *, levels: Sequence[str] = LEVELS
) -> UUID:
    """A goal of the citizen's, in own words."""
    goal_id = uuid4()
    with runtime.database.transaction(case.tenant.scope) as session:
        session.add(
            Goal(
                id=goal_id, organisation_id=case.tenant.organisation_id, episode_id=case.episode_id,
                own_words=own_words, kind="develop", levels=list(levels),
                baseline_level=-1, set_on=runtime.today() - timedelta(days=1),
            )
        )  # fmt: skip
        session.commit()
    return goal_id


def get_ticket(runtime: Runtime, case: Case, code: str = "start", *, respondent_kind: str = "citizen") -> Ticket:
    """What a citizen's browser holds once the link of an occasion was followed."""
    token = issue_link(runtime, case.tenant.scope, occasion_id=case.occasions[code], respondent_kind=respondent_kind)
    return open_link(runtime, token)


def add_analysis_plan(runtime: Runtime, course: Course, **changes: Any) -> None:
    """A simple plan: change in wellbeing from start to three months, no comparison."""
    analysis = {
        "measure": {
            "instrument": "wellbeing", "scale": "total", "direction": "higher_is_better", "minimum": 0,
            "maximum": 100,
        },
        "design": "none",
        "intervention": "hverdag",
        "baseline": "start",
        "follow_up": ["month-1", "month-2", "month-3"],
        "primary_occasion": "month-3",
        **changes,
    }  # fmt: skip
    with runtime.database.transaction(course.tenant.scope) as session:
        intervention = session.get_one(Intervention, (course.tenant.organisation_id, course.intervention_id))
        add_plan(session, course.tenant.scope, intervention, make_definition(analysis))
        session.commit()


def fill_tenant(runtime: Runtime, slug: str) -> Case:
    """An organisation with at least one row in every table that belongs to it."""
    tenant = add_tenant(runtime, slug)
    organisation_id = tenant.organisation_id
    course = add_course(runtime, tenant)
    add_analysis_plan(runtime, course)
    citizen_id = add_citizen(runtime, tenant, name=f"Karen {slug}", cpr="0101901234")
    case = add_case(runtime, course, citizen_id=citizen_id)
    actor = add_staff(runtime, tenant, email="worker@example.org")
    add_coordinator(runtime, actor, citizen_id)
    goal_id = add_goal(runtime, case)
    rate_goal(runtime, actor, goal_id, level=1, note="", submission_key=uuid4())
    sign_in(runtime, issue_sign_in_link(runtime, organisation_slug=slug, email="worker@example.org"))
    answer(runtime, get_ticket(runtime, case), {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4})
    save_answer(runtime, get_ticket(runtime, case, respondent_kind="parent"), item_id="hope", value=2)
    with runtime.database.transaction(tenant.scope) as session:
        group = TargetGroup(
            id=uuid4(), organisation_id=organisation_id, code="voksne", title={}, valid_from=date(2020, 1, 1)
        )
        session.add(group)
        session.flush()
        session.add_all(
            (
                InterventionTargetGroup(
                    organisation_id=organisation_id, intervention_id=course.intervention_id, target_group_id=group.id
                ),
                LegalBasis(
                    organisation_id=organisation_id, law="Serviceloven", section="§ 85", title={},
                    valid_from=date(2020, 1, 1),
                ),
                ImportBatch(
                    organisation_id=organisation_id, file_name="table.csv", fingerprint=bytes(32), n_rows=0,
                    n_citizens=0, n_scores=0,
                ),
                AggregateExport(
                    organisation_id=organisation_id, intervention_id=course.intervention_id, instrument_key="who-5",
                    scale="total", first_day=date(2020, 1, 1), last_day=date(2020, 3, 31), least=10, people=10, cells={},
                    checksum=bytes(32), exported_by="command:test",
                ),
                StoredResult(
                    organisation_id=organisation_id, intervention_id=course.intervention_id,
                    plan_id=session.scalars(select(AnalysisPlan.id)).one(), snapshot="", code_version="", content={},
                    computed_at=runtime.now(),
                ),
            )
        )  # fmt: skip
        session.commit()
    fill_citizens_side(runtime, case, actor)
    fill_steering(runtime, tenant, actor, intervention_id=course.intervention_id, target_group_id=group.id)
    later = runtime.now() + timedelta(days=30)
    store_aggregates(replace(runtime, now=lambda: later), tenant.scope)  # of answers that are due by then
    return case


def answer(runtime: Runtime, ticket: Ticket, answers: Mapping[str, Any], *, key: UUID | None = None) -> Receipt:
    """Answer question by question, and send."""
    for item_id, value in answers.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)
    return submit_response(runtime, ticket, submission_key=key or uuid4(), locale="da")
