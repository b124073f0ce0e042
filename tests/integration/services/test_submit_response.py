"""From a draft to a response: what was acknowledged is there, once, and scored as the instrument says."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from outcomes.errors import AnswerError, ConflictError, DifferentAnswersError, LinkError, NotFoundError
from outcomes.instruments import ScaleScore, score_answers, shipped_instruments
from outcomes.services.administer import check_audit
from outcomes.services.open_link import issue_link, open_link
from outcomes.services.plan_occasions import OccasionStatus
from outcomes.services.read_visit import read_visit
from outcomes.services.save_answers import save_answer
from outcomes.services.show_own_curve import read_own_answers, show_own_curve
from outcomes.services.submit_response import submit_response
from outcomes.store.database import QuickTransaction
from tests.integration.builders import add_case, add_course, add_tenant, answer, get_ticket, small_instrument

pytestmark = pytest.mark.database

WELL = {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4}
THREADS = 30


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def case(runtime, tenant):
    return add_case(runtime, add_course(runtime, tenant))


@pytest.fixture
def ticket(runtime, case):
    return get_ticket(runtime, case)


@pytest.fixture
def rows(database):
    """Rows of a table, as superuser sees them."""

    def read(table, columns="*"):
        with database.admin() as connection:
            return [dict(row) for row in connection.execute(text(f"SELECT {columns} FROM {table}")).mappings()]

    return read


def test_what_is_saved_is_seen_again_and_can_be_changed_until_it_is_sent(runtime, ticket, rows):
    save_answer(runtime, ticket, item_id="enjoyed", value=3)
    save_answer(runtime, ticket, item_id="hope", value=None)
    save_answer(runtime, ticket, item_id="enjoyed", value=1)
    visit = read_visit(runtime, ticket)
    assert visit.answers == {"enjoyed": 1, "hope": None}
    assert visit.status is OccasionStatus.PARTLY_ANSWERED
    assert rows("response") == []
    assert [item.id for item in visit.items] == ["enjoyed", "strength", "worries", "body", "hope"]


def test_a_visit_says_who_asks_and_nothing_of_who_answers(runtime, ticket):
    visit = read_visit(runtime, ticket)
    assert (visit.organisation_name, visit.contact.phone, visit.locale) == ("Nordby Kommune", "00 00 00 00", None)
    assert "Karen" not in repr(visit)


def test_sent_answers_are_a_response_with_its_scores_and_no_draft(runtime, ticket, rows, case):
    receipt = answer(runtime, ticket, WELL)
    (response,) = rows("response")
    (score,) = rows("score")
    (expected,) = score_answers(next(each for each in shipped_instruments() if each.key == "wellbeing"), WELL)
    assert (response["id"], response["answers"], response["hidden_answers"]) == (receipt.response_id, WELL, {})
    assert (response["occasion_id"], response["mode"], response["locale"]) == (
        case.occasions["start"],
        "own_device",
        "da",
    )
    assert (score["scale"], score["value"], score["n_answered"], score["n_items"]) == (
        expected.scale, expected.value, expected.n_answered, expected.n_items,
    )  # fmt: skip
    assert expected.value == 75.0, "3 + 2 + (4 - 1) + 3 + 4 = 15 of 20"
    assert response["answered_at"] == receipt.answered_at == runtime.now()
    assert receipt.key == receipt.response_id.hex[:8].upper()
    assert not receipt.late
    assert rows("response_draft") == []
    assert read_visit(runtime, ticket).status is OccasionStatus.ANSWERED


def test_too_few_answers_are_kept_without_a_number(runtime, ticket, rows):
    answer(runtime, ticket, {"enjoyed": 3, "strength": None, "hope": None})
    (score,) = rows("score")
    assert (score["value"], score["n_answered"], score["n_items"]) == (None, 1, 5)


def test_answers_that_a_later_answer_hid_are_kept_and_not_scored(runtime, tenant, rows):
    case = add_case(runtime, add_course(runtime, tenant, instrument=small_instrument()))
    ticket = get_ticket(runtime, case)
    for item_id, value in (("mood", 1), ("pain", 9), ("back", 8), ("pain", 2)):
        save_answer(runtime, ticket, item_id=item_id, value=value)
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    (response,) = rows("response")
    (score,) = rows("score")
    assert (response["answers"], response["hidden_answers"]) == ({"mood": 1, "pain": 2}, {"back": 8})
    assert (score["value"], score["n_answered"]) == (4.0, 1), "only the pain counts, and stands for both"


def test_the_same_post_twice_is_one_response_and_one_receipt(runtime, ticket, rows):
    key = uuid4()
    first = answer(runtime, ticket, WELL, key=key)
    runtime.now.travel(minutes=5)
    assert submit_response(runtime, ticket, submission_key=key, locale="da") == first
    assert submit_response(runtime, ticket, submission_key=uuid4(), locale="en") == first
    assert len(rows("response")) == len(rows("score")) == 1


def test_after_sending_no_answer_is_changed(runtime, ticket, rows):
    answer(runtime, ticket, WELL)
    with pytest.raises(ConflictError):
        save_answer(runtime, ticket, item_id="hope", value=0)
    assert rows("response")[0]["answers"] == WELL


def test_other_answers_than_those_that_were_sent_are_refused(runtime, case, ticket, rows):
    """A page is still open that reviewed other answers: whatever its key, it isn't answered with a receipt."""
    key = uuid4()
    for item_id, value in {**WELL, "hope": 0}.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)
    old_page = read_visit(runtime, ticket).digest
    first = answer(runtime, ticket, WELL, key=key)
    for other_key in (uuid4(), key):
        with pytest.raises(DifferentAnswersError):
            submit_response(runtime, ticket, submission_key=other_key, locale="da", reviewed=old_page)
    assert rows("response", "id, answers") == [{"id": first.response_id, "answers": WELL}]


