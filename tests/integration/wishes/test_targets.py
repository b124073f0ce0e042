"""The wishes about targets: outcomes for citizens instead of process requirements, and targets that a state can set."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from outcomes.analysis.indicators import IndicatorValue
from outcomes.analysis.population import Population
from outcomes.analysis.target_status import TargetStatus
from outcomes.errors import AnswerError, ConflictError, NotFoundError
from outcomes.models import Organisation, TargetGroup
from outcomes.services.export_targets import export_targets
from outcomes.services.judge_targets import judge, list_newest, list_target_populations, read_target_status
from outcomes.services.read_target import read_target
from outcomes.services.read_targets import read_targets
from outcomes.services.set_target import read_target_form, set_target
from outcomes.services.sign_in import issue_sign_in_link, sign_in
from outcomes.services.store_results import store_results
from outcomes.services.target_rules import TargetText
from outcomes.store import stored_results, targets
from outcomes.store.database import Scope
from tests.integration.builders import add_coordinator, add_staff
from tests.integration.citizens_side import fill_citizens_side
from tests.integration.steered import add_score, add_scored, add_steered_course
from tests.integration.steering_side import fill_steering

pytestmark = pytest.mark.database

RECOMPUTE = Path(__file__).parents[3] / "docs" / "examples" / "targets" / "recompute.py"
STARTS = (40, 45, 35, 50, 42, 38, 47, 44, 36, 41, 39, 46)
ENDS = (60, 68, 52, 71, 59, 61, 70, 66, 55, 60, 58, 69)
TARGET = TargetText(
    title="Folk får det bedre", indicator="mean_change", intervention="hverdag", threshold="10", first_day="2026-01-01",
    last_day="2026-03-31", minimum_n="12", decided_by="Socialudvalget",
)  # fmt: skip


@pytest.fixture
def course(runtime):
    return add_steered_course(runtime)


@pytest.fixture
def manager(runtime, course):
    return add_staff(runtime, course.tenant, "manager", email="manager@example.org")


def standing(runtime, course, code="folk-faar-det-bedre"):
    return read_target(runtime, course.tenant.scope, code).newest.standing


def faults(runtime, actor, **changes):
    with pytest.raises(AnswerError) as refused:
        set_target(runtime, actor, replace(TARGET, **changes))
    return {fault.place: str(fault.sentence) for fault in refused.value.faults}


def test_process_data_never_moves_a_target_and_outcome_data_does(runtime, course, manager, clock):
    """ "Meningsfulde borgerrettede effektmål i stedet for opfyldelse af proceskrav" (S0): adding process data never moves
    status; outcome data does."""
    cases = add_scored(runtime, course, STARTS, (*ENDS[:10], None, None))
    set_target(runtime, manager, TARGET)
    clock.travel(days=123)
    before = standing(runtime, course)
    assert (before.status, before.missing, before.value.n) == (TargetStatus.NOT_SAID, 2, 10)
    _add_every_process_figure(runtime, course, manager, cases[0])
    assert standing(runtime, course) == before
    for case, score in zip(cases[10:], ENDS[10:], strict=True):
        add_score(runtime, course, case, "month-3", score)
    after = standing(runtime, course)
    assert (after.status, after.missing, after.value.n) == (TargetStatus.MET, None, 12)
    assert after.snapshot != before.snapshot


def _add_every_process_figure(runtime, course, manager, case):
    """A row in every table that isn't about outcomes: requirements and their steps, batches, facts, meetings, messages,
    sign-ins, signals, typed sheets, corrections, shares."""
    worker = add_staff(runtime, course.tenant, email="worker@example.org")
    add_coordinator(runtime, worker, case.citizen_id)
    group = TargetGroup(
        id=uuid4(), organisation_id=course.tenant.organisation_id, code="voksne", title={}, valid_from=date(2020, 1, 1)
    )
    with runtime.database.transaction(course.tenant.scope) as session:
        session.add(group)
        session.commit()
    fill_citizens_side(runtime, case, worker)
    fill_steering(runtime, course.tenant, worker, intervention_id=course.intervention_id, target_group_id=group.id)
    for _ in range(3):
        sign_in(runtime, issue_sign_in_link(runtime, organisation_slug="nordby", email="worker@example.org"))


def test_a_separate_script_comes_to_the_same_standings(runtime, course, manager, clock, tmp_path):
    """ "Statslig regulering af måltallene" (S1): status recomputed from export by separate script."""
    add_scored(runtime, course, STARTS, ENDS)
    for title, indicator, threshold, least in (
        ("Meget bedre", "mean_change", "10", "12"),
        ("For meget bedre", "mean_change", "60", "12"),
        ("Omtrent", "mean_change", "20", "12"),
        ("Bedre", "share_better", "50", "10"),
        ("Mål", "goal_attainment", "50", "10"),
    ):
        changes = {"title": title, "indicator": indicator, "threshold": threshold, "minimum_n": least}
        set_target(runtime, manager, replace(TARGET, **changes))
    clock.travel(days=123)
    file = tmp_path / "maaltal.json"
    content = export_targets(runtime, course.tenant.scope, locale="da")
    file.write_text(json.dumps(content), encoding="utf-8")
    assert {each["title"]: each["standing"]["status"] for each in content["targets"]} == {
        "Meget bedre": "met", "For meget bedre": "not_met", "Omtrent": "cannot_be_said", "Bedre": "cannot_be_said",
        "Mål": "cannot_be_said",
    }  # fmt: skip
    done = subprocess.run([sys.executable, RECOMPUTE, file], capture_output=True, text=True, check=False)
    assert (done.returncode, "5 targets" in done.stdout) == (0, True), done.stdout
    content["targets"][0]["standing"]["status"] = "met"
    file.write_text(json.dumps(content), encoding="utf-8")
    assert subprocess.run([sys.executable, RECOMPUTE, file], capture_output=True, check=False).returncode == 1


def test_a_changed_target_shows_both_versions(runtime, course, manager, clock):
    """ "Horisontal samskabelse" (S0): a definition change shows both versions side by side, with its reason."""
    add_scored(runtime, course, STARTS, ENDS)
    code = set_target(runtime, manager, TARGET)
    clock.travel(days=123)
    form = read_target_form(runtime, manager, code)
    changed = replace(form.text, threshold="40", reason="Vi vil mere", decided_by="Udvalget")
    set_target(runtime, manager, changed, code=code, after=form.version)
    page = read_target(runtime, course.tenant.scope, code)
    assert [version.standing.status for version in page.versions] == [TargetStatus.MET, TargetStatus.NOT_MET]
    changed_rows = {str(row.label) for row in page.rows if row.changed}
    assert {"To be reached", "Reason", "Decided by"} <= changed_rows
    assert "Indicator" not in changed_rows
    with pytest.raises(ConflictError):
        set_target(runtime, manager, changed, code=code, after=1)
    (only,) = read_targets(runtime, course.tenant.scope).targets
    assert (only.version, only.standing.status) == (2, TargetStatus.NOT_MET)
    set_target(runtime, manager, replace(changed, ends="yes"), code=code, after=2)
    board = read_targets(runtime, course.tenant.scope)
    assert (board.targets, [each.code for each in board.ended]) == ((), [code])


def test_a_national_target_is_read_and_judged_in_each_municipality(runtime, course, clock):
    """ "Statslig regulering af måltallene" (S1): an authority sets it, a municipality reads it and can't change it."""
    add_scored(runtime, course, STARTS, ENDS)
    authority = _add_authority(runtime)
    code = set_target(runtime, authority, TARGET)
    clock.travel(days=123)
    (seen,) = read_targets(runtime, course.tenant.scope).targets
    assert (seen.level, seen.own, seen.standing.status) == ("national", False, TargetStatus.MET)
    assert read_target(runtime, course.tenant.scope, code, national=True).newest.code == code
    with pytest.raises(NotFoundError):
        read_target(runtime, course.tenant.scope, code)
    board = read_targets(runtime, authority.scope)
    assert (board.for_authority, board.targets[0].standing) == (True, None)
    worker = add_staff(runtime, course.tenant, "manager")
    with pytest.raises(NotFoundError):
        set_target(runtime, worker, TARGET, code=code, after=1)
    elsewhere = add_steered_course(runtime, "vestby")
    with runtime.database.transaction(elsewhere.tenant.scope) as session:
        assert [each.code for each in targets.list_targets(session)] == [code]
        assert read_target_status(runtime, session, Population("hverdag")).not_said == 1


