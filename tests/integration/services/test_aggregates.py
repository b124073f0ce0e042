"""Stored aggregates: what the rows say, refreshed, protected, sent as files and put together."""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from outcomes.analysis.federation import LEAST, make_aggregate_of_groups, read_aggregate, write_aggregate
from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import move_origins, sum_patterns
from outcomes.analysis.plan import parse_analysis_plan
from outcomes.cli import main
from outcomes.errors import AnalysisPlanError, ConflictError, EstimateError, InputError, NotFoundError
from outcomes.models import AggregateExport, Response, Score, ScoreAggregate
from outcomes.services.administer import check_audit
from outcomes.services.exchange_aggregates import combine_aggregates, export_aggregates
from outcomes.services.freeze_plan import find_plan, freeze_plan
from outcomes.services.gather_outcomes import Period, gather_outcomes
from outcomes.services.read_aggregates import read_aggregates
from outcomes.services.store_aggregates import store_aggregates
from tests.integration.builders import add_analysis_plan, add_case, add_citizen, add_course, add_tenant

pytestmark = pytest.mark.database

ALL = Period(date(1990, 1, 1), date(2030, 1, 1))


@pytest.fixture
def frozen(trial, trial_scope):
    """The published trial, its plan frozen and its aggregates made."""
    freeze_plan(trial, trial_scope, "btheb", by="Test")
    store_aggregates(trial, trial_scope)
    return trial


def rows_of(runtime, scope):
    with runtime.database.transaction(scope) as session:
        return session.query(ScoreAggregate).all()


def entries(runtime, scope) -> int:
    with runtime.database.transaction(scope) as session:
        return session.scalar(text("SELECT count(*) FROM audit_entry"))


def test_the_stored_sums_are_those_of_the_rows(frozen, trial_scope):
    stored = read_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL)
    with frozen.database.transaction(trial_scope) as session:
        intervention, plan_row = find_plan(session, "btheb")
        plan = parse_analysis_plan(plan_row.definition["analysis"])
        data = gather_outcomes(session, intervention, plan, ALL, frozen.today())
    people = sorted({record["subject"] for record in data.records})
    scores = np.full((len(people), len(plan.occasions)), np.nan)
    columns = np.ones((len(people), 2))
    for record in data.records:
        place = people.index(record["subject"])
        if record["due"]:
            scores[place, plan.occasions.index(record["occasion"])] = record["score"]
        columns[place, 1] = record["arm"] == "intervention"
    expected = sum_patterns(
        scores, columns, occasions=plan.occasions, names=("Intercept", "arm[intervention]"), origin=0.0
    )
    assert stored.sums.n_subjects == 100
    assert [(p.observed, p.n) for p in stored.sums.patterns] == [(p.observed, p.n) for p in expected.patterns]
    for found, wanted in zip(stored.sums.patterns, expected.patterns, strict=True):
        assert (found.xx == wanted.xx).all()
        assert (found.xy == wanted.xy).all()  # sums of whole numbers are exact
        assert (found.yy == wanted.yy).all()
    assert stored.due == tuple(
        sum(record["due"] for record in data.records if record["occasion"] == code) for code in plan.occasions
    )
    assert stored.study.bases == (("arm", "comparison"),)
    assert (stored.study.measure.minimum, stored.study.measure.maximum) == (0.0, 63.0)


def test_refreshing_twice_changes_nothing_and_writes_no_record(frozen, trial_scope):
    before = {(row.id, row.n, tuple(row.sums)) for row in rows_of(frozen, trial_scope)}
    recorded = entries(frozen, trial_scope)
    done = store_aggregates(frozen, trial_scope)
    assert (done.written, done.removed) == (0, 0)
    assert done.rows == len(before)
    assert {(row.id, row.n, tuple(row.sums)) for row in rows_of(frozen, trial_scope)} == before
    assert entries(frozen, trial_scope) == recorded
    assert check_audit(frozen, trial_scope) == ()


