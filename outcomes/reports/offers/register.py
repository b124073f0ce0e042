"""The register of offers on a day: which there are, filtered by what they are and whom they are for, and their totals.

An offer may stand under several interventions, target groups, sections and agreements, so those parts add up to more than
the whole; owner and address divide it. What nobody has recorded is unknown, and counted as that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.language import sort_key
from outcomes.reports.parts import LocalText

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN = "ukendt"
"""Chosen in a filter: nobody has said."""
NONE = "ingen"
"""Chosen in a filter: somebody has said that there is none."""

OWNERS: dict[str, Sentence] = {
    "municipal": Sentence("Municipal"),
    "regional": Sentence("Regional"),
    "private": Sentence("Private"),
    "self_governing": Sentence("Self-governing"),
}
AGREEMENTS: dict[str, Sentence] = {
    "NATKO": Sentence("NATKO"),
    "VISO": Sentence("VISO"),
    "rammeaftale": Sentence("Framework agreement"),
}
ADDRESSES: dict[str, Sentence] = {"ja": Sentence("With an address of its own"), "nej": Sentence("Without an address")}
NOT_RECORDED = Sentence("Not recorded")
NO_AGREEMENT = Sentence("No agreement")


@dataclass(frozen=True, slots=True)
class OfferNow:
    """One offer as it is on a day. None and empty: not recorded; ``recorded`` False: nothing is, beyond its name."""

    provider_id: UUID
    name: str
    unit: str | None
    has_address: bool
    recorded: bool = False
    owner_kind: str | None = None
    owner: str = ""
    capacity: int | None = None
    staffing: Decimal | None = None
    interventions: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    legal_sections: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """What is asked for; empty: everything. The names are those of the address."""

    indsats: str = ""
    maalgruppe: str = ""
    paragraf: str = ""
    ejer: str = ""
    aftale: str = ""
    adresse: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What interventions (by slug) and target groups (by code) are called."""

    interventions: Mapping[str, LocalText]
    groups: Mapping[str, LocalText]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, and how many offers it would leave."""

    value: str
    label: Sentence | LocalText | str
    n: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter. ``exclusive``: each offer stands under one value, so that they add up to ``n_all``."""

    key: str
    label: Sentence
    choices: tuple[Choice, ...]
    n_all: int
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over offers; each sum says of how many offers the number isn't known."""

    n_offers: int
    places: int
    n_places_unknown: int
    staffing: Decimal
    n_staffing_unknown: int
    n_without_address: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The offers shown, divided by one of the filters: label and totals of each part."""

    key: str
    label: Sentence
    exclusive: bool
    parts: tuple[tuple[Sentence | LocalText | str, Totals], ...]


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer in words."""

    provider_id: UUID
    name: str
    unit: str | None
    owner_kind: Sentence
    owner: str
    has_address: bool
    places: int | None
    staffing: Decimal | None
    interventions: tuple[LocalText | str, ...]
    target_groups: tuple[LocalText | str, ...]
    sections: tuple[str, ...]
    agreements: tuple[Sentence | str, ...]
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class Register:
    """The page: the offers that fit, the filters with their numbers, and the totals. ``n_register``: offers in all."""

    organisation_name: str
    region: str | None
    day: date
    rows: tuple[OfferRow, ...]
    facets: tuple[Facet, ...]
    totals: Totals
    breakdowns: tuple[Breakdown, ...]
    n_register: int
    filtered: bool


@dataclass(frozen=True, slots=True)
class _Dimension:
    """How one filter looks at an offer. ``order``: values that are always offered, with their labels."""

    label: Sentence
    values: Callable[[OfferNow], tuple[str, ...]]
    order: Mapping[str, Sentence | LocalText]
    exclusive: bool = False


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    return values or (UNKNOWN,)


def _agreements(offer: OfferNow) -> tuple[str, ...]:
    return offer.agreements or ((NONE,) if offer.recorded else (UNKNOWN,))


def _dimensions(names: Names) -> dict[str, _Dimension]:
    return {
        "indsats": _Dimension(
            Sentence("Intervention"), lambda offer: _listed(offer.interventions), names.interventions
        ),
        "maalgruppe": _Dimension(Sentence("Target group"), lambda offer: _listed(offer.target_groups), names.groups),
        "paragraf": _Dimension(Sentence("Legal section"), lambda offer: _listed(offer.legal_sections), {}),
        "ejer": _Dimension(Sentence("Owner"), lambda offer: (offer.owner_kind or UNKNOWN,), OWNERS, exclusive=True),
        "aftale": _Dimension(Sentence("Agreement"), _agreements, AGREEMENTS),
        "adresse": _Dimension(
            Sentence("Address"), lambda offer: ("ja" if offer.has_address else "nej",), ADDRESSES, exclusive=True
        ),
    }


