"""From a link to a kept answer: how many statements, two tabs, what an answer sets going at once, and saying no."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from outcomes.errors import (
    AnswerChangedError,
    AnswerError,
    ConflictError,
    LinkError,
    MoreQuestionsError,
    NotFoundError,
)
from outcomes.instruments import NonAnswer
from outcomes.models import Citizen, Relation, RiskProtocol
from outcomes.services.decline_occasion import decline_occasion
from outcomes.services.open_link import issue_link, open_link
from outcomes.services.raise_signals import end_of_working_day, wish_to_talk
from outcomes.services.read_visit import read_visit
from outcomes.services.read_welcome import read_welcome
from outcomes.services.save_answers import save_answer, save_answers
from outcomes.services.show_own_curve import read_own_answers, show_own_curve
from outcomes.services.submit_response import submit_response
from tests.conftest import START
from tests.integration.builders import (
    add_case,
    add_coordinator,
    add_course,
    add_staff,
    add_tenant,
    answer,
    get_ticket,
    small_instrument,
)

pytestmark = pytest.mark.database

RESPONDENTS = ["citizen", "parent", "relative"]


def instrument_with(**changes):
    """The small instrument; an item's ``changes`` by its id."""
    items = small_instrument().to_mapping()["items"]
    return small_instrument(items=[{**item, **changes.get(item["id"], {})} for item in items], respondents=RESPONDENTS)


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def case(runtime, tenant):
    instrument = instrument_with(mood={"no_answer": ["dont_know", "prefer_not"]})
    return add_case(runtime, add_course(runtime, tenant, instrument=instrument))


@pytest.fixture
def risky(runtime, tenant):
    """A case whose ``pain`` of 8 or more calls for help, and the protocol of it."""
    add_protocol(runtime, tenant)
    course = add_course(runtime, tenant, instrument=instrument_with(pain={"risk": {"at_least": 8}}))
    return add_case(runtime, course)


def add_protocol(runtime, tenant, *, version=1, hours=24, duty_user_id=None):
    with runtime.database.transaction(tenant.scope) as session:
        session.add(
            RiskProtocol(
                organisation_id=tenant.organisation_id, instrument_key="small", version=version,
                help_lines=[{"name": {"da": "Livslinjen", "en": "The lifeline"}, "phone": "70 201 201", "hours": {}}],
                words={"da": "Ring, hvis du har brug for det."}, act_within_hours=hours, duty_user_id=duty_user_id,
                decided_by="Ledelsen",
            )
        )  # fmt: skip
        session.commit()


def add_relation(runtime, case, kind="parent", **changes):
    relation = Relation(
        id=uuid4(), organisation_id=case.tenant.organisation_id, citizen_id=case.citizen_id, kind=kind,
        name_sealed=b"sealed", from_date=runtime.today(), **changes,
    )  # fmt: skip
    with runtime.database.transaction(case.tenant.scope) as session:
        session.add(relation)
        session.commit()
    return relation.id


def relation_ticket(runtime, case, relation_id, kind="parent"):
    token = issue_link(
        runtime, case.tenant.scope, occasion_id=case.occasions["start"], respondent_kind=kind, relation_id=relation_id
    )
    return open_link(runtime, token)


@pytest.fixture
def rows(database):
    def read(table, columns="*", order="1"):
        with database.admin() as connection:
            found = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY {order}"))
            return [dict(row) for row in found.mappings()]

    return read


@pytest.fixture
def count(monkeypatch):
    """Statements that reach the server, ``set_config`` included, BEGIN and COMMIT not."""

    @contextmanager
    def counting():
        sent, execute = [], psycopg.Cursor.execute

        def note(cursor, query, *arguments, **options):
            sent.append(str(query))
            return execute(cursor, query, *arguments, **options)

        with monkeypatch.context() as patched:
            patched.setattr(psycopg.Cursor, "execute", note)
            yield sent

    return counting


def test_a_page_is_two_statements_and_keeping_and_sending_three_whatever_came_before(runtime, tenant, count):
    """However many occasions, answers and audit rows there are: reading, keeping and sending cost the same."""
    add_protocol(runtime, tenant)
    course = add_course(runtime, tenant, instrument=instrument_with(pain={"risk": {"at_least": 8}}), planned_months=24)
    case = add_case(runtime, course)
    read_visit(runtime, get_ticket(runtime, case))
    costs = []
    for code, year, month in (("start", 2026, 3), ("month-1", 2026, 4), ("month-12", 2027, 3), ("month-24", 2028, 3)):
        runtime.now.go_to(year, month, 2)
        occasion = get_ticket(runtime, case, code)
        with count() as reading:
            seen = read_visit(runtime, occasion).seen("pain")
        with count() as keeping:
            save_answer(runtime, occasion, item_id="pain", value=9, seen=seen)
        with count() as sending:
            submit_response(runtime, occasion, submission_key=uuid4(), locale="da")
        costs.append((len(reading), len(keeping), len(sending)))
    assert costs == [(2, 3, 3)] * 4


