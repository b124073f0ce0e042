"""A risk answer always reaches somebody: given again, on the wrong person's sheet, asked again, or while others wait."""

from __future__ import annotations

import threading
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from outcomes.errors import ConflictError, UnavailableError
from outcomes.models import RiskProtocol
from outcomes.services.handle_signal import handle_signal, open_signal
from outcomes.services.key_paper import Typed, discard_keyings, key_sheet
from outcomes.services.open_sheet import open_sheet
from outcomes.services.read_visit import read_visit
from outcomes.services.record_interview import keep_interview, open_interview
from outcomes.services.save_answers import save_answer, save_answers
from outcomes.services.sign_in_citizen import SignedInCitizen
from outcomes.services.stop_asking import stop_asking
from outcomes.services.submit_response import submit_response
from outcomes.store import answering
from tests.integration.builders import add_case, add_course, add_staff, add_tenant, get_ticket, small_instrument
from tests.integration.relatives import add_family
from tests.integration.risk import answer_risky, risky_case

pytestmark = pytest.mark.database


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def worker(runtime, tenant):
    return add_staff(runtime, tenant, email="worker@example.org")


@pytest.fixture
def case(runtime, tenant, worker):
    return risky_case(runtime, tenant, owner="worker@example.org")


@pytest.fixture
def signals(database):
    """Whether each signal is still to be looked at, as they were raised."""

    def read():
        with database.admin() as connection:
            return list(
                connection.scalars(text("SELECT handled_at IS NULL FROM signal ORDER BY raised_at, created_at"))
            )

    return read


@pytest.fixture
def told(database):
    """How many jobs there are to tell somebody of a signal."""

    def read():
        with database.admin() as connection:
            return connection.scalar(
                text("SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'signal_raised'")
            )

    return read


def newest(database):
    with database.admin() as connection:
        return connection.scalar(text("SELECT id FROM signal ORDER BY raised_at DESC, created_at DESC LIMIT 1"))


def key(runtime, worker, case, keying=1, **answers):
    typed = Typed(
        keying=keying, answered_on=runtime.today().isoformat(), locale="da", helper_kind=None, answers=answers
    )
    key_sheet(runtime, worker, case.occasions["start"], typed)


def discard(runtime, worker, case):
    occasion_id = case.occasions["start"]
    discard_keyings(runtime, worker, occasion_id, token=open_sheet(runtime, worker, occasion_id).token)


def test_an_answer_after_somebody_elses_sheet_was_handled_reaches_somebody(
    runtime, worker, case, signals, told, database
):
    key(runtime, worker, case, life=2)
    discard(runtime, worker, case)
    handle_signal(runtime, worker, newest(database), handling="The sheet was another person's.")
    assert save_answer(runtime, get_ticket(runtime, case), item_id="life", value=2).risk
    assert (signals(), told()) == ([False, True], 2)


def test_a_second_sheet_after_the_wrong_one_reaches_somebody(runtime, worker, case, signals, database):
    key(runtime, worker, case, life=2)
    discard(runtime, worker, case)
    handle_signal(runtime, worker, newest(database), handling="The sheet was another person's.")
    key(runtime, worker, case, life=2)
    assert signals() == [False, True]


def test_an_answer_that_is_given_again_reaches_somebody_again(runtime, worker, case, signals, told):
    handle_signal(runtime, worker, answer_risky(runtime, case, value=1), handling="Called. Meant something else.")
    ticket = get_ticket(runtime, case)
    assert not save_answer(runtime, ticket, item_id="life", value=0).risk
    assert save_answer(runtime, ticket, item_id="life", value=2).risk
    assert (signals(), told()) == ([False, True], 2)


def test_an_answer_that_gets_worse_reaches_somebody_again(runtime, worker, case, signals):
    handle_signal(runtime, worker, answer_risky(runtime, case, value=1), handling="Called.")
    save_answer(runtime, get_ticket(runtime, case), item_id="life", value=2)
    assert signals() == [False, True]


def test_an_answer_that_changes_while_somebody_is_to_look_is_the_same_reason(runtime, case, signals, told):
    answer_risky(runtime, case, value=1)
    ticket = get_ticket(runtime, case)
    for value in (0, 2):
        save_answer(runtime, ticket, item_id="life", value=value)
    assert (signals(), told()) == ([True], 1)


