"""How a value was worked out: every assumption in a line of its own, its source, and what it can't tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Fact, Method
from outcomes.reports.parts import Points, local_text

if TYPE_CHECKING:
    from outcomes.reports.effect_report.words import Words
    from outcomes.reports.value.context import MoneyPart
    from outcomes.reports.value.material import ValueMaterial

LIMITS = (
    Sentence(
        "This is about public budgets. What citizens gain themselves isn't in the amounts; it stands beside them."
    ),
    Sentence("Prices are averages of people who succeed against people who don't; they aren't of just these people."),
    Sentence("Grants and equalisation between municipalities aren't counted."),
    Sentence(
        "Where people are compared, the shares who succeed are held against each other as they are; the difference in points"
        " above is adjusted as the plan says."
    ),
)


def build_method(words: Words, value: ValueMaterial, money: MoneyPart | None) -> Method:
    """The facts behind the amounts, and behind the outcome that they follow from."""
    material = words.material
    facts = [
        _prices(value),
        *_costs(value),
        *_future(value),
        Fact(
            "case",
            Sentence("Decided"),
            (
                Sentence(
                    "Version %(version)s, by %(name)s, %(day)s.",
                    version=value.version,
                    name=value.decided_by,
                    day=value.decided_on,
                ),
                *((local_text(value.reason),) if value.reason else ()),
            ),
        ),
        Fact(
            "method",
            Sentence("Method"),
            (
                Sentence(
                    "The manner of the social investment model (SØM): success because of the help x price by payer and year,"
                    " in today's value, less costs. The program's docs/methods/value.md says how each number is computed."
                ),
            ),
        ),
        Fact("seed", Sentence("Seed of the simulation"), (), str(value.seed)),
        Fact("snapshot", Sentence("Fingerprint of the data"), (), material.snapshot),
        Fact("code", Sentence("Program"), (), material.code_version),
    ]
    warnings = money.warnings if money else ()
    return Method(tuple(facts), (), (*_invented(value), *warnings), LIMITS)


def _invented(value: ValueMaterial) -> tuple[Sentence, ...]:
    return (
        (Sentence("The prices are invented, to show the program. They say nothing about real amounts."),)
        if (value.invented)
        else ()
    )


def _prices(value: ValueMaterial) -> Fact:
    return Fact(
        "prices",
        Sentence("Prices"),
        (
            Sentence(
                "%(name)s, in prices of %(year)s. Source: %(source)s.",
                name=value.price_name,
                year=value.prices.price_year,
                source=value.price_source.rstrip("."),
            ),
            Sentence(
                "They are taken to be uncertain by %(error)s per cent (standard error).",
                error=Points(100 * value.assumptions.price_error, 0),
            ),
        ),
    )


def _costs(value: ValueMaterial) -> tuple[Fact, ...]:
    assumed = value.assumptions
    return (
        Fact(
            "costs",
            Sentence("What the help costs"),
            (
                Sentence(
                    "%(amount)s kroner per citizen and month, in %(months)s months; uncertain by %(error)s per cent.",
                    amount=Points(assumed.cost_per_month / 100, 2),
                    months=assumed.cost_months,
                    error=Points(100 * assumed.cost_error, 0),
                ),
                Sentence(
                    "Of it the municipality pays %(municipality)s, the region %(region)s and the state %(state)s per cent.",
                    **{payer: Points(100 * share, 0) for payer, share in assumed.cost_shares.items()},
                ),
            ),
        ),
    )


def _future(value: ValueMaterial) -> tuple[Fact, ...]:
    assumed = value.assumptions
    return (
        Fact(
            "discount",
            Sentence("Discount rate"),
            (
                Sentence(
                    "%(rate)s per cent a year: a krone in a year is worth so much less today. Horizon: %(years)s years.",
                    rate=Points(100 * assumed.discount_rate, 1),
                    years=assumed.years,
                ),
            ),
        ),
        Fact(
            "lasting",
            Sentence("How much lasts"),
            (
                Sentence(
                    "%(lasting)s per cent of the difference is taken to be left a year later, and so on (uncertain by"
                    " %(error)s percentage points).",
                    lasting=Points(100 * assumed.lasting, 0),
                    error=Points(100 * assumed.lasting_error, 0),
                ),
            ),
        ),
        Fact(
            "without",
            Sentence("Without the help"),
            (
                Sentence(
                    "Where nobody is compared with, %(without)s per cent are taken to have succeeded anyway (uncertain by"
                    " %(error)s percentage points).",
                    without=Points(100 * assumed.without, 0),
                    error=Points(100 * assumed.without_error, 0),
                ),
            ),
        ),
    )
