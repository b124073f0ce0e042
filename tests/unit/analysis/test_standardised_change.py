from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.change import standardised_mean_change
from outcomes.analysis.standardised_change import (
    PairedSummary,
    change_by_known_sd,
    difference_by_pooled_sd,
    difference_of_smcr,
    smcc,
    smcr,
    smcr_heteroscedastic,
    summarise_pairs,
)
from outcomes.errors import EstimateError

SUMMARY = PairedSummary(20, 50.0, 55.0, 10.0, 12.0, 0.6)
METHODS = (smcr, smcr_heteroscedastic, smcc)
pairs = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)),
    min_size=4,
    max_size=30,
    unique_by=(lambda p: p[0], lambda p: p[1], lambda p: p[1] - p[0]),
)


@given(pairs)
def test_scores_and_their_summary_agree(scores: list[tuple[float, float]]) -> None:
    before, after = [float(x) for x, _ in scores], [float(y) for _, y in scores]
    found, old = smcr(summarise_pairs(before, after)), standardised_mean_change(before, after)
    assert found.estimate == pytest.approx(old.estimate, rel=1e-12)
    assert found.std_error == pytest.approx(old.std_error, rel=1e-6)


@given(scores=pairs, scale=st.sampled_from([1e-3, 7.0, 1e9]), shift=st.sampled_from([-30.0, 0.0, 11.0]))
def test_units_and_order_do_not_matter(scores: list[tuple[float, float]], scale: float, shift: float) -> None:
    before, after = [float(x) for x, _ in scores], [float(y) for _, y in scores]
    one = summarise_pairs(before, after)
    other = summarise_pairs([scale * (x + shift) for x in before[::-1]], [scale * (y + shift) for y in after[::-1]])
    for method in METHODS:
        assert method(one).estimate == pytest.approx(method(other).estimate, rel=1e-6, abs=1e-9)
        assert method(one).std_error == pytest.approx(method(other).std_error, rel=1e-6)


def test_every_estimate_has_its_own_name() -> None:
    names = [method(SUMMARY).term for method in METHODS]
    names += [method(SUMMARY, SUMMARY).term for method in (difference_of_smcr, difference_by_pooled_sd)]
    assert names == ["smcr", "smcrh", "smcc", "smcr_difference", "pooled_sd_difference"]
    assert change_by_known_sd(SUMMARY, 0.5).term == "change_known_sd"
    assert change_by_known_sd(SUMMARY, 0.5).estimate == 10.0


def test_known_sd_by_hand() -> None:
    found = change_by_known_sd(SUMMARY, 8.0)
    assert found.estimate == 0.625
    assert found.df == 19
    assert found.std_error == pytest.approx(math.sqrt((100 + 144 - 144) / 20) / 8, rel=1e-14)


def test_intervals_are_normal() -> None:
    found = smcc(SUMMARY)
    assert found.df is None
    assert (found.ci_low + found.ci_high) / 2 == pytest.approx(found.estimate)
    assert found.ci_high - found.ci_low == pytest.approx(2 * 1.959963984540054 * found.std_error)
    assert 0 < found.p_value < 0.05


def test_two_groups_turn_around() -> None:
    other = PairedSummary(30, 48.0, 50.0, 9.0, 9.0, 0.4)
    for method in (difference_of_smcr, difference_by_pooled_sd):
        there, back = method(SUMMARY, other), method(other, SUMMARY)
        assert there.estimate == pytest.approx(-back.estimate, rel=1e-12)
        assert there.std_error == pytest.approx(back.std_error, rel=1e-12)
    assert difference_of_smcr(SUMMARY, SUMMARY).estimate == 0.0


def test_pooled_difference_weighs_correlations_by_people() -> None:
    other = PairedSummary(40, 50.0, 50.0, 10.0, 12.0, 0.3)
    found = difference_by_pooled_sd(SUMMARY, other)
    expected = 2 * (1 - 0.4) * (1 / 20 + 1 / 40) + found.estimate**2 / 120
    assert found.std_error**2 == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n": 2}, "three people"),
        ({"sd_before": 0.0}, "same score"),
        ({"sd_after": -1.0}, "same score"),
        ({"correlation": 1.01}, "between -1 and 1"),
        ({"correlation": -1.01}, "between -1 and 1"),
        ({"mean_after": math.nan}, "finite"),
    ],
)
def test_impossible_summaries(changed: dict[str, float], words: str) -> None:
    numbers = {"n": 20, "mean_before": 1, "mean_after": 2, "sd_before": 1, "sd_after": 1, "correlation": 0.5}
    PairedSummary(**numbers)
    with pytest.raises(EstimateError, match=words):
        PairedSummary(**(numbers | changed))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([1.0, 2.0], [1.0, 3.0], "three people"),
        ([], [], "three people"),
        ([1.0, 2.0, 3.0], [1.0, 2.0], "as many of each"),
        ([1.0, 2.0, math.nan], [1.0, 2.0, 3.0], "finite"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, math.inf], "finite"),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0], "same score"),
        ([1.0, 2.0, 3.0], [2.0, 2.0, 2.0], "same score"),
    ],
)
def test_scores_that_cannot_be_summarised(before: list[float], after: list[float], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        summarise_pairs(before, after)


def test_all_changed_alike() -> None:
    alike = PairedSummary(20, 50.0, 55.0, 10.0, 10.0, 1.0)
    with pytest.raises(EstimateError, match="same"):
        smcc(alike)
    with pytest.raises(EstimateError, match="no uncertainty"):
        change_by_known_sd(alike, 10.0)
    with pytest.raises(EstimateError, match="no uncertainty"):
        smcr(PairedSummary(20, 50.0, 50.0, 10.0, 10.0, 1.0))


@pytest.mark.parametrize("sd", [0.0, -1.0, math.nan, math.inf])
def test_a_known_sd_is_above_zero(sd: float) -> None:
    with pytest.raises(EstimateError, match="above 0"):
        change_by_known_sd(SUMMARY, sd)
