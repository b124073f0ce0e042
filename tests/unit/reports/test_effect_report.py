"""The report of the published trial: what it says, and that page, PDF, workbook and JSON say the same."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import openpyxl
import page
import pytest
from pypdf import PdfReader

from outcomes.analysis.results import MixedModelFit, TermEstimate
from outcomes.language import use_locale
from outcomes.reports.cells import cell_text
from outcomes.reports.effect_report import render_html, render_pdf, render_pdf_in_subprocess, to_json, write_workbook
from outcomes.reports.environment import report_environment
from outcomes.reports.parts import Interval, Proportion, Table
from outcomes.reports.render_process import render_process

if TYPE_CHECKING:
    from outcomes.reports.effect_report import EffectReportContext

LOCALES = ("da", "en")
EFFECT, STD_ERROR, LOG_LIKELIHOOD = -2.31510511674817, 1.71515294359984, -933.45128620542  # tests/reference/mixed_model


@pytest.fixture(scope="module", params=LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def html(context: EffectReportContext, locale: str) -> str:
    return render_html(context, locale)


@pytest.fixture(scope="module")
def pdf(context: EffectReportContext, locale: str) -> bytes:
    return render_pdf(context, locale)


@pytest.fixture(scope="module")
def workbook(context: EffectReportContext, locale: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(context, locale)))


def squeezed(text: str) -> str:
    """Text without spaces and breaks, as lines break differently in each format."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def pdf_text(content: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def html_text(content: str) -> str:
    body = content[content.index("<body") :]
    text = re.sub(r'<img[^>]*alt="([^"]*)"[^>]*>', r" \1 ", body)
    return squeezed(re.sub(r"<[^>]+>", " ", text).replace("&lt;", "<").replace("&#39;", "'").replace("&gt;", ">"))


def numbers(table: Table) -> list[float]:
    found: list[float] = []
    for row in table.rows:
        for cell in row:
            if isinstance(cell, Interval):
                found += [cell.low, cell.high]
            elif isinstance(cell, Proportion):
                found.append(cell.value)
            elif isinstance(cell, int | float):
                found.append(float(cell))
    return found


def test_json_holds_the_trials_published_estimate(context: EffectReportContext) -> None:
    data = json.loads(json.dumps(to_json(context, "en"), allow_nan=False))
    assert data["effect"]["estimate"] == pytest.approx(EFFECT, abs=1e-5 * STD_ERROR)
    assert data["effect"]["std_error"] == pytest.approx(STD_ERROR, rel=1e-4)
    assert data["log_likelihood"] == pytest.approx(LOG_LIKELIHOOD, abs=1e-6)
    assert data["effect"]["term"] == "treatment[BtheB]"
    assert set(data["effect"]) == {
        *("term", "estimate", "std_error", "df", "ci_low", "ci_high", "p_value"),
        *("n", "completeness"),
    }
    assert (data["effect"]["n"], data["n_behind"], data["effect"]["completeness"]) == (97, 97, 0.52)
    assert data["effect"]["ci_low"] < 0 < data["effect"]["ci_high"]
    assert (data["design_label"], data["evidence_grade"], data["evidence_grade_start"]) == ("D4", "B", "A")
    assert len(data["reasons"]) == 1
    assert data["verdict"] == "interval_includes_zero"
    assert data["variance"]["between"] == pytest.approx(51.9316, rel=1e-3)
    assert data["completeness"] == 0.52
    assert data["n_started"] == 100


def test_json_holds_the_attrition_of_the_reference(context: EffectReportContext) -> None:
    rows = to_json(context, "en")["attrition"]
    assert isinstance(rows, list)
    answered = {(row["arm"], row["time"]): (row["answered"], row["due"]) for row in rows}
    assert answered["intervention", 8.0] == (27, 52)
    assert answered["comparison", 8.0] == (25, 48)
    assert answered["intervention", 3.0] == (37, 52)
    assert answered["comparison", 5.0] == (29, 48)
    assert len(answered) == 10


def test_json_keys_are_the_same_in_both_languages_and_raw_numbers_too(context: EffectReportContext) -> None:
    danish, english = to_json(context, "da"), to_json(context, "en")
    assert list(danish) == list(english)
    for key in ("effect", "estimates", "variance", "log_likelihood", "n_by_arm", "plan"):
        assert danish[key] == english[key]


def test_the_headline_says_in_plain_words_that_no_effect_is_possible(context: EffectReportContext) -> None:
    assert "can't rule out that the intervention makes no difference" in str(context.summary.finding)
    with use_locale("en"):
        assert "2.3 points lower, which is better" in str(context.summary.number)
        assert "after 2, 3, 5 and 8 months taken together, and stands on 97 of 100 people" in str(
            context.summary.number
        )
    assert context.summary.uncertain
    assert str(context.heading.kind) == "effect, randomised"


def test_the_first_page_answers_what_a_committee_asks(context: EffectReportContext) -> None:
    assert [answer.key for answer in context.summary.answers] == ["what", "who", "happened", "cost", "sure", "compared"]
    assert all(answer.sentences for answer in context.summary.answers)
    assert len(context.summary.cannot_say) >= 3
    assert [figure.key for figure in context.summary.key_figures] == ["n_started", "completeness", "estimate", "grade"]


def test_the_page_shows_every_cell_of_every_table(context: EffectReportContext, html: str, locale: str) -> None:
    text = html_text(html)
    with use_locale(locale):
        for table in context.tables:
            for group in table.page_groups if table.on_page else ():
                for row in group.rows:
                    written = "".join(cell_text(cell, column) for column, cell in row)
                    assert squeezed(written) in text, (table.key, written)


