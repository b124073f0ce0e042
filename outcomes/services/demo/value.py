"""Prices, cases and a contract of the demo. All amounts are invented, and every page that uses them says so."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from dateutil.relativedelta import relativedelta

from outcomes.models import OutcomeContract, PriceSet, ValueCase
from outcomes.services.demo import content, staff
from outcomes.services.gather_outcomes import Period
from outcomes.services.value_text import load_assumptions, store_assumptions
from outcomes.store import interventions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.demo.municipality import Municipality

YEARS = 10
NAME = "Opdigtede priser til demoen"
SOURCE = "Opdigtet til demoen i november 2026. Ingen af beløbene er virkelige."
PRICE_YEAR = 2026
AREAS = (
    ("botilbud", "Botilbud og støtte i hverdagen", (31_000, 0, 0), 31_000),
    ("forsoergelse", "Forsørgelse og arbejde", (6_500, 0, 13_500), 10_500),
    ("psykiatri", "Behandling i psykiatrien", (2_300, 11_400, 0), 2_300),
    ("sundhed", "Læge, sygehus og medicin", (1_150, 4_850, 1_900), 1_150),
    ("kriminalitet", "Politi, retsvæsen og fængsel", (0, 0, 2_750), 0),
)
"""Key, title, kroner a year for municipality, region and state in the first year; and for the municipality from the second,
when less is refunded of what it pays for people without work."""
PAYERS = ("municipality", "region", "state")

HOME_CASE = {
    "cost_per_month": 740_000, "cost_months": 12, "cost_shares": {"municipality": 1.0, "region": 0.0, "state": 0.0},
    "years": YEARS, "discount_rate": 0.035, "lasting": 0.8, "lasting_error": 0.1, "price_error": 0.15, "cost_error": 0.05,
    "without": 0.1, "without_error": 0.05, "refusion_part": 0.5, "refusion_from": "municipality", "refusion_to": "state",
}  # fmt: skip
REASON = "Opdigtede forudsætninger, så siden kan vises."
RATE, CAP = 4_000_00, 300_000_00
BEGAN = timedelta(days=510)
FOLLOWED_UP = timedelta(days=215)
"""How long ago the first of those with company began; how long the first half year is and can be answered after."""


def add_value(session: Session, place: Municipality, *, today: date) -> None:
    """A price set, the cases of two interventions, and a contract that can be paid by hand."""
    prices = _price_set(place.new_id(), place.id)
    session.add(prices)
    session.flush()
    home = load_assumptions(HOME_CASE)
    company = replace(home, cost_per_month=490_000, cost_months=6)
    for offered, assumptions in ((content.HOME_SUPPORT, home), (content.COMMUNITY, company)):
        session.add(
            ValueCase(
                id=place.new_id(), organisation_id=place.id,
                intervention_id=place.services[offered.slug].intervention_id, price_set_id=prices.id, version=1,
                assumptions=store_assumptions(assumptions), reason=REASON, decided_by=staff.MANAGER.name,
            )
        )  # fmt: skip
    session.add(_contract(place, today))
    session.flush()


def add_trial_value(session: Session, organisation_id: UUID, slug: str) -> None:
    """The same prices for the published trial, which can carry that value was created; its costs are invented too."""
    intervention = interventions.find_intervention(session, slug=slug)
    if intervention is None:
        return
    prices = _price_set(uuid4(), organisation_id)
    session.add(prices)
    session.flush()
    assumed = replace(load_assumptions(HOME_CASE), cost_per_month=260_000, cost_months=2)
    session.add(
        ValueCase(
            organisation_id=organisation_id, intervention_id=intervention.id, price_set_id=prices.id, version=1,
            assumptions=store_assumptions(assumed), reason=REASON, decided_by=staff.TRIAL_MANAGER.name,
        )
    )  # fmt: skip


def add_neighbour_value(session: Session, place: Municipality, *, by: str) -> None:
    """A neighbour's case: the same invented prices, and help that costs a little less for a month."""
    prices = _price_set(place.new_id(), place.id)
    session.add(prices)
    session.flush()
    assumed = replace(load_assumptions(HOME_CASE), cost_per_month=690_000)
    session.add(
        ValueCase(
            id=place.new_id(), organisation_id=place.id,
            intervention_id=place.services[content.HOME_SUPPORT.slug].intervention_id, price_set_id=prices.id, version=1,
            assumptions=store_assumptions(assumed), reason=REASON, decided_by=by,
        )
    )  # fmt: skip


def _price_set(price_set_id: UUID, organisation_id: UUID) -> PriceSet:
    return PriceSet(
        id=price_set_id, organisation_id=organisation_id, name=NAME, source=SOURCE, price_year=PRICE_YEAR, invented=True,
        prices=_prices(), checksum=hashlib.sha256(repr(AREAS).encode()).digest(), imported_by=staff.MANAGER.name,
    )  # fmt: skip


def _prices() -> list[dict[str, object]]:
    """Every area, payer and year; what the state refunds of supporting people falls after the first year."""
    found: list[dict[str, object]] = []
    for area, title, first, later in AREAS:
        for place, payer in enumerate(PAYERS):
            for year in range(1, YEARS + 1):
                kroner = first[place]
                if year > 1:
                    kroner += {0: later - first[0], 1: 0, 2: first[0] - later}[place]
                found.append(
                    {"area": area, "title": {"da": title}, "payer": payer, "year": year, "amount": kroner * 100}
                )
    return found


def _contract(place: Municipality, today: date) -> OutcomeContract:
    """Whole quarters that are over and followed up: half a year, and the time to answer."""
    over = Period(date.min, today - FOLLOWED_UP - relativedelta(months=3)).in_whole_quarters().to_date
    first = Period(today - BEGAN, over).in_whole_quarters().from_date
    return OutcomeContract(
        id=place.new_id(), organisation_id=place.id, code="faellesskab-2026", version=1,
        title={"da": "Fællesskab på Kornloftet: betaling for dem, der får det bedre"},
        intervention_id=place.services[content.COMMUNITY.slug].intervention_id, payer="En opdigtet investeringsfond",
        payee=content.NAME, verifier="En opdigtet revisor",
        trigger={"indicator": "share_better", "threshold": 0.1, "direction": "at_least", "minimum_n": 20}, rate=RATE,
        cap=CAP, first_day=first, last_day=over, decided_by=staff.MANAGER.name,
    )  # fmt: skip
