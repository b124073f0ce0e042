"""See to it that no message is left lying: whatever should have gone gets a job again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outcomes.services.jobs import defer_job
from outcomes.services.notify_signal import notify_signal
from outcomes.store import messages, signal_mail, stored_results
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from outcomes.services.runtime import Runtime

ACTOR = "job:send_waiting"
OVERDUE = timedelta(minutes=2)
AT_ONCE = 500
SIGNALS_SINCE = timedelta(days=14)


def send_waiting(runtime: Runtime, at: datetime | None = None) -> None:
    """Queue a job for each message that is overdue, and tell of each signal that nobody was told of."""
    del at
    settings = runtime.settings
    channels = [name for name, set_up in (("mail", settings.sends_mail), ("sms", settings.sends_sms)) if set_up]
    with runtime.database.transaction(Scope(actor=ACTOR)) as session:
        organisation_ids = stored_results.list_organisation_ids(session)
    for organisation_id in organisation_ids:
        with runtime.database.transaction(Scope(organisation_id, actor=ACTOR)) as session:
            before = runtime.now() - OVERDUE
            for message_id in messages.list_waiting(session, before=before, channels=channels, limit=AT_ONCE):
                defer_job(session, "send_message", organisation_id=organisation_id, message_id=message_id)
            untold = signal_mail.list_untold(session, since=runtime.now() - SIGNALS_SINCE, limit=AT_ONCE)
            session.commit()
        for signal_id in untold:
            notify_signal(runtime, organisation_id=organisation_id, signal_id=signal_id)
