"""Forget what is over: counted attempts, short codes, one-time codes of messages, jobs that failed long ago,
files of batches of reports."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outcomes.store import batches, leftovers, queue, stored_results
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from outcomes.services.runtime import Runtime

ACTOR = "job:clean_up"
ATTEMPTS_KEPT = timedelta(days=1)
SECRETS_KEPT = timedelta(hours=1)
FAILED_JOBS_KEPT = timedelta(days=30)
BATCHES_KEPT = timedelta(days=30)


def clean_up(runtime: Runtime, at: datetime | None = None) -> None:
    """Remove what has had its time. Run again it finds nothing."""
    del at
    now = runtime.now()
    with runtime.database.transaction(Scope(actor=ACTOR)) as session:
        leftovers.forget_attempts(session, before=now - ATTEMPTS_KEPT)
        queue.forget_failed(session, older_than=FAILED_JOBS_KEPT)
        organisation_ids = stored_results.list_organisation_ids(session)
        session.commit()
    for organisation_id in organisation_ids:
        with runtime.database.transaction(Scope(organisation_id, actor=ACTOR)) as session:
            leftovers.forget_codes(session, before=now)
            leftovers.forget_secrets(session, before=now - SECRETS_KEPT)
            batches.forget_batches(session, before=now - BATCHES_KEPT)
            session.commit()
