"""The price sets of the organisation, and one of them with every price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.value_prices import PAYERS, PricedArea, PriceTable
from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.parts import Column, Kind, LocalText, Table, local_text
from outcomes.reports.value.tables import PAYER_NAMES, kroner
from outcomes.store import value

if TYPE_CHECKING:
    from outcomes.models import PriceSet
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class PriceSetRow:
    """A price set: ``areas`` and ``years`` counted; ``invented``: made up for a demonstration."""

    price_set_id: UUID
    name: str
    source: str
    price_year: int
    invented: bool
    areas: int
    years: int
    imported_by: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class PriceSetPage:
    """A price set with a table of every price, in kroner."""

    row: PriceSetRow
    table: Table


def list_prices(runtime: Runtime, scope: Scope) -> tuple[PriceSetRow, ...]:
    """Every price set, the newest prices first."""
    with runtime.database.transaction(scope) as session:
        return tuple(_row(each) for each in value.list_price_sets(session))


def open_prices(runtime: Runtime, scope: Scope, price_set_id: UUID) -> PriceSetPage:
    """One price set. Raises ``NotFoundError``."""
    with runtime.database.transaction(scope) as session:
        stored = value.find_price_set(session, price_set_id=price_set_id)
        if stored is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        return PriceSetPage(_row(stored), _table(stored))


def price_table(stored: PriceSet) -> PriceTable:
    """The stored prices as they are worked with."""
    years = max((int(price["year"]) for price in stored.prices), default=0)
    found: dict[str, dict[str, list[int]]] = {}
    for price in stored.prices:
        amounts = found.setdefault(price["area"], {payer: [0] * years for payer in PAYERS})
        amounts[price["payer"]][int(price["year"]) - 1] = int(price["amount"])
    areas = tuple(
        PricedArea(area, {payer: tuple(amounts[payer]) for payer in PAYERS}) for area, amounts in found.items()
    )
    return PriceTable(stored.price_year, years, areas)


def area_titles(stored: PriceSet) -> tuple[tuple[str, LocalText], ...]:
    """What each area is called, by its key."""
    return tuple({price["area"]: local_text(price["title"]) for price in stored.prices}.items())


def _row(stored: PriceSet) -> PriceSetRow:
    prices = price_table(stored)
    return PriceSetRow(
        price_set_id=stored.id,
        name=stored.name,
        source=stored.source,
        price_year=stored.price_year,
        invented=stored.invented,
        areas=len(prices.areas),
        years=prices.years,
        imported_by=stored.imported_by,
        imported_at=stored.created_at,
    )


def _table(stored: PriceSet) -> Table:
    """A row for each area and year, a column for each payer: they stand side by side as they are added up."""
    prices, titles = price_table(stored), dict(area_titles(stored))
    whole = all(ore % 100 == 0 for area in prices.areas for years in area.amounts.values() for ore in years)
    decimals = 0 if whole else 2
    return Table(
        "prices",
        Sentence("Kroner per person who succeeds, by year from the start of the help, after refunds"),
        (
            Column("area", Sentence("Area")),
            Column("year", Sentence("Year")),
            *(Column(payer, PAYER_NAMES[payer], Kind.NUMBER, decimals) for payer in PAYERS),
            Column("total", Sentence("All together"), Kind.NUMBER, decimals),
        ),
        tuple(
            (
                titles[area.key],
                str(year + 1),
                *(kroner(area.amounts[payer][year]) for payer in PAYERS),
                kroner(sum(area.amounts[payer][year] for payer in PAYERS)),
            )
            for area in prices.areas
            for year in range(prices.years)
        ),
        group="area",
    )
