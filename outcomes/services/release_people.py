"""Whose answers are behind published figures of an intervention: everybody, those in it, and parts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE
from outcomes.services.gather_outcomes import Period, Placed, gather_outcomes
from outcomes.services.gather_population import place_people
from outcomes.services.release_ledger import ledger_key

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.analysis.population import Population
    from outcomes.models import Intervention

IN_IT = "arm=intervention"
"""Those in the intervention, where others are compared with them: some figures are of them alone."""
COMPARED = "arm=comparison"


@dataclass(frozen=True, slots=True)
class ReleasePeople:
    """Citizens behind an intervention's figures. Never shown; the ledger seals them."""

    slug: str
    placed: tuple[Placed, ...]

    @property
    def inside(self) -> frozenset[UUID]:
        """Those in the intervention, whoever they are compared with left out."""
        return frozenset(each.citizen_id for each in self.placed if each.in_intervention)

    def whole(self, span: str) -> dict[str, frozenset[UUID]]:
        """The populations that figures of everybody stand on, by ledger key. ``span``: the period, empty for whenever.

        Those whom the others are compared with are a population of their own; fewer than 10 of them are shown in nothing.
        """
        compared = frozenset(each.citizen_id for each in self.placed) - self.inside
        if not compared:
            return {ledger_key(self.slug, "", span): self.inside}
        found = {ledger_key(self.slug, IN_IT, span): self.inside}
        if len(compared) >= MINIMUM_ESTIMATE:
            found[ledger_key(self.slug, COMPARED, span)] = compared
        return found

    def part(self, population: Population) -> frozenset[UUID]:
        """Those in the intervention who belong to a part of it."""
        return frozenset(
            each.citizen_id
            for each in self.placed
            if each.in_intervention
            and population.provider_id in {None, each.provider_id}
            and population.target_group in {None, each.target_group}
        )


def gather_release_people(
    session: Session, intervention: Intervention, plan: AnalysisPlan, period: Period | None
) -> ReleasePeople:
    """Everybody whose data the figures of a period (None: whenever) are made from."""
    data = gather_outcomes(session, intervention, plan, period or Period(date.min, date.max), date.max)
    return ReleasePeople(intervention.slug, tuple(place_people(session, intervention, data.people).values()))