def test_all_on_one_page_is_sent_in_three_statements(runtime, case, count, rows):
    ticket = get_ticket(runtime, case)
    visit = read_visit(runtime, ticket)
    seen = {item: visit.seen(item) for item in ("mood", "pain")}
    with count() as sending:
        submit_response(runtime, ticket, submission_key=uuid4(), locale="da", added={"mood": 1, "pain": 2}, seen=seen)
    assert len(sending) == 3
    assert rows("response")[0]["answers"] == {"mood": 1, "pain": 2}


def test_what_one_tab_keeps_another_does_not_overwrite_unknowingly(runtime, case, rows):
    ticket = get_ticket(runtime, case)
    old = read_visit(runtime, ticket).seen("mood")
    save_answer(runtime, ticket, item_id="mood", value=1, seen=old)
    with pytest.raises(AnswerChangedError) as refused:
        save_answer(runtime, ticket, item_id="mood", value=2, seen=old)
    assert [fault.place for fault in refused.value.faults] == ["mood"]
    assert rows("response_draft", "answers") == [{"answers": {"mood": 1}}]
    save_answer(runtime, ticket, item_id="mood", value=1, seen=old)  # the same again takes nothing away
    save_answer(runtime, ticket, item_id="mood", value=2, seen=read_visit(runtime, ticket).seen("mood"))
    assert rows("response_draft", "answers") == [{"answers": {"mood": 2}}]


def test_nobody_finds_out_by_trying_what_another_browser_answered(runtime, case):
    mine = get_ticket(runtime, case)
    theirs = replace(mine, browser_key="another")
    old = read_visit(runtime, theirs).seen("mood")
    save_answer(runtime, mine, item_id="mood", value=1)
    for guess in (0, 1, 2):
        with pytest.raises(AnswerChangedError):
            save_answer(runtime, theirs, item_id="mood", value=guess, seen=old)


def test_a_skipped_question_is_nothing_that_could_be_overwritten(runtime, case):
    ticket = get_ticket(runtime, case)
    old = read_visit(runtime, ticket).seen("mood")
    save_answer(runtime, ticket, item_id="mood", value=None, seen=old)
    assert save_answer(runtime, ticket, item_id="mood", value=2, seen=old).answers == {"mood": 2}


def test_several_answers_are_kept_together_or_not_at_all(runtime, case, rows):
    ticket = get_ticket(runtime, case)
    with pytest.raises(AnswerError):
        save_answers(runtime, ticket, answers={"mood": 1, "pain": 11})
    assert rows("response_draft") == []
    save_answers(runtime, ticket, answers={"mood": 1, "pain": 7})
    assert rows("response_draft", "answers") == [{"answers": {"mood": 1, "pain": 7}}]


def test_an_answer_to_a_question_that_is_not_asked_is_refused(runtime, case, rows):
    ticket = get_ticket(runtime, case)
    save_answer(runtime, ticket, item_id="pain", value=2)
    with pytest.raises(ConflictError, match="not asked any more"):
        save_answer(runtime, ticket, item_id="back", value=2)
    assert rows("response_draft", "answers") == [{"answers": {"pain": 2}}]


def test_questions_that_the_answers_bring_are_asked_before_anything_is_sent(runtime, case, rows):
    ticket = get_ticket(runtime, case)
    visit = read_visit(runtime, ticket)
    seen = {item: visit.seen(item) for item in ("mood", "pain")}
    with pytest.raises(MoreQuestionsError):
        submit_response(runtime, ticket, submission_key=uuid4(), locale="da", added={"mood": 1, "pain": 9}, seen=seen)
    assert rows("response") == []
    seen["back"] = visit.seen("back")
    added = {"mood": 1, "pain": 9, "back": None}
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da", added=added, seen=seen)
    (stored,) = rows("response", "answers, non_answers")
    assert stored == {"answers": {"mood": 1, "pain": 9}, "non_answers": {"back": "skipped"}}


