"""The effect report from real rows: the published trial's numbers, and every form of it from one context."""

from __future__ import annotations

import io
import json
import math
from datetime import date
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.results import Withheld
from outcomes.errors import AnalysisPlanError, EstimateError, NotFoundError
from outcomes.instruments import parse_instrument
from outcomes.services.build_report import build_report, read_period, render_report
from outcomes.services.freeze_plan import add_plan, find_plan, freeze_plan, read_plan
from outcomes.services.gather_material import gather_material, gather_plan_outcomes
from outcomes.services.gather_measure import find_measure
from outcomes.services.gather_outcomes import Period
from outcomes.services.install_instrument import add_instrument
from outcomes.services.list_interventions import list_interventions
from outcomes.services.rate_goal import rate_goal
from outcomes.services.store_results import store_results
from tests.integration.builders import (
    add_analysis_plan,
    add_case,
    add_cases,
    add_citizen,
    add_coordinator,
    add_course,
    add_goal,
    add_staff,
    add_tenant,
    answer,
    get_ticket,
    small_instrument,
)
from tests.integration.steered import add_scores

pytestmark = pytest.mark.database

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "mixed_model" / "btheb.json").read_text("utf-8"))
TOLERANCE = 1e-4


@pytest.fixture
def frozen(trial, trial_scope):
    """The trial with its plan frozen."""
    freeze_plan(trial, trial_scope, "btheb", by="Test")
    return trial


@pytest.fixture
def report(frozen, trial_scope):
    return build_report(frozen, trial_scope, intervention_slug="btheb")


def test_the_published_trial_gives_the_published_numbers(report):
    estimate = report.estimate
    assert estimate.effect.estimate == pytest.approx(-2.3151, abs=TOLERANCE)
    assert estimate.effect.std_error == pytest.approx(1.7152, abs=TOLERANCE)
    assert estimate.model.log_likelihood == pytest.approx(-933.4513, abs=TOLERANCE)
    assert (estimate.model.n_subjects, estimate.model.n_observations) == (97, 280)
    assert estimate.effect.ci_low < 0 < estimate.effect.ci_high
    assert (estimate.label.code, estimate.evidence.grade.value) == ("D4", "B")
    assert estimate.verdict.value == "interval_includes_zero"


def test_the_published_trial_loses_as_many_as_published(report):
    answered = {(row.arm, row.occasion): row.answered for row in report.estimate.attrition.rows}
    begun = {(row.arm, row.occasion): row.begun for row in report.estimate.attrition.rows}
    expected = {
        "intervention": {"baseline": 52, "month-2": 52, "month-3": 37, "month-5": 29, "month-8": 27},
        "comparison": {"baseline": 48, "month-2": 45, "month-3": 36, "month-5": 29, "month-8": 25},
    }
    for arm, by_occasion in expected.items():
        for occasion, count in by_occasion.items():
            assert answered[arm, occasion] == count
            assert begun[arm, occasion] == by_occasion["baseline"]


def test_page_json_excel_and_pdf_say_the_same_number(report):
    data = json.loads(render_report(report, "json", "da").content)
    assert data["effect"]["estimate"] == report.estimate.effect.estimate
    assert (data["design_label"], data["evidence_grade"]) == ("D4", "B")
    assert data["log_likelihood"] == report.estimate.model.log_likelihood
    workbook = openpyxl.load_workbook(io.BytesIO(render_report(report, "xlsx", "da").content), read_only=True)
    numbers = [
        cell
        for sheet in workbook
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, float)
    ]
    workbook.close()
    assert any(math.isclose(number, report.estimate.effect.estimate, rel_tol=1e-12) for number in numbers)
    pdf = render_report(report, "pdf", "da")
    assert pdf.media_type == "application/pdf"
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    for word in ("\N{MINUS SIGN}2,3", "effekt, randomiseret", data["data_snapshot"]):
        assert word in " ".join(words.split())


def test_files_are_named_by_their_snapshot_and_unknown_forms_are_refused(report):
    assert render_report(report, "json", "en").name == f"outcomes-{report.trace.snapshot}-en.json"
    for wrong in (("docx", "da"), ("json", "de")):
        with pytest.raises(NotFoundError):
            render_report(report, *wrong)


def test_days_that_nobody_chose_are_of_whole_quarters(trial, trial_scope):
    """The first day would else be the one on which somebody began."""
    period = read_period(trial, trial_scope)
    assert Period(period.from_date, period.to_date) == period.in_whole_quarters()
    whole = read_period(trial, trial_scope, intervention_slug="btheb")
    assert Period(whole.from_date, whole.to_date) == whole.in_whole_quarters() == whole.around(whole)


