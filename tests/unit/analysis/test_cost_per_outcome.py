from __future__ import annotations

import numpy as np
import pytest

from outcomes.analysis.cost_per_outcome import PlaceCost, cost_per_success
from outcomes.analysis.results import TermEstimate, Withheld
from outcomes.errors import EstimateError

NAMES = ("severity",)


def simulate(
    generator: np.random.Generator, people: int, *, mix: tuple[float, ...] = (-0.7, 0.7), better: float = 0.0
) -> tuple[PlaceCost, ...]:
    """Municipalities whose people differ in how hard they have it, which decides what help costs and whether it succeeds.
    ``better``: log odds by which the last one's help works better."""
    severity = np.concatenate([generator.normal(mean, 1, people) for mean in mix])
    place = np.repeat([f"kommune {number}" for number in range(len(mix))], people)
    lift = np.where(place == place[-1], better, 0.0)
    success = generator.random(severity.size) < 1 / (1 + np.exp(-(0.3 - 0.8 * severity + lift)))
    cost = 60_000 + 15_000 * severity + generator.normal(0, 5_000, severity.size)
    return cost_per_success(place.tolist(), cost.tolist(), success.astype(int).tolist(), severity[:, None], NAMES)


def numbers(found: tuple[PlaceCost, ...]) -> tuple[list[float], list[TermEstimate]]:
    crude = [each.crude for each in found if isinstance(each.crude, float)]
    adjusted = [each.adjusted for each in found if isinstance(each.adjusted, TermEstimate)]
    assert len(crude) == len(adjusted) == len(found)
    return crude, adjusted


def test_equal_effect_and_different_mix_come_out_equal() -> None:
    """ "Sammenhængen mellem udgifter og sammensætningen af borgere og indsatser" (S2): cost per outcome, case-mix adjusted:
    equal-effect, different-mix kommuner come out equal."""
    crude, (easy, hard) = numbers(simulate(np.random.default_rng(2), 4000))
    assert crude[1] / crude[0] > 2
    assert hard.estimate / easy.estimate == pytest.approx(1, abs=0.06)
    assert easy.ci_low <= hard.ci_high
    assert hard.ci_low <= easy.ci_high


def test_a_help_that_works_better_is_seen_through_the_mix() -> None:
    crude, (easy, hard) = numbers(simulate(np.random.default_rng(3), 4000, better=0.8))
    assert crude[1] > crude[0]
    assert hard.ci_high < easy.ci_low


def test_the_interval_covers_as_it_says() -> None:
    """Over 300 pairs with equal effect, the difference of logarithms is within 1.96 of its error in 95 per cent: the Monte
    Carlo error of the share is 1.3 percentage points."""
    generator = np.random.default_rng(20261122)
    within = []
    for _ in range(300):
        _, (first, second) = numbers(simulate(generator, 150, mix=(-0.3, 0.3)))
        error = np.hypot(first.std_error, second.std_error)
        within.append(abs(np.log(second.estimate / first.estimate)) < 1.96 * error)
    assert 0.91 <= np.mean(within) <= 0.99


@pytest.mark.parametrize(
    ("places", "shown"),
    [
        ({"a": (30, 15), "b": (30, 12), "c": (30, 14)}, {"a", "b", "c"}),
        ({"a": (30, 15), "b": (30, 4), "c": (40, 20)}, {"c"}),  # b alone could be worked out from the sum
        ({"a": (30, 15), "b": (30, 4), "c": (9, 4)}, {"a"}),
        ({"a": (30, 15), "b": (9, 1), "c": (9, 1), "d": (40, 20)}, {"d"}),  # two with fewer than 5 who succeeded
    ],
)
def test_few_people_and_few_successes_arent_shown(places: dict[str, tuple[int, int]], shown: set[str]) -> None:
    generator = np.random.default_rng(5)
    place = [name for name, (n, _) in places.items() for _ in range(n)]
    success = [int(row < count) for n, count in places.values() for row in range(n)]
    severity = generator.normal(0, 1, len(place))
    found = cost_per_success(place, [10_000.0] * len(place), success, severity[:, None], NAMES)
    assert {each.place for each in found if isinstance(each.adjusted, TermEstimate)} == shown
    assert all(isinstance(each.crude, Withheld) == isinstance(each.adjusted, Withheld) for each in found)


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(EstimateError):
        cost_per_success(["a"], [1.0, 2.0], [1], [[0.0]], NAMES)
