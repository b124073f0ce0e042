"""The check of an instrument file: every fault at once, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from outcomes.errors import InstrumentError
from outcomes.instruments import check_instrument_file, parse_instrument, read_instrument
from outcomes.language import use_locale

BROKEN = Path(__file__).parent / "broken.yaml"

EXPECTED = [
    ("licence (line 73)", "“may_ship_wording” is missing"),
    ("key (line 2)", "small letters, digits and hyphens"),
    ("version (line 3)", "Write text"),
    ("title.en (line 8)", "“en” is missing"),
    ("colour (line 9)", "isn't used here"),
    ("respondents[1] (line 10)", '"neighbour" isn\'t one of'),
    ("ages (line 11)", "first age is higher"),
    ("option_sets.yes_no[1].value (line 15)", "used by an earlier option"),
    ("items[0].option_set (line 19)", "no option set “nowhere”"),
    ("items[0].show_if.item (line 20)", "comes later"),
    ("items[1].wording.pl (line 24)", "isn't among the languages"),
    ("items[1].ends.low.en (line 25)", "“en” is missing"),
    ("items[2].id (line 26)", "used by an earlier item"),
    ("items[2].options (line 28)", "doesn't use “options”"),
    ("items[3].maximum (line 33)", "higher than the minimum"),
    ("items[3].wording.da (line 34)", "at least 1"),
    ("items[3].wording.da (line 34)", "“da” is missing"),
    ("items[4].type (line 36)", '"essay" isn\'t one of'),
    ("items[5] (line 38)", "“id” is missing"),
    ("items[5].risk (line 40)", "No answer can be 7"),
    ("items[6].show_if (line 46)", "names one item"),
    ("scales[0].items[1] (line 50)", "no item “ghost”"),
    ("scales[0].items[2] (line 50)", "can't be scored"),
    ("scales[0].reversed[0] (line 51)", "isn't among the scale's items"),
    ("scales[0].missing.min_answered (line 52)", "only 3 items"),
    ("scales[0].range (line 53)", "lower than the last"),
    ("scales[0].direction (line 54)", '"up" isn\'t one of'),
    ("scales[1].cut_offs[0].value (line 62)", "outside the scale's range"),
    ("scales[1].norm.sd (line 64)", "more than 0"),
    ("scales[1].norm.mean (line 64)", "outside the scale's range"),
    ("scales[1].norm.source.doi (line 64)", "a DOI"),
    ("scales[1].measurement_error (line 65)", "needs “smallest_detectable_change”"),
    ("scales[1].measurement_error.kind (line 65)", "isn't validated"),
    ("scales[2].key (line 66)", "used by an earlier scale"),
    ("scales[2].rescale.to (line 69)", "isn't the scale's range"),
    ("scales[2].measurement_error.reliability (line 72)", "doesn't use “reliability”"),
]


@pytest.fixture(scope="module")
def faults() -> list[tuple[str, str]]:
    with use_locale("en"):
        return [(fault.place, str(fault.sentence)) for fault in check_instrument_file(BROKEN)]


def test_a_place_is_said_in_the_language_in_force():
    with use_locale("da"):
        assert "key (linje 2)" in [fault.place for fault in check_instrument_file(BROKEN)]


@pytest.mark.parametrize(("place", "words"), EXPECTED, ids=lambda part: part)
def test_each_fault_is_found_at_its_place(faults, place, words):
    assert any(found == place and words in sentence for found, sentence in faults), faults


def test_nothing_else_is_blamed_and_nothing_is_said_twice(faults):
    assert len(faults) == len(set(faults))
    known = {place.partition(" (")[0] for place, _ in EXPECTED}
    surplus = {place.partition(" (")[0] for place, _ in faults} - known
    # Consequences of the same slips, told where they show: the item named twice, and the table's own gaps.
    assert surplus <= {
        "scales[0].items[0]",
        "scales[1].items[0]",
        "scales[1].table",
        "scales[1].table.2",
        "scales[2].items[0]",
        "items[5].show_if.at_least",
    }


def test_faults_come_in_the_files_own_order(faults):
    lines = [int(place.split("line ")[1].rstrip(")")) for place, _ in faults]
    assert lines == sorted(lines)


def test_the_error_carries_every_fault(faults):
    with pytest.raises(InstrumentError) as caught:
        read_instrument(BROKEN)
    assert len(caught.value.faults) == len(faults)
    assert "Nothing was stored" in str(caught.value.sentence)


def only_fault(data) -> tuple[str, str]:
    with pytest.raises(InstrumentError) as caught:
        parse_instrument(data)
    (fault,) = caught.value.faults
    return fault.place, str(fault.sentence)


def change(data, path, value):
    *way, last = path
    for part in way:
        data = data[part]
    data[last] = value


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        (("items", 0, "options", 1, "value"), 0, "items[0].options[1].value", "earlier option"),
        (("items", 0, "option_set"), "x", "items[0].option_set", "not both"),
        (("items", 0, "options", 0, "exclusive"), True, "items[0]", "exclusive"),
        (("items", 3, "step"), 30, "items[3].step", "larger than the distance"),
        (("items", 3, "minimum"), float("nan"), "items[3].minimum", "not infinity"),
        (("items", 3, "help"), {"da": "Kun dansk"}, "items[3].help.en", "missing"),
        (("items", 2, "show_if"), {"item": "pain", "at_least": 11}, "items[2].show_if.at_least", "No answer can be 11"),
        (("items", 2, "show_if"), {"item": "pain"}, "items[2].show_if", "one of"),
        (
            ("items", 2, "show_if"),
            {"item": "pain", "at_least": 1, "all": [{"item": "mood", "equals": 0}]},
            "items[2].show_if",
            "one thing in each",
        ),
        (("items", 2, "show_if"), {"item": "mood", "equals": 7}, "items[2].show_if.equals", "no option 7"),
        (("items", 2, "show_if"), {"not": {"item": "x", "equals": 7}}, "items[2].show_if.not.item", "no item “x”"),
        (("items", 3, "show_if"), {"item": "where", "at_least": 2}, "items[3].show_if.at_least", "by a number"),
        (("scales", 0, "missing"), {"min_answered": 1}, "scales[0].missing.min_answered", "prorate"),
        (("scales", 0, "range"), [0, 20], "scales[0].range", "give 0 to 12"),
        (("scales", 0, "items"), ["mood", "pain", "pain"], "scales[0].items[2]", "twice"),
        (("scales", 0, "rescale"), {"from": [5, 5], "to": [0, 12]}, "scales[0].rescale.from", "lower than the last"),
        (("scales", 0, "measurement_error"), {"kind": "assumed", "sd": 2, "reliability": 0.5}, None, "needs “note”"),
        (
            ("scales", 0, "measurement_error"),
            {
                "kind": "assumed",
                "sd": 2,
                "reliability": 0.5,
                "note": {"da": "Et skøn", "en": "A guess"},
                "inclusive": True,
            },
            "scales[0].measurement_error.inclusive",
            "doesn't use “inclusive”",
        ),
        (("tables",), {"strain": {"table": {"0": 1, "1": 2}}}, "tables", "together with the profile"),
        (("profile",), "unheard-of", None, None),
        (("licence", "text"), {"da": "Kun dansk"}, "licence.text.en", "missing"),
        (("languages",), [], None, None),
        (("items", 0, "symbol"), "unicorn", "items[0].symbol", "Choose among: alone, change, day"),
        (("items", 0, "symbol"), "glad", "items[0].symbol", "no drawing “glad”"),
        (("items", 0, "options", 0, "symbol"), "happy", "items[0].options[0].symbol", "very_sad, sad, neutral, glad"),
        (("items", 0, "faces"), "gladder", "items[0].faces", "doesn't use “faces”"),
        (("items", 1, "faces"), "happier", None, None),
        (("no_answer",), ["perhaps"], None, None),
        (("items", 0, "wording", "da-x-simple"), "Glad?", "items[0].wording.da-x-simple", "isn't among the languages"),
        (("items", 0, "wording", "pl-x-easy"), "Tak?", "items[0].wording.pl-x-easy", "isn't among the languages"),
        (("translations",), {"ar": {"by": "Us", "checked_on": "in May"}}, None, None),
    ],
)
def test_one_slip_one_fault(small_data, path, value, place, words):
    change(small_data, path, value)
    if words is None:
        with pytest.raises(InstrumentError):
            parse_instrument(small_data)
        return
    found_place, sentence = only_fault(small_data)
    assert words in sentence
    assert place is None or found_place == place


def test_a_free_text_can_only_be_asked_whether_it_is_answered(small_data):
    small_data["items"].append({"id": "more", "type": "free_text", "wording": {"da": "x", "en": "x"}})
    small_data["items"][-1]["show_if"] = {"item": "words", "equals": "ja"}
    assert "whether it is answered" in only_fault(small_data)[1]
    small_data["items"][-1]["show_if"] = {"item": "words", "answered": True}
    assert parse_instrument(small_data).item("more").show_if is not None


def test_tables_must_be_whole_and_inside_the_range(small_data):
    scale = small_data["scales"][0]
    scale["missing"] = {"min_answered": 2}
    scale["table"] = {total: total for total in range(12)}
    assert "no score for: 12" in only_fault(small_data)[1]
    scale["table"] = {total: total for total in range(14)}
    with pytest.raises(InstrumentError) as caught:
        parse_instrument(small_data)
    assert {fault.place for fault in caught.value.faults} == {"scales[0].table.13"}
    scale["table"] = {total: total for total in range(13)}
    scale["missing"] = {"min_answered": 1, "fill": "prorate"}
    assert "all items answered" in only_fault(small_data)[1]


def test_a_mapping_that_is_no_instrument_at_all_is_told_so():
    with pytest.raises(InstrumentError) as caught:
        parse_instrument({})
    missing = {str(fault.sentence).split("”")[0].lstrip("“") for fault in caught.value.faults}
    assert {"format", "key", "items", "licence", "scales"} <= missing


def test_numbers_and_yes_as_text_are_explained(small_data):
    small_data["items"][0]["options"][0]["wording"]["da"] = True
    place, sentence = only_fault(small_data)
    assert place == "items[0].options[0].wording.da"
    assert "in quotes" in sentence
