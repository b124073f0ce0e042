"""A PostgreSQL of our own: shared by whoever needs it, for its owner only, and stopped by the last to leave."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from outcomes.errors import UnavailableError
from outcomes.services.check_health import is_ready
from outcomes.services.open_database import hold_database, migrate_database, open_runtime
from outcomes.store.database import Scope
from outcomes.store.embedded import AS_NOBODY, IN_NAMESPACE, EmbeddedPostgres, choose_runner, find_binaries
from tests.integration.builders import add_citizen, add_tenant

pytestmark = pytest.mark.database

RUNNERS = {"self": ()} if os.geteuid() else {"namespace": IN_NAMESPACE, "nobody": AS_NOBODY}
if choose_runner() == AS_NOBODY:
    RUNNERS.pop("namespace")  # this machine refuses user namespaces, and nobody is what is left
HOLD = """
import sys
from pathlib import Path
from outcomes.store.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("embedded") / "postgresql"


@pytest.fixture(scope="module")
def server(folder):
    """A server that this module starts and stops as it likes."""
    return EmbeddedPostgres(folder)


@pytest.fixture
def holder(folder):
    """Another process that uses the same server."""
    started = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline().strip() == "held"
        started.append(process)
        return process

    yield start
    for process in started:
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


def test_the_last_of_several_processes_stops_it(server, holder):
    other = holder()
    assert server.running()
    with server:
        other.communicate("\n", timeout=30)
        assert server.running(), "somebody still holds it"
        with EmbeddedPostgres(server.directory) as again:
            assert again.running()
        assert server.running()
    assert not server.running()
    server.release()  # and again, and nothing happens


def test_a_process_that_was_killed_holds_nothing(server, holder):
    other = holder()
    other.send_signal(signal.SIGKILL)
    other.wait(10)
    assert server.running(), "nobody was there to stop it"
    with server:
        assert server.running()
    assert not server.running()


def test_a_server_that_was_killed_comes_back_with_everything_it_acknowledged(server):
    with server:
        server.create_database("kept")
        with psycopg.connect(server._conninfo("postgres", "kept"), autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        first_line = (server.data / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(first_line), signal.SIGKILL)
        for _ in range(100):
            if not server.running():
                break
        with (
            EmbeddedPostgres(server.directory) as again,
            psycopg.connect(again._conninfo("postgres", "kept")) as connection,
        ):
            assert connection.execute("SELECT count(*) FROM kept").fetchone()[0] >= 1


def test_only_its_owner_enters_its_folders_and_nobody_reaches_it_over_the_network(server):
    with server:
        for folder in (server.data, server.socket):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with psycopg.connect(server._conninfo("postgres", "postgres")) as connection:
            answers = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert answers["listen_addresses"] == ""
    assert {answers[name] for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")} == {"on"}
    assert answers["log_statement"] == "none"
    assert answers["log_parameter_max_length_on_error"] == "0"


def test_roles_are_weak_and_databases_are_for_those_who_need_them(server):
    with server:
        server.create_database("roles")
        server.create_database("roles")  # again, and nothing happens
        with psycopg.connect(server._conninfo("postgres", "roles")) as connection:
            strong = connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolname LIKE 'outcomes%'"
                " AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls)"
            ).fetchall()
            connect = connection.execute(
                "SELECT has_database_privilege('outcomes_app', 'roles', 'CONNECT'),"
                " has_database_privilege('outcomes_app', 'roles', 'TEMPORARY'),"
                " has_database_privilege('public', 'roles', 'CONNECT')"
            ).fetchone()
        server.drop_database("roles")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server._conninfo("outcomes_app", "roles"))
    assert strong == []
    assert connect == (True, False, False)


@pytest.mark.parametrize("name", RUNNERS)
def test_every_way_of_not_running_as_root(tmp_path, name):
    known = Path("/var/lib/outcomes").exists()
    server = EmbeddedPostgres(tmp_path / "pg", runner=RUNNERS[name])
    modes = {parent: stat.S_IMODE(parent.stat().st_mode) for parent in tmp_path.parents}
    try:
        with server:
            server.create_database("x")
            with psycopg.connect(server._conninfo("outcomes_app", "x")) as connection:
                assert connection.execute("SELECT current_user").fetchone() == ("outcomes_app",)
            first_line = (server.data / "postmaster.pid").read_text().splitlines()[0]
            assert first_line.isdecimal()
            assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
        with server:
            assert server.running(), "and it starts again"
        assert {parent: stat.S_IMODE(parent.stat().st_mode) for parent in tmp_path.parents} == modes
    finally:
        if name == "nobody":
            shutil.rmtree(server.home, ignore_errors=True)
            if not known and not any(Path("/var/lib/outcomes").iterdir()):
                Path("/var/lib/outcomes").rmdir()


