"""One intervention's outcome data as the tidy rows that an estimate is made from, and their fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from outcomes.store import interventions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.models import Intervention

GONE = ("moved", "died")


@dataclass(frozen=True, slots=True)
class Period:
    """Episodes that started on these days, both included."""

    from_date: date
    to_date: date

    def in_whole_quarters(self) -> Period:
        """From the first day of the first quarter to the last day of the last.

        Two reports whose periods differ by a few days could be held against each other to find one person.
        """
        first, last = self.from_date, self.to_date
        return Period(
            first.replace(month=_quarter(first), day=1),
            last.replace(month=_quarter(last), day=1) + relativedelta(months=3, days=-1),
        )


def _quarter(day: date) -> int:
    """The first month of the day's quarter."""
    return (day.month - 1) // 3 * 3 + 1


@dataclass(frozen=True, slots=True)
class Placed:
    """One of the people behind the records: which citizen, at which provider, of which target group (code), and whether
    in the intervention itself. Never published."""

    citizen_id: UUID
    provider_id: UUID | None
    target_group: str | None
    in_intervention: bool


@dataclass(frozen=True, slots=True)
class OutcomeData:
    """Tidy records (subject, occasion, time, score, due, arm, covariates) and their snapshot id (hex).

    ``versions``: the instrument versions that the scores were given in. ``comparison_statuses``: how those who are
    compared with came to be so (``waiting_list``, ``other``). ``people``: by subject, where each of them is.
    """

    records: tuple[dict[str, Any], ...]
    snapshot: str
    versions: frozenset[UUID]
    comparison_statuses: frozenset[str]
    people: Mapping[str, Placed] = field(default_factory=dict)

    @property
    def frame(self) -> pd.DataFrame:
        """The records as the frame that ``outcomes.analysis`` takes."""
        import pandas as pd  # noqa: PLC0415 - 1.6 s that no citizen's page waits for

        return pd.DataFrame.from_records(list(self.records))


def gather_outcomes(
    session: Session, intervention: Intervention, plan: AnalysisPlan, period: Period, today: date
) -> OutcomeData:
    """Everybody who started in the period, at every occasion that the plan's measure was planned for.

    A person counts once, with the first episode that the design looks at.
    """
    rows = interventions.list_outcome_rows(
        session,
        intervention_id=intervention.id,
        instrument_key=plan.measure.instrument,
        scale=plan.measure.scale,
        started_from=period.from_date,
        started_to=period.to_date,
        with_background=bool(plan.covariates),
    )
    wanted = {plan.baseline_occasion, *plan.follow_up}
    covariates = [covariate.name for covariate in plan.covariates]
    first = first_episodes(rows, with_comparison=plan.design.has_comparison_arm)
    kept = [row for row in first if row.occasion in wanted]
    records = tuple(_record(row, covariates, today) for row in kept)
    statuses = frozenset(row.comparison_status for row in kept) - {"intervention"}
    content = json.dumps([records, sorted(statuses)], sort_keys=True, default=str).encode()
    versions = frozenset(row.version_id for row in kept if row.score is not None and row.state != "withdrawn")
    return OutcomeData(records, hashlib.sha256(content).hexdigest()[:16], versions, statuses, _place(kept))


def _place(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, Placed]:
    first = {row.number: row for row in rows}  # one episode of each: all of a person's rows say the same
    return {
        str(number): Placed(row.citizen_id, row.provider_id, row.target_group, row.comparison_status == "intervention")
        for number, row in first.items()
    }


def first_episodes(rows: Sequence[Row[*tuple[Any, ...]]], *, with_comparison: bool) -> list[Row[*tuple[Any, ...]]]:
    """The rows of each citizen's first episode; without a comparison, of the first in the intervention.

    ``rows`` come by citizen and start.
    """
    first: dict[int, UUID] = {}
    return [
        row
        for row in rows
        if (with_comparison or row.comparison_status == "intervention")
        and first.setdefault(row.number, row.episode_id) == row.episode_id
    ]


def _record(row: Row[*tuple[Any, ...]], covariates: list[str], today: date) -> dict[str, Any]:
    return {
        "subject": str(row.number),
        "occasion": row.occasion,
        "time": float(row.months),
        "score": float("nan") if row.score is None or row.state == "withdrawn" else float(row.score),
        "due": is_due(row, today),
        "arm": "intervention" if row.comparison_status == "intervention" else "comparison",
        **{name: row.background.get(name) for name in covariates},
    }


def is_due(row: Row[*tuple[Any, ...]], today: date) -> bool:
    """Should an answer be there by now? The day alone decides, so that no answer counts sooner than a missing one.

    Whoever has withdrawn is hidden from analysis, answers and all; whoever had moved or died could not be asked.
    """
    gone = row.end_reason in GONE and row.ended_on is not None and row.planned_on > row.ended_on
    return bool(row.due_on < today and row.state != "withdrawn" and not gone)
