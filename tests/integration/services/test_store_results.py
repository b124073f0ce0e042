"""Stored results: what the report says, kept; worked out again when something has changed, for one and for everybody."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs

from outcomes.errors import NotFoundError
from outcomes.models import Intervention, StoredResult
from outcomes.services import list_interventions as overview_module
from outcomes.services import refresh_everything as night_module
from outcomes.services.administer import check_audit
from outcomes.services.build_report import build_report, read_period
from outcomes.services.freeze_plan import add_plan, find_plan, freeze_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.list_interventions import NOT_YET, list_interventions
from outcomes.services.refresh_everything import refresh_everything
from outcomes.services.store_results import store_results
from outcomes.store.database import Scope
from tests.integration.builders import (
    add_analysis_plan,
    add_case,
    add_cases,
    add_citizen,
    add_course,
    add_tenant,
    answer,
    get_ticket,
)
from tests.integration.steered import add_scores

pytestmark = pytest.mark.database

MOST_STATEMENTS = 14
"""In the overview's request, whatever the number of interventions and citizens."""


@pytest.fixture
def course(runtime):
    return frozen_course(runtime, "nordby")


def frozen_course(runtime, slug):
    course = add_course(runtime, add_tenant(runtime, slug))
    add_analysis_plan(runtime, course)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    return course


def add_people(runtime, course, count):
    """People who answered at the start and after three months; they are due by now."""
    cases = add_cases(runtime, course, [None] * count)
    add_scores(runtime, course, [(case, "start", score_of(number % 3)) for number, case in enumerate(cases)])
    runtime.now.travel(days=93)
    add_scores(runtime, course, [(case, "month-3", score_of(1 + number % 4)) for number, case in enumerate(cases)])
    runtime.now.travel(days=30)
    return cases


def score_of(level):
    """What ``answers(level)`` come to."""
    return 25.0 * level


def answers(level):
    return {"enjoyed": level, "strength": level, "worries": 4 - level, "body": level, "hope": level}


def overview(runtime, course, period=None):
    scope = course.tenant.scope
    return list_interventions(runtime, scope, period or read_period(runtime, scope).in_whole_quarters())


def only_row(runtime, course, period=None):
    (row,) = overview(runtime, course, period).rows
    return row


def stored(runtime, course):
    with runtime.database.transaction(course.tenant.scope) as session:
        return session.query(StoredResult).filter_by(population="").order_by(StoredResult.first_day).all()


def seen_at(runtime, course):
    with runtime.database.transaction(course.tenant.scope) as session:
        return session.scalar(text("SELECT max(results_first_seen_at) FROM analysis_plan"))


def test_nothing_is_shown_until_it_is_worked_out_and_then_it_is_the_reports(runtime, course):
    add_people(runtime, course, 12)
    before = overview(runtime, course)
    (row,) = before.rows
    assert (row.withheld, row.interval, row.computed_at) == (NOT_YET, None, None)
    assert (before.outdated, before.computed_at) == (True, None)
    assert seen_at(runtime, course) is None
    done = store_results(runtime, course.tenant.scope)
    assert (done.worked_out, done.unchanged, done.removed) == (1, 0, 0)
    assert done.sums.rows > 0
    assert seen_at(runtime, course) is None, "stored isn't seen"
    at = runtime.now()
    runtime.now.travel(hours=2)
    after = overview(runtime, course)
    (row,) = after.rows
    estimate = build_report(runtime, course.tenant.scope, intervention_slug=course.slug).estimate
    change = estimate.main_change
    assert (row.interval.estimate, row.interval.low, row.interval.high) == (
        change.estimate, change.ci_low, change.ci_high,
    )  # fmt: skip
    assert (row.answered, row.total, row.answers_since) == (12, 12, False)
    assert (after.computed_at, after.outdated, after.organisation_name) == (at, False, "Nordby Kommune")
    assert seen_at(runtime, course) == runtime.now(), "reading it is seeing it"


def test_a_new_answer_is_said_and_counts_after_the_next_refresh(runtime, course):
    add_people(runtime, course, 12)
    late = add_case(runtime, course, citizen_id=add_citizen(runtime, course.tenant, "Sen Borger"))
    store_results(runtime, course.tenant.scope)
    before = only_row(runtime, course)
    assert not before.answers_since
    answer(runtime, get_ticket(runtime, late), answers(4))
    runtime.now.travel(days=93)
    answer(runtime, get_ticket(runtime, late, "month-3"), answers(0))
    runtime.now.travel(days=30)
    since = overview(runtime, course)
    assert since.outdated
    (row,) = since.rows
    assert row.answers_since
    assert row.interval == before.interval, "nothing moves until it is worked out"
    store_results(runtime, course.tenant.scope)
    after = overview(runtime, course)
    assert not after.outdated
    assert (after.rows[0].answered, after.rows[0].answers_since) == (13, False)
    assert after.rows[0].interval.estimate != before.interval.estimate


