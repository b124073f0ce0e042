"""The queue of jobs: a row is put into it in the transaction that causes the job, and goes with it where that is undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from sqlalchemy.orm import Session

QUEUE = "outcomes"

_ADD = text(
    "INSERT INTO queue.procrastinate_jobs (queue_name, task_name, args, scheduled_at)"
    " VALUES (:queue, :name, CAST(:ids AS jsonb), :at)"
)


def add_job(session: Session, *, name: str, ids: dict[str, UUID], at: datetime | None = None) -> None:
    """Queue a job in the transaction of ``session``, in one statement; ``at``: not before then."""
    written = json.dumps({key: str(value) for key, value in ids.items()})
    session.execute(_ADD, {"queue": QUEUE, "name": name, "ids": written, "at": at})


def defer_sql(name: str, source: str, **ids: str) -> str:
    """The statement that queues one job for each row of ``source``: to stand in a ``WITH`` of a larger statement.

    ``source`` (a table or another part of the statement) and ``ids`` (argument = expression over it) are SQL of our own,
    never what somebody gave us: ``defer_sql("signal_raised", "raised", signal_id="raised.id", ...)``.
    """
    arguments = ", ".join(f"'{key}', {expression}" for key, expression in ids.items())
    return (
        "INSERT INTO queue.procrastinate_jobs (queue_name, task_name, args)"  # noqa: S608
        f" SELECT '{QUEUE}', '{name}', jsonb_build_object({arguments}) FROM {source}"
    )


def retry_stalled(session: Session, *, silent_for: timedelta, most: int) -> int:
    """Give back the jobs of workers that died, and how many; one that took ``most`` workers with it counts as failed.

    A worker is dead that hasn't said for ``silent_for`` that it lives, or that isn't there any more. One statement: of
    several that look at once, one gives a job back.
    """
    given_back = session.scalars(
        text(
            "UPDATE queue.procrastinate_jobs AS job SET attempts = job.attempts + 1, worker_id = NULL, status ="
            " CASE WHEN job.attempts + 1 < :most THEN 'todo' ELSE 'failed' END::queue.procrastinate_job_status"
            " WHERE job.status = 'doing' AND NOT EXISTS (SELECT 1 FROM queue.procrastinate_workers AS worker"
            " WHERE worker.id = job.worker_id AND worker.last_heartbeat >= now() - :silent_for)"
            " RETURNING job.id"
        ),
        {"silent_for": silent_for, "most": most},
    ).all()
    return len(given_back)


def forget_failed(session: Session, *, older_than: timedelta) -> None:
    """Remove jobs that failed and whose last event is older; the message or occasion they were for says so itself."""
    session.execute(
        text(
            "DELETE FROM queue.procrastinate_jobs AS job WHERE status IN ('failed', 'cancelled', 'aborted', 'succeeded')"
            " AND NOT EXISTS (SELECT 1 FROM queue.procrastinate_events AS event"
            " WHERE event.job_id = job.id AND event.at > now() - :age)"
        ),
        {"age": older_than},
    )


def count_jobs(session: Session) -> dict[str, int]:
    """How many jobs there are by status."""
    rows = session.execute(
        text(
            "SELECT status::text AS status, count(*) AS number FROM queue.procrastinate_jobs GROUP BY status ORDER BY status"
        )
    )
    return {row.status: row.number for row in rows}
