from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest

from outcomes.analysis.important_change import ImportantChange, minimal_important_change
from outcomes.analysis.plan import Direction
from outcomes.errors import EstimateError


def sample(n: int = 120, noise: float = 8.0, seed: int = 3) -> tuple[list[float], list[bool]]:
    random = np.random.default_rng(seed)
    change = random.normal(5, 10, n)
    return [float(one) for one in change], [bool(one) for one in change + random.normal(0, noise, n) > 6]


def estimate(changes: list[float], improved: list[bool], sdc: float | None = None) -> ImportantChange:
    return minimal_important_change(changes, improved, direction=Direction.HIGHER, smallest_detectable_change=sdc)


def test_standard_errors_are_those_of_a_jackknife() -> None:
    changes, improved = sample()
    found, n = estimate(changes, improved), len(changes)
    left = [estimate(changes[:i] + changes[i + 1 :], improved[:i] + improved[i + 1 :]) for i in range(n)]
    for name in ("predicted", "adjusted"):
        values = np.array([getattr(one, name).estimate for one in left])
        jackknife = math.sqrt((n - 1) / n * float(((values - values.mean()) ** 2).sum()))
        assert getattr(found, name).std_error == pytest.approx(jackknife, rel=0.02)


def test_correction_by_hand() -> None:
    changes, improved = sample()
    found = estimate(changes, improved)
    log_odds = math.log(found.improved.share / (1 - found.improved.share))
    expected = found.predicted.estimate - (0.090 + 0.103 * found.correlation) * found.sd_of_change * log_odds
    assert found.adjusted.estimate == pytest.approx(expected, rel=1e-12)
    assert found.predicted.ci_high - found.predicted.estimate == pytest.approx(
        1.959963984540054 * found.predicted.std_error
    )


@pytest.mark.parametrize("scale", [1e-3, 1e9])
def test_units_order_and_direction_do_not_matter(scale: float) -> None:
    changes, improved = sample()
    one = estimate(changes, improved)
    other = minimal_important_change(
        [-scale * change for change in changes[::-1]], improved[::-1], direction=Direction.LOWER
    )
    assert other.adjusted.estimate == pytest.approx(scale * one.adjusted.estimate, rel=1e-9)
    assert other.adjusted.std_error == pytest.approx(scale * one.adjusted.std_error, rel=1e-9)
    assert other.correlation == pytest.approx(one.correlation)


def test_smaller_than_the_error_of_one_person() -> None:
    changes, improved = sample()
    size = estimate(changes, improved).adjusted.estimate
    assert estimate(changes, improved).group_level_only is None
    above, below = estimate(changes, improved, sdc=size * 0.99), estimate(changes, improved, sdc=size * 1.01)
    assert (above.group_level_only, above.warnings) == (False, ())
    assert below.group_level_only is True
    assert "groups only" in str(below.warnings[0])


def test_a_weak_anchor_is_named() -> None:
    found = estimate(*sample(400, noise=60.0, seed=5))
    assert found.correlation < 0.3
    assert "weakly" in str(found.warnings[0])


@pytest.mark.parametrize(
    ("changes", "improved", "words"),
    [
        ([], [], "at least three people"),
        ([1.0, 2.0], [True, False], "at least three people"),
        ([1.0, 2.0, 3.0], [True, False], "at least three people"),
        ([1.0, 2.0, math.nan], [True, False, True], "must be a number"),
        ([1.0, 2.0, math.inf], [True, False, True], "must be a number"),
        ([1.0, 2.0, 3.0], [True, True, True], "alike"),
        ([1.0, 2.0, 3.0], [False, False, False], "alike"),
        ([1.0, 2.0, 3.0, 4.0], [False, False, True, True], "perfectly"),
        ([1.0, 2.0, 2.0, 4.0], [False, False, True, True], "perfectly"),
        ([4.0, 3.0, 2.0, 1.0], [False, False, True, True], "perfectly"),
        ([1.0, 4.0, 2.0, 2.0], [False, False, True, True], "not changed for the better"),
        ([1.0, 3.0, 1.0, 3.0], [False, False, True, True], "not changed for the better"),
        ([2.0, 2.0, 2.0], [False, False, True], "perfectly"),
    ],
)
def test_nothing_out_of_nothing(changes: list[float], improved: list[bool], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        estimate(changes, improved)


def test_an_anchor_is_yes_or_no() -> None:
    with pytest.raises(EstimateError, match="yes or no"):
        minimal_important_change([1.0, 2.0, 3.0], [0, 1, 2], direction=Direction.HIGHER)  # type: ignore[list-item]


def test_a_fit_that_does_not_settle_gives_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outcomes.analysis.important_change.MOST_STEPS", 1)
    with pytest.raises(EstimateError, match="didn't settle"):
        estimate(*sample())


def test_standard_errors_by_how_much_one_person_more_moves_the_estimates() -> None:
    """Every person 200 times: one more of a person moves the estimate by that person's influence over 6,000."""
    changes, _ = sample(30)
    improved = [change + 9 * (-1) ** person > 16 for person, change in enumerate(changes)]
    assert 4 <= sum(improved) <= 10  # far from half, where the correction would be nothing
    found, copies, n = estimate(changes, improved), 200, len(changes)
    many = estimate(changes * copies, improved * copies)
    assert (found.n, many.n) == (n, n * copies)
    for name in ("predicted", "adjusted"):
        assert getattr(found, name).term == f"mic_{name}"
        influence = []
        for person in range(n):
            more = estimate(changes * copies + [changes[person]], improved * copies + [improved[person]])
            influence.append((getattr(more, name).estimate - getattr(many, name).estimate) * (n * copies + 1))
        expected = float(np.std(influence)) / math.sqrt(n * copies)
        assert getattr(many, name).std_error == pytest.approx(expected, rel=2e-3)
        if name == "predicted":
            # which no spread enters that is itself larger in a small sample
            assert found.predicted.std_error == pytest.approx(
                many.predicted.std_error * math.sqrt(copies * n / (n - 1)), rel=2e-3
            )


def test_changes_may_be_decimals_as_a_database_gives_them() -> None:
    changes, improved = sample(30)
    exact = [Decimal(change) for change in changes]
    assert estimate(exact, improved) == estimate(changes, improved)  # type: ignore[arg-type]
