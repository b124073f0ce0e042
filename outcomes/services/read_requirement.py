"""Read one process requirement, with everything that was proposed, said and decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.requirements import RequirementView
from outcomes.services.read_requirements import read_names, view_requirement
from outcomes.store import requirements

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class RequirementPage:
    """A requirement, and the number of its last step, which a form for the next one carries."""

    requirement: RequirementView
    number: int


def read_requirement(runtime: Runtime, scope: Scope, code: str) -> RequirementPage:
    """A requirement by its code. Raises ``NotFoundError`` where there is none."""
    with runtime.database.transaction(scope) as session:
        found = requirements.find_requirement(session, code=code)
        if found is None:
            raise no_such_requirement()
        steps = requirements.list_requirement_events(session, requirement_id=found.id)
        view = view_requirement(session, found, steps, read_names(session), runtime.today())
    return RequirementPage(view, len(steps))


def no_such_requirement() -> NotFoundError:
    """There is none, or it isn't yours: the two look the same."""
    return NotFoundError(Sentence("There is no such page, or it is not yours to see."))
