"""What municipalities have published of steering, beside each other: value, hours freed, signals, outcome contracts.

Every municipality stands in every list, by name. Who has published nothing is unknown: never well, and never nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.contract_words import AGREED_WORDS, NOT_WORKED_OUT
from outcomes.reports.parts import LocalText, Points
from outcomes.reports.stored_values import from_stored
from outcomes.reports.supervision.context import years

SMALLEST_RATE = 0.0005
"""False alarms a year that are published as zero are at most so many."""


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """The newest figures of one kind that a municipality has published."""

    organisation_id: UUID
    release_id: UUID
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """A municipality's value of an intervention. ``finding`` None: it hasn't published any, and the rest is unknown too.

    ``finding``, ``number`` and ``certainty`` are of the citizens, and stand before any amount; ``net`` kroner are left over
    for each of ``people`` over ``years`` years, from ``low`` to ``high``; ``payers``: what is left over for the municipality,
    the region and the state, of all people.
    """

    name: str
    release_id: UUID | None = None
    finding: Sentence | None = None
    number: Sentence | None = None
    certainty: Sentence | None = None
    standing: Sentence | None = None
    people: int | None = None
    years: int | None = None
    net: float | None = None
    low: float | None = None
    high: float | None = None
    spent: float | None = None
    spent_per_success: float | None = None
    payers: tuple[float, ...] = ()
    prices: Sentence | None = None


@dataclass(frozen=True, slots=True)
class NationalValue:
    """One intervention's value in every municipality, by name."""

    slug: str
    title: LocalText
    places: tuple[ValuePlace, ...]


@dataclass(frozen=True, slots=True)
class HoursPlace:
    """A municipality's register of process requirements: duties, how many are retired, under question and bound by law, and
    the hours freed until ``as_of``. ``as_of`` None: nothing is published; ``hours`` None: not known, or not shown."""

    name: str
    release_id: UUID | None = None
    as_of: date | None = None
    since: date | None = None
    duties: int | None = None
    retired: int | None = None
    questioned: int | None = None
    law_bound: int | None = None
    hours: int | None = None
    net: int | None = None


@dataclass(frozen=True, slots=True)
class SignalPlace:
    """A municipality's providers by where they stand; never which. ``until`` None: nothing is published.

    ``compared`` could be looked at, ``unknown`` have too few answers; ``waiting`` and ``in_dialogue`` have a signal;
    ``false_alarms``: how often the list names somebody by chance alone, in words.
    """

    name: str
    release_id: UUID | None = None
    until: date | None = None
    compared: int | None = None
    unknown: int | None = None
    waiting: int | None = None
    in_dialogue: int | None = None
    false_alarms: Sentence | None = None


@dataclass(frozen=True, slots=True)
class ContractLine:
    """An outcome contract as published: ``share`` and ``paid`` are about, and None where nothing is worked out. Kroner."""

    title: LocalText
    intervention: LocalText
    wish: Sentence
    first_day: date
    last_day: date
    status: Sentence
    share: float | None
    n: int | None
    rate: float
    cap: float
    paid: float | None


@dataclass(frozen=True, slots=True)
class ContractPlace:
    """A municipality's contracts. ``release_id`` None: nothing is published, and whether there are any is unknown."""

    name: str
    release_id: UUID | None = None
    contracts: tuple[ContractLine, ...] = ()


@dataclass(frozen=True, slots=True)
class NationalSteering:
    """Value by intervention; hours freed, signals and contracts by municipality; and each list in a sentence."""

    value: tuple[NationalValue, ...]
    hours: tuple[HoursPlace, ...]
    hours_finding: Sentence
    signals: tuple[SignalPlace, ...]
    signals_finding: Sentence
    contracts: tuple[ContractPlace, ...]


def build_steering(
    municipalities: Sequence[tuple[UUID, str]], published: Mapping[str, Sequence[PublishedPart]]
) -> NationalSteering:
    """The lists of all ``municipalities`` from what is ``published``, by kind of release."""
    requirements, supervision, contracts = (
        {each.organisation_id: each for each in published.get(kind, ())}
        for kind in ("requirements", "supervision", "contract")
    )
    hours = tuple(_hours(name, requirements.get(key)) for key, name in municipalities)
    signals = tuple(_signals(name, supervision.get(key)) for key, name in municipalities)
    return NationalSteering(
        value=_values(municipalities, published.get("value", ())),
        hours=hours,
        hours_finding=_hours_finding(hours),
        signals=signals,
        signals_finding=_signals_finding(signals, [each.figures for each in supervision.values()]),
        contracts=tuple(_contracts(name, contracts.get(key)) for key, name in municipalities),
    )


def _values(
    municipalities: Sequence[tuple[UUID, str]], published: Sequence[PublishedPart]
) -> tuple[NationalValue, ...]:
    by_slug: dict[str, dict[UUID, PublishedPart]] = {}
    for each in published:
        by_slug.setdefault(each.figures["slug"], {})[each.organisation_id] = each
    return tuple(
        NationalValue(
            slug,
            from_stored(next(iter(found.values())).figures["title"]),
            tuple(_value(name, found.get(key)) for key, name in municipalities),
        )
        for slug, found in sorted(by_slug.items())
    )


