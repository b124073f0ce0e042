"""One answer out of several."""

from __future__ import annotations

import pytest

from outcomes.forms.handlers import answer_text
from outcomes.forms.handlers.single_choice import SingleChoiceHandler
from outcomes.language import translate, use_locale

ITEM = "single"


@pytest.mark.parametrize(("sent", "stored"), [("0", 0), ("1", 1), ("other", "other")])
def test_the_options_value_is_stored_in_its_own_type(send, sent, stored):
    form, field = send(sent)
    assert field.errors == []
    assert form.answers() == {"single": stored}


@pytest.mark.parametrize("sent", ["2", "-1", "0 ", "Ja", "0' OR 1=1", "x" * 10_000, "٠"])
def test_a_forged_choice_is_refused(send, sent):
    form, field = send(sent)
    with use_locale("da"):
        assert field.errors == [translate(field.fault)]
    assert "Choose one of the answers shown" in str(field.fault)
    assert form.answers() == {"single": None}


def test_two_choices_are_refused_and_the_same_twice_is_one(send):
    assert send("0", "1")[1].errors
    assert send("1", "1")[0].answers() == {"single": 1}


@pytest.mark.parametrize("sent", [(), ("",), ("  ",)])
def test_empty_asks_for_an_answer_or_skip(send, sent):
    form, field = send(*sent)
    assert not form.validate()
    assert field.fault is None
    assert SingleChoiceHandler.empty.message == "Choose an answer, or press Skip."
    assert len(field.errors) == 1


def test_choices_for_templates(send):
    _, field = send("1")
    assert [(c.id, c.value, c.label, c.checked, c.symbol) for c in field.choices_view] == [
        ("answer_single-0", "0", "Nej", False, "sad"),
        ("answer_single-1", "1", "Ja", True, None),
        ("answer_single-2", "other", "Andet", False, None),
    ]
    assert send("1", locale="en")[1].choices_view[1].label == "Yes"
    assert field.described_by == "answer_single-hint"
    assert send("9")[1].described_by == "answer_single-hint answer_single-error"


def test_a_refused_choice_leaves_nothing_checked(send):
    assert not any(choice.checked for choice in send("9")[1].choices_view)


def test_wtforms_own_widget_draws_radio_buttons(send):
    html = send("1")[1]()
    assert html.count('type="radio"') == 3
    assert html.count("checked") == 1
    assert '<label for="answer_single-1">Ja</label>' in html


def test_in_words(item):
    assert answer_text(item, 1, "da") == "Ja"
    assert answer_text(item, "other", "en") == "Other"
    assert answer_text(item, 77, "da") == "77"
