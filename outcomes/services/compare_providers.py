"""Compare the providers of one intervention: who was measured, held against each other, and what was seen written down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.provider_signals import RUN_LENGTH, Measured, ProviderSignals, find_provider_signals
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, NotFoundError
from outcomes.reports.stored_values import to_stored
from outcomes.services.gather_measure import find_measure
from outcomes.services.gather_outcomes import first_episodes, is_due
from outcomes.services.runtime import code_version
from outcomes.store import interventions, supervision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.analysis.provider_signals import ComparedProvider, ProviderChart
    from outcomes.models import AnalysisPlan as StoredPlan
    from outcomes.models import Intervention, SupervisionSignal
    from outcomes.models.base import Json
    from outcomes.services.runtime import Runtime

FUNNEL = "funnel"
FORM = 1
CURVE_STEP = 4
"""One point of the funnel's limits in so many is kept: enough to draw them."""
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Days:
    """What is looked at: charts reach to the end of the last whole month, the funnel is of the year to the quarter's end."""

    until: date
    compared_from: date
    compared_to: date


@dataclass(frozen=True, slots=True)
class _Seen:
    """Those whose time has come: who was measured, and per provider how many were due and how many are known."""

    people: tuple[Measured, ...]
    names: tuple[str, ...]
    versions: frozenset[UUID]
    due: Mapping[str, int]
    known: Mapping[str, int]

    @property
    def snapshot(self) -> str:
        """Fingerprint of what was looked at (hex)."""
        rows = [(each.provider, each.outcome, each.background, each.day) for each in self.people]
        content = json.dumps([rows, sorted(self.due.items())], default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def days_to_look_at(today: date) -> Days:
    """The days of a look: what has ended stays as it is until the next month has."""
    until = today.replace(day=1) - timedelta(days=1)
    after = until + timedelta(days=1)
    quarter = after.replace(month=(after.month - 1) // 3 * 3 + 1, day=1)
    return Days(until, quarter - relativedelta(years=1), quarter - timedelta(days=1))


def compare_providers(
    runtime: Runtime, session: Session, intervention: Intervention, stored: StoredPlan, days: Days,
    known: Mapping[tuple[UUID, UUID, str], SupervisionSignal],
) -> int:  # fmt: skip
    """Store what is seen of one intervention, and raise what is new; gives how many. ``known``: the newest signals.

    Where there are too few people for any expectation, nothing is seen and nothing stored.
    """
    plan = parse_analysis_plan(stored.definition["analysis"])
    seen = _gather(session, intervention, plan, runtime.today(), days)
    providers = {str(each.id): each.id for each in supervision.list_providers(session)}
    try:
        measure = find_measure(session, plan, seen.versions)
        found = find_provider_signals(
            seen.people, seen.names, compared_from=days.compared_from, compared_to=days.compared_to
        )
    except (EstimateError, NotFoundError):  # too few people for any expectation: nothing is compared, and that is said
        return 0
    shared = {
        "form": FORM,
        "measure": to_stored(measure.title),
        "compared_from": days.compared_from.isoformat(),
        "compared_to": days.compared_to.isoformat(),
        "list_false_alarms": found.false_alarms_per_year,
        "providers": len({each.provider for each in found.charts}),
    }
    supervision.put_look(
        session, organisation_id=intervention.organisation_id, intervention_id=intervention.id, until=days.until,
        content={**shared, **_look_content(found, seen)}, snapshot=seen.snapshot, code_version=code_version(),
        computed_at=runtime.now(),
    )  # fmt: skip
    raised = 0
    for provider, method, found_on, content in _reasons(found, seen, days):
        if _is_new(known.get((providers[provider], intervention.id, method)), found_on, content.pop("day", found_on)):
            supervision.add_signal(
                session, organisation_id=intervention.organisation_id, provider_id=providers[provider],
                intervention_id=intervention.id, method=method, found_on=found_on,
                content={**shared, **content, "snapshot": seen.snapshot, "code_version": code_version()},
            )  # fmt: skip
            raised += 1
    return raised


def _is_new(known: SupervisionSignal | None, found_on: date, day: date) -> bool:
    """A signal comes again when the dialogue about the last one is closed, and what it is of (``day``) came after that."""
    if known is None:
        return True
    if known.handled_at is None or known.state != "closed":
        return False
    return found_on > known.found_on and day > known.handled_at.date()


def _gather(session: Session, intervention: Intervention, plan: AnalysisPlan, today: date, days: Days) -> _Seen:
    """The first episode of each citizen in the intervention: its start and its primary occasion."""
    rows = interventions.list_outcome_rows(
        session, intervention_id=intervention.id, instrument_key=plan.measure.instrument, scale=plan.measure.scale,
        started_from=FIRST, started_to=LAST,
    )  # fmt: skip
    start: dict[UUID, Any] = {}
    later: dict[UUID, Any] = {}
    for row in first_episodes(rows, with_comparison=False):
        if row.provider_id is not None and row.state != "withdrawn":
            place = {plan.baseline_occasion: start, plan.primary_occasion: later}.get(row.occasion)
            if place is not None:
                place[row.episode_id] = row
    due = {key: row for key, row in later.items() if is_due(row, today) and row.planned_on <= days.until}
    both = [
        (start[key], row)
        for key, row in due.items()
        if key in start and start[key].score is not None and row.score is not None
    ]
    ages = [_age(row) for row, _ in both]
    with_age = all(age is not None for age in ages) and len(set(ages)) > 1
    sign = plan.measure.direction.sign
    people = tuple(
        Measured(
            str(end.provider_id),
            sign * float(end.score),
            (sign * float(begin.score), *([float(age)] if with_age and age is not None else [])),
            end.planned_on,
        )
        for (begin, end), age in zip(both, ages, strict=True)
    )
    versions = frozenset(row.version_id for pair in both for row in pair)
    names = ("start", "age") if with_age else ("start",)
    return _Seen(people, names, versions, _count(due.values()), _count(end for _, end in both))


def _age(row: Any) -> float | None:
    age = row.background.get("age")
    return float(age) if isinstance(age, int | float) and not isinstance(age, bool) else None


def _count(rows: Any) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in rows:
        counted[str(row.provider_id)] = counted.get(str(row.provider_id), 0) + 1
    return counted


def _look_content(found: ProviderSignals, seen: _Seen) -> Json:
    compared = [_compared(each, seen) for each in found.compared]
    charts = [
        {"provider": each.provider, "method": each.method, "outside": each.outside, "n": each.n}
        for each in found.charts
    ]
    return {
        "compared": compared,
        "charts": charts,
        "not_compared": list(found.not_compared),
        "funnel": _funnel(found),
        "run_length": RUN_LENGTH,
    }


def _compared(each: ComparedProvider, seen: _Seen) -> Json:
    return {
        "provider": each.provider,
        "n": each.n,
        "mean": _mean(each),
        "adjusted": each.adjusted,
        "completeness": _completeness(seen, each.provider),
        "signals": each.signals,
    }


def _funnel(found: ProviderSignals) -> Json | None:
    """Limits by number of people and the providers' places, in points (more is better)."""
    if found.funnel is None:
        return None
    first = found.funnel.points[0]
    people = first.n / first.precision  # the precision of a mean rises with the number of people
    return {
        "curve": [
            [each.precision * people, each.low_998, each.low_95, each.high_95, each.high_998]
            for each in found.funnel.curve[::CURVE_STEP]
        ],
        "points": [[each.provider, each.n, each.value, str(each.signal)] for each in found.funnel.points],
    }


def _reasons(found: ProviderSignals, seen: _Seen, days: Days) -> Sequence[tuple[str, str, date, Json]]:
    """Provider, method, day found, and what is written of it: of the year that is looked at, and nothing older."""
    means = {each.provider: each for each in found.compared}
    reasons: list[tuple[str, str, date, Json]] = [
        (each.provider, FUNNEL, days.compared_to, {**_about(found, seen, each.provider, each), "n": each.n})
        for each in found.compared
        if each.signals
    ]
    for chart in found.charts:
        recent = [day for day in chart.signalled_on if day >= days.compared_from]
        if recent:
            content = {
                **_about(found, seen, chart.provider, means.get(chart.provider)),
                **_chart(chart),
                "day": recent[-1],
            }
            reasons.append((chart.provider, chart.method, _month_end(recent[-1]), content))
    return reasons


def _about(found: ProviderSignals, seen: _Seen, provider: str, compared: ComparedProvider | None) -> Json:
    return {
        "mean": _mean(compared) if compared else None,
        "adjusted": compared.adjusted if compared else None,
        "completeness": _completeness(seen, provider),
        "false_alarms": found.per_provider(provider),
    }


def _chart(chart: ProviderChart) -> Json:
    return {"n": chart.n, "run_length": chart.run_length, "years_between": 1 / chart.false_alarms_per_year}


def _mean(compared: ComparedProvider) -> Json | None:
    mean = compared.mean
    if not isinstance(mean, TermEstimate):
        return None
    return {"estimate": mean.estimate, "ci_low": mean.ci_low, "ci_high": mean.ci_high, "n": compared.n}


def _completeness(seen: _Seen, provider: str) -> float:
    """Known of those whose time had come, 0-1; asked only of providers with 10 known or more."""
    return seen.known[provider] / seen.due[provider]


def _month_end(day: date) -> date:
    return day.replace(day=1) + relativedelta(months=1, days=-1)
