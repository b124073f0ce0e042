"""The record of changes: written by the database, for every table, sealed in a chain, and it names what was tampered with."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from outcomes.errors import InputError
from outcomes.models import Base, Citizen
from outcomes.services.administer import FAULT_NAMES, AuditHead, audit_head, check_audit
from outcomes.services.runtime import Runtime
from outcomes.store.database import Database, Scope
from outcomes.vault import Vault
from tests.conftest import Clock, DatabaseMaker
from tests.integration.builders import add_citizen, add_tenant, fill_tenant

if TYPE_CHECKING:
    from tests.conftest import ServerDatabase

pytestmark = pytest.mark.database

AUDITED = sorted(set(Base.metadata.tables) - {"attempt", "audit_entry", "response_draft"})
WRITERS = 20


@pytest.fixture(scope="module")
def tampered(each_maker: DatabaseMaker, settings):
    """A filled database that this module may tamper with; each test puts back what it changed."""
    database = each_maker()
    application = Database(database.app_url, pool_size=WRITERS)
    runtime = Runtime(settings, application, Vault(settings.data_keys, settings.lookup_key), Clock())
    yield runtime, database, fill_tenant(runtime, "nordby"), fill_tenant(runtime, "sydby")
    application.dispose()


def faults(runtime: Runtime, scope: Scope) -> list[tuple[str, str]]:
    return [(fault.table, fault.what) for fault in check_audit(runtime, scope)]


def content(database: ServerDatabase, table: str) -> list[str]:
    with database.admin() as connection:
        return list(connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")))


def restore(database: ServerDatabase, table: str, rows: list[str]) -> None:
    with database.admin(unwatched=True) as connection:
        connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(
            text(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT r.* FROM unnest(CAST(:rows AS text[])) AS one,"
                 f" jsonb_populate_record(NULL::{table}, one::jsonb) AS r"), {"rows": rows}
        )  # fmt: skip


def test_what_the_product_does_leaves_a_whole_record(two_tenants):
    for case in (two_tenants.a, two_tenants.b):
        assert faults(two_tenants.runtime, case.tenant.scope) == []


@pytest.mark.parametrize("table", sorted(set(AUDITED) - {"organisation"}))  # whose removal its own entries refuse
def test_every_change_to_every_table_is_recorded(two_tenants, table):
    """Insert (by the builder), update and removal, each with who did it; a change undone leaves nothing."""
    runtime, tenant = two_tenants.runtime, two_tenants.a.tenant
    recorded = text("SELECT operation, actor FROM audit_entry WHERE table_name = :table ORDER BY position")
    with runtime.database.transaction(tenant.scope) as session:
        before = session.execute(recorded, {"table": table}).all()
    assert "INSERT" in {operation for operation, _ in before}, "the builder fill_tenant has to fill every table"
    with two_tenants.database.connect(two_tenants.database.admin_url) as connection:
        # As superuser with foreign keys off and the audit on, since nothing in the product may remove a response.
        connection.execute(text("SELECT set_config('app.actor', 'user:test', true)"))
        row = connection.scalar(text(f"SELECT id FROM {table} WHERE created_at IS NOT NULL LIMIT 1"))
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER audit"))
        connection.execute(text(f"UPDATE {table} SET created_at = created_at WHERE id = :id"), {"id": row})
        connection.execute(text(f"DELETE FROM {table} WHERE id = :id"), {"id": row})
        after = connection.execute(
            text("SELECT operation, actor FROM audit_entry WHERE table_name = :table AND row_id = :id"
                 " ORDER BY position DESC LIMIT 2"), {"table": table, "id": row}
        ).all()  # fmt: skip
        connection.rollback()
    assert [tuple(entry) for entry in after] == [("DELETE", "user:test"), ("UPDATE", "user:test")]
    with runtime.database.transaction(tenant.scope) as session:
        assert session.execute(recorded, {"table": table}).all() == before


def test_the_record_says_who_and_never_what(runtime, tenant_of):
    tenant = tenant_of(runtime)
    add_citizen(runtime, tenant, name="Karen Prøvesen", cpr="0101901234")
    with runtime.database.transaction(Scope(tenant.organisation_id, actor="user:someone")) as session:
        session.execute(text("UPDATE citizen SET birth_year = 1990"))
        session.commit()
    with runtime.database.transaction(tenant.scope) as session:
        entries = session.execute(
            text("SELECT actor, operation, columns, to_jsonb(a)::text FROM audit_entry a WHERE table_name = 'citizen'"
                 " ORDER BY position")
        ).all()  # fmt: skip
    assert [(entry[0], entry[1]) for entry in entries] == [("command:test", "INSERT"), ("user:someone", "UPDATE")]
    assert "birth_year" in entries[1][2]
    assert not re.search(r"\b1990\b", entries[1][3])  # a hash of hexadecimal digits may hold these four by chance


def test_who_changes_something_past_the_program_is_recorded_by_role(runtime, database, tenant_of):
    tenant = tenant_of(runtime)
    add_citizen(runtime, tenant)
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen SET birth_year = 1990"))
        actor = connection.execute(
            text("SELECT actor, database_user FROM audit_entry ORDER BY position DESC LIMIT 1")
        ).one()
    assert tuple(actor) == ("database:postgres", "postgres")
    assert faults(runtime, tenant.scope) == []


def test_who_is_signed_in_to_the_database_is_recorded_beside_who_acts(runtime, database, tenant_of):
    """The program, or whoever has its password, says who acts; it can't say who it is signed in as."""
    tenant = tenant_of(runtime)
    add_citizen(runtime, tenant, name=None)
    with database.connect(database.owner_url) as connection:
        connection.execute(
            text("SELECT set_config('app.organisation', :own, true), set_config('app.actor', 'user:anne', true)"),
            {"own": str(tenant.organisation_id)},
        )
        connection.execute(text("UPDATE citizen SET locale = 'en'"))
    with runtime.database.transaction(tenant.scope) as session:
        entries = session.execute(
            text("SELECT actor, database_user FROM audit_entry WHERE table_name = 'citizen' ORDER BY position")
        ).all()
    assert [tuple(entry) for entry in entries] == [("command:test", "outcomes_app"), ("user:anne", "outcomes_owner")]


