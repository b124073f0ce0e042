"""What the tests stand on: a real PostgreSQL of their own, a runtime on it, and a clock that can be set.

One server for the whole run, however many processes it has. A migrated database is made once as a template; each process
has a copy that is emptied before each test, and a test that breaks its database on purpose asks for one of its own.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import hypothesis
import pytest
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from outcomes.language import DEFAULT_LOCALE, use_locale
from outcomes.services.runtime import Runtime
from outcomes.settings import Settings
from outcomes.store import migrate
from outcomes.store.database import Database
from outcomes.store.embedded import EmbeddedPostgres
from outcomes.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

# Time is kept in benchmarks/: a busy machine makes no test wrong.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

MIGRATED = "migrated"
COLLECT_AFTER = (50_000, 20, 50)
"""Objects that are new before the collector looks: memory is there, and thousands of tests wait."""
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DATA_KEY = bytes(range(32))
LOOKUP_KEY = bytes(range(32, 64))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-language", action="store_true", help="each of the citizen's pages in every language, in the browser"
    )


def pytest_configure() -> None:
    """What thousands of tests stand on stays to the end: the collector needn't go through it while it is made ..."""
    gc.disable()


def pytest_collection_finish() -> None:
    """... nor again and again from then on."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


class Clock:
    """The time, where the test says it is."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def travel(self, **span: float) -> None:
        """Move by a ``timedelta`` (``days=3``)."""
        self.at += timedelta(**span)

    def go_to(self, year: int, month: int, day: int, hour: int = 12) -> None:
        """Move to an hour (UTC) of a day."""
        self.at = datetime(year, month, day, hour, tzinfo=UTC)


EMPTY = """DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    FOR name IN SELECT oid::regclass::text FROM pg_class
        WHERE relkind = 'r' AND relname <> 'alembic_version'
            AND relnamespace IN ('public'::regnamespace, 'queue'::regnamespace) AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled;
        IF filled THEN
            EXECUTE 'DELETE FROM ' || name;
        END IF;
    END LOOP;
    PERFORM setval(oid::regclass, 1, false) FROM pg_class
        WHERE relkind = 'S' AND relnamespace IN ('public'::regnamespace, 'queue'::regnamespace);
END $$"""


@cache
def way_in(url: str) -> Engine:
    """A way into a database, which asks what server it is only once and keeps no connection."""
    return create_engine(url, poolclass=NullPool)


@dataclass(frozen=True)
class ServerDatabase:
    """One database on the tests' server, and ways in past the application."""

    server: EmbeddedPostgres
    name: str

    @property
    def app_url(self) -> str:
        return self.server.app_url(self.name)

    @property
    def owner_url(self) -> str:
        return self.server.owner_url(self.name)

    @property
    def admin_url(self) -> str:
        return self.server.admin_url(self.name)

    @contextmanager
    def connect(self, url: str) -> Iterator[Connection]:
        """A connection in one transaction, committed at the end."""
        with way_in(url).begin() as connection:
            yield connection

    @contextmanager
    def admin(self, *, unwatched: bool = False) -> Iterator[Connection]:
        """As superuser; ``unwatched`` with every trigger and foreign key switched off."""
        with self.connect(self.admin_url) as connection:
            if unwatched:
                connection.execute(text("SET session_replication_role = replica"))
            yield connection


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every process of this run shares."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def hold_server(folder: Path, pg_bin: Path | None = None) -> Iterator[EmbeddedPostgres]:
    """A server below ``folder``; the last process of the run to let go stops it and takes its folder away."""
    server = EmbeddedPostgres(folder / "postgresql", pg_bin)
    holder = folder / f"held-by-{os.getpid()}"
    with file_lock(folder / "server.lock"):
        server.acquire()
        holder.touch()
    yield server
    with file_lock(folder / "server.lock"):
        holder.unlink()
        last = not any(folder.glob("held-by-*"))
        if last:  # what is thrown away needs no orderly end
            server._control("stop", "-m", "immediate", "-w")
        server.release()
        if last:
            shutil.rmtree(server.home, ignore_errors=True)
            (folder / "template.done").unlink(missing_ok=True)


class DatabaseMaker:
    """Makes databases on one server: copies of a migrated one, which the first process to ask migrates."""

    def __init__(self, server: EmbeddedPostgres, folder: Path, worker: str) -> None:
        self.server, self.folder, self.worker = server, folder, worker
        self.made = 0

    def __call__(self, template: str | None = None) -> ServerDatabase:
        """A new database: a copy of the migrated one, or of ``template`` (``template0``: an empty one)."""
        self.made += 1
        name = f"{self.worker}_{self.made}"
        with file_lock(self.folder / "template.lock"):
            self._migrate_once()
            self.server.create_database(name, template=template or MIGRATED)
        return ServerDatabase(self.server, name)

    def _migrate_once(self) -> None:
        done = self.folder / "template.done"
        if not done.exists():
            self.server.create_database(MIGRATED)
            migrate.upgrade(self.server.owner_url(MIGRATED))
            done.touch()