def _add_authority(runtime):
    organisation_id = uuid4()
    scope = Scope(organisation_id, actor="command:test")
    with runtime.database.transaction(scope) as session:
        session.add(
            Organisation(
                id=organisation_id, slug="styrelsen", name="Styrelsen", kind="authority", contact={"name": "x"}
            )
        )
        session.commit()

    class Whose:
        """Stands in for a tenant: an authority has neither team nor provider."""

        unit_id = None

    whose = Whose()
    whose.organisation_id, whose.scope = organisation_id, scope
    return add_staff(runtime, whose, "authority", email="authority@example.org")


def test_what_cannot_be_computed_is_refused_with_its_own_sentence(runtime, course, manager, clock):
    """Bad input: no such indicator, minimum n never reached, unknown intervention, days reversed, and all at once."""
    add_scored(runtime, course, STARTS, ENDS)
    clock.travel(days=400)
    assert "no such indicator" in faults(runtime, manager, indicator="plans_in_time")["indicator"]
    assert "at most 20 have begun" in faults(runtime, manager, minimum_n="21")["minimum_n"], "in whole tens"
    future = {"first_day": "2027-04-01", "last_day": "2027-06-30"}
    assert "at most 20 have begun" in faults(runtime, manager, minimum_n="21", **future)["minimum_n"]
    before = {"first_day": "2025-01-01", "last_day": "2025-12-31"}
    assert "fewer than 10 have begun" in faults(runtime, manager, **before)["minimum_n"]
    assert "no such intervention" in faults(runtime, manager, intervention="ukendt")["intervention"]
    assert "before the last" in faults(runtime, manager, first_day="2026-06-30")["first_day"]
    assert "whole quarters" in faults(runtime, manager, first_day="2026-01-02")["first_day"]
    assert "at least 10" in faults(runtime, manager, minimum_n="9")["minimum_n"]
    assert "no such provider" in faults(runtime, manager, provider=str(uuid4()))["provider"]
    assert "no such law" in faults(runtime, manager, legal_section="Serviceloven § 0")["legal_section"]
    everything = faults(
        runtime, manager, title=" ", indicator="", intervention="", threshold="meget", first_day="i går", last_day="",
        minimum_n="mange", decided_by="",
    )  # fmt: skip
    assert everything.keys() == {
        "title", "indicator", "intervention", "threshold", "first_day", "last_day", "minimum_n", "decided_by",
    }  # fmt: skip
    assert read_targets(runtime, course.tenant.scope).targets == ()


