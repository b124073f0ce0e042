"""Whose rows a transaction can touch: PostgreSQL's row-level security alone, with raw SQL and no help from our code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from outcomes.models import Base
from outcomes.services.open_link import issue_link
from outcomes.services.sign_in import issue_sign_in_link, sign_in
from outcomes.store import migrate
from outcomes.store.database import Database, Scope
from outcomes.vault import token_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

    from tests.integration.conftest import TwoTenants

pytestmark = pytest.mark.database

TENANT_TABLES = sorted(table.name for table in Base.metadata.tables.values() if "organisation_id" in table.columns)
ADDED_TO = {"response", "score", "goal_rating", "access_entry", "import_batch", "aggregate_export", "risk_protocol",
            "correction", "instrument_audio", "provider_record", "specialisation", "outcome_target", "requirement_event",
            "release", "release_ledger", "provider_fact", "price_set", "value_case", "outcome_contract"}  # fmt: skip
RIGHTS = {
    **{key: {"SELECT", "INSERT", "UPDATE"} for key in TENANT_TABLES},
    **{key: {"SELECT", "INSERT"} for key in ADDED_TO},
    "audit_entry": {"SELECT"},
    "response_draft": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "keyed_sheet": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "score_aggregate": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "stored_result": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "report_batch": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "batch_item": {"SELECT", "INSERT", "UPDATE", "DELETE"},
}
"""What the application may do. Nothing that counts is removed by it (drafts go, and sums, results and files that can be made
anew); what was sent, logged, decided or published is only added to."""

KEPT_BY_TRIGGER = {"instrument_version", "goal", "signal", "process_requirement", "theme_set", "supervision_signal",
                   "contract_payment", "learning_meeting", "learning_point"}  # fmt: skip
"""Tables whose rows keep their organisation by a trigger, before row-level security looks."""

NO_RIGHT, ROW_REFUSED = "permission denied", "row-level security"


@contextmanager
def undone(two: TwoTenants, scope: Scope) -> Iterator[Session]:
    """A transaction that is never committed."""
    with two.runtime.database.transaction(scope) as session:
        yield session
        session.rollback()


def fingerprint(two: TwoTenants, table: str, organisation_id: UUID) -> str:
    with two.database.admin() as connection:
        return connection.scalar(
            text(f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY id), '')) FROM {table} t"
                 " WHERE organisation_id = :id"), {"id": organisation_id}
        )  # fmt: skip


def test_every_table_of_a_tenant_is_protected_also_from_its_owner(two_tenants):
    with two_tenants.database.admin() as connection:
        rows = connection.execute(
            text(
                "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) FROM pg_class c"
                " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('organisation_id', 'slug')"
                " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname"
            )
        ).all()
    protected = {name for name, enabled, forced, _ in rows if enabled and forced}
    assert protected == {*TENANT_TABLES, "organisation", "intervention"}
    assert {owner for *_, owner in rows} == {"outcomes_owner"}


def test_the_application_is_no_superuser_no_owner_and_has_no_way_around(two_tenants):
    with undone(two_tenants, Scope()) as session:
        role = session.execute(
            text(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
                " WHERE rolname = current_user"
            )
        ).one()
        memberships = session.scalar(
            text(
                "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = current_user"
            )
        )
    assert tuple(role) == ("outcomes_app", False, False, False, False)
    assert memberships == 0


def test_the_application_has_the_rights_it_needs_and_no_others(two_tenants):
    with two_tenants.database.admin() as connection:
        rows = connection.execute(
            text(
                "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
                " WHERE grantee IN ('outcomes_app', 'PUBLIC') AND table_schema = 'public'"
            )
        ).all()
    found: dict[str, set[str]] = {}
    for table, right in rows:
        found.setdefault(table, set()).add(right)
    assert found == {**RIGHTS, "organisation": {"SELECT", "INSERT", "UPDATE"}, "alembic_version": {"SELECT"},
                     "attempt": {"SELECT", "INSERT", "DELETE"}}  # fmt: skip


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_one_tenant_sees_none_of_the_others_rows(two_tenants, table):
    a, b = two_tenants.a.tenant.organisation_id, two_tenants.b.tenant.organisation_id
    with undone(two_tenants, Scope(a)) as session:
        owners = set(session.scalars(text(f"SELECT DISTINCT organisation_id FROM {table}")))
    assert owners == {a}, "the builder fill_tenant has to fill every table"
    with undone(two_tenants, Scope()) as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    with undone(two_tenants, Scope(b)) as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) > 0


@pytest.mark.parametrize("scope_of", ["a", "nobody"])
@pytest.mark.parametrize("table", TENANT_TABLES)
def test_one_tenant_changes_none_of_the_others_rows(two_tenants, table, scope_of):
    a, b = two_tenants.a.tenant.organisation_id, two_tenants.b.tenant.organisation_id
    scope = Scope(a) if scope_of == "a" else Scope()
    before = fingerprint(two_tenants, table, b)
    for right, statement in (
        ("UPDATE", f"UPDATE {table} SET organisation_id = organisation_id WHERE organisation_id = :b"),
        ("UPDATE", f"UPDATE {table} SET organisation_id = :a WHERE organisation_id = :b"),
        ("DELETE", f"DELETE FROM {table} WHERE organisation_id = :b"),
    ):
        with undone(two_tenants, scope) as session:
            if right in RIGHTS[table]:
                assert session.execute(text(statement), {"a": a, "b": b}).rowcount == 0
            else:
                with pytest.raises(ProgrammingError, match=NO_RIGHT):
                    session.execute(text(statement), {"a": a, "b": b})
            session.commit()
    assert fingerprint(two_tenants, table, b) == before


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_one_tenant_puts_no_row_among_the_others(two_tenants, table):
    a, b = two_tenants.a.tenant.organisation_id, two_tenants.b.tenant.organisation_id
    with two_tenants.database.admin() as connection:
        row = connection.scalar(
            text(f"SELECT row_to_json(t)::text FROM {table} t WHERE organisation_id = :b LIMIT 1"), {"b": b}
        )
    before = fingerprint(two_tenants, table, b)
    statement = text(
        f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_record(NULL::{table}, CAST(:row AS json))"
    )
    for scope in (Scope(a), Scope()):
        with undone(two_tenants, scope) as session, pytest.raises(ProgrammingError, match=f"{NO_RIGHT}|{ROW_REFUSED}"):
            session.execute(statement, {"row": row})
    assert fingerprint(two_tenants, table, b) == before


@pytest.mark.parametrize("table", [table for table in TENANT_TABLES if "UPDATE" in RIGHTS[table]])
def test_no_row_is_given_away(two_tenants, table):
    a, b = two_tenants.a.tenant.organisation_id, two_tenants.b.tenant.organisation_id
    with undone(two_tenants, Scope(a)) as session, pytest.raises(DBAPIError) as refused:
        session.execute(text(f"UPDATE {table} SET organisation_id = :b"), {"b": b})
    kept_by_trigger = table in KEPT_BY_TRIGGER
    assert isinstance(refused.value, IntegrityError if kept_by_trigger else ProgrammingError)


def test_organisations_see_themselves_and_whoever_asks_by_name_sees_one(two_tenants):
    a = two_tenants.a.tenant.organisation_id
    everyone = text("SELECT slug FROM organisation ORDER BY slug")
    with undone(two_tenants, Scope(a)) as session:
        assert session.scalars(everyone).all() == ["nordby"]
        assert session.execute(text("UPDATE organisation SET name = 'x' WHERE slug = 'sydby'")).rowcount == 0
    with undone(two_tenants, Scope()) as session:
        assert session.scalars(everyone).all() == []
    for slug, seen in (("sydby", ["sydby"]), ("%", []), ("", []), ("nowhere", [])):
        with undone(two_tenants, Scope(slug=slug)) as session:
            assert session.scalars(everyone).all() == seen
            assert session.execute(text("UPDATE organisation SET name = 'x'")).rowcount == 0
    with undone(two_tenants, Scope(a)) as session, pytest.raises(ProgrammingError, match=NO_RIGHT):
        session.execute(text("DELETE FROM organisation"))


def test_nobody_makes_themselves_an_authority(two_tenants):
    """What an organisation is decides what it reads of others."""
    a = two_tenants.a.tenant.organisation_id
    with undone(two_tenants, Scope(a)) as session, pytest.raises(IntegrityError, match="kind can't be changed"):
        session.execute(text("UPDATE organisation SET kind = 'authority'"))
    with undone(two_tenants, Scope(a)) as session:
        assert session.execute(text("UPDATE organisation SET name = name")).rowcount == 1
        assert session.scalar(text("SELECT app_is_authority()")) is False


@pytest.mark.parametrize("change", ["law_bound = false", "minutes_per_month = 0", "interventions = '{x}'"])
def test_what_a_law_demands_is_not_loosened_on_the_way_to_retiring_it(two_tenants, change):
    a = two_tenants.a.tenant.organisation_id
    with undone(two_tenants, Scope(a)) as session:
        session.execute(text("UPDATE process_requirement SET source_kind = 'law', law_bound = true"))
        with pytest.raises(IntegrityError):
            session.execute(text(f"UPDATE process_requirement SET {change}"))


@pytest.mark.parametrize("table", ["personal_link", "sign_in_link", "staff_session"])
def test_whoever_holds_a_token_sees_its_row_and_no_other(two_tenants, table):
    case, runtime = two_tenants.b, two_tenants.runtime
    token = {
        "personal_link": lambda: issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["month-2"]),
        "sign_in_link": lambda: issue_sign_in_link(
            runtime, organisation_slug="sydby", email="worker@example.org", reusable=True
        ),
        "staff_session": lambda: sign_in(
            runtime, issue_sign_in_link(runtime, organisation_slug="sydby", email="worker@example.org")
        ),
    }[table]()
    with undone(two_tenants, Scope(key=token_hash(token))) as session:
        rows = session.execute(text(f"SELECT organisation_id, token_hash FROM {table}")).all()
        assert [tuple(row) for row in rows] == [(case.tenant.organisation_id, token_hash(token))]
        assert session.execute(text(f"UPDATE {table} SET expires_at = now()")).rowcount == 0
        others = {
            other: session.scalar(text(f"SELECT count(*) FROM {other}")) for other in TENANT_TABLES if other != table
        }
        assert not any(others.values())
    with undone(two_tenants, Scope(key=bytes(32))) as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_foreign_keys_name_the_organisation_so_that_none_crosses(two_tenants):
    """Foreign keys are checked past row-level security: only a key that holds the organisation keeps tenants apart."""
    with two_tenants.database.admin() as connection:
        loose = connection.execute(
            text(
                "SELECT conrelid::regclass, conname FROM pg_constraint k WHERE contype = 'f'"
                " AND connamespace = 'public'::regnamespace AND confrelid <> 'organisation'::regclass"
                " AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
                "                 AND a.attname = 'organisation_id')"
            )
        ).all()
    assert loose == []
    a, b = two_tenants.a, two_tenants.b
    with undone(two_tenants, a.tenant.scope) as session, pytest.raises(IntegrityError, match="foreign key"):
        session.execute(
            text("INSERT INTO coordinator (organisation_id, id, citizen_id, user_id, from_date)"
                 " SELECT organisation_id, gen_random_uuid(), :citizen, id, current_date FROM app_user"),
            {"citizen": b.citizen_id},
        )  # fmt: skip


def test_what_a_transaction_may_touch_ends_with_it(two_tenants):
    """A connection goes back to the pool knowing nothing of the organisation it worked for."""
    a = two_tenants.a.tenant.organisation_id
    with two_tenants.runtime.database.transaction(Scope(a, actor="user:x", key=bytes(32), slug="nordby")) as session:
        session.commit()
        left = session.execute(
            text("SELECT current_setting('app.organisation', true), current_setting('app.actor', true),"
                 " current_setting('app.key', true), current_setting('app.slug', true)")
        ).one()  # fmt: skip
        assert not any(left)
        assert session.scalar(text("SELECT count(*) FROM citizen")) == 0


def test_an_owner_who_meets_the_role_already_made_may_act_as_it(each_maker):
    """A second instance on a server has an owner of its own, and the application's role stands there from the first."""
    database = each_maker(template="template0")
    owner = f"second_owner_{uuid4().hex[:8]}"
    with database.admin() as connection:
        connection.execute(text(f"CREATE ROLE {owner} LOGIN CREATEROLE"))
        if connection.dialect.server_version_info >= (16,):  # from here on, making roles doesn't mean granting any role
            connection.execute(text(f"GRANT outcomes_app TO {owner} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"))
        connection.execute(text(f"ALTER DATABASE {database.name} OWNER TO {owner}"))
    url = make_url(database.admin_url).set(username=owner).render_as_string(hide_password=False)
    migrate.upgrade(url)
    application = Database(url)
    application.check()
    with application.transaction(Scope()) as session:
        assert session.execute(text("SELECT session_user, current_user")).one() == (owner, "outcomes_app")
    application.dispose()
