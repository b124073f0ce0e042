"""The schema: up from nothing, down, up again, filled too; and the models say what the database has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from outcomes.models import Base, Citizen
from outcomes.services.administer import check_audit
from outcomes.services.open_database import DatabaseAddress, migrate_database
from outcomes.store import migrate
from tests.integration.builders import fill_tenant

if TYPE_CHECKING:
    from tests.conftest import DatabaseMaker, ServerDatabase

pytestmark = pytest.mark.database

HEAD = "0007"
"""The newest migration. Whoever adds one changes this line, so that two at once don't pass unseen."""

MADE_ANEW = ("score_aggregate", "aggregate_export", "stored_result", "audit_entry")
"""Tables that a step down may empty or add to: sums and results are made anew from the rows, a version that can't send sums
has no log of them, and the record says that they went."""

CITIZENS_SIDE = (
    "access_share", "attempt", "citizen_session", "correction", "instrument_audio", "keyed_sheet", "login_code", "message",
    "relation", "risk_protocol", "signal",
)  # fmt: skip
"""Tables that the version before the citizen's side has no place for; the record says that they went."""

STEERING = (
    "batch_item", "contract_payment", "learning_meeting", "learning_point", "outcome_contract", "outcome_target",
    "price_set", "process_requirement", "provider_fact", "provider_record", "release", "release_ledger", "report_batch",
    "requirement_event", "specialisation", "subscription", "supervision_look", "supervision_signal", "theme_set",
    "value_case",
)  # fmt: skip
"""Tables of what is steered by: the version before has no place for them either."""

NEW_COLUMNS = {
    "response": ["non_answers", "relation_id", "helper_kind", "entered_by", "entry_seconds"],
    "episode": ["target_group_id"],
    "citizen": ["locale"],
}
"""What a table has got since the first version, and loses in a step down; a language that nobody chose becomes Danish."""


@pytest.fixture
def blank(each_maker: DatabaseMaker) -> ServerDatabase:
    """A database without any schema."""
    return each_maker(template="template0")


def relations(database: ServerDatabase) -> dict[str, list[str]]:
    """Everything of ours in the database, by kind."""
    queries = {
        "tables": "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "triggers": "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal",
        "policies": "SELECT tablename || '.' || policyname FROM pg_policies WHERE schemaname = 'public'",
        "rights": "SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'outcomes_app'",
    }
    with database.admin() as connection:
        return {kind: sorted(connection.scalars(text(query))) for kind, query in queries.items()}


def contents(database: ServerDatabase) -> dict[str, tuple[int, str]]:
    """Count and hash of every table's rows."""
    with database.admin() as connection:
        return {
            table: tuple(
                connection.execute(
                    text(
                        "SELECT count(*), md5(coalesce(string_agg((to_jsonb(t) - CAST(:new AS text[]))::text, '|'"
                        f" ORDER BY id), '')) FROM {table} t"
                    ),
                    {"new": NEW_COLUMNS.get(table, [])},
                ).one()
            )
            for table in Base.metadata.tables
        }


def test_the_head_is_pinned_and_every_migration_follows_one_other():
    assert migrate.head_revision() == HEAD
    config = Config()
    config.set_main_option("script_location", str(migrate.script_directory()))
    assert (
        ScriptDirectory.from_config(config).get_current_head() == HEAD
    )  # read out of the files, and as Alembic has it
    scripts = sorted((migrate.script_directory() / "versions").glob("[0-9]*.py"))
    assert len(scripts) == int(HEAD)


def test_up_down_and_up_again(blank):
    assert migrate.current_revision(blank.owner_url) is None
    migrate.upgrade(blank.owner_url)
    assert migrate.current_revision(blank.owner_url) == HEAD
    first = relations(blank)
    migrate.downgrade(blank.owner_url, "base")
    assert migrate.current_revision(blank.owner_url) is None
    assert relations(blank) == {
        "tables": ["alembic_version", "alembic_version_pkc"],
        "functions": [], "triggers": [], "policies": [], "rights": [],
    }  # fmt: skip
    migrate.upgrade(blank.owner_url)
    assert relations(blank) == first


def test_the_models_and_the_database_say_the_same(two_tenants):
    with two_tenants.database.connect(two_tenants.database.owner_url) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_object": _is_ours}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def _is_ours(_thing, name, kind, *_):
    return (kind, name) != ("table", "alembic_version")


def test_upgrading_what_is_up_to_date_changes_nothing(two_tenants):
    before = contents(two_tenants.database)
    migrate_database(DatabaseAddress(two_tenants.database.app_url, two_tenants.database.owner_url))
    assert contents(two_tenants.database) == before
    assert all(count > 0 for count, _ in before.values())


def test_a_filled_database_goes_down_and_up(each_maker, open_runtime_on):
    """The first version's step down removes every table: what is left is an empty schema that fills again, and audits."""
    database = each_maker()
    runtime = open_runtime_on(database)
    case = fill_tenant(runtime, "nordby")
    with runtime.database.transaction(case.tenant.scope) as session:
        session.get_one(Citizen, (case.tenant.organisation_id, case.citizen_id)).locale = None
        session.add(Citizen(organisation_id=case.tenant.organisation_id, number=900, locale="so"))
        session.commit()
    for revision in reversed(_revisions()):
        before = contents(database)
        migrate.downgrade(database.owner_url, revision)
        migrate.upgrade(database.owner_url)
        if revision != "base":
            after = contents(database)
            assert {**after, **{table: before[table] for table in (*MADE_ANEW, *CITIZENS_SIDE, *STEERING)}} == before
            assert after["audit_entry"][0] >= before["audit_entry"][0]
            assert check_audit(runtime, case.tenant.scope) == ()
        if revision == "0006":
            assert chosen_languages(database) == ["da", "so"], "the version before knows nobody without a language"
    assert migrate.current_revision(database.owner_url) == HEAD
    runtime = open_runtime_on(database)
    again = fill_tenant(runtime, "nordby")
    assert again.citizen_id != case.citizen_id
    assert check_audit(runtime, again.tenant.scope) == ()


def chosen_languages(database: ServerDatabase) -> list[str]:
    """The languages of the citizens."""
    with database.admin() as connection:
        return list(connection.scalars(text("SELECT locale FROM citizen ORDER BY number")))


def _revisions() -> list[str]:
    """Every version before the newest, oldest first."""
    return ["base", *(f"{number:04d}" for number in range(1, int(HEAD)))]


def test_a_migration_that_fails_leaves_the_database_as_it_was(blank, monkeypatch, tmp_path):
    migrations = migrate.script_directory()
    for name in ("env.py", "versions", "sql"):
        (tmp_path / name).symlink_to(migrations / name)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "9999_broken.py").write_text(
        f"from alembic import op\nrevision, down_revision = '9999', '{HEAD}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (x int)')\n    op.execute('SELECT 1 / 0')\n",
        "utf-8",
    )
    migrate.upgrade(blank.owner_url)
    before = relations(blank)
    plain = migrate._configuration
    monkeypatch.setattr(migrate, "_configuration", lambda connection: _with_folder(plain(connection), broken))
    with pytest.raises(Exception, match="division by zero"):
        migrate.upgrade(blank.owner_url)
    assert relations(blank) == before
    assert migrate.current_revision(blank.owner_url) == HEAD


def _with_folder(config, folder):
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", f"{migrate.script_directory() / 'versions'}:{folder}")
    return config


def test_two_migrations_at_once_wait_for_each_other(blank):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate.upgrade, [blank.owner_url] * 2))
    assert migrate.current_revision(blank.owner_url) == HEAD
