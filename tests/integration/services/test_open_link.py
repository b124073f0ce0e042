"""Personal links: stored as hashes only, used up by nothing, and all refusals alike."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import text

from outcomes.errors import LinkError
from outcomes.models import Base
from outcomes.services.open_link import issue_link, open_link
from outcomes.services.read_visit import read_visit
from outcomes.store.database import Scope
from tests.integration.builders import add_case, add_course, add_tenant

pytestmark = pytest.mark.database


@pytest.fixture
def case(runtime):
    return add_case(runtime, add_course(runtime, add_tenant(runtime)))


@pytest.fixture
def everything(database):
    """Every row of every table as text."""

    def read():
        with database.admin() as connection:
            return {
                table: connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")).all()
                for table in Base.metadata.tables
            }

    return read


def test_the_token_is_nowhere_in_the_database(runtime, case, everything):
    tokens = [issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"]) for _ in range(20)]
    assert len(set(tokens)) == len(tokens)
    assert all(len(token) >= 22 for token in tokens), "128 bits in base64"
    stored = "\n".join(row for rows in everything().values() for row in rows)
    for token in tokens:
        assert token not in stored
        assert token.encode().hex() not in stored


def test_a_hundred_reads_change_no_row(runtime, case, everything):
    """Mail scanners and previews follow links too."""
    token = issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"])
    before = everything()
    for _ in range(100):
        read_visit(runtime, open_link(runtime, token))
    assert everything() == before


def test_a_link_leads_to_its_own_occasion(runtime, case):
    token = issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["month-1"])
    ticket = open_link(runtime, token)
    assert ticket.organisation_id == case.tenant.organisation_id
    assert ticket.scope.actor == f"link:{ticket.link_id}", "the audit names the link, not a person"
    visit = read_visit(runtime, ticket)
    assert (visit.closes_on.isoformat(), visit.status) == ("2026-04-16", "planned")


def refusal(runtime, token):
    with pytest.raises(LinkError) as refused:
        open_link(runtime, token)
    return type(refused.value), refused.value.sentence, refused.value.faults


def test_unknown_damaged_expired_and_revoked_links_are_refused_alike(runtime, case):
    tenant = case.tenant
    token = issue_link(runtime, tenant.scope, occasion_id=case.occasions["start"])
    unknown = refusal(runtime, secrets.token_urlsafe(16))
    damaged = [
        refusal(runtime, bad) for bad in (token[:-1], token + "x", token.swapcase(), "", "\N{BULLET}", "x" * 5000)
    ]
    assert open_link(runtime, token)
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text("UPDATE personal_link SET revoked_at = :now"), {"now": runtime.now()})
        session.commit()
    revoked = refusal(runtime, token)
    late = issue_link(runtime, tenant.scope, occasion_id=case.occasions["start"])
    runtime.now.travel(days=60)
    expired = refusal(runtime, late)
    assert {unknown, revoked, expired, *damaged} == {unknown}


def test_a_link_lives_two_weeks_past_the_window_to_the_end_of_the_day_in_denmark(runtime, case):
    token = issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"])
    runtime.now.go_to(2026, 3, 30, 21)  # the window closes on 16 March; 23:00 in Danish summer time
    assert open_link(runtime, token)
    runtime.now.travel(hours=1, minutes=1)
    assert refusal(runtime, token)


def test_a_ticket_is_good_only_as_long_as_its_link(runtime, case):
    ticket = open_link(runtime, issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"]))
    assert read_visit(runtime, ticket)
    runtime.now.travel(days=60)
    with pytest.raises(LinkError):
        read_visit(runtime, ticket)


def test_a_ticket_of_another_organisation_opens_nothing(runtime, case):
    ticket = open_link(runtime, issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"]))
    other = add_tenant(runtime, "sydby")
    forged = type(ticket)(other.organisation_id, ticket.link_id)
    with pytest.raises(LinkError):
        read_visit(runtime, forged)


def test_a_link_belongs_to_an_organisation(runtime, case):
    with pytest.raises(ValueError, match="belongs to an organisation"):
        issue_link(runtime, Scope(), occasion_id=case.occasions["start"])
