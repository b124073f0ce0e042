"""The outbox: written with what causes it, sent once, to whoever it is for at that moment, with nothing sensitive in it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text, update

from outcomes.errors import LinkError
from outcomes.models import AppUser, Citizen, Episode, Occasion, Organisation, PersonalLink, Relation
from outcomes.services.open_link import issue_link, open_link
from outcomes.services.queue_message import queue_message
from outcomes.services.send_message import send_message
from outcomes.services.send_waiting import send_waiting
from outcomes.services.set_contact import set_contact
from tests.integration.builders import Course, add_coordinator, add_course, add_staff, answer, get_ticket
from tests.integration.outbox import (
    EMAIL,
    add_relation,
    outbox,
    queued_jobs,
    reach,
    reachable_case,
    run_jobs,
    with_servers,
)
from tests.integration.post_offices import mail_server, sms_gateway

pytestmark = pytest.mark.database

LINK = re.compile(r"https?://\S+/b/(\S+)")


@pytest.fixture
def server():
    with mail_server() as running:
        yield running


@pytest.fixture
def posting(runtime, server, clock):
    """The instance with a mail server, at a quarter past eleven on a Monday in Denmark."""
    clock.travel(hours=1)
    return with_servers(runtime, mail=server.url)


def invite(runtime, case, code="start", *, channel="mail", kind="invitation", step="", **more):
    with runtime.database.transaction(case.tenant.scope) as session:
        message_id = queue_message(
            runtime, session, organisation_id=case.tenant.organisation_id, kind=kind, channel=channel,
            cause=f"{kind}:{case.occasions[code]}:{more.get('relation_id', 'citizen')}{step}", locale="da",
            citizen_id=case.citizen_id, occasion_id=case.occasions[code], **more,
        )  # fmt: skip
        session.commit()
    return message_id


def send_code(runtime, case, *, secret="482915", cause=None, channel="mail"):
    with runtime.database.transaction(case.tenant.scope) as session:
        queue_message(
            runtime, session, organisation_id=case.tenant.organisation_id, kind="login_code", channel=channel,
            cause=cause or f"login_code:{uuid4()}", locale="da", citizen_id=case.citizen_id, secret=secret,
        )  # fmt: skip
        session.commit()


def change(runtime, case, table, **values):
    with runtime.database.transaction(case.tenant.scope) as session:
        session.execute(update(table).values(**values))
        session.commit()


def test_an_invitation_carries_a_link_that_opens_the_questions_and_nothing_of_the_matter(posting, server, clock):
    case = reachable_case(posting)
    change(posting, case, Organisation, contact={"name": "Borgerservice", "phone": "70 00 00 00"})
    invite(posting, case)
    run_jobs(posting)
    (mail,) = server.taken
    (message,) = outbox(posting, case.tenant)
    content = mail.get_content()
    (token,) = LINK.findall(content)
    assert open_link(posting, token).organisation_id == case.tenant.organisation_id
    assert (message.state, message.tries, message.fault, message.sent_at) == ("sent", 1, "", clock())
    assert str(message.id) in mail["Message-ID"]
    assert mail["To"] == EMAIL
    assert "Nordby Kommune" in mail["Subject"]
    assert "70 00 00 00" in content
    for private in ("Karen", "trivsel", "Trivsel", "wellbeing", "hverdag", "Hverdag", "borger"):
        assert private not in content + mail["Subject"]


def test_a_link_that_went_to_a_former_address_opens_nothing(posting, server):
    case = reachable_case(posting)
    worker = add_staff(posting, case.tenant)
    add_coordinator(posting, worker, case.citizen_id)
    invite(posting, case)
    run_jobs(posting)
    (token,) = LINK.findall(server.taken[0].get_content())
    by_hand = issue_link(posting, case.tenant.scope, occasion_id=case.occasions["start"])
    set_contact(posting, worker, case.citizen_id, phone="20304050", email=EMAIL)
    assert open_link(posting, token), "it went by mail, and the mail is the same"
    set_contact(posting, worker, case.citizen_id, phone="20304050", email="en-anden@example.dk")
    with pytest.raises(LinkError):
        open_link(posting, token)
    assert open_link(posting, by_hand)


def test_only_so_many_codes_go_from_an_organisation_in_a_day(posting, clock):
    few = with_servers(posting, mail=posting.settings.mail_url, messages_per_day=2)
    cases = [reachable_case(few)]
    course = add_course(few, cases[0].tenant, slug="en-anden")
    cases += [reachable_case(few, email=f"b{number}@example.dk", course=course) for number in range(2)]
    for case in cases:
        send_code(few, case)
        run_jobs(few)
    assert sorted((each.state, each.fault) for each in outbox(few, cases[0].tenant)) == [
        ("cancelled", "too_many"),
        ("sent", ""),
        ("sent", ""),
    ]
    clock.travel(days=1)
    send_code(few, cases[0])
    run_jobs(few)
    assert outbox(few, cases[0].tenant)[-1].state == "sent"


def test_the_message_and_its_job_come_and_go_with_what_causes_them(posting):
    case = reachable_case(posting)
    with posting.database.transaction(case.tenant.scope) as session:
        queue_message(
            posting, session, organisation_id=case.tenant.organisation_id, kind="invitation", channel="mail",
            cause="invitation:undone", locale="da", citizen_id=case.citizen_id,
        )  # fmt: skip
        session.rollback()
    assert outbox(posting, case.tenant) == []
    assert queued_jobs(posting) == []
    assert invite(posting, case) is not None
    assert invite(posting, case) is None, "the same cause"
    ((name, arguments),) = queued_jobs(posting)
    assert name == "send_message"
    assert sorted(arguments) == ["message_id", "organisation_id"]


def test_a_message_that_went_isnt_sent_again(posting, server):
    case = reachable_case(posting)
    message_id = invite(posting, case)
    for _ in range(3):
        send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
    assert len(server.taken) == 1


def test_what_changed_after_it_was_queued_counts(posting, server):
    today = posting.today()
    for number, (table, values, word) in enumerate(
        [
            (Citizen, {"stopped_on": today}, "stopped"),
            (Occasion, {"state": "declined"}, "declined"),
            (Occasion, {"state": "withdrawn"}, "withdrawn"),
            (Occasion, {"opens_on": today - timedelta(9), "planned_on": today - timedelta(9),
                        "due_on": today - timedelta(9), "closes_on": today - timedelta(1)}, "closed"),
            (Episode, {"ended_on": today, "end_reason": "died"}, "withdrawn"),
        ]
    ):  # fmt: skip
        case = reachable_case(posting, slug=f"by-{number}")
        message_id = invite(posting, case)
        change(posting, case, table, **values)
        send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
        (message,) = outbox(posting, case.tenant)
        assert (message.state, message.fault) == ("cancelled", word)
    case = reachable_case(posting, slug="answered")
    message_id = invite(posting, case)
    answer(posting, get_ticket(posting, case), {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4})
    send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
    assert [(each.state, each.fault) for each in outbox(posting, case.tenant)] == [("cancelled", "answered")]
    case = reachable_case(posting, slug="moved")
    message_id = invite(posting, case)
    reach(posting, case.tenant, case.citizen_id, email="", phone="21345678")
    send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
    assert [(each.state, each.fault) for each in outbox(posting, case.tenant)] == [("cancelled", "no_contact")]
    assert server.taken == []


def test_a_relation_gets_their_own_until_it_ends(posting, server):
    case = reachable_case(posting)
    relation_id = add_relation(posting, case, locale="en")
    invite(posting, case, relation_id=relation_id)
    run_jobs(posting)
    (mail,) = server.taken
    assert mail["To"] == "mor@example.dk"
    assert mail["Content-Language"] == "en"
    with posting.database.transaction(case.tenant.scope) as session:
        link = session.query(PersonalLink).one()
        assert (link.respondent_kind, link.relation_id) == ("parent", relation_id)
    invite(posting, case, "month-1", relation_id=relation_id)
    change(posting, case, Relation, ended_on=posting.today())
    run_jobs(posting)
    assert {each.fault for each in outbox(posting, case.tenant)} == {"", "relation_ended"}
    assert len(server.taken) == 1


def test_the_language_is_the_citizens_at_the_moment_of_sending(posting, server):
    case = reachable_case(posting)
    invite(posting, case)
    change(posting, case, Citizen, locale="ar")
    run_jobs(posting)
    content = server.taken[0].get_content()
    assert server.taken[0]["Content-Language"] == "ar"
    for line in filter(None, content.splitlines()):
        assert line.startswith(("\N{RIGHT-TO-LEFT MARK}", "http"))


@pytest.mark.parametrize("relation", [False, True])
def test_somebody_who_has_chosen_no_language_is_written_to_in_danish(posting, server, relation):
    case = reachable_case(posting)
    invite(posting, case, relation_id=add_relation(posting, case, locale=None) if relation else None)
    change(posting, case, Citizen, locale="ar" if relation else None)
    run_jobs(posting)
    assert server.taken[0]["Content-Language"] == "da"


def test_a_server_that_is_away_gets_it_later_with_a_new_link_and_the_same_message_id(posting, server, clock):
    case = reachable_case(posting)
    message_id = invite(posting, case)
    server.behave = "later"
    run_jobs(posting)
    (message,) = outbox(posting, case.tenant)
    assert (message.state, message.tries, message.fault) == ("queued", 1, "refused")
    assert message.send_after > clock()
    run_jobs(posting)
    assert outbox(posting, case.tenant)[0].tries == 1, "not before its time"
    server.behave = "take"
    clock.travel(minutes=2)
    send_waiting(posting)  # also where its job got lost
    clock.travel(minutes=2)
    send_waiting(posting)
    run_jobs(posting)
    (mail,) = server.taken
    assert str(message_id) in mail["Message-ID"]
    with posting.database.transaction(case.tenant.scope) as session:
        links = session.query(PersonalLink).order_by(PersonalLink.created_at).all()
    assert [link.revoked_at is None for link in links] == [False, True]
    assert open_link(posting, LINK.findall(mail.get_content())[0]).link_id == links[1].id


def test_after_eight_tries_it_has_failed_and_its_link_opens_nothing(posting, server, clock):
    case = reachable_case(posting)
    message_id = invite(posting, case)
    server.behave = "later"
    for _ in range(10):
        send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
        clock.travel(days=1)
    (message,) = outbox(posting, case.tenant)
    assert (message.state, message.fault, message.tries) == ("failed", "refused", 8)
    with posting.database.transaction(case.tenant.scope) as session:
        assert session.query(PersonalLink).filter(PersonalLink.revoked_at.is_(None)).count() == 0


def test_a_refusal_for_good_ends_it_at_once(posting, server):
    case = reachable_case(posting)
    server.behave = "refuse"
    send_code(posting, case)
    run_jobs(posting)
    (message,) = outbox(posting, case.tenant)
    assert (message.state, message.fault, message.secret_sealed) == ("failed", "refused", None)


def test_a_server_that_dies_after_data_gets_the_message_twice_at_most_with_one_message_id(posting, server, clock):
    case = reachable_case(posting)
    message_id = invite(posting, case)
    server.behave = "die"
    for _ in range(6):
        send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
        clock.travel(minutes=30)
    (message,) = outbox(posting, case.tenant)
    assert (message.state, message.fault) == ("failed", "unconfirmed")
    assert len(server.taken) == 2
    assert len({mail["Message-ID"] for mail in server.taken}) == 1
    for mail in server.taken:  # whichever of the two arrived, its link opens
        open_link(posting, LINK.findall(mail.get_content())[0])


def test_a_worker_that_died_while_handing_over_is_followed_once(posting, server):
    case = reachable_case(posting)
    message_id = invite(posting, case)
    for expected, taken in (("sent", 1), ("failed", 1)):
        with posting.database.transaction(case.tenant.scope) as session:
            word = "handing_over" if expected == "sent" else "handing_over_again"
            session.execute(text("UPDATE message SET state = 'queued', sent_at = NULL, fault = :word"), {"word": word})
            session.commit()
        send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
        assert outbox(posting, case.tenant)[0].state == expected
        assert len(server.taken) == taken


def test_while_one_worker_is_at_it_the_others_leave_it(posting, server):
    case = reachable_case(posting)
    message_id = invite(posting, case)
    with posting.database.transaction(case.tenant.scope) as session:
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"message:{message_id}"}
        )
        send_message(posting, organisation_id=case.tenant.organisation_id, message_id=message_id)
    assert server.taken == []
    assert outbox(posting, case.tenant)[0].tries == 0


def test_one_a_day_for_each_person_and_codes_beside(posting, server, clock):
    case = reachable_case(posting)
    relation_id = add_relation(posting, case)
    invite(posting, case, "start")
    invite(posting, case, "month-1")
    invite(posting, case, "start", relation_id=relation_id)
    send_code(posting, case)
    run_jobs(posting)
    assert sorted(mail["To"] for mail in server.taken) == [EMAIL, EMAIL, "mor@example.dk"]
    (waiting,) = [each for each in outbox(posting, case.tenant) if each.state == "queued"]
    assert waiting.send_after.astimezone().date() > clock().date()
    assert (waiting.tries, waiting.fault) == (0, "")
    clock.travel(days=1)
    run_jobs(posting)
    assert len(server.taken) == 4


def test_an_organisation_sends_no_more_a_day_than_it_may(posting, server, clock):
    posting = with_servers(posting, mail=server.url, messages_per_day=2)
    first = reachable_case(posting)
    with posting.database.transaction(first.tenant.scope) as session:
        episode = session.query(Episode).one()
        course = Course(first.tenant, episode.intervention_id, "hverdag", episode.plan_id, episode.plan_id)
    cases = [first, *(reachable_case(posting, email=f"b{n}@example.dk", course=course) for n in range(3))]
    for case in cases:
        invite(posting, case)
    run_jobs(posting)
    assert len(server.taken) == 2, "one over the cap waits"
    clock.travel(days=1)
    run_jobs(posting)
    assert len(server.taken) == 4


def test_nobody_is_written_to_at_night_but_for_a_code(posting, server, clock):
    case = reachable_case(posting)
    invite(posting, case)
    clock.travel(hours=9)
    send_code(posting, case)
    run_jobs(posting)
    assert len(server.taken) == 1
    clock.travel(hours=14)
    run_jobs(posting)
    assert len(server.taken) == 2


def test_a_code_goes_at_once_is_worth_nothing_later_and_isnt_kept(posting, server, clock):
    case = reachable_case(posting)
    send_code(posting, case)
    assert outbox(posting, case.tenant)[0].secret_sealed is not None
    run_jobs(posting)
    assert "482915" in server.taken[0].get_content()
    assert "482915" not in server.taken[0]["Subject"]
    assert outbox(posting, case.tenant)[0].secret_sealed is None
    send_code(posting, case)
    clock.travel(minutes=11)
    run_jobs(posting)
    assert {each.fault for each in outbox(posting, case.tenant)} == {"", "too_late"}
    for _ in range(7):
        send_code(posting, case)
        run_jobs(posting)
    assert len(server.taken) == 5, "as many as one person may ask for in an hour"


def test_sms_says_it_in_short_and_waits_where_nobody_set_it_up(posting, clock):
    case = reachable_case(posting, email="", phone="21 34 56 78")
    invite(posting, case, channel="sms")
    run_jobs(posting)
    send_waiting(posting)
    assert [(each.state, each.tries) for each in outbox(posting, case.tenant)] == [("queued", 0)]
    with sms_gateway() as gateway:
        able = with_servers(posting, sms=gateway.url)
        clock.travel(minutes=5)
        send_waiting(able)
        run_jobs(able)
    (sms,) = gateway.taken
    assert sms["to"] == "+4521345678"
    assert LINK.search(sms["text"])
    assert len(sms["text"]) < 330


def test_staff_are_told_of_a_signal_without_who_or_what(posting, server):
    case = reachable_case(posting)
    actor = add_staff(posting, case.tenant, email="mette@example.org")
    signal_id = uuid4()
    with posting.database.transaction(case.tenant.scope) as session:
        session.execute(
            text("INSERT INTO signal (organisation_id, id, citizen_id, episode_id, occasion_id, respondent_kind, kind,"
                 " subject, raised_at, due_at, owner_id) VALUES (:org, :id, :citizen, :episode, :occasion, 'citizen',"
                 " 'wants_contact', '', :at, :at, :owner)"),
            {"org": case.tenant.organisation_id, "id": signal_id, "citizen": case.citizen_id,
             "episode": case.episode_id, "occasion": case.occasions["start"], "at": posting.now(),
             "owner": actor.user_id},
        )  # fmt: skip
        session.commit()
    for _ in range(2):  # whether its own job ran or not
        send_waiting(posting)
    run_jobs(posting)
    (mail,) = server.taken
    assert mail["To"] == "mette@example.org"
    assert "#1" not in mail.get_content()
    assert "/log-ind" in mail.get_content()
    change(posting, case, AppUser, ended_on=posting.today())
    with posting.database.transaction(case.tenant.scope) as session:
        queue_message(
            posting, session, organisation_id=case.tenant.organisation_id, kind="signal", channel="mail",
            cause=f"signal:{signal_id}:again", locale="da", user_id=actor.user_id,
        )  # fmt: skip
        session.commit()
    run_jobs(posting)
    assert {each.fault for each in outbox(posting, case.tenant)} == {"", "account_ended"}


def test_neither_tokens_nor_codes_nor_addresses_lie_anywhere(posting, server, database, caplog):
    caplog.set_level("DEBUG")
    case = reachable_case(posting)
    invite(posting, case)
    send_code(posting, case)
    server.behave = "later"
    run_jobs(posting)
    server.behave = "take"
    with posting.database.transaction(case.tenant.scope) as session:
        session.execute(text("UPDATE message SET send_after = created_at"))
        session.commit()
    send_waiting(posting)
    run_jobs(posting)
    tokens = [token for mail in server.taken for token in LINK.findall(mail.get_content())]
    assert tokens
    canaries = (*tokens, "482915", EMAIL)
    with database.admin() as connection:
        tables = connection.scalars(
            text("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"
                 " AND relnamespace IN ('public'::regnamespace, 'queue'::regnamespace)")
        ).all()  # fmt: skip
        assert "queue.procrastinate_jobs" in tables
        for table in tables:
            rows = "\n".join(connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t")))
            assert not [canary for canary in canaries if canary in rows], table
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    assert not [canary for canary in canaries if canary in logged]


def test_a_link_of_a_stopped_citizen_stays_shut(posting, server):
    case = reachable_case(posting)
    invite(posting, case)
    run_jobs(posting)
    token = LINK.findall(server.taken[0].get_content())[0]
    change(posting, case, PersonalLink, revoked_at=posting.now())
    with pytest.raises(LinkError):
        open_link(posting, token)
