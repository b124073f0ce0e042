"""The database: one engine, and transactions that belong to one organisation.

Every transaction says whose data it may touch by setting ``app.organisation`` for its own length; PostgreSQL's row-level
security does the rest, also for queries that forget to ask. Two other settings open single rows to whoever holds the key
to them before the organisation is known: ``app.key`` (the hash of a link's or session's token) and ``app.slug``.
"""

from __future__ import annotations

import select
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from outcomes.errors import Sentence, UnavailableError
from outcomes.store.embedded import APP_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry
    from sqlalchemy.pool.base import PoolProxiedConnection

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = "SET lock_timeout = '10s'; SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '120s'"
"""Whoever waits longer is told to try again, and doesn't hold up the others."""

SCOPE = (
    "SELECT set_config('app.organisation', %(organisation)s, true) AS organisation,"
    " set_config('app.actor', %(actor)s, true) AS actor, set_config('app.key', %(key)s, true) AS key,"
    " set_config('app.slug', %(slug)s, true) AS slug"
)

UNSAFE_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction may touch, and who does it.

    ``actor`` goes into the audit (``user:<id>``, ``citizen:<id>``, ``command:import``); never a name.
    """

    organisation_id: UUID | None = None
    actor: str = "system"
    key: bytes | None = None
    slug: str | None = None

    def settings(self) -> dict[str, str]:
        """What the transaction tells the database, by the names in :data:`SCOPE`."""
        return {
            "organisation": str(self.organisation_id or ""),
            "actor": self.actor,
            "key": self.key.hex() if self.key else "",
            "slug": self.slug or "",
        }


class Statements(Protocol):
    """SQL text in the driver's own style (``%(name)s``), run in one transaction; every row has its columns as names."""

    def run(self, sql: str, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that a statement gives."""


class SessionStatements:
    """The same in a transaction that is open already."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()

    def run(self, sql: str, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that a statement gives."""
        result = self._connection.exec_driver_sql(sql, dict(values))
        return result.all() if result.returns_rows else ()


class QuickTransaction:
    """A transaction without the object mapper, for the pages that a citizen waits for."""

    def __init__(self, connection: PoolProxiedConnection) -> None:
        driver: Any = connection.driver_connection
        self._driver = driver
        self._cursor = self._driver.cursor(row_factory=namedtuple_row)

    def run(self, sql: str, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that a statement gives."""
        self._cursor.execute(sql, values)
        return self._cursor.fetchall() if self._cursor.description else ()

    def commit(self) -> None:
        """Keep what was written."""
        self._driver.commit()

    def finish(self) -> None:
        """End a transaction that has only read. The driver forgets its prepared statements where one is undone."""
        self._driver.commit()

    def rollback(self) -> None:
        """Undo what was written, and what was said of whose rows may be touched."""
        self._driver.rollback()


class Database:
    """An engine on ``url`` whose connections act as the application's role, never as superuser or owner."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        # As many as a web process has threads: a connection beyond them would be opened anew each time it is needed.
        # Values stay out of error texts: they are answers and names, and error texts end in logs.
        self.engine: Engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True)
        event.listen(self.engine, "checkout", _refuse_dead)
        event.listen(self.engine, "connect", _act_as_application)

    @contextmanager
    def transaction(self, scope: Scope) -> Iterator[Session]:
        """One transaction in ``scope``. The service that opens it calls ``session.commit()``; otherwise nothing stays."""
        with reaching(), Session(self.engine, expire_on_commit=False) as session:
            session.connection().exec_driver_sql(SCOPE, scope.settings())
            yield session

    @contextmanager
    def quick_transaction(self, scope: Scope) -> Iterator[QuickTransaction]:
        """As :meth:`transaction`, for statements that are written out. Whoever opens it commits; otherwise nothing stays."""
        with reaching():
            connection = self.engine.raw_connection()
            try:
                quick = QuickTransaction(connection)
                quick.run(SCOPE, scope.settings())
                yield quick
            finally:
                connection.close()

    def check(self) -> None:
        """Raises ``UnavailableError`` unless the server keeps what it acknowledges and our role obeys row security."""
        with reaching(), self.engine.connect() as connection:
            for setting in UNSAFE_SETTINGS:
                if connection.scalar(text("SELECT current_setting(:name)"), {"name": setting}) == "off":
                    raise UnavailableError(
                        Sentence(
                            "The database has %(setting)s off and would lose answers in a power cut. Turn it on.",
                            setting=setting,
                        )
                    )
            bypasses = connection.scalar(
                text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            )
            if bypasses:
                raise UnavailableError(
                    Sentence("The database role of the application may bypass row-level security. Use another role.")
                )

    def check_login(self) -> None:
        """Raises ``UnavailableError`` where whoever signs in could undo the step down to the application's role."""
        with reaching(), self.engine.connect() as connection:
            too_mighty = connection.scalar(
                text(
                    "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public'"
                    " AND tableowner = session_user) FROM pg_roles WHERE rolname = session_user"
                )
            )
        if too_mighty:
            raise UnavailableError(
                Sentence(
                    "DATABASE_URL signs in as a superuser or as the owner of the tables. Put that user into"
                    " DATABASE_OWNER_URL, which only migrations use, and give DATABASE_URL one of its own."
                )
            )

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


class DeadlockError(UnavailableError):
    """Two transactions waited for each other, and this one was undone."""


def again_after_deadlock(work: Callable[P, T]) -> Callable[P, T]:
    """Do ``work``, which opens and commits its own transaction, once more where it was undone for another one's sake."""

    @wraps(work)
    def try_twice(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except DeadlockError:
            return work(*args, **kwargs)

    return try_twice


@contextmanager
def reaching() -> Iterator[None]:
    """A server that isn't there, goes away or has no connection left is a named error."""
    try:
        yield
    except (OperationalError, PoolTimeoutError, psycopg.OperationalError) as error:
        cause = error.orig if isinstance(error, OperationalError) else error
        kind = DeadlockError if isinstance(cause, psycopg.errors.DeadlockDetected) else UnavailableError
        raise kind(Sentence("The database can't be reached just now. Try again in a minute.")) from error


def _refuse_dead(connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """A connection that waits for nothing and still has something to read was closed by the server: none of its age is
    good. Looking costs no statement, as asking the server would."""
    driver: Any = connection
    if driver.closed:
        raise InvalidatePoolError
    look = select.poll()
    look.register(driver.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if look.poll(0):
        raise InvalidatePoolError


def _act_as_application(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """A connection that signed in as somebody else steps down to the application's role."""
    cursor = connection.cursor()
    cursor.execute("SELECT current_user")
    row = cursor.fetchone()
    if row is not None and row[0] != APP_ROLE:
        try:
            cursor.execute(f"SET ROLE {APP_ROLE}")
        except psycopg.Error as error:
            connection.close()
            raise UnavailableError(
                Sentence(
                    "The database user %(user)s may not act as %(role)s. Migrate first, or let the database's "
                    "administrator run: GRANT %(role)s TO %(user)s",
                    user=row[0],
                    role=APP_ROLE,
                )
            ) from error
    cursor.execute(PATIENCE)
    cursor.close()
    connection.commit()
