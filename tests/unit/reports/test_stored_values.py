"""Sentences and their values as JSON and back: nothing is lost on the way, and what can't come back isn't stored."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText, Points, local_text
from outcomes.reports.stored_values import from_stored, to_stored


class Word(StrEnum):
    ONE = "one"


PLAIN = st.one_of(
    st.none(), st.booleans(), st.text(), st.integers(), st.floats(allow_nan=False), st.dates(), st.datetimes(),
    st.builds(Points, st.floats(allow_nan=False), st.integers(0, 8)),
    st.dictionaries(st.text(), st.text(), min_size=1).map(local_text),
)  # fmt: skip
NAMES = st.sampled_from(["points", "number", "sentence", "values", "texts", "day", "n"])
"""Values may be called what the kinds are called."""


def sentence_of(values):
    return st.builds(lambda text, each: Sentence(text, **each), st.text(), st.dictionaries(NAMES, values, max_size=3))


VALUES = st.recursive(PLAIN, sentence_of, max_leaves=6)


@given(VALUES)
def test_what_is_stored_comes_back_as_it_was(value):
    back = from_stored(json.loads(json.dumps(to_stored(value), allow_nan=False)))
    assert back == value
    assert type(back) is type(value)


def test_kinds_are_kept_apart():
    moment, day = datetime(2026, 11, 22, 2, 10, tzinfo=UTC), date(2026, 11, 22)
    assert from_stored(to_stored(moment)) == moment
    assert type(from_stored(to_stored(day))) is date
    assert from_stored(to_stored(True)) is True
    assert to_stored(np.float64(0.1)) == {"number": "0.1"}
    assert type(to_stored(np.int64(3))) is int
    assert type(to_stored(Word.ONE)) is str
    assert from_stored(to_stored(LocalText((("da", "a"), ("en", "b"))))) == LocalText((("da", "a"), ("en", "b")))


@pytest.mark.parametrize("value", [Decimal(1), b"x", [1], {"a": 1}, object()])
def test_what_could_not_come_back_is_not_stored(value):
    with pytest.raises(TypeError, match="can't be stored"):
        to_stored(Sentence("%(x)s", x=value))


@pytest.mark.parametrize("stored", [1.5, [1], {"unknown": 1}, {}])
def test_what_was_never_stored_is_not_read(stored):
    with pytest.raises(ValueError, match="no such stored value"):
        from_stored(stored)