def test_a_refresh_estimates_only_what_has_changed(runtime, course, monkeypatch):
    add_people(runtime, course, 12)
    store_results(runtime, course.tenant.scope)
    (first,) = stored(runtime, course)
    runtime.now.travel(hours=24)
    again = store_results(runtime, course.tenant.scope)
    assert (again.worked_out, again.unchanged) == (0, 1)
    (second,) = stored(runtime, course)
    assert (second.id, second.content) == (first.id, first.content)
    assert second.computed_at == first.computed_at + timedelta(hours=24), "found to be as it was"
    monkeypatch.setattr("outcomes.services.store_results.code_version", lambda: "outcomes 9")
    assert store_results(runtime, course.tenant.scope).worked_out == 1
    assert check_audit(runtime, course.tenant.scope) == ()


def test_a_period_is_worked_out_once_and_kept_until_the_next_refresh(runtime, course, monkeypatch):
    add_people(runtime, course, 10)
    first = Period(date(2026, 1, 1), date(2026, 3, 31))
    add_people(runtime, course, 11)
    second = Period(date(2026, 7, 1), date(2026, 9, 30))
    store_results(runtime, course.tenant.scope)
    worked_out = []
    monkeypatch.setattr(
        overview_module, "store_results_of_period", note_calls(overview_module.store_results_of_period, worked_out)
    )
    found = {period: [only_row(runtime, course, period) for _ in range(2)] for period in (first, second)}
    assert len(worked_out) == 2, "once for each period"
    assert all(one == two for one, two in found.values())
    assert [found[period][0].answered for period in (first, second)] == [10, 11]
    for period in (first, second):
        report = build_report(runtime, course.tenant.scope, intervention_slug=course.slug, period=period)
        assert found[period][0].interval.estimate == report.estimate.main_change.estimate
    assert only_row(runtime, course).answered == 21
    everything = Period(date(2000, 1, 1), date(2090, 12, 31))
    assert only_row(runtime, course, everything).answered == 21
    assert len(worked_out) == 2, "a period that holds everybody is the whole"
    assert store_results(runtime, course.tenant.scope).removed == 2
    assert [each.first_day for each in stored(runtime, course)] == [None]


def note_calls(function, calls):
    def noting(*args, **kwargs):
        calls.append(kwargs)
        return function(*args, **kwargs)

    return noting


def test_nobody_in_the_period_is_stored_as_that(runtime, course):
    add_people(runtime, course, 10)
    nobody = Period(date(1990, 1, 1), date(1990, 12, 31))
    assert "Nobody began between" in str(only_row(runtime, course, nobody).withheld)
    (result,) = stored(runtime, course)
    assert (result.first_day, result.content["from_results"]) == (date(1990, 1, 1), False)
    assert only_row(runtime, course, nobody).withheld.values[0][1] == date(1990, 1, 1), "a day, in any language"
    assert seen_at(runtime, course) is None


def test_what_is_withheld_is_not_in_the_database_either(runtime, course):
    add_people(runtime, course, 4)
    store_results(runtime, course.tenant.scope)
    row = only_row(runtime, course)
    assert (row.interval, row.shares, row.answered, row.total) == (None, None, None, None)
    assert row.withheld is not None
    (result,) = stored(runtime, course)
    nothing = {name: result.content[name] for name in ("interval", "unit", "shares", "answered", "total")}
    assert nothing == dict.fromkeys(nothing)


def test_a_plan_frozen_anew_replaces_what_was_stored(runtime, course):
    add_people(runtime, course, 12)
    scope = course.tenant.scope
    store_results(runtime, scope)
    old = only_row(runtime, course)
    with runtime.database.transaction(scope) as session:
        intervention = session.get_one(Intervention, (scope.organisation_id, course.intervention_id))
        _, plan = find_plan(session, course.slug)
        analysis = {**plan.definition["analysis"], "primary_occasion": "month-2"}
        add_plan(session, scope, intervention, {**plan.definition, "analysis": analysis})
        session.commit()
    waiting = only_row(runtime, course)
    assert "not frozen" in str(waiting.withheld)
    freeze_plan(runtime, scope, course.slug, by="Test")
    assert only_row(runtime, course).withheld == NOT_YET
    done = store_results(runtime, scope)
    assert (done.worked_out, done.removed) == (1, 1)
    new = only_row(runtime, course)
    assert "version 2" in str(new.plan_status)
    assert (old.answered, new.answered) == (12, None), "nobody has answered at what is the primary occasion now"
    assert len(stored(runtime, course)) == 1


def test_a_result_of_another_form_is_worked_out_again(runtime, course):
    add_people(runtime, course, 10)
    store_results(runtime, course.tenant.scope)
    with runtime.database.transaction(course.tenant.scope) as session:
        session.execute(text("UPDATE stored_result SET content = jsonb_set(content, '{form}', '0')"))
        session.commit()
    assert only_row(runtime, course).withheld == NOT_YET
    assert store_results(runtime, course.tenant.scope).worked_out == 1
    assert only_row(runtime, course).answered == 10


