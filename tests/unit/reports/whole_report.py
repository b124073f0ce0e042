"""A whole report of simulated people: every part that a report can have, made once per run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from outcomes.analysis.breakdown import describe_breakdown
from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.analysis.indicators import IndicatorValue
from outcomes.analysis.levels import Limit
from outcomes.analysis.period_comparison import compare_periods
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.target_status import TargetStatus
from outcomes.errors import Sentence
from outcomes.reports.effect_report import (
    CutOffMaterial,
    EffectReportContext,
    ExperienceMaterial,
    MeasureMaterial,
    MoneyMaterial,
    PlanMaterial,
    PreviousMaterial,
    ReportMaterial,
    build_context,
)
from outcomes.reports.parts import Column, Kind, Table, local_text
from outcomes.reports.requirements import Freed, RequirementBook, RequirementView, State
from outcomes.reports.targets import Standing, TargetView
from tests.unit.analysis.parts_data import make_plan, simulate_people

HELP = local_text({"da": "Bostøtte", "en": "Support at home"})
LONG = (
    "Et opdigtet eksempel med mange ord om, hvad der bliver gjort, af hvem, hvor tit og hvorfor det måske hjælper. " * 3
)


@cache
def whole_material(n: int = 400) -> ReportMaterial:
    """Help at five providers; at one of them people fare worse, and the young fare better."""
    frame, facts = simulate_people(
        n, extra=lambda facts, age: (-12.0 if facts.provider == "Lind" else 0.0) + (8.0 if age < 45 else 0.0)
    )
    plan = make_plan()
    late = {subject for subject, fact in facts.items() if fact.started >= date(2024, 1, 1)}
    now = estimate_effect(frame[frame["subject"].isin(late)].reset_index(drop=True), plan)
    before = estimate_effect(frame[~frame["subject"].isin(late)].reset_index(drop=True), plan, with_sensitivity=False)
    breakdown = describe_breakdown(
        frame[frame["subject"].isin(late)].reset_index(drop=True),
        plan,
        {subject: facts[subject] for subject in late},
        compared=False,
        limits=(Limit(50.0, at_or_above=False),),
        history=(frame, facts),
    )
    return ReportMaterial(
        organisation="Nordby Kommune",
        intervention=HELP,
        description=local_text(LONG),
        legal_basis=local_text("Serviceloven § 85"),
        planned_months=12.0,
        cost_per_month=7400.0,
        comparison=None,
        providers=("Birk", "Eg", "Lind", "Pil", "Røn"),
        target_groups=(local_text("Voksne med psykiske vanskeligheder"),),
        period_from=date(2024, 1, 1),
        period_to=date(2025, 12, 31),
        measure=MeasureMaterial(
            title=local_text({"da": "Trivsel", "en": "Wellbeing"}), scale=None, minimum=0.0, maximum=100.0,
            lower_is_better=False, validated=False, version="1.0",
            cut_offs=(CutOffMaterial(50.0, local_text("Lav trivsel"), "Topp 2015", at_or_below=True),),
        ),
        plan=PlanMaterial(version=1, frozen_on=date(2026, 1, 15)),
        estimate=now,
        goals=None,
        snapshot="2110ac472110ac47",
        code_version="0.1.0",
        reproduce="outcomes report --organisation nordby --intervention hjaelp --format json",
        generated_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        is_demo=True,
        characteristics=(("age", local_text({"da": "Alder", "en": "Age"})), ("living", local_text("Bor"))),
        breakdown=breakdown,
        people_snapshot="aaaa",
        target_group_names=(("a", local_text("Gruppe a")), ("b", local_text("Gruppe b"))),
        previous=PreviousMaterial(
            date(2022, 1, 1),
            date(2023, 12, 31),
            compare_periods(now, before, in_both=Cell(None, CellMark.UNDER_MINIMUM)),
            "bbbb",
        ),
        experience=ExperienceMaterial(estimate_share(90, 120), 0.8),
        targets=(
            make_target("met", TargetStatus.MET),
            make_target("open", TargetStatus.NOT_SAID),
            replace(make_target("lind", TargetStatus.NOT_MET), provider_id=UUID(int=1), provider="Lind"),
        ),
        duties=make_book(),
        money=make_money(),
    )  # fmt: skip


@cache
def whole_context() -> EffectReportContext:
    """Its context."""
    return build_context(whole_material())


def make_target(code: str, status: TargetStatus) -> TargetView:
    """A target on the share better."""
    standing = Standing(
        status, Sentence("Met") if status is TargetStatus.MET else Sentence("Can't be said yet"),
        Sentence("It may be either way."),
        None, None, IndicatorValue("share_better", 0.31, 0.25, 0.38, 200, 0.8), "abc",
    )  # fmt: skip
    return TargetView(
        code=code, version=1, title=local_text("Flere får det bedre"), own=True, level="municipal",
        level_words=Sentence("The municipality's own"), indicator="share_better",
        indicator_title=Sentence("Share reliably better"), unit="share", intervention="hjaelp", intervention_name=HELP,
        provider_id=None, provider=None, target_group=None, target_group_title=None, legal_section=None, threshold=0.3,
        direction="at_least", wish=Sentence("At least %(amount)s", amount="30 %"), first_day=date(2024, 1, 1),
        last_day=date(2025, 12, 31), minimum_n=10, reason="", decided_by="Lars",
        decided_at=datetime(2026, 1, 1, tzinfo=UTC), ends=False, standing=standing,
    )  # fmt: skip


def make_book() -> RequirementBook:
    """A register with one retired duty of this intervention and one of another."""
    freed = Freed(((date(2026, 3, 27), date(2026, 11, 21)),), 167, 900.0, 389.0)
    views = [
        RequirementView(
            code=code, title=local_text(title), source_kind=Sentence("Local rule"), source="Byrådet 2012",
            law_bound=False, minutes=26.0, minutes_source="talt", interventions=interventions, replaced_by="share_better",
            replaced_by_name=Sentence("Share reliably better"), replacement=local_text(""), state=State.RETIRED,
            state_words=Sentence("Retired: no longer written down"), since=date(2026, 3, 27), steps=(), freed=freed,
        )
        for code, title, interventions in (
            ("ugestatus", "Ugentlig status", (HELP,)), ("andet", "Andre steder", (local_text("Familiehuset"),)),
        )
    ]  # fmt: skip
    return RequirementBook(
        "Nordby Kommune", date(2026, 11, 21), date(2026, 3, 27), Sentence("Nothing has been retired yet."), tuple(views),
        389.0, (), None, (),
    )  # fmt: skip


def make_money() -> MoneyMaterial:
    """A scenario of payers that add up."""
    table = Table(
        "payers",
        Sentence("The payers"),
        (Column("payer", Sentence("Payer")), Column("net", Sentence("Left over"), Kind.NUMBER, 2)),
        (("Kommune", -3939406.63), ("Region", 315807.15), ("Stat", 292772.92), ("I alt", -3330826.56)),
    )
    return MoneyMaterial(
        Sentence("Scenario, not value created"), True,
        Sentence("More is spent than saved within %(years)s years", years=10), (), None, (table,), (),
        net=(-17800.0, -21000.0, -14600.0), years=10,
    )  # fmt: skip
