"""A value case as it is written in a form, and as it is stored: per cent there, shares here, and each fault at its field."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from outcomes.analysis.results import TermEstimate
from outcomes.analysis.value_prices import MOST_YEARS, PAYERS, Assumptions, make_value_case
from outcomes.errors import EstimateError, Fault, Sentence
from outcomes.services.read_written import written_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from outcomes.analysis.value_prices import PriceTable

MOST_MONTHS = 120
MOST_KRONER = 10_000_000
REFUSIONS = tuple(f"{first}-{second}" for first in PAYERS for second in PAYERS if first != second)
"""Who bears less, and who bears it instead."""
PERCENTS = (
    "cost_municipality", "cost_region", "cost_state", "cost_error", "discount_rate", "lasting", "lasting_error",
    "price_error", "without", "without_error", "refusion_part",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case as it was written. Kroner and per cent, with a comma or a point; ``price_set`` is an id."""

    price_set: str = ""
    cost_per_month: str = ""
    cost_months: str = ""
    cost_municipality: str = "100"
    cost_region: str = "0"
    cost_state: str = "0"
    cost_error: str = "10"
    years: str = "10"
    discount_rate: str = "3,5"
    lasting: str = "80"
    lasting_error: str = "10"
    price_error: str = "10"
    without: str = ""
    without_error: str = "5"
    refusion_part: str = "50"
    refusion: str = "municipality-state"
    reason: str = ""
    decided_by: str = ""


CASE_FIELDS = tuple(each.name for each in fields(CaseText))


def read_case(written: CaseText, prices: PriceTable | None) -> tuple[Assumptions | None, list[Fault]]:
    """The assumptions in what was written; None with the faults where something is wrong. Each place is a field's name."""
    numbers, faults = _read_numbers(written)
    if prices is None:
        faults.append(Fault("price_set", Sentence("Choose the prices.")))
    months, years = _whole(written.cost_months, MOST_MONTHS), _whole(written.years, MOST_YEARS)
    if months is None:
        sentence = Sentence("Write the months as a whole number from 1 to %(most)s.", most=MOST_MONTHS)
        faults.append(Fault("cost_months", sentence))
    if years is None:
        faults.append(
            Fault("years", Sentence("Write the years as a whole number from 1 to %(most)s.", most=MOST_YEARS))
        )
    elif prices is not None and years > prices.years:
        faults.append(Fault("years", Sentence("The prices are there for %(given)s years only.", given=prices.years)))
    if faults or months is None or years is None or prices is None:
        return None, faults
    found = _assumptions(written, months, years, numbers)
    return (found, []) if not (fault := _whole_fault(found, prices)) else (None, [fault])


def _read_numbers(written: CaseText) -> tuple[dict[str, Decimal], list[Fault]]:
    """Kroner and per cent by field, and what is wrong with them."""
    numbers: dict[str, Decimal] = {}
    faults: list[Fault] = []
    cost = written_number(written.cost_per_month)
    if cost is not None and 0 < cost <= MOST_KRONER:
        numbers["cost_per_month"] = cost
    else:
        faults.append(Fault("cost_per_month", Sentence("Write the kroner as a number above 0.")))
    for name in PERCENTS:
        percent = written_number(getattr(written, name))
        if percent is not None and 0 <= percent <= 100:  # noqa: PLR2004 - per cent
            numbers[name] = percent
        else:
            faults.append(Fault(name, Sentence("Write the per cent as a number from 0 to 100.")))
    shares = [numbers[f"cost_{payer}"] for payer in PAYERS if f"cost_{payer}" in numbers]
    if len(shares) == len(PAYERS) and sum(shares) != 100:  # noqa: PLR2004 - per cent
        faults.append(Fault("cost_municipality", Sentence("The three payers' shares must add up to 100 per cent.")))
    if written.refusion not in REFUSIONS:
        faults.append(Fault("refusion", Sentence("Choose who bears it instead.")))
    return numbers, faults


def _assumptions(written: CaseText, months: int, years: int, numbers: Mapping[str, Decimal]) -> Assumptions:
    share = {name: float(percent / 100) for name, percent in numbers.items()}
    first, _, second = written.refusion.partition("-")
    return Assumptions(
        cost_per_month=int((numbers["cost_per_month"] * 100).to_integral_value()),
        cost_months=months,
        cost_shares={payer: share[f"cost_{payer}"] for payer in PAYERS},
        years=years,
        refusion_from=first,
        refusion_to=second,
        **{name: share[name] for name in PERCENTS if not name.startswith("cost_") or name == "cost_error"},
    )


def _whole_fault(found: Assumptions, prices: PriceTable) -> Fault | None:
    """What is wrong with the fields together, by the rules of the case itself."""
    try:
        make_value_case(prices, found, TermEstimate("success", 0.1, 0.02, None, 0.06, 0.14, None), persons=1)
    except EstimateError as error:
        return Fault("", error.sentence)
    return None


def _whole(text: str, most: int) -> int | None:
    number = written_number(text)
    return int(number) if number is not None and number == int(number) and 1 <= number <= most else None


def store_assumptions(found: Assumptions) -> dict[str, Any]:
    """The assumptions as they are stored."""
    return {each.name: getattr(found, each.name) for each in fields(Assumptions)} | {
        "cost_shares": dict(found.cost_shares)
    }


def load_assumptions(stored: Mapping[str, Any]) -> Assumptions:
    """Stored assumptions."""
    return Assumptions(**{**stored, "cost_shares": dict(stored["cost_shares"])})


def write_case(found: Assumptions, *, price_set: str) -> CaseText:
    """A stored case as it stands in the form."""

    def percent(share: float) -> str:
        return f"{100 * share:.4f}".rstrip("0").rstrip(".").replace(".", ",")

    return CaseText(
        price_set=price_set,
        cost_per_month=f"{found.cost_per_month / 100:.2f}".replace(".", ",").removesuffix(",00"),
        cost_months=str(found.cost_months),
        years=str(found.years),
        refusion=f"{found.refusion_from}-{found.refusion_to}",
        **{f"cost_{payer}": percent(found.cost_shares[payer]) for payer in PAYERS},
        **{name: percent(getattr(found, name)) for name in PERCENTS if hasattr(found, name)},
    )
