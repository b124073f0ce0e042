"""A canary: a name, a CPR number and words that nobody else uses, and everywhere that they may not turn up."""

from __future__ import annotations

import json
import logging
import traceback
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.errors import NotFoundError, OutcomesError
from outcomes.models import Base
from outcomes.services.build_report import build_report, render_report
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.open_citizen import open_citizen
from outcomes.services.open_link import issue_link, open_link
from outcomes.services.rate_goal import open_goal, rate_goal
from tests.integration.builders import (
    add_analysis_plan,
    add_case,
    add_citizen,
    add_coordinator,
    add_course,
    add_goal,
    add_staff,
    add_tenant,
    answer,
    get_ticket,
)

pytestmark = pytest.mark.database

NAME, CPR, WORDS, NOTE = "Kanariefugl Gulfjer", "3112993999", "hemmeligt ønske om havudsigt", "fortrolig iagttagelse"
CANARIES = (NAME, "Kanariefugl", "Gulfjer", CPR, "311299-3999", WORDS, NOTE)
SEALED_AWAY = {"goal": {WORDS}, "goal_rating": {NOTE}}
"""The citizen's own words are kept as they are, in the one table that holds them."""


@pytest.fixture
def runtime(database, caplog, open_runtime_on):
    """An instance that logs all it can: every statement to the database too."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "sqlalchemy")
    return open_runtime_on(database)


@pytest.fixture
def life(runtime):
    """A citizen who has been through everything, and the worker who helps."""
    course = add_course(runtime, add_tenant(runtime))
    citizen_id = add_citizen(runtime, course.tenant, name=NAME, cpr=CPR)
    case = add_case(runtime, course, citizen_id=citizen_id)
    actor = add_staff(runtime, course.tenant)
    add_coordinator(runtime, actor, citizen_id)
    goal_id = add_goal(runtime, case, own_words=WORDS)
    rate_goal(runtime, actor, goal_id, level=0, note=NOTE, submission_key=uuid4())
    answer(runtime, get_ticket(runtime, case), {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4})
    assert open_citizen(runtime, actor, citizen_id).name == NAME
    assert open_goal(runtime, actor, goal_id).name == NAME
    return course, case, actor, goal_id


def found(text_: str) -> set[str]:
    return {canary for canary in CANARIES if canary.lower() in text_.lower()}


def test_names_and_cpr_numbers_are_sealed_in_every_table_and_answers_in_the_audit(life, database):
    with database.admin() as connection:
        for table in Base.metadata.tables:
            rows = "\n".join(connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t")))
            assert found(rows) == SEALED_AWAY.get(table, set()), table
            for canary in CANARIES:
                assert canary.encode().hex() not in rows, f"{table} holds {canary} as bytes"


def test_nothing_of_it_is_logged_by_the_program_or_its_libraries(life, caplog):
    records = caplog.get_records("setup")
    assert any("INSERT INTO citizen_identity" in record.getMessage() for record in records), "the log was listening"
    for record in records:
        assert not found(record.getMessage()), record.name


def test_nothing_of_it_is_logged_by_the_database(life, database):
    log = database.server.log.read_text("utf-8", errors="replace")
    assert not found(log)


def test_nothing_of_it_is_in_a_link(life, runtime):
    _, case, *_ = life
    token = issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["month-1"])
    ticket = open_link(runtime, token)
    assert not found(f"{token} {ticket} {ticket.scope}")


def test_nothing_of_it_is_in_a_report(runtime, life):
    course, *_ = life
    add_analysis_plan(runtime, course)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    context = build_report(runtime, course.tenant.scope, intervention_slug=course.slug)
    for locale in ("da", "en"):
        said = render_report(context, "json", locale).content.decode()
        assert json.loads(said)["report"] == "effect"
        assert not found(said)
    assert not found(repr(context))


def test_nothing_of_it_is_in_an_error_that_says_no(life, runtime):
    _, case, _, goal_id = life
    stranger = add_staff(runtime, case.tenant, "manager")
    for attempt in (
        lambda: open_citizen(runtime, stranger, case.citizen_id),
        lambda: open_goal(runtime, stranger, goal_id),
    ):
        with pytest.raises(NotFoundError) as refused:
            attempt()
        assert not found("".join(traceback.format_exception(refused.value)))


def test_nothing_of_it_is_in_an_error_from_the_database(life, runtime):
    """A crash that nobody foresaw ends in a log with its error text: it must not carry what was being stored."""
    _, case, *_ = life
    tenant, attempts = case.tenant, []

    def store_the_same_person_again():
        add_citizen(runtime, tenant, name=NAME, cpr=CPR)

    def break_a_rule():
        with runtime.database.transaction(tenant.scope) as session:
            session.execute(text("UPDATE goal SET own_words = :words"), {"words": WORDS + "!"})

    def send_what_cannot_be_stored():
        with runtime.database.transaction(tenant.scope) as session:
            session.execute(text("UPDATE goal SET levels = CAST(:levels AS text[])"), {"levels": [WORDS, NOTE, NAME]})

    for attempt in (store_the_same_person_again, break_a_rule, send_what_cannot_be_stored):
        with pytest.raises(Exception, match=r"sqlalche|psycopg|violates|can't be changed") as crash:
            attempt()
        assert not isinstance(crash.value, OutcomesError)
        attempts.append("".join(traceback.format_exception(crash.value, chain=True)))
    said = "\n".join(line for text_ in attempts for line in text_.splitlines() if "Error" in line or "DETAIL" in line)
    assert len(attempts) == 3
    assert not found(said)
    assert not found("\n".join(attempts))


def test_nothing_of_it_is_in_how_the_instance_describes_itself(life, runtime):
    described = repr(runtime) + repr(runtime.settings) + str(runtime.settings)
    assert not found(described)
    assert runtime.settings.secret_key.get_secret_value() not in described


def test_a_mutant_is_caught(life, database):
    """The net holds only if it would have caught something: a name in clear text is found."""
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE citizen SET source = :name, external_id = '1'"), {"name": NAME})
        rows = "\n".join(connection.scalars(text("SELECT to_jsonb(t)::text FROM citizen t")))
    assert found(rows)
    assert found(f"a log line that says {CPR}")
