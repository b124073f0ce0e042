"""What a report says of parts of the people, and what has moved since the period before: gathered for one report."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from outcomes.analysis.breakdown import Breakdown, PersonFacts, describe_breakdown, hide_levels
from outcomes.analysis.disclosure import (
    may_show_cell,
    may_show_estimate,
    may_show_share,
    too_few_for_estimate,
    too_few_for_share,
)
from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.analysis.grouping import PROVIDER, TARGET_GROUP
from outcomes.analysis.instrument_switch import find_instrument_switches
from outcomes.analysis.levels import Limit
from outcomes.analysis.period_comparison import compare_periods
from outcomes.analysis.proportions import estimate_share
from outcomes.errors import EstimateError, Sentence
from outcomes.reports.effect_report.material import ExperienceMaterial, MoneyMaterial, PreviousMaterial
from outcomes.reports.parts import local_text
from outcomes.services.gather_outcomes import Period, first_episodes, gather_outcomes
from outcomes.services.gather_population import find_uncounted, gather_experience
from outcomes.services.judge_targets import list_intervention_targets
from outcomes.services.read_supervision import list_open_signals
from outcomes.services.read_value import value_of
from outcomes.services.settle_period import read_whole_period
from outcomes.store import interventions, report_people, targets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.analysis.effect_results import EffectEstimate
    from outcomes.models import Intervention
    from outcomes.reports.effect_report.material import CutOffMaterial, ReportMaterial
    from outcomes.reports.value.context import ValueContext
    from outcomes.services.gather_material import PlanOutcomes
    from outcomes.services.runtime import Runtime

GOING_ON = "going_on"
KEPT = 64
INVENTED = Sentence("The prices are invented, to show the program.")

_breakdowns: OrderedDict[str, Breakdown] = OrderedDict()
_lock = Lock()


def gather_parts(
    runtime: Runtime, session: Session, intervention: Intervention, found: PlanOutcomes, material: ReportMaterial
) -> ReportMaterial:
    """The material with everything that a whole report has beside its main number."""
    today, estimate = runtime.today(), material.estimate
    breakdown, fingerprint = gather_breakdown(session, intervention, found, estimate, material.measure.cut_offs, today)
    groups = interventions.list_target_groups(session, intervention_id=intervention.id)
    return replace(
        material,
        breakdown=_hide_begun(session, intervention, found, estimate, breakdown),
        people_snapshot=fingerprint,
        target_group_names=tuple((group.code, local_text(group.title)) for group in groups),
        previous=gather_previous(session, intervention, found, estimate, today),
        switches=gather_switches(session, intervention, found),
        experience=_experience(session, intervention, found, today),
        signals=list_open_signals(session, intervention),
        targets=list_intervention_targets(runtime, session, intervention.slug, stored_only=True),
        money=_money(value_of(session, intervention, material)),
    )


def _hide_begun(
    session: Session, intervention: Intervention, found: PlanOutcomes, estimate: EffectEstimate, breakdown: Breakdown
) -> Breakdown:
    """The breakdown without how many began of a provider or target group, wherever the overview doesn't show it: with how
    many answered, it would tell of a few who didn't."""
    names = targets.list_provider_names(session)
    unseen = {PROVIDER: set[str](), TARGET_GROUP: set[str]()}
    for population in find_uncounted(session, intervention, found, estimate.individuals):
        if population.provider_id is not None:
            unseen[PROVIDER].add(names.get(population.provider_id, ""))
        elif population.target_group is not None:
            unseen[TARGET_GROUP].add(population.target_group)
    return hide_levels(breakdown, unseen)


def _experience(session: Session, intervention: Intervention, found: PlanOutcomes, today: date) -> ExperienceMaterial:
    """How everybody meets the help."""
    asked, replied = gather_experience(session, intervention, found.period, today)
    positive, answered = sum(replied.values()), len(replied)
    if not may_show_estimate(answered):
        return ExperienceMaterial(too_few_for_estimate(), None)
    known = answered / len(asked) if answered == len(asked) or may_show_cell(len(asked) - answered) else None
    share = estimate_share(positive, answered) if may_show_share(positive, answered) else too_few_for_share()
    return ExperienceMaterial(share, known)


def _money(value: ValueContext | None) -> MoneyMaterial | None:
    """Who spends and who saves, as the value page has it; None where there is no case or no amount."""
    if value is None or value.money is None:
        return None
    money, payers = value.money, value.money.sections[0]
    invented = (INVENTED,) if value.invented else ()
    return MoneyMaterial(
        money.standing,
        money.scenario,
        money.finding,
        (*invented, *payers.body),
        payers.figure,
        payers.tables,
        money.warnings,
        net=(money.numbers.net, money.numbers.low, money.numbers.high),
        years=money.numbers.years,
    )


def gather_facts(
    session: Session, intervention: Intervention, period: Period, *, with_comparison: bool
) -> Mapping[str, PersonFacts]:
    """Where, when and how each person began, by subject: the same episode that the estimate looks at."""
    groups = interventions.list_target_groups(session, intervention_id=intervention.id)
    only = groups[0].code if len(groups) == 1 else ""
    rows = report_people.list_people(
        session, intervention_id=intervention.id, started_from=period.from_date, started_to=period.to_date
    )
    return {
        str(row.number): PersonFacts(
            row.provider or "", row.target_group or only, row.started_on, row.end_reason or GOING_ON
        )
        for row in first_episodes(rows, with_comparison=with_comparison)
    }


