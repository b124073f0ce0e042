"""The instrument as a whole: ages, profile and tables, numbers that aren't numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.instruments.checks.parts import mapping, number

if TYPE_CHECKING:
    from outcomes.instruments.checks.parts import Finding
    from outcomes.instruments.document import Path_


def whole_faults(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Faults that belong to no single part."""
    yield from _not_finite(data, ())
    ages = mapping(data.get("ages"))
    youngest, oldest = number(ages.get("from")), number(ages.get("to"))
    if youngest is not None and oldest is not None and youngest > oldest:
        yield ("ages",), Sentence("The first age is higher than the last.")
    if "profile" not in data:
        if "scales" not in data:
            yield (), Sentence("“%(name)s” is missing. Add it.", name="scales")
        if "tables" in data:
            yield ("tables",), Sentence("Tables are only given together with the profile that they belong to.")
        return
    if data.get("kind") == "profile":
        yield ("profile",), Sentence("A profile doesn't follow another profile.")
    if "scales" in data:
        yield ("scales",), Sentence("The scales come from the profile. Take them out here.")


def _not_finite(value: object, path: Path_) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _not_finite(part, (*path, str(key)))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _not_finite(part, (*path, index))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, Sentence("Write a number with an end, not infinity or “not a number”.")