def test_whoever_withdraws_leaves_at_the_next_refresh(frozen, trial_scope):
    before = read_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL).sums
    with frozen.database.transaction(trial_scope) as session:
        session.execute(
            text("UPDATE occasion SET state = 'withdrawn' WHERE episode_id = (SELECT e.id FROM episode e"
                 " JOIN citizen c ON c.id = e.citizen_id ORDER BY c.number LIMIT 1)")
        )  # fmt: skip
        session.commit()
    done = store_aggregates(frozen, trial_scope)
    after = read_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL).sums
    assert done.written + done.removed > 0
    assert before.n_subjects - after.n_subjects == 1
    assert sum(pattern.xy[0].sum() for pattern in after.patterns) < sum(p.xy[0].sum() for p in before.patterns)
    assert check_audit(frozen, trial_scope) == ()


def test_other_quarters_are_left_out_and_nothing_found_is_said(frozen, trial_scope):
    with pytest.raises(EstimateError, match="outcomes aggregates refresh"):
        read_aggregates(
            frozen, trial_scope, intervention_slug="btheb", period=Period(date(1990, 1, 1), date(1990, 2, 1))
        )
    with pytest.raises(NotFoundError):
        read_aggregates(frozen, trial_scope, intervention_slug="nothing", period=ALL)


def test_sums_wait_for_the_plan_to_be_frozen(trial, trial_scope):
    store_aggregates(trial, trial_scope)
    with pytest.raises(AnalysisPlanError, match="not frozen"):
        read_aggregates(trial, trial_scope, intervention_slug="btheb", period=ALL)


def test_a_file_leaves_under_the_rule_and_gives_the_estimate(frozen, trial_scope, tmp_path):
    text_ = export_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL, least=10)
    sent = read_aggregate(text_)
    assert all(pattern.n >= 10 for pattern in sent.sums.patterns)
    assert sent.organisations == ("btheb-trial",)
    assert (sent.study.first_day, sent.study.last_day) == ("1990-01-01", "2030-03-31")
    moved = move_origins(sent.sums, -1.0, sent.sums.column_origins)  # everybody elsewhere has a point more
    other = replace(sent, organisations=("elsewhere",), sums=replace(moved, origin=0.0))
    for name, aggregate in (("a.json", sent), ("b.json", other)):
        (tmp_path / name).write_text(write_aggregate(aggregate), encoding="utf-8")
    one = combine_aggregates([tmp_path / "a.json"])
    both = combine_aggregates([tmp_path / "a.json", tmp_path / "b.json"])
    assert both.organisations == ("btheb-trial", "elsewhere")
    assert (both.n_subjects, both.completeness) == (2 * one.n_subjects, one.completeness)
    assert one.least == 10
    by_kind = {(row.kind, row.occasion, row.arm): row for row in both.rows}
    for row in one.rows:
        twice = by_kind[row.kind, row.occasion, row.arm]
        assert twice.n == 2 * row.n
        assert twice.estimate.estimate == pytest.approx(row.estimate.estimate + 0.5 * (row.kind == "mean"), abs=0.05)
        assert twice.estimate.std_error == pytest.approx(row.estimate.std_error / np.sqrt(2), rel=0.05)
    changes = [by_kind["change", "month-8", arm].estimate.estimate for arm in ("intervention", "comparison")]
    assert by_kind["difference", "month-8", None].estimate.estimate == pytest.approx(changes[0] - changes[1], rel=1e-9)
    assert {row.kind for row in one.rows} == {"mean", "change", "difference"}


def test_without_the_rule_the_estimate_is_that_of_all_people(frozen, trial_scope):
    stored = read_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL)
    made = make_aggregate_of_groups(stored.groups, stored.columns, organisation="x", study=stored.study, least=1)
    design = MmrmDesign("occasion", crossed=("arm[intervention]",))
    one, other = fit_mmrm(made.sums, design), fit_mmrm(stored.sums, design)
    assert [term.estimate for term in one.terms] == pytest.approx([term.estimate for term in other.terms], rel=1e-10)


def test_nobody_alike_means_no_file(frozen, trial_scope):
    with pytest.raises(EstimateError, match="at least 99 people alike"):
        export_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL, least=99)


