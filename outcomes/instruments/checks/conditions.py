"""Show-if conditions: one comparison each, of an item that comes before, with an answer that it can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.instruments.checks import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments.checks.parts import Finding
    from outcomes.instruments.document import Path_

GROUPS = ("all", "any", "not")
COMPARISONS = ("equals", "in", "at_least", "at_most", "answered")


def condition_faults(data: Mapping[str, Any], condition: object, index: int, path: Path_) -> Iterator[Finding]:
    """Faults of the condition of the item at position ``index``."""
    condition = parts.mapping(condition)
    groups = [name for name in GROUPS if name in condition]
    comparisons = [name for name in COMPARISONS if name in condition]
    if groups:
        if len(groups) > 1 or comparisons or "item" in condition:
            yield path, Sentence("Write one thing in each condition; put several of them under “all” or “any”.")
        for name in groups:
            inner = condition[name]
            if name == "not":
                yield from condition_faults(data, inner, index, (*path, name))
            for position, part in enumerate(parts.sequence(inner)):
                yield from condition_faults(data, part, index, (*path, name, position))
        return
    if len(comparisons) != 1 or "item" not in condition:
        yield (
            path,
            Sentence("A condition names one item and one of: %(names)s.", names=", ".join(COMPARISONS)),
        )
        return
    yield from _reference_faults(data, condition, comparisons[0], index, path)


def _reference_faults(
    data: Mapping[str, Any], condition: Mapping[str, Any], comparison: str, index: int, path: Path_
) -> Iterator[Finding]:
    name = condition["item"]
    position, item = next(((at, one) for at, one in parts.items(data) if one.get("id") == name), (None, None))
    if position is None or item is None:
        yield (*path, "item"), Sentence("There is no item “%(name)s”.", name=str(name))
        return
    if position >= index:
        yield (
            (*path, "item"),
            Sentence("“%(name)s” comes later. A condition looks back, at an earlier item.", name=str(name)),
        )
        return
    if comparison in ("at_least", "at_most"):
        yield from _order_faults(data, item, condition[comparison], (*path, comparison))
    if comparison in ("equals", "in") and item.get("type") in parts.CHOICES:
        wanted = condition[comparison] if comparison == "in" else [condition[comparison]]
        possible = parts.option_values(data, item)
        for value in parts.sequence(wanted):
            if value not in possible:
                yield (*path, comparison), Sentence("“%(name)s” has no option %(value)s.", name=name, value=str(value))
    if comparison in ("equals", "in") and item.get("type") == "free_text":
        yield (*path, comparison), Sentence("Of a free text, a condition can only say whether it is answered.")


def _order_faults(data: Mapping[str, Any], item: Mapping[str, Any], limit: object, path: Path_) -> Iterator[Finding]:
    bounds = parts.bounds(data, item)
    value = parts.number(limit)
    if item.get("type") not in parts.SCORED or (item.get("type") == "single_choice" and bounds is None):
        yield path, Sentence("“%(name)s” isn't answered by a number.", name=str(item.get("id")))
    elif bounds and value is not None and not bounds[0] <= value <= bounds[1]:
        yield path, Sentence("No answer can be %(value)s.", value=value)
