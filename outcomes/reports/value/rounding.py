"""How fine an amount is shown: whole kroner where value was created, thousands where it is a scenario of a large sum.

Cells are whole units to begin with, so that rows and columns add up whatever the unit is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outcomes.analysis.value import CitizenOutcome
    from outcomes.analysis.value_case import ValueCase

ORE = 100
KRONE, THOUSAND = ORE, 1000 * ORE
MANY = 1_000_000
"""Kroner spent from which a scenario is in thousands."""
STEPS = ((10_000.0, 1000.0), (1000.0, 100.0))
"""From how many kroner on an amount of a scenario is in steps of how many."""


def cell_unit(case: ValueCase, outcome: CitizenOutcome) -> int:
    """Øre that each cell of the tables is a whole number of."""
    from outcomes.analysis.value import is_scenario  # noqa: PLC0415 - brings numpy, which a citizen's page never waits for

    spent = sum(line.amount for line in case.costs) * case.persons
    return THOUSAND if is_scenario(outcome) and spent >= MANY else KRONE


def rounded(kroner: float, *, scenario: bool) -> float:
    """An amount outside the tables, with no more figures than it can carry."""
    step = next((step for least, step in STEPS if abs(kroner) >= least), 1.0) if scenario else 1.0
    return round(kroner / step) * step + 0.0
