"""A job: make the files of a batch, one after the other, each stored before the next is begun.

Whoever is killed in the middle loses the one file they were at: what is done isn't made again. A job works for a few
seconds and queues the next one with the last file it stored, so that mail and other jobs come between, a worker that is
told to stop stops soon, and no number of restarts uses a batch up. A file that takes its worker along is given up after a
few tries; the others are made.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from outcomes.errors import OutcomesError, Sentence, UnavailableError
from outcomes.reports.stored_values import to_stored
from outcomes.services.build_report import build_report
from outcomes.services.gather_outcomes import Period
from outcomes.services.jobs import defer_job
from outcomes.services.render_batch_file import render_batch_file
from outcomes.services.settle_period import settle_asked_period
from outcomes.services.start_batch import JOB
from outcomes.store import batches
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from outcomes.reports.effect_report.context import EffectReportContext
    from outcomes.services.build_report import ReportFile
    from outcomes.services.runtime import Runtime

ACTOR = "job:make_batch"
SECONDS_AT_A_TIME = 10.0
"""A job begins no further file after this; well below the grace of a worker that is told to stop."""
TRIES = 3
GIVEN_UP = Sentence("It could not be made in %(count)s tries. Tell the people who run the program.", count=TRIES)
UNEXPECTED = Sentence(
    "It could not be made. Tell the people who run the program; the log says what kind of fault it was."
)

log = structlog.get_logger("outcomes.batches")


class BatchWork:
    """One stretch of work at a batch. The context of the last report is kept: its next language and format use it too."""

    def __init__(self, runtime: Runtime, scope: Scope, batch_id: UUID) -> None:
        self.runtime, self.scope, self.batch_id = runtime, scope, batch_id
        self._asked: tuple[str, Period | None] | None = None
        self._built: EffectReportContext | OutcomesError

    def build(self, subject: str, period: Period | None) -> EffectReportContext:
        """The report's context. Raises what building it raised, also the second time."""
        if self._asked != (subject, period):
            self._asked = None
            try:
                days = period and settle_asked_period(
                    self.runtime, self.scope, intervention_slug=subject, period=period
                )
                self._built = build_report(self.runtime, self.scope, intervention_slug=subject, period=days)
            except UnavailableError:
                raise
            except OutcomesError as error:
                self._built = error
            self._asked = (subject, period)
        if isinstance(self._built, OutcomesError):
            raise self._built
        return self._built


@dataclass(frozen=True, slots=True)
class Taken:
    """A file to make."""

    number: int
    subject: str
    locale: str
    file_format: str
    period: Period | None


def make_batch(runtime: Runtime, *, organisation_id: UUID, batch_id: UUID) -> None:
    """Make files of a batch for a while, and queue the rest. Nothing is done for a batch that is done or gone."""
    work = BatchWork(runtime, Scope(organisation_id, actor=ACTOR), batch_id)
    until = time.monotonic() + SECONDS_AT_A_TIME
    while make_next(work):
        if time.monotonic() >= until:
            with runtime.database.transaction(work.scope) as session:
                defer_job(session, JOB, organisation_id=organisation_id, batch_id=batch_id)
                session.commit()
            return


def make_all(runtime: Runtime, scope: Scope, batch_id: UUID, *, after_each: Callable[[int], None]) -> None:
    """Make everything that waits in a batch, here and now; ``after_each`` is called with each file's number."""
    work, number = BatchWork(runtime, scope, batch_id), 0
    while number := make_next(work):
        after_each(number)


def make_next(work: BatchWork) -> int:
    """Make the next file that waits; gives its number, 0 where none waits or somebody else is at it."""
    while True:
        with work.runtime.database.transaction(work.scope) as guard:
            item = batches.next_item(guard, batch_id=work.batch_id)
            if item is None:
                _close(work)
                return 0
            if not batches.hold_item(guard, item_id=item.id):
                return 0
            taken = _begin(work, item.number)
            if taken is not None:
                file, fault = _make(work, taken)
                _store(work, taken, file, fault)
                return taken.number


def _close(work: BatchWork) -> None:
    with work.runtime.database.transaction(work.scope) as session:
        batch = batches.find_batch(session, batch_id=work.batch_id, lock=True)
        if batch is not None and batch.state in {"waiting", "running"}:
            batch.state, batch.finished_at = "done", work.runtime.now()
            session.commit()


def _begin(work: BatchWork, number: int) -> Taken | None:
    """Count a try at the file that we hold; None where it was made meanwhile, or has had its tries."""
    with work.runtime.database.transaction(work.scope) as session:
        batch = batches.find_batch(session, batch_id=work.batch_id)
        item = batches.find_item(session, batch_id=work.batch_id, number=number, lock=True)
        if batch is None or item is None or item.state != "waiting":
            return None
        if item.tries >= TRIES:
            item.state, item.error = "failed", to_stored(GIVEN_UP)
            session.commit()
            return None
        batch.state, item.tries = "running", item.tries + 1
        session.commit()
    period = Period(batch.first_day, batch.last_day) if batch.first_day and batch.last_day else None
    return Taken(item.number, item.subject, item.locale, item.file_format, period)


def _make(work: BatchWork, taken: Taken) -> tuple[ReportFile | None, Sentence | None]:
    """The file, or why there is none. Raises ``UnavailableError`` where the database is away: then the job is done again."""
    try:
        context = work.build(taken.subject, taken.period)
    except UnavailableError:
        raise
    except OutcomesError as error:
        return None, error.sentence
    except Exception as error:  # noqa: BLE001 - one report's fault is not the others'
        return None, _unexpected(work, error)
    try:
        return render_batch_file(context, taken.file_format, taken.locale), None
    except OutcomesError as error:
        return None, error.sentence
    except Exception as error:  # noqa: BLE001
        return None, _unexpected(work, error)


def _unexpected(work: BatchWork, error: Exception) -> Sentence:
    """Logged by its kind alone: its text may hold data."""
    log.error("report_not_made", batch=str(work.batch_id), kind=type(error).__name__)
    return UNEXPECTED


def _store(work: BatchWork, taken: Taken, file: ReportFile | None, fault: Sentence | None) -> None:
    with work.runtime.database.transaction(work.scope) as session:
        item = batches.find_item(session, batch_id=work.batch_id, number=taken.number, lock=True)
        if item is None or item.state != "waiting":
            return
        if file is not None:
            item.state, item.content, item.error = "done", file.content, None
            item.file_name = f"{taken.subject}-{file.name}"
        else:
            item.state, item.error = "failed", to_stored(fault)
        session.commit()
