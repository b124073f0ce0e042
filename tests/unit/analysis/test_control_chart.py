from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.control_chart import ControlChartKind, individuals_chart, shares_chart
from outcomes.analysis.run_rules import RULE_WORDS, USUAL_RULES, RunRule, read_signals, run_length_of_rules
from outcomes.errors import EstimateError

ALL = frozenset(RunRule)
BEYOND, TWO, FOUR, EIGHT = RunRule.BEYOND_LIMITS, RunRule.TWO_OF_THREE, RunRule.FOUR_OF_FIVE, RunRule.EIGHT_ON_ONE_SIDE
STEADY = [10.0, 12.0] * 12


def months(n: int) -> list[str]:
    return [f"{2020 + index // 12}-{index % 12 + 1:02}" for index in range(n)]


def chart(values: list[float], baseline: int = 24, **options):
    return individuals_chart(values, months(len(values)), baseline=baseline, periods_per_year=12, **options)


@pytest.mark.parametrize(
    ("deviations", "expected"),
    [
        ([3.0, -3.0], [(), ()]),
        ([3.01], [(BEYOND,)]),
        ([-3.01], [(BEYOND,)]),
        ([2.1, 0.5, 2.1], [(), (), (TWO,)]),
        ([2.1, -2.1, 2.1], [(), (), (TWO,)]),
        ([2.1, 0.5, 0.5, 2.1], [(), (), (), ()]),
        ([2.1, 2.0], [(), ()]),
        ([-2.1, -2.1], [(), (TWO,)]),
        ([1.1, 1.1, -0.5, 1.1, 1.1], [(), (), (), (), (FOUR,)]),
        ([1.1, 1.1, 1.1, 1.0, 1.1], [(), (), (), (), (FOUR,)]),
        ([1.1, 1.1, 1.1, 1.0], [(), (), (), ()]),
        ([1.1, 1.1, -0.5, -0.5, 1.1, 1.1], [()] * 6),
        ([0.5] * 7, [()] * 7),
        ([0.5] * 9, [()] * 7 + [(EIGHT,)] * 2),
        ([-0.5] * 8, [()] * 7 + [(EIGHT,)]),
        ([0.5] * 7 + [-0.5] + [0.5] * 7, [()] * 15),
        ([0.5] * 4 + [0.0] + [0.5] * 7, [()] * 12),
        ([0.5] * 4 + [0.0] + [0.5] * 8, [()] * 12 + [(EIGHT,)]),
        ([1.5] * 7 + [3.5], [()] * 3 + [(FOUR,)] * 4 + [(BEYOND, FOUR, EIGHT)]),
    ],
)
def test_rules_by_hand(deviations: list[float], expected: list[tuple[RunRule, ...]]) -> None:
    assert list(read_signals(deviations, ALL)) == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-4, 4), max_size=40), st.sets(st.sampled_from(RunRule)))
def test_rules_do_not_disturb_each_other_and_mirror(deviations: list[float], rules: set[RunRule]) -> None:
    everything = read_signals(deviations, ALL)
    some = read_signals(deviations, frozenset(rules))
    assert some == tuple(tuple(rule for rule in found if rule in rules) for found in everything)
    assert read_signals([-value for value in deviations], ALL) == everything


def test_run_lengths_in_closed_form() -> None:
    beyond = math.erfc(3 / math.sqrt(2))
    assert run_length_of_rules(frozenset({BEYOND})) == pytest.approx(1 / beyond, rel=1e-10)
    # Eight alike in a row of fair coins: 2^8 - 1.
    assert run_length_of_rules(frozenset({EIGHT})) == pytest.approx(255, rel=1e-10)
    with pytest.raises(EstimateError, match="at least one rule"):
        run_length_of_rules(frozenset())
    assert set(RULE_WORDS) == ALL


def test_false_alarms_as_stated() -> None:
    random, starts, lengths = np.random.default_rng(5), 120, []
    series = random.standard_normal((starts, 1000))
    for row in series:
        signals = read_signals(row.tolist(), USUAL_RULES)
        lengths.append(next((index + 1 for index, found in enumerate(signals) if found), 1000))
    stated = run_length_of_rules(USUAL_RULES)
    assert np.mean(lengths) == pytest.approx(stated, abs=4 * np.std(lengths) / math.sqrt(starts))


