"""Places against people who need them, by target group and legal section, as it is today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.reports.offers.coverage import Coverage, Needing, build_coverage
from outcomes.services.read_offers import get_organisation, list_offers, read_names
from outcomes.store import interventions, offers

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import Intervention
    from outcomes.reports.offers.coverage import Pair
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

WAITING = "waiting_list"


class Belonging:
    """Which target group and legal section an episode is of.

    The group is the episode's own, or the intervention's where it is meant for one alone; the section is the
    intervention's. None where nobody has said.
    """

    def __init__(self, session: Session) -> None:
        self.interventions: dict[UUID, Intervention] = {
            each.id: each for each in interventions.list_interventions(session)
        }
        self._codes = {group.id: group.code for group in offers.list_target_groups(session)}
        self._intended = offers.list_intended_groups(session)
        self._sections = {basis.id: f"{basis.law} {basis.section}" for basis in offers.list_legal_bases(session)}

    def pair(self, intervention_id: UUID, group_id: UUID | None) -> Pair:
        """Target group's code and legal section."""
        intended = {self._codes[each] for each in self._intended.get(intervention_id, [])}
        code = self._codes[group_id] if group_id else next(iter(intended)) if len(intended) == 1 else None
        basis_id = self.interventions[intervention_id].legal_basis_id
        return code, self._sections[basis_id] if basis_id else None

    def intended_pairs(self, only: UUID | None = None) -> set[Pair]:
        """Every group and section that an intervention, or only this one, is meant for."""
        return {
            self.pair(intervention_id, group_id)
            for intervention_id, groups in self._intended.items()
            for group_id in groups
            if only in {None, intervention_id}
        }


def read_coverage(runtime: Runtime, scope: Scope) -> Coverage:
    """The page, of everybody in an intervention or waiting for one today. A person counts once in each row."""
    today = runtime.today()
    with runtime.database.transaction(scope) as session:
        return gather_coverage(session, scope, today)


def gather_coverage(session: Session, scope: Scope, today: date) -> Coverage:
    """The same, in a transaction of the caller's."""
    return build_coverage(
        list_offers(session, today),
        _count_needing(session, today),
        read_names(session),
        organisation_name=get_organisation(session, scope).name,
        day=today,
    )


def _count_needing(session: Session, today: date) -> dict[Pair, Needing]:
    belonging = Belonging(session)
    active: dict[Pair, set[UUID]] = {pair: set() for pair in belonging.intended_pairs()}
    waiting: dict[Pair, set[UUID]] = {
        pair: set()
        for intervention_id in offers.list_interventions_with_waiting_list(session)
        for pair in belonging.intended_pairs(intervention_id)
    }
    for citizen_id, intervention_id, group_id, status in offers.list_live_episodes(session, on=today):
        pair = belonging.pair(intervention_id, group_id)
        active.setdefault(pair, set())
        (waiting.setdefault(pair, set()) if status == WAITING else active[pair]).add(citizen_id)
    return {
        pair: Needing(len(people), len(waiting[pair] - people) if pair in waiting else None)
        for pair, people in active.items()
    }
