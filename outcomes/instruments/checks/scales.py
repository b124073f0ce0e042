"""Scales: references, the missing-item rule, the formula against the range, tables, cut-offs, measurement error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.instruments.checks import parts
from outcomes.instruments.checks.precision import precision_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments.checks.parts import Finding
    from outcomes.instruments.document import Path_

Bounds = tuple[float, float]


def scale_faults(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Faults of all scales."""
    scales = [parts.mapping(scale) for scale in parts.sequence(data.get("scales"))]
    for index, key in parts.repeated([scale.get("key") for scale in scales]):
        yield ("scales", index, "key"), Sentence("The key “%(key)s” is used by an earlier scale.", key=key)
    for index, scale in enumerate(scales):
        path: Path_ = ("scales", index)
        yield from _item_faults(data, scale, path)
        yield from _missing_faults(scale, path)
        yield from _formula_faults(data, scale, path)
        yield from _cut_off_faults(scale, path)
        yield from precision_faults(data, scale, path)


def _item_faults(data: Mapping[str, Any], scale: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    known = parts.items_by_id(data)
    members = parts.names(scale.get("items"))
    for index, name in parts.repeated(members):
        yield (*path, "items", index), Sentence("“%(name)s” stands here twice.", name=name)
    for index, name in enumerate(members):
        if name not in known:
            yield (*path, "items", index), Sentence("There is no item “%(name)s”.", name=name)
        elif parts.bounds(data, known[name]) is None:
            yield (
                (*path, "items", index),
                Sentence(
                    "“%(name)s” can't be scored: it needs options with whole numbers, or a minimum and a maximum.",
                    name=name,
                ),
            )
    for index, name in enumerate(parts.names(scale.get("reversed"))):
        if name not in members:
            yield (
                (*path, "reversed", index),
                Sentence("“%(name)s” is reversed, but isn't among the scale's items.", name=name),
            )


def _missing_faults(scale: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    rule = parts.mapping(scale.get("missing"))
    needed, count = parts.number(rule.get("min_answered")), len(parts.sequence(scale.get("items")))
    if needed is None or not count:
        return
    here: Path_ = (*path, "missing", "min_answered")
    if needed > count:
        yield here, Sentence("The scale has only %(count)s items.", count=count)
    if needed < count and scale.get("method", "sum") == "sum" and rule.get("fill", "none") == "none":
        yield here, Sentence("A sum over some of the items needs “fill: prorate”, or all items answered.")
    if needed < count and ("table" in scale or scale.get("table_loaded")):
        yield here, Sentence("A look-up table needs all items answered.")


def _formula_faults(data: Mapping[str, Any], scale: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    declared = parts.pair(scale.get("range"))
    if declared and declared[0] >= declared[1]:
        yield (*path, "range"), Sentence("The first number must be lower than the last.")
        return
    ways = [name for name in ("rescale", "table", "table_loaded") if scale.get(name)]
    if len(ways) > 1:
        yield (*path, ways[-1]), Sentence("Give one of: %(names)s.", names=", ".join(ways))
        return
    raw = raw_range(data, scale)
    if "rescale" in ways:
        yield from _rescale_faults(parts.mapping(scale["rescale"]), raw, declared, (*path, "rescale"))
    elif "table" in ways:
        yield from table_faults(scale["table"], raw, declared, (*path, "table"))
    elif not ways and raw and declared and not _same(raw, declared):
        yield (
            (*path, "range"),
            Sentence("The items give %(low)s to %(high)s, not this range.", low=raw[0], high=raw[1]),
        )


def raw_range(data: Mapping[str, Any], scale: Mapping[str, Any]) -> Bounds | None:
    """What the sum or mean of a scale's items can be; None where an item is unknown, twice or unbounded."""
    known = parts.items_by_id(data)
    members = parts.names(scale.get("items"))
    each = [parts.bounds(data, known[name]) for name in members if name in known]
    found = [bounds for bounds in each if bounds]
    if not found or len(found) != len(members) or any(parts.repeated(members)):
        return None
    low, high = sum(bounds[0] for bounds in found), sum(bounds[1] for bounds in found)
    return (low / len(found), high / len(found)) if scale.get("method") == "mean" else (low, high)


def _rescale_faults(
    rescale: Mapping[str, Any], raw: Bounds | None, declared: Bounds | None, path: Path_
) -> Iterator[Finding]:
    source, target = parts.pair(rescale.get("from")), parts.pair(rescale.get("to"))
    if source and source[0] >= source[1]:
        yield (*path, "from"), Sentence("The first number must be lower than the last.")
    elif source and raw and not _same(source, raw):
        yield (
            (*path, "from"),
            Sentence("The items give %(low)s to %(high)s, not this range.", low=raw[0], high=raw[1]),
        )
    if target and declared and not _same((min(target), max(target)), declared):
        yield (*path, "to"), Sentence("This isn't the scale's range.")


def table_faults(table: object, raw: Bounds | None, declared: Bounds | None, path: Path_) -> Iterator[Finding]:
    """Sums without a score, and scores outside the range."""
    entries = {}
    for key, value in parts.mapping(table).items():
        if (score := parts.number(value)) is not None and str(key).lstrip("-").isdecimal():
            entries[int(key)] = score
    if raw and entries:
        gaps = [str(total) for total in range(math.ceil(raw[0]), math.floor(raw[1]) + 1) if total not in entries]
        if gaps:
            yield path, Sentence("The table has no score for: %(sums)s.", sums=", ".join(gaps))
        for total in entries:
            if not raw[0] <= total <= raw[1]:
                yield (*path, str(total)), Sentence("The items can't give the sum %(sum)s.", sum=total)
    for total, score in entries.items():
        if declared and not declared[0] <= score <= declared[1]:
            yield (*path, str(total)), Sentence("The score %(score)s is outside the scale's range.", score=score)


def _cut_off_faults(scale: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    declared = parts.pair(scale.get("range"))
    for index, cut in enumerate(parts.sequence(scale.get("cut_offs"))):
        value = parts.number(parts.mapping(cut).get("value"))
        if declared and value is not None and not declared[0] <= value <= declared[1]:
            yield (
                (*path, "cut_offs", index, "value"),
                Sentence("The cut-off %(value)s is outside the scale's range.", value=value),
            )


def _same(one: Bounds, other: Bounds) -> bool:
    return all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(one, other, strict=True))
