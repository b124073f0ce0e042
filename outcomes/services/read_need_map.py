"""Where the need is: those who began in the last four whole quarters, and the four before, in bands by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from outcomes.reports.offers.need import Began, NeedMap, build_panels, find_band
from outcomes.reports.offers.need_figure import make_figure
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.gather_outcomes import Period
from outcomes.services.read_coverage import Belonging, gather_coverage
from outcomes.services.read_offers import get_organisation, read_names, region_name
from outcomes.store import instruments, offers, stored_results

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.models import Intervention
    from outcomes.reports.offers.coverage import Pair
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def read_need_map(runtime: Runtime, scope: Scope) -> NeedMap:
    """The page. The period isn't chosen: two that differ by a few days could be held against each other."""
    today = runtime.today()
    with runtime.database.transaction(scope) as session:
        return gather_need_map(session, scope, today)[0]


def gather_need_map(session: Session, scope: Scope, today: date) -> tuple[NeedMap, GatheredNeed]:
    """The page, and the people that it is made from, in a transaction of the caller's."""
    period = year_until(today)
    organisation = get_organisation(session, scope)
    gathered = GatheredNeed(session)
    gathered.add_all(period, year_before(period))
    panels = build_panels(
        gathered.now,
        gathered.before,
        read_names(session),
        measures={pair: tuple(dict.fromkeys(titles)) for pair, titles in gathered.measures.items()},
        coverage={row.pair: row for row in gather_coverage(session, scope, today).rows},
    )
    need = NeedMap(
        organisation_name=organisation.name,
        region=region_name(organisation, today),
        first_day=period.from_date,
        last_day=period.to_date,
        panels=panels,
        left_out=tuple(gathered.left_out),
        figure=make_figure(panels, period.from_date, period.to_date),
    )
    return need, gathered


def year_before(period: Period) -> Period:
    """The four quarters before."""
    return Period(period.from_date - relativedelta(years=1), period.from_date - relativedelta(days=1))


def year_until(today: date) -> Period:
    """The last four whole quarters before a day."""
    quarter = Period(today, today).in_whole_quarters().from_date
    return Period(quarter - relativedelta(years=1), quarter - relativedelta(days=1))


class GatheredNeed:
    """Everybody who began, intervention by intervention."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._belonging = Belonging(session)
        self._titles = {each.key: local_text(each.definition["title"]) for each in instruments.list_versions(session)}
        self.now: list[Began] = []
        self.before: list[Began] = []
        self.measures: dict[Pair, list[LocalText]] = {}
        self.left_out: list[LocalText] = []
        self.slugs: dict[Pair, set[str]] = {}
        """The interventions that stand behind each pair."""

    def add_all(self, period: Period, before: Period) -> None:
        """Those of every intervention with an analysis plan whose measure has two ends."""
        from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415 - only where it is needed

        plans = stored_results.list_latest_plans(self._session)
        for intervention in sorted(self._belonging.interventions.values(), key=lambda each: each.slug):
            stored = plans.get(intervention.id)
            if stored is None:
                continue
            plan = parse_analysis_plan(stored.definition["analysis"])
            ends = (plan.measure.minimum, plan.measure.maximum)
            if None in ends or not stored.definition.get("dates_known", True):
                self.left_out.append(local_text(intervention.title))
                continue
            self.now += self._add(intervention, plan, period)
            self.before += self._add(intervention, plan, before)

    def _add(self, intervention: Intervention, plan: AnalysisPlan, period: Period) -> list[Began]:
        measure, found = plan.measure, []
        rows = offers.list_baselines(
            self._session,
            intervention_id=intervention.id,
            instrument_key=measure.instrument,
            scale=measure.scale,
            code=plan.baseline_occasion,
            first_day=period.from_date,
            last_day=period.to_date,
        )
        for row in rows:
            pair = self._belonging.pair(intervention.id, row.target_group_id)
            self.slugs.setdefault(pair, set()).add(intervention.slug)
            title = self._titles.get(measure.instrument)
            if title is not None and title not in self.measures.setdefault(pair, []):
                self.measures[pair].append(title)
            found.append(Began(row.citizen_id, pair, row.unit, _band(row.score, plan), intervention.slug))
        return found


def _band(score: float | None, plan: AnalysisPlan) -> str | None:
    low, high = plan.measure.minimum, plan.measure.maximum
    if score is None or low is None or high is None:
        return None
    return find_band(float(score), minimum=low, maximum=high, higher_is_better=plan.measure.direction.sign > 0)