@pytest.mark.parametrize("table", AUDITED)
def test_a_row_changed_past_the_triggers_is_named(tampered, table):
    runtime, database, case, other = tampered
    rows = content(database, table)
    own = "id" if table == "organisation" else "organisation_id"
    with database.admin(unwatched=True) as connection:
        row_id = connection.scalar(
            text(f"UPDATE {table} SET created_at = created_at + interval '1 second' WHERE id ="
                 f" (SELECT id FROM {table} WHERE {own} = :own LIMIT 1) RETURNING id"), {"own": case.tenant.organisation_id}
        )  # fmt: skip
    found = check_audit(runtime, case.tenant.scope)
    assert [(fault.table, fault.row_id, fault.what) for fault in found] == [(table, row_id, "row changed unrecorded")]
    assert faults(runtime, other.tenant.scope) == []
    restore(database, table, rows)
    assert faults(runtime, case.tenant.scope) == []


def test_rows_removed_and_added_past_the_triggers_are_named(tampered):
    runtime, database, case, _ = tampered
    rows = content(database, "goal_rating")
    with database.admin(unwatched=True) as connection:
        connection.execute(
            text("DELETE FROM goal_rating WHERE organisation_id = :own"), {"own": case.tenant.organisation_id}
        )
    assert faults(runtime, case.tenant.scope) == [("goal_rating", "row removed unrecorded")]
    restore(database, "goal_rating", rows)
    with database.admin(unwatched=True) as connection:
        connection.execute(
            text("INSERT INTO citizen (organisation_id, id, number) VALUES (:own, gen_random_uuid(), 77)"),
            {"own": case.tenant.organisation_id},
        )
    assert faults(runtime, case.tenant.scope) == [("citizen", "row never recorded")]
    with database.admin(unwatched=True) as connection:
        connection.execute(text("DELETE FROM citizen WHERE number = 77"))
    assert faults(runtime, case.tenant.scope) == []


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        ("DELETE FROM audit_entry WHERE organisation_id = :own AND position = 5", "entry missing before"),
        ("UPDATE audit_entry SET actor = 'user:other' WHERE organisation_id = :own AND position = 5", "entry changed"),
        ("UPDATE audit_entry SET database_user = 'x' WHERE organisation_id = :own AND position = 5", "entry changed"),
        ("UPDATE audit_entry SET at = at - interval '1 day' WHERE organisation_id = :own AND position = 5",
         "entry changed"),
        ("UPDATE audit_entry SET columns = '{id}' WHERE organisation_id = :own AND position = 5", "entry changed"),
    ],
)  # fmt: skip
def test_the_record_itself_cannot_be_edited_unseen(tampered, tamper, what):
    runtime, database, case, _ = tampered
    rows = content(database, "audit_entry")
    with database.admin(unwatched=True) as connection:
        connection.execute(text(tamper), {"own": case.tenant.organisation_id})
    assert what in {fault for _, fault in faults(runtime, case.tenant.scope)}
    restore(database, "audit_entry", rows)
    assert faults(runtime, case.tenant.scope) == []