def _value(name: str, published: PublishedPart | None) -> ValuePlace:
    if published is None:
        return ValuePlace(name)
    figures = published.figures
    citizens, prices = figures["citizens"], figures["prices"]
    return ValuePlace(
        name=name,
        release_id=published.release_id,
        finding=from_stored(citizens["finding"]),
        number=from_stored(citizens["number"]),
        certainty=from_stored(citizens["certainty"]),
        standing=from_stored(figures["standing"]),
        people=figures["people"],
        years=figures["years"],
        net=figures["net"],
        low=figures["low"],
        high=figures["high"],
        spent=figures["spent"],
        spent_per_success=figures["spent_per_success"],
        payers=tuple(figures["payers"][payer] for payer in ("municipality", "region", "state")),
        prices=_prices(prices["name"], prices["year"], invented=prices["invented"]),
    )


def _prices(name: str, year: int, *, invented: bool) -> Sentence:
    if invented:
        return Sentence("Invented prices: %(name)s, %(year)s", name=name, year=year)
    return Sentence("Prices: %(name)s, %(year)s", name=name, year=year)


def _hours(name: str, published: PublishedPart | None) -> HoursPlace:
    if published is None:
        return HoursPlace(name)
    figures = published.figures
    return HoursPlace(
        name, published.release_id, date.fromisoformat(figures["as_of"]), date.fromisoformat(figures["since"]),
        **{key: figures[key] for key in ("duties", "retired", "questioned", "law_bound", "hours", "net")},
    )  # fmt: skip


def _hours_finding(places: Sequence[HoursPlace]) -> Sentence:
    known = [place for place in places if place.hours is not None]
    if not known:
        return Sentence("How many hours are freed is known of no municipality.")
    return Sentence(
        "About %(hours)s hours are freed in the municipalities where it is known (%(known)s of %(all)s).",
        hours=Points(sum(place.hours or 0 for place in known), 0),
        known=len(known),
        all=len(places),
    )


def _signals(name: str, published: PublishedPart | None) -> SignalPlace:
    if published is None:
        return SignalPlace(name)
    figures = published.figures
    return SignalPlace(
        name, published.release_id, date.fromisoformat(figures["until"]),
        **{key: figures[key] for key in ("compared", "unknown", "waiting", "in_dialogue")},
        false_alarms=_by_chance(figures),
    )  # fmt: skip


def _by_chance(figures: Mapping[str, Any]) -> Sentence:
    """How often one municipality's list names somebody though nothing is behind it."""
    if not figures["compared"]:
        return Sentence("Nobody could be compared")
    return Sentence("At most about once in %(years)s years", years=years(1 / _rate(figures)))


def _rate(figures: Mapping[str, Any]) -> float:
    """Lists a year that name somebody by chance alone; three decimals are published, so zero there isn't none."""
    return max(float(figures["false_alarms"]), SMALLEST_RATE) if figures["compared"] else 0.0


def _signals_finding(places: Sequence[SignalPlace], figures: Sequence[Mapping[str, Any]]) -> Sentence:
    known = [place for place in places if place.until is not None]
    rate = sum(map(_rate, figures))
    counted = {
        "waiting": sum(place.waiting or 0 for place in known),
        "in_dialogue": sum(place.in_dialogue or 0 for place in known),
        "compared": sum(place.compared or 0 for place in known),
        "known": len(known),
        "all": len(places),
    }
    if not known:
        return Sentence("Nothing is published, so it is unknown whether there is a reason to ask anywhere.")
    if not rate:
        return Sentence(
            "No provider could be compared in the municipalities that have published (%(known)s of %(all)s).",
            known=len(known),
            all=len(places),
        )
    return Sentence(
        "Providers with a signal that waits: %(waiting)s. With one that is talked about: %(in_dialogue)s. That is among"
        " %(compared)s providers that could be compared, in the municipalities that have published (%(known)s of %(all)s). By"
        " chance alone a signal would come at most about once in %(years)s years.",
        **counted,
        years=years(1 / rate),
    )


def _contracts(name: str, published: PublishedPart | None) -> ContractPlace:
    if published is None:
        return ContractPlace(name)
    return ContractPlace(name, published.release_id, tuple(map(_contract, published.figures["lines"])))


def _contract(figures: Mapping[str, Any]) -> ContractLine:
    status = figures["status"]
    return ContractLine(
        title=from_stored(figures["title"]),
        intervention=from_stored(figures["intervention_title"]),
        wish=from_stored(figures["wish"]),
        first_day=date.fromisoformat(figures["first_day"]),
        last_day=date.fromisoformat(figures["last_day"]),
        status=AGREED_WORDS[status] if status else NOT_WORKED_OUT,
        **{key: figures[key] for key in ("share", "n", "rate", "cap", "paid")},
    )
