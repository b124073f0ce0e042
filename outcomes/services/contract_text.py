"""An outcome contract as it is written in a form, and what is wrong with it: each fault in a sentence of its own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

from outcomes.analysis.indicators import INDICATORS
from outcomes.analysis.outcome_payment import Terms
from outcomes.errors import Fault, Sentence
from outcomes.services.gather_outcomes import Period
from outcomes.services.read_written import one_line, written_day, written_number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PAID_BY = {key: each for key, each in INDICATORS.items() if each.higher_is_better and each.unit == "share"}
"""What can be paid for: shares, which say for whom it is paid. Nobody is paid by an average, or by how many fare worse."""
AT_LEAST = "at_least"
LEAST_N, MOST_N = 10, 1_000_000


@dataclass(frozen=True, slots=True)
class ContractText:
    """A contract as it was written. ``intervention``: a slug; ``threshold``: per cent, reached or passed; ``rate``
    and ``cap`` in kroner; days as year-month-day, whole quarters."""

    title: str = ""
    intervention: str = ""
    payer: str = ""
    payee: str = ""
    verifier: str = ""
    indicator: str = "share_success"
    threshold: str = ""
    minimum_n: str = "30"
    rate: str = ""
    cap: str = ""
    first_day: str = ""
    last_day: str = ""
    decided_by: str = ""


CONTRACT_FIELDS = tuple(each.name for each in fields(ContractText))
WORDS = {
    "title": Sentence("Write what the contract is called."),
    "payer": Sentence("Write who pays."),
    "payee": Sentence("Write who is paid."),
    "verifier": Sentence("Write who verifies that the payment is right. It is neither of the two."),
    "decided_by": Sentence("Write who has decided this."),
}


@dataclass(frozen=True, slots=True)
class ReadContract:
    """A contract that can be stored: ``threshold`` 0-1, ``rate`` and ``cap`` in øre."""

    title: str
    payer: str
    payee: str
    verifier: str
    indicator: str
    threshold: float
    minimum_n: int
    rate: int
    cap: int
    first_day: date
    last_day: date
    decided_by: str


def read_contract(written: ContractText, slugs: Collection[str]) -> tuple[ReadContract | None, list[Fault]]:
    """What was written as a contract; None with every fault. Each place is a field's name."""
    lines = {name: one_line(getattr(written, name)) for name in WORDS}
    faults = [Fault(name, sentence) for name, sentence in WORDS.items() if not lines[name]]
    if lines["verifier"] and lines["verifier"].casefold() in {lines["payer"].casefold(), lines["payee"].casefold()}:
        faults.append(Fault("verifier", Sentence("Whoever verifies can't be the one who pays or is paid.")))
    if written.intervention not in slugs:
        faults.append(Fault("intervention", Sentence("Choose the intervention.")))
    threshold = _threshold(written, faults)
    number = written_number(written.minimum_n)
    if number is None or number != int(number) or not LEAST_N <= number <= MOST_N:
        sentence = Sentence("Write how many must have answered: a whole number, at least %(least)s.", least=LEAST_N)
        faults.append(Fault("minimum_n", sentence))
    rate, cap = _amounts(written, faults)
    days = _days(written, faults)
    if faults or threshold is None or number is None or days is None:
        return None, faults
    return (
        ReadContract(
            **lines, indicator=written.indicator, threshold=threshold, minimum_n=int(number),
            rate=rate, cap=cap, first_day=days[0], last_day=days[1],
        ),
        [],
    )  # fmt: skip


def _threshold(written: ContractText, faults: list[Fault]) -> float | None:
    """What is written as per cent is a share."""
    if written.indicator not in PAID_BY:
        faults.append(Fault("indicator", Sentence("Choose what is to be reached for the citizens.")))
    number = written_number(written.threshold)
    if number is None:
        faults.append(Fault("threshold", Sentence("Write what is to be reached as a number.")))
        return None
    if not 0 <= number <= 100:  # noqa: PLR2004 - per cent
        faults.append(Fault("threshold", Sentence("Write the per cent as a number from 0 to 100.")))
    return float(number / 100)


def _amounts(written: ContractText, faults: list[Fault]) -> tuple[int, int]:
    """Rate and cap in øre; 0 where something is wrong."""
    found = []
    for name in ("rate", "cap"):
        number = written_number(written.rate if name == "rate" else written.cap)
        good = number is not None and number > 0
        if not good:
            faults.append(Fault(name, Sentence("Write the kroner as a number above 0.")))
        found.append(int((number * 100).to_integral_value()) if good and number is not None else 0)
    rate, cap = found
    if rate and cap and rate > cap:
        faults.append(
            Fault(
                "rate",
                Sentence(
                    "The rate for one citizen is higher than the cap for all, so it could never be paid. Lower the rate, or"
                    " raise the cap."
                ),
            )
        )
    return rate, cap


def _days(written: ContractText, faults: list[Fault]) -> tuple[date, date] | None:
    first, last = written_day(written.first_day), written_day(written.last_day)
    for name, day in (("first_day", first), ("last_day", last)):
        if day is None:
            faults.append(Fault(name, Sentence("Write the day as year-month-day, such as 2026-03-31.")))
    if first is None or last is None:
        return None
    if first > last:
        faults.append(Fault("last_day", Sentence("The last day comes before the first. Turn them round.")))
        return None
    period = Period(first, last)
    whole = period.in_whole_quarters()
    if period != whole:
        sentence = Sentence(
            "The days must be whole quarters, so that nobody can be singled out: %(first)s to %(last)s.",
            first=whole.from_date,
            last=whole.to_date,
        )
        faults.append(Fault("first_day", sentence))
        return None
    return first, last


def load_terms(trigger: Mapping[str, object], *, rate: int, cap: int) -> Terms:
    """The terms of a stored contract, for the payment."""
    return Terms(
        indicator=str(trigger["indicator"]),
        threshold=float(str(trigger["threshold"])),
        direction=str(trigger["direction"]),
        minimum_n=int(str(trigger["minimum_n"])),
        rate=rate,
        cap=cap,
    )
