"""From answers to scores: worked examples and properties that hold for any answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import AnswerError
from outcomes.instruments import (
    AnswerType,
    Instrument,
    Item,
    parse_instrument,
    reverse_value,
    score_answers,
    shipped_instruments,
    visible_answers,
)

SHIPPED = shipped_instruments()


def answers_to(item: Item) -> st.SearchStrategy[Any]:
    """Any answer that the item allows, or none."""
    low, high = item.bounds or (0, 5)
    by_type = {
        AnswerType.SINGLE_CHOICE: st.sampled_from([option.value for option in item.options] or [0]),
        AnswerType.MULTI_CHOICE: st.lists(
            st.sampled_from([option.value for option in item.options if not option.exclusive] or ["x"]), unique=True
        ),
        AnswerType.FREE_TEXT: st.text(alphabet="abcæøå ", max_size=20),
    }
    return st.none() | by_type.get(item.type, st.integers(int(low), int(high)))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Instrument, dict[str, Any]]:
    instrument = draw(st.sampled_from(SHIPPED))
    return instrument, {item.id: draw(answers_to(item)) for item in instrument.items}


@given(answered())
def test_a_score_is_inside_its_range_or_missing_with_a_reason(case):
    instrument, answers = case
    for score in score_answers(instrument, answers):
        scale = instrument.scale(score.scale)
        assert score.n_items == len(scale.items)
        if score.value is None:
            assert score.reason is not None
        else:
            assert score.reason is None
            assert scale.range[0] <= score.value <= scale.range[1]
            assert score.n_answered >= scale.missing.min_answered


@given(answered())
def test_hidden_answers_change_no_score(case):
    instrument, answers = case
    assert score_answers(instrument, answers) == score_answers(instrument, visible_answers(instrument, answers))


@given(answered())
@settings(max_examples=50)
def test_the_order_of_answers_changes_nothing(case):
    instrument, answers = case
    assert score_answers(instrument, answers) == score_answers(instrument, dict(reversed(answers.items())))


@given(st.sampled_from([item for one in SHIPPED for item in one.items if item.bounds]), st.data())
def test_turning_around_twice_gives_the_value_back(item, data):
    low, high = item.bounds
    value = data.draw(st.integers(int(low), int(high)))
    assert low <= reverse_value(item, value) <= high
    assert reverse_value(item, reverse_value(item, value)) == value


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: one.key)
def test_skipping_everything_gives_no_score_and_a_reason(instrument):
    for score in score_answers(instrument, {item.id: None for item in instrument.items}):
        assert (score.value, score.n_answered) == (None, 0)
        assert "None of the questions" in str(score.reason)


def test_a_reversed_item_and_prorating(small):
    # mood 2 of 0..2 turned around is 0; pain is 6: together 6.
    assert score_answers(small, {"mood": 2, "pain": 6})[0].value == 6
    # One of two answered: the sum is doubled.
    assert score_answers(small, {"pain": 6})[0].value == 12
    assert score_answers(small, {"mood": 2})[0].value == 0


def test_too_few_answers_say_how_many_are_needed(shipped):
    found = score_answers(shipped["wellbeing"], {"hope": 4, "body": 3, "enjoyed": 1})[0]
    assert found.value is None
    assert str(found.reason) == "3 of 5 questions were answered. 4 are needed for a score."


def test_wellbeing_prorated_over_four_answers(shipped):
    # 4 + 3 + (4 - 1) + 2 = 12 of 16, so 12 * 5 / 4 = 15 of 20, so 75.
    answers = {"enjoyed": 4, "strength": 3, "worries": 1, "body": 2}
    assert score_answers(shipped["wellbeing"], answers)[0].value == 75


def test_a_mean_is_over_the_answered_items(shipped):
    everyday, control = score_answers(shipped["mastery"], {"whole_day": 4, "home": 7, "money": 6, "own_hands": 62})
    assert everyday.value == pytest.approx(17 / 3, abs=1e-9)
    assert control.value == 62


def test_a_look_up_table(small_data):
    scale = small_data["scales"][0]
    scale.update(missing={"min_answered": 2}, range=[0, 24], table={total: 2 * total for total in range(13)})
    instrument = parse_instrument(small_data)
    assert score_answers(instrument, {"mood": 0, "pain": 5})[0].value == 14
    assert "2 are needed" in str(score_answers(instrument, {"pain": 5})[0].reason)


def test_a_sum_that_a_stored_table_lost_has_a_reason(small_data):
    scale = small_data["scales"][0]
    scale.update(missing={"min_answered": 2}, table={total: total for total in range(13)})
    instrument = parse_instrument(small_data)
    thinned = instrument.scales[0].model_copy(update={"table": {0: 0.0}})
    found = score_answers(instrument.model_copy(update={"scales": (thinned,)}), {"mood": 0, "pain": 5})[0]
    assert str(found.reason) == "The conversion table has no score for the sum 7."


def test_a_falling_line_turns_the_direction(small_data):
    small_data["scales"][0].update(rescale={"from": [0, 12], "to": [100, 0]}, range=[0, 100])
    instrument = parse_instrument(small_data)
    assert score_answers(instrument, {"mood": 2, "pain": 0})[0].value == 100
    assert score_answers(instrument, {"mood": 0, "pain": 10})[0].value == 0


def test_an_answer_that_is_not_allowed_is_refused(small):
    with pytest.raises(AnswerError):
        score_answers(small, {"pain": 99})


def test_an_item_without_bounds_cannot_be_turned_around(small):
    with pytest.raises(ValueError, match="no bounds"):
        reverse_value(small.item("words"), 1)
