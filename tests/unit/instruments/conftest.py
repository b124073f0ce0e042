"""Instruments to try things on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from outcomes.instruments import Instrument, parse_instrument, shipped_instruments
from outcomes.language import use_locale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = """
format: 1
key: small
version: "1.0"
kind: measure
own_authored: true
validated: false
languages: [da, en]
title: {da: Lille, en: Small}
items:
  - id: mood
    type: single_choice
    wording: {da: "Humør?", en: "Mood?"}
    options:
      - {value: 0, wording: {da: Lavt, en: Low}}
      - {value: 1, wording: {da: Midt, en: Middle}}
      - {value: 2, wording: {da: Højt, en: High}}
  - id: pain
    type: scale_0_10
    wording: {da: "Ondt?", en: "Pain?"}
    ends: {low: {da: Intet, en: None}, high: {da: Meget, en: Much}}
  - id: where
    type: multi_choice
    show_if: {item: pain, at_least: 5}
    wording: {da: "Hvor?", en: "Where?"}
    options:
      - {value: back, wording: {da: Ryg, en: Back}}
      - {value: knee, wording: {da: Knæ, en: Knee}}
      - {value: nowhere, exclusive: true, wording: {da: Ingen steder, en: Nowhere}}
  - id: hours
    type: number
    minimum: 0
    maximum: 24
    step: 0.5
    unit: {da: timer, en: hours}
    wording: {da: "Søvn?", en: "Sleep?"}
  - id: back_now
    type: visual_analogue
    show_if: {all: [{item: where, in: [back]}, {not: {item: mood, equals: 2}}]}
    wording: {da: "Ryggen nu?", en: "Your back now?"}
    ends: {low: {da: God, en: Good}, high: {da: Slem, en: Bad}}
  - id: words
    type: free_text
    max_length: 20
    wording: {da: "Ord?", en: "Words?"}
scales:
  - key: strain
    title: {da: Belastning, en: Strain}
    items: [mood, pain]
    reversed: [mood]
    missing: {min_answered: 1, fill: prorate}
    range: [0, 12]
    direction: lower_is_better
licence:
  id: CC-BY-SA-4.0
  holder: Us
  text: {da: Vores eget., en: Our own.}
  may_ship_wording: true
"""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A fault's place is said in the locale in force."""
    with use_locale("en"):
        yield


@pytest.fixture
def small_text() -> str:
    return SMALL


@pytest.fixture
def small_data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(SMALL)
    return data


@pytest.fixture
def small(small_data: dict[str, Any]) -> Instrument:
    return parse_instrument(small_data)


@pytest.fixture
def shipped() -> dict[str, Instrument]:
    return {instrument.key: instrument for instrument in shipped_instruments()}


@pytest.fixture
def write(tmp_path: Path):
    def write_file(text: str, name: str = "instrument.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write_file
