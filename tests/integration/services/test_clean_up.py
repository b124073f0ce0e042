"""What has had its time is forgotten, and the nights' work is begun once a night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from outcomes.models import Attempt, PersonalLink
from outcomes.services import refresh_everything as refreshing
from outcomes.services.clean_up import clean_up
from outcomes.services.nightly import refresh_results
from outcomes.services.open_link import issue_link
from outcomes.services.queue_message import queue_message
from outcomes.store.database import Scope
from tests.integration.outbox import outbox, reachable_case

pytestmark = pytest.mark.database


def test_attempts_codes_and_secrets_go_and_what_still_counts_stays(runtime, clock):
    case = reachable_case(runtime)
    scope = case.tenant.scope
    for _ in range(2):
        issue_link(runtime, scope, occasion_id=case.occasions["start"])
    with runtime.database.transaction(scope) as session:
        links = session.query(PersonalLink).all()
        for number, link in enumerate(links):
            link.code_hash, link.code_expires_at = bytes([number]) * 32, clock() + timedelta(hours=2 * number)
        for number in (1, 2):
            session.add(Attempt(subject=bytes(32), at=clock() - timedelta(hours=20 * number)))
            clock.travel(minutes=-50 * (number - 1))
            queue_message(
                runtime, session, organisation_id=case.tenant.organisation_id, kind="login_code", channel="mail",
                cause=f"login_code:{number}", locale="da", citizen_id=case.citizen_id, secret="482915",
            )  # fmt: skip
        session.commit()
    clock.travel(minutes=75)
    for _ in range(2):
        clean_up(runtime)
        assert sorted((each.state, each.secret_sealed is None) for each in outbox(runtime, case.tenant)) == [
            ("cancelled", True), ("queued", False),
        ]  # fmt: skip
        with runtime.database.transaction(scope) as session:
            assert session.query(Attempt).count() == 1
            assert sorted(link.code_hash is None for link in session.query(PersonalLink)) == [False, True]


def test_a_job_that_failed_long_ago_is_forgotten(runtime):
    with runtime.database.transaction(Scope()) as session:
        session.execute(
            text("INSERT INTO queue.procrastinate_jobs (queue_name, task_name, status)"
                 " VALUES ('outcomes', 'old', 'failed'), ('outcomes', 'new', 'failed'), ('outcomes', 'waits', 'todo')")
        )  # fmt: skip
        session.execute(
            text("INSERT INTO queue.procrastinate_events (job_id, type, at)"
                 " SELECT id, 'failed', now() - CASE task_name WHEN 'old' THEN interval '31 days' ELSE interval '1 day' END"
                 " FROM queue.procrastinate_jobs WHERE status = 'failed'")
        )  # fmt: skip
        session.commit()
    clean_up(runtime)
    with runtime.database.transaction(Scope()) as session:
        left = session.scalars(text("SELECT task_name FROM queue.procrastinate_jobs ORDER BY id")).all()
    assert left == ["new", "waits"]


def test_results_are_made_anew_at_ten_past_two_and_at_no_other_hour(runtime, monkeypatch):
    begun = []
    monkeypatch.setattr(refreshing, "refresh_everything", begun.append)
    for hour in range(24):
        refresh_results(runtime, datetime(2026, 7, 1, hour, 10, tzinfo=UTC))
    assert begun == [runtime]
    refresh_results(runtime, datetime(2026, 7, 2, 0, 10, tzinfo=UTC))
    assert len(begun) == 2
