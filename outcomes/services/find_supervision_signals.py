"""Look at every provider by what came of the help there, and raise a signal where chance hardly explains it.

Done every night. What is seen is stored with the day that it reaches to, so that the page shows it at once; a signal stays
until the dialogue about it is closed. Signals are about providers and never about a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from outcomes.services.sending_times import is_nightly
from outcomes.store import interventions, stored_results, supervision
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import SupervisionSignal
    from outcomes.services.runtime import Runtime

HOUR, MINUTE = 2, 25
"""After the night's results, whose rows it reads too."""
ACTOR = "job:supervision"

log = structlog.get_logger("outcomes.supervision")


def look_every_night(runtime: Runtime, at: datetime) -> None:
    """For every organisation of the instance, at the one of the day's 24 calls that is at 02:25 in Denmark.

    A fault in one organisation doesn't stop the others; it is logged by the organisation's id and the fault's kind.
    """
    if not is_nightly(at, hour=HOUR, minute=MINUTE):
        return
    with runtime.database.transaction(Scope(actor=ACTOR)) as session:
        organisation_ids = stored_results.list_organisation_ids(session)
    for organisation_id in organisation_ids:
        try:
            raised = find_supervision_signals(runtime, Scope(organisation_id, actor=ACTOR))
        except Exception as error:  # noqa: BLE001 - one organisation's fault is not the others'
            log.error("providers_not_compared", organisation=str(organisation_id), kind=type(error).__name__)  # noqa: TRY400
            continue
        log.info("providers_compared", organisation=str(organisation_id), raised=raised)


def find_supervision_signals(runtime: Runtime, scope: Scope) -> int:
    """Look at every intervention with a frozen plan, store what is seen, raise what is new; gives how many were raised.

    Twice in a row raises nothing more.
    """
    from outcomes.services.compare_providers import compare_providers, days_to_look_at  # noqa: PLC0415 - heavy imports

    days, raised = days_to_look_at(runtime.today()), 0
    with runtime.database.transaction(scope) as session:
        plans = stored_results.list_latest_plans(session)
        known = _known_signals(session)
        for intervention in interventions.list_interventions(session):
            stored = plans.get(intervention.id)
            if stored is not None and stored.frozen_at is not None and stored.definition.get("dates_known", True):
                raised += compare_providers(runtime, session, intervention, stored, days, known)
        session.commit()
    return raised


def _known_signals(session: Session) -> dict[tuple[UUID, UUID, str], SupervisionSignal]:
    """The newest signal by provider, intervention and method."""
    found: dict[tuple[UUID, UUID, str], SupervisionSignal] = {}
    for signal, _, _ in supervision.list_signals(session):
        found.setdefault((signal.provider_id, signal.intervention_id, signal.method), signal)
    return found
