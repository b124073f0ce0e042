"""Which languages there are, how far each is, and that nobody's check is claimed who hasn't made one."""

from __future__ import annotations

from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES, LOCALES
from outcomes.services.translation_state import read_translation_state


def test_every_language_says_who_translated_it_and_whether_a_person_checked_it() -> None:
    states = {state.code: state for state in read_translation_state()}
    assert tuple(states) == CITIZEN_LOCALES
    for code, state in states.items():
        assert state.name == LANGUAGE_NAMES[code]
        assert state.whole is (code in LOCALES)
        assert 0 <= state.translated <= state.messages
        assert state.messages > 0
        assert state.translated_by
        assert (state.checked_by is None) is (state.checked_on is None)


def test_citizens_languages_hold_fewer_sentences_than_those_of_staff() -> None:
    sizes = {state.whole: {each.messages for each in read_translation_state() if each.whole is state.whole}
             for state in read_translation_state()}  # fmt: skip
    assert len(sizes[False]) == 1, "all of them hold the same sentences"
    assert max(sizes[False]) < min(sizes[True])