def test_a_server_that_cannot_start_says_why_and_where_its_log_is(tmp_path, server):
    broken = EmbeddedPostgres(tmp_path / "pg")
    with server:
        shutil.copytree(server.home, broken.home, ignore=lambda *_: ["postmaster.pid", "socket", "pginstall"])
    (broken.data / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(UnavailableError, match=r"pg_ctl failed: .*log is .*postgresql\.log"):
        broken.acquire()


def test_a_server_that_was_left_half_made_is_made_again(tmp_path, monkeypatch):
    server = EmbeddedPostgres(tmp_path / "pg")

    def crash(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(server, "_start", crash)
        with pytest.raises(KeyboardInterrupt):
            server.acquire()
    assert (server.data / "PG_VERSION").exists(), "it looks whole"
    with server, psycopg.connect(server._conninfo("outcomes_app", "postgres")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("outcomes_app",)


def test_a_server_that_died_while_it_is_held_is_revived(server):
    with server:
        assert not server.revive(), "it runs"
        server._control("stop", "-m", "immediate", "-w")
        assert not server.running()
        assert server.revive()
        assert server.running()


@pytest.mark.parametrize("trap", ["open to all", "a link", "a file"])
def test_a_socket_folder_that_somebody_else_laid_out_is_refused(tmp_path, trap):
    """A long path puts the socket in /tmp, where anybody can be first."""
    server = EmbeddedPostgres(tmp_path / ("x" * 90) / "postgresql", runner=())
    socket = server.socket
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o700)
    match trap:
        case "open to all":
            socket.mkdir()
            socket.chmod(0o777)
        case "a link":
            socket.symlink_to(mine)
        case "a file":
            socket.touch(mode=0o600)
    try:
        with pytest.raises(UnavailableError, match="open to others or not ours"):
            server._own_folder(socket)
    finally:
        if socket.is_dir() and not socket.is_symlink():
            socket.rmdir()
        else:
            socket.unlink()


def test_binaries_are_looked_for_where_the_setting_says_first(tmp_path):
    for name in ("initdb", "postgres"):
        (tmp_path / name).touch()
    assert find_binaries(tmp_path) == tmp_path
    assert find_binaries(tmp_path / "nothing") == find_binaries()


def test_without_any_postgresql_the_error_says_what_to_set(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("outcomes.store.embedded.Path", lambda *_: tmp_path)
    with pytest.raises(UnavailableError, match=r"DATABASE_URL.*PG_BIN"):
        find_binaries()


def test_a_long_path_gets_a_short_socket(tmp_path):
    server = EmbeddedPostgres(tmp_path / ("x" * 90) / "postgresql", runner=())
    assert len(str(server.socket)) < 90
    assert server.socket != server.home / "socket"


def test_the_settings_folder_holds_the_database_and_a_command_opens_it(settings, server, folder):
    """As ``outcomes`` itself does it: refused before the schema is there, open after."""
    own = settings.model_copy(update={"home": folder.parent})
    with pytest.raises(UnavailableError, match="Run: outcomes migrate"), open_runtime(own):
        pytest.fail("there is no schema yet")
    with hold_database(own) as address:
        migrate_database(address)
    with open_runtime(own) as runtime:
        assert is_ready(runtime)
        tenant = add_tenant(runtime)
    assert not server.running()
    with open_runtime(own) as runtime, runtime.database.transaction(tenant.scope) as session:
        assert session.scalar(text("SELECT slug FROM organisation")) == "nordby"


def test_an_external_database_of_ordinary_users_is_as_safe(settings, server):
    """One user owns the tables and migrates, which makes the weak role; another signs in and acts as that."""
    with server:
        with psycopg.connect(server._conninfo("postgres", "postgres"), autocommit=True) as connection:
            for statement in (
                "ALTER ROLE outcomes_app RENAME TO app_of_the_embedded",
                "CREATE ROLE someone LOGIN CREATEROLE",
                "CREATE ROLE web LOGIN",
                "CREATE DATABASE external OWNER someone",
            ):
                connection.execute(statement)
        web, owner = (f"postgresql://{user}@/external?host={server.socket}" for user in ("web", "someone"))
        own = _with(settings, DATABASE_URL=web, DATABASE_OWNER_URL=owner)
        with hold_database(own) as address:
            migrate_database(address)
        with pytest.raises(UnavailableError, match="GRANT outcomes_app TO web"), open_runtime(own):
            pytest.fail("nobody has given the right yet")
        with psycopg.connect(server._conninfo("someone", "external")) as connection:
            connection.execute("GRANT outcomes_app TO web")
        with open_runtime(own) as runtime:
            tenant = add_tenant(runtime)
            add_citizen(runtime, tenant)
            with runtime.database.transaction(Scope()) as session:
                assert session.scalar(text("SELECT current_user::text")) == "outcomes_app"
                assert session.scalar(text("SELECT count(*) FROM citizen")) == 0
            with runtime.database.transaction(tenant.scope) as session:
                assert session.scalar(text("SELECT count(*) FROM citizen")) == 1
        admin = f"postgresql://postgres@/external?host={server.socket}"
        for mighty in (owner, admin):
            with (
                pytest.raises(UnavailableError, match="superuser or as the owner"),
                open_runtime(_with(settings, DATABASE_URL=mighty, DATABASE_OWNER_URL=owner)),
            ):
                pytest.fail("whoever owns the tables could look past row-level security")


def _with(settings, **changes):
    given = {field.alias: getattr(settings, name) for name, field in type(settings).model_fields.items()}
    return type(settings).model_validate({**given, **changes})
