from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from outcomes.analysis.funnel import (
    CURVE_POINTS,
    SIGNAL_WORDS,
    FunnelKind,
    FunnelSignal,
    LimitKind,
    Transformation,
    funnel_means,
    funnel_ratios,
    funnel_shares,
)
from outcomes.analysis.over_dispersion import OutlierRule, estimate_over_dispersion
from outcomes.errors import EstimateError

RANDOM = np.random.default_rng(6)
TOTALS = RANDOM.integers(20, 300, 40)
COUNTS = RANDOM.binomial(TOTALS, 0.4)
NAMES = [f"p{index:02}" for index in range(40)]
MEANS = RANDOM.normal(5, 1, 40) + RANDOM.normal(0, 10 / np.sqrt(TOTALS))
ERRORS = 10 / np.sqrt(TOTALS)


@settings(max_examples=4, deadline=None)
@given(st.permutations(range(40)))
def test_order_of_providers_changes_nothing(order: list[int]) -> None:
    plain = funnel_shares(NAMES, COUNTS, TOTALS, target=0.4)
    other = funnel_shares([NAMES[i] for i in order], COUNTS[order], TOTALS[order], target=0.4)
    assert [point.provider for point in other.points] == NAMES
    assert other.over_dispersion.phi == pytest.approx(plain.over_dispersion.phi)
    assert [point.signal for point in other.points] == [point.signal for point in plain.points]


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("limits", [None, LimitKind.EXACT])
def test_means_scale_and_shift(scale: float, limits: LimitKind | None) -> None:
    plain = funnel_means(NAMES, MEANS, ERRORS, TOTALS, limits=limits)
    other = funnel_means(NAMES, (MEANS + 3) * scale, ERRORS * scale, TOTALS, limits=limits)
    assert plain.over_dispersion.tau2 > 0
    assert other.over_dispersion.tau2 == pytest.approx(plain.over_dispersion.tau2 * scale**2, rel=1e-9)
    assert other.target == pytest.approx((plain.target + 3) * scale)
    assert [point.signal for point in other.points] == [point.signal for point in plain.points]
    assert other.curve[0].high_998 == pytest.approx((plain.curve[0].high_998 + 3) * scale)


def test_exact_signals_are_tail_chances() -> None:
    funnel = funnel_shares(NAMES, COUNTS, TOTALS, target=0.36, limits=LimitKind.EXACT)
    for point, count, total in zip(funnel.points, COUNTS, TOTALS, strict=True):
        below, above = binom.cdf(count, total, 0.36), binom.sf(count - 1, total, 0.36)
        assert (point.signal in {FunnelSignal.BELOW_95, FunnelSignal.BELOW_998}) == (below < 0.025)
        assert (point.signal is FunnelSignal.BELOW_998) == (below < 0.001)
        # Above means more than the 97.5 % quantile: the chance of that many or more is 2.5 % or less.
        assert (point.signal in {FunnelSignal.ABOVE_95, FunnelSignal.ABOVE_998}) == (above <= 0.025)
        assert (point.signal is FunnelSignal.ABOVE_998) == (above <= 0.001)
    ratios = funnel_ratios(["a", "b"], [10, 22], [10.0, 12.0], [100, 100], limits=LimitKind.EXACT)
    assert ratios.points[1].signal is FunnelSignal.ABOVE_95
    assert ratios.points[1].limit.high_95 * 12 == poisson.ppf(0.975, 12.0)


def test_all_four_signals_and_none() -> None:
    names = list("abcdefghijk")
    means = [0, 2.2, -2.2, 3.2, -3.2, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3]
    funnel = funnel_means(names, means, [1.0] * 11, [50] * 11, target=0.0, limits=LimitKind.EXACT)
    expected = [
        FunnelSignal.NONE,
        FunnelSignal.ABOVE_95,
        FunnelSignal.BELOW_95,
        FunnelSignal.ABOVE_998,
        FunnelSignal.BELOW_998,
    ]
    assert [point.signal for point in funnel.points][:5] == expected
    assert [point.score for point in funnel.points] == pytest.approx(means)
    assert set(SIGNAL_WORDS) == set(FunnelSignal)
    on_limit = funnel_means(
        ["a", "b"], [funnel.points[0].limit.high_95, 0], [1, 1], [50, 50], target=0, limits=LimitKind.EXACT
    )
    assert on_limit.points[0].signal is FunnelSignal.NONE