def test_results_wait_until_the_plan_is_frozen(trial, trial_scope):
    with pytest.raises(AnalysisPlanError, match="not frozen yet"):
        build_report(trial, trial_scope, intervention_slug="btheb")
    assert seen_at(trial, trial_scope) is None
    (row,) = list_interventions(trial, trial_scope, read_period(trial, trial_scope)).rows
    assert row.interval is None
    assert "not frozen" in str(row.withheld)


def seen_at(runtime, scope):
    with runtime.database.transaction(scope) as session:
        return session.scalar(text("SELECT results_first_seen_at FROM analysis_plan"))


def test_when_results_were_first_seen_is_written_down_once(frozen, trial_scope):
    assert seen_at(frozen, trial_scope) is None
    frozen.now.travel(hours=1)
    build_report(frozen, trial_scope, intervention_slug="btheb")
    first = seen_at(frozen, trial_scope)
    assert first == frozen.now()
    frozen.now.travel(days=3)
    build_report(frozen, trial_scope, intervention_slug="btheb")
    assert seen_at(frozen, trial_scope) == first


def test_the_snapshot_names_the_data_and_nothing_else(frozen, trial_scope, trial_database):
    first = build_report(frozen, trial_scope, intervention_slug="btheb").trace.snapshot
    frozen.now.travel(days=400)
    assert build_report(frozen, trial_scope, intervention_slug="btheb").trace.snapshot == first
    with trial_database.admin() as connection:
        connection.execute(
            text("UPDATE score SET value = value + 1 WHERE id = (SELECT min(id::text)::uuid FROM score)")
        )
    assert build_report(frozen, trial_scope, intervention_slug="btheb").trace.snapshot != first


def test_a_period_without_anybody_shows_no_number(runtime):
    course = add_frozen_course(runtime)
    add_case(runtime, course)
    nobody = Period(date(1990, 1, 1), date(1990, 12, 31))
    with pytest.raises(EstimateError, match="Nobody began between"):
        build_report(runtime, course.tenant.scope, intervention_slug=course.slug, period=nobody)
    (row,) = list_interventions(runtime, course.tenant.scope, nobody).rows
    assert (row.interval, row.answered, row.total) == (None, None, 0)
    assert "longer period" in str(row.withheld)
    assert "frozen" in str(row.plan_status)


def test_the_report_says_how_to_make_it_again(runtime):
    course = add_frozen_course(runtime)
    add_people(runtime, course, 10)
    period = Period(date(2026, 2, 3), date(2026, 3, 31)).in_whole_quarters()
    report = build_report(runtime, course.tenant.scope, intervention_slug=course.slug, period=period)
    assert report.trace.reproduce == (
        "outcomes report --organisation nordby --intervention hverdag --from 2026-01-01 --to 2026-03-31 --format json"
    )
    assert (report.trace.plan_version, report.trace.plan_frozen_on) == (1, date(2026, 3, 2))


def test_dates_that_nobody_knows_are_neither_shown_nor_asked_about(report, frozen, trial_scope):
    assert report.trace.reproduce == "outcomes report --organisation btheb-trial --intervention btheb --format json"
    assert not report.heading.period.values
    elsewhere = Period(date(1990, 1, 1), date(1990, 12, 31))
    again = build_report(frozen, trial_scope, intervention_slug="btheb", period=elsewhere)
    assert again.trace.snapshot == report.trace.snapshot


def test_categories_have_words_in_both_languages(frozen, trial_scope):
    with frozen.database.transaction(trial_scope) as session:
        intervention, plan = find_plan(session, "btheb")
        found = gather_plan_outcomes(frozen, session, intervention, plan, None)
        material = gather_material(frozen, session, intervention, plan, found)
    words = {key: dict(values) for key, values in material.category_words}
    assert {value: dict(text.texts)["da"] for value, text in words["drug"].items()} == {"No": "Nej", "Yes": "Ja"}
    assert dict(words["length"][">6m"].texts) == {"da": "Over 6 måneder", "en": "Over 6 months"}


