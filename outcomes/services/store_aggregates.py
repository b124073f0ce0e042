"""Make an organisation's stored aggregates anew from its rows: what dashboards and the country's estimates read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.store import aggregates

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.aggregates import Refreshed
    from outcomes.store.database import Scope


def store_aggregates(runtime: Runtime, scope: Scope) -> Refreshed:
    """Refresh every aggregate; whoever has withdrawn is out of them from here on. Twice on a day changes nothing."""
    with runtime.database.transaction(scope) as session:
        refreshed = aggregates.refresh_aggregates(session, today=runtime.today())
        session.commit()
        return refreshed
