"""Bring a database to a version of the schema, as the owner of its tables.

Every command asks which version there is and which this code knows; Alembic, which is slow to import, is for whoever changes
the schema.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, NullPool, create_engine, text

from outcomes.store.database import reaching

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config

REVISION = re.compile(r"""^(revision|down_revision) = ["'](\w+)["']$""", re.MULTILINE)
MIGRATION_LOCK = 7_402_118  # any number, the same for every process that may migrate


def script_directory() -> Path:
    """Folder of the migrations: inside the installed package, or at the top of a checkout."""
    packaged = Path(__file__).parent.parent / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent.parent / "migrations"


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Upgrade to ``revision`` in one transaction; two at once wait for each other."""
    from alembic import command  # noqa: PLC0415 - heavy

    _run(owner_url, lambda config: command.upgrade(config, revision))


def downgrade(owner_url: str, revision: str) -> None:
    """Go back to ``revision`` (``base`` for an empty schema) in one transaction."""
    from alembic import command  # noqa: PLC0415 - heavy

    _run(owner_url, lambda config: command.downgrade(config, revision))


def analyse(owner_url: str) -> None:
    """Tell the planner what the owner's tables hold now, after many rows were added: else it guesses until the server itself
    has looked, and guesses badly."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with reaching(), engine.begin() as connection:
        tables = connection.scalars(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE tableowner = current_user ORDER BY 1"
            )
        ).all()
        connection.execute(text(f"ANALYZE {', '.join(tables)}"))
    engine.dispose()


def head_revision() -> str:
    """The newest version that this code knows."""
    told: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in sorted((script_directory() / "versions").glob("*.py")):
        for name, value in REVISION.findall(path.read_text(encoding="utf-8")):
            told[name].add(value)
    heads = told["revision"] - told["down_revision"]
    if len(heads) != 1:
        raise RuntimeError("the migrations don't end in one version")
    return heads.pop()


def current_revision(url: str) -> str | None:
    """The version that the database has, or ``None`` for an empty one."""
    engine = create_engine(url, poolclass=NullPool)
    with reaching(), engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _configuration(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - heavy

    config = Config()
    config.set_main_option("script_location", str(script_directory()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(owner_url: str, action: Callable[[Config], None]) -> None:
    engine = create_engine(owner_url, poolclass=NullPool)
    with reaching(), engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        action(_configuration(connection))
    engine.dispose()