def test_an_entry_rewritten_with_a_fresh_seal_breaks_the_next_one(tampered):
    """Whoever knows how an entry is sealed still has to rewrite every later one."""
    runtime, database, case, _ = tampered
    rows = content(database, "audit_entry")
    with database.admin(unwatched=True) as connection:
        connection.execute(text("SET timezone = 'UTC'"))
        connection.execute(
            text("UPDATE audit_entry SET actor = 'x', entry_hash = audit_entry_seal(previous_hash, position, at, 'x',"
                 " database_user, table_name, row_id, operation, columns, row_hash)"
                 " WHERE organisation_id = :own AND position = 5"),
            {"own": case.tenant.organisation_id},
        )  # fmt: skip
        following = connection.execute(
            text("SELECT table_name, row_id FROM audit_entry WHERE organisation_id = :own AND position = 6"),
            {"own": case.tenant.organisation_id},
        ).one()
    found = check_audit(runtime, case.tenant.scope)
    assert [(fault.table, fault.row_id, fault.what) for fault in found] == [(*following, "entry changed")]
    restore(database, "audit_entry", rows)
    assert faults(runtime, case.tenant.scope) == []


def test_a_tail_cut_off_with_its_rows_is_seen_by_whoever_kept_a_seal(tampered):
    """The chain alone can't tell: what was cut off is gone together with what it was about."""
    runtime, database, case, other = tampered
    scope = case.tenant.scope
    tables = ("audit_entry", "citizen")
    before = {table: content(database, table) for table in tables}
    early = audit_head(runtime, scope)
    add_citizen(runtime, case.tenant, name=None)
    head = audit_head(runtime, scope)
    assert head.position == early.position + 1
    for seal in (None, early.hash_hex, head.hash_hex, f" {head.hash_hex.upper()}\n"):
        assert check_audit(runtime, scope, expect=seal) == ()
    for table in tables:
        restore(database, table, before[table])
    assert audit_head(runtime, scope) == early
    assert check_audit(runtime, scope) == check_audit(runtime, scope, expect=early.hash_hex) == ()
    (fault,) = check_audit(runtime, scope, expect=head.hash_hex)
    assert (fault.table, fault.row_id, fault.what) == ("audit_entry", scope.organisation_id, "expected entry missing")
    assert check_audit(runtime, other.tenant.scope, expect=early.hash_hex), "another organisation's seal is not ours"


@pytest.mark.parametrize("written", ["", "not hexadecimal", "ab12"])
def test_what_is_no_seal_is_refused_with_a_sentence(two_tenants, written):
    with pytest.raises(InputError, match="no seal of the record of changes"):
        check_audit(two_tenants.runtime, two_tenants.a.tenant.scope, expect=written)


def test_an_organisation_that_nothing_happened_in_has_no_head(runtime):
    assert audit_head(runtime, Scope(uuid4())) == AuditHead(0, "")


def test_every_fault_that_the_database_names_has_words(two_tenants):
    with two_tenants.database.admin() as connection:
        source = connection.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'audit_faults'"))
    named = set(re.findall(r"(?:THEN|ELSE) '([a-z]+ [a-z ]+)'", source))
    assert len(named) == 6
    assert set(FAULT_NAMES) == named | {"expected entry missing"}


def test_the_application_writes_no_entry_of_its_own(two_tenants):
    scope = two_tenants.a.tenant.scope
    statements = (
        "INSERT INTO audit_entry (organisation_id, position, at, actor, table_name, row_id, operation, columns, row_hash,"
        " previous_hash, entry_hash) SELECT organisation_id, 99999, at, actor, table_name, row_id, operation, columns,"
        " row_hash, previous_hash, entry_hash FROM audit_entry LIMIT 1",
        "ALTER TABLE citizen DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TRIGGER audit ON citizen",
        "CREATE TABLE elsewhere (x int)",
    )
    for statement in statements:
        with (
            two_tenants.runtime.database.transaction(scope) as session,
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        ):
            session.execute(text(statement))


def test_twenty_writers_at_once_leave_one_chain(tampered):
    runtime, _, case, _ = tampered
    organisation_id = case.tenant.organisation_id

    def write(number: int) -> None:
        for turn in range(5):
            with runtime.database.transaction(Scope(organisation_id, actor=f"user:{number}")) as session:
                session.add(Citizen(organisation_id=organisation_id, number=1000 + 10 * number + turn))
                session.flush()
                if turn == 4:
                    session.rollback()
                else:
                    session.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with runtime.database.transaction(case.tenant.scope) as session:
        count, highest = session.execute(text("SELECT count(*), max(position) FROM audit_entry")).one()
        written = session.scalar(text("SELECT count(*) FROM audit_entry WHERE actor ~ '^user:[0-9]+$'"))
    assert written == WRITERS * 4
    assert count == highest
    assert faults(runtime, case.tenant.scope) == []


@pytest.fixture
def tenant_of():
    return add_tenant
