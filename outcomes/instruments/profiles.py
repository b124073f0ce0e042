"""A scoring profile and the wording that an administrator loads for it.

The file that brings the wording names the profile (``profile: who-5``), has the same items in the same order, and no
scales.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.errors import Fault, Sentence
from outcomes.instruments.checks import parts
from outcomes.instruments.checks.scales import raw_range, table_faults
from outcomes.instruments.document import place_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments.checks.parts import Finding
    from outcomes.instruments.model import Instrument


def profile_matches(profile: Instrument, instrument: Instrument) -> tuple[Fault, ...]:
    """Every way in which ``instrument`` doesn't have the shape that ``profile`` scores; empty where it fits."""
    found = item_differences(profile, instrument.to_mapping())
    return tuple(Fault(place_name(path), sentence) for path, sentence in found)


def profile_differences(profile: Instrument, data: Mapping[str, Any]) -> Iterator[Finding]:
    """As :func:`profile_matches`, of what a file says, with the tables that the profile asks for."""
    yield from item_differences(profile, data)
    yield from _table_differences(profile, data)


def item_differences(profile: Instrument, data: Mapping[str, Any]) -> Iterator[Finding]:
    """Items missing, too many, of another id, type, range or set of answers."""
    theirs = list(parts.items(data))
    if len(theirs) != len(profile.items):
        yield (
            ("items",),
            Sentence(
                "The profile scores %(wanted)s items; here are %(found)s.", wanted=len(profile.items), found=len(theirs)
            ),
        )
    for (index, item), wanted in zip(theirs, profile.items, strict=False):
        if item.get("id") != wanted.id:
            yield (
                ("items", index, "id"),
                Sentence("The profile has the item “%(id)s” at this place.", id=wanted.id),
            )
        if item.get("type") != wanted.type:
            yield (
                ("items", index, "type"),
                Sentence("The profile scores an item of type %(type)s here.", type=wanted.type.value),
            )
            continue
        values = [option.value for option in wanted.options]
        if values and sorted(map(str, parts.option_values(data, item))) != sorted(map(str, values)):
            yield (
                ("items", index, "options"),
                Sentence("The profile scores the values %(values)s here.", values=", ".join(map(str, values))),
            )
        if not values and wanted.bounds and parts.bounds(data, item) != wanted.bounds:
            low, high = wanted.bounds
            yield ("items", index), Sentence("The profile scores %(low)s to %(high)s here.", low=low, high=high)


def _table_differences(profile: Instrument, data: Mapping[str, Any]) -> Iterator[Finding]:
    given = parts.mapping(data.get("tables"))
    wanted = {scale.key: scale for scale in profile.scales if scale.table_loaded}
    for key in given:
        if key not in wanted:
            yield ("tables", str(key)), Sentence("The profile asks for no table “%(key)s”.", key=str(key))
    shape = profile.to_mapping()
    for key, scale in wanted.items():
        if key not in given:
            yield (
                ("tables",),
                Sentence("The conversion table “%(key)s” is missing. It comes with the licence.", key=key),
            )
            continue
        entry = parts.mapping(given[key])
        own = parts.pair(entry.get("range")) if "range" in entry else scale.range
        scale_shape = {"items": list(scale.items), "method": scale.method.value}
        yield from table_faults(entry.get("table"), raw_range(shape, scale_shape), own, ("tables", key, "table"))


def scales_from_profile(profile: Instrument, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The profile's scales as plain values, with the file's tables put in."""
    tables = parts.mapping(data.get("tables"))
    scales: list[dict[str, Any]] = profile.to_mapping()["scales"]
    for scale in scales:
        if scale["key"] in tables:
            entry = tables[scale["key"]]
            scale.pop("table_loaded", None)
            scale["table"] = entry["table"]
            scale["range"] = entry.get("range", scale["range"])
    return scales
