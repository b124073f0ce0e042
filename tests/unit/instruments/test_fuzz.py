"""Whatever is done to a file, it is either refused with places or builds an instrument that can be scored."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import Fault, InstrumentError
from outcomes.instruments import (
    Instrument,
    parse_instrument,
    restore_instrument,
    score_answers,
    shipped_instruments,
    smallest_detectable_change,
)
from outcomes.instruments.loading import LIBRARY

FILES = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(LIBRARY.glob("measures/*.yaml"))]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 200),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(0, 5), max_size=3),
    st.dictionaries(st.sampled_from(["da", "en", "item", "equals", "value", "0"]), st.integers(0, 5), max_size=2),
    st.sampled_from(["measure", "profile", "sum", "number", "free_text", "multi_choice", "who-5", "not_known"]),
)


def paths(value: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        found += paths(part, (*here, key))
    return found


def parsed(content: dict[str, Any]) -> tuple[Instrument | None, tuple[Fault, ...]]:
    try:
        return parse_instrument(content), ()
    except InstrumentError as error:
        return None, error.faults


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_refused_or_works(data):
    content = copy.deepcopy(data.draw(st.sampled_from(FILES)))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(paths(content)))
        part = content
        for step in way:
            part = part[step]
        if data.draw(st.booleans()):
            part[last] = data.draw(VALUES)
        elif isinstance(part, dict):
            del part[last]
    instrument, faults = parsed(content)
    if instrument is None:
        assert faults
        assert all(str(fault.sentence) for fault in faults)
        return
    assert restore_instrument(instrument.to_mapping()).checksum == instrument.checksum
    assert all(score.value is None for score in score_answers(instrument, {}))
    for scale in instrument.scales:
        assert (smallest_detectable_change(scale) or 1) > 0


def test_undamaged_files_parse_to_what_is_shipped():
    assert [parse_instrument(content) for content in FILES] == list(shipped_instruments()[: len(FILES)])
