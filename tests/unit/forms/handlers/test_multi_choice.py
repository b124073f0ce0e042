"""Several answers out of several."""

from __future__ import annotations

import pytest

from outcomes.forms.handlers import answer_text

ITEM = "multi"


def test_chosen_values_are_stored_once_each_in_the_instruments_order(send):
    form, field = send("b", "a", "b")
    assert form.answers() == {"multi": ["a", "b"]}
    assert [choice.checked for choice in field.choices_view] == [True, True, False]


@pytest.mark.parametrize("sent", [("c",), ("a", "c"), ("a,b",), ("a" * 5000,)])
def test_forged_choices_are_refused(send, sent):
    form, field = send(*sent)
    assert "Choose among the answers shown" in str(field.fault)
    assert form.answers() == {"multi": None}


def test_an_exclusive_answer_stands_alone(send):
    assert send("none")[0].answers() == {"multi": ["none"]}
    _, field = send("none", "a")
    assert "none of the others" in str(field.fault)
    # What was ticked is shown again, to be put right.
    assert [choice.checked for choice in field.choices_view] == [True, False, True]


def test_empty_asks_for_an_answer(send):
    form, field = send()
    assert field.errors
    assert form.answers() == {"multi": None}


def test_wtforms_own_widget_draws_check_boxes(send):
    html = send("a")[1]()
    assert html.count('type="checkbox"') == 3
    assert html.count("checked ") == 1


def test_in_words(item):
    assert answer_text(item, ["a", "b"], "da") == "Æble, Brød"
    assert answer_text(item, ("a",), "en") == "Apple"
    assert answer_text(item, ["gone"], "da") == "gone"
