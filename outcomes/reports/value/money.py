"""The money: who spends, who saves and when, how sure that is, when it has paid for itself, and another refund."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.evidence import EvidenceGrade
from outcomes.analysis.value_prices import PAYERS
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import KeyFigure
from outcomes.reports.parts import Kind, Points
from outcomes.reports.value.context import MoneyNumbers, MoneyPart, PayerSum
from outcomes.reports.value.rounding import rounded
from outcomes.reports.value.sections import (
    certainty_section,
    made_of_section,
    payers_section,
    places_section,
    refusion_section,
)

if TYPE_CHECKING:
    from outcomes.analysis.value import ValueEstimate
    from outcomes.analysis.value_uncertainty import NetDistribution
    from outcomes.reports.value.material import ValueMaterial
    from outcomes.reports.value.sections import Basis

PAYS = Sentence("More is saved than spent within %(years)s years")
COSTS = Sentence("More is spent than saved within %(years)s years")
OPEN = Sentence("We can't say whether more is saved than spent within %(years)s years")


def build_money(value: ValueMaterial, found: ValueEstimate, moved: ValueEstimate, basis: Basis) -> MoneyPart:
    """The money part of the context. ``moved``: the same with the scenario's refund."""
    sums = _sums(found)
    return MoneyPart(
        standing=found.heading,
        scenario=found.scenario,
        finding=_finding(found),
        key_figures=_key_figures(found, basis),
        numbers=_numbers(found, basis),
        sums=sums,
        total=found.total_ore(),
        sections=(
            payers_section(found, sums),
            made_of_section(value, found, basis),
            certainty_section(value, found),
            refusion_section(value, sums, _sums(moved)),
            *((places_section(value, scenario=found.scenario),) if value.places else ()),
        ),
        warnings=_warnings(found, basis.caution),
    )


def _sums(found: ValueEstimate) -> tuple[PayerSum, ...]:
    """Whole øre by payer. The lines of the costs are below 0, those of what is saved may be on either side."""
    costs = {line.name for line in found.case.costs}
    sums = []
    for payer in PAYERS:
        cells = [cell for cell in found.cells if cell.payer == payer]
        spent = sum(cell.ore for cell in cells if cell.line in costs)
        saved = sum(cell.ore for cell in cells if cell.line not in costs)
        sums.append(PayerSum(payer, spent, saved, spent + saved))
    return tuple(sums)


def _warnings(found: ValueEstimate, caution: Sentence | None) -> tuple[Sentence, ...]:
    """Where the evidence carries it and only the shares don't, the scenario has that for its reason."""
    if caution is None or found.outcome.grade is EvidenceGrade.D:
        return found.warnings
    return (Sentence("It is a scenario for this reason: %(reason)s", reason=caution), *found.warnings[1:])


def _whole(found: ValueEstimate) -> NetDistribution:
    return found.distribution[0]


def _finding(found: ValueEstimate) -> Sentence:
    """By the interval, as everywhere: where it holds 0, nothing is said."""
    whole, years = _whole(found), found.case.years
    message = PAYS if whole.low > 0 else COSTS if whole.high < 0 else OPEN
    said = Sentence(message.message, years=years)
    return Sentence("If the help is the reason: %(finding)s", finding=said) if found.scenario else said


def _numbers(found: ValueEstimate, basis: Basis) -> MoneyNumbers:
    """The key figures as numbers."""
    whole, persons = _whole(found), found.case.persons

    def kroner(amount: float) -> float:
        return rounded(amount, scenario=found.scenario)

    return MoneyNumbers(
        persons=persons,
        years=found.case.years,
        net=kroner(found.net),
        low=kroner(whole.low / persons),
        high=kroner(whole.high / persons),
        chance=whole.chance_positive,
        spent=kroner(found.costs),
        spent_per_success=kroner(found.costs / basis.reached.share),
        break_even_year=found.break_even_year,
    )


def _key_figures(found: ValueEstimate, basis: Basis) -> tuple[KeyFigure, ...]:
    numbers, year = _numbers(found, basis), found.break_even_year
    interval = Sentence(
        "%(low)s to %(high)s (95 per cent interval), for each of %(n)s people",
        low=Points(numbers.low, 0),
        high=Points(numbers.high, 0),
        n=numbers.persons,
    )
    return (
        KeyFigure("net", Sentence("kroner left over per citizen"), numbers.net, Kind.NUMBER, interval, 0),
        KeyFigure(
            "spent",
            Sentence("kroner spent per citizen"),
            numbers.spent,
            Kind.NUMBER,
            Sentence("on the help itself"),
            0,
        ),
        KeyFigure(
            "spent_per_success",
            Sentence("kroner spent for each who succeeds"),
            numbers.spent_per_success,
            Kind.NUMBER,
            _succeed(basis),
            0,
        ),
        KeyFigure(
            "break_even_year",
            Sentence("year in which it has paid for itself"),
            str(year) if year is not None else "–",
            Kind.TEXT,
            Sentence("on average; counted from the start")
            if year is not None
            else Sentence("not within %(years)s years on average", years=found.case.years),
        ),
    )


def _succeed(basis: Basis) -> Sentence:
    reached = basis.reached
    if basis.published:
        return Sentence(
            "about %(share)s per cent of %(whole)s succeed", share=Points(100 * reached.share, 0), whole=reached.total
        )
    return Sentence("%(part)s of %(whole)s succeed", part=reached.count, whole=reached.total)
