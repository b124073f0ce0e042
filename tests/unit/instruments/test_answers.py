"""Which answers an item allows, and which items are asked."""

from __future__ import annotations

import math

import pytest

from outcomes.errors import AnswerError
from outcomes.instruments import (
    answer_fault,
    answer_faults,
    check_answers,
    parse_instrument,
    risky_items,
    visible_answers,
    visible_items,
)


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("mood", 0),
        ("mood", None),
        ("pain", 10),
        ("where", ["back", "knee"]),
        ("where", ["nowhere"]),
        ("where", []),
        ("hours", 7.5),
        ("hours", 24),
        ("back_now", 100),
        ("words", "Det går. Æøå \N{SMILING FACE WITH OPEN MOUTH}"),
        ("words", ""),
    ],
)
def test_allowed(small, item, value):
    assert answer_fault(small.item(item), value) is None


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        ("mood", 3, "Choose one"),
        ("mood", "1", "Choose one"),
        ("mood", True, "Choose one"),
        ("mood", 1.0, "Choose one"),
        ("pain", 11, "from 0"),
        ("pain", -1, "from 0"),
        ("pain", 2.5, "whole number"),
        ("pain", "7", "in digits"),
        ("pain", math.nan, "in digits"),
        ("pain", math.inf, "in digits"),
        ("hours", 7.3, "steps of 0.5"),
        ("hours", 25, "to 24"),
        ("hours", True, "in digits"),
        ("where", "back", "Choose among"),
        ("where", ["back", "back"], "Choose among"),
        ("where", ["elbow"], "Choose among"),
        ("where", ["nowhere", "back"], "none of the others"),
        ("words", "x" * 21, "room for 20"),
        ("words", "a\x00b", "plain letters"),
        ("words", 5, "plain letters"),
    ],
)
def test_not_allowed(small, item, value, words):
    assert words in str(answer_fault(small.item(item), value))


def test_every_fault_is_listed_and_an_unknown_question_is_one(small):
    faults = answer_faults(small, {"mood": 9, "hours": -1, "elsewhere": 1, "pain": 3})
    assert [fault.place for fault in faults] == ["mood", "hours", "elsewhere"]
    with pytest.raises(AnswerError) as caught:
        check_answers(small, {"mood": 9, "elsewhere": 1})
    assert len(caught.value.faults) == 2


def test_an_open_ended_number_says_only_the_end_that_it_has(small_data):
    small_data["items"][3] = {"id": "hours", "type": "number", "minimum": 1, "wording": {"da": "x", "en": "x"}}
    item = parse_instrument(small_data).item("hours")
    assert str(answer_fault(item, 0)) == "Write a number of 1.0 or more."
    assert answer_fault(item, 10**9) is None
    small_data["items"][3] = {"id": "hours", "type": "number", "maximum": 5, "wording": {"da": "x", "en": "x"}}
    item = parse_instrument(small_data).item("hours")
    assert str(answer_fault(item, 6)) == "Write a number of 5.0 or less."
    assert answer_fault(item, -3) is None


def ids(items):
    return [item.id for item in items]


def test_a_condition_shows_and_hides(small):
    assert ids(visible_items(small, {})) == ["mood", "pain", "hours", "words"]
    assert "where" not in ids(visible_items(small, {"pain": 4}))
    assert "where" in ids(visible_items(small, {"pain": 5}))


def test_nested_conditions(small):
    shown = ids(visible_items(small, {"pain": 8, "where": ["knee", "back"], "mood": 1}))
    assert "back_now" in shown
    assert "back_now" not in ids(visible_items(small, {"pain": 8, "where": ["back"], "mood": 2}))
    assert "back_now" not in ids(visible_items(small, {"pain": 8, "where": ["knee"]}))


def test_a_hidden_items_old_answer_opens_nothing_after_it(small):
    answers = {"pain": 1, "where": ["back"], "back_now": 50, "mood": 1}
    assert ids(visible_items(small, answers)) == ["mood", "pain", "hours", "words"]
    assert visible_answers(small, answers) == {"pain": 1, "mood": 1}


@pytest.mark.parametrize(
    ("condition", "answer", "shown"),
    [
        ({"item": "mood", "answered": True}, 0, True),
        ({"item": "mood", "answered": True}, None, False),
        ({"item": "mood", "answered": False}, None, True),
        ({"item": "mood", "answered": False}, 0, False),
        ({"item": "mood", "equals": 0}, 0, True),
        ({"item": "mood", "equals": 0}, None, False),
        ({"item": "mood", "in": [0, 2]}, 2, True),
        ({"item": "mood", "in": [0, 2]}, 1, False),
        ({"item": "mood", "at_most": 1}, 1, True),
        ({"item": "mood", "at_most": 1}, 2, False),
        ({"item": "mood", "at_most": 1}, None, False),
        ({"any": [{"item": "mood", "equals": 0}, {"item": "mood", "equals": 2}]}, 2, True),
        ({"any": [{"item": "mood", "equals": 0}, {"item": "mood", "equals": 2}]}, 1, False),
        ({"not": {"item": "mood", "equals": 0}}, None, True),
        ({"not": {"item": "mood", "equals": 0}}, 0, False),
    ],
)
def test_each_comparison(small_data, condition, answer, shown):
    small_data["items"][3]["show_if"] = condition
    instrument = parse_instrument(small_data)
    assert ("hours" in ids(visible_items(instrument, {"mood": answer}))) is shown


def test_risk(shipped):
    phq = shipped["phq-9"]
    assert risky_items(phq, {"item_9": 0, "item_1": 3}) == ()
    assert ids(risky_items(phq, {"item_9": 1})) == ["item_9"]