def test_files_that_cannot_be_used_are_all_named(frozen, trial_scope, tmp_path):
    whole = export_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL, least=10)
    (tmp_path / "whole.json").write_text(whole, encoding="utf-8")
    (tmp_path / "changed.json").write_text(whole.replace('"btheb"', '"other"', 1), encoding="utf-8")
    (tmp_path / "picture.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError) as refused:
        combine_aggregates([tmp_path / name for name in ("whole.json", "changed.json", "picture.json")])
    places = [fault.place for fault in refused.value.faults]
    assert places == ["changed.json", "changed.json: checksum", "picture.json"]


def test_few_people_together_give_no_model(frozen, trial_scope, tmp_path):
    sent = read_aggregate(export_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL, least=10))
    first = next(pattern for pattern in sent.sums.patterns if pattern.n < 30)
    few = replace(sent, sums=replace(sent.sums, patterns=(first,)))
    (tmp_path / "few.json").write_text(write_aggregate(few), encoding="utf-8")
    with pytest.raises(EstimateError, match="needs at least 30"):
        combine_aggregates([tmp_path / "few.json"])


def test_the_same_people_are_not_combined_twice(frozen, trial_scope, tmp_path):
    text_ = export_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL, least=10)
    other = write_aggregate(replace(read_aggregate(text_), organisations=("elsewhere",)))
    for name, content in (("a.json", text_), ("b.json", other)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(EstimateError, match="same people would count twice"):
        combine_aggregates([tmp_path / "a.json", tmp_path / "b.json"])
    with pytest.raises(EstimateError, match="would count twice"):
        combine_aggregates([tmp_path / "a.json", tmp_path / "a.json"])


# What leaves is logged, and two files together tell of nobody.


def send(runtime, scope, period: Period = ALL, least: int = 10) -> str:
    return export_aggregates(runtime, scope, intervention_slug="btheb", period=period, least=least)


def withdraw(runtime, scope, n: int) -> None:
    """The first ``n`` people of the intervention arm who answered everything withdraw."""
    with runtime.database.transaction(scope) as session:
        session.execute(
            text("UPDATE occasion SET state = 'withdrawn' WHERE episode_id IN (SELECT e.id FROM episode e"
                 " JOIN citizen c ON c.id = e.citizen_id WHERE e.comparison_status = 'intervention' AND NOT EXISTS ("
                 "SELECT FROM occasion o WHERE o.episode_id = e.id AND NOT EXISTS ("
                 "SELECT FROM response r WHERE r.occasion_id = o.id)) ORDER BY c.number LIMIT :n)"), {"n": n},
        )  # fmt: skip
        session.commit()


def log(runtime, scope) -> list[AggregateExport]:
    with runtime.database.transaction(scope) as session:
        return session.query(AggregateExport).order_by(AggregateExport.created_at).all()


def test_what_leaves_is_logged(frozen, trial_scope):
    sent = send(frozen, trial_scope)
    (row,) = log(frozen, trial_scope)
    assert (row.first_day, row.last_day, row.least) == (date(1990, 1, 1), date(2030, 3, 31), 10)
    assert row.people == read_aggregate(sent).sums.n_subjects
    assert row.checksum == hashlib.sha256(sent.encode()).digest()
    assert row.exported_by == trial_scope.actor
    assert {name.split(":")[0].split(" at ")[0] for name in row.cells} == {"all", "comparison", "intervention"}
    assert check_audit(frozen, trial_scope) == ()
    with frozen.database.transaction(trial_scope) as session:
        recorded = session.execute(
            text("SELECT operation, actor FROM audit_entry WHERE table_name = 'aggregate_export'")
        ).all()
    assert [tuple(entry) for entry in recorded] == [("INSERT", trial_scope.actor)]


def test_whoever_withdrew_is_not_in_a_file_made_afterwards(frozen, trial_scope):
    """No refresh in between: the export makes the sums anew itself."""
    before = read_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL).sums.n_subjects
    withdraw(frozen, trial_scope, 1)
    send(frozen, trial_scope)
    after = read_aggregates(frozen, trial_scope, intervention_slug="btheb", period=ALL).sums.n_subjects
    assert before - after == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET people = people", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_log_is_only_added_to_by_its_owner_too(frozen, trial_scope, trial_database, statement):
    send(frozen, trial_scope)
    with trial_database.connect(trial_database.owner_url) as connection:
        connection.execute(
            text("SELECT set_config('app.organisation', :id, true)"), {"id": str(trial_scope.organisation_id)}
        )
        with pytest.raises(IntegrityError, match="append-only"):
            connection.execute(text(statement.format("aggregate_export")))