def test_what_was_handled_does_not_come_back_by_sending_or_pressing_again(runtime, worker, case, signals, told):
    handle_signal(runtime, worker, answer_risky(runtime, case, value=1), handling="Called.")
    ticket = get_ticket(runtime, case)
    save_answer(runtime, ticket, item_id="life", value=1)
    save_answer(runtime, ticket, item_id="calm", value=3)
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    assert (signals(), told()) == ([False], 1)


def test_what_was_handled_does_not_come_back_by_the_second_keying(runtime, worker, case, signals, database):
    key(runtime, worker, case, life=1)
    handle_signal(runtime, worker, newest(database), handling="Called.")
    key(runtime, worker, case, keying=2, life=1)
    assert signals() == [False]
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM response")) == 1


def test_an_answer_that_is_only_now_sent_reaches_somebody(runtime, case, signals):
    submit_response(runtime, get_ticket(runtime, case), submission_key=uuid4(), locale="da", added={"life": 2})
    assert signals() == [True]


@pytest.fixture
def hidden(runtime, tenant):
    """A case whose third question, asked of those in pain, calls for help from 1."""
    with runtime.database.transaction(tenant.scope) as session:
        session.add(
            RiskProtocol(
                organisation_id=tenant.organisation_id, instrument_key="small", version=1, act_within_hours=24,
                help_lines=[{"name": {"da": "Livslinjen"}, "phone": "70 201 201", "hours": {}}], decided_by="Test",
            )
        )  # fmt: skip
        session.commit()
    items = [
        {**item, **({"risk": {"at_least": 1}} if item["id"] == "back" else {})}
        for item in small_instrument().to_mapping()["items"]
    ]
    return add_case(runtime, add_course(runtime, tenant, instrument=small_instrument(items=items)))


def test_an_answer_that_is_asked_again_reaches_somebody_before_anything_is_sent(runtime, hidden, signals):
    ticket = get_ticket(runtime, hidden)
    assert not save_answers(runtime, ticket, answers={"pain": 0, "back": 3}).risk
    assert signals() == []
    assert save_answer(runtime, ticket, item_id="pain", value=9).risk
    assert signals() == [True]


def test_an_answer_of_another_browser_that_is_asked_again_is_told_to_nobody_here(runtime, hidden, signals):
    save_answers(runtime, get_ticket(runtime, hidden), answers={"pain": 0, "back": 3})
    assert not save_answer(runtime, get_ticket(runtime, hidden), item_id="pain", value=9).risk
    assert signals() == [True]


def test_in_an_interview_too(runtime, tenant, hidden, signals):
    worker = add_staff(runtime, tenant, in_team=True)
    place = (hidden.citizen_id, hidden.occasions["start"])

    def keep(**answers):
        seen = open_interview(runtime, worker, *place).seen
        return keep_interview(runtime, worker, *place, answers=answers, seen={item: seen[item] for item in answers})

    assert not keep(pain=0, back=3)
    assert signals() == []
    assert keep(pain=9)
    assert signals() == [True]


def test_nothing_is_answered_without_a_protocol_or_before_the_time(runtime, case, clock, database):
    ticket = get_ticket(runtime, case)
    send = {"submission_key": uuid4(), "locale": "da"}
    clock.travel(days=-60)
    with pytest.raises(ConflictError, match="can be answered from"):
        save_answer(runtime, ticket, item_id="life", value=2)
    clock.travel(days=60)
    save_answer(runtime, ticket, item_id="calm", value=2)
    with database.admin(unwatched=True) as connection:
        connection.execute(text("DELETE FROM risk_protocol"))
    with pytest.raises(ConflictError, match="not ready yet"):
        save_answer(runtime, ticket, item_id="life", value=2)
    with pytest.raises(ConflictError, match="not ready yet"):
        submit_response(runtime, ticket, **send)
    with pytest.raises(ConflictError, match="not ready yet"):
        submit_response(runtime, ticket, **send, added={"life": 2})
    assert read_visit(runtime, ticket).answers == {"calm": 2}


