"""The wishes about the report: one page for those who lead, and change that is told from noise, with nobody counted twice."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from pypdf import PdfReader

from outcomes.language import translate, use_locale
from outcomes.reports.effect_report import render_committee_pdf
from outcomes.services.build_report import build_report, offer_files, render_report
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.gather_parts import period_before
from tests.integration.builders import add_case
from tests.integration.steered import add_scored, add_steered_course

pytestmark = pytest.mark.database

STARTS = (40, 45, 35, 50, 42, 38, 47, 44, 36, 41, 39, 46)


def later(more):
    """Scores that much higher, give or take a little."""
    return [score + more + number % 4 for number, score in enumerate(STARTS)]


NOW = Period(date(2026, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize("locale", ["da", "en"])
def test_those_who_lead_read_it_in_two_minutes(trial, trial_scope, locale):
    """S0 "strategiske ledelsesniveau": a one-page leadership PDF, readable in 2 minutes (300 words at 150 a minute)."""
    freeze_plan(trial, trial_scope, "btheb", by="Test")
    context = build_report(trial, trial_scope, intervention_slug="btheb")
    (page,) = PdfReader(io.BytesIO(render_committee_pdf(context, locale))).pages
    words = page.extract_text().split()
    assert 100 < len(words) <= 300
    with use_locale(locale):
        finding = translate(context.summary.finding).split()
    assert set(finding) <= {word.strip("\u00ad-") for word in words} | set(finding[-2:])


def test_the_period_before_is_as_long_and_ends_where_this_one_begins():
    assert period_before(NOW) == Period(date(2025, 10, 1), date(2025, 12, 31))
    assert period_before(Period(date(2026, 1, 1), date(2026, 12, 31))) == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert period_before(Period(date(2026, 1, 10), date(2026, 1, 19))) == Period(date(2025, 12, 31), date(2026, 1, 9))


def test_what_moved_is_told_from_noise_and_nobody_is_counted_twice(runtime):
    """S1 "nye metoder til måling og vurdering": whoever began in both periods counts in this one alone, so that the two are
    independent and the difference's interval is true."""
    course = add_steered_course(runtime)
    add_scored(runtime, course, STARTS, later(2), started_on=date(2025, 10, 6))
    again = add_scored(runtime, course, STARTS, later(25), started_on=date(2026, 1, 5))
    add_case(runtime, course, citizen_id=again[0].citizen_id, started_on=date(2025, 11, 3))
    runtime.now.travel(days=200)
    context = build_report(runtime, course.tenant.scope, intervention_slug=course.slug, period=NOW)
    (section,) = [each for each in context.sections if each.key == "periods"]
    data = json.loads(render_report(context, "json", "en").content)
    assert (
        str(section.finding) == "Those who began in this period fare better than those who began in the period before"
    )
    assert "12 people began then and 12 now" in " ".join(data["sections"][context.sections.index(section)]["sentences"])
    assert "Began in both: under 5" in str([str(sentence) for sentence in section.body])
    rows = {row["which"]: row["estimate"] for row in data["periods"]}
    assert rows["Difference"] == pytest.approx(rows["This period"] - rows["The period before"])
    assert data["previous_snapshot"]


def test_every_file_says_its_format_language_pages_and_size(runtime):
    course = add_steered_course(runtime)
    add_scored(runtime, course, STARTS, later(9), started_on=date(2026, 1, 5))
    runtime.now.travel(days=200)
    context = build_report(runtime, course.tenant.scope, intervention_slug=course.slug)
    offers = {(each.file_format, each.locale): each.facts for each in offer_files(context)}
    assert len(offers) == 10
    for locale in ("da", "en"):
        for file_format in ("json", "xlsx"):
            content = render_report(context, file_format, locale).content
            assert offers[file_format, locale].size == pytest.approx(len(content), abs=200)