def test_the_overview_asks_a_handful_of_questions_and_estimates_nothing(runtime, course, monkeypatch):
    add_people(runtime, course, 10)
    store_results(runtime, course.tenant.scope)
    period = read_period(runtime, course.tenant.scope).in_whole_quarters()
    list_interventions(runtime, course.tenant.scope, period)  # seen from here on
    monkeypatch.setattr("outcomes.analysis.effect.estimate_effect", refuse)
    statements = []
    engine, listener = runtime.database.engine, lambda *args: statements.append(args[2])
    event.listen(engine, "before_cursor_execute", listener)
    (row,) = list_interventions(runtime, course.tenant.scope, period).rows
    event.remove(engine, "before_cursor_execute", listener)
    assert row.answered == 10
    assert len(statements) <= MOST_STATEMENTS, statements
    assert not any("score" in statement.lower() for statement in statements)


def refuse(*_args, **_kwargs):
    raise AssertionError


def test_nobody_sees_or_refreshes_anothers(runtime, course):
    other = frozen_course(runtime, "sydby")
    add_people(runtime, course, 10)
    add_people(runtime, other, 11)
    store_results(runtime, course.tenant.scope)
    assert only_row(runtime, other).withheld == NOT_YET
    assert only_row(runtime, course).answered == 10
    with pytest.raises(NotFoundError):
        list_interventions(runtime, Scope(), Period(date(2026, 1, 1), date(2026, 3, 31)))


def test_two_refreshes_at_once_do_it_once(runtime, course, monkeypatch):
    """The second goes on without waiting for the first, and neither fails."""
    add_people(runtime, course, 10)
    begun, may_go_on = threading.Event(), threading.Event()

    def slowly(session, **kwargs):
        begun.set()
        assert may_go_on.wait(30)
        return refresh(session, **kwargs)

    from outcomes.store import aggregates  # noqa: PLC0415

    refresh = aggregates.refresh_aggregates
    monkeypatch.setattr(aggregates, "refresh_aggregates", slowly)
    first = []
    thread = threading.Thread(target=lambda: first.append(store_results(runtime, course.tenant.scope)))
    thread.start()
    try:
        assert begun.wait(30)
        assert store_results(runtime, course.tenant.scope) is None
        night = refresh_everything(runtime)
        assert (night.done, night.busy, night.failed) == (0, 1, ())
    finally:
        may_go_on.set()
        thread.join(30)
    assert first[0].worked_out == 1
    assert only_row(runtime, course).answered == 10


def test_every_night_everybody_and_one_fault_stops_nobody(runtime, course, monkeypatch):
    broken = frozen_course(runtime, "midtby")
    other = frozen_course(runtime, "sydby")
    for each in (course, broken, other):
        add_people(runtime, each, 10)
    real = night_module.store_results

    def faulty(on, scope):
        if scope.organisation_id == broken.tenant.organisation_id:
            message = "Karen Prøvesen 0101901234"
            raise ValueError(message)
        return real(on, scope)

    monkeypatch.setattr(night_module, "store_results", faulty)
    with capture_logs() as logs:
        night = refresh_everything(runtime)
    assert (night.done, night.busy, night.failed) == (2, 0, (broken.tenant.organisation_id,))
    (fault,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (fault["organisation"], fault["kind"]) == (str(broken.tenant.organisation_id), "ValueError")
    assert "Karen" not in str(logs)
    assert "0101901234" not in str(logs)
    assert [only_row(runtime, each).answered for each in (course, other)] == [10, 10]
    assert only_row(runtime, broken).withheld == NOT_YET
    monkeypatch.undo()
    assert refresh_everything(runtime).done == 3
    assert only_row(runtime, broken).answered == 10


def test_ids_of_organisations_are_all_that_the_night_is_told(runtime, course):
    frozen_course(runtime, "sydby")
    with runtime.database.transaction(Scope()) as session:
        ids = session.scalars(text("SELECT organisation_ids()")).all()
        assert session.scalar(text("SELECT count(*) FROM organisation")) == 0
    assert len(ids) == 2
    assert all(isinstance(each, UUID) for each in ids)


def test_who_withdraws_is_out_of_the_figures_after_the_next_refresh(runtime, course):
    cases = add_people(runtime, course, 11)
    store_results(runtime, course.tenant.scope)
    assert only_row(runtime, course).answered == 11
    with runtime.database.transaction(course.tenant.scope) as session:
        session.execute(
            text("UPDATE occasion SET state = 'withdrawn' WHERE episode_id = :id"), {"id": cases[0].episode_id}
        )
        session.commit()
    night = refresh_everything(replace(runtime))
    assert night.done == 1
    assert only_row(runtime, course).answered == 10


def test_a_result_belongs_to_a_plan_of_the_same_organisation(runtime, course):
    other = frozen_course(runtime, "sydby")
    with runtime.database.transaction(other.tenant.scope) as session:
        session.add(
            StoredResult(
                id=uuid4(), organisation_id=other.tenant.organisation_id, intervention_id=course.intervention_id,
                plan_id=course.intervention_id, snapshot="", code_version="", content={}, computed_at=runtime.now(),
            )
        )  # fmt: skip
        with pytest.raises(Exception, match="foreign key"):
            session.flush()
