"""The people of an intervention as its populations look at them: who belongs where, and what counts of each.

Person data throughout: only what :mod:`outcomes.analysis.population_figures` makes of it leaves the services.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.analysis.gas import gas_t_score
from outcomes.analysis.population import EVERYBODY, Population
from outcomes.analysis.population_counts import (
    OF_ANSWERS,
    Counts,
    Grouping,
    PersonState,
    count_people,
    hide_counts,
)
from outcomes.services.gather_outcomes import Placed, is_due
from outcomes.store import experience, goals, interventions, targets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.analysis.effect_results import CellMark
    from outcomes.analysis.reliable_change import PersonChange
    from outcomes.models import Intervention
    from outcomes.services.gather_material import PlanOutcomes
    from outcomes.services.gather_outcomes import Period

EXPERIENCE = "influence"
"""The measure of having a say and of meeting the system, written for this project."""
EXPERIENCE_SCALES = frozenset({"influence", "system"})
MIDPOINT = 50.0
"""Points of 100: above it, somebody answers more for than against."""
AS_EXPECTED = 50.0
"""GAS score of somebody who came as far with their goals as they had set out to."""


@dataclass(frozen=True, slots=True)
class People:
    """An intervention's people in a period. ``placed``: by subject; ``parts``: subjects by the key of each part.

    ``unasked``: keys of parts that nobody asked for, but that decide what may be said of those asked for.

    ``rated``: goal score by citizen; ``asked``: citizens who should have answered about the help by now; ``replied``: those
    of them who did, and whether more for than against. ``fingerprint``: changes with anything that a figure is made from.
    """

    intervention: str
    placed: Mapping[str, Placed]
    parts: Mapping[str, frozenset[str]]
    populations: Mapping[str, Population]
    groupings: tuple[Grouping, ...]
    rated: Mapping[UUID, float]
    asked: frozenset[UUID]
    replied: Mapping[UUID, bool]
    fingerprint: str
    unasked: frozenset[str] = frozenset()

    @property
    def everybody(self) -> frozenset[str]:
        """Subjects in the intervention itself, whoever they are compared with left out."""
        return frozenset(subject for subject, placed in self.placed.items() if placed.in_intervention)


def gather_people(
    session: Session, intervention: Intervention, found: PlanOutcomes, today: date, *, also: Sequence[Population] = ()
) -> People:
    """Everybody and every provider's and target group's people; ``also``: further populations that are asked for."""
    placed = place_people(session, intervention, found.data.people)
    populations, groupings = _populations(intervention.slug, placed, targets.list_provider_names(session))
    asked_for = {each.key for each in also}
    crossed, crossings = _crossings(populations, placed)
    if asked_for & crossed.keys():
        populations, groupings = populations | crossed, groupings + crossings
    unasked = frozenset(populations.keys() & crossed.keys() - asked_for)
    parts = _divide(populations, placed)
    rated = _rated(session, intervention, found.period)
    asked, replied = gather_experience(session, intervention, found.period, today)
    fingerprint = _fingerprint(found.data.snapshot, placed, rated, asked, replied)
    return People(intervention.slug, placed, parts, populations, groupings, rated, asked, replied, fingerprint, unasked)


def place_people(session: Session, intervention: Intervention, people: Mapping[str, Placed]) -> dict[str, Placed]:
    """People with their target group: the intervention's, where it has only one and none is written with them."""
    groups = interventions.list_target_groups(session, intervention_id=intervention.id)
    only = groups[0].code if len(groups) == 1 else None
    return {subject: replace(each, target_group=each.target_group or only) for subject, each in people.items()}


def count_populations(
    people: People, found: PlanOutcomes, changes: Sequence[PersonChange]
) -> tuple[Mapping[str, Counts], Mapping[str, Mapping[str, CellMark]]]:
    """The counts of each population, and the marks of those that can't be shown. ``changes``: everybody's."""
    states = _states(people, found, changes)
    counts = {key: count_people(states[subject] for subject in sorted(part)) for key, part in people.parts.items()}
    return counts, hide_counts(counts, people.groupings, found.plan.goal_kind)


def find_uncounted(
    session: Session, intervention: Intervention, found: PlanOutcomes, changes: Sequence[PersonChange]
) -> tuple[Population, ...]:
    """Providers' and target groups' people of whom the overview doesn't say how many began."""
    placed = place_people(session, intervention, found.data.people)
    populations, groupings = _populations(intervention.slug, placed, targets.list_provider_names(session))
    parts = _divide(populations, placed)
    people = People(intervention.slug, placed, parts, populations, groupings, {}, frozenset(), {}, "")
    states = _states(people, found, changes)
    counts = {key: count_people(states[subject] for subject in sorted(part)) for key, part in parts.items()}
    hidden = hide_counts(counts, groupings, found.plan.goal_kind, OF_ANSWERS)
    return tuple(each for key, each in populations.items() if key != EVERYBODY and "begun" in hidden[key])


def _populations(
    slug: str, placed: Mapping[str, Placed], names: Mapping[UUID, str]
) -> tuple[dict[str, Population], tuple[Grouping, ...]]:
    inside = [each for each in placed.values() if each.in_intervention]
    providers = [
        Population(slug, provider_id=key)
        for key in sorted(
            {each.provider_id for each in inside if each.provider_id}, key=lambda key: (names.get(key, ""), str(key))
        )
    ]
    groups = [
        Population(slug, target_group=code)
        for code in sorted({each.target_group for each in inside if each.target_group})
    ]
    populations = {each.key: each for each in (Population(slug), *providers, *groups)}
    groupings = [Grouping(EVERYBODY, tuple(each.key for each in kind)) for kind in (providers, groups) if kind]
    return populations, tuple(groupings)


