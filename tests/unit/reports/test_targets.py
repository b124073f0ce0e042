"""Targets in words: a number never looks like the threshold that it isn't, and every standing says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.disclosure import too_few_for_estimate
from outcomes.analysis.indicators import INDICATORS, IndicatorValue
from outcomes.analysis.target_status import Obstacle, TargetStatus
from outcomes.language import translate, use_locale
from outcomes.reports.targets import (
    UNIT_WORDS,
    amounts,
    count_standings,
    goal_amount,
    make_board,
    stand,
    whom,
    wish_words,
)
from tests.unit.templates.target_samples import BOARD, ENDED, FEW, HIDDEN, MET, NOT_MET, OPEN


def test_a_threshold_is_written_as_it_was_chosen():
    with use_locale("en"):
        said = [str(goal_amount("share", goal)) for goal in (0.3, 0.125, 0.0)]
        assert said == ["30%", "12.5%", "0%"]
        assert [str(goal_amount("points", goal)) for goal in (0.0, 5.0, 7.5, -2.25)] == ["0", "5", "7.5", "−2.25"]
        assert translate(wish_words("share_worse", "at_most", 0.2)) == "at most 20%"
        assert translate(wish_words("mean_change", "at_least", 5)) == "at least 5 points of the measure"


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_an_end_that_is_not_the_threshold_never_looks_like_it(goal, end):
    share, other = goal / 10_000, end / 10_000
    (said,) = amounts("share", share, other)
    assert (str(said) == str(replace(said, value=share))) == (share == other)


def test_each_standing_says_why():
    said = {name: each.standing for name, each in (("met", MET), ("not", NOT_MET), ("open", OPEN), ("few", FEW))}
    assert [each.status for each in said.values()] == [
        TargetStatus.MET, TargetStatus.NOT_MET, TargetStatus.NOT_SAID, TargetStatus.NOT_SAID,
    ]  # fmt: skip
    assert [each.obstacle for each in said.values()] == [None, None, Obstacle.INTERVAL, Obstacle.TOO_FEW]
    assert "18 too few" in str(said["few"].finding)
    assert HIDDEN.standing.finding == too_few_for_estimate().sentence
    assert HIDDEN.standing.obstacle is Obstacle.WITHHELD


def test_missing_answers_are_the_reason_that_is_told():
    value = IndicatorValue("share_better", 0.4, 0.32, 0.48, 120, 0.8, highest=0.66)
    found = stand(value, threshold=0.5, direction="at_least", minimum_n=10, snapshot="x")
    assert (found.status, found.obstacle) == (TargetStatus.NOT_SAID, Obstacle.MISSING)
    assert "Answers are missing" in str(found.finding)
    missed = stand(value, threshold=0.7, direction="at_least", minimum_n=10, snapshot="x")
    assert missed.status is TargetStatus.NOT_MET


def test_a_number_of_nobody_knows_how_many_is_withheld():
    value = IndicatorValue("mean_change", 1.0, 0.5, 1.5, None, None)
    found = stand(value, threshold=0.0, direction="at_least", minimum_n=10, snapshot="x")
    assert (found.status, found.obstacle) == (TargetStatus.NOT_SAID, Obstacle.WITHHELD)


def test_what_needs_attention_comes_first_and_what_ended_is_not_counted():
    assert BOARD.targets[0].standing.status is TargetStatus.NOT_MET
    assert BOARD.targets[-1] is MET
    counts = count_standings([MET, NOT_MET, OPEN, FEW, HIDDEN, ENDED])
    assert (counts.met, counts.not_met, counts.not_said) == (1, 1, 3)
    empty = make_board("x", (), for_authority=False, as_of=date(2026, 1, 1))
    assert str(empty.finding) == "No target has been set yet."
    own = make_board("x", (replace(MET, standing=None),), for_authority=True, as_of=date(2026, 1, 1))
    assert str(own.finding) == "National targets in force: 1."


def test_whom_it_is_about():
    plain = replace(MET, provider=None, target_group_title=None, legal_section=None)
    assert str(whom(plain)) == "Everybody in it"
    assert str(whom(replace(plain, provider="Åen"))) == "Those at Åen"
    assert str(whom(MET)).startswith("Those at")


def test_every_unit_has_words_or_is_per_cent():
    assert {each.unit for each in INDICATORS.values()} == UNIT_WORDS.keys() | {"share"}
