"""Run jobs until told to stop: several at a time, periodic ones when they are due, those of dead workers again.

procrastinate fetches the jobs and notifies of new ones; each job is a function of ours that runs in a thread, with
transactions of its own. Where the database goes away, the worker begins anew when it is back.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import procrastinate
import structlog
from procrastinate.jobs import DeleteJobCondition
from sqlalchemy import make_url

from outcomes.services.jobs import JOBS, PERIODIC, run_job
from outcomes.store import queue
from outcomes.store.database import Scope
from outcomes.store.embedded import APP_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import AsyncConnection

    from outcomes.services.runtime import Runtime

HEARTBEAT = 5.0
"""Seconds between two signs of life."""
SILENT_FOR = timedelta(seconds=15)
"""Whoever gave no sign for this long is dead; their jobs are given back."""
LOOK = 5.0
"""Seconds between two looks for jobs of dead workers: a job is back within 15 + 5 + 5 seconds."""
POLL = 5.0
MOST_WORKERS = 8
"""A job that this many workers died of, or that failed this often, isn't tried again."""
GRACE = 20.0
"""Seconds that jobs at work have to finish when the worker is told to stop."""
PAUSE = 2.0
QUIET = ("procrastinate", "psycopg.pool", "asyncio")
"""Loggers whose lines hold more than ids and kinds."""

log = structlog.get_logger("outcomes.worker")


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """``threads``: jobs at a time. ``parent``: the process that started us, whose end is ours too."""

    threads: int = 4
    parent: int | None = None


def run_worker(runtime: Runtime, database_url: str, options: WorkerOptions) -> bool:
    """Work until SIGTERM or SIGINT, or until the parent is gone. False where jobs were cut off: others do them again."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return asyncio.run(_work(runtime, database_url, options))


async def _work(runtime: Runtime, database_url: str, options: WorkerOptions) -> bool:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    watch = [asyncio.create_task(_look_for_stalled(runtime))]
    if options.parent is not None:
        watch.append(asyncio.create_task(_follow(options.parent, stop)))
    finished = True
    while not stop.is_set():
        try:
            finished = await _work_once(runtime, database_url, options, stop)
        except Exception as error:  # noqa: BLE001 - the database may be away for a while
            log.warning("worker_begins_anew", kind=_kind(error))
            await _sleep_or_stop(stop, PAUSE)
    for task in watch:
        task.cancel()
    return finished


async def _work_once(runtime: Runtime, database_url: str, options: WorkerOptions, stop: asyncio.Event) -> bool:
    """Work as long as the database is there; False where jobs were still at work when the grace was over."""
    app = make_app(runtime, database_url)
    async with app.open_async():
        log.info("worker_started", count=options.threads)
        work = asyncio.create_task(
            app.run_worker_async(
                queues=[queue.QUEUE],
                concurrency=options.threads,
                install_signal_handlers=False,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                fetch_job_polling_interval=POLL,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=SILENT_FOR.total_seconds(),
            )
        )
        told = asyncio.create_task(stop.wait())
        await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not work.done():
            work.cancel()  # fetches nothing more, and waits for what is at work
            await asyncio.wait({work}, timeout=GRACE)
        if not work.done():
            return False
        if not work.cancelled():
            work.result()
    return True


def make_app(runtime: Runtime, database_url: str) -> procrastinate.App:
    """The jobs as procrastinate knows them, on connections that act as the application's role in the queue's schema."""
    conninfo = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=3, configure=_enter_queue, timeout=10
    )
    app = procrastinate.App(connector=connector)
    retry = procrastinate.RetryStrategy(max_attempts=MOST_WORKERS, exponential_wait=3)
    for name in JOBS:
        app.task(name=name, queue=queue.QUEUE, retry=retry)(_job(runtime, name))
    for name, (cron, _) in PERIODIC.items():
        task = app.task(name=name, queue=queue.QUEUE, queueing_lock=name)(_job(runtime, name))
        app.periodic(cron=cron)(task)
    return app


def _job(runtime: Runtime, name: str) -> Callable[..., None]:
    def work(**arguments: Any) -> None:
        try:
            run_job(runtime, name, arguments)
        except Exception as error:
            log.error("job_failed", job=name, kind=type(error).__name__)  # noqa: TRY400 - its text may hold data
            raise

    return work


async def _enter_queue(connection: AsyncConnection[Any]) -> None:
    row = await (await connection.execute("SELECT current_user")).fetchone()
    if row is not None and row[0] != APP_ROLE:
        await connection.execute(f"SET ROLE {APP_ROLE}")
    await connection.execute("SET search_path = queue")
    if not connection.autocommit:
        await connection.commit()


async def _look_for_stalled(runtime: Runtime) -> None:
    while True:
        try:
            found = await asyncio.to_thread(give_back_stalled, runtime)
            if found:
                log.warning("jobs_given_back", count=found)
        except Exception as error:  # noqa: BLE001 - looked again in a moment
            log.warning("stalled_jobs_not_seen", kind=_kind(error))
        await asyncio.sleep(LOOK)


def give_back_stalled(runtime: Runtime) -> int:
    """Give back the jobs of workers that died; how many."""
    with runtime.database.transaction(Scope(actor="job:stalled")) as session:
        found = queue.retry_stalled(session, silent_for=SILENT_FOR, most=MOST_WORKERS)
        session.commit()
    return found


def _kind(error: BaseException) -> str:
    """The innermost kind: ``UndefinedTable`` tells more than that the queue couldn't be read. Never its text."""
    while (cause := error.__cause__) is not None:
        error = cause
    return type(error).__name__


async def _follow(parent: int, stop: asyncio.Event) -> None:
    """A worker whose parent is gone stops: it would keep the embedded database running for nobody."""
    while os.getppid() == parent:
        await asyncio.sleep(0.5)
    stop.set()


async def _sleep_or_stop(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
