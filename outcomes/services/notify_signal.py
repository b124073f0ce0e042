"""Tell those who are to look that there is a signal: by mail, with neither name nor answer in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.services.queue_message import queue_message
from outcomes.store import signal_mail
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Runtime


def notify_signal(runtime: Runtime, *, organisation_id: UUID, signal_id: UUID) -> None:
    """A mail to the signal's owner and to the duty person of its protocol, one each, whenever this is run.

    None for a signal that is handled already. Whose account has ended gets none: it is looked at when it is sent.
    """
    with runtime.database.transaction(Scope(organisation_id, actor="job:signal_raised")) as session:
        for user_id, locale in signal_mail.list_receivers(session, signal_id=signal_id):
            queue_message(
                runtime, session, organisation_id=organisation_id, kind="signal", channel="mail",
                cause=f"signal:{signal_id}:{user_id}", locale=locale, user_id=user_id,
            )  # fmt: skip
        session.commit()