def test_a_waiting_list_is_one_only_where_everybody_compared_with_was_on_it(trial, trial_scope):
    with trial.database.transaction(trial_scope) as session:
        intervention, stored = find_plan(session, "btheb")
        claim = {**stored.definition, "analysis": {**stored.definition["analysis"], "design": "waiting_list"}}
        del claim["analysis"]["randomised_evidence"]
        add_plan(session, trial_scope, intervention, claim)
        session.commit()
    freeze_plan(trial, trial_scope, "btheb", by="Test")
    report = build_report(trial, trial_scope, intervention_slug="btheb")
    assert report.estimate.label.code == "D2"
    assert report.estimate.effect.estimate == pytest.approx(-2.3151, abs=TOLERANCE)
    said = render_report(report, "json", "en").content.decode()
    assert "not everybody in the comparison was on it" in said


def test_a_second_episode_is_not_a_second_person(runtime):
    course = add_frozen_course(runtime)
    cases = add_people(runtime, course, 10)
    before = build_report(runtime, course.tenant.scope, intervention_slug=course.slug)
    add_case(runtime, course, citizen_id=cases[0].citizen_id)
    after = build_report(runtime, course.tenant.scope, intervention_slug=course.slug)
    assert (before.estimate.n_started, after.estimate.n_started) == (10, 10)
    assert after.trace.snapshot == before.trace.snapshot


def test_an_answer_counts_from_the_day_that_a_missing_one_counts(runtime):
    course = add_frozen_course(runtime)
    for number in range(12):
        case = add_case(runtime, course, citizen_id=add_citizen(runtime, course.tenant, name=None))
        if number:
            answer(runtime, get_ticket(runtime, case), _answers(2))

    def start():
        report = build_report(runtime, course.tenant.scope, intervention_slug=course.slug)
        return next(row for row in report.estimate.attrition.rows if row.occasion == "start")

    runtime.now.travel(days=7)
    assert start().due == 0
    runtime.now.travel(days=1)
    assert (start().answered, start().due) == (11, 12)


def test_two_scales_are_never_one(runtime):
    tenant = add_tenant(runtime)
    first, same = small_instrument(), small_instrument(version="1.1", title={"da": "Ny", "en": "New"})
    other = first.to_mapping()
    other["scales"][0] |= {"method": "mean", "range": [0, 10], "missing": {"min_answered": 1}}
    third = parse_instrument({**other, "version": "2.0"})
    analysis = {
        "measure": {"instrument": "small", "scale": "strain", "direction": "lower_is_better"}, "design": "none",
        "intervention": "i", "baseline": "a", "follow_up": ["b"], "primary_occasion": "b",
    }  # fmt: skip
    plan = parse_analysis_plan(analysis)
    with runtime.database.transaction(tenant.scope) as session:
        ids = [add_instrument(session, tenant.scope, each).id for each in (first, same, third)]
        assert find_measure(session, plan, frozenset(ids[:1])).version == "1.0", "the answered one, not the newest"
        assert find_measure(session, plan, frozenset()).version == "2.0"
        joined = find_measure(session, plan, frozenset(ids[:2]))
        assert (joined.version, str(joined.title)) == ("1.0, 1.1", "Ny")
        with pytest.raises(EstimateError, match=r"versions 1\.0, 2\.0"):
            find_measure(session, plan, frozenset((ids[0], ids[2])))


def test_what_is_not_there_is_a_named_error(trial, trial_scope, runtime):
    with pytest.raises(NotFoundError, match="no intervention called elsewhere"):
        build_report(trial, trial_scope, intervention_slug="elsewhere")
    tenant = add_tenant(runtime)
    course = add_course(runtime, tenant)
    with pytest.raises(NotFoundError, match="no analysis plan yet"):
        build_report(runtime, tenant.scope, intervention_slug=course.slug)
    add_analysis_plan(runtime, course)
    freeze_plan(runtime, tenant.scope, course.slug, by="Test")
    with pytest.raises(NotFoundError, match="Nobody has begun"):
        build_report(runtime, tenant.scope, intervention_slug=course.slug)


def add_frozen_course(runtime, **plan):
    """An intervention whose plan is frozen."""
    course = add_course(runtime, add_tenant(runtime))
    add_analysis_plan(runtime, course, **plan)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    return course


def add_people(runtime, course, count):
    """``count`` people who answered at the start and after three months, which are due by now."""
    cases = add_cases(runtime, course, [None] * count)
    add_scores(runtime, course, [(case, "start", 25.0 * (number % 3)) for number, case in enumerate(cases)])
    runtime.now.travel(days=93)
    add_scores(runtime, course, [(case, "month-3", 25.0 * (1 + number % 4)) for number, case in enumerate(cases)])
    runtime.now.travel(days=10)
    return cases


def _answers(level):
    return {"enjoyed": level, "strength": level, "worries": 4 - level, "body": level, "hope": level}


