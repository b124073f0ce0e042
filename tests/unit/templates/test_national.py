"""The national page: an amount never stands without what changed for the citizens, and how much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from outcomes.errors import Sentence
from outcomes.reports.national_steering import PublishedPart, build_steering
from outcomes.reports.stored_values import to_stored
from tests.unit.templates.release_samples import BRO, NATIONAL, RELEASE_ID, TOLD

SIZE = "Average change: 4 points, and its interval."


def test_the_size_of_the_change_stands_beside_the_amount(render: Any) -> None:
    told: Any = TOLD["value"]
    value = told | {"citizens": told["citizens"] | {"number": to_stored(Sentence(SIZE))}}
    steering = build_steering([(BRO, "Bro")], {"value": [PublishedPart(BRO, RELEASE_ID, value)]})
    assert SIZE in render("pages/authority/national.html", national=replace(NATIONAL, steering=steering))
