"""The design label decides the words, and what is withheld says why."""

from __future__ import annotations

import io
import itertools
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import page
import pytest

from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.evidence import DesignLabel
from outcomes.language import use_locale
from outcomes.reports.effect_report import build_context, render_html, render_pdf, to_json, write_workbook
from outcomes.reports.effect_report.headline import FINDINGS, finding
from outcomes.reports.effect_report.words import Words
from outcomes.reports.parts import local_text

if TYPE_CHECKING:
    from outcomes.errors import Sentence
    from outcomes.reports.effect_report import EffectReportContext, ReportMaterial

CAUSAL = re.compile(r"\b(effects?|helps?|works?|because of)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def change_only(alone_material: ReportMaterial) -> EffectReportContext:
    return build_context(alone_material)


@pytest.fixture(scope="module")
def too_few(few_material: ReportMaterial) -> EffectReportContext:
    return build_context(few_material)


def visible(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html[html.index("<body") :])


def test_every_label_and_verdict_has_its_own_finding(material: ReportMaterial) -> None:
    def found(label: DesignLabel, verdict: Verdict) -> Sentence:
        return finding(Words(replace(material, estimate=replace(material.estimate, label=label, verdict=verdict))))

    for label, verdict in itertools.product(DesignLabel, (Verdict.BETTER, Verdict.WORSE, Verdict.INCLUDES_NONE)):
        assert found(label, verdict) == FINDINGS[label][verdict]
    assert "too few" in str(found(DesignLabel.D4, Verdict.WITHHELD))


@pytest.mark.parametrize("label", [DesignLabel.D0, DesignLabel.D1, DesignLabel.D2])
def test_no_causal_word_in_a_finding_below_d3(label: DesignLabel) -> None:
    assert not [str(sentence) for sentence in FINDINGS[label].values() if CAUSAL.search(str(sentence))]


def test_without_a_comparison_nothing_in_the_report_is_called_an_effect(change_only: EffectReportContext) -> None:
    assert change_only.estimate.label is DesignLabel.D0
    text = visible(render_html(change_only, "en"))
    kept = text.replace("there is no effect to estimate", "")
    assert not re.findall(r"[^.]*\beffect\b[^.]*", kept, re.IGNORECASE)
    assert "we can&#39;t say that the intervention is the reason" in text
    assert "Outcome report" in text


def test_without_a_comparison_the_change_is_the_main_number(change_only: EffectReportContext) -> None:
    figure = change_only.section("effect").figure
    assert figure is not None
    data = to_json(change_only, "en")
    assert data["design_label"] == "D0"
    assert isinstance(data["effect"], dict)
    assert "withheld" in data["effect"]
    assert "Whether the intervention is the reason" in str(change_only.summary.cannot_say[0])


def test_goals_are_a_section_where_there_are_any(change_only: EffectReportContext) -> None:
    goals = change_only.section("goals")
    assert str(goals.finding).startswith("11 of 20 people came as far with their goals")
    rows = to_json(change_only, "en")["goals"]
    assert isinstance(rows, list)
    row = rows[0]
    assert (row["n_begun"], row["n_with_goals"], row["n_citizens"], row["n_goals"]) == (52, 24, 20, 30)
    for share, interval in (("share_reached", 1.0), ("share_attained", 1.0), ("gas_mean", 100.0)):
        assert 0 < row[f"{share}_interval"]["low"] < row[share] < row[f"{share}_interval"]["high"] < interval
    with pytest.raises(KeyError):
        change_only.section("nothing")


def test_with_too_few_people_every_section_says_why(too_few: EffectReportContext) -> None:
    for key in ("course", "progression", "effect", "distribution"):
        section = too_few.section(key)
        assert section.figure is None
        assert section.withheld, key
    text = visible(render_html(too_few, "en"))
    assert "Fewer than 10 people stand behind this number" in text
    assert [figure.key for figure in too_few.summary.key_figures] == ["n_started", "grade"]
    assert too_few.summary.uncertain


@pytest.mark.parametrize("locale", ["da", "en"])
def test_reports_with_less_in_them_are_whole_too(
    change_only: EffectReportContext, too_few: EffectReportContext, locale: str
) -> None:
    for context in (change_only, too_few):
        report = page.validate_pdf_bytes(render_pdf(context, locale))
        assert [failure.message for failure in report.failures] == []
        assert write_workbook(context, locale).startswith(b"PK")


def test_names_that_look_like_markup_or_formulas_stay_text(material: ReportMaterial) -> None:
    nasty = "=HYPERLINK(\"http://127.0.0.1\")<script>alert('x')</script>{{ 7 * 7 }}"
    context = build_context(replace(material, organisation=nasty, intervention=local_text(nasty)))
    html = render_html(context, "en")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7 * 7 }}" in html
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(context, "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell for cell in cells if nasty in str(cell.value)]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert render_pdf(context, "en").startswith(b"%PDF")


def test_cost_is_said_per_month_and_for_the_planned_length(material: ReportMaterial) -> None:
    def said(**changes: object) -> str:
        context = build_context(replace(material, **changes))  # type: ignore[arg-type]
        with use_locale("en"):
            return " ".join(
                str(sentence)
                for answer in context.summary.answers
                if answer.key == "cost"
                for sentence in answer.sentences
            )

    assert "hasn't been entered" in said(cost_per_month=None)
    assert said(cost_per_month=4000.0, planned_months=None) == "4000.0 kroner per person and month."
    assert "that is 8000.0 kroner for the planned 2.0\u00a0months" in said(cost_per_month=4000.0, planned_months=2.0)


def test_a_plan_that_was_not_frozen_is_said_so(material: ReportMaterial) -> None:
    context = build_context(replace(material, plan=replace(material.plan, frozen_on=None)))
    plan = next(fact for fact in context.method.facts if fact.key == "plan")
    assert "not frozen" in str(plan.sentences[0])


def test_importing_the_report_loads_no_renderer_and_no_statistics() -> None:
    heavy = "{'weasyprint', 'vl_convert', 'pandas', 'statsmodels', 'scipy', 'numpy'}"
    code = f"import sys, outcomes.reports.effect_report, outcomes.reports.trajectory; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
