"""Answers of one episode from more than one instrument or version."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.analysis.instrument_switch import FINDING, InstrumentSwitch, find_instrument_switches
from outcomes.errors import EstimateError


def rows(
    count: int, first: tuple[str, str], second: tuple[str, str], start: int = 0
) -> list[tuple[str, float, str, str]]:
    return [
        (f"e{start + index:02}", time, *answered)
        for index in range(count)
        for time, answered in ((0, first), (3, second))
    ]


def find(given: list[tuple[str, float, str, str]]):
    return find_instrument_switches(*map(list, zip(*given, strict=True)))


WHO1, WHO2, SWEMWBS = ("WHO-5", "1"), ("WHO-5", "2"), ("SWEMWBS", "1")


def test_none() -> None:
    found = find(rows(6, WHO1, WHO1))
    assert (found.finding, found.n_episodes, found.switches, found.applies) == (FINDING, 6, (), False)
    assert (found.warnings, found.episodes) == ((), frozenset())


def test_instrument_and_version_are_told_apart() -> None:
    found = find([*rows(5, WHO1, SWEMWBS), *rows(2, WHO1, WHO2, 5), *rows(3, WHO1, WHO1, 7)])
    assert (found.n_episodes, found.applies, len(found.switches)) == (10, True, 7)
    assert found.switches[0] == InstrumentSwitch("e00", 3.0, WHO1, SWEMWBS, True)
    assert found.switches[-1] == InstrumentSwitch("e06", 3.0, WHO1, WHO2, False)
    assert found.episodes == {f"e{number:02}" for number in range(7)}
    instrument, version = (str(warning) for warning in found.warnings)
    assert instrument.startswith("5 of 10 people answered with more than one instrument.")
    assert "never put on one line" in instrument
    assert version.startswith("Fewer than 5 of 10 people answered with more than one version")


def test_rows_may_come_in_any_order() -> None:
    given = [*rows(3, WHO1, SWEMWBS), *rows(2, WHO1, WHO2, 5)]
    order = np.random.default_rng(1).permutation(len(given)).tolist()
    assert find([given[place] for place in order]) == find(given)


def test_the_instrument_counts_before_the_version() -> None:
    found = find([("a", 0, *WHO1), ("a", 1, *WHO2), ("a", 2, *SWEMWBS), ("a", 3, *WHO2)])
    assert found.switches == (InstrumentSwitch("a", 2.0, WHO2, SWEMWBS, True),)
    assert len(found.warnings) == 1


def test_the_same_version_of_another_instrument_is_another_instrument() -> None:
    assert find(rows(1, WHO1, SWEMWBS)).switches[0].instrument
    assert not find(rows(1, WHO1, ("WHO-5 ", " 1"))).applies


def test_nobody() -> None:
    assert find_instrument_switches([], [], [], []).n_episodes == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([1], [0.0], ["a"], []), "Each answer needs"),
        (([1, 1], [0.0, math.nan], ["a", "a"], ["1", "1"]), "row 2 lacks"),
        (([1], [0.0], [" "], ["1"]), "row 1 lacks"),
        (([1], [0.0], ["a"], [""]), "row 1 lacks"),
    ],
)
def test_what_cannot_be(given, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        find_instrument_switches(*given)