def build_register(
    offers: Sequence[OfferNow], chosen: OfferFilter, names: Names, *, organisation_name: str, region: str | None,
    day: date,
) -> Register:  # fmt: skip
    """The page of the offers that fit every filter that is set; the number beside a value is what choosing it leaves."""
    dimensions = _dimensions(names)
    asked = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
    shown = sorted(
        _fitting(offers, asked, dimensions), key=lambda offer: (sort_key(offer.name), str(offer.provider_id))
    )
    return Register(
        organisation_name=organisation_name,
        region=region,
        day=day,
        rows=tuple(_row(offer, names) for offer in shown),
        facets=tuple(_facet(key, offers, asked, dimensions) for key in dimensions),
        totals=add_up(shown),
        breakdowns=tuple(_break_down(key, dimensions[key], shown) for key in dimensions),
        n_register=len(offers),
        filtered=any(asked.values()),
    )


def _fitting(
    offers: Sequence[OfferNow], asked: Mapping[str, str], dimensions: Mapping[str, _Dimension], without: str = ""
) -> list[OfferNow]:
    """The offers that fit every filter but ``without``."""
    filters = [(dimensions[key], value) for key, value in asked.items() if value and key != without]
    return [offer for offer in offers if all(value in dimension.values(offer) for dimension, value in filters)]


def _facet(
    key: str, offers: Sequence[OfferNow], asked: Mapping[str, str], dimensions: Mapping[str, _Dimension]
) -> Facet:
    dimension = dimensions[key]
    others = _fitting(offers, asked, dimensions, without=key)
    counts: dict[str, int] = {}
    for offer in others:
        for value in set(dimension.values(offer)):
            counts[value] = counts.get(value, 0) + 1
    values = {*counts, *([asked[key]] if asked[key] else [])}
    return Facet(
        key,
        dimension.label,
        tuple(
            Choice(value, _label(dimension, value), counts.get(value, 0), asked[key] == value)
            for value in _in_order(dimension, values)
        ),
        len(others),
        dimension.exclusive,
    )


def _break_down(key: str, dimension: _Dimension, offers: Sequence[OfferNow]) -> Breakdown:
    values = {value for offer in offers for value in dimension.values(offer)}
    return Breakdown(
        key,
        dimension.label,
        dimension.exclusive,
        tuple(
            (_label(dimension, value), add_up([offer for offer in offers if value in dimension.values(offer)]))
            for value in _in_order(dimension, values)
        ),
    )


def _in_order(dimension: _Dimension, values: set[str]) -> list[str]:
    """Known values as they are listed, others by the alphabet, what isn't recorded last."""
    known = list(dimension.order)
    return sorted(
        values,
        key=lambda value: (
            value in {UNKNOWN, NONE},
            value == UNKNOWN,
            known.index(value) if value in known else len(known),
            sort_key(value),
        ),
    )


def _label(dimension: _Dimension, value: str) -> Sentence | LocalText | str:
    if value in {UNKNOWN, NONE}:
        return NOT_RECORDED if value == UNKNOWN else NO_AGREEMENT
    return dimension.order.get(value, value)


def add_up(offers: Sequence[OfferNow]) -> Totals:
    """Sums over offers, each offer once."""
    return Totals(
        n_offers=len(offers),
        places=sum(offer.capacity for offer in offers if offer.capacity is not None),
        n_places_unknown=sum(offer.capacity is None for offer in offers),
        staffing=sum((offer.staffing for offer in offers if offer.staffing is not None), Decimal(0)),
        n_staffing_unknown=sum(offer.staffing is None for offer in offers),
        n_without_address=sum(not offer.has_address for offer in offers),
    )


def _row(offer: OfferNow, names: Names) -> OfferRow:
    return OfferRow(
        provider_id=offer.provider_id,
        name=offer.name,
        unit=offer.unit,
        owner_kind=owner_words(offer.owner_kind),
        owner=offer.owner,
        has_address=offer.has_address,
        places=offer.capacity,
        staffing=offer.staffing,
        interventions=tuple(names.interventions.get(slug, slug) for slug in offer.interventions),
        target_groups=tuple(names.groups.get(code, code) for code in offer.target_groups),
        sections=offer.legal_sections,
        agreements=tuple(AGREEMENTS.get(agreement, agreement) for agreement in offer.agreements),
        valid_from=offer.valid_from,
    )


def owner_words(kind: str | None) -> Sentence:
    """What kind of owner it is."""
    return OWNERS.get(kind or "", NOT_RECORDED)
