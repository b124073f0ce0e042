"""What is shipped: complete, checked, and without anybody else's wording."""

from __future__ import annotations

import json

import pytest

from outcomes.instruments import (
    AnswerType,
    ErrorKind,
    Instrument,
    Kind,
    NonAnswer,
    check_instrument_file,
    restore_instrument,
    score_answers,
    shipped_instruments,
    smallest_detectable_change,
    variant_of,
)
from outcomes.instruments.loading import LIBRARY
from outcomes.language import CITIZEN_LOCALES

FILES = sorted(LIBRARY.glob("*/*.yaml"))
MEASURES = {"wellbeing", "loneliness", "influence", "mastery", "child", "child-parent"}
PROFILES = {"who-5", "kidscreen-10", "t-ils", "cantril", "phq-9", "gad-7", "rosenberg", "swemwbs", "bdi"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_passes_the_check(path):
    assert check_instrument_file(path) == ()


def test_the_measures_and_profiles_that_are_promised_are_there(shipped):
    kinds = {key: instrument.kind for key, instrument in shipped.items()}
    assert {key for key, kind in kinds.items() if kind is Kind.MEASURE} == MEASURES
    assert {key for key, kind in kinds.items() if kind is Kind.PROFILE} == PROFILES
    assert {instrument.key for instrument in shipped_instruments()[: len(MEASURES)]} == MEASURES


def test_own_measures_are_marked_as_ours_and_not_yet_validated_in_both_languages(shipped):
    for key in MEASURES:
        instrument = shipped[key]
        assert instrument.own_authored
        assert not instrument.validated
        assert set(instrument.languages) >= set(CITIZEN_LOCALES)
        assert {scale.measurement_error.kind for scale in instrument.scales} <= {
            ErrorKind.ASSUMED,
            ErrorKind.NOT_KNOWN,
        }


def test_own_measures_say_the_same_in_easy_words_and_let_everybody_out(shipped):
    for key in MEASURES:
        instrument = shipped[key]
        assert instrument.version == ("1.0" if key == "child-parent" else "1.1")
        assert all(item.symbol for item in instrument.items)
        assert any("da-x-easy" in item.wording for item in instrument.items)
        assert any("en-x-easy" in item.wording for item in instrument.items)
        for item in instrument.items:
            assert set(item.no_answer) == (set() if item.type is AnswerType.FREE_TEXT else set(NonAnswer))
            for scale in instrument.scales:  # what is compared over time keeps its answers, word for word
                for option in item.options if item.id in scale.items else ():
                    assert not [code for code in option.wording if variant_of(code)]
    assert any("da-x-child" in item.wording for item in shipped["wellbeing"].items)


def test_every_answer_type_is_used_by_some_measure(shipped):
    used = {item.type for key in MEASURES for item in shipped[key].items}
    assert used == set(AnswerType)
    assert any(item.show_if for key in MEASURES for item in shipped[key].items)


def test_profiles_carry_no_wording_and_say_where_their_facts_come_from(shipped):
    for key in PROFILES:
        profile = shipped[key]
        assert not profile.licence.may_ship_wording
        assert not any(item.wording or item.help for item in profile.items)
        assert not any(option.wording for item in profile.items for option in item.options)
        for scale in profile.scales:
            assert all(cut.source for cut in scale.cut_offs)
            assert scale.measurement_error.kind is ErrorKind.NOT_KNOWN or scale.measurement_error.source


@pytest.mark.parametrize(
    ("key", "value", "score"),
    [
        ("who-5", 0, 0),
        ("who-5", 3, 60),
        ("who-5", 5, 100),
        ("t-ils", 3, 9),
        ("cantril", 7, 7),
        ("phq-9", 3, 27),
        ("gad-7", 3, 21),
        ("rosenberg", 3, 15),
        ("bdi", 3, 63),
        ("wellbeing", 4, 80),
        ("loneliness", 4, 50),
        ("child", 4, 100),
    ],
)
def test_the_same_answer_everywhere_gives_the_score_that_the_formula_says(shipped, key, value, score):
    instrument = shipped[key]
    scale = instrument.scales[0]
    found = score_answers(instrument, dict.fromkeys(scale.items, value))[0]
    assert (found.value, found.n_answered, found.reason) == (score, len(scale.items), None)


def test_rosenberg_turns_items_3_5_8_9_and_10_around(shipped):
    rosenberg = shipped["rosenberg"]
    best = {f"item_{n}": 0 if n in (3, 5, 8, 9, 10) else 3 for n in range(1, 11)}
    assert score_answers(rosenberg, best)[0].value == 30


def test_only_phq_9_has_a_risk_item_and_it_is_the_ninth(shipped):
    assert [key for key, instrument in shipped.items() if instrument.has_risk_items] == ["phq-9"]
    assert [item.id for item in shipped["phq-9"].items if item.risk] == ["item_9"]


def test_a_profile_without_its_table_gives_a_reason_instead_of_a_score(shipped):
    found = score_answers(shipped["swemwbs"], {f"item_{n}": 3 for n in range(1, 8)})[0]
    assert found.value is None
    assert "conversion table" in str(found.reason)


def test_published_precision(shipped):
    assert smallest_detectable_change(shipped["who-5"].scale("total")) == 23.6
    assert smallest_detectable_change(shipped["phq-9"].scale("total")) == 6
    assert smallest_detectable_change(shipped["gad-7"].scale("total")) == 4


@pytest.mark.parametrize("instrument", shipped_instruments(), ids=lambda instrument: instrument.key)
def test_what_is_stored_reads_back_equal_with_the_same_checksum(instrument: Instrument):
    again = restore_instrument(json.loads(instrument.canonical_json()))
    assert again == instrument
    assert again.checksum == instrument.checksum
    # A database that keeps JSON may reorder its keys.
    shuffled = json.loads(json.dumps(instrument.to_mapping(), sort_keys=True))
    assert restore_instrument(dict(reversed(shuffled.items()))).checksum == instrument.checksum


def test_checksums_differ_between_instruments_and_after_any_change(shipped):
    assert len({instrument.checksum for instrument in shipped.values()}) == len(shipped)
    changed = shipped["wellbeing"].model_copy(update={"version": "9.9"})
    assert restore_instrument(changed.to_mapping()).checksum != shipped["wellbeing"].checksum
