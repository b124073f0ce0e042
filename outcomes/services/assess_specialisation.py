"""Set how specialised an intervention is for a target group from a day on; the level follows from the criteria met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.models import Specialisation
from outcomes.reports.offers.specialisation import Criteria, criteria_on
from outcomes.reports.parts import LocalText
from outcomes.services.decide_protocol import plain_words
from outcomes.services.read_offers import read_names
from outcomes.store import imports, interventions, offers
from outcomes.tables.danish_dates import read_date_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Actor, Runtime

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class AssessmentForm:
    """What may be chosen (value and label), the criteria in force, and today."""

    interventions: tuple[tuple[str, LocalText], ...]
    target_groups: tuple[tuple[str, LocalText], ...]
    offers: tuple[tuple[str, str], ...]
    criteria: Criteria
    today: date

    @property
    def choices(self) -> tuple[tuple[str, LocalText], ...]:
        """The criteria, value and label."""
        return tuple((each.key, each.title) for each in self.criteria.criteria)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was written. ``offer``: a provider's id, or empty for the intervention as a whole; ``met``: keys of criteria."""

    intervention: str = ""
    target_group: str = ""
    offer: str = ""
    valid_from: str = ""
    met: frozenset[str] = frozenset()
    reason: str = ""


def open_assessment(runtime: Runtime, actor: Actor) -> AssessmentForm:
    """The form."""
    today = runtime.today()
    with runtime.database.transaction(actor.scope) as session:
        names = read_names(session)
        providers = tuple((str(row[0].id), row[0].name) for row in offers.list_providers(session))
    return AssessmentForm(
        tuple(sorted(names.interventions.items())),
        tuple(sorted(names.groups.items())),
        providers,
        criteria_on(today),
        today,
    )


def assess_specialisation(runtime: Runtime, actor: Actor, written: Assessment) -> int:
    """Store the level, and give it (0-3). The criteria are those of the day that it holds from.

    Raises ``AnswerError`` with every fault: no such intervention, group or offer; a day that can't be read, lies ahead, or
    has a level already.
    """
    with runtime.database.transaction(actor.scope) as session:
        imports.lock_imports(session, slug=f"offers:{actor.organisation_id}")
        found = _find(session, written, runtime.today())
        criteria = criteria_on(found.valid_from)
        met = {each.key: each.key in written.met for each in criteria.criteria}
        level = criteria.level(met)
        session.add(
            Specialisation(
                id=uuid4(),
                organisation_id=actor.organisation_id,
                intervention_id=found.intervention_id,
                target_group_id=found.group_id,
                provider_id=found.provider_id,
                valid_from=found.valid_from,
                level=level,
                criteria_version=criteria.version,
                criteria=met,
                reason=plain_words(written.reason)[:LONGEST_REASON],
                assessed_by=actor.name,
            )
        )
        session.commit()
        return level


@dataclass(frozen=True, slots=True)
class _Found:
    intervention_id: UUID
    group_id: UUID
    provider_id: UUID | None
    valid_from: date


def _find(session: Session, written: Assessment, today: date) -> _Found:
    ids: Mapping[str, UUID] = {each.slug: each.id for each in interventions.list_interventions(session)}
    groups = {each.code: each.id for each in offers.list_target_groups(session)}
    providers = {str(row[0].id): row[0].id for row in offers.list_providers(session)}
    day = read_date_cell(written.valid_from.strip())
    faults = []
    if written.intervention not in ids:
        faults.append(Fault("intervention", Sentence("Choose the intervention.")))
    if written.target_group not in groups:
        faults.append(Fault("target_group", Sentence("Choose the target group.")))
    if written.offer and written.offer not in providers:
        faults.append(Fault("offer", Sentence("Choose the offer, or the intervention as a whole.")))
    if isinstance(day, Sentence):
        faults.append(Fault("valid_from", day))
    elif day > today:
        faults.append(
            Fault("valid_from", Sentence("A level can't be set ahead of time. Choose today or an earlier day."))
        )
    if not faults and not isinstance(day, Sentence):
        found = _Found(ids[written.intervention], groups[written.target_group], providers.get(written.offer), day)
        if not _is_taken(session, found):
            return found
        faults.append(Fault("valid_from", Sentence("A level was set from this day before. Choose another day.")))
    raise AnswerError(Sentence("Nothing was saved."), faults)


def _is_taken(session: Session, found: _Found) -> bool:
    return any(
        (each.intervention_id, each.target_group_id, each.provider_id, each.valid_from)
        == (found.intervention_id, found.group_id, found.provider_id, found.valid_from)
        for each in offers.list_specialisations(session)
    )