def _crossings(
    populations: Mapping[str, Population], placed: Mapping[str, Placed]
) -> tuple[dict[str, Population], tuple[Grouping, ...]]:
    """Every provider's people of every target group, and what each of these is a part of: decided as one table, so that it
    is the same whichever of them is asked for."""
    there = {(each.provider_id, each.target_group) for each in placed.values() if each.in_intervention}
    crossed = {
        (provider.key, group.key): replace(provider, target_group=group.target_group)
        for provider in populations.values()
        for group in populations.values()
        if provider.provider_id and group.target_group and (provider.provider_id, group.target_group) in there
    }
    parts = {key: tuple(each.key for pair, each in crossed.items() if key in pair) for key in populations}
    return {each.key: each for each in crossed.values()}, tuple(Grouping(key, of) for key, of in parts.items() if of)


def _divide(populations: Mapping[str, Population], placed: Mapping[str, Placed]) -> dict[str, frozenset[str]]:
    """The subjects of each population, by its key. Everybody is looked at once, however many populations there are."""
    together: dict[tuple[UUID | None, str | None], list[str]] = defaultdict(list)
    for subject, each in placed.items():
        if each.in_intervention:
            together[each.provider_id, each.target_group].append(subject)
    return {
        key: frozenset().union(
            *(
                subjects
                for (provider_id, target_group), subjects in together.items()
                if each.provider_id in {None, provider_id} and each.target_group in {None, target_group}
            )
        )
        for key, each in populations.items()
    }


def _states(people: People, found: PlanOutcomes, changes: Sequence[PersonChange]) -> dict[str, PersonState]:
    plan = found.plan
    due, scored = set(), defaultdict(set)
    for record in found.data.records:
        if record["due"]:
            if record["occasion"] == plan.primary_occasion:
                due.add(record["subject"])
            if record["score"] == record["score"]:  # not NaN
                scored[record["subject"]].add(record["occasion"])
    both = {plan.baseline_occasion, plan.primary_occasion}
    changed = {each.subject: each for each in changes if each.rci is not None}
    states = {}
    for subject in people.everybody:
        citizen_id, change = people.placed[subject].citizen_id, changed.get(subject)
        states[subject] = PersonState(
            due=subject in due,
            answered=subject in due and both <= scored[subject],
            change=change.category.value if change else None,
            succeeded=bool(change and change.succeeded),
            rated=citizen_id in people.rated,
            reached=people.rated.get(citizen_id, 0.0) >= AS_EXPECTED,
            asked=citizen_id in people.asked,
            replied=citizen_id in people.replied,
            positive=people.replied.get(citizen_id, False),
        )
    return states


def _rated(session: Session, intervention: Intervention, period: Period) -> dict[UUID, float]:
    """Each citizen's goal score by the latest rating of each goal."""
    latest = {  # oldest rating first: the last one stays
        goal.id: (citizen_id, float(goal.weight), rating.level)
        for citizen_id, goal, rating in goals.list_goal_outcomes(
            session, intervention_id=intervention.id, started_from=period.from_date, started_to=period.to_date
        )
        if goal is not None and rating is not None
    }
    by_citizen: dict[UUID, list[tuple[int, float]]] = defaultdict(list)
    for citizen_id, weight, level in latest.values():
        by_citizen[citizen_id].append((level, weight))
    return {
        citizen_id: gas_t_score([level for level, _ in rated], [weight for _, weight in rated]).t_score
        for citizen_id, rated in by_citizen.items()
    }


def gather_experience(
    session: Session, intervention: Intervention, period: Period, today: date
) -> tuple[frozenset[UUID], dict[UUID, bool]]:
    """Who should have answered by now, and who did by the latest answers: more for than against?"""
    rows = experience.list_scores_of_instrument(
        session,
        intervention_id=intervention.id,
        instrument_key=EXPERIENCE,
        started_from=period.from_date,
        started_to=period.to_date,
    )
    due = [row for row in rows if is_due(row, today)]
    scores: dict[UUID, dict[UUID, list[float]]] = defaultdict(dict)
    for row in due:
        if row.value is not None and row.scale in EXPERIENCE_SCALES:
            scores[row.citizen_id].setdefault(row.occasion_id, []).append(float(row.value))
    replied = {citizen_id: _positive(list(answers.values())[-1]) for citizen_id, answers in scores.items()}
    return frozenset(row.citizen_id for row in due), replied


def _positive(scores: Sequence[float]) -> bool:
    return sum(scores) / len(scores) > MIDPOINT


def _fingerprint(
    snapshot: str,
    placed: Mapping[str, Placed],
    rated: Mapping[UUID, float],
    asked: frozenset[UUID],
    replied: Mapping[UUID, bool],
) -> str:
    content: list[Any] = [
        snapshot,
        sorted([subject, str(each.provider_id), str(each.target_group)] for subject, each in placed.items()),
        sorted([str(citizen_id), score] for citizen_id, score in rated.items()),
        sorted(map(str, asked)),
        sorted([str(citizen_id), positive] for citizen_id, positive in replied.items()),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
