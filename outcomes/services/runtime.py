"""What every service is handed: the database, the vault, the settings and the clock."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from uuid import UUID

from outcomes.errors import OutcomesError
from outcomes.language import TIMEZONE
from outcomes.settings import Settings
from outcomes.store.database import Database, Scope
from outcomes.vault import Vault


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """The instance at work. ``now`` is replaced in tests that travel in time."""

    settings: Settings
    database: Database
    vault: Vault
    now: Callable[[], datetime] = field(default=_utc_now)

    def today(self) -> date:
        """The date in Denmark."""
        return self.now().astimezone(TIMEZONE).date()


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff who is signed in, or a command that acts for one."""

    user_id: UUID
    organisation_id: UUID
    name: str
    role: str
    locale: str
    unit_id: UUID | None = None

    @property
    def scope(self) -> Scope:
        """The actor's own organisation, and who is written in its audit."""
        return Scope(self.organisation_id, actor=f"user:{self.user_id}")


def make_runtime(settings: Settings, database_url: str, *, now: Callable[[], datetime] = _utc_now) -> Runtime:
    """A runtime on an open database; refuses one that could lose answers or bypass row-level security."""
    database = Database(database_url)
    try:
        database.check()
        if not settings.demo:
            database.check_login()
    except OutcomesError:
        database.dispose()
        raise
    return Runtime(settings, database, Vault(settings.data_keys, settings.lookup_key), now)


def open_runtime_later(settings: Settings, database_url: str) -> Runtime:
    """A runtime that reaches for the database when it is first needed: a web process starts also while it is away.

    Whoever starts the web processes has made the checks of :func:`make_runtime` before.
    """
    return Runtime(settings, Database(database_url), Vault(settings.data_keys, settings.lookup_key))


@cache
def code_version() -> str:
    """Version of this code, and of the Python that runs it."""
    return f"outcomes {version('outcomes')}, Python {platform.python_version()}"
