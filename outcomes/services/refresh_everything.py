"""What is made anew every night, for every organisation of the instance: stored sums, and the results of the overview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from outcomes.services.store_results import store_results
from outcomes.store import stored_results
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime

ACTOR = "job:results"

log = structlog.get_logger("outcomes.results")


@dataclass(frozen=True, slots=True)
class Night:
    """How it went: organisations done, left to another process that was at them, and ids of those that failed."""

    done: int
    busy: int
    failed: tuple[UUID, ...]


def refresh_everything(runtime: Runtime) -> Night:
    """Store results and sums of each organisation, in a transaction of its own.

    Run twice, or by two processes at once, nothing is done wrong: whoever comes second to an organisation goes on to the
    next. A fault in one organisation doesn't stop the others; it is logged with the organisation's id and the fault's
    kind, never with its text, in which data could stand.
    """
    with runtime.database.transaction(Scope(actor=ACTOR)) as session:
        organisation_ids = stored_results.list_organisation_ids(session)
    done, busy, failed = 0, 0, []
    for organisation_id in organisation_ids:
        try:
            stored = store_results(runtime, Scope(organisation_id, actor=ACTOR))
        except Exception as error:  # noqa: BLE001 - one organisation's fault is not the others'
            log.error("results_not_stored", organisation=str(organisation_id), kind=type(error).__name__)  # noqa: TRY400
            failed.append(organisation_id)
            continue
        if stored is None:
            busy += 1
            continue
        done += 1
    log.info("results_stored", done=done, busy=busy, failed=len(failed))
    return Night(done, busy, tuple(failed))