def test_the_page_that_was_sent_can_be_sent_again(runtime, ticket):
    for item_id, value in {**WELL, "body": None}.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)
    page, key = read_visit(runtime, ticket).digest, uuid4()
    first = submit_response(runtime, ticket, submission_key=key, locale="da", reviewed=page)
    for again in (key, uuid4()):
        assert submit_response(runtime, ticket, submission_key=again, locale="da", reviewed=page) == first


def test_answers_that_changed_since_they_were_looked_at_are_looked_at_again(runtime, ticket, rows):
    for item_id, value in WELL.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)
    page = read_visit(runtime, ticket).digest
    save_answer(runtime, ticket, item_id="hope", value=0)
    with pytest.raises(ConflictError, match="have changed"):
        submit_response(runtime, ticket, submission_key=uuid4(), locale="da", reviewed=page)
    assert rows("response") == []
    fresh = read_visit(runtime, ticket).digest
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da", reviewed=fresh)
    assert rows("response")[0]["answers"] == {**WELL, "hope": 0}


def test_what_a_page_carries_of_its_answers_tells_nobody_what_they_are(runtime, case, ticket):
    """Keyed and for one occasion: all sixteen hundred sets of answers can't be tried, nor two people compared."""
    runtime.now.go_to(2026, 3, 26)
    other = get_ticket(runtime, case, "month-1")
    for each in (ticket, other):
        save_answer(runtime, each, item_id="hope", value=2)
    digests = {read_visit(runtime, each).digest for each in (ticket, other)}
    assert len(digests) == 2


def test_the_same_link_in_another_browser_shows_that_something_is_answered_and_not_what(runtime, case, ticket, rows):
    token = issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"])
    mine, theirs = open_link(runtime, token), open_link(runtime, token)
    save_answer(runtime, mine, item_id="hope", value=2)
    assert read_visit(runtime, mine).answers == {"hope": 2}
    for other in (theirs, ticket, replace(mine, browser_key="")):
        visit = read_visit(runtime, other)
        assert (visit.answers, visit.answered_elsewhere) == ({}, {"hope"})
        assert "'hope': 2" not in repr(visit)
    stored = str(rows("response_draft"))
    assert mine.browser_key not in stored


def test_nothing_is_sent_before_the_window_opens(runtime, case, rows):
    early = get_ticket(runtime, case, "month-1")
    with pytest.raises(ConflictError, match="can be answered from"):
        answer(runtime, early, WELL)
    assert rows("response") == []
    runtime.now.go_to(2026, 3, 26, 0)
    assert answer(runtime, early, WELL).late is False


