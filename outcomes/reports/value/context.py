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
class MoneyPart:
    """What it costs and saves. ``sums``: by payer, in the order shown; ``total``: øre of all of them together, to the øre.

    ``scenario``: the evidence doesn't carry that value was created; ``standing`` is what it must be called.
    """

    standing: Sentence
    scenario: bool
    finding: Sentence
    key_figures: tuple[KeyFigure, ...]
    sums: tuple[PayerSum, ...]
    total: int
    sections: tuple[Section, ...]
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class ValueContext:
    """Money beside the citizens' outcome. ``money`` is None where it can't be worked out: ``withheld`` says why.

    ``invented``: the prices are made up, and every page says so.
    """

    heading: Heading
    citizens: CitizenPart
    money: MoneyPart | None
    withheld: Sentence | None
    invented: bool
    method: Method
    trace: Trace
