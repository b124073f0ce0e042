"""Value: what an intervention's effect is worth in money, for whom, after what it costs.

Question: do the consequences of what changed for citizens outweigh what the intervention costs, when, and for whom?
Estimand: expected net present value for the persons who get the intervention, over the horizon, by line, year and payer.
Formula: net = sum over consequences, years t and payers of effect x persons x price x profile x persistence^(t - 1) x
payer's share x discount factor of t, minus costs (discounted from their year; those of year 0 in full). Break-even
effect: the one at which the net is 0, other effects as they are. Break-even year: the first from which the sum of the
net so far stays above 0. Amounts are whole ``unit``s of øre (1: øre, 100: kroner), split by largest remainder, so that every
table adds up exactly.
Assumptions: those of :mod:`outcomes.analysis.value_case`, every one part of the result. Budget economics, not welfare
economics: what citizens gain themselves is not in the sum. It stands beside, as the effect on their outcome.
Units: øre (whole) for all persons; kroner per person where said.
Missing data: none; see value_case for what is refused.
Errors: :class:`~outcomes.errors.EstimateError`; a label below D2 or grade D makes the result a scenario, not an error.
Source: METHODS.md section 8; the social investment model (SØM) of the Danish National Board of Social Services.
Checked: tests/reference/value (R, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.money import split_ore, to_ore
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.value_case import ValueCase
from outcomes.analysis.value_uncertainty import (
    DRAWS,
    NetDistribution,
    PriceDistribution,
    VarianceShare,
    net_std_deviation,
    persistence_moments,
    simulate_net,
    variance_shares,
    yearly_weights,
)
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SCENARIO = Sentence("Scenario, not value created")
VALUE = Sentence("Value created")


@dataclass(frozen=True, slots=True)
class CitizenOutcome:
    """What changed for citizens, which no money result goes without: ``estimate`` in the ``measure``'s own unit, with
    the design label and evidence grade that the value inherits."""

    measure: str
    estimate: TermEstimate
    label: DesignLabel
    grade: EvidenceGrade


@dataclass(frozen=True, slots=True)
class MoneyCell:
    """Whole øre of one line (consequence or cost) in one year for one payer; costs are negative."""

    line: str
    year: int
    payer: str
    ore: int


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The size of effect ``term`` (its own unit) at which the net is 0; None where no size of it would do that."""

    term: str
    effect: float | None


@dataclass(frozen=True, slots=True)
class ValueEstimate:
    """Value of an intervention beside what it did for citizens.

    ``scenario``: True where the evidence doesn't carry the words "value created"; ``heading`` is what it must be called.
    ``consequences``, ``costs`` and ``net``: expected kroner per person, today's value; ``std_deviation`` of the net per
    person and of each payer's (``payer_deviations``, in the payers' order). ``benefit_cost_ratio``: None without costs.
    ``break_even_year``: None where not within the horizon. ``distribution``: empty where nothing was simulated.
    """

    outcome: CitizenOutcome
    case: ValueCase
    scenario: bool
    heading: Sentence
    cells: tuple[MoneyCell, ...]
    consequences: float
    costs: float
    net: float
    std_deviation: float
    payer_deviations: tuple[float, ...]
    benefit_cost_ratio: float | None
    break_even: tuple[BreakEven, ...]
    break_even_year: int | None
    variance_shares: tuple[VarianceShare, ...]
    distribution: tuple[NetDistribution, ...]
    warnings: tuple[Sentence, ...]

    def total_ore(self, *, line: str | None = None, year: int | None = None, payer: str | None = None) -> int:
        """Øre over all cells, or those of one line, year or payer: sums of these are the total exactly."""
        return sum(
            cell.ore
            for cell in self.cells
            if line in (None, cell.line) and year in (None, cell.year) and payer in (None, cell.payer)
        )