def test_a_target_for_nobody_yet_says_so_and_whose_figures_are_to_be_stored(runtime, course, manager, clock):
    clock.travel(days=1)
    code = set_target(runtime, manager, replace(TARGET, first_day="2026-04-01", last_day="2026-06-30"))
    found = standing(runtime, course, code)
    assert (found.status, found.snapshot) == (TargetStatus.NOT_SAID, "")
    assert "begun" in str(found.finding)
    with runtime.database.transaction(course.tenant.scope) as session:
        ((population, period),) = list_target_populations(session)
    assert (population, period.from_date) == (Population("hverdag"), date(2026, 4, 1))
    assert period.to_date - period.from_date == timedelta(days=90)


def test_two_targets_held_against_each_other_tell_of_nobody(runtime, course, manager, clock):
    """Days that part a few people from the others are refused; a target that has such days is never judged by them."""
    for month, people in ((3, 12), (6, 3), (9, 12)):
        add_scored(runtime, course, STARTS[:people], ENDS[:people], started_on=date(2026, month, 2))
    clock.travel(days=500)
    assert "2026-01-01 to 2026-09-30" in faults(runtime, manager, last_day="2026-06-30", minimum_n="10")["first_day"]
    first = set_target(runtime, manager, replace(TARGET, minimum_n="10"))
    _set_for_every_period(runtime, course, manager)
    with runtime.database.transaction(course.tenant.scope) as session:
        rows = {(row.first_day, row.last_day): row for row in list_newest(session)}
        found = {days: judge(runtime, session, row) for days, row in rows.items()}
    known = {days: each.value.n for days, each in found.items() if isinstance(each.value, IndicatorValue)}
    assert sorted(known.values()) == [12, 15, 27]
    assert standing(runtime, course, first).status is TargetStatus.MET
    parted = found[date(2026, 1, 1), date(2026, 6, 30)]
    assert (parted.status, parted.snapshot) == (TargetStatus.NOT_SAID, "")
    assert "few people" in str(parted.finding)
    stored = store_results(runtime, course.tenant.scope)
    assert stored is not None
    with runtime.database.transaction(course.tenant.scope) as session:
        days = {(row.first_day, row.last_day) for row in stored_results.list_results(session)}
    assert days == {(None, None), *(each for each in known if known[each] < 27)}


def _set_for_every_period(runtime, course, manager):
    """Every period of whole quarters, as it was stored before anybody looked."""
    starts, ends = (
        (date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)),
    )
    with runtime.database.transaction(manager.scope) as session:
        (like,) = targets.list_targets(session)
        for number, (first, last) in enumerate((first, last) for first in starts for last in ends if first < last):
            targets.add_target(
                session, organisation_id=manager.organisation_id, code=f"t{number}", version=1, title={"da": "T"},
                indicator="mean_change", level="municipal", intervention_id=like.intervention_id,
                intervention_slug="hverdag", provider_id=None, target_group=None, legal_section=None,
                threshold=like.threshold, direction="at_least", first_day=first, last_day=last, minimum_n=10,
                reason="", ends=False, decided_by="x",
            )  # fmt: skip
        session.commit()
