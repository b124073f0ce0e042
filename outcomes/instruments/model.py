"""What a questionnaire is: items, wording, scales and what is known of their precision.

Everything here is frozen. An :class:`Instrument` is made from a checked file by :mod:`outcomes.instruments.loading`;
the class itself doesn't repeat the checks. Wording is a mapping from language code to text, and empty in a
scoring profile. A code such as ``da-x-easy`` holds the same text in easy language, ``da-x-child`` for children.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from outcomes.instruments.kinds import (
    AnswerType,
    Direction,
    ErrorKind,
    FaceOrder,
    Fill,
    Kind,
    Method,
    NonAnswer,
    ReliabilityKind,
    Respondent,
    Side,
    Sureness,
)

Wording = Mapping[str, str]
OptionValue = int | str
FREE_TEXT_LENGTH = 2000
FORMAT = 1


class Frozen(BaseModel):
    """Base of all parts: immutable, and nothing unknown is let in."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Source(Frozen):
    """Where a fact comes from; ``doi`` without resolver."""

    text: str
    doi: str | None = None
    sureness: Sureness = Sureness.MEDIUM


class Option(Frozen):
    """One answer to choose. ``symbol`` names a drawing (``very_sad`` .. ``very_glad``); ``exclusive`` stands alone."""

    value: OptionValue
    wording: Wording = Field(default_factory=dict)
    symbol: str | None = None
    exclusive: bool = False


class Ends(Frozen):
    """Words at the two ends of a scale."""

    low: Wording
    high: Wording


class Risk(Frozen):
    """An answer of ``at_least`` or more calls for the crisis protocol."""

    at_least: int


class Condition(Frozen):
    """When an item is shown: one comparison of an earlier item, or ``all`` / ``any`` / ``not`` of conditions.

    Compared with several chosen answers, ``equals`` and ``in`` hold when any of the chosen ones is meant.
    """

    item: str | None = None
    equals: OptionValue | float | None = None
    in_: tuple[OptionValue, ...] | None = Field(default=None, alias="in")
    at_least: float | None = None
    at_most: float | None = None
    answered: bool | None = None
    all_: tuple[Condition, ...] | None = Field(default=None, alias="all")
    any_: tuple[Condition, ...] | None = Field(default=None, alias="any")
    not_: Condition | None = Field(default=None, alias="not")


class Item(Frozen):
    """One question. ``minimum`` and ``maximum`` bound numbers; ``step`` is the smallest difference between answers.

    ``no_answer``: what may be said in place of an answer. ``symbol`` names a pictogram, ``faces`` puts faces along a scale.
    """

    id: str
    type: AnswerType
    wording: Wording = Field(default_factory=dict)
    help: Wording = Field(default_factory=dict)
    options: tuple[Option, ...] = ()
    ends: Ends | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float = 1
    unit: Wording = Field(default_factory=dict)
    max_length: int = FREE_TEXT_LENGTH
    risk: Risk | None = None
    show_if: Condition | None = None
    no_answer: tuple[NonAnswer, ...] = ()
    symbol: str | None = None
    faces: FaceOrder | None = None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Lowest and highest value that an answer can have; None where it has none (text, several choices)."""
        return item_bounds(
            self.type, [option.value for option in self.options], minimum=self.minimum, maximum=self.maximum
        )


class Rescale(Frozen):
    """A straight line from the raw range ``source`` to the score range ``target``."""

    source: tuple[float, float] = Field(alias="from")
    target: tuple[float, float] = Field(alias="to")


class Missing(Frozen):
    """How many of a scale's items must be answered, and what stands in for the others."""

    min_answered: int
    fill: Fill = Fill.NONE


class CutOff(Frozen):
    """A limit with a meaning."""

    value: float
    side: Side
    wording: Wording = Field(default_factory=dict)
    source: Source | None = None


class Norm(Frozen):
    """Mean and standard deviation of a population, in scale points."""

    mean: float
    sd: float
    population: Wording
    source: Source


class MeasurementError(Frozen):
    """What is known of a score's precision; points of the scale, reliability between 0 and 1.

    ``inclusive``: a change of exactly the smallest detectable change counts as well, because its source counts so.
    """

    kind: ErrorKind
    smallest_detectable_change: float | None = None
    inclusive: bool = False
    sd: float | None = None
    reliability: float | None = None
    reliability_kind: ReliabilityKind | None = None
    population: Wording = Field(default_factory=dict)
    source: Source | None = None
    note: Wording = Field(default_factory=dict)

    @property
    def assumed(self) -> bool:
        """True where the numbers are planning values that nobody has measured yet."""
        return self.kind is ErrorKind.ASSUMED


