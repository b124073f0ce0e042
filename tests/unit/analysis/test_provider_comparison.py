"""Providers: a planted decline is seen, ordinary differences are not, and case mix is no fault of a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.adjusted_change import adjust_changes
from outcomes.analysis.funnel import FunnelSignal
from outcomes.analysis.provider_comparison import ProviderComparison, compare_providers
from outcomes.analysis.results import Withheld
from tests.unit.analysis.parts_data import PROVIDERS, read_people, simulate_people

if TYPE_CHECKING:
    from outcomes.analysis.breakdown import PersonFacts


def compare(n: int = 500, **options: object) -> ProviderComparison:
    frame, facts = simulate_people(n, **options)  # type: ignore[arg-type]
    groups = {subject: fact.target_group for subject, fact in facts.items()}
    found = compare_providers(
        adjust_changes(read_people(frame), groups), {subject: fact.provider for subject, fact in facts.items()}
    )
    assert isinstance(found, ProviderComparison)
    return found


def test_without_a_difference_nobody_is_outside_the_outer_limits() -> None:
    for seed in range(3):
        found = compare(seed=seed)
        assert [point.provider for point in found.funnel.points] == sorted(PROVIDERS)
        far = {FunnelSignal.ABOVE_998, FunnelSignal.BELOW_998}
        assert not any(point.signal in far for point in found.funnel.points)


def test_a_planted_decline_lies_below_and_the_limits_are_in_people() -> None:
    found = compare(extra=lambda facts, _age: -9.0 if facts.provider == "Lind" else 0.0)
    lind = next(point for point in found.funnel.points if point.provider == "Lind")
    assert lind.signal in {FunnelSignal.BELOW_95, FunnelSignal.BELOW_998}
    assert round(lind.precision * found.people_per_precision) == lind.n == 100


def test_a_harder_target_group_is_no_signal() -> None:
    def harder(facts: PersonFacts, _age: float) -> float:
        return -9.0 if facts.target_group == "b" else 0.0

    frame, facts = simulate_people(500, extra=harder)
    at = {
        each: "Lind" if fact.target_group == "b" else "Eg" if int(each) % 2 else "Pil" for each, fact in facts.items()
    }
    # a provider that has half of the harder group and as many others
    mixed = {each: "Birk" if int(each) % 4 == 0 else name for each, name in at.items()}
    groups = {each: fact.target_group for each, fact in facts.items()}
    found = compare_providers(adjust_changes(read_people(frame), groups), mixed)
    assert isinstance(found, ProviderComparison)
    assert "target_group" in found.adjusted_for
    assert all(point.signal is FunnelSignal.NONE for point in found.funnel.points)


def test_one_provider_is_nothing_to_compare() -> None:
    frame, facts = simulate_people(60)
    changes = adjust_changes(read_people(frame), {})
    assert isinstance(compare_providers(changes, dict.fromkeys(facts, "Birk")), Withheld)
    assert isinstance(compare_providers(changes, {}), Withheld)