@contextmanager
def hold_maker(folder: Path, pg_bin: Path | None = None) -> Iterator[DatabaseMaker]:
    """A maker of databases on a server below ``folder``."""
    folder.mkdir(exist_ok=True)
    with hold_server(folder, pg_bin) as server:
        yield DatabaseMaker(server, folder, os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="session")
def make_database(run_folder: Path) -> Iterator[DatabaseMaker]:
    """Makes a database of its own for whoever asks, on the tests' server."""
    with hold_maker(run_folder / "server") as maker:
        yield maker


@pytest.fixture(scope="session")
def process_database(make_database: DatabaseMaker) -> Iterator[tuple[ServerDatabase, Database]]:
    """The database that this process's tests take turns with, and the application's way into it."""
    server_database = make_database()
    application = Database(server_database.app_url, pool_size=10)
    yield server_database, application
    application.dispose()


@pytest.fixture(scope="session")
def empty_database(process_database: tuple[ServerDatabase, Database]) -> Iterator[Callable[[], None]]:
    """Removes every row, past the triggers that refuse it; only where there are any, which is many times quicker."""
    engine = create_engine(process_database[0].admin_url, pool_size=1, pool_pre_ping=True)

    def empty() -> None:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(EMPTY))

    yield empty
    engine.dispose()


@pytest.fixture
def database(process_database: tuple[ServerDatabase, Database], empty_database: Callable[[], None]) -> ServerDatabase:
    """An empty, migrated database."""
    empty_database()
    return process_database[0]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with keys that are known, for tests only."""
    return Settings.model_validate(
        {
            "OUTCOMES_HOME": tmp_path_factory.mktemp("home"),
            "SECRET_KEY": "a-key-for-tests-that-nobody-else-uses-0123456789",
            "DATA_KEYS": {"test": DATA_KEY},
            "LOOKUP_KEY": LOOKUP_KEY,
        }
    )


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A command that a test runs in this process leaves its language to no other test."""
    with use_locale(DEFAULT_LOCALE):
        yield


@pytest.fixture
def clock() -> Clock:
    """The time in the test: a Monday morning in March 2026, until it is moved."""
    return Clock()


@pytest.fixture
def runtime(
    database: ServerDatabase, process_database: tuple[ServerDatabase, Database], settings: Settings, clock: Clock
) -> Runtime:
    """The instance at work on an empty database."""
    return Runtime(settings, process_database[1], Vault(settings.data_keys, settings.lookup_key), clock)


@pytest.fixture
def open_runtime_on(settings: Settings, clock: Clock) -> Iterator[Callable[..., Runtime]]:
    """Makes a runtime on another database; its connections are closed after the test."""
    with ExitStack() as stack:

        def make(server_database: ServerDatabase, *, pool_size: int = 5) -> Runtime:
            application = Database(server_database.app_url, pool_size=pool_size)
            stack.callback(application.dispose)
            return Runtime(settings, application, Vault(settings.data_keys, settings.lookup_key), clock)

        yield make


@pytest.fixture(scope="session")
def templates(run_folder: Path) -> FileSystemBytecodeCache:
    """Each template is compiled once in a run, however many processes and applications it has."""
    folder = run_folder / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture
def own_app(runtime: Runtime, templates: FileSystemBytecodeCache) -> Flask:
    """The web application on an empty database, for a test that changes it."""
    from outcomes import create_app  # noqa: PLC0415 - tests without the web shouldn't need it

    app = create_app(runtime)
    app.jinja_env.bytecode_cache = templates
    return app


@pytest.fixture(scope="session")
def process_apps() -> list[Flask]:
    """The one application that this process's tests take turns with, once the first has made it."""
    return []


@pytest.fixture
def app(runtime: Runtime, process_apps: list[Flask], templates: FileSystemBytecodeCache) -> Flask:
    """The web application on an empty database. Made once: its addresses take longer to compile than most tests run."""
    from outcomes import create_app  # noqa: PLC0415

    if not process_apps:
        process_apps.append(create_app(runtime))
        process_apps[0].jinja_env.bytecode_cache = templates
    process_apps[0].extensions["outcomes"] = runtime
    return process_apps[0]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts or style."""
    return app.test_client()
