"""The register of process requirements: duties, the steps of their lives, and the time on either side of the scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from outcomes.models import ProcessRequirement, RequirementEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy.orm import Session

ACTIVE = text("""
    SELECT count(*) AS people, coalesce(sum(days), 0) AS days
    FROM (SELECT (SELECT sum(upper(part) - lower(part)) FROM unnest(parts) AS part) AS days
          FROM (SELECT range_agg(daterange(greatest(e.started_on, :first_day), least(e.ended_on, :last_day), '[]')) AS parts
                FROM episode e
                JOIN intervention i ON i.organisation_id = e.organisation_id AND i.id = e.intervention_id
                WHERE e.comparison_status = 'intervention'
                  AND e.started_on <= :last_day AND (e.ended_on IS NULL OR e.ended_on >= :first_day)
                  AND (cardinality(CAST(:slugs AS text[])) = 0 OR i.slug = ANY (CAST(:slugs AS text[])))
                GROUP BY e.citizen_id) AS each_citizen) AS active
""")

ENTRY = text("""
    SELECT r.entered_by IS NOT NULL AS by_staff, count(*) AS answers, count(r.entry_seconds) AS measured,
           percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY r.entry_seconds)
               FILTER (WHERE r.entry_seconds IS NOT NULL) AS quartiles
    FROM response r
    WHERE r.mode <> 'imported' AND r.answered_at >= CAST(:since AS date) AND r.answered_at < CAST(:until AS date) + 1
    GROUP BY 1 ORDER BY 1
""")


@dataclass(frozen=True, slots=True)
class ActiveTime:
    """How many people were in something, and for how many days together; a day in two interventions is one day."""

    people: int
    days: int


@dataclass(frozen=True, slots=True)
class EntryTimes:
    """How long it took to give answers: ``answers`` there are, ``measured`` of them with a time.

    ``quartiles``: first quartile, median and third in seconds; None where nothing was measured. ``by_staff``: a member of
    staff wrote the answers down; else whoever was asked did.
    """

    by_staff: bool
    answers: int
    measured: int
    quartiles: tuple[float, float, float] | None


def list_requirements(session: Session) -> Sequence[ProcessRequirement]:
    """Every requirement, by code."""
    return session.scalars(select(ProcessRequirement).order_by(ProcessRequirement.code)).all()


def find_requirement(session: Session, *, code: str, lock: bool = False) -> ProcessRequirement | None:
    """A requirement by its code; ``lock``: nobody else changes it until the transaction ends."""
    query = select(ProcessRequirement).where(ProcessRequirement.code == code)
    return session.scalar(query.with_for_update() if lock else query)


def list_requirement_events(session: Session, *, requirement_id: UUID | None = None) -> Sequence[RequirementEvent]:
    """The steps of one requirement, or of all of them; by requirement, the first one first."""
    query = select(RequirementEvent).order_by(RequirementEvent.requirement_id, RequirementEvent.number)
    if requirement_id is not None:
        query = query.where(RequirementEvent.requirement_id == requirement_id)
    return session.scalars(query).all()


def add_requirement(
    session: Session, *, organisation_id: UUID, code: str, title: Mapping[str, str], source_kind: str, source: str,
    law_bound: bool, minutes_per_month: Decimal, minutes_source: str, interventions: Sequence[str],
    replaced_by: str | None, replacement: Mapping[str, str], entered_by: str,
) -> ProcessRequirement:  # fmt: skip
    """Put a requirement into the register. Raises ``IntegrityError`` where the code is taken."""
    requirement = ProcessRequirement(
        organisation_id=organisation_id, code=code, title=dict(title), source_kind=source_kind, source=source,
        law_bound=law_bound, minutes_per_month=minutes_per_month, minutes_source=minutes_source,
        interventions=list(interventions), replaced_by=replaced_by, replacement=dict(replacement), entered_by=entered_by,
    )  # fmt: skip
    session.add(requirement)
    session.flush()
    return requirement


def add_requirement_event(
    session: Session, *, requirement: ProcessRequirement, number: int, step: str, on_day: date, reason: str, by: str
) -> RequirementEvent:
    """Write down a step. Raises ``IntegrityError`` for a number that is taken, and for retiring what a law demands."""
    event = RequirementEvent(
        organisation_id=requirement.organisation_id, requirement_id=requirement.id, number=number, step=step,
        on_day=on_day, reason=reason, by=by,
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def read_active_time(session: Session, *, interventions: Sequence[str], first_day: date, last_day: date) -> ActiveTime:
    """Who was in one of the interventions (all of them where none is named) between two days, both included."""
    row = session.execute(ACTIVE, {"slugs": list(interventions), "first_day": first_day, "last_day": last_day}).one()
    return ActiveTime(int(row.people), int(row.days))


def list_entry_times(session: Session, *, since: date, until: date) -> Sequence[EntryTimes]:
    """How long the answers between two days took, both included: those given alone first, then those staff wrote down."""
    return [
        EntryTimes(row.by_staff, row.answers, row.measured, tuple(row.quartiles) if row.quartiles else None)
        for row in session.execute(ENTRY, {"since": since, "until": until})
    ]
