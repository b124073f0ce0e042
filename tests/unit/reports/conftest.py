"""The published trial (tests/reference, docs/examples) as material for the report, estimated once per run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.plan import AnalysisPlan, parse_analysis_plan
from outcomes.reports.effect_report import (
    CutOffMaterial,
    EffectReportContext,
    GoalsMaterial,
    MeasureMaterial,
    PersonGoals,
    PlanMaterial,
    ReportMaterial,
    build_context,
)
from outcomes.reports.parts import local_text

TABLE = Path(__file__).parents[3] / "docs" / "examples" / "btheb" / "long_with_baseline.csv"


def trial_plan() -> AnalysisPlan:
    return parse_analysis_plan(
        {
            "measure": {
                "instrument": "bdi",
                "scale": "total",
                "direction": "lower_is_better",
                "minimum": 0,
                "maximum": 63,
            },
            "design": "randomised",
            "intervention": "BtheB",
            "comparison": "TAU",
            "arm": "treatment",
            "baseline": "0",
            "baseline_term": "bdi.pre",
            "follow_up": ["2", "3", "5", "8"],
            "primary_occasion": "8",
            "covariates": [
                {"name": "drug", "kind": "category", "reference": "No"},
                {"name": "length", "kind": "category", "reference": "<6m"},
            ],
            "measurement_error": {
                "kind": "own_baseline_sd",
                "reliability": 0.86,
                "internal_consistency": True,
                "source": "Beck, Steer & Garbin 1988, doi:10.1016/0272-7358(88)90050-5",
            },
            "randomised_evidence": "Proudfoot et al. 2003: people were allocated by lot.",
        }
    )


def trial_frame() -> pd.DataFrame:
    raw = pd.read_csv(TABLE, dtype={"subject": str})
    return pd.DataFrame(
        {
            "subject": raw["subject"],
            "occasion": raw["time"].astype(int).astype(str),
            "time": raw["time"].astype(float),
            "score": raw["bdi"].astype(float),
            "due": True,
            "arm": raw["treatment"].map({"BtheB": "intervention", "TAU": "comparison"}),
            "drug": raw["drug"],
            "length": raw["length"],
        }
    )


@cache
def trial_material() -> ReportMaterial:
    return ReportMaterial(
        organisation="Beat the Blues-forsøget",
        intervention=local_text("Beat the Blues"),
        description=local_text(
            {
                "da": "Et computerprogram med kognitiv adfærdsterapi i otte ugentlige moduler til voksne med depression.",
                "en": "A computer programme with cognitive behavioural therapy in eight weekly modules for adults with"
                " depression.",
            }
        ),
        legal_basis=local_text({"da": "Serviceloven § 85", "en": "Act on Social Services, section 85"}),
        planned_months=2.0,
        cost_per_month=None,
        comparison=local_text({"da": "Sædvanlig behandling", "en": "Treatment as usual"}),
        providers=("Syv lægepraksisser",),
        target_groups=(local_text({"da": "Voksne med depression", "en": "Adults with depression"}),),
        period_from=date(2025, 1, 6),
        period_to=date(2025, 12, 31),
        measure=MeasureMaterial(
            title=local_text({"da": "BDI (depressionssymptomer)", "en": "BDI (symptoms of depression)"}),
            scale=None,
            minimum=0.0,
            maximum=63.0,
            lower_is_better=True,
            validated=True,
            version="1",
            cut_offs=(CutOffMaterial(19.0, local_text({"da": "moderat", "en": "moderate"}), "Beck 1988"),),
        ),
        plan=PlanMaterial(version=1, frozen_on=date(2026, 1, 15)),
        estimate=estimate_effect(trial_frame(), trial_plan()),
        goals=None,
        snapshot="3f9a1c7be02d4455a1b0c3d4e5f60718293a4b5c6d7e8f901122334455667788",
        code_version="0.1.0",
        reproduce="outcomes report --organisation btheb-trial --intervention btheb --format json",
        generated_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        is_demo=True,
        characteristics=(
            ("drug", local_text({"da": "medicin mod depression", "en": "antidepressant drug"})),
            ("length", local_text({"da": "episodens længde", "en": "length of the current episode"})),
        ),
        category_words=(
            ("drug", (("Yes", local_text({"da": "ja", "en": "yes"})), ("No", local_text({"da": "nej", "en": "no"})))),
            (
                "length",
                (
                    (">6m", local_text({"da": "over 6 måneder", "en": "over 6 months"})),
                    ("<6m", local_text({"da": "under 6 måneder", "en": "under 6 months"})),
                ),
            ),
        ),
        data_source=local_text(
            {
                "da": "HSAUR3, datasættet BtheB (GPL-2); Proudfoot m.fl. 2003.",
                "en": "HSAUR3, data set BtheB (GPL-2); Proudfoot et al. 2003.",
            }
        ),
    )


def alone(n: int | None = None) -> ReportMaterial:
    """The intervention's people alone, with no comparison; the first ``n`` of them."""
    plan = replace(trial_plan(), design=type(trial_plan().design).NONE, comparison_label=None, randomised_evidence=None)
    frame = trial_frame()
    frame = frame[frame["arm"] == "intervention"]
    if n is not None:
        frame = frame[frame["subject"].isin(frame["subject"].unique()[:n])]
    people = tuple(PersonGoals(44.0 + 2 * (i % 7), 1 + i % 2, 1 if i % 7 > 2 else 0) for i in range(20))
    goals = GoalsMaterial(n_begun=52, n_with_goals=24, people=people)
    return replace(
        trial_material(), comparison=None, estimate=estimate_effect(frame.reset_index(drop=True), plan), goals=goals
    )


@pytest.fixture(scope="session")
def material() -> ReportMaterial:
    return trial_material()


@pytest.fixture(scope="session")
def context() -> EffectReportContext:
    return build_context(trial_material())


@pytest.fixture(scope="session")
def alone_material() -> ReportMaterial:
    return alone()


@pytest.fixture(scope="session")
def few_material() -> ReportMaterial:
    return alone(8)


@pytest.fixture
def frame() -> pd.DataFrame:
    return trial_frame()


@pytest.fixture
def plan() -> AnalysisPlan:
    return trial_plan()
