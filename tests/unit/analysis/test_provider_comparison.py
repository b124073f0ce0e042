"""Providers: a planted decline is seen, ordinary differences are not, and case mix is no fault of a provider."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.adjusted_change import AdjustedChanges, adjust_changes
from outcomes.analysis.funnel import FunnelSignal
from outcomes.analysis.provider_comparison import ProviderComparison, compare_providers
from outcomes.analysis.results import Withheld, WithheldReason
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


def residuals_of(sizes: dict[str, int], value: float = 0.0) -> tuple[AdjustedChanges, dict[str, str]]:
    """So many people at each provider, with residuals ``value`` + 0, 1, 2 ... of a spread of 6."""
    names = [name for name, n in sizes.items() for _ in range(n)]
    residuals = np.concatenate([value + np.arange(float(n)) for n in sizes.values()])
    changes = AdjustedChanges(tuple(map(str, range(len(names)))), residuals, 6.0, 1.0, ("age",), 3)
    return changes, {str(place): name for place, name in enumerate(names) if name}


def test_two_providers_and_those_without_one_by_hand() -> None:
    found = compare_providers(*residuals_of({"Eg": 16, "Pil": 36, "": 25}))
    assert isinstance(found, ProviderComparison)
    assert [(size.name, size.count.count) for size in found.sizes] == [("Eg", 16), ("Pil", 36)]
    assert [(point.provider, point.value, point.n) for point in found.funnel.points] == [
        ("Eg", 7.5, 16),
        ("Pil", 17.5, 36),
    ]
    assert found.funnel.target == 0.0
    assert (found.n, found.people_per_precision, found.n_incomplete) == (77, 36.0, 3)
    assert [round(point.precision * 36.0) for point in found.funnel.points] == [16, 36]


def test_what_cant_be_compared_says_why() -> None:
    few = compare_providers(*residuals_of({"Eg": 16, "Pil": 9}))
    assert isinstance(few, Withheld)
    assert (few.code, "two providers" in str(few.sentence)) == (WithheldReason.TOO_FEW, True)
    changes, providers = residuals_of({"Eg": 16, "Pil": 16})
    alike = compare_providers(replace(changes, spread=0.0), providers)
    assert isinstance(alike, Withheld)
    assert alike.code is WithheldReason.NOT_POSSIBLE
    assert str(alike.sentence)
    assert compare_providers(few, providers) is few
