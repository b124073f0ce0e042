"""The scale from 0 to 10."""

from __future__ import annotations

import pytest

from outcomes.forms.handlers import answer_text

ITEM = "scale"


@pytest.mark.parametrize("number", range(11))
def test_each_step_is_stored_as_its_number(send, number):
    form, field = send(str(number))
    assert field.errors == []
    assert form.answers() == {"scale": number}
    assert [choice.checked for choice in field.choices_view].index(True) == number


@pytest.mark.parametrize("sent", ["11", "-1", "5.0", "5,5", "fem", "05", "1" * 5000])
def test_anything_else_is_refused(send, sent):
    form, field = send(sent)
    assert field.errors
    assert form.answers() == {"scale": None}


def test_eleven_choices_between_two_ends(send):
    field = send("3")[1]
    assert [choice.label for choice in field.choices_view] == [str(number) for number in range(11)]
    assert field.ends == ("Lidt", "Meget")
    assert send("3", locale="en")[1].ends == ("A little", "A lot")
    assert field.limits == (0, 10)
    assert field().count('type="radio"') == 11


def test_empty_asks_for_a_number(send):
    assert send()[1].errors


def test_in_words(item):
    assert "7" in answer_text(item, 7, "en")
    assert "10" in answer_text(item, 7, "en")
