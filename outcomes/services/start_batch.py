"""Ask for all reports of an organisation at once: one file for each intervention, language and format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.language import LOCALES
from outcomes.models import BatchItem, ReportBatch
from outcomes.services.build_report import FORMATS
from outcomes.services.gather_outcomes import Period
from outcomes.services.jobs import defer_job
from outcomes.store import batches, interventions, stored_results

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

JOB = "make_batch"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be made. ``period`` None: everybody who has begun."""

    locales: tuple[str, ...] = LOCALES
    formats: tuple[str, ...] = tuple(FORMATS)
    period: Period | None = None


def start_batch(runtime: Runtime, scope: Scope, asked: Asked, *, by: str, queued: bool = True) -> UUID:
    """Write down what is to be made, and queue the job that makes it; gives the batch's id.

    ``queued`` False: whoever calls makes the files themself. Raises ``AnswerError`` with every fault, ``ConflictError``
    where nothing can be reported on, or where the same is being made just now.
    """
    _check(asked)
    with runtime.database.transaction(scope) as session:
        first, last = (asked.period.from_date, asked.period.to_date) if asked.period else (None, None)
        if batches.find_unfinished(session, first_day=first, last_day=last) is not None:
            raise ConflictError(Sentence("These reports are being made already. Follow them in the list below."))
        slugs = list_reportable(session)
        if not slugs:
            raise ConflictError(Sentence("There is nothing to report on yet: nobody has begun an intervention."))
        batch_id = _add(session, scope, asked, slugs, by=by)
        if queued:
            defer_job(session, JOB, organisation_id=_own(scope), batch_id=batch_id)
        session.commit()
    return batch_id


def go_on(runtime: Runtime, scope: Scope, batch_id: UUID) -> None:
    """Queue a batch that stands still again, and what failed in it. What is done isn't made again.

    Raises ``NotFoundError`` where there is no such batch.
    """
    with runtime.database.transaction(scope) as session:
        reopen(session, batch_id)
        defer_job(session, JOB, organisation_id=_own(scope), batch_id=batch_id)
        session.commit()


def stop_batch(runtime: Runtime, scope: Scope, batch_id: UUID) -> None:
    """Begin no further file of a batch; what is done stays. Raises ``NotFoundError`` where there is no such batch."""
    with runtime.database.transaction(scope) as session:
        batch = batches.find_batch(session, batch_id=batch_id, lock=True)
        if batch is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        if batch.state in {"waiting", "running"}:
            batch.state = "stopped"
            session.commit()


def reopen(session: Session, batch_id: UUID) -> None:
    """Let everything of a batch that isn't done wait again, in the caller's transaction."""
    batch = batches.find_batch(session, batch_id=batch_id, lock=True)
    if batch is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    for item in batches.list_failed(session, batch_id=batch_id):
        item.state, item.tries, item.error = "waiting", 0, None
    batch.state, batch.finished_at = "waiting", None


def list_reportable(session: Session) -> list[str]:
    """Slugs of the interventions that somebody has begun and that have an analysis plan, in their order."""
    plans, spans = stored_results.list_latest_plans(session), stored_results.list_spans(session)
    return [each.slug for each in interventions.list_interventions(session) if each.id in plans and each.id in spans]


def _own(scope: Scope) -> UUID:
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return scope.organisation_id


def _check(asked: Asked) -> None:
    faults = [
        Fault(place, sentence)
        for place, chosen, known, sentence in (
            ("locale", asked.locales, LOCALES, Sentence("Choose at least one language.")),
            ("file_format", asked.formats, FORMATS, Sentence("Choose at least one format.")),
        )
        if not _are(chosen, known)
    ]
    if faults:
        raise AnswerError(Sentence("Nothing was begun."), faults)


def _are(chosen: Collection[str], known: Collection[str]) -> bool:
    return bool(chosen) and set(chosen) <= set(known)


def _add(session: Session, scope: Scope, asked: Asked, slugs: list[str], *, by: str) -> UUID:
    batch_id, organisation_id = uuid4(), _own(scope)
    days = asked.period
    session.add(
        ReportBatch(
            id=batch_id, organisation_id=organisation_id, first_day=days.from_date if days else None,
            last_day=days.to_date if days else None, requested_by=by,
        )
    )  # fmt: skip
    session.flush()
    wanted = [(slug, locale, kind) for slug in slugs for locale in asked.locales for kind in asked.formats]
    session.add_all(
        BatchItem(
            id=uuid4(), organisation_id=organisation_id, batch_id=batch_id, number=number, subject=slug, locale=locale,
            file_format=kind,
        )
        for number, (slug, locale, kind) in enumerate(wanted, start=1)
    )  # fmt: skip
    return batch_id