class Scale(Frozen):
    """How answers become one score, and what is known about it. ``table`` maps raw to final score."""

    key: str
    title: Wording = Field(default_factory=dict)
    items: tuple[str, ...]
    reversed: tuple[str, ...] = ()
    method: Method = Method.SUM
    missing: Missing
    rescale: Rescale | None = None
    table: Mapping[int, float] | None = None
    table_loaded: bool = False
    direction: Direction
    range: tuple[float, float]
    decimals: int = 0
    unit: Wording = Field(default_factory=dict)
    cut_offs: tuple[CutOff, ...] = ()
    norm: Norm | None = None
    measurement_error: MeasurementError = MeasurementError(kind=ErrorKind.NOT_KNOWN)
    note: Wording = Field(default_factory=dict)

    @property
    def lower_is_better(self) -> bool:
        """True where a falling score is an improvement."""
        return self.direction is Direction.LOWER_IS_BETTER


class Licence(Frozen):
    """Who owns the wording, and whether it may be passed on with the software."""

    id: str
    holder: str
    text: Wording
    may_ship_wording: bool


class Translation(Frozen):
    """Who put the wording into a language, and which person with that language checked it; None: nobody has yet."""

    by: str
    checked_by: str | None = None
    checked_on: date | None = None


class AgeSpan(Frozen):
    """Ages in whole years that the instrument is made for; both ends included, None is open."""

    from_: int | None = Field(default=None, alias="from")
    to: int | None = None


class Instrument(Frozen):
    """A questionnaire (``measure``) or the scoring of one (``profile``), in one immutable version."""

    key: str
    version: str
    kind: Kind
    profile: str | None = None
    own_authored: bool
    validated: bool
    languages: tuple[str, ...]
    translations: Mapping[str, Translation] = Field(default_factory=dict)
    title: Wording
    intro: Wording = Field(default_factory=dict)
    purpose: Wording = Field(default_factory=dict)
    respondents: tuple[Respondent, ...]
    ages: AgeSpan = AgeSpan()
    minutes: float | None = None
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    licence: Licence
    sources: tuple[Source, ...] = ()

    def __hash__(self) -> int:
        return hash(self.checksum)

    def item(self, item_id: str) -> Item:
        """The item of that id; ``KeyError`` where there is none."""
        return self._items[item_id]

    def scale(self, key: str) -> Scale:
        """The scale of that key; ``KeyError`` where there is none."""
        return self._scales[key]

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {scale.key: scale for scale in self.scales}

    @property
    def has_risk_items(self) -> bool:
        """True where an answer can call for the crisis protocol."""
        return any(item.risk for item in self.items)

    def to_mapping(self) -> dict[str, Any]:
        """The instrument as plain JSON values; :func:`~outcomes.instruments.restore_instrument` reads it back equal."""
        return {"format": FORMAT, **self.model_dump(mode="json", by_alias=True, exclude_defaults=True)}

    def canonical_json(self) -> str:
        """One text per content: sorted keys, no white space, letters as they are."""
        return json.dumps(self.to_mapping(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of :meth:`canonical_json` in hexadecimal: equal exactly where two versions say the same."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


def item_bounds(
    answer_type: AnswerType, values: list[OptionValue], *, minimum: float | None, maximum: float | None
) -> tuple[float, float] | None:
    """Lowest and highest value of an item, or None where it has no number to bound.

    Choices are bounded by their values, the 0-10 scale by itself, a visual analogue scale by 0 and 100 unless it says
    otherwise, a number by what it says (None unless it says both).
    """
    match answer_type:
        case AnswerType.SCALE_0_10:
            return (0, 10)
        case AnswerType.VISUAL_ANALOGUE:
            return (0 if minimum is None else minimum, 100 if maximum is None else maximum)
        case AnswerType.NUMBER if minimum is not None and maximum is not None:
            return (minimum, maximum)
        case AnswerType.SINGLE_CHOICE:
            numbers = [value for value in values if isinstance(value, int)]
            return (min(numbers), max(numbers)) if numbers and len(numbers) == len(values) else None
    return None
