"""What a value is made from beside the report's own material: the prices, and what was decided about the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outcomes.analysis.cost_per_outcome import AllPlaces, PlaceCost
from outcomes.analysis.value_prices import Assumptions, PriceTable
from outcomes.reports.parts import LocalText


@dataclass(frozen=True, slots=True)
class ValueMaterial:
    """The newest version of an intervention's case and its price set. ``titles``: an area's name, by its key.

    ``seed``: of the simulation, so that the same data and case give the same intervals. ``places``: what each who succeeds
    costs at each provider, where there are several; ``all_places``: at all of them together.
    """

    version: int
    decided_by: str
    decided_on: date
    reason: str
    assumptions: Assumptions
    prices: PriceTable
    titles: tuple[tuple[str, LocalText], ...]
    price_name: str
    price_source: str
    invented: bool
    seed: int
    places: tuple[PlaceCost, ...] = ()
    all_places: AllPlaces | None = None

    def title(self, area: str) -> LocalText | str:
        """The name of an area."""
        return dict(self.titles).get(area, area)
