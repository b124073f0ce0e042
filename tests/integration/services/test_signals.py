"""Signals: whose turn it is, in which order, what happens when nobody looks, and what a worsening is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from outcomes.errors import AnswerError, ConflictError, NotFoundError
from outcomes.instruments import smallest_detectable_change
from outcomes.models import AccessEntry, AppUser, Coordinator, Signal
from outcomes.services.find_worsening import compare_points, find_worsening
from outcomes.services.handle_signal import LONGEST, handle_signal, open_signal
from outcomes.services.list_signals import list_signals
from outcomes.services.open_citizen import open_citizen
from outcomes.services.read_today import read_today
from outcomes.services.save_answers import save_answer
from outcomes.services.submit_response import submit_response
from tests.conftest import START
from tests.integration.builders import add_coordinator, add_staff, add_tenant, answer, get_ticket
from tests.integration.outbox import outbox, queued_jobs, run_jobs
from tests.integration.risk import answer_risky, risky_case, risky_instrument

pytestmark = pytest.mark.database


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def worker(runtime, tenant):
    return add_staff(runtime, tenant, email="worker@example.org")


def seen_by(runtime, actor):
    return [signal.signal_id for signal in list_signals(runtime, actor)]


def calm(runtime, case, value, *, code="start", kind="citizen"):
    """Answer how calm one is, and send; the response's id."""
    ticket = get_ticket(runtime, case, code, respondent_kind=kind)
    return answer(runtime, ticket, {"calm": value, "life": 0}).response_id


def test_the_owner_and_the_duty_person_see_it_at_once_and_the_team_when_nobody_looked(runtime, tenant, worker, clock):
    duty, colleague = add_staff(runtime, tenant), add_staff(runtime, tenant, in_team=True)
    stranger, manager = add_staff(runtime, tenant), add_staff(runtime, tenant, "manager", in_team=True)
    case = risky_case(runtime, tenant, owner="worker@example.org", hours=24, duty=duty.user_id)
    signal_id = answer_risky(runtime, case)
    assert seen_by(runtime, worker) == seen_by(runtime, duty) == [signal_id]
    assert seen_by(runtime, colleague) == seen_by(runtime, stranger) == []
    assert not list_signals(runtime, worker)[0].overdue
    clock.travel(hours=25)
    assert seen_by(runtime, worker) == seen_by(runtime, duty) == seen_by(runtime, colleague) == [signal_id]
    assert list_signals(runtime, colleague)[0].overdue
    assert seen_by(runtime, stranger) == []
    for nobody in (stranger, manager):
        with pytest.raises(NotFoundError):
            open_signal(runtime, nobody, signal_id)
    assert not open_signal(runtime, duty, signal_id).opens_page
    with pytest.raises(NotFoundError):
        open_citizen(runtime, duty, case.citizen_id)
    handle_signal(runtime, duty, signal_id, handling="Ringede op.")
    assert [seen_by(runtime, each) for each in (worker, duty, colleague)] == [[], [], []]


def test_the_team_sees_at_once_what_nobody_has(runtime, tenant, worker):
    colleague = add_staff(runtime, tenant, in_team=True)
    unowned = answer_risky(runtime, risky_case(runtime, tenant, owner=None))
    assert seen_by(runtime, colleague) == [unowned]
    assert list_signals(runtime, colleague)[0].owner is None


def test_who_takes_over_the_case_takes_over_its_signals(runtime, tenant, worker, clock):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    signal_id = answer_risky(runtime, case)
    colleague, successor = add_staff(runtime, tenant, in_team=True), add_staff(runtime, tenant)
    with runtime.database.transaction(tenant.scope) as session:
        session.get_one(AppUser, (tenant.organisation_id, worker.user_id)).ended_on = runtime.today()
        session.scalars(select(Coordinator).where(Coordinator.citizen_id == case.citizen_id)).one().to_date = date(
            2026, 3, 2
        )
        session.commit()
    assert seen_by(runtime, colleague) == [signal_id], "its owner has left"
    add_coordinator(runtime, successor, case.citizen_id)
    assert seen_by(runtime, successor) == [signal_id]


def test_danger_comes_first_and_then_what_is_overdue(runtime, tenant, worker, clock):
    case = risky_case(runtime, tenant, owner="worker@example.org", hours=100)
    risk = answer_risky(runtime, case)
    other, overdue = uuid4(), uuid4()
    with runtime.database.transaction(tenant.scope) as session:
        for signal_id, due in ((other, timedelta(hours=1)), (overdue, timedelta(hours=-1))):
            session.add(
                Signal(
                    id=signal_id, organisation_id=tenant.organisation_id, citizen_id=case.citizen_id,
                    episode_id=case.episode_id, occasion_id=case.occasions["start"], respondent_kind="citizen",
                    kind="wants_contact", subject=str(due), raised_at=runtime.now(), due_at=runtime.now() + due,
                    owner_id=worker.user_id,
                )
            )  # fmt: skip
        session.commit()
    assert seen_by(runtime, worker) == [risk, overdue, other]
    day = read_today(runtime, worker)
    assert day.n_people == 1