def test_the_same_file_may_be_made_again(frozen, trial_scope):
    assert send(frozen, trial_scope) == send(frozen, trial_scope)
    assert len(log(frozen, trial_scope)) == 2


@pytest.mark.parametrize("n", [1, 9])
def test_a_file_that_differs_by_few_people_is_refused(frozen, trial_scope, n):
    send(frozen, trial_scope)
    stored = {(row.id, row.n, tuple(row.sums)) for row in rows_of(frozen, trial_scope)}
    withdraw(frozen, trial_scope, n)
    with pytest.raises(ConflictError, match="fewer than 10 people make the difference"):
        send(frozen, trial_scope)
    assert len(log(frozen, trial_scope)) == 1
    assert {(row.id, row.n, tuple(row.sums)) for row in rows_of(frozen, trial_scope)} == stored  # all or nothing


def test_a_file_that_differs_by_many_people_is_made(frozen, trial_scope):
    send(frozen, trial_scope)
    withdraw(frozen, trial_scope, 10)
    send(frozen, trial_scope)
    assert len(log(frozen, trial_scope)) == 2


def test_one_changed_answer_is_few_people(frozen, trial_scope, trial_database):
    send(frozen, trial_scope)
    with trial_database.admin(unwatched=True) as connection:
        connection.execute(
            text("UPDATE score SET value = value + 1 WHERE id = (SELECT s.id FROM score s JOIN response r"
                 " ON r.id = s.response_id JOIN occasion o ON o.id = r.occasion_id ORDER BY o.planned_on LIMIT 1)")
        )  # fmt: skip
    with pytest.raises(ConflictError, match="fewer than 10 people"):
        send(frozen, trial_scope)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(1990, 4, 1), date(2030, 1, 1)),
        (date(1990, 1, 1), date(2029, 12, 31)),
        (date(1980, 1, 1), date(2031, 1, 1)),
    ],
)
def test_a_period_that_overlaps_an_earlier_files_is_refused(frozen, trial_scope, first, last):
    send(frozen, trial_scope)
    with pytest.raises(ConflictError, match="A file for 1990-01-01 to 2030-03-31 was made before"):
        send(frozen, trial_scope, Period(first, last))
    send(frozen, trial_scope, Period(date(1990, 2, 1), date(2030, 2, 1)))  # the same quarters


@pytest.mark.parametrize("least", [1, 9])
def test_the_rule_cannot_be_lowered(frozen, trial_scope, least):
    with pytest.raises(EstimateError, match="At least 10 people must stand behind"):
        send(frozen, trial_scope, least=least)


# One course of our own making: what counts, and what doesn't.


def put_score(runtime, case, code: str, value: float | None, *, respondent: str = "citizen") -> None:
    """A response with a score on ``total``, as an import stores one."""
    organisation_id = case.tenant.organisation_id
    with runtime.database.transaction(case.tenant.scope) as session:
        version_id = session.scalar(
            text("SELECT instrument_version_id FROM occasion WHERE id = :id"), {"id": case.occasions[code]}
        )
        response = Response(
            id=uuid4(), organisation_id=organisation_id, occasion_id=case.occasions[code],
            instrument_version_id=version_id, respondent_kind=respondent, mode="imported", locale="da", answers={},
            submission_key=uuid4(), answered_at=runtime.now(), late=False,
        )  # fmt: skip
        session.add(response)
        session.flush()
        session.add(
            Score(organisation_id=organisation_id, response_id=response.id, scale="total", value=value, n_items=5)
        )
        session.commit()


@pytest.fixture
def course(runtime):
    made = add_course(runtime, add_tenant(runtime))
    add_analysis_plan(runtime, made)
    freeze_plan(runtime, made.tenant.scope, made.slug, by="Test")
    return made


def cells(runtime, course, **changes) -> dict[tuple[str, bool, tuple[str, ...], tuple[str, ...]], tuple]:
    store_aggregates(replace(runtime, **changes), course.tenant.scope)
    return {
        (row.comparison_status, row.first_episode, tuple(row.answered), tuple(row.due)):
        (row.n, tuple(row.sums), tuple(row.products))
        for row in rows_of(runtime, course.tenant.scope)
    }  # fmt: skip


