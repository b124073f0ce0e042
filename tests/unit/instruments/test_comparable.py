"""Which versions of an instrument may be joined to one series."""

from __future__ import annotations

import copy

import pytest

from outcomes.instruments import parse_instrument
from outcomes.instruments.comparable import asks_the_same, scoring_of


def changed(data, *path, value):
    """A next version with one thing changed."""
    copied = copy.deepcopy(data)
    *way, last = path
    part = copied
    for step in way:
        part = part[step]
    part[last] = value
    return parse_instrument({**copied, "version": "1.1"})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("items", 0, "wording", "da-x-easy"), "Glad?"),
        (("items", 0, "symbol"), "feelings"),
        (("items", 1, "faces"), "sadder"),
        (("no_answer",), ["dont_know"]),
        (("items", 3, "wording", "da"), "En anden, som ikke er i skalaen?"),
        (("title", "da"), "Nyt navn"),
    ],
)
def test_what_is_only_added_goes_on_in_the_same_series(small, small_data, path, value):
    assert asks_the_same(small, changed(small_data, *path, value=value), "strain")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("items", 0, "wording", "da"), "Humøret i dag?"),
        (("items", 0, "options", 1, "wording", "en"), "In between"),
        (("items", 1, "ends", "high", "da"), "Uudholdeligt"),
        (("scales", 0, "reversed"), []),
        (("scales", 0, "missing"), {"min_answered": 2, "fill": "prorate"}),
    ],
)
def test_other_words_or_another_scoring_are_another_series(small, small_data, path, value):
    assert not asks_the_same(small, changed(small_data, *path, value=value), "strain")


def test_scoring_is_told_apart_by_what_changes_a_number(small, small_data):
    reworded = changed(small_data, "items", 0, "wording", "da", value="Humøret i dag?")
    assert scoring_of(small, small.scale("strain")) == scoring_of(reworded, reworded.scale("strain"))


def test_our_own_measures_go_on_from_their_first_version(shipped):
    """Version 1.1 brought easy words and pictures; the questions and their scoring are those of 1.0."""
    for key in ("wellbeing", "loneliness", "influence", "mastery", "child"):
        mapping = shipped[key].to_mapping()
        first = parse_plain(mapping)
        for scale in shipped[key].scales:
            assert asks_the_same(first, shipped[key], scale.key)


def parse_plain(mapping):
    """An instrument as version 1.0 had it: Danish and English, without variants, pictures and ways out."""

    def plain(part):
        if isinstance(part, dict):
            kept = {key: plain(value) for key, value in part.items() if key not in ("symbol", "faces", "no_answer")}
            return {key: value for key, value in kept.items() if not isinstance(key, str) or "-x-" not in key}
        return [plain(each) for each in part] if isinstance(part, list) else part

    return parse_instrument({**plain(mapping), "version": "1.0"})