def test_small_providers_are_counted_and_not_drawn() -> None:
    funnel = funnel_shares([*NAMES, "tiny", "ten"], [*COUNTS, 9, 4], [*TOTALS, 9, 10])
    assert funnel.n_not_drawn == 1
    assert [point.provider for point in funnel.points] == sorted([*NAMES, "ten"])
    assert funnel.target == pytest.approx((COUNTS.sum() + 4) / (TOTALS.sum() + 10))
    assert [point.provider for point in funnel.points if point.small_cell] == ["ten"]
    assert funnel.curve[0].precision == 10
    with_many = funnel_shares(["a", "b", "c"], [7, 40, 5], [11, 50, 10])
    assert [point.small_cell for point in with_many.points] == [True, False, False]


def test_limits_follow_over_dispersion() -> None:
    calm = funnel_means(NAMES, 5 + ERRORS * np.tile([0.5, -0.5], 20), ERRORS, TOTALS)
    assert (calm.limits, calm.over_dispersion.tau2) == (LimitKind.EXACT, 0.0)
    wild = funnel_means(NAMES, MEANS, ERRORS, TOTALS)
    assert wild.limits is LimitKind.OVER_DISPERSED
    point = wild.points[0]
    width = math.sqrt(ERRORS[0] ** 2 + wild.over_dispersion.tau2)
    assert point.limit.high_95 == pytest.approx(wild.target + 1.959963984540054 * width)
    assert point.limit.low_998 == pytest.approx(wild.target - 3.090232306167813 * width)
    assert point.precision == pytest.approx(ERRORS[0] ** -2)
    assert len(wild.warnings) == 1
    assert "40 providers about 2.0" in str(wild.warnings[0])
    forced = funnel_means(NAMES, MEANS, ERRORS, TOTALS, limits=LimitKind.EXACT)
    assert "flag too many" in str(forced.warnings[-1])
    few = funnel_means(NAMES[:9], MEANS[:9], ERRORS[:9], TOTALS[:9])
    assert any("hardly known" in str(warning) for warning in few.warnings)
    ten = funnel_means(NAMES[:10], MEANS[:10], ERRORS[:10], TOTALS[:10])
    assert not any("hardly known" in str(warning) for warning in ten.warnings)


