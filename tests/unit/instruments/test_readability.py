"""How hard a questionnaire is to read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.instruments import parse_instrument
from outcomes.instruments.readability import lix, readability, sentences

OWN = ("wellbeing", "loneliness", "influence", "mastery", "child", "child-parent")


def test_lix_as_its_formula_has_it():
    # 9 words in 2 sentences; "langsomt" is the one longer than six letters, "seksogt" would be the seventh.
    text = "Han gik langsomt hen ad vejen. Det var sent."
    assert lix(text) == pytest.approx(9 / 2 + 100 * 1 / 9)
    assert lix("bogsta") == 1, "six letters aren't long"
    assert lix("bogstav") == 1 + 100
    assert lix("") == lix("... !") == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Et. To? Tre!", ["Et.", "To?", "Tre!"]),
        ("Uden tegn til sidst", ["Uden tegn til sidst"]),
        ("To linjer\nuden punktum", ["To linjer", "uden punktum"]),
        ("Har du tænkt: Det skal nok gå?", ["Har du tænkt", "Det skal nok gå?"]),
        ("Klokken 7:30 og 3.5 timer", ["Klokken 7:30 og 3.5 timer"]),
        ("“Ja.” Og så?", ["“Ja.", "Og så?"]),
        ("كيف حالك؟ بخير.", ["كيف حالك؟", "بخير."]),
        ("", []),
    ],
)
def test_sentences(text, parts):
    assert list(sentences(text)) == parts


def test_marks_above_letters_break_no_word():
    assert lix("كَيْفَ حَالُكَ") == lix("كيف حالك")


@given(st.text(max_size=200))
def test_any_text_has_a_lix_that_is_a_number(text):
    value = lix(text)
    assert value >= 0
    assert (value == 0) == (not sentences(text))


def with_wording(data, **wording):
    """The small instrument whose first question has this wording."""
    data["items"][0]["wording"] = {**data["items"][0]["wording"], **wording}
    return parse_instrument(data)


def test_each_language_is_followed_by_its_variants(small_data):
    found = readability(with_wording(small_data, **{"da-x-child": "Glad?", "da-x-easy": "Er du glad?", "en": "Happy?"}))
    assert [each.code for each in found] == ["da", "da-x-easy", "da-x-child", "en"]
    assert [(each.language, each.variant) for each in found][1] == ("da", "easy")
    plain, easy = found[0], found[1]
    assert easy.words_per_sentence == pytest.approx(plain.words_per_sentence + 2 / 6)
    assert easy.longest == "Er du glad?", "its other questions are those of the plain language"
    assert easy.longest_words == 3


def test_a_hard_question_is_named_with_its_numbers(small_data):
    long_sentence = " ".join(["og"] * 21) + "."
    found = readability(with_wording(small_data, da=long_sentence, en="Considerable dissatisfaction?"))
    assert [(hard.item, hard.words) for hard in found[0].hard] == [("mood", 21)]
    assert [(hard.item, hard.lix) for hard in found[1].hard] == [("mood", 102)]


def test_a_sentence_of_twenty_short_words_is_not_hard(small_data):
    found = readability(with_wording(small_data, da=" ".join(["og"] * 20) + "."))
    assert found[0].hard == ()
    assert found[0].longest_words == 20


def test_where_lix_is_not_meant_for_the_language_only_sentences_count(small_data):
    def add_arabic(part):
        if isinstance(part, dict):
            if "da" in part and isinstance(part["da"], str):
                part["ar"] = "كيف حالك؟"
            for value in part.values():
                add_arabic(value)
        elif isinstance(part, list):
            for value in part:
                add_arabic(value)

    add_arabic(small_data)
    small_data["languages"].append("ar")
    (arabic,) = [each for each in readability(parse_instrument(small_data)) if each.code == "ar"]
    assert arabic.lix is None
    assert arabic.words_per_sentence == 2
    assert arabic.hard == ()


def test_a_profile_has_nothing_to_read(shipped):
    assert readability(shipped["who-5"]) == ()


@pytest.mark.parametrize("key", OWN)
def test_our_own_measures_are_easy_and_their_easy_sentences_shorter(shipped, key):
    found = {each.code: each for each in readability(shipped[key])}
    for language in ("da", "en"):
        plain, easy = found[language], found[f"{language}-x-easy"]
        assert plain.lix < 25
        assert easy.lix < 25
        assert easy.words_per_sentence <= plain.words_per_sentence
        assert plain.hard == easy.hard == ()
