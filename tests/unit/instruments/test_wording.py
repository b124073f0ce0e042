"""Falling back between languages."""

from __future__ import annotations

from outcomes.instruments import language_used, text


def test_own_language_first_then_danish_then_english_then_any():
    assert text({"da": "Hej", "en": "Hi", "so": "Haye"}, "so") == "Haye"
    assert text({"da": "Hej", "en": "Hi"}, "so") == "Hej"
    assert text({"en": "Hi", "uk": "Привіт"}, "da") == "Hi"
    assert text({"uk": "Привіт"}, "da") == "Привіт"
    assert text({"da": "", "en": "Hi"}, "da") == "Hi"
    assert text({}, "da") == ""


def test_which_language_it_was():
    assert language_used({"en": "Hi"}, "da") == "en"
    assert language_used({}, "da") is None