@pytest.mark.parametrize(("count", "shown"), [(9, False), (10, True)])
def test_fewer_than_ten_people_give_no_number(runtime, count, shown):
    course = add_frozen_course(runtime)
    tenant = course.tenant
    add_people(runtime, course, count)
    report = build_report(runtime, tenant.scope, intervention_slug=course.slug)
    (change,) = [each for each in report.estimate.changes if each.occasion == "month-3"]
    data = json.loads(render_report(report, "json", "en").content)
    if not shown:
        assert isinstance(change.result, Withheld)
        assert data["verdict"] == "withheld"
        store_results(runtime, tenant.scope)
        (row,) = list_interventions(runtime, tenant.scope, read_period(runtime, tenant.scope)).rows
        assert row.interval is None
        assert row.withheld is not None
        return
    # Levels 0, 1, 2 … at the start and 1, 2, 3, 4 … later, each worth 25 points.
    before, after = [n % 3 for n in range(count)], [1 + n % 4 for n in range(count)]
    assert change.result.mean_change.estimate == pytest.approx(25 * (sum(after) - sum(before)) / count)
    assert (data["design_label"], change.result.n) == ("D0", count)
    assert isinstance(report.estimate.effect, Withheld), "without a comparison there is change, and no effect"
    assert "effect" not in data["summary"]["word"].lower()


def test_the_manager_sees_one_finding_for_each_intervention(frozen, trial_scope):
    store_results(frozen, trial_scope)
    (row,) = list_interventions(frozen, trial_scope, read_period(frozen, trial_scope)).rows
    assert (row.intervention_id, row.answered, row.total) == ("btheb", 27, 52)
    assert row.interval.estimate == pytest.approx(-2.3151, abs=TOLERANCE)
    assert row.interval.reach == pytest.approx(63 / 4), "a quarter of the scale, where all intervals are narrower"
    assert (str(row.interval.unit), row.withheld) == (
        "points, lower is better; 97 people, those compared with among them",
        None,
    )
    assert row.shares is None, "under five got worse, and the rest would tell how many"


def test_goals_count_in_the_report(runtime):
    course = add_frozen_course(runtime)
    tenant = course.tenant
    actor = add_staff(runtime, tenant)
    cases = add_people(runtime, course, 10)
    for case in cases:
        add_coordinator(runtime, actor, case.citizen_id)
        rate_goal(runtime, actor, add_goal(runtime, case), level=1, note="", submission_key=uuid4())
    report = build_report(runtime, tenant.scope, intervention_slug=course.slug)
    said = json.dumps(json.loads(render_report(report, "json", "en").content)["sections"])
    assert "goal" in said


def test_a_plan_is_frozen_once_and_a_new_version_is_open(trial, trial_scope):
    assert freeze_plan(trial, trial_scope, "btheb", by="Anne") == 1
    frozen_at = read_plan(trial, trial_scope, "btheb").frozen_at
    trial.now.travel(days=1)
    assert freeze_plan(trial, trial_scope, "btheb", by="Bo") == 1
    view = read_plan(trial, trial_scope, "btheb")
    assert (view.version, view.frozen_at, view.frozen_by, view.earlier) == (1, frozen_at, "Anne", ())
    assert view.definition["primary_occasion"] == "month-8"


def test_a_new_version_of_a_plan_waits_to_be_frozen(runtime):
    tenant = add_tenant(runtime)
    course = add_course(runtime, tenant)
    add_analysis_plan(runtime, course)
    freeze_plan(runtime, tenant.scope, course.slug, by="Anne")
    add_analysis_plan(runtime, course, primary_occasion="month-2")
    view = read_plan(runtime, tenant.scope, course.slug)
    assert (view.version, view.frozen_at) == (2, None)
    assert [version for version, _ in view.earlier] == [1]
    add_case(runtime, course)
    with pytest.raises(AnalysisPlanError, match="not frozen yet"):
        build_report(runtime, tenant.scope, intervention_slug=course.slug)
    assert freeze_plan(runtime, tenant.scope, course.slug, by="Anne") == 2


def test_a_plan_that_is_wrong_is_refused_with_every_fault(runtime):
    course = add_course(runtime, add_tenant(runtime))
    with pytest.raises(AnalysisPlanError) as refused:
        add_analysis_plan(runtime, course, design="magic", primary_occasion="never")
    assert len(refused.value.faults) >= 2


def test_the_reference_is_the_one_that_the_statistics_are_tested_on():
    assert REFERENCE["lmm_ri"]["loglik"] == pytest.approx(-933.4513, abs=TOLERANCE)
