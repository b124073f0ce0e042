"""From a price set and what was decided about an intervention to a case whose value can be worked out.

Question: what does it cost and save each payer, year by year, when so many more succeed?
Formula: what is saved of an area by a payer in year t = success because of the intervention x the area's price for that
payer and year x lasting^(t - 1); each area and payer is a line of :class:`~outcomes.analysis.value_case.ValueCase`, with
the price of its dearest year as ``price`` and each year's part of it as ``profile``. Success because of the intervention:
share who succeed minus the share who would have succeeded without it: that of the comparison where there is one (Newcombe's
interval; the two shares as they are, so that below D3, where the groups are alike only after adjustment, it is a scenario),
else the share that was assumed. Costs: the price of a month, for as many months as were decided; each twelve
months are paid when they begin.
Assumptions: every one is a field of :class:`Assumptions`. Prices are differences between people who succeed and people
who don't, per person and year, after refusion. An area's price is too high or too low for all its payers and years alike.
Units: whole øre in price sets and costs, kroner per person in the case; shares 0-1.
Missing data: a payer or year that isn't there is refused when the price set is read (:mod:`outcomes.tables.price_table`).
Errors: :class:`~outcomes.errors.EstimateError` for a horizon longer than the price set, and those of value_case.
Source: METHODS.md section 8; the social investment model (SØM) of the Danish National Board of Social Services.
Checked: tests/unit/analysis/test_value_prices.py, with a case worked by hand to the krone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from outcomes.analysis.disclosure import MINIMUM_CELL
from outcomes.analysis.intervals import Z_95
from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.analysis.results import Share, TermEstimate
from outcomes.analysis.suppression import SHARE_SPAN, round_mean, rounding_step
from outcomes.analysis.value_case import Consequence, Cost, DiscountSchedule, ValueCase, with_reimbursement
from outcomes.errors import EstimateError, Sentence

PAYERS = ("municipality", "region", "state")
MOST_YEARS = 10
MONTHS_A_YEAR = 12
ORE = 100
SUCCESS = "success"
HELP = "help"
BETWEEN = "."


@dataclass(frozen=True, slots=True)
class PricedArea:
    """A consequence area: for each payer whole øre per person who succeeds, in years 1, 2, ..."""

    key: str
    amounts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The areas of a price set in prices of ``price_year``; every payer of every area has ``years`` years."""

    price_year: int
    years: int
    areas: tuple[PricedArea, ...]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What was decided about an intervention's costs and the future. Shares and rates 0-1.

    ``cost_per_month``: øre per citizen; ``cost_shares``: who pays it; ``cost_error``, ``price_error``: standard error as a
    share of the amount. ``lasting``: part of the difference that is left a year later. ``without``: the share who would have
    succeeded anyway, used where nobody is compared with. ``refusion_part`` of what falls to ``refusion_from`` is borne by
    ``refusion_to`` in the scenario.
    """

    cost_per_month: int
    cost_months: int
    cost_shares: Mapping[str, float]
    years: int
    discount_rate: float
    lasting: float
    lasting_error: float
    price_error: float
    cost_error: float
    without: float
    without_error: float
    refusion_part: float
    refusion_from: str = "municipality"
    refusion_to: str = "state"


def line_name(area: str, payer: str) -> str:
    """The name of the line of an area and payer."""
    return f"{area}{BETWEEN}{payer}"


def area_of(line: str) -> str:
    """The area, or ``help``, that a line belongs to."""
    return line.rpartition(BETWEEN)[0]


def success_difference(reached: Share, compared: Share | None, assumptions: Assumptions) -> TermEstimate:
    """Share who succeed because of the intervention, with its uncertainty; -1 to 1."""
    if compared is not None:
        found = compare_shares(reached, compared)
        estimate, low, high = found.difference, found.ci_low, found.ci_high
        return TermEstimate(SUCCESS, estimate, (high - low) / (2 * Z_95), None, low, high, None)
    own_error = (reached.ci_high - reached.ci_low) / (2 * Z_95)
    error = math.hypot(own_error, assumptions.without_error)
    estimate = reached.share - assumptions.without
    return TermEstimate(SUCCESS, estimate, error, None, estimate - Z_95 * error, estimate + Z_95 * error, None)


def coarse_share(share: Share) -> Share:
    """The share as amounts that are published stand on it: one of a count that is rounded by how many people there are, with
    that count's interval, a step wider at both ends. Nothing that follows from it tells the count."""
    step = rounding_step(share.total, span=SHARE_SPAN)
    count = round(round_mean(share.share, share.total, span=SHARE_SPAN) * share.total)
    count = max(
        min(MINIMUM_CELL, share.total), min(count, max(0, share.total - MINIMUM_CELL))
    )  # shown only between them
    near = estimate_share(count, share.total)
    return Share(count, share.total, near.share, max(0.0, near.ci_low - step), min(1.0, near.ci_high + step))


def make_value_case(prices: PriceTable, assumptions: Assumptions, success: TermEstimate, *, persons: int) -> ValueCase:
    """The case of ``persons`` people, of whom ``success`` more succeed than would have."""
    if not 1 <= assumptions.years <= prices.years:
        raise EstimateError(
            Sentence(
                "The prices are there for %(given)s years. Choose a horizon of at most so many years.",
                given=prices.years,
            )
        )
    if not any(any(amounts) for area in prices.areas for amounts in area.amounts.values()):
        raise EstimateError(Sentence("Every price is 0, so there is nothing to work out. Choose another price set."))
    return ValueCase(
        persons=persons,
        years=assumptions.years,
        price_year=prices.price_year,
        payers=PAYERS,
        effects=(success,),
        consequences=tuple(
            _consequence(area, payer, assumptions)
            for area in prices.areas
            for payer in PAYERS
            if any(area.amounts[payer][: assumptions.years])
        ),
        costs=_costs(assumptions),
        persistence=assumptions.lasting,
        persistence_error=assumptions.lasting_error,
        discount=DiscountSchedule(((assumptions.years, assumptions.discount_rate),), ""),
    )


def refusion_case(case: ValueCase, assumptions: Assumptions) -> ValueCase:
    """The same case with the scenario's part of what is saved and paid moved from one payer to another."""
    lines = [*(line.name for line in case.consequences), *(line.name for line in case.costs)]
    return with_reimbursement(
        case,
        dict.fromkeys(lines, assumptions.refusion_part),
        from_payer=assumptions.refusion_from,
        to_payer=assumptions.refusion_to,
    )


def _consequence(area: PricedArea, payer: str, assumptions: Assumptions) -> Consequence:
    amounts = area.amounts[payer][: assumptions.years]
    dearest = max(amounts, key=abs)
    return Consequence(
        name=line_name(area.key, payer),
        effect=SUCCESS,
        price=dearest / ORE,
        price_error=abs(dearest) / ORE * assumptions.price_error,
        payers={each: float(each == payer) for each in PAYERS},
        profile=tuple(amount / dearest for amount in amounts),
        price_of=area.key,
    )


def _costs(assumptions: Assumptions) -> tuple[Cost, ...]:
    """One line for each twelve months begun, paid at their start."""
    lines = []
    for year in range(math.ceil(assumptions.cost_months / MONTHS_A_YEAR)):
        months = min(MONTHS_A_YEAR, assumptions.cost_months - MONTHS_A_YEAR * year)
        amount = assumptions.cost_per_month * months / ORE
        lines.append(
            Cost(f"{HELP}{BETWEEN}{year}", amount, amount * assumptions.cost_error, assumptions.cost_shares, year=year)
        )
    return tuple(lines)
