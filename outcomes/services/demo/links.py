"""The links that the demo prints: ways in for every kind of user, made afresh at each start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from dateutil.relativedelta import relativedelta
from sqlalchemy import and_, func, select

from outcomes.errors import Sentence
from outcomes.models import Coordinator, Episode, InstrumentVersion, Intervention, Occasion, Relation, Response
from outcomes.services.demo import content, staff
from outcomes.services.open_link import issue_link
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.sign_in import issue_sign_in_link
from outcomes.store import episodes, organisations
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime

LIFETIME = timedelta(days=7)
PARENT, PARENT_MEASURE = "parent", "child-parent"
"""Who is asked beside a child, and with what."""


@dataclass(frozen=True, slots=True)
class DemoLinks:
    """Whole addresses. The staff's can be used again for a week; the citizen's opens questions that aren't answered."""

    citizen: str
    parent: str | None
    """To the questions to a child's parent; None in a demo that was filled before there was one."""
    worker: str
    manager: str
    administrator: str
    authority: str | None
    """None in a demo that was filled before there was one."""
    btheb_manager: str | None
    """The manager of the published trial; None where its files aren't there (an installed wheel)."""

    def named(self) -> tuple[tuple[Sentence, str], ...]:
        """What each link is for, and the link."""
        pairs = (
            (Sentence("As a citizen: answer a few questions"), self.citizen),
            (Sentence("As a parent: answer about your child"), self.parent),
            (Sentence("As a worker: who is waiting today, and the people behind"), self.worker),
            (Sentence("As a manager: what came of the help"), self.manager),
            (Sentence("As an administrator: questionnaires, staff and the record of changes"), self.administrator),
            (Sentence("As the national authority: all municipalities"), self.authority),
            (Sentence("As a manager: a published trial, taken in from a table"), self.btheb_manager),
        )
        return tuple((sentence, url) for sentence, url in pairs if url is not None)


def make_links(runtime: Runtime, scope: Scope, *, with_trial: bool) -> DemoLinks:
    """Fresh links to the filled demo of ``scope``."""
    occasion_id = _unanswered_occasion(runtime, scope)
    token = issue_link(runtime, scope, occasion_id=occasion_id)
    return DemoLinks(
        citizen=f"{runtime.settings.base_url}/b/{token}",
        parent=_parent_url(runtime, scope),
        worker=_sign_in_url(runtime, content.SLUG, staff.WORKER.email),
        manager=_sign_in_url(runtime, content.SLUG, staff.MANAGER.email),
        administrator=_sign_in_url(runtime, content.SLUG, staff.ADMINISTRATOR.email),
        authority=_authority_url(runtime),
        btheb_manager=_sign_in_url(runtime, staff.TRIAL_SLUG, staff.TRIAL_MANAGER.email) if with_trial else None,
    )


def _parent_url(runtime: Runtime, scope: Scope) -> str | None:
    """A link to what the parent is asked; once it is answered or closed, they are asked once more."""
    with runtime.database.transaction(scope) as session:
        rows = session.execute(
            select(Relation.id, Occasion, Response.id)
            .join(Episode, Episode.citizen_id == Relation.citizen_id)
            .join(Occasion, Occasion.episode_id == Episode.id)
            .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
            .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.relation_id == Relation.id))
            .where(InstrumentVersion.key == PARENT_MEASURE, Relation.kind == PARENT)
            .order_by(Occasion.planned_on.desc(), Occasion.sequence.desc())
            .limit(1)
        ).all()
        if not rows:
            return None
        relation_id, occasion, answer_id = rows[0]
        if answer_id is not None or occasion.closes_on < runtime.today():
            occasion = _ask_again(runtime, session, occasion)
            session.commit()
    token = issue_link(runtime, scope, occasion_id=occasion.id, respondent_kind=PARENT, relation_id=relation_id)
    return f"{runtime.settings.base_url}/b/{token}"


def _authority_url(runtime: Runtime) -> str | None:
    with runtime.database.transaction(Scope(slug=staff.AUTHORITY_SLUG)) as session:
        there = organisations.find_organisation(session, slug=staff.AUTHORITY_SLUG) is not None
    return _sign_in_url(runtime, staff.AUTHORITY_SLUG, staff.AUTHORITY.email) if there else None


def _sign_in_url(runtime: Runtime, slug: str, email: str) -> str:
    token = issue_sign_in_link(runtime, organisation_slug=slug, email=email, lifetime=LIFETIME, reusable=True)
    return f"{runtime.settings.base_url}/log-ind/{token}"


def _unanswered_occasion(runtime: Runtime, scope: Scope) -> UUID:
    """An occasion that one of the worker's citizens can answer today; made where all of them are answered.

    Of those that reports count, the one with the longest course behind it is chosen: its curve has something to show.
    """
    today = runtime.today()
    with runtime.database.transaction(scope) as session:
        worker = organisations.find_user(session, email=staff.WORKER.email)
        if worker is None:
            raise LookupError("the demo's worker isn't there")
        waiting = episodes.list_waiting_occasions(session, user_id=worker.id, opens_before=today, closes_from=today)
        able = [
            occasion
            for _, occasion, begun in waiting
            if not begun
            and read_stored_instrument(session, occasion.instrument_version_id).key == content.HOME_SUPPORT.measure
        ]
        if able:
            # Overdue first: a report counts an answer from its due day on, and this one is to be seen there at once.
            return min(able, key=lambda each: (each.due_on >= today, -each.months, each.id)).id
        occasion = _one_more_occasion(runtime, session, worker.id)
        session.commit()
        return occasion.id


def _one_more_occasion(runtime: Runtime, session: Session, worker_id: UUID) -> Occasion:
    """Ask the worker's citizen with the longest course once more, today. No report counts it: no plan names it."""
    first = session.scalars(
        select(Occasion)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Intervention, Intervention.id == Episode.intervention_id)
        .join(Coordinator, Coordinator.citizen_id == Episode.citizen_id)
        .where(
            Coordinator.user_id == worker_id,
            Coordinator.to_date.is_(None),
            Intervention.slug == content.HOME_SUPPORT.slug,
            Occasion.code == content.BASELINE,
        )
        .order_by(Occasion.planned_on, Occasion.id)
        .limit(1)
    ).one()
    return _ask_again(runtime, session, first)


def _ask_again(runtime: Runtime, session: Session, first: Occasion) -> Occasion:
    """The same questions as ``first`` to the same people, open from today."""
    today = runtime.today()
    number = session.scalar(select(func.count()).where(Occasion.episode_id == first.episode_id)) or 0
    gap = relativedelta(today, first.planned_on)
    occasion = Occasion(
        id=uuid4(),
        organisation_id=first.organisation_id,
        episode_id=first.episode_id,
        step_id=first.step_id,
        instrument_version_id=first.instrument_version_id,
        code=f"extra-{number}",
        sequence=number,
        months=float(gap.years * 12 + gap.months),
        planned_on=today,
        opens_on=today,
        due_on=today + timedelta(days=content.DUE_AFTER),
        closes_on=today + timedelta(days=content.CLOSES_AFTER),
    )
    session.add(occasion)
    session.flush()
    return occasion
