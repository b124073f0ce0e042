"""The wishes about documentation: what outcomes show needn't be written down beside them, and the time that this frees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from outcomes.analysis.results import Withheld
from outcomes.errors import AnswerError, ConflictError, NotFoundError
from outcomes.models import Response
from outcomes.reports.requirements import State
from outcomes.services.decide_requirement import StepText, decide_requirement
from outcomes.services.enter_requirement import RequirementText, enter_requirement
from outcomes.services.export_requirements import export_requirements
from outcomes.services.read_requirement import read_requirement
from outcomes.services.read_requirements import read_requirements
from outcomes.store import requirements
from tests.integration.builders import add_case, add_citizen, add_staff, answer, get_ticket
from tests.integration.steered import STARTED, add_scored, add_steered_course

pytestmark = pytest.mark.database

DUTY = RequirementText(
    title="Ugentlig status i journalen", source_kind="local_rule", source="Instruks fra 2019", minutes="30",
    minutes_source="Optalt i to uger af teamet", interventions=("hverdag",), replaced_by="share_better",
    replacement="Borgerens egne svar",
)  # fmt: skip
CODE = "ugentlig-status-i-journalen"
TODAY = date(2026, 3, 2)


@pytest.fixture
def course(runtime):
    return add_steered_course(runtime)


@pytest.fixture
def manager(runtime, course):
    return add_staff(runtime, course.tenant, "manager", email="manager@example.org")


def step(runtime, manager, name, day=TODAY, *, after, reason="Fordi borgerne selv svarer", by="Byrådet"):
    written = StepText(name, day.isoformat(), reason, by)
    decide_requirement(runtime, manager, CODE, written, after=after)


def retire(runtime, manager, day=TODAY):
    for after, name in enumerate(("proposed", "heard", "retired")):
        step(runtime, manager, name, day, after=after)


def refused(call, *arguments, **named):
    with pytest.raises(AnswerError) as error:
        call(*arguments, **named)
    return {fault.place: str(fault.sentence) for fault in error.value.faults}


def state(runtime, manager):
    return read_requirement(runtime, manager.scope, CODE).requirement.state


def test_a_requirement_is_proposed_heard_and_retired_and_shown_in_hours(runtime, course, manager, clock):
    """ "Frigivet tid og ressourcer til den borgernære velfærd" (S1): requirement -> replacing outcome datum -> legal status;
    hours = minutes x citizens x months, and the measured entry time on the other side of the scale."""
    cases = add_scored(runtime, course, [50] * 12, [60] * 12)
    _end(runtime, course, cases[0], STARTED + timedelta(days=30))
    assert enter_requirement(runtime, manager, DUTY) == CODE
    retire(runtime, manager)
    assert state(runtime, manager) is State.RETIRED
    clock.travel(days=121)
    book = read_requirements(runtime, manager.scope)
    (row,) = book.retired
    days = 11 * 122 + 31
    assert row.freed.people == 12
    assert row.freed.hours == pytest.approx(30 * days / (365.25 / 12) / 60)
    assert book.hours == row.freed.hours
    assert str(row.replaced_by_name) == "Share reliably better"
    (entry,) = book.entry
    assert (entry.by_staff, entry.answers, entry.measured, entry.median) == (False, 24, 24, 1.0)
    assert book.net == round(book.hours), "no time of staff; of what is shown"
    plain = export_requirements(runtime, manager.scope, locale="da")
    assert (plain["rows"][0]["freed"]["people"], plain["hours"]) == (12, book.hours)


def _end(runtime, course, case, on):
    with runtime.database.transaction(course.tenant.scope) as session:
        values = {"id": case.episode_id, "on": on}
        session.execute(text("UPDATE episode SET ended_on = :on, end_reason = 'completed' WHERE id = :id"), values)
        session.commit()


def test_nothing_is_retired_unheard_and_steps_come_in_their_order(runtime, course, manager, clock):
    enter_requirement(runtime, manager, DUTY)
    assert "unheard" in refused(step, runtime, manager, "retired", after=0)["step-proposed"]
    step(runtime, manager, "proposed", after=0)
    assert "unheard" in refused(step, runtime, manager, "kept", after=1)["step-heard"]
    assert "Only what was retired" in refused(step, runtime, manager, "reinstated", after=1)["step-heard"]
    with pytest.raises(ConflictError):
        step(runtime, manager, "heard", after=0)
    before = refused(step, runtime, manager, "heard", TODAY - timedelta(days=1), after=1)
    assert "before the last step" in before["on_day"]
    assert "hasn't come" in refused(step, runtime, manager, "heard", TODAY + timedelta(days=1), after=1)["on_day"]
    assert refused(step, runtime, manager, "heard", after=1, reason=" ", by="").keys() == {"reason", "by"}
    step(runtime, manager, "heard", after=1)
    step(runtime, manager, "retired", TODAY + timedelta(days=30), after=2)
    assert read_requirement(runtime, manager.scope, CODE).requirement.freed is None, "decided, and not yet in effect"
    with pytest.raises(NotFoundError):
        read_requirement(runtime, manager.scope, "noget-andet")


def test_what_a_law_demands_is_shown_and_never_retired(runtime, course, manager, database):
    """ "Law-bound requirements cannot be retired": not by the page, and not past it."""
    law = replace(DUTY, source_kind="law", source="Serviceloven § 141", law_bound="yes")
    enter_requirement(runtime, manager, law)
    shown = read_requirement(runtime, manager.scope, CODE).requirement
    assert (shown.next_steps, shown.law_bound) == ((), True)
    assert refused(step, runtime, manager, "proposed", after=0)[""].startswith("Serviceloven § 141 demands this")
    with runtime.database.transaction(manager.scope) as session:
        found = requirements.find_requirement(session, code=CODE)
        event = {"number": 1, "step": "retired", "on_day": TODAY, "reason": "x", "by": "x"}
        with pytest.raises(IntegrityError, match="can not be retired"):
            requirements.add_requirement_event(session, requirement=found, **event)


def test_a_law_brings_back_what_was_retired(runtime, course, manager, clock):
    """Bad input: a retired requirement that a new law brings back has its own sentence, and keeps its history."""
    add_scored(runtime, course, [50] * 12, [60] * 12)
    enter_requirement(runtime, manager, DUTY)
    assert "in the register already" in refused(enter_requirement, runtime, manager, DUTY)["title"]
    retire(runtime, manager)
    again = refused(enter_requirement, runtime, manager, replace(DUTY, title="ugentlig STATUS i journalen"))
    assert "Where a new law brings it back" in again["title"]
    clock.travel(days=61)
    back = TODAY + timedelta(days=61)
    step(runtime, manager, "reinstated", back, after=3, reason="Lov om dokumentation § 3")
    shown = read_requirement(runtime, manager.scope, CODE).requirement
    assert (shown.state, shown.law_bound, shown.source) == (State.REINSTATED, True, "Lov om dokumentation § 3")
    assert shown.freed.days == ((TODAY, back - timedelta(days=1)),)
    assert [each.step for each in shown.steps] == ["proposed", "heard", "retired", "reinstated"]
    assert "Lov om dokumentation" in refused(step, runtime, manager, "proposed", back, after=4)[""]


def test_what_cannot_be_entered_is_refused_with_its_own_sentence(runtime, course, manager):
    wrong = RequirementText(
        title="", source_kind="agreement", source="", law_bound="yes", minutes="mange", minutes_source="",
        interventions=("ukendt",), replaced_by="plans_in_time",
    )  # fmt: skip
    assert refused(enter_requirement, runtime, manager, wrong).keys() == {
        "title", "law_bound", "source", "minutes", "minutes_source", "interventions", "replaced_by",
    }  # fmt: skip
    assert read_requirements(runtime, manager.scope).rows == ()


def test_hours_of_fewer_than_ten_people_are_withheld(runtime, course, manager, clock):
    add_scored(runtime, course, [50] * 9, [60] * 9)
    enter_requirement(runtime, manager, DUTY)
    retire(runtime, manager)
    clock.travel(days=30)
    book = read_requirements(runtime, manager.scope)
    assert isinstance(book.retired[0].freed.hours, Withheld)
    assert isinstance(book.retired[0].freed.people, Withheld)
    assert (book.hours, book.net) == (None, None)


def test_the_time_to_answer_is_measured_by_the_clock_of_the_database(runtime, course, manager):
    """ "Entry timer; median entry <= 3 min" (S1): from the first answer that is kept to sending, and never guessed."""
    case = add_case(runtime, course, citizen_id=add_citizen(runtime, course.tenant, None))
    ticket = get_ticket(runtime, case)
    first = answer(runtime, ticket, {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4}, key=uuid4())
    with runtime.database.transaction(course.tenant.scope) as session:
        stored = session.get_one(Response, (course.tenant.organisation_id, first.response_id))
        assert stored.entry_seconds is not None
        assert 0 <= stored.entry_seconds < 60
