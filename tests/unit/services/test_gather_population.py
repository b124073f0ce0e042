"""Who belongs to which population."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.population import Population
from outcomes.services.gather_outcomes import Placed
from outcomes.services.gather_population import _divide

PROVIDERS, GROUPS = (None, UUID(int=1), UUID(int=2)), (None, "elderly", "young")
SOMEBODY = st.builds(Placed, st.uuids(), st.sampled_from(PROVIDERS), st.sampled_from(GROUPS), st.booleans())


@given(st.lists(SOMEBODY, max_size=12))
def test_each_population_has_those_who_are_of_its_provider_and_its_target_group(people: list[Placed]) -> None:
    placed = {str(number): each for number, each in enumerate(people)}
    populations = {
        each.key: each for each in (Population("course", provider, group) for provider in PROVIDERS for group in GROUPS)
    }
    assert _divide(populations, placed) == {
        key: {
            subject
            for subject, each in placed.items()
            if each.in_intervention
            and (population.provider_id is None or population.provider_id == each.provider_id)
            and (population.target_group is None or population.target_group == each.target_group)
        }
        for key, population in populations.items()
    }