def test_the_pdf_shows_every_number_of_the_page(
    context: EffectReportContext, html: str, pdf: bytes, locale: str
) -> None:
    text, page_text = pdf_text(pdf), html_text(html)
    with use_locale(locale):
        shown = {
            squeezed(cell_text(cell, column))
            for table in context.tables
            if table.on_page
            for group in table.page_groups
            for row in group.rows
            for column, cell in row
            if isinstance(cell, int | float | Interval | Proportion)
        }
    assert len(shown) > 100
    assert not [number for number in shown if number not in text or number not in page_text]


def test_the_workbook_holds_the_same_numbers_at_full_precision(
    context: EffectReportContext, workbook: openpyxl.Workbook
) -> None:
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    held = [float(cell.value) for cell in cells if cell.data_type == "n" and isinstance(cell.value, int | float)]
    expected = [number for table in context.tables for number in numbers(table)]
    assert sorted(held) == pytest.approx(sorted(expected), rel=1e-15)
    assert not [cell.value for cell in cells if cell.data_type == "f"]


def test_json_holds_the_same_numbers_as_the_tables(context: EffectReportContext) -> None:
    data = to_json(context, "en")
    for table in context.tables:
        if table.key in {"effect", "estimates", "variance"}:
            continue
        rows = data[table.key]
        assert isinstance(rows, list)
        for row, cells in zip(rows, table.rows, strict=True):
            for (key, value), cell in zip(row.items(), cells, strict=True):
                if isinstance(cell, Interval):
                    assert value == {"low": cell.low, "high": cell.high}, (table.key, key)
                elif isinstance(cell, int | float):
                    assert value == cell, (table.key, key)


def test_the_main_number_is_one_and_the_same_everywhere(context: EffectReportContext, locale: str) -> None:
    effect, model = context.estimate.effect, context.estimate.model
    assert isinstance(effect, TermEstimate)
    assert isinstance(model, MixedModelFit)
    named = ("term", "estimate", "std_error", "df", "ci_low", "ci_high", "p_value")
    assert to_json(context, locale)["effect"] == {
        **{name: getattr(effect, name) for name in named},
        "n": model.n_subjects,
        "completeness": 0.52,
    }
    figure = context.section("effect").figure
    assert figure is not None
    assert effect.estimate in numbers(figure.table)
    assert model.term("treatment[BtheB]").estimate == effect.estimate
    assert any(key.value == effect.estimate for key in context.summary.key_figures)
    with use_locale(locale):
        written = "−2,3 (−5,7" if locale == "da" else "−2.3 (−5.7"
        assert written in figure.svg


def test_the_pdf_is_accessible_by_every_check(pdf: bytes) -> None:
    report = page.validate_pdf_bytes(pdf)
    assert str(report.profile).endswith("PDF_UA_1")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.is_compliant


def test_the_first_page_holds_the_whole_summary_and_nothing_else(context: EffectReportContext, pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    first, second = (squeezed(page.extract_text()) for page in reader.pages[:2])
    language = str(reader.trailer["/Root"]["/Lang"])
    with use_locale(language):
        environment = report_environment()
        last = squeezed(environment.filters["say"](context.summary.cannot_say[-1]))
        next_title = squeezed(environment.filters["say"](context.sections[0].title))
    assert last in first
    assert second.startswith(next_title) or next_title in second
    assert next_title not in first.removesuffix(next_title)


def test_the_pdf_has_page_numbers_running_head_and_its_own_language(pdf: bytes, locale: str) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"] == locale
    second = squeezed(reader.pages[1].extract_text())
    assert squeezed("Beat the Blues-forsøget · Beat the Blues") in second
    assert re.search(rf"2(af|of){len(reader.pages)}", second)
    assert (float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)) == pytest.approx(
        (595.3, 841.9), abs=0.5
    )


def test_the_pdf_made_in_the_worker_is_the_same_report(context: EffectReportContext) -> None:
    try:
        made = render_pdf_in_subprocess(context, "en")
    finally:
        render_process.stop()
    assert "Beat the Blues" in PdfReader(io.BytesIO(made)).pages[0].extract_text()


def test_figures_have_words_a_table_and_a_picture(context: EffectReportContext, html: str) -> None:
    figures = [section.figure for section in context.sections if section.figure]
    assert {figure.key for figure in figures} == {"flow", "balance", "course", "progression", "effect", "distribution"}
    for figure in figures:
        assert str(figure.title)
        assert str(figure.description)
        assert str(figure.caption)
        assert figure.table.rows
    assert html.count("<img ") == len(figures) + 1
    assert html.count("<caption>") >= len(figures)
    assert "style=" not in html
    assert "<script" not in html


def test_sheets_are_named_in_the_language_and_begin_with_what_to_know(workbook: openpyxl.Workbook, locale: str) -> None:
    assert len(workbook.sheetnames) == 9
    first = workbook.worksheets[0]
    assert "Beat the Blues" in str(first["A1"].value)
    terms = [first.cell(row, 1).value for row in range(1, 30)]
    assert any(value and "3f9a1c7b" in str(first.cell(row, 2).value) for row, value in enumerate(terms, start=1))
    assert workbook.properties.creator == "Beat the Blues-forsøget"


def test_no_number_under_five_is_shown_for_a_group(context: EffectReportContext) -> None:
    rows = to_json(context, "en")["progression"]
    assert isinstance(rows, list)
    for row in rows:
        for key in ("better", "unchanged", "worse"):
            assert isinstance(row[key], dict) or row[key] >= 5
