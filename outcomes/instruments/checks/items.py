"""Items: ids, options, bounds, risk and show-if conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.instruments.checks import parts
from outcomes.instruments.checks.conditions import condition_faults
from outcomes.instruments.kinds import FACES, PICTOGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.instruments.checks.parts import Finding
    from outcomes.instruments.document import Path_

USED_BY = {
    "options": parts.CHOICES,
    "option_set": parts.CHOICES,
    "ends": ("scale_0_10", "visual_analogue"),
    "minimum": parts.BOUNDED,
    "maximum": parts.BOUNDED,
    "step": parts.BOUNDED,
    "unit": parts.BOUNDED,
    "max_length": ("free_text",),
    "risk": parts.SCORED,
    "faces": ("scale_0_10",),
}


def item_faults(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Faults of items and option sets."""
    ids = [item.get("id") for _, item in parts.items(data)]
    for index, item_id in parts.repeated(ids):
        yield ("items", index, "id"), Sentence("The id “%(id)s” is used by an earlier item.", id=item_id)
    for name, group in parts.mapping(data.get("option_sets")).items():
        yield from _option_faults(parts.sequence(group), ("option_sets", str(name)))
    for index, item in parts.items(data):
        path: Path_ = ("items", index)
        yield from _unused_faults(item, path)
        if item.get("type") in parts.CHOICES:
            yield from _choice_faults(data, item, path)
        yield from _symbol_faults(item, path, PICTOGRAMS)
        yield from _bound_faults(item, path)
        yield from _risk_faults(data, item, path)
        if "show_if" in item:
            yield from condition_faults(data, item["show_if"], index, (*path, "show_if"))


def _unused_faults(item: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    answer_type = item.get("type")
    for name, types in USED_BY.items():
        if name in item and answer_type not in types and isinstance(answer_type, str):
            yield (
                (*path, name),
                Sentence("An item of type %(type)s doesn't use “%(name)s”. Take it out.", type=answer_type, name=name),
            )


def _choice_faults(data: Mapping[str, Any], item: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    if "options" in item and "option_set" in item:
        yield (*path, "option_set"), Sentence("Give either options or an option_set, not both.")
    elif "options" in item:
        yield from _option_faults(parts.sequence(item["options"]), (*path, "options"))
    elif "option_set" not in item:
        yield path, Sentence("An item of type %(type)s needs options to choose from.", type=item["type"])
    elif str(item["option_set"]) not in parts.mapping(data.get("option_sets")):
        yield (*path, "option_set"), Sentence("There is no option set “%(name)s”.", name=str(item["option_set"]))
    if item["type"] == "single_choice" and any(parts.mapping(o).get("exclusive") for o in parts.options(data, item)):
        yield path, Sentence("Only an item of type multi_choice can have an exclusive option.")


def _option_faults(options: Any, path: Path_) -> Iterator[Finding]:
    for index, value in parts.repeated([parts.mapping(option).get("value") for option in options]):
        yield (*path, index, "value"), Sentence("The value %(value)s is used by an earlier option.", value=value)
    for index, option in enumerate(options):
        yield from _symbol_faults(parts.mapping(option), (*path, index), (*FACES, *PICTOGRAMS))


def _symbol_faults(owner: Mapping[str, Any], path: Path_, known: Sequence[str]) -> Iterator[Finding]:
    symbol = owner.get("symbol")
    if isinstance(symbol, str) and symbol not in known:
        yield (
            (*path, "symbol"),
            Sentence("There is no drawing “%(name)s”. Choose among: %(known)s.", name=symbol, known=", ".join(known)),
        )


def _bound_faults(item: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    if item.get("type") not in parts.BOUNDED:
        return
    on_a_line = item["type"] == "visual_analogue"
    low = parts.number(item.get("minimum", 0 if on_a_line else None))
    high = parts.number(item.get("maximum", 100 if on_a_line else None))
    step = parts.number(item.get("step", 1))
    if low is None or high is None:
        return
    if low >= high:
        yield (*path, "maximum"), Sentence("The maximum must be higher than the minimum.")
    elif step is not None and step > high - low:
        yield (*path, "step"), Sentence("The step is larger than the distance from minimum to maximum.")


def _risk_faults(data: Mapping[str, Any], item: Mapping[str, Any], path: Path_) -> Iterator[Finding]:
    limit = parts.number(parts.mapping(item.get("risk")).get("at_least"))
    bounds = parts.bounds(data, item)
    if limit is not None and bounds and not bounds[0] <= limit <= bounds[1]:
        yield (*path, "risk"), Sentence("No answer can be %(value)s.", value=limit)