def gather_breakdown(
    session: Session,
    intervention: Intervention,
    found: PlanOutcomes,
    estimate: EffectEstimate,
    cut_offs: tuple[CutOffMaterial, ...],
    today: date,
) -> tuple[Breakdown, str]:
    """The breakdown of a report's people, and the fingerprint of what it stands on beside the report's own data."""
    compared = found.plan.design.has_comparison_arm
    facts = gather_facts(session, intervention, found.period, with_comparison=compared)
    first, _ = interventions.episode_span(session, intervention_id=intervention.id)
    history, known = None, facts
    if found.dated and first is not None and first < found.period.from_date:
        whole = Period(first, found.period.to_date)
        history = gather_outcomes(session, intervention, found.plan, whole, today)
        known = gather_facts(session, intervention, whole, with_comparison=compared)
    fingerprint = _fingerprint(facts, history.snapshot if history else "", known if history else {})
    limits = tuple(Limit(cut.value, not cut.at_or_below) for cut in cut_offs)
    ladder = read_whole_period(session, intervention, found.plan)
    starts = ladder.starts if ladder else ()

    def make() -> Breakdown:
        return describe_breakdown(
            found.data.frame, found.plan, facts, compared=estimate.compared, dated=found.dated, limits=limits,
            history=(history.frame, known) if history else None, starts=starts,
        )  # fmt: skip

    return _kept(f"{intervention.id} {estimate.plan} {found.data.snapshot} {fingerprint} {starts}", make), fingerprint


def gather_previous(
    session: Session, intervention: Intervention, found: PlanOutcomes, estimate: EffectEstimate, today: date
) -> PreviousMaterial | None:
    """This period held against the one of equal length before it; None where nobody had begun by then.

    The one before is widened to stretches that a page may be asked for, and there is none where the two would overlap.

    Whoever began in both counts in this one alone, so that the two hold different people.
    """
    first, _ = interventions.episode_span(session, intervention_id=intervention.id)
    before = period_before(found.period)
    if not found.dated or first is None or before.to_date < first:
        return None
    whole = read_whole_period(session, intervention, found.plan)
    before = whole.around(before) if whole else before
    if before.to_date >= found.period.from_date:  # days that no page is asked for: the two can't be parted
        return None
    data = gather_outcomes(session, intervention, found.plan, before, today)
    subjects = {record["subject"] for record in found.data.records}
    records = tuple(record for record in data.records if record["subject"] not in subjects)
    both = len({record["subject"] for record in data.records} & subjects)
    if not records:
        return None
    try:
        # the plan of the estimate is the plan as far as the data bear it
        earlier = estimate_effect(replace(data, records=records).frame, estimate.plan, with_sensitivity=False)
    except EstimateError:
        return None
    shown = both == 0 or may_show_cell(both)
    cell = Cell(both, CellMark.SHOWN) if shown else Cell(None, CellMark.UNDER_MINIMUM)
    return PreviousMaterial(
        before.from_date, before.to_date, compare_periods(estimate, earlier, in_both=cell), data.snapshot
    )


def gather_switches(session: Session, intervention: Intervention, found: PlanOutcomes) -> tuple[Sentence, ...]:
    """Sentences on people who answered more than one version of the measure; none where there is only one."""
    if len(found.data.versions) < 2:  # noqa: PLR2004 - one version can't be changed for another
        return ()
    rows = report_people.list_answered_versions(
        session,
        intervention_id=intervention.id,
        instrument_key=found.plan.measure.instrument,
        started_from=found.period.from_date,
        started_to=found.period.to_date,
    )
    switches = find_instrument_switches(
        [row.episode_id for row in rows],
        [float(row.months) for row in rows],
        [row.key for row in rows],
        [row.version for row in rows],
    )
    return switches.warnings


def period_before(period: Period) -> Period:
    """The period of equal length that ends the day before: whole months where the period is of whole months."""
    last = period.from_date - timedelta(days=1)
    following = period.to_date + timedelta(days=1)
    if period.from_date.day == 1 and following.day == 1:
        months = 12 * (following.year - period.from_date.year) + following.month - period.from_date.month
        return Period(period.from_date - relativedelta(months=months), last)
    return Period(period.from_date - (following - period.from_date), last)


def _fingerprint(facts: Mapping[str, PersonFacts], snapshot: str, known: Mapping[str, PersonFacts]) -> str:
    content = [
        sorted(
            [subject, fact.provider, fact.target_group, str(fact.started), fact.standing]
            for subject, fact in people.items()
        )
        for people in (facts, known)
    ]
    return hashlib.sha256(json.dumps([content, snapshot]).encode()).hexdigest()[:16]


def _kept(key: str, make: Callable[[], Breakdown]) -> Breakdown:
    with _lock:
        if key in _breakdowns:
            _breakdowns.move_to_end(key)
            return _breakdowns[key]
    made = make()
    with _lock:
        _breakdowns[key] = made
        while len(_breakdowns) > KEPT:
            _breakdowns.popitem(last=False)
    return made