def test_dont_know_dont_want_and_skipped_are_stored_as_different_things(runtime, case, rows):
    ticket = get_ticket(runtime, case)
    save_answer(runtime, ticket, item_id="mood", value=NonAnswer.PREFER_NOT)
    save_answer(runtime, ticket, item_id="pain", value=None)
    assert read_visit(runtime, ticket).answers["mood"] is NonAnswer.PREFER_NOT
    page = read_visit(runtime, ticket).digest
    sent = submit_response(runtime, ticket, submission_key=uuid4(), locale="da", reviewed=page)
    assert rows("response", "answers, non_answers")[0] == {
        "answers": {}, "non_answers": {"mood": "prefer_not", "pain": "skipped"},
    }  # fmt: skip
    assert submit_response(runtime, ticket, submission_key=uuid4(), locale="da", reviewed=page) == sent
    assert read_own_answers(runtime, ticket, response_id=sent.response_id) == {"mood": NonAnswer.PREFER_NOT}
    runtime.now.travel(days=30)
    with pytest.raises(AnswerError):
        save_answer(runtime, get_ticket(runtime, case, "month-1"), item_id="pain", value=NonAnswer.DONT_KNOW)


@pytest.mark.parametrize(("before", "after"), [("da", "uk"), (None, None)])
def test_the_language_they_sent_in_becomes_the_citizens_who_has_one(runtime, case, rows, before, after):
    """A page in the browser's language is nobody's choice."""
    with runtime.database.transaction(case.tenant.scope) as session:
        session.get_one(Citizen, (case.tenant.organisation_id, case.citizen_id)).locale = before
        session.commit()
    parent = relation_ticket(runtime, case, add_relation(runtime, case))
    save_answer(runtime, parent, item_id="mood", value=1)
    submit_response(runtime, parent, submission_key=uuid4(), locale="tr")
    assert rows("citizen", "locale") == [{"locale": before}], "a parent's language is not the citizen's"
    ticket = get_ticket(runtime, case)
    save_answer(runtime, ticket, item_id="mood", value=1)
    submit_response(runtime, ticket, submission_key=uuid4(), locale="uk", helper_kind="interpreter")
    assert rows("citizen", "locale") == [{"locale": after}]
    assert {(row["locale"], row["helper_kind"]) for row in rows("response")} == {("uk", "interpreter"), ("tr", None)}


def test_a_risk_answer_is_signalled_at_once_to_whoever_coordinates(runtime, risky, rows):
    worker = add_staff(runtime, risky.tenant)
    add_coordinator(runtime, worker, risky.citizen_id)
    ticket = get_ticket(runtime, risky)
    assert not save_answer(runtime, ticket, item_id="pain", value=7).risk
    assert rows("signal") == []
    assert save_answer(runtime, ticket, item_id="pain", value=8).risk
    assert rows("response") == []
    (signal,) = rows("signal")
    assert (signal["kind"], signal["subject"], signal["respondent_kind"]) == ("risk_answer", "pain", "citizen")
    assert (signal["owner_id"], signal["due_at"]) == (worker.user_id, START + timedelta(hours=24))
    assert (signal["citizen_id"], signal["episode_id"]) == (risky.citizen_id, risky.episode_id)
    save_answer(runtime, ticket, item_id="pain", value=9)
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    assert len(rows("signal")) == 1, "once, however often it is said"
    jobs = rows("queue.procrastinate_jobs", "task_name, args", "id")
    assert [job["task_name"] for job in jobs] == ["signal_raised", "response_sent"]
    assert jobs[0]["args"] == {
        "organisation_id": str(risky.tenant.organisation_id), "signal_id": str(signal["id"]),
    }  # fmt: skip
    risk = read_welcome(runtime, read_visit(runtime, ticket)).help
    assert (risk.risk.name, risk.risk.due_at) == ("Test worker", START + timedelta(hours=24))
    assert [(str(line.name), line.phone) for line in risk.lines] == [("Livslinjen", "70 201 201")]


def test_without_coordinator_the_duty_person_of_the_newest_protocol_looks(runtime, risky, rows):
    duty = add_staff(runtime, risky.tenant)
    gone = add_staff(runtime, risky.tenant, ended_on=runtime.today())
    add_coordinator(runtime, gone, risky.citizen_id)
    add_protocol(runtime, risky.tenant, version=2, hours=2, duty_user_id=duty.user_id)
    save_answer(runtime, get_ticket(runtime, risky), item_id="pain", value=10)
    (signal,) = rows("signal")
    assert (signal["owner_id"], signal["due_at"]) == (duty.user_id, START + timedelta(hours=2))


def test_a_relations_risk_answer_is_a_signal_of_its_own(runtime, risky, rows):
    save_answer(runtime, get_ticket(runtime, risky), item_id="pain", value=10)
    parent = relation_ticket(runtime, risky, add_relation(runtime, risky))
    answer(runtime, parent, {"pain": 10, "back": 1})
    assert {row["respondent_kind"] for row in rows("signal")} == {"citizen", "parent"}
    assert len(read_welcome(runtime, read_visit(runtime, parent)).help.promises) == 1, "only what they set going"


