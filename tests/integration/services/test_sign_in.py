"""Staff sign in by a link, once, and the server can end a session at any moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from outcomes.errors import LinkError, NotFoundError
from outcomes.models import Base
from outcomes.services.sign_in import (
    SESSION_LIFETIME,
    check_sign_in_link,
    find_actor,
    issue_sign_in_link,
    organisation_actor,
    sign_in,
    sign_out,
)
from tests.integration.builders import add_staff, add_tenant

pytestmark = pytest.mark.database

EMAIL = "anne@example.org"


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def anne(runtime, tenant):
    return add_staff(runtime, tenant, email=EMAIL, in_team=True)


@pytest.fixture
def link(runtime, tenant, anne):
    """Makes sign-in links for Anne."""
    return lambda **how: issue_sign_in_link(runtime, organisation_slug=tenant.slug, email=EMAIL, **how)


def test_a_link_signs_in_once(runtime, anne, link):
    token = link()
    for _ in range(5):
        check_sign_in_link(runtime, token)  # whoever only looks uses nothing up
    session_token = sign_in(runtime, token)
    assert find_actor(runtime, session_token) == anne
    with pytest.raises(LinkError):
        sign_in(runtime, token)
    with pytest.raises(LinkError):
        check_sign_in_link(runtime, token)
    assert find_actor(runtime, session_token) == anne


def test_a_reusable_link_signs_in_again_with_another_session(runtime, anne, link):
    token = link(reusable=True)
    first, second = sign_in(runtime, token), sign_in(runtime, token)
    assert first != second
    assert find_actor(runtime, first) == find_actor(runtime, second) == anne


def test_ten_browsers_with_one_link_are_one_session(runtime, link, database):
    token, start = link(), threading.Barrier(10)

    def try_once(_number):
        start.wait()
        try:
            return sign_in(runtime, token)
        except LinkError:
            return None

    with ThreadPoolExecutor(10) as pool:
        signed_in = [each for each in pool.map(try_once, range(10)) if each]
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM staff_session")) == len(signed_in) == 1


def test_links_and_sessions_expire(runtime, link):
    late = link()
    runtime.now.travel(hours=1, seconds=1)
    with pytest.raises(LinkError):
        sign_in(runtime, late)
    with pytest.raises(LinkError):
        check_sign_in_link(runtime, late)
    session_token = sign_in(runtime, link())
    runtime.now.at += SESSION_LIFETIME - timedelta(seconds=1)
    assert find_actor(runtime, session_token)
    runtime.now.travel(seconds=1)
    assert find_actor(runtime, session_token) is None


def test_signing_out_ends_the_session_at_once_and_no_other(runtime, anne, link):
    token = link(reusable=True)
    here, there = sign_in(runtime, token), sign_in(runtime, token)
    sign_out(runtime, anne, here)
    assert find_actor(runtime, here) is None
    assert find_actor(runtime, there) == anne
    sign_out(runtime, anne, here)  # again, and nothing happens


@pytest.mark.parametrize(
    ("ended_on", "works"),
    [(None, True), (date(2026, 3, 3), True), (date(2026, 3, 2), False), (date(2026, 3, 1), False)],
)
def test_an_account_that_ended_ends_its_session_and_its_links(runtime, tenant, anne, link, ended_on, works):
    session_token, token = sign_in(runtime, link()), link()
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text("UPDATE app_user SET ended_on = :day"), {"day": ended_on})
        session.commit()
    assert (find_actor(runtime, session_token) is not None) is works
    if works:
        assert sign_in(runtime, token)
    else:
        with pytest.raises(LinkError):
            sign_in(runtime, token)


def test_an_account_ends_by_the_date_in_denmark(runtime, tenant, link):
    session_token = sign_in(runtime, link())
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text("UPDATE app_user SET ended_on = '2026-03-03'"))
        session.commit()
    runtime.now.go_to(2026, 3, 2, 22)
    session_token = sign_in(runtime, link())
    assert find_actor(runtime, session_token)
    runtime.now.travel(hours=1, minutes=1)  # one minute past midnight in Denmark, the day before in UTC
    assert find_actor(runtime, session_token) is None


def test_tokens_of_links_and_sessions_are_nowhere_in_the_database(runtime, link, database):
    token = link(reusable=True)
    session_token = sign_in(runtime, token)
    with database.admin() as connection:
        for table in Base.metadata.tables:
            rows = "\n".join(connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t")))
            for secret in (token, session_token):
                assert secret not in rows
                assert secret.encode().hex() not in rows


def test_a_session_token_is_no_link_and_a_link_is_no_session(runtime, link):
    token = link(reusable=True)
    session_token = sign_in(runtime, token)
    assert find_actor(runtime, token) is None
    with pytest.raises(LinkError):
        sign_in(runtime, session_token)
    assert find_actor(runtime, "") is None


def test_links_are_made_for_those_who_are_there(runtime, tenant, anne):
    with pytest.raises(NotFoundError, match="no organisation called nowhere"):
        issue_sign_in_link(runtime, organisation_slug="nowhere", email=EMAIL)
    with pytest.raises(NotFoundError, match=r"no member of staff with the address other@example\.org"):
        issue_sign_in_link(runtime, organisation_slug=tenant.slug, email="other@example.org")


def test_a_command_acts_for_one_organisation_under_its_own_name(runtime, tenant):
    organisation_id, scope = organisation_actor(runtime, tenant.slug, "import")
    assert (organisation_id, scope.organisation_id, scope.actor) == (
        tenant.organisation_id, tenant.organisation_id, "command:import",
    )  # fmt: skip
    with pytest.raises(NotFoundError):
        organisation_actor(runtime, "nowhere", "import")
