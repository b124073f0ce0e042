"""The published trial beside the demo municipality: taken in from its table, with a manager to look at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from outcomes.services.demo import staff
from outcomes.services.demo.municipality import make_user
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.sign_in import organisation_actor
from outcomes.services.store_results import store_results
from outcomes.store import organisations
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "btheb"
"""In a checkout; an installed wheel doesn't have it."""
TABLE, MAPPING = "long_with_baseline.csv", "mapping.yaml"
INTERVENTION = "btheb"

log = structlog.get_logger("outcomes.demo")


def fill_trial(runtime: Runtime, folder: Path = EXAMPLE) -> bool:
    """Take the trial in, unless it is there; False where its files aren't."""
    with runtime.database.transaction(Scope(slug=staff.TRIAL_SLUG)) as session:
        known = organisations.find_organisation(session, slug=staff.TRIAL_SLUG) is not None
    if not known:
        if not (folder / TABLE).is_file():
            log.warning("demo_trial_left_out", folder=str(folder))
            return False
        from outcomes.services.import_table import import_table  # noqa: PLC0415 - only the first time

        import_table(runtime, folder / TABLE, folder / MAPPING)
    _, scope = organisation_actor(runtime, staff.TRIAL_SLUG, "demo")
    _ensure_manager(runtime, scope)
    freeze_plan(runtime, scope, INTERVENTION, by=staff.TRIAL_MANAGER.name)
    if not known:
        _add_value(runtime, scope)
        store_results(runtime, scope)
    return True


def _add_value(runtime: Runtime, scope: Scope) -> None:
    from outcomes.services.demo.value import add_trial_value  # noqa: PLC0415 - only the first time

    with runtime.database.transaction(scope) as session:
        if scope.organisation_id is not None:
            add_trial_value(session, scope.organisation_id, INTERVENTION)
            session.commit()


def _ensure_manager(runtime: Runtime, scope: Scope) -> None:
    with runtime.database.transaction(scope) as session:
        if scope.organisation_id and not organisations.find_user(session, email=staff.TRIAL_MANAGER.email):
            session.add(make_user(scope.organisation_id, uuid4(), staff.TRIAL_MANAGER))
            session.commit()