def estimate_value(
    case: ValueCase,
    outcome: CitizenOutcome,
    *,
    generator: np.random.Generator | None = None,
    draws: int = DRAWS,
    prices: PriceDistribution = PriceDistribution.GAMMA,
    unit: int = 1,
) -> ValueEstimate:
    """Value of the case; with a ``generator`` also its Monte Carlo distribution of ``draws``. ``unit``: øre that each cell
    is a whole number of."""
    gains = _consequences_by_year(case)
    discount = case.discount.factors(case.years)
    spent = np.array([line.amount * discount[line.year] for line in case.costs])
    consequences, costs = float(gains.sum()), float(spent.sum())
    scenario = is_scenario(outcome)
    return ValueEstimate(
        outcome,
        case,
        scenario,
        SCENARIO if scenario else VALUE,
        _cells(case, gains, spent, unit),
        consequences,
        costs,
        consequences - costs,
        net_std_deviation(case) / case.persons,
        tuple(net_std_deviation(case, payer) / case.persons for payer in case.payers),
        consequences / costs if costs > 0 else None,
        _break_even(case, gains, costs),
        _break_even_year(case, gains, spent),
        variance_shares(case),
        () if generator is None else simulate_net(case, generator, draws=draws, prices=prices),
        _warnings(case, scenario=scenario),
    )


def is_scenario(outcome: CitizenOutcome) -> bool:
    """True where the evidence doesn't carry that value was created."""
    return outcome.label < DesignLabel.D2 or outcome.grade is EvidenceGrade.D


def _consequences_by_year(case: ValueCase) -> NDArray[np.float64]:
    """Expected kroner per person of each consequence (rows) in years 1 to the horizon (columns)."""
    effects = {effect.term: effect.estimate for effect in case.effects}
    lasting = persistence_moments(case.persistence, case.persistence_error, case.years)[: case.years]
    amounts = np.array([effects[line.effect] * line.price for line in case.consequences])
    return amounts[:, None] * yearly_weights(case) * lasting


def _cells(case: ValueCase, gains: NDArray[np.float64], spent: NDArray[np.float64], unit: int) -> tuple[MoneyCell, ...]:
    """Whole units, split from the total to lines, from lines to years, from years to payers."""
    table: list[tuple[str, Mapping[str, float], list[tuple[int, float]]]] = []
    for consequence, row in zip(case.consequences, (gains * case.persons / unit).tolist(), strict=True):
        table.append((consequence.name, consequence.payers, [*enumerate(row, start=1)]))
    for cost, amount in zip(case.costs, (spent * case.persons / unit).tolist(), strict=True):
        table.append((cost.name, cost.payers, [(cost.year, -amount)]))
    sums = [math.fsum(amount for _, amount in years) for _, _, years in table]
    cells = []
    for (name, payers, years), whole in zip(table, split_ore(to_ore(math.fsum(sums)), sums), strict=True):
        for (year, amount), part in zip(years, split_ore(whole, [amount for _, amount in years]), strict=True):
            shared = split_ore(part, [amount * payers[payer] for payer in case.payers])
            cells += [MoneyCell(name, year, payer, ore * unit) for payer, ore in zip(case.payers, shared, strict=True)]
    return tuple(cells)


def _break_even(case: ValueCase, gains: NDArray[np.float64], costs: float) -> tuple[BreakEven, ...]:
    lasting = persistence_moments(case.persistence, case.persistence_error, case.years)[: case.years]
    per_unit = np.array([line.price for line in case.consequences]) * (yearly_weights(case) @ lasting)
    found = []
    for effect in case.effects:
        of_it = np.array([line.effect == effect.term for line in case.consequences])
        worth = float(per_unit[of_it].sum())
        others = float(gains[~of_it].sum())
        found.append(BreakEven(effect.term, (costs - others) / worth if worth else None))
    return tuple(found)


def _break_even_year(case: ValueCase, gains: NDArray[np.float64], spent: NDArray[np.float64]) -> int | None:
    by_year = np.concatenate([[0.0], gains.sum(axis=0)])
    for line, amount in zip(case.costs, spent.tolist(), strict=True):
        by_year[line.year] -= amount
    below = np.flatnonzero(np.cumsum(by_year) <= 0)
    first = int(below[-1]) + 1 if below.size else 0
    return first if first <= case.years else None


def _warnings(case: ValueCase, *, scenario: bool) -> tuple[Sentence, ...]:
    found = []
    if scenario:
        found.append(
            Sentence(
                "The evidence doesn't carry that the intervention made this difference. The amounts show what it would be"
                " worth if it did."
            )
        )
    if case.persistence_error == 0.0 and case.years > 1:
        found.append(
            Sentence(
                "How much of the difference lasts from year to year is an assumption, and its uncertainty isn't counted."
            )
        )
    if all(effect.includes_zero for effect in case.effects):
        found.append(Sentence("The interval holds zero: that there is nothing to set a value on can't be ruled out."))
    return tuple(found)
