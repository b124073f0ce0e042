"""Taking parts out of a file that may be malformed: what isn't of the expected form comes out empty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.instruments.kinds import AnswerType
from outcomes.instruments.model import item_bounds

if TYPE_CHECKING:
    from outcomes.instruments.document import Path_

Finding = tuple["Path_", Sentence]
CHOICES = ("single_choice", "multi_choice")
BOUNDED = ("number", "visual_analogue")
SCORED = ("single_choice", "number", "scale_0_10", "visual_analogue")


def mapping(value: object) -> Mapping[str, Any]:
    """``value`` where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> Sequence[Any]:
    """``value`` where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def number(value: object) -> float | None:
    """``value`` where it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def pair(value: object) -> tuple[float, float] | None:
    """``value`` where it is two numbers."""
    numbers = [number(part) for part in sequence(value)]
    if len(numbers) == 2 and numbers[0] is not None and numbers[1] is not None:  # noqa: PLR2004
        return numbers[0], numbers[1]
    return None


def items(data: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Items with their position."""
    for index, item in enumerate(sequence(data.get("items"))):
        yield index, mapping(item)


def items_by_id(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Items that have a readable id, by it."""
    return {item["id"]: item for _, item in items(data) if isinstance(item.get("id"), str)}


def names(value: object) -> list[str]:
    """The texts in a list, in order; anything that isn't text stands as an empty one."""
    return [part if isinstance(part, str) else "" for part in sequence(value)]


def scales(data: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Scales with their position."""
    for index, scale in enumerate(sequence(data.get("scales"))):
        yield index, mapping(scale)


def options(data: Mapping[str, Any], item: Mapping[str, Any]) -> Sequence[Any]:
    """An item's options, its own or those of its option set."""
    if "options" in item:
        return sequence(item["options"])
    return sequence(mapping(data.get("option_sets")).get(str(item.get("option_set"))))


def option_values(data: Mapping[str, Any], item: Mapping[str, Any]) -> list[int | str]:
    """The values of an item's options that are values at all."""
    found = [mapping(option).get("value") for option in options(data, item)]
    return [value for value in found if isinstance(value, (int, str)) and not isinstance(value, bool)]


def bounds(data: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[float, float] | None:
    """Lowest and highest value of an item, as the model has it; None where it has none."""
    if item.get("type") not in list(AnswerType):
        return None
    low, high = number(item.get("minimum")), number(item.get("maximum"))
    return item_bounds(AnswerType(item["type"]), option_values(data, item), minimum=low, maximum=high)


def repeated(values: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Position and value of each text or number that stood before."""
    seen: list[Any] = []
    for index, value in enumerate(values):
        if isinstance(value, (str, int, float)) and any(type(value) is type(one) and value == one for one in seen):
            yield index, value
        seen.append(value)