def test_a_signal_and_its_answer_stand_or_fall_together(runtime, risky, rows, database):
    with database.admin() as connection:
        connection.execute(text("ALTER TABLE signal ADD CONSTRAINT never CHECK (false) NOT VALID"))
    try:
        with pytest.raises(psycopg.errors.CheckViolation):
            save_answer(runtime, get_ticket(runtime, risky), item_id="pain", value=10)
    finally:
        with database.admin() as connection:
            connection.execute(text("ALTER TABLE signal DROP CONSTRAINT never"))
    assert rows("response_draft") == rows("signal") == []


def test_risk_questions_without_a_protocol_are_not_asked(runtime, risky, database):
    ticket = get_ticket(runtime, risky)
    assert not read_visit(runtime, ticket).unguarded
    with database.admin(unwatched=True) as connection:
        connection.execute(text("DELETE FROM risk_protocol"))
    assert read_visit(runtime, ticket).unguarded


def test_whoever_wants_to_talk_is_called_within_two_working_days(runtime, case, rows):
    runtime.now.go_to(2026, 3, 5)  # a Thursday
    ticket = get_ticket(runtime, case)
    answer(runtime, ticket, {"mood": 1})
    for _ in range(2):
        wish_to_talk(runtime, ticket)
    (signal,) = rows("signal")
    assert (signal["kind"], signal["due_at"]) == ("wants_contact", datetime(2026, 3, 9, 15, tzinfo=UTC))
    assert read_welcome(runtime, read_visit(runtime, ticket)).help.wish.name is None


@pytest.mark.parametrize(("days", "expected"), [(1, "2026-03-09"), (2, "2026-03-10"), (6, "2026-03-16")])
def test_a_weekend_is_no_working_day(days, expected):
    assert end_of_working_day(START + timedelta(days=4), days).date().isoformat() == expected


def test_parent_and_child_never_see_each_others(runtime, case):
    child, parent = get_ticket(runtime, case), relation_ticket(runtime, case, add_relation(runtime, case))
    other = relation_ticket(runtime, case, add_relation(runtime, case))
    save_answer(runtime, child, item_id="mood", value=0)
    for somebody in (parent, other):
        visit = read_visit(runtime, somebody)
        assert (visit.kept, visit.answered_elsewhere, visit.response_id) == ({}, frozenset(), None)
    sent = answer(runtime, parent, {"mood": 2, "pain": 3})
    assert read_visit(runtime, other).response_id is None
    assert read_visit(runtime, child).response_id is None
    (curve,) = show_own_curve(runtime, parent, response_id=sent.response_id)
    assert len(curve.points) == 1
    with pytest.raises(NotFoundError, match="no such page"):
        show_own_curve(runtime, child, response_id=sent.response_id)


def test_a_link_ends_with_the_relation_and_where_the_citizen_does_not_want_to_be_asked(runtime, case, database):
    relation_id = add_relation(runtime, case)
    parent, child = relation_ticket(runtime, case, relation_id), get_ticket(runtime, case)
    with database.admin() as connection:
        connection.execute(text("UPDATE relation SET ended_on = :day"), {"day": runtime.today()})
    for attempt in (read_visit, decline_occasion):
        with pytest.raises(LinkError):
            attempt(runtime, parent)
    assert read_visit(runtime, child)
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen SET stopped_on = :day"), {"day": runtime.today()})
    with pytest.raises(LinkError):
        read_visit(runtime, child)
    with pytest.raises(LinkError):
        save_answer(runtime, child, item_id="mood", value=1)


def test_no_thanks_ends_the_asking_and_nothing_else(runtime, case, rows):
    ticket = get_ticket(runtime, case)
    save_answer(runtime, ticket, item_id="mood", value=1)
    decline_occasion(runtime, ticket)
    with pytest.raises(LinkError):
        read_visit(runtime, ticket)
    states = {row["code"]: row["state"] for row in rows("occasion", "code, state")}
    assert states.pop("start") == "declined"
    assert set(states.values()) == {"planned"}
    assert rows("response") == []


def test_a_relations_no_is_their_own(runtime, case, rows):
    parent, child = relation_ticket(runtime, case, add_relation(runtime, case)), get_ticket(runtime, case)
    decline_occasion(runtime, parent)
    with pytest.raises(LinkError):
        read_visit(runtime, parent)
    assert read_visit(runtime, child)
    assert {row["state"] for row in rows("occasion", "state")} == {"planned"}


def test_what_was_sent_is_not_declined_afterwards(runtime, case):
    ticket = get_ticket(runtime, case)
    answer(runtime, ticket, {"mood": 1})
    with pytest.raises(ConflictError, match="already sent"):
        decline_occasion(runtime, ticket)
