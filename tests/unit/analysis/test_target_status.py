"""The status of a target: every answer follows from the interval, the threshold and the number of people alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.indicators import highest_published
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.suppression import SHARE_SPAN, round_interval
from outcomes.analysis.target_status import Obstacle, TargetStatus, judge_target

DIRECTIONS = st.sampled_from(["at_least", "at_most"])
NUMBERS = st.integers(-1000, 1000).map(lambda number: float(Fraction(number, 8)))
PEOPLE = st.integers(10, 500)


@st.composite
def intervals(draw):
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return {"ci_low": low, "ci_high": high}


@given(intervals(), NUMBERS, DIRECTIONS, PEOPLE, PEOPLE)
def test_exactly_one_answer_and_it_is_the_intervals(interval, threshold, direction, n, minimum_n):
    judged = judge_target(**interval, n=n, threshold=threshold, direction=direction, minimum_n=minimum_n)
    low, high = interval["ci_low"], interval["ci_high"]
    right = low >= threshold if direction == "at_least" else high <= threshold
    wrong = high < threshold if direction == "at_least" else low > threshold
    assert not (right and wrong)
    if n < minimum_n:
        assert (judged.status, judged.obstacle, judged.missing) == (
            TargetStatus.NOT_SAID, Obstacle.TOO_FEW, minimum_n - n,
        )  # fmt: skip
    else:
        assert judged.missing is None
        assert (judged.status is TargetStatus.MET) == right
        assert (judged.status is TargetStatus.NOT_MET) == wrong
        assert (judged.obstacle is Obstacle.INTERVAL) == (not right and not wrong)


@given(intervals(), NUMBERS, PEOPLE)
def test_turning_everything_round_changes_nothing(interval, threshold, n):
    straight = judge_target(**interval, n=n, threshold=threshold, direction="at_least", minimum_n=10)
    turned = {"ci_low": -interval["ci_high"], "ci_high": -interval["ci_low"]}
    assert judge_target(**turned, n=n, threshold=-threshold, direction="at_most", minimum_n=10) == straight


@given(intervals(), NUMBERS, DIRECTIONS, st.floats(0, 1), st.floats(0, 1))
def test_a_narrower_interval_never_turns_met_into_not_met(interval, threshold, direction, left, right):
    low, high = interval["ci_low"], interval["ci_high"]
    middle = (low + high) / 2
    inner = {"ci_low": low + (middle - low) * left, "ci_high": high - (high - middle) * right}
    whole = judge_target(**interval, n=50, threshold=threshold, direction=direction, minimum_n=10)
    within = judge_target(**inner, n=50, threshold=threshold, direction=direction, minimum_n=10)
    if whole.status is not TargetStatus.NOT_SAID:
        assert within == whole


def test_an_easier_threshold_never_makes_it_worse():
    order = {TargetStatus.NOT_MET: 0, TargetStatus.NOT_SAID: 1, TargetStatus.MET: 2}
    judged = [
        order[judge_target(ci_low=2, ci_high=4, n=50, threshold=goal, direction="at_least", minimum_n=10).status]
        for goal in (5, 4.1, 4, 3, 2.1, 2, 1)
    ]
    assert judged == [0, 0, 1, 1, 1, 2, 2]


@given(intervals(), NUMBERS, DIRECTIONS, NUMBERS)
def test_missing_answers_never_make_a_target_missed(interval, threshold, direction, highest):
    """Had all who haven't answered been better, it might have been met: then it can't be said."""
    usual = {"n": 50, "threshold": threshold, "direction": direction, "minimum_n": 10}
    before, judged = judge_target(**interval, **usual), judge_target(**interval, **usual, highest=highest)
    if before.status is TargetStatus.NOT_MET and direction == "at_least" and highest >= threshold:
        assert (judged.status, judged.obstacle) == (TargetStatus.NOT_SAID, Obstacle.MISSING)
    else:
        assert judged == before


@given(st.integers(10, 300), st.data())
def test_what_an_authority_reads_off_a_published_figure_holds_of_the_figure_itself(n, data):
    """Published ends are rounded outward: met and not met by them is met and not met by the exact ones."""
    answered = data.draw(st.integers(10, n))
    share = estimate_share(data.draw(st.integers(0, answered)), n)
    low, high = round_interval(share.ci_low, share.ci_high, n, span=SHARE_SPAN)
    goal = {"n": n, "threshold": data.draw(st.integers(0, 100)) / 100, "direction": "at_least", "minimum_n": 10}
    whole = estimate_share(share.count + n - answered, n).ci_high
    exact = judge_target(ci_low=share.ci_low, ci_high=share.ci_high, highest=whole, **goal)
    highest = highest_published("share_better", ci_high=high, n=n, completeness=round(answered / n, 2))
    published = judge_target(ci_low=low, ci_high=high, highest=highest, **goal)
    assert published.status in {exact.status, TargetStatus.NOT_SAID}


@pytest.mark.parametrize(
    "wrong", [{"direction": "about"}, {"ci_low": 5.0}, {"threshold": float("nan")}, {"ci_high": float("nan")}]
)
def test_what_is_no_target_or_no_interval_is_refused(wrong):
    usual = {"ci_low": 1.0, "ci_high": 2.0, "n": 20, "threshold": 1.0, "direction": "at_least", "minimum_n": 10}
    with pytest.raises(ValueError, match=r"target|interval"):
        judge_target(**{**usual, **wrong})