EARLY = date(2025, 7, 1)
DUE = ("month-1", "month-2", "month-3", "start")


def test_people_alike_are_summed_and_others_apart(runtime, course):
    for scores in ((10.0, 20.0), (11.5, 22.0)):
        case = add_case(runtime, course, started_on=EARLY)
        for code, value in zip(("start", "month-2"), scores, strict=True):
            put_score(runtime, case, code, value)
    silent = add_case(runtime, course, started_on=EARLY)
    put_score(runtime, silent, "start", None)  # answered, but too little for a score
    put_score(runtime, silent, "month-1", 50.0, respondent="worker")
    waiting = add_case(runtime, course, started_on=EARLY, comparison_status="waiting_list")
    put_score(runtime, waiting, "start", 40.0)
    assert cells(runtime, course) == {
        # codes in alphabetical order: month-2, start; products by row of the lower triangle
        ("intervention", True, ("month-2", "start"), DUE): (
            2, (42.0, 21.5), (20.0**2 + 22.0**2, 20.0 * 10.0 + 22.0 * 11.5, 10.0**2 + 11.5**2),
        ),
        ("intervention", True, (), DUE): (1, (), ()),
        ("waiting_list", True, ("start",), DUE): (1, (40.0,), (1600.0,)),
    }  # fmt: skip


def test_an_answer_counts_once_its_day_has_passed(runtime, course, clock):
    case = add_case(runtime, course, started_on=EARLY)
    put_score(runtime, case, "start", 10.0)
    clock.go_to(2025, 7, 8)  # due today
    assert cells(runtime, course) == {}
    clock.go_to(2025, 7, 9)
    assert cells(runtime, course) == {("intervention", True, ("start",), ("start",)): (1, (10.0,), (100.0,))}
    clock.go_to(2025, 8, 20)
    assert set(cells(runtime, course)) == {("intervention", True, ("start",), ("month-1", "start"))}


def test_whoever_died_was_not_due_afterwards(runtime, course):
    case = add_case(runtime, course, started_on=EARLY)
    put_score(runtime, case, "start", 10.0)
    with runtime.database.transaction(course.tenant.scope) as session:
        session.execute(
            text("UPDATE episode SET ended_on = :day, end_reason = 'died'"), {"day": EARLY + timedelta(days=40)}
        )
        session.commit()
    assert set(cells(runtime, course)) == {("intervention", True, ("start",), ("month-1", "start"))}


def test_a_person_counts_with_the_first_episode_of_each_status(runtime, course):
    citizen: UUID = add_citizen(runtime, course.tenant)
    starts = (
        (EARLY, "waiting_list", 1.0),
        (date(2025, 8, 1), "intervention", 2.0),
        (date(2025, 9, 1), "intervention", 3.0),
    )
    for day, status, value in starts:
        case = add_case(runtime, course, citizen_id=citizen, started_on=day, comparison_status=status)
        put_score(runtime, case, "start", value)
    assert {key[:2]: value[:2] for key, value in cells(runtime, course).items()} == {
        ("waiting_list", True): (1, (1.0,)),
        ("intervention", False): (1, (2.0,)),
    }
    period = Period(EARLY, EARLY)
    assert (
        read_aggregates(runtime, course.tenant.scope, intervention_slug=course.slug, period=period).sums.n_subjects == 1
    )


def test_quarters_are_kept_apart(runtime, course):
    for day in (date(2025, 6, 30), date(2025, 7, 1), date(2025, 9, 30)):
        put_score(runtime, add_case(runtime, course, started_on=day), "start", 10.0)
    cells(runtime, course)
    found = {row.quarter: row.n for row in rows_of(runtime, course.tenant.scope)}
    assert found == {date(2025, 4, 1): 1, date(2025, 7, 1): 2}


def test_one_organisation_refreshes_nothing_of_another(runtime, course):
    put_score(runtime, add_case(runtime, course, started_on=EARLY), "start", 10.0)
    other = add_course(runtime, add_tenant(runtime, "sydby", "Sydby"))
    put_score(runtime, add_case(runtime, other, started_on=EARLY), "start", 20.0)
    assert store_aggregates(runtime, course.tenant.scope).rows == 1
    assert [row.sums for row in rows_of(runtime, course.tenant.scope)] == [[10.0]]
    assert rows_of(runtime, other.tenant.scope) == []