def test_looking_and_handling_are_written_down(runtime, tenant, worker):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    signal_id = answer_risky(runtime, case)
    list_signals(runtime, worker)
    page = open_signal(runtime, worker, signal_id)
    assert (page.answer.item.id, page.answer.value, page.answer.sent) == ("life", 2, False)
    handle_signal(runtime, worker, signal_id, handling="Ringede op.")
    with runtime.database.transaction(tenant.scope) as session:
        purposes = session.scalars(select(AccessEntry.purpose).order_by(AccessEntry.at)).all()
    assert purposes == ["caseload", "signal", "signal handled"]


def test_an_answer_that_was_taken_back_is_shown_as_it_stands(runtime, tenant, worker):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    signal_id = answer_risky(runtime, case)
    ticket = get_ticket(runtime, case)
    save_answer(runtime, ticket, item_id="life", value=None)
    assert open_signal(runtime, worker, signal_id).answer.value is None
    save_answer(runtime, ticket, item_id="life", value=0)
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    answered = open_signal(runtime, worker, signal_id).answer
    assert (answered.value, answered.sent) == (0, True)
    assert seen_by(runtime, worker) == [signal_id], "somebody still looks at it"


def test_what_was_done_is_written_once(runtime, tenant, worker):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    signal_id = answer_risky(runtime, case)
    for nothing in ("", " \n\x00 ", "x" * (LONGEST + 1)):
        with pytest.raises(AnswerError):
            handle_signal(runtime, worker, signal_id, handling=nothing)
    for _ in range(2):
        assert handle_signal(runtime, worker, signal_id, handling=" Ringede\r\nop. ") == case.citizen_id
    with pytest.raises(ConflictError):
        handle_signal(runtime, worker, signal_id, handling="Noget andet")
    shown = open_citizen(runtime, worker, case.citizen_id).signals
    assert [(each.handling, each.handled_by) for each in shown] == [("Ringede\nop.", "Test worker")]


def test_the_mail_names_nobody(runtime, tenant, worker):
    answer_risky(runtime, risky_case(runtime, tenant, owner="worker@example.org"))
    assert [name for name, _ in queued_jobs(runtime)] == ["signal_raised"]
    run_jobs(runtime)
    assert [(each.kind, each.user_id) for each in outbox(runtime, tenant)] == [("signal", worker.user_id)]


def test_a_reliable_worsening_is_told_once(runtime, tenant, worker, clock):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    first = calm(runtime, case, 8)
    assert find_worsening(runtime, tenant.scope, first) == (), "nothing to compare with"
    clock.travel(days=31)
    second = calm(runtime, case, 6, code="month-1")
    raised = find_worsening(runtime, tenant.scope, second)
    assert len(raised) == 1
    assert find_worsening(runtime, tenant.scope, second) == ()
    clock.travel(days=31)
    third = calm(runtime, case, 2, code="month-2")
    assert find_worsening(runtime, tenant.scope, third) == (), "the first one waits still"
    page = open_signal(runtime, worker, raised[0])
    assert "8" in str(page.change[0])
    assert "6" in str(page.change[0])
    handle_signal(runtime, worker, raised[0], handling="Talte sammen.")
    assert find_worsening(runtime, tenant.scope, second) == (), "told already"
    assert len(find_worsening(runtime, tenant.scope, third)) == 1


def test_what_chance_can_do_and_what_is_better_is_no_worsening(runtime, tenant, worker, clock):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    calm(runtime, case, 5)
    for code, value in (("month-1", 4), ("month-2", 9)):
        clock.travel(days=31)
        assert find_worsening(runtime, tenant.scope, calm(runtime, case, value, code=code)) == ()


def test_each_respondent_is_compared_with_themself(runtime, tenant, worker, clock):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    calm(runtime, case, 9)
    clock.travel(days=31)
    assert find_worsening(runtime, tenant.scope, calm(runtime, case, 1, code="month-1", kind="parent")) == ()


def test_the_job_after_a_response_tells_the_coordinator(runtime, tenant, worker, clock):
    case = risky_case(runtime, tenant, owner="worker@example.org")
    calm(runtime, case, 9)
    clock.go_to(2026, 4, 2)  # the Thursday before Easter: only Saturday and Sunday are no working days
    calm(runtime, case, 1, code="month-1")
    run_jobs(runtime)
    run_jobs(runtime)
    assert [each.user_id for each in outbox(runtime, tenant) if each.kind == "signal"] == [worker.user_id]
    (signal,) = list_signals(runtime, worker)
    assert signal.kind == "reliable_worsening"
    assert signal.due_at.date() == date(2026, 4, 9)


@given(first=st.integers(0, 10), now=st.integers(0, 10))
def test_a_change_is_reliable_exactly_where_it_passes_the_instruments_own_limit(first, now):
    instrument = risky_instrument()
    scale = instrument.scale("calm")
    compared = compare_points(scale, [float(first), 5.0, float(now)])
    limit = smallest_detectable_change(scale)
    assert compared is not None
    assert compared.worse is (first - now > limit)
    assert compare_points(scale, [float(now)]) is None


def test_the_limit_is_in_the_tests_as_it_is_worked_out_by_hand():
    assert smallest_detectable_change(risky_instrument().scale("calm")) == pytest.approx(1.753, abs=0.001)
    assert START.weekday() == 0
