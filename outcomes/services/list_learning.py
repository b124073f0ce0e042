"""The interventions that a team can meet about: when it last did, and what waits to be followed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outcomes.reports.parts import LocalText, local_text
from outcomes.store import interventions, learning, stored_results

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class LearningRow:
    """One intervention. ``last_met_on`` None: never; ``open_points``: written down and not followed up."""

    slug: str
    title: LocalText
    last_met_on: date | None
    open_points: int


def list_learning(runtime: Runtime, scope: Scope) -> tuple[LearningRow, ...]:
    """The interventions that somebody has begun, by slug."""
    with runtime.database.transaction(scope) as session:
        begun = stored_results.list_spans(session)
        met, waiting = learning.last_meetings(session), learning.count_open_points(session)
        return tuple(
            LearningRow(each.slug, local_text(each.title), met.get(each.id), waiting.get(each.id, 0))
            for each in interventions.list_interventions(session)
            if each.id in begun
        )