def test_thirty_posts_at_once_are_one_response_and_thirty_same_receipts(runtime, ticket, rows, case):
    for item_id, value in WELL.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)
    key, start = uuid4(), threading.Barrier(THREADS)

    def send(_number):
        start.wait()
        return submit_response(runtime, ticket, submission_key=key, locale="da")

    with ThreadPoolExecutor(THREADS) as pool:
        receipts = set(pool.map(send, range(THREADS)))
    assert len(receipts) == 1
    assert [row["id"] for row in rows("response")] == [receipts.pop().response_id]
    assert len(rows("score")) == 1
    assert check_audit(runtime, case.tenant.scope) == ()


@pytest.fixture
def pause_with_the_lock(monkeypatch):
    """The first to hold the lock on the occasion says so, and goes on when it may or after a while."""
    locked, go_on, run = threading.Event(), threading.Event(), QuickTransaction.run

    def wait_with_the_lock(transaction, sql, values):
        found = run(transaction, sql, values)
        if "FOR NO KEY UPDATE" in sql and not locked.is_set():
            locked.set()
            go_on.wait(0.4)
        return found

    monkeypatch.setattr(QuickTransaction, "run", wait_with_the_lock)
    return locked, go_on


def test_an_answer_saved_while_another_tab_sends_is_not_lost(runtime, ticket, rows, pause_with_the_lock):
    """It waits, and is told that the answers were sent: nobody believes it was kept."""
    locked, go_on = pause_with_the_lock
    locked.set()
    for item_id, value in WELL.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)
    locked.clear()
    with ThreadPoolExecutor(2) as pool:
        sending = pool.submit(submit_response, runtime, ticket, submission_key=uuid4(), locale="da")
        assert locked.wait(5)
        saving = pool.submit(save_answer, runtime, ticket, item_id="hope", value=0)
        saving.add_done_callback(lambda _: go_on.set())
        sending.result()
        with pytest.raises(ConflictError, match="already sent"):
            saving.result()
    assert rows("response")[0]["answers"] == WELL
    assert rows("response_draft") == []


def test_an_answer_acknowledged_before_another_tab_sends_is_in_the_response(runtime, ticket, rows, pause_with_the_lock):
    """The tab that saves has looked and found nothing sent; in that moment the other sends. It has to wait, and what it
    read while waiting is older than what was kept: it looks again."""
    locked, go_on = pause_with_the_lock
    locked.set()
    for item_id, value in WELL.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)
    locked.clear()
    with ThreadPoolExecutor(2) as pool:
        saving = pool.submit(save_answer, runtime, ticket, item_id="hope", value=0)
        assert locked.wait(5)
        sending = pool.submit(submit_response, runtime, ticket, submission_key=uuid4(), locale="da")
        sending.add_done_callback(lambda _: go_on.set())
        saving.result()
        sending.result()
    assert rows("response")[0]["answers"] == {**WELL, "hope": 0}
    assert rows("response_draft") == []


def test_a_rule_of_the_database_that_we_broke_is_no_second_sending(runtime, ticket, rows, monkeypatch):
    """Only the two rules against sending twice mean that the same was sent before; the rest is a fault of ours."""
    save_answer(runtime, ticket, item_id="hope", value=2)

    more_answered_than_asked = (ScaleScore("total", value=1.0, n_answered=2, n_items=1),)
    monkeypatch.setattr("outcomes.services.submit_response.score_answers", lambda *_: more_answered_than_asked)
    with pytest.raises(psycopg.errors.CheckViolation, match="answered_of_items"):
        submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    assert rows("response") == []
    assert rows("response_draft", "answers") == [{"answers": {"hope": 2}}]


def test_a_key_used_for_something_else_is_refused(runtime, case, rows):
    key = uuid4()
    answer(runtime, get_ticket(runtime, case), WELL, key=key)
    other = get_ticket(runtime, case, "month-1")
    runtime.now.travel(days=31)
    with pytest.raises(DifferentAnswersError):
        answer(runtime, other, {"hope": 1}, key=key)
    assert len(rows("response")) == 1
    assert read_visit(runtime, other).answers == {"hope": 1}, "nothing typed is lost"


def test_nothing_answered_is_nothing_to_send(runtime, ticket, rows):
    with pytest.raises(AnswerError, match="nothing to send"):
        submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    assert rows("response") == []


@pytest.mark.parametrize(("item_id", "value"), [("hope", 9), ("hope", "3"), ("hope", True), ("elsewhere", 1)])
def test_what_is_no_answer_is_not_saved(runtime, ticket, rows, item_id, value):
    with pytest.raises(AnswerError) as refused:
        save_answer(runtime, ticket, item_id=item_id, value=value)
    assert [fault.place for fault in refused.value.faults] == [item_id]
    assert rows("response_draft") == []


