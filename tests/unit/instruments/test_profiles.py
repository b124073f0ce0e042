"""Wording loaded for a scoring profile."""

from __future__ import annotations

from typing import Any

import pytest

from outcomes.errors import InstrumentError
from outcomes.instruments import (
    Kind,
    parse_instrument,
    profile_matches,
    restore_instrument,
    score_answers,
    shipped_profile,
)


def loaded(key: str, count: int, values: range, **more: Any) -> dict[str, Any]:
    """A file of the shape that a profile scores, with made-up wording."""
    return {
        "format": 1,
        "key": f"my-{key}",
        "version": "1.0",
        "kind": "measure",
        "profile": key,
        "own_authored": False,
        "validated": True,
        "languages": ["da"],
        "title": {"da": "Indlæst"},
        "option_sets": {"answers": [{"value": value, "wording": {"da": f"Svar {value}"}} for value in values]},
        "items": [
            {"id": f"item_{n}", "type": "single_choice", "option_set": "answers", "wording": {"da": f"Udsagn {n}"}}
            for n in range(1, count + 1)
        ],
        "licence": {"id": "licensed", "holder": "Owner", "text": {"da": "Købt"}, "may_ship_wording": False},
        **more,
    }


def faults_of(data) -> dict[str, str]:
    with pytest.raises(InstrumentError) as caught:
        parse_instrument(data)
    return {fault.place: str(fault.sentence) for fault in caught.value.faults}


def test_a_loaded_file_gets_the_profiles_scoring():
    instrument = parse_instrument(loaded("who-5", 5, range(6)))
    assert (instrument.kind, instrument.profile) == (Kind.MEASURE, "who-5")
    assert instrument.scales == shipped_profile("who-5").scales
    assert score_answers(instrument, {f"item_{n}": 4 for n in range(1, 6)})[0].value == 80
    assert profile_matches(shipped_profile("who-5"), instrument) == ()
    assert restore_instrument(instrument.to_mapping()) == instrument


def test_a_file_of_another_shape_is_refused_item_by_item():
    data = loaded("who-5", 5, range(6))
    data["items"][1]["id"] = "other"
    data["items"][2] = {"id": "item_3", "type": "free_text", "wording": {"da": "Fri"}}
    data["items"][3].pop("option_set")
    data["items"][3]["options"] = [{"value": 0, "wording": {"da": "Nul"}}, {"value": 1, "wording": {"da": "Et"}}]
    data["items"].pop()
    assert faults_of(data) == {
        "items": "The profile scores 5 items; here are 4.",
        "items[1].id": "The profile has the item “item_2” at this place.",
        "items[2].type": "The profile scores an item of type single_choice here.",
        "items[3].options": "The profile scores the values 0, 1, 2, 3, 4, 5 here.",
    }


def test_profile_matches_says_the_same_of_two_instruments(shipped):
    faults = profile_matches(shipped["who-5"], shipped["gad-7"])
    assert {fault.place for fault in faults} == {"items", *(f"items[{n}].options" for n in range(5))}


def test_a_number_must_have_the_profiles_range(shipped):
    profile = shipped["mastery"]
    changed = profile.to_mapping()
    changed["items"][4]["maximum"] = 5
    assert [fault.place for fault in profile_matches(profile, restore_instrument(changed))] == ["items[4]"]


def test_scales_stay_with_the_profile():
    data = loaded("who-5", 5, range(6), scales=[])
    assert faults_of(data) == {"scales": "The scales come from the profile. Take them out here."}


def test_a_profile_that_does_not_exist_and_a_profile_of_a_profile():
    assert faults_of(loaded("who-55", 5, range(6))) == {"profile": "There is no profile “who-55”."}
    assert faults_of(loaded("../measures/child", 5, range(6)))["profile"]
    data = loaded("who-5", 5, range(6), kind="profile")
    assert faults_of(data)["profile"] == "A profile doesn't follow another profile."


def test_the_conversion_table_comes_with_the_file():
    assert "comes with the licence" in faults_of(loaded("swemwbs", 7, range(1, 6)))["tables"]
    # Made-up numbers: the real table comes with the licence.
    table = {str(total): total - 0.5 if 7 < total < 35 else total for total in range(7, 36)}
    data = loaded("swemwbs", 7, range(1, 6), tables={"total": {"table": table}})
    instrument = parse_instrument(data)
    assert score_answers(instrument, {f"item_{n}": 3 for n in range(1, 8)})[0].value == 20.5
    assert not instrument.scale("total").table_loaded


def test_a_table_may_bring_its_range_and_is_checked_against_it():
    table = {str(total): 2 * total - 25 for total in range(10, 51)}
    data = loaded("kidscreen-10", 10, range(1, 6), tables={"t_score": {"table": table, "range": [-5, 75]}})
    assert parse_instrument(data).scale("t_score").range == (-5, 75)
    data["tables"]["t_score"]["range"] = [0, 75]
    assert set(faults_of(data)) == {f"tables.t_score.table.{total}" for total in (10, 11, 12)}
    del data["tables"]["t_score"]["table"]["50"]
    data["tables"]["t_score"]["range"] = [-5, 75]
    assert faults_of(data) == {"tables.t_score.table": "The table has no score for: 50."}
    data["tables"] = {"other": {"table": table}}
    assert set(faults_of(data)) == {"tables", "tables.other"}


def test_a_profile_may_not_carry_wording(shipped):
    data = shipped["who-5"].to_mapping()
    data["items"][0]["wording"] = {"da": "Ordlyd"}
    assert faults_of(data) == {
        "items[0].wording": "A profile carries no wording: it belongs to its owner. Take it out."
    }
