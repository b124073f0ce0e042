"""Words with the language that they are really in."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from outcomes.forms.build import build_question_form
from outcomes.forms.handlers.phrase import Phrase, language_name, phrase
from outcomes.instruments import parse_instrument
from outcomes.language import CITIZEN_LOCALES, use_locale

WORDING = {"da": "Dansk", "da-x-easy": "Let dansk", "en": "English"}


@pytest.mark.parametrize(
    ("locale", "text", "language", "foreign"),
    [
        ("da", "Dansk", "da", False),
        ("da-x-easy", "Let dansk", "da", False),
        ("da-x-child", "Dansk", "da", False),
        ("en-x-easy", "English", "en", False),
        ("ar", "Dansk", "da", True),
        ("ar-x-easy", "Let dansk", "da", True),
    ],
)
def test_the_words_and_their_language(locale, text, language, foreign):
    found = phrase(WORDING, locale)
    assert (found.text, found.language, found.foreign) == (text, language, foreign)
    assert found.direction == "ltr"
    assert bool(found.untranslated) is foreign


def test_nothing_is_in_no_other_language():
    assert not phrase({}, "ar").foreign
    assert phrase({"ar": "س"}, "da").direction == "rtl"
    assert Phrase("x", "xx-unheard").direction == "ltr"


def test_whoever_answers_is_told_in_their_own_language_which_one_it_is():
    with use_locale("da"):
        assert phrase({"en": "x"}, "da").untranslated.count("engelsk") == 1
        assert language_name("ar") == "arabisk"
        assert language_name("zz") == "zz"
    with use_locale("en"):
        assert phrase({"da": "x"}, "en").untranslated == (
            "This question isn't translated into English yet. It is shown in Danish."
        )


@pytest.mark.parametrize("code", CITIZEN_LOCALES)
def test_every_language_has_a_name_in_every_other(code):
    for other in CITIZEN_LOCALES:
        with use_locale(other):
            assert language_name(code) not in ("", code)


def test_a_field_marks_each_part_by_itself(instrument):
    mapping = instrument.to_mapping()
    single = next(item for item in mapping["items"] if item["id"] == "single")
    single["wording"]["en-x-easy"] = "Easy?"
    single["options"][0]["wording"]["en-x-easy"] = "Nope"
    changed = parse_instrument(mapping)
    item = changed.item("single")
    (easy,) = build_question_form(changed, item, locale="en-x-easy").answer_fields
    assert (easy.label.text, easy.language, easy.foreign, easy.untranslated) == ("Easy?", "en", False, "")
    assert [choice.label for choice in easy.choices_view] == ["Nope", "Yes", "Other"]
    (arabic,) = build_question_form(changed, item, locale="ar").answer_fields
    assert (arabic.language, arabic.foreign, arabic.help.foreign) == ("da", True, True)
    assert all(choice.words.foreign for choice in arabic.choices_view)
    (scale,) = build_question_form(changed, changed.item("scale"), locale="ar").answer_fields
    assert not any(choice.words.foreign for choice in scale.choices_view), "numbers are in no language"
    assert [end.foreign for end in scale.end_phrases] == [True, True]
    (number,) = build_question_form(changed, changed.item("number"), locale="ar").answer_fields
    assert (number.unit_phrase.text, number.unit_phrase.foreign) == ("timer", True)


def test_what_is_wrong_is_said_in_the_language_of_the_easy_words(instrument):
    form = build_question_form(instrument, instrument.item("single"), locale="en-x-easy", formdata=MultiDict())
    form.validate()
    assert form.answer_fields[0].errors == ["Choose an answer, or press Skip."]
