"""Whoever is to be asked is written to once, and reminded twice at most; nobody else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from outcomes.language import TIMEZONE
from outcomes.models import Citizen, Occasion, Relation
from outcomes.services.send_invitations import send_invitations
from tests.integration.builders import add_case, add_course, add_tenant, answer, get_ticket, small_instrument
from tests.integration.outbox import add_relation, outbox, reach, reachable_case, run_jobs, with_servers
from tests.integration.post_offices import mail_server

pytestmark = pytest.mark.database


@pytest.fixture
def server():
    with mail_server() as running:
        yield running


@pytest.fixture
def posting(runtime, server, clock):
    clock.travel(hours=1)
    return with_servers(runtime, mail=server.url)


def kinds(runtime, case):
    return [(each.kind, each.state) for each in outbox(runtime, case.tenant)]


def change(runtime, case, table, **values):
    with runtime.database.transaction(case.tenant.scope) as session:
        session.execute(update(table).values(**values))
        session.commit()


def test_an_occasion_that_has_opened_makes_one_invitation_to_one_who_can_be_reached(posting, server):
    case = reachable_case(posting)
    other = add_case(posting, add_course(posting, add_tenant(posting, "sydby")))  # nothing to reach them by
    for _ in range(3):
        send_invitations(posting)
        run_jobs(posting)
    assert kinds(posting, case) == [("invitation", "sent")], "and the next occasion isn't open yet"
    assert kinds(posting, other) == []
    assert len(server.taken) == 1


def test_thirty_at_once_write_one_message(open_runtime_on, database, server, clock):
    clock.travel(hours=1)
    posting = with_servers(open_runtime_on(database, pool_size=15), mail=server.url)
    case = reachable_case(posting)
    with ThreadPoolExecutor(30) as pool:
        for done in [pool.submit(send_invitations, posting) for _ in range(30)]:
            done.result()
    assert kinds(posting, case) == [("invitation", "queued")]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(run_jobs, posting) for _ in range(4)]:
            done.result()
    assert len(server.taken) == 1


@pytest.mark.parametrize("why", ["stopped", "declined", "answered", "night", "relation"])
def test_who_isnt_to_be_asked_isnt_written_to(posting, clock, why):
    case = reachable_case(posting)
    if why == "stopped":
        change(posting, case, Citizen, stopped_on=posting.today())
    elif why == "declined":
        change(posting, case, Occasion, state="declined")
    elif why == "answered":
        answer(posting, get_ticket(posting, case), {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4})
    elif why == "night":
        clock.travel(hours=12)
    else:  # a parent isn't asked what only the citizen is asked
        add_relation(posting, case)
        reach(posting, case.tenant, case.citizen_id)
    send_invitations(posting)
    assert kinds(posting, case) == []


def test_a_parent_is_asked_what_parents_are_asked_until_it_ends(posting, server):
    course = add_course(posting, add_tenant(posting), instrument=small_instrument(respondents=["citizen", "parent"]))
    case = reachable_case(posting, course=course)
    relation_id = add_relation(posting, case, locale="pl")
    add_relation(posting, case, kind="relative", email="moster@example.dk")
    send_invitations(posting)
    run_jobs(posting)
    assert sorted((mail["To"], mail["Content-Language"]) for mail in server.taken) == [
        ("anna@example.dk", "da"), ("mor@example.dk", "pl"),
    ]  # fmt: skip
    assert {each.relation_id for each in outbox(posting, case.tenant)} == {None, relation_id}
    change(posting, case, Relation, ended_on=posting.today())
    change(posting, case, Occasion, opens_on=posting.today() - timedelta(days=7))
    send_invitations(posting)
    assert [each.relation_id for each in outbox(posting, case.tenant) if each.state == "queued"] == [None, None, None]


def test_reminded_when_it_is_due_once_more_a_week_later_and_never_again(posting, server, clock):
    case = reachable_case(posting)  # opens today, due in 7 days, closes in 14
    days = []
    for day in range(15):
        send_invitations(posting)
        run_jobs(posting)
        days += [day] * (len(server.taken) - len(days))
        clock.travel(days=1)
    assert days == [0, 7, 14]
    assert kinds(posting, case) == [("invitation", "sent"), ("reminder", "sent"), ("reminder", "sent")]
    subjects = {mail["Subject"] for mail in server.taken}
    assert len(subjects) == 1


def test_nobody_is_reminded_of_what_they_were_just_told_of_or_have_answered(posting, server, clock):
    case = reachable_case(posting)
    clock.travel(days=6)
    send_invitations(posting)
    run_jobs(posting)
    clock.travel(days=1)
    send_invitations(posting)
    assert kinds(posting, case) == [("invitation", "sent")], "due, but told of it yesterday"
    clock.travel(days=3)
    answer(posting, get_ticket(posting, case), {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4})
    send_invitations(posting)
    assert kinds(posting, case) == [("invitation", "sent")]


@pytest.mark.parametrize("begun", [(2026, 3, 22), (2026, 10, 18), (2028, 2, 22), (2027, 1, 31)])
def test_every_message_once_on_its_day_and_in_the_daytime(posting, server, clock, begun):
    """Across the ends of summer time, a leap day and the ends of months, looked at by night and by day."""
    clock.go_to(*begun)
    reachable_case(posting)
    first, sent = date(*begun), []
    for day in range(16):
        for hour in (3, 9, 10, 17, 21):
            at = datetime.combine(first + timedelta(days=day), time(hour, 40), TIMEZONE)
            clock.at = at.astimezone(UTC)
            send_invitations(posting)
            run_jobs(posting)
            sent += [(day, hour)] * (len(server.taken) - len(sent))
    assert sent == [(0, 10), (7, 10), (14, 10)]