def test_two_pages_saved_at_once_both_stay(runtime, ticket):
    items = list(WELL.items())
    start = threading.Barrier(len(items))

    def save(item):
        start.wait()
        save_answer(runtime, ticket, item_id=item[0], value=item[1])

    with ThreadPoolExecutor(len(items)) as pool:
        list(pool.map(save, items))
    assert read_visit(runtime, ticket).answers == WELL


@pytest.mark.parametrize(("days", "late"), [(14, False), (15, True), (28, True)])
def test_an_answer_after_the_window_closed_is_marked_late(runtime, ticket, rows, days, late):
    runtime.now.travel(days=days)
    assert answer(runtime, ticket, WELL).late is late
    assert rows("response")[0]["late"] is late
    expected = OccasionStatus.ANSWERED_LATE if late else OccasionStatus.ANSWERED
    assert read_visit(runtime, ticket).status is expected


def test_late_is_by_the_date_in_denmark(runtime, ticket):
    """The window closes on 16 March; at half past eleven in the evening UTC it is the 17th in Denmark."""
    runtime.now.go_to(2026, 3, 16, 23)
    runtime.now.travel(minutes=30)
    assert answer(runtime, ticket, WELL).late


def test_each_respondent_has_an_own_response_to_one_occasion(runtime, case, ticket, rows):
    parent = get_ticket(runtime, case, respondent_kind="parent")
    answer(runtime, ticket, WELL)
    answer(runtime, parent, {**WELL, "hope": 0})
    assert {(row["respondent_kind"], row["answers"]["hope"]) for row in rows("response")} == {
        ("citizen", 4),
        ("parent", 0),
    }


def test_a_crash_between_rows_leaves_nothing_half_written(runtime, ticket, rows, monkeypatch):
    """kill -9 in the middle is a transaction that never commits."""
    for item_id, value in WELL.items():
        save_answer(runtime, ticket, item_id=item_id, value=value)

    def crash(_transaction):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(QuickTransaction, "commit", crash)
        with pytest.raises(KeyboardInterrupt):
            submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    assert rows("response") == rows("score") == []
    assert read_visit(runtime, ticket).answers == WELL
    assert answer(runtime, ticket, {}).response_id


def test_own_curve_and_copy_are_for_whoever_sent_the_answers(runtime, case, ticket):
    receipt = answer(runtime, ticket, WELL)
    (curve,) = show_own_curve(runtime, ticket, response_id=receipt.response_id)
    assert [value for _, value in curve.points] == [75.0]
    assert read_own_answers(runtime, ticket, response_id=receipt.response_id) == WELL
    other = get_ticket(runtime, case, "month-1")
    for wrong_ticket, wrong_id in ((ticket, uuid4()), (ticket, None), (other, receipt.response_id)):
        with pytest.raises(NotFoundError, match="no such page"):
            show_own_curve(runtime, wrong_ticket, response_id=wrong_id)


def test_a_link_revoked_meanwhile_saves_and_sends_nothing(runtime, ticket, rows, tenant):
    save_answer(runtime, ticket, item_id="hope", value=2)
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text("UPDATE personal_link SET revoked_at = :now"), {"now": runtime.now()})
        session.commit()
    for attempt in (
        lambda: read_visit(runtime, ticket),
        lambda: save_answer(runtime, ticket, item_id="hope", value=3),
        lambda: submit_response(runtime, ticket, submission_key=uuid4(), locale="da"),
    ):
        with pytest.raises(LinkError):
            attempt()
    assert rows("response") == []
    assert rows("response_draft", "answers") == [{"answers": {"hope": 2}}]


@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_who_does_not_want_to_be_asked_is_not_asked(runtime, ticket, rows, tenant, state):
    save_answer(runtime, ticket, item_id="hope", value=2)
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text("UPDATE occasion SET state = :state"), {"state": state})
        session.commit()
    for attempt in (
        lambda: read_visit(runtime, ticket),
        lambda: save_answer(runtime, ticket, item_id="hope", value=3),
        lambda: submit_response(runtime, ticket, submission_key=uuid4(), locale="da"),
    ):
        with pytest.raises(LinkError):
            attempt()
    assert rows("response") == []