def test_curve_narrows_and_stays_possible() -> None:
    for funnel in (
        funnel_shares(NAMES, COUNTS, TOTALS),
        funnel_shares(NAMES, COUNTS, TOTALS, limits=LimitKind.SCORE),
        funnel_shares(NAMES, COUNTS // 20, TOTALS, limits=LimitKind.OVER_DISPERSED),
        funnel_ratios(NAMES, COUNTS // 20, TOTALS / 50, TOTALS, limits=LimitKind.OVER_DISPERSED),
    ):
        precisions = [limit.precision for limit in funnel.curve]
        assert precisions == sorted(set(precisions))
        assert (precisions[0], precisions[-1]) == pytest.approx(
            (min(point.precision for point in funnel.points), max(point.precision for point in funnel.points))
        )
        for limit in funnel.curve:
            assert 0 <= limit.low_998 <= limit.low_95 <= limit.high_95 <= limit.high_998
            assert funnel.kind is FunnelKind.RATIOS or limit.high_998 <= 1
        assert funnel.curve[0].high_998 > funnel.curve[-1].high_998


def test_log_ratios() -> None:
    funnel = funnel_ratios(["a", "b"], [8, 12], [10.0, 10.0], [50, 50], transformation=Transformation.LOG)
    assert [point.score for point in funnel.points] == pytest.approx(
        [math.sqrt(10) * math.log(0.8), math.sqrt(10) * math.log(1.2)]
    )
    assert funnel.target == 1.0


def test_over_dispersion_by_hand() -> None:
    scores, errors = np.array([2.0, -2.0, 2.0, -2.0]), np.full(4, 0.5)
    found = estimate_over_dispersion(scores, errors)
    assert (found.phi, found.n) == (4.0, 4)
    # w = 4 each: (4 * 4 - 3) / (16 - 64 / 16)
    assert found.tau2 == pytest.approx(13 / 12)
    one = estimate_over_dispersion(np.arange(3.0), np.ones(3), outliers=OutlierRule.TRUNCATE)
    assert one.n == 3
    # Ranks 1..19: floor(10 rank / 20) is 0 for rank 1 and 9 for ranks 18 and 19; ties share their mean rank.
    many = estimate_over_dispersion(np.arange(19.0), np.ones(19), outliers=OutlierRule.TRUNCATE)
    assert [score is None for score in many.scores] == [True] + [False] * 16 + [True] * 2
    tied = estimate_over_dispersion(np.array([*[0.0] * 3, *range(1, 17)]), np.ones(19), outliers=OutlierRule.TRUNCATE)
    assert [score is None for score in tied.scores] == [False] * 17 + [True] * 2
    # All alike share the middle rank and none is left out.
    assert estimate_over_dispersion(np.ones(30), np.ones(30), outliers=OutlierRule.TRUNCATE).n == 30


def test_one_left_after_truncation_has_no_variance_between() -> None:
    found = estimate_over_dispersion(np.array([5.0, 5.0]), np.ones(2), outliers=OutlierRule.TRUNCATE)
    assert found.n == 2
    assert found.tau2 == pytest.approx(49.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: funnel_shares(["a"], [5], [20]), "at least two providers with 10"),
        (lambda: funnel_shares(["a", "b"], [5, 5], [20, 9]), "at least two providers with 10"),
        (lambda: funnel_shares([], [], []), "at least two providers"),
        (lambda: funnel_shares(["a", "a"], [5, 6], [20, 20]), "more than once: a"),
        (lambda: funnel_shares(["a", "b"], [5], [20, 20]), "a name and all its numbers"),
        (lambda: funnel_shares(["a", "b"], [5, math.nan], [20, 20]), "isn't finite: b"),
        (lambda: funnel_shares(["a", "b"], [5, 21], [20, 20]), "More people"),
        (lambda: funnel_shares(["a", "b"], [5, -1], [20, 20]), "More people"),
        (lambda: funnel_shares(["a", "b"], [0, 0], [20, 20]), "above 0 and below 1"),
        (lambda: funnel_shares(["a", "b"], [20, 20], [20, 20]), "above 0 and below 1"),
        (lambda: funnel_ratios(["a", "b"], [5, 5], [0.0, 5.0], [20, 20]), "expected number above zero"),
        (lambda: funnel_ratios(["a", "b"], [-5, 5], [1.0, 5.0], [20, 20]), "expected number above zero"),
        (
            lambda: funnel_ratios(["a", "b"], [0, 5], [1.0, 5.0], [20, 20], transformation=Transformation.LOG),
            "square root scale",
        ),
        (lambda: funnel_ratios(["a", "b"], [1, 5], [1.0, 5.0], [20, 20], limits=LimitKind.SCORE), "for shares"),
        (lambda: funnel_means(["a", "b"], [1, 5], [1.0, 0.0], [20, 20]), "standard error above zero"),
        (lambda: estimate_over_dispersion(np.ones(1), np.ones(1)), "fewer than two"),
    ],
)
def test_what_cannot_be(call, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        call()


def test_false_signals_come_as_often_as_stated() -> None:
    random, names = np.random.default_rng(99), [f"{index:03}" for index in range(200)]
    totals = random.integers(50, 400, 200)
    outside = 0
    for _ in range(10):
        funnel = funnel_shares(names, random.binomial(totals, 0.3), totals, target=0.3, limits=LimitKind.SCORE)
        outside += sum(point.signal is not FunnelSignal.NONE for point in funnel.points)
    assert outside / 2000 == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 2000))


def test_over_dispersed_limits_go_back_to_the_scale_of_the_values() -> None:
    target, tau2, z = 0.3, None, 1.959963984540054
    counts = [3, 30, 45, 10, 90, 20, 8, 70, 33, 16, 5, 60]
    totals = [40, 60, 90, 50, 150, 90, 30, 160, 140, 30, 45, 110]
    shares = funnel_shares(NAMES[:12], counts, totals, target=target, limits=LimitKind.OVER_DISPERSED)
    tau2 = shares.over_dispersion.tau2
    assert tau2 > 0
    for point in shares.points:
        half = z * math.sqrt(1 / (4 * point.n) + tau2)
        assert point.limit.high_95 == pytest.approx(math.sin(math.asin(math.sqrt(target)) + half) ** 2, rel=1e-10)
        assert point.limit.low_95 == pytest.approx(
            math.sin(max(0.0, math.asin(math.sqrt(target)) - half)) ** 2, abs=1e-12
        )
    high = funnel_shares(NAMES[:12], counts, totals, target=0.97, limits=LimitKind.OVER_DISPERSED)
    assert {point.limit.high_95 for point in high.points} == {1.0}
    expected = [2.0 + index for index in range(12)]
    ratios = funnel_ratios(
        NAMES[:12],
        [9, 1, 12, 2, 15, 3, 20, 4, 2, 30, 5, 40],
        expected,
        totals,
        transformation=Transformation.LOG,
        limits=LimitKind.OVER_DISPERSED,
    )
    tau2 = ratios.over_dispersion.tau2
    assert tau2 > 0
    for point in ratios.points:
        half = z * math.sqrt(1 / point.precision + tau2)
        assert (point.limit.low_95, point.limit.high_95) == pytest.approx((math.exp(-half), math.exp(half)), rel=1e-10)


