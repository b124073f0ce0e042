"""Open the database that the settings name, or the embedded one; bring its schema up where asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Sentence, UnavailableError
from outcomes.services.runtime import Runtime, make_runtime
from outcomes.store import migrate, organisations
from outcomes.store.database import Database, Scope
from outcomes.store.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.settings import Settings

EMBEDDED_DATABASE = "outcomes"


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where the database is: for the application, and for the owner of its tables."""

    app_url: str
    owner_url: str
    revive: Callable[[], bool] | None = None
    """Starts the embedded server again where it died; None for a server that others look after."""


@contextmanager
def hold_database(settings: Settings) -> Iterator[DatabaseAddress]:
    """The addresses of a running database. An embedded one runs at least as long as the ``with`` block."""
    if settings.database_url:
        yield DatabaseAddress(settings.database_url, settings.database_owner_url or settings.database_url)
        return
    with EmbeddedPostgres(settings.home / "postgresql", settings.pg_bin) as server:
        server.create_database(EMBEDDED_DATABASE)
        yield DatabaseAddress(server.app_url(EMBEDDED_DATABASE), server.owner_url(EMBEDDED_DATABASE), server.revive)


def migrate_database(address: DatabaseAddress) -> None:
    """Bring the schema to the version that this code knows."""
    migrate.upgrade(address.owner_url)


def start_database_over(address: DatabaseAddress) -> None:
    """Take out everything that is in the database, and make its tables again."""
    migrate.downgrade(address.owner_url, "base")
    migrate.upgrade(address.owner_url)


def analyse_database(address: DatabaseAddress) -> None:
    """Let the database plan its queries by what its tables hold now, after many rows were added."""
    migrate.analyse(address.owner_url)


@contextmanager
def open_runtime(settings: Settings) -> Iterator[Runtime]:
    """A runtime for a command. Raises ``UnavailableError`` where the schema isn't the one that this code knows."""
    with hold_database(settings) as address:
        require_schema(address)
        runtime = make_runtime(settings, address.app_url)
        try:
            yield runtime
        finally:
            runtime.database.dispose()


def require_schema(address: DatabaseAddress) -> None:
    """Raises ``UnavailableError`` where the database doesn't have the schema that this code knows."""
    found, known = migrate.current_revision(address.owner_url), migrate.head_revision()
    if found != known:
        raise UnavailableError(
            Sentence(
                "The database has schema %(found)s and this program needs %(known)s. Run: outcomes migrate",
                found=found or "-",
                known=known,
            )
        )


def require_demo(address: DatabaseAddress, *, slug: str) -> None:
    """Raises ``UnavailableError`` where a database given from outside is in use by something else than the demo."""
    if address.revive is not None or migrate.current_revision(address.owner_url) is None:
        return
    database = Database(address.app_url)
    try:
        with database.transaction(Scope(slug=slug)) as session:
            found = organisations.find_organisation(session, slug=slug)
    finally:
        database.dispose()
    if found is None:
        raise UnavailableError(
            Sentence("The database of DATABASE_URL is in use, and not by a demo. Give the demo an empty database.")
        )