def test_a_signal_from_paper_shows_the_sheet_and_says_so(runtime, worker, case, database):
    save_answer(runtime, get_ticket(runtime, case), item_id="life", value=0)
    key(runtime, worker, case, life=2)
    page = open_signal(runtime, worker, newest(database))
    assert (page.answer.value, page.answer.sent, page.signal.from_paper) == (2, False, True)
    assert "on paper" in str(page.signal.source)
    key(runtime, worker, case, keying=2, life=2)
    page = open_signal(runtime, worker, newest(database))
    assert (page.answer.value, page.answer.sent) == (2, True)


def test_a_signal_from_the_second_keying_shows_that_one_and_a_discarded_sheet_nothing(runtime, worker, case, database):
    key(runtime, worker, case, life=0)
    key(runtime, worker, case, keying=2, life=2)
    assert open_signal(runtime, worker, newest(database)).answer.value == 2
    discard(runtime, worker, case)
    save_answer(runtime, get_ticket(runtime, case), item_id="life", value=0)
    assert open_signal(runtime, worker, newest(database)).answer is None, "what was answered since is another answer"


def test_an_own_answer_is_shown_though_a_sheet_is_typed_in(runtime, worker, case, database):
    signal_id = answer_risky(runtime, case, value=1)
    key(runtime, worker, case, life=0)
    page = open_signal(runtime, worker, signal_id)
    assert (page.answer.value, page.signal.from_paper) == (1, False)


def meanwhile(monkeypatch, work):
    """``work``, begun in another thread while answers that are being sent hold their occasion; gives what it raised."""
    real, raised = answering.store_response, []

    def run():
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            raised.append(error)

    thread = threading.Thread(target=run)

    def slow(*arguments, **values):
        if not thread.is_alive():
            thread.start()
            thread.join(0.7)  # long enough to be waiting for the occasion
        return real(*arguments, **values)

    monkeypatch.setattr(answering, "store_response", slow)
    return thread, raised


def test_whoever_asks_and_whoever_answers_do_not_wait_for_each_other(runtime, monkeypatch):
    family = add_family(runtime)
    place = (family.case.citizen_id, family.case.occasions["start"])
    ticket = get_ticket(runtime, family.case)
    save_answer(runtime, ticket, item_id="mood", value=1)
    view = open_interview(runtime, family.worker, *place, relation_id=family.mother_id)
    thread, raised = meanwhile(
        monkeypatch,
        lambda: keep_interview.__wrapped__(
            runtime, family.worker, *place, answers={"mood": 2}, seen={"mood": view.seen["mood"]},
            relation_id=family.mother_id,
        ),
    )  # fmt: skip
    submit_response.__wrapped__(runtime, ticket, submission_key=uuid4(), locale="da")
    thread.join()
    assert raised == []
    seen = open_interview(runtime, family.worker, *place, relation_id=family.mother_id)
    assert seen.answers == {"mood": 2}


def test_whoever_types_in_and_whoever_stops_wait_their_turn_too(runtime, monkeypatch):
    family = add_family(runtime)
    occasion_id, ticket = family.case.occasions["start"], get_ticket(runtime, family.case)
    save_answer(runtime, ticket, item_id="mood", value=1)
    citizen = SignedInCitizen(family.case.tenant.organisation_id, family.case.citizen_id, "t")

    def type_in_and_stop():
        typed = Typed(1, runtime.today().isoformat(), "da", None, {"mood": 2})
        key_sheet.__wrapped__(runtime, family.worker, occasion_id, typed, relation_id=family.mother_id)
        stop_asking.__wrapped__(runtime, citizen)

    thread, raised = meanwhile(monkeypatch, type_in_and_stop)
    submit_response.__wrapped__(runtime, ticket, submission_key=uuid4(), locale="en")
    thread.join()
    assert raised == []


@pytest.mark.parametrize("times", [1, 2])
def test_what_was_undone_for_anothers_sake_is_done_once_more(runtime, case, monkeypatch, times):
    real, left = answering.keep_answers, [None] * times

    def undone(*arguments, **values):
        if left:
            left.pop()
            raise psycopg.errors.DeadlockDetected
        return real(*arguments, **values)

    monkeypatch.setattr(answering, "keep_answers", undone)
    ticket = get_ticket(runtime, case)
    if times == 1:
        assert save_answer(runtime, ticket, item_id="life", value=0).answers == {"life": 0}
    else:
        with pytest.raises(UnavailableError):
            save_answer(runtime, ticket, item_id="life", value=0)