def test_without_comparison_the_sums_have_no_arm(runtime, course):
    for status in ("intervention", "other"):
        put_score(runtime, add_case(runtime, course, started_on=EARLY, comparison_status=status), "start", 10.0)
    store_aggregates(runtime, course.tenant.scope)
    stored = read_aggregates(runtime, course.tenant.scope, intervention_slug=course.slug, period=Period(EARLY, EARLY))
    assert (stored.sums.columns, stored.sums.n_subjects, stored.study.bases) == (("Intercept",), 1, ())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE score_aggregate SET n = 0",
        "UPDATE score_aggregate SET quarter = '2025-07-02'",
        "UPDATE score_aggregate SET quarter = '2025-08-01'",
        "UPDATE score_aggregate SET sums = sums || 1.0::double precision",
        "UPDATE score_aggregate SET products = '{}'",
        "UPDATE score_aggregate SET due = '{}'",
        "UPDATE score_aggregate SET comparison_status = 'x'",
    ],
)
def test_the_database_refuses_sums_that_cannot_be(runtime, course, change):
    put_score(runtime, add_case(runtime, course, started_on=EARLY), "start", 10.0)
    store_aggregates(runtime, course.tenant.scope)
    with (
        runtime.database.transaction(course.tenant.scope) as session,
        pytest.raises(IntegrityError, match="ck_score_agg"),
    ):
        session.execute(text(change))


def test_the_commands_from_answers_to_estimate(trial_database, trial, trial_scope, settings, tmp_path, monkeypatch):
    module = importlib.import_module("outcomes.cli.aggregates")
    assert module.LEAST == LEAST
    freeze_plan(trial, trial_scope, "btheb", by="Test")
    url = {"DATABASE_URL": trial_database.app_url, "DATABASE_OWNER_URL": trial_database.owner_url}
    monkeypatch.setattr(module, "read_settings", lambda: settings.model_copy(
        update={"database_url": url["DATABASE_URL"], "database_owner_url": url["DATABASE_OWNER_URL"]}))  # fmt: skip
    main.add_command(module.aggregates)
    run = CliRunner().invoke
    refreshed = run(main, ["--language", "en", "aggregates", "refresh", "--organisation", "btheb-trial"])
    assert refreshed.exit_code == 0, refreshed.output
    assert "1 worked out, 0 unchanged" in refreshed.output
    everybody = run(main, ["--language", "en", "aggregates", "refresh"])
    assert everybody.exit_code == 0, everybody.output
    assert "1 organisations are worked out; 0 were left" in everybody.output
    file = tmp_path / "sums.json"
    sent = run(
        main,
        ["--language", "en", "aggregates", "export", "--organisation", "btheb-trial", "--intervention", "btheb", "--from",
         "1990-01-01", "--to", "2030-01-01", "--output", str(file)],
    )  # fmt: skip
    assert sent.exit_code == 0, sent.output
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    again = run(
        main,
        ["--language", "en", "aggregates", "export", "--organisation", "btheb-trial", "--intervention", "btheb", "--from",
         "1990-01-01", "--to", "2030-01-01", "--output", str(file)],
    )  # fmt: skip
    assert again.exit_code != 0
    assert "There is a file" in again.output
    assert file.read_bytes() == before
    with pytest.raises(InputError, match="There is a file"):
        module._write_new(file, "")
    said = run(main, ["--language", "en", "aggregates", "combine", str(file)])
    assert said.exit_code == 0, said.output
    assert "Difference in change" in said.output
    assert "effect" not in said.output.lower()
    content = json.loads(run(main, ["aggregates", "combine", str(file), "--format", "json"]).output)
    assert content["organisations"] == ["btheb-trial"]
    assert content["protection"]["least"] == 10
    assert {"estimate", "std_error", "df", "ci_low", "ci_high", "p_value", "n"} <= set(content["estimates"][0])
    assert run(main, ["aggregates", "export", "--organisation", "btheb-trial", "--intervention", "btheb", "--from",
                      "1990-01-01", "--to", "2030-01-01", "--least", "9", "--output", str(file)]).exit_code == 2  # fmt: skip