def test_means_are_what_they_are_and_are_never_small_cells() -> None:
    found = funnel_means(NAMES[:3], [1.0, 2.0, 3.0], [0.1, 0.1, 0.1], [40, 4, 40], target=5.0)
    assert (found.kind, found.target, found.n_not_drawn) == (FunnelKind.MEANS, 5.0, 1)
    assert [point.small_cell for point in found.points] == [False, False]
    assert [point.score for point in found.points] == pytest.approx([-40.0, -20.0])


def test_a_ratio_is_small_where_few_had_no_event() -> None:
    found = funnel_ratios(NAMES[:3], [8, 8, 3], [6.0, 6.0, 6.0], [12, 13, 40])
    assert [point.small_cell for point in found.points] == [True, False, True]


def test_on_a_limit_is_within_it() -> None:
    shares = funnel_shares(NAMES, COUNTS, TOTALS, target=0.4, limits=LimitKind.EXACT)
    limit = shares.points[0].limit
    n = shares.points[0].n
    for edge, signal in (
        (limit.low_998, FunnelSignal.BELOW_95),
        (limit.high_998, FunnelSignal.ABOVE_95),
        (limit.low_95, FunnelSignal.NONE),
        (limit.high_95, FunnelSignal.NONE),
    ):
        counts = [round(edge * n), *COUNTS[1:]]
        found = funnel_shares(NAMES, counts, [n, *TOTALS[1:]], target=0.4, limits=LimitKind.EXACT)
        assert found.points[0].value == edge
        assert found.points[0].signal is signal


def test_the_sentences_name_their_numbers() -> None:
    found = funnel_means(NAMES[:9], [5.0] * 8 + [5.1], [1.0] * 9, [40] * 9)
    assert [str(warning) for warning in found.warnings] == [
        "Of 9 providers about 0.5 lie outside the 95 % limits by chance alone.",
        "With fewer than 10 providers, how much they differ is hardly known.",
    ]
    assert found.over_dispersion.tau2 == 0.0
    chance = funnel_means(NAMES[:9], [5.0] * 8 + [5.1], [1.0] * 9, [40] * 9, limits=LimitKind.EXACT)
    assert len(chance.warnings) == 2


def test_outliers_are_left_out_where_asked() -> None:
    found = funnel_shares(NAMES, COUNTS, TOTALS, outliers=OutlierRule.TRUNCATE)
    assert found.over_dispersion.n < 40
    assert any(score is None for score in found.over_dispersion.scores)


def test_the_inner_ones_by_rank_and_all_where_there_are_none() -> None:
    errors = np.full(10, 0.5)
    scores = np.arange(10.0) - 4.5
    inner = estimate_over_dispersion(scores, errors, outliers=OutlierRule.TRUNCATE)
    assert [score is not None for score in inner.scores] == [False, *[True] * 8, False]
    two = estimate_over_dispersion(np.array([-3.0, 3.0]), np.array([1.0, 1.0]), outliers=OutlierRule.TRUNCATE)
    assert (two.n, two.phi) == (2, 9.0)


def test_points_hold_their_people_and_the_curve_its_points() -> None:
    found = funnel_means(NAMES[:3], [1.0, 2.0, 3.0], [0.1, 0.2, 0.4], [40, 20, 50])
    assert [point.n for point in found.points] == [40, 20, 50]
    assert len(found.curve) == CURVE_POINTS
    assert (found.curve[0].precision, found.curve[-1].precision) == pytest.approx((1 / 0.16, 1 / 0.01))


def test_every_faulty_provider_is_named() -> None:
    with pytest.raises(EstimateError, match="more than once: a, b"):
        funnel_shares(["a", "b", "a", "b"], [1, 1, 1, 1], [20, 20, 20, 20])
    with pytest.raises(EstimateError, match="isn't finite: a, c"):
        funnel_means(["a", "b", "c"], [math.nan, 1.0, 1.0], [1.0, 1.0, math.inf], [20, 20, 20])


def test_numbers_may_be_decimals_as_a_database_gives_them() -> None:
    exact = [Decimal(int(total)) for total in TOTALS]
    assert funnel_shares(NAMES, COUNTS, exact) == funnel_shares(NAMES, COUNTS, TOTALS)
