"""The context of a value: money and what changed for citizens, in one object that can't be made without the second."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Heading, KeyFigure, Method, Section, Trace
from outcomes.reports.parts import Figure


@dataclass(frozen=True, slots=True)
class CitizenPart:
    """What changed for citizens: the report's own finding and number, which stand before any amount.

    ``certainty``: what the number may be called, and how far it may be trusted.
    """

    finding: Sentence
    number: Sentence
    certainty: Sentence
    key_figures: tuple[KeyFigure, ...]
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class PayerSum:
    """Whole øre of one payer over all years: ``spent`` (negative), ``saved``, and ``net``, which is their sum."""

    payer: str
    spent: int
    saved: int
    net: int


@dataclass(frozen=True, slots=True)
class MoneyNumbers:
    """Kroner for each of ``persons`` people over ``years`` years, as finely as they are shown: ``net`` is left over, from
    ``low`` to ``high`` (95 per cent interval), and above 0 with ``chance`` 0-1. ``break_even_year`` None: not within them."""

    persons: int
    years: int
    net: float
    low: float
    high: float
    chance: float
    spent: float
    spent_per_success: float
    break_even_year: int | None


@dataclass(frozen=True, slots=True)
class MoneyPart:
    """What it costs and saves. ``sums``: by payer, in the order shown; ``total``: øre of all of them together, exactly.

    ``scenario``: the evidence doesn't carry that value was created; ``standing`` is what it must be called.
    """

    standing: Sentence
    scenario: bool
    finding: Sentence
    key_figures: tuple[KeyFigure, ...]
    numbers: MoneyNumbers
    sums: tuple[PayerSum, ...]
    total: int
    sections: tuple[Section, ...]
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class ValueContext:
    """Money beside the citizens' outcome. ``money`` is None where it can't be worked out: ``withheld`` says why.

    ``invented``: the prices are made up, and every page says so; ``price_name``, ``price_year``: what they are called, and of
    which year.
    """

    heading: Heading
    citizens: CitizenPart
    money: MoneyPart | None
    withheld: Sentence | None
    invented: bool
    price_name: str
    price_year: int
    method: Method
    trace: Trace
