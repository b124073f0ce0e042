"""Subscriptions: a link by mail and never a figure, nobody who can't be told, and an end when somebody leaves."""

from __future__ import annotations

import pytest

from outcomes.errors import AnswerError, NotFoundError
from outcomes.models import AppUser, Subscription
from outcomes.services.add_subscription import add_subscription
from outcomes.services.end_subscription import end_subscription
from outcomes.services.list_subscriptions import list_subscriptions
from outcomes.services.send_subscriptions import send_subscriptions, tell_subscribers
from tests.integration.builders import add_course, add_staff, add_tenant
from tests.integration.outbox import outbox, run_jobs, with_servers
from tests.integration.post_offices import mail_server

pytestmark = pytest.mark.database


@pytest.fixture
def place(runtime):
    """A municipality with an intervention and two managers."""
    tenant = add_tenant(runtime)
    add_course(runtime, tenant)
    return tenant, add_staff(runtime, tenant, "manager", email="leder@example.org")


def change(runtime, tenant, user_id, **values):
    with runtime.database.transaction(tenant.scope) as session:
        user = session.get_one(AppUser, (tenant.organisation_id, user_id))
        for name, value in values.items():
            setattr(user, name, value)
        session.commit()


def stored(runtime, tenant):
    with runtime.database.transaction(tenant.scope) as session:
        return session.query(Subscription).order_by(Subscription.created_at, Subscription.id).all()


def subscribe(runtime, actor, user_id=None, subject="overview", schedule="monthly"):
    return add_subscription(runtime, actor, user_id=user_id or actor.user_id, subject=subject, schedule=schedule)


def test_the_mail_holds_a_link_and_no_figure_and_goes_once(runtime, place, clock):
    tenant, manager = place
    colleague = add_staff(runtime, tenant, "manager", email="kollega@example.org")
    subscribe(runtime, manager)
    subscribe(runtime, manager, colleague.user_id, "report:hverdag", "weekly")
    with mail_server() as server:
        posting = with_servers(runtime, mail=server.url)
        assert tell_subscribers(posting).queued == 0, "no day has come yet"
        clock.go_to(2026, 4, 1, hour=5)
        for _ in range(2):
            assert tell_subscribers(posting).queued in {2, 0}
        run_jobs(posting)
        mails = {mail["To"]: mail.get_content() for mail in server.taken}
    assert set(mails) == {"leder@example.org", "kollega@example.org"}
    assert len(server.taken) == 2
    base = runtime.settings.base_url
    assert f"{base}/indsatser\n" in mails["leder@example.org"].replace("\r", "")
    assert f"{base}/indsatser/hverdag\n" in mails["kollega@example.org"].replace("\r", "")
    for text in mails.values():
        words = text.replace(base, "").replace("/indsatser", "")
        assert not any(letter.isdigit() for letter in words), "no figure of any kind"
        assert f"{base}/abonnementer" in text
    assert [each.last_sent_on.isoformat() for each in stored(runtime, tenant)] == ["2026-04-01", "2026-04-01"]
    assert {each.next_on.isoformat() for each in stored(runtime, tenant)} == {"2026-05-01", "2026-04-06"}


def test_many_missed_days_are_one_mail_and_nothing_waits_where_no_mail_is_set_up(runtime, place, clock):
    tenant, manager = place
    subscribe(runtime, manager, schedule="weekly")
    clock.go_to(2026, 5, 20)
    assert tell_subscribers(runtime).queued == 0
    assert outbox(runtime, tenant) == []
    with mail_server() as server:
        assert tell_subscribers(with_servers(runtime, mail=server.url)).queued == 1
    assert stored(runtime, tenant)[0].next_on.isoformat() == "2026-05-25"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ended_on": True}, "has left"),
        ({"email": "S-1234"}, "no e-mail address"),
        ({"role": "worker"}, "only managers"),
    ],
)
def test_who_cannot_be_told_is_refused_before_anything_is_stored(runtime, place, changes, words):
    tenant, manager = place
    other = add_staff(runtime, tenant, "manager")
    change(runtime, tenant, other.user_id, **changes | ({"ended_on": runtime.today()} if "ended_on" in changes else {}))
    with pytest.raises(AnswerError) as refused:
        subscribe(runtime, manager, other.user_id)
    (fault,) = refused.value.faults
    assert fault.place == "user"
    assert words in str(fault.sentence)
    assert stored(runtime, tenant) == []
    assert other.user_id not in {user_id for user_id, _ in list_subscriptions(runtime, manager).people}


def test_every_fault_of_the_form_is_named_at_its_field(runtime, place):
    tenant, manager = place
    stranger = add_staff(runtime, add_tenant(runtime, "sydby"), "manager")
    with pytest.raises(AnswerError) as refused:
        subscribe(runtime, manager, stranger.user_id, "report:nothing", "hourly")
    assert {fault.place for fault in refused.value.faults} == {"user", "subject", "schedule"}
    assert stored(runtime, tenant) == []


def test_a_subscription_ends_itself_with_the_reason_when_somebody_leaves(runtime, place, clock):
    tenant, manager = place
    other = add_staff(runtime, tenant, "manager")
    subscribe(runtime, manager, other.user_id, schedule="yearly")
    clock.travel(days=3)
    change(runtime, tenant, other.user_id, ended_on=runtime.today())
    assert tell_subscribers(runtime).ended == 1
    page = list_subscriptions(runtime, manager)
    assert page.running == ()
    assert "has left" in str(page.ended[0].ended)
    assert tell_subscribers(runtime).ended == 0


def test_whoever_leaves_or_stops_it_before_the_mail_went_gets_none(runtime, place, clock):
    tenant, manager = place
    other = add_staff(runtime, tenant, "manager")
    ids = [subscribe(runtime, manager, user_id).id for user_id in (manager.user_id, other.user_id)]
    clock.go_to(2026, 4, 1)
    with mail_server() as server:
        posting = with_servers(runtime, mail=server.url)
        tell_subscribers(posting)
        end_subscription(posting, manager, ids[0])
        change(runtime, tenant, other.user_id, ended_on=runtime.today())
        run_jobs(posting)
        assert server.taken == []
    assert {each.fault for each in outbox(runtime, tenant)} == {"unsubscribed", "account_ended"}


def test_subscribing_again_changes_the_schedule_and_begins_anew(runtime, place):
    _, manager = place
    first = subscribe(runtime, manager)
    end_subscription(runtime, manager, first.id)
    end_subscription(runtime, manager, first.id)
    assert "manager" in str(list_subscriptions(runtime, manager).ended[0].ended)
    assert subscribe(runtime, manager, schedule="weekly").id == first.id
    (row,) = list_subscriptions(runtime, manager).running
    assert (row.own, str(row.schedule)) == (True, "Every week, on Monday")
    stranger = add_staff(runtime, add_tenant(runtime, "sydby"), "manager")
    with pytest.raises(NotFoundError):
        end_subscription(runtime, stranger, first.id)


def test_the_job_works_once_a_day_in_the_morning(runtime, monkeypatch, clock):
    calls = []
    monkeypatch.setattr("outcomes.services.send_subscriptions.tell_subscribers", calls.append)
    clock.go_to(2026, 4, 1, hour=0)
    for _ in range(24):
        send_subscriptions(runtime, clock())
        clock.travel(hours=1)
    assert len(calls) == 1
