"""Transactions that belong to one organisation, on a server that keeps what it acknowledges."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from outcomes.errors import UnavailableError
from outcomes.services.check_health import is_ready
from outcomes.services.open_database import DatabaseAddress, migrate_database
from outcomes.services.runtime import make_runtime
from outcomes.store.database import Database, Scope
from tests.integration.builders import add_citizen, add_tenant

pytestmark = pytest.mark.database

COUNT = text("SELECT count(*) FROM citizen")


@pytest.fixture
def opened():
    """Opens databases, and closes them after the test."""
    found = []

    def open_url(url: str) -> Database:
        found.append(Database(url))
        return found[-1]

    yield open_url
    for each in found:
        each.dispose()


def test_without_a_commit_nothing_stays(runtime):
    tenant = add_tenant(runtime)
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text("INSERT INTO citizen (organisation_id, id, number) VALUES (:id, gen_random_uuid(), 1)"),
                        {"id": tenant.organisation_id})  # fmt: skip
        assert session.scalar(COUNT) == 1
    with runtime.database.transaction(tenant.scope) as session:
        assert session.scalar(COUNT) == 0


@pytest.mark.parametrize("role", ["admin_url", "owner_url", "app_url"])
def test_whoever_the_connection_signs_in_as_the_application_acts_without_rights(database, opened, runtime, role):
    """An external database may hand out a strong user; row-level security has to hold all the same."""
    if role == "owner_url":
        with database.admin() as connection:
            connection.execute(text("GRANT outcomes_app TO outcomes_owner"))
    tenant = add_tenant(runtime)
    add_citizen(runtime, tenant)
    application = opened(getattr(database, role))
    application.check()
    with application.transaction(Scope()) as session:
        assert session.scalar(text("SELECT current_user::text")) == "outcomes_app"
        assert session.scalar(COUNT) == 0
    with application.transaction(tenant.scope) as session:
        assert session.scalar(COUNT) == 1


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_answers_is_refused(database, settings, setting):
    make_runtime(settings, database.app_url).database.dispose()
    answers = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", setting: "off"}
    # fsync is one setting of the whole server, which other tests need: here the server only says that it is off.
    with database.admin() as connection:
        connection.execute(text("CREATE SCHEMA pretending"))
        connection.execute(
            text("CREATE FUNCTION pretending.current_setting(name text) RETURNS text LANGUAGE sql AS"
                 " $$ SELECT CASE name " + " ".join(f"WHEN '{key}' THEN '{value}'" for key, value in answers.items())
                 + " ELSE pg_catalog.current_setting(name) END $$")
        )  # fmt: skip
        connection.execute(text("GRANT USAGE ON SCHEMA pretending TO outcomes_app"))
        connection.execute(
            text(
                f"ALTER ROLE outcomes_app IN DATABASE {database.name} SET search_path = pretending, pg_catalog, public"
            )
        )
    try:
        with pytest.raises(UnavailableError, match=f"has {setting} off"):
            make_runtime(settings, database.app_url)
    finally:
        with database.admin() as connection:
            connection.execute(text("DROP SCHEMA pretending CASCADE"))
            connection.execute(text(f"ALTER ROLE outcomes_app IN DATABASE {database.name} RESET search_path"))


def test_a_role_that_may_bypass_row_security_is_refused(database, settings, monkeypatch):
    monkeypatch.setattr("outcomes.store.database.APP_ROLE", "postgres")
    with pytest.raises(UnavailableError, match="bypass row-level security"):
        make_runtime(settings, database.admin_url)


def test_a_database_that_is_not_there_is_a_named_error_also_at_the_first_word(tmp_path, opened):
    application = opened(f"postgresql+psycopg://outcomes_app@/nothing?host={tmp_path}")
    with pytest.raises(UnavailableError, match="can't be reached"), application.transaction(Scope()):
        pytest.fail("there is no database to be in")
    with pytest.raises(UnavailableError, match="can't be reached"):
        application.check()


def test_a_database_that_goes_away_in_the_middle_is_a_named_error_and_comes_back(runtime, database):
    def pull_the_plug() -> None:
        with database.admin() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'outcomes_app'"
                     " AND datname = current_database()")
            )  # fmt: skip

    def lose_the_connection() -> None:
        with runtime.database.transaction(Scope()) as session:
            pull_the_plug()
            session.execute(COUNT)

    with pytest.raises(UnavailableError):
        lose_the_connection()
    pull_the_plug()
    with runtime.database.transaction(Scope()) as session:
        assert session.scalar(COUNT) == 0


def test_health_is_a_database_of_the_schema_that_this_code_knows(make_database, open_runtime_on, monkeypatch):
    own = make_database(template="template0")
    runtime = open_runtime_on(own)
    assert not is_ready(runtime), "there is no schema"
    migrate_database(DatabaseAddress(own.app_url, own.owner_url))
    assert is_ready(runtime)
    with own.admin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not is_ready(runtime)
    monkeypatch.setattr(own.server, "socket", "/nowhere")
    assert not is_ready(open_runtime_on(own))
