"""Work that doesn't have to be done while somebody waits: its names, how it is queued, and how one is run.

A job is queued in the transaction that causes it (:func:`defer_job`) and holds ids, nothing else: what it needs it reads
when it runs. It may run twice, also at once, so each one first looks at what is done already.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.store import queue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime

JOBS: Mapping[str, str] = {
    "send_message": "outcomes.services.send_message:send_message",
    "signal_raised": "outcomes.services.notify_signal:notify_signal",
    "response_sent": "outcomes.services.follow_response:follow_response",
    "make_batch": "outcomes.services.make_batch:make_batch",
}
"""What is queued by what happens: name = where the function is that takes the runtime and the ids."""

PERIODIC: Mapping[str, tuple[str, str]] = {
    "send_invitations": ("*/5 * * * *", "outcomes.services.send_invitations:send_invitations"),
    "send_waiting": ("*/5 * * * *", "outcomes.services.send_waiting:send_waiting"),
    "refresh_results": ("10 * * * *", "outcomes.services.nightly:refresh_results"),
    "compare_providers": ("25 * * * *", "outcomes.services.find_supervision_signals:look_every_night"),
    "send_subscriptions": ("20 * * * *", "outcomes.services.send_subscriptions:send_subscriptions"),
    "clean_up": ("40 * * * *", "outcomes.services.clean_up:clean_up"),
}
"""What is done again and again: name = when (minute, hour, day, month, weekday in UTC), and the function that takes the
runtime and the moment that it was due."""


def defer_job(session: Session, name: str, *, at: datetime | None = None, **ids: UUID) -> None:
    """Queue a job in the transaction of ``session``, in one statement: it is run after the commit, or never.

    ``at``: not before this moment. Raises ``KeyError`` for a job that there isn't, ``TypeError`` for anything but ids.
    """
    if name not in JOBS:
        raise KeyError(name)
    for key, value in ids.items():
        if not isinstance(value, UUID):
            raise TypeError(f"{key} is no id")
    queue.add_job(session, name=name, ids=ids, at=at)


def run_job(runtime: Runtime, name: str, arguments: Mapping[str, object]) -> None:
    """Run one job. What it needs is imported here, when it is needed."""
    if name in PERIODIC:
        _function(PERIODIC[name][1])(runtime, datetime.fromtimestamp(int(str(arguments["timestamp"])), UTC))
        return
    _function(JOBS[name])(runtime, **{key: UUID(str(value)) for key, value in arguments.items()})


def _function(where: str) -> Callable[..., None]:
    module, _, name = where.partition(":")
    function: Callable[..., None] = getattr(import_module(module), name)
    return function