def test_centre_and_limits_come_from_the_baseline_alone() -> None:
    found = chart([*STEADY, 11.0, 40.0])
    assert found.centre == 11.0
    assert found.sigma == pytest.approx(2.0 * math.sqrt(math.pi) / 2)
    last = found.points[-1]
    assert (last.value, last.baseline, last.signals) == (40.0, False, (BEYOND,))
    assert last.deviation == pytest.approx(29 / found.sigma)
    assert (last.low, last.high) == pytest.approx((11 - 3 * found.sigma, 11 + 3 * found.sigma))
    assert [point.period for point in found.signals] == ["2022-02"]
    assert [point.baseline for point in found.points] == [True] * 24 + [False] * 2
    assert found.warnings == ()
    assert found.kind is ControlChartKind.INDIVIDUALS
    assert found.rules == USUAL_RULES
    assert found.run_length.observations == pytest.approx(152.73, abs=0.005)
    assert found.run_length.false_alarms_per_year == pytest.approx(12 / 152.73, rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-6, 1e9), st.floats(-1e6, 1e6))
def test_units_of_values_change_no_deviation(scale: float, shift: float) -> None:
    values = np.array([*np.random.default_rng(2).normal(0, 1, 20), 5.0])
    plain, other = chart(values.tolist(), 20), chart(((values + shift) * scale).tolist(), 20)
    assert [point.deviation for point in other.points] == pytest.approx(
        [point.deviation for point in plain.points], rel=1e-6, abs=1e-6
    )


def test_baseline_is_looked_at() -> None:
    short = chart(STEADY, 19)
    assert len(short.warnings) == 1
    assert "only 19 periods" in str(short.warnings[0])
    assert chart(STEADY, 20).warnings == ()
    odd = chart([*STEADY[:22], 60.0, 11.0], 24)
    assert "itself holds a signal" in str(odd.warnings[0])
    assert odd.signals == ()


def test_shares_end_at_nobody_and_everybody() -> None:
    counts, totals = [1, 3] * 10, [20] * 20
    found = shares_chart(counts, totals, months(20), baseline=20, periods_per_year=4)
    assert (found.centre, found.kind) == (0.1, ControlChartKind.SHARES)
    assert found.points[0].low == 0.0
    mirrored = shares_chart([20 - c for c in counts], totals, months(20), baseline=20, periods_per_year=4)
    assert mirrored.points[0].high == 1.0
    assert mirrored.points[0].low == pytest.approx(1 - found.points[0].high)
    spread = math.sqrt(0.09 / 20)
    assert found.sigma == pytest.approx(0.1 / spread * math.sqrt(math.pi) / 2)
    assert found.points[0].high == pytest.approx(0.1 + 3 * spread * found.sigma)
    ten = shares_chart([1, 3] * 10, [10] * 20, months(20), baseline=20, periods_per_year=4)
    assert ten.points[0].value == 0.1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: chart([1.0] * 24), "don't vary"),
        (lambda: chart(STEADY, 7), "at least 8 periods"),
        (lambda: chart(STEADY, 25), "no more than there are"),
        (lambda: chart([*STEADY, math.nan]), "no value that is a number: 2022-01"),
        (lambda: chart([*STEADY, math.inf]), "no value that is a number: 2022-01"),
        (lambda: chart(STEADY, rules=frozenset()), "at least one rule"),
        (lambda: individuals_chart(STEADY, months(23), baseline=20, periods_per_year=12), "a period of its own"),
        (lambda: individuals_chart(STEADY, ["x"] * 24, baseline=20, periods_per_year=12), "a period of its own"),
        (lambda: individuals_chart(STEADY, months(24), baseline=20, periods_per_year=0), "number above zero"),
        (lambda: individuals_chart(STEADY, months(24), baseline=20, periods_per_year=math.nan), "number above zero"),
        (lambda: individuals_chart(STEADY, months(24), baseline=20, periods_per_year=math.inf), "number above zero"),
    ],
)
def test_what_cannot_be(call, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        call()


@pytest.mark.parametrize(
    ("counts", "totals", "words"),
    [
        ([1] * 9, [20] * 10, "a count and a number"),
        ([1] * 10, [20] * 9 + [math.nan], "a count and a number"),
        ([1] * 10, [20] * 9 + [9], "these periods: 2020-10"),
        ([1] * 9 + [21], [20] * 10, "More people"),
        ([1] * 9 + [-1], [20] * 10, "More people"),
        ([0] * 10, [20] * 10, "don't vary"),
        ([20] * 10, [20] * 10, "don't vary"),
        ([5] * 10, [20] * 10, "don't vary"),
    ],
)
def test_what_shares_cannot_be(counts: list[int], totals: list[int], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        shares_chart(counts, totals, months(10), baseline=10, periods_per_year=12)


def test_eight_periods_are_a_baseline() -> None:
    assert len(chart(STEADY, 8).points) == 24
    assert len(chart(STEADY[:8], 8).points) == 8
