"""The periods that an intervention's pages may be asked for: whole quarters, the thin ones joined with their neighbours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.services.gather_outcomes import Period
from outcomes.store import interventions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.models import AnalysisPlan as StoredPlan
    from outcomes.models import Intervention
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class WholePeriod(Period):
    """Everything there is to choose from. ``starts``: first day of each stretch of quarters that pages begin and end at;
    ``last_start``: when the last one of the intervention began (None: no single intervention is asked about);
    ``open_from``: first day of the quarters that are in no stretch yet, since too few have answered."""

    starts: tuple[date, ...] = ()
    last_start: date | None = None
    open_from: date | None = None

    def around(self, asked: Period) -> Period:
        """The period asked for, widened to stretches where it would part the people otherwise; to whole quarters where no
        single intervention is asked about."""
        last = self.last_start
        if last is None or asked.from_date > last or asked.to_date < self.from_date:
            return asked.in_whole_quarters()
        from outcomes.analysis.quarters import first_day_of_quarter, start_of  # noqa: PLC0415 - not in a citizen's path

        first, end = asked.from_date, asked.to_date
        if first > self.from_date:
            first = start_of(self.starts, first) or first_day_of_quarter(self.from_date)
        if end < last:
            following = min((start for start in self.starts[1:] if start > end), default=None)
            end = following - timedelta(days=1) if following else Period(last, last).in_whole_quarters().to_date
        return Period(first, end)

    def in_place_of(self, asked: Period) -> Period | None:
        """The period to choose instead of one that begins or ends within a stretch; None where it doesn't, or where it is too
        early to know."""
        shown = self.around(asked)
        first = self._edge(asked.from_date, shown.from_date)
        following = self._edge(asked.to_date + timedelta(days=1), shown.to_date + timedelta(days=1))
        instead = Period(first, following - timedelta(days=1))
        return None if instead == asked else instead

    def _edge(self, asked: date, shown: date) -> date:
        return asked if self.open_from is not None and asked >= self.open_from else shown


def read_whole_period(session: Session, intervention: Intervention, plan: AnalysisPlan) -> WholePeriod | None:
    """From the first start in the intervention to the last, with the stretches between; None where nobody has begun."""
    from outcomes.analysis.quarters import join_for_outcomes, open_from  # noqa: PLC0415

    first, last = interventions.episode_span(session, intervention_id=intervention.id)
    if first is None or last is None:
        return None
    begun: Counter[date] = Counter()
    for quarter, count in interventions.count_begun(session, intervention_id=intervention.id):
        begun[quarter] = count
    known: dict[date, tuple[int, int]] = {}
    for quarter, ours, count in interventions.count_known(
        session, intervention_id=intervention.id, instrument_key=plan.measure.instrument, scale=plan.measure.scale,
        occasions=(plan.baseline_occasion, plan.primary_occasion),
    ):  # fmt: skip
        own, compared = known.get(quarter, (0, 0))
        known[quarter] = (count, compared) if ours else (own, count if plan.design.has_comparison_arm else 0)
    return WholePeriod(first, last, join_for_outcomes(begun, known), last, open_from(begun, known))


def settle_period(session: Session, intervention: Intervention, stored: StoredPlan, period: Period) -> Period:
    """The period as the intervention's pages show it."""
    from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415

    whole = read_whole_period(session, intervention, parse_analysis_plan(stored.definition["analysis"]))
    return whole.around(period) if whole else period.in_whole_quarters()


def find_whole_period(session: Session, intervention_slug: str) -> WholePeriod | None:
    """The same by the intervention's short name; None where there is no such intervention or plan, nobody has begun, or
    nobody knows when."""
    from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415

    intervention = interventions.find_intervention(session, slug=intervention_slug)
    stored = interventions.latest_analysis_plan(session, intervention_id=intervention.id) if intervention else None
    if intervention is None or stored is None or not stored.definition.get("dates_known", True):
        return None
    return read_whole_period(session, intervention, parse_analysis_plan(stored.definition["analysis"]))


def refuse_parted(whole: WholePeriod | None, asked: Period) -> Sentence | None:
    """Why nothing may be agreed on for these days; None where it may be."""
    instead = whole.in_place_of(asked) if whole else None
    if instead is None:
        return None
    return Sentence(
        "Too few have answered in some of the quarters beside these days: two numbers held against each other would tell of"
        " a few people. Choose %(first)s to %(last)s.",
        first=instead.from_date, last=instead.to_date,
    )  # fmt: skip


def explain_parted(whole: WholePeriod | None, asked: Period) -> Sentence | None:
    """Why no figure of these days is shown, whatever was agreed on; None where one may be."""
    shown = whole.around(asked) if whole else asked
    if shown == asked:
        return None
    return Sentence(
        "Too few have answered of those who began just before or after the first or the last of these days, so a figure"
        " would tell of a few people. It can be shown of those who began from %(first)s to %(last)s.",
        first=shown.from_date, last=shown.to_date,
    )  # fmt: skip


def settle_asked_period(runtime: Runtime, scope: Scope, *, intervention_slug: str, period: Period) -> Period:
    """The same in a transaction of its own; whole quarters where there is no such intervention or plan."""
    with runtime.database.transaction(scope) as session:
        intervention = interventions.find_intervention(session, slug=intervention_slug)
        stored = interventions.latest_analysis_plan(session, intervention_id=intervention.id) if intervention else None
        if intervention is None or stored is None:
            return period.in_whole_quarters()
        return settle_period(session, intervention, stored, period)
