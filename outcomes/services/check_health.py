"""Is the instance fit to serve?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from outcomes.errors import UnavailableError
from outcomes.store import records
from outcomes.store.database import Scope
from outcomes.store.migrate import head_revision

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime


def is_ready(runtime: Runtime) -> bool:
    """True where the database answers and has the schema that this code knows."""
    try:
        with runtime.database.transaction(Scope()) as session:
            return records.schema_version(session) == head_revision()
    except (SQLAlchemyError, UnavailableError):
        return False
