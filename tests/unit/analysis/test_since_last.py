"""The difference to last time: simulated people who come one after the other, and what may not be held together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.analysis.since_last import compare_share_with_part, compare_with_part

OLD, NEW = 80, 50


def mean(values):
    return t_estimate("change", float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))), len(values) - 1)


def test_nothing_has_changed_and_the_interval_says_so_nineteen_times_of_twenty():
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(1500):
        people = rng.normal(3, 8, OLD + NEW)
        found = compare_with_part(mean(people), OLD + NEW, mean(people[:OLD]), OLD)
        assert isinstance(found, TermEstimate)
        inside += found.includes_zero
    assert inside / 1500 == pytest.approx(0.95, abs=0.02)


def test_shares_of_the_same_chance_differ_by_chance():
    rng = np.random.default_rng(8)
    inside = 0
    for _ in range(1500):
        better = rng.random(OLD + NEW) < 0.4
        now = estimate_share(int(better.sum()), OLD + NEW)
        found = compare_share_with_part(now, estimate_share(int(better[:OLD].sum()), OLD))
        assert isinstance(found, TermEstimate)
        inside += found.includes_zero
    assert inside / 1500 == pytest.approx(0.95, abs=0.02)


def test_a_real_turn_is_seen():
    rng = np.random.default_rng(9)
    people = np.concatenate([rng.normal(3, 8, OLD), rng.normal(-12, 8, OLD)])
    found = compare_with_part(mean(people), 2 * OLD, mean(people[:OLD]), OLD)
    assert isinstance(found, TermEstimate)
    assert found.ci_high < 0
    assert found.estimate == pytest.approx(people.mean() - people[:OLD].mean())


@pytest.mark.parametrize(("more", "code"), [(0, "too_few"), (9, "too_few"), (-3, "not_possible")])
def test_a_few_newcomers_are_never_told_apart(more, code):
    number = TermEstimate("change", 1.0, 0.5, None, 0.0, 2.0, None)
    found = compare_with_part(number, OLD + more, number, OLD)
    assert isinstance(found, Withheld)
    assert found.code is WithheldReason(code)


def test_where_nobody_differs_there_is_no_difference_to_give():
    all_or_none = estimate_share(OLD + 20, OLD + 20)
    assert isinstance(compare_share_with_part(all_or_none, estimate_share(OLD, OLD)), Withheld)


def test_the_difference_by_hand():
    """The whole less a part of it: variance (n / m - 1) times that of the whole's mean."""
    number = TermEstimate("change", 3.0, 0.5, None, 2.0, 4.0, None)
    found = compare_with_part(number, 90, replace(number, estimate=1.0), 80)
    assert (found.term, found.estimate, found.std_error) == ("difference", 2.0, pytest.approx(0.5 * (1 / 8) ** 0.5))
    assert compare_with_part(number, 10, number, 0).code is WithheldReason.NOT_POSSIBLE
    assert "uncertainty" in str(compare_with_part(number, 10, number, 0).sentence)
    shares = compare_share_with_part(estimate_share(45, 90), estimate_share(20, 80))
    assert shares.std_error == pytest.approx((0.25 * (1 / 80 - 1 / 90)) ** 0.5)
    assert "10 more people" in str(compare_share_with_part(estimate_share(4, 81), estimate_share(4, 80)).sentence)
    assert "fewer people" in str(compare_with_part(number, 79, number, 80).sentence)
