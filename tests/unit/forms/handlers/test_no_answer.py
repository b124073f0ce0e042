"""What is said in place of an answer: its own group, its own value, and never together with an answer."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from outcomes.forms.build import build_form, build_question_form
from outcomes.forms.handlers import answer_text
from outcomes.instruments import AnswerType, Instrument, Item, NonAnswer, parse_instrument

SOME = {
    AnswerType.SINGLE_CHOICE: ("1", 1),
    AnswerType.MULTI_CHOICE: ("a", ["a"]),
    AnswerType.NUMBER: ("3", 3),
    AnswerType.SCALE_0_10: ("7", 7),
    AnswerType.VISUAL_ANALOGUE: ("50", 50),
    AnswerType.FREE_TEXT: ("Ord", "Ord"),
}
"""For each type, a text that is sent and the answer that it is."""
RADIOS = (AnswerType.SINGLE_CHOICE, AnswerType.SCALE_0_10)


@pytest.fixture(scope="module")
def open_instrument(instrument: Instrument) -> Instrument:
    """The instrument of every type, where each question may be left both ways."""
    return parse_instrument({**instrument.to_mapping(), "no_answer": [each.value for each in NonAnswer]})


@pytest.fixture(params=["single", "multi", "number", "scale", "line", "text"])
def free_item(open_instrument: Instrument, request: pytest.FixtureRequest) -> Item:
    """A question of each type that may be left."""
    return open_instrument.item(request.param)


def send(instrument: Instrument, item: Item, *, said: str | list[str] = "", answer: str = "", locale: str = "en"):
    """The validated form of one question, and its field."""
    said = [said] if isinstance(said, str) else said
    parts = [(f"answer_{item.id}_no", one) for one in said if one] + [("action", "next")]
    parts += [(f"answer_{item.id}", answer)] if answer else []
    form = build_question_form(instrument, item, locale=locale, formdata=MultiDict(parts))
    form.validate()
    return form, form.answer_fields[0]


@pytest.mark.parametrize("said", NonAnswer)
def test_it_counts_as_having_answered_and_is_told_from_skipping(open_instrument, free_item, said):
    form, field = send(open_instrument, free_item, said=said.value)
    assert field.errors == []
    assert form.answers() == {free_item.id: said}
    assert form.all_answers() == {}, "nothing that is scored"
    assert [choice.value for choice in field.no_answer_view if choice.checked] == [said.value]
    assert not any(choice.checked for choice in field.choices_view)


def test_an_answer_alone_is_the_answer(open_instrument, free_item):
    sent, stored = SOME[free_item.type]
    form, field = send(open_instrument, free_item, answer=sent)
    assert form.answers() == {free_item.id: stored}
    assert not any(choice.checked for choice in field.no_answer_view)


def test_both_together_is_asked_about_and_no_button_stays_pressed_that_nobody_could_lift(open_instrument, free_item):
    sent, _ = SOME[free_item.type]
    form, field = send(open_instrument, free_item, answer=sent, said="prefer_not")
    (fault,) = field.errors
    assert "also chose “I don't want to answer”" in fault
    assert form.answers() == {free_item.id: None}
    assert not any(choice.checked for choice in field.no_answer_view)
    if free_item.type in RADIOS:
        assert not any(choice.checked for choice in field.choices_view)
    else:
        assert field.text_value == sent, "what was written stays"


@pytest.mark.parametrize("said", ["maybe", ["dont_know", "prefer_not"], "DONT_KNOW"])
def test_what_is_no_choice_is_refused(open_instrument, free_item, said):
    form, field = send(open_instrument, free_item, said=said)
    assert field.errors == ["Choose one of the answers shown."]
    assert form.answers() == {free_item.id: None}


def test_a_question_that_does_not_allow_it_takes_none(instrument):
    item = instrument.item("single")
    form, field = send(instrument, item, said="dont_know")
    assert field.no_answer_view == []
    assert field.errors == ["Choose one of the answers shown."]
    assert form.answers() == {"single": None}


def test_skipping_wins_over_both(open_instrument, free_item):
    sent, _ = SOME[free_item.type]
    data = MultiDict({f"answer_{free_item.id}": sent, f"answer_{free_item.id}_no": "dont_know", "action": "skip"})
    form = build_question_form(open_instrument, free_item, locale="da", formdata=data)
    assert form.validate()
    assert form.answers() == {free_item.id: None}


def test_what_was_stored_is_shown_again(open_instrument):
    stored = {"single": NonAnswer.PREFER_NOT, "text": NonAnswer.DONT_KNOW, "multi": NonAnswer.DONT_KNOW}
    form = build_form(open_instrument, locale="da", stored=stored)
    fields = {field.item.id: field for field in form.answer_fields}
    assert [choice.checked for choice in fields["single"].no_answer_view] == [False, True]
    assert [choice.checked for choice in fields["text"].no_answer_view] == [True, False]
    assert fields["text"].text_value == ""
    assert not any(choice.checked for choice in fields["multi"].choices_view)
    assert not any(choice.checked for choice in fields["number"].no_answer_view)


def test_the_ids_are_its_own(open_instrument):
    form = build_form(open_instrument, locale="da")
    ids = [choice.id for field in form.answer_fields for choice in (*field.choices_view, *field.no_answer_view)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("said", "words"), [(NonAnswer.DONT_KNOW, "I don't know"), (NonAnswer.PREFER_NOT, "I don't want to answer")]
)
def test_in_words(open_instrument, free_item, said, words):
    assert answer_text(free_item, said, "en") == words
    assert answer_text(free_item, said, "en-x-easy") == words
