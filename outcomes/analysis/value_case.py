"""What a statement of value is made of: effects, consequences with prices and payers, costs, years and discounting.

Question: which assumptions does a value in money stand on? Every one is a named field with its source or its error.
Formula: discount factor of year t = product over years 1..t of 1 / (1 + rate of that year).
Assumptions: stated in the fields; prices are those of one year (``price_year``), so that rates are real ones.
Units: kroner per person; effects in the unit that a price is per (a share of people who succeed because of the
intervention, or a point); shares 0-1; years from the start of the intervention.
Missing data: none; a missing payer, year or price is an error that names it.
Errors: :class:`~outcomes.errors.EstimateError`, one sentence for each kind of fault.
Source: Danish Ministry of Finance 7 January 2021 (discount rate: 3.5 % in years 0-35, 2.5 % in years 36-70); the
social investment model (SØM) of the National Board of Social Services for consequences, payers and reimbursement.
Checked: tests/reference/value, tests/unit/analysis/test_value.py.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class DiscountSchedule:
    """Real discount rates: ``steps`` of (last year of the step, rate a year), and where they are from."""

    steps: tuple[tuple[int, float], ...]
    source: str

    def factors(self, years: int) -> tuple[float, ...]:
        """Value today of a krone in each of the years 0 to ``years``."""
        factors = [1.0]
        for year in range(1, years + 1):
            rate = next((rate for last, rate in self.steps if year <= last), None)
            if rate is None:
                raise EstimateError(
                    Sentence("The discount rate isn't given for year %(year)s. Choose a shorter horizon.", year=year)
                )
            if not (math.isfinite(rate) and rate > -1):
                raise EstimateError(Sentence("A discount rate must be a number above -1, such as 0.035."))
            factors.append(factors[-1] / (1 + rate))
        return tuple(factors)


DANISH_REAL_RATE = DiscountSchedule(((35, 0.035), (70, 0.025)), "Ministry of Finance, 7 January 2021")


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something that costs or saves money because of an effect.

    ``effect``: term of the effect it follows from. ``price``: kroner a year per unit of the effect (positive: saved or
    gained), with standard error ``price_error``. ``payers``: share of each payer, summing to 1. ``profile``: part of the
    price that counts in each year (all of it in every year where empty). ``share_concentration``: how sure the payers'
    shares are (Dirichlet; the higher, the surer; None: certain). ``price_of``: lines with the same text here have one price
    in several parts (one for each payer, say), which is too high or too low in all of them alike.
    """

    name: str
    effect: str
    price: float
    price_error: float
    payers: Mapping[str, float]
    profile: tuple[float, ...] = ()
    share_concentration: float | None = None
    price_of: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the intervention costs: ``amount`` kroner per person in ``year`` (0: at the start), with its error and payers."""

    name: str
    amount: float
    amount_error: float
    payers: Mapping[str, float]
    year: int = 0


@dataclass(frozen=True, slots=True)
class ValueCase:
    """All that a value is worked out from.

    ``effects``: per person, in their own unit; ``effect_covariance``: of several effects, row by row in their order
    (empty: independent). ``persistence``: part of the effect that is left one year later, with ``persistence_error``.
    ``years``: horizon; consequences fall at the end of years 1 to ``years``. ``payers``: every payer, in the order shown.
    """

    persons: int
    years: int
    price_year: int
    payers: tuple[str, ...]
    effects: tuple[TermEstimate, ...]
    consequences: tuple[Consequence, ...]
    costs: tuple[Cost, ...]
    persistence: float = 1.0
    persistence_error: float = 0.0
    effect_covariance: tuple[tuple[float, ...], ...] = ()
    discount: DiscountSchedule = DANISH_REAL_RATE

    def __post_init__(self) -> None:
        check_value_case(self)


def with_reimbursement(
    case: ValueCase, shares: Mapping[str, float], *, from_payer: str = "municipality", to_payer: str = "state"
) -> ValueCase:
    """The case with part of one payer's share of named consequences (and costs) borne by another: refusion.

    ``shares``: line name -> part (0-1) of what falls to ``from_payer`` that ``to_payer`` reimburses. Totals don't change.
    """
    names = {*(line.name for line in case.consequences), *(line.name for line in case.costs)}
    unknown = sorted(set(shares) - names)
    if unknown:
        raise EstimateError(
            Sentence("Reimbursement is given for lines that aren't there: %(names)s.", names=", ".join(unknown))
        )
    if not {from_payer, to_payer} <= set(case.payers) or from_payer == to_payer:
        raise EstimateError(Sentence("Reimbursement goes between two of the payers named in the case."))
    if not all(0 <= part <= 1 for part in shares.values()):
        raise EstimateError(Sentence("A reimbursed part must be between 0 and 1."))

    def moved(payers: Mapping[str, float], part: float) -> dict[str, float]:
        amount = payers[from_payer] * part
        return {**payers, from_payer: payers[from_payer] - amount, to_payer: payers[to_payer] + amount}

    return dataclasses.replace(
        case,
        consequences=tuple(
            dataclasses.replace(line, payers=moved(line.payers, shares.get(line.name, 0.0)))
            for line in case.consequences
        ),
        costs=tuple(
            dataclasses.replace(line, payers=moved(line.payers, shares.get(line.name, 0.0))) for line in case.costs
        ),
    )


def check_value_case(case: ValueCase) -> None:
    """Raise with the first fault of a case, each kind in a sentence of its own."""
    if case.years < 1:
        raise EstimateError(Sentence("The horizon must be at least one year: without years there are no consequences."))
    if case.persons < 1:
        raise EstimateError(Sentence("Value needs at least one person who gets the intervention."))
    if not case.payers or len(set(case.payers)) != len(case.payers):
        raise EstimateError(Sentence("Name every payer once, such as municipality, region and state."))
    if not case.consequences or not case.effects:
        raise EstimateError(Sentence("Value needs at least one effect and one consequence with a price."))
    names = Counter([*(line.name for line in case.consequences), *(line.name for line in case.costs)])
    terms = Counter(effect.term for effect in case.effects)
    doubled = sorted(name for counter in (names, terms) for name, times in counter.items() if times > 1)
    if doubled:
        raise EstimateError(
            Sentence("These effects or lines are there more than once: %(names)s.", names=", ".join(doubled))
        )
    if not 0 <= case.persistence <= 1:
        raise EstimateError(Sentence("Persistence is the part of the effect left a year later, from 0 to 1."))
    _check_errors(case)
    for consequence in case.consequences:
        _check_consequence(case, consequence)
    for cost in case.costs:
        _check_payers(case, cost.name, cost.payers)
        if not 0 <= cost.year <= case.years:
            raise EstimateError(
                Sentence(
                    "The cost %(name)s falls in a year outside the horizon. Move it, or the horizon.", name=cost.name
                )
            )
    _check_covariance(case)
    case.discount.factors(case.years)


def _check_errors(case: ValueCase) -> None:
    effects = [(effect.term, effect.estimate, effect.std_error) for effect in case.effects]
    prices = [(line.name, line.price, line.price_error) for line in case.consequences]
    amounts = [(line.name, line.amount, line.amount_error) for line in case.costs]
    lasting = ("persistence", case.persistence, case.persistence_error)
    for name, value, error in (*effects, *prices, *amounts, lasting):
        if not (math.isfinite(value) and math.isfinite(error)):
            raise EstimateError(Sentence("%(name)s isn't a finite number, or its standard error isn't.", name=name))
        if error < 0:
            raise EstimateError(
                Sentence("The standard error of %(name)s is negative. It must be 0 or more.", name=name)
            )
    for name, value, error in (*prices, *amounts):
        if value == 0 and error > 0:
            raise EstimateError(Sentence("%(name)s is 0 and can't be uncertain. Give a value, or no error.", name=name))
    if case.persistence_error**2 >= case.persistence * (1 - case.persistence) and case.persistence_error > 0:
        raise EstimateError(Sentence("Persistence is between 0 and 1 and can't be as uncertain as that."))


def _check_consequence(case: ValueCase, line: Consequence) -> None:
    if line.effect not in {effect.term for effect in case.effects}:
        raise EstimateError(
            Sentence(
                "%(name)s follows from the effect %(effect)s, which isn't given. Give it, or name another.",
                name=line.name,
                effect=line.effect,
            )
        )
    if line.profile and len(line.profile) != case.years:
        raise EstimateError(
            Sentence(
                "%(name)s has a profile of %(given)s years, but the horizon is %(years)s years. Give every year.",
                name=line.name,
                given=len(line.profile),
                years=case.years,
            )
        )
    if not all(math.isfinite(part) for part in line.profile):
        raise EstimateError(
            Sentence("The profile of %(name)s holds something that isn't a finite number.", name=line.name)
        )
    if line.share_concentration is not None and not (
        math.isfinite(line.share_concentration) and line.share_concentration > 0
    ):
        raise EstimateError(Sentence("How sure the payers' shares of %(name)s are must be above zero.", name=line.name))
    alike = next((other for other in case.consequences if line.price_of and other.price_of == line.price_of), line)
    if not math.isclose(line.price_error * abs(alike.price), alike.price_error * abs(line.price), rel_tol=1e-9):
        raise EstimateError(
            Sentence("%(name)s is part of a price whose other parts are more or less uncertain.", name=line.name)
        )
    _check_payers(case, line.name, line.payers)


def _check_payers(case: ValueCase, name: str, shares: Mapping[str, float]) -> None:
    missing = [payer for payer in case.payers if payer not in shares]
    if missing:
        raise EstimateError(
            Sentence(
                "%(name)s has no share for %(payers)s. Give 0 where there is none.",
                name=name,
                payers=", ".join(missing),
            )
        )
    unknown = sorted(set(shares) - set(case.payers))
    if unknown:
        raise EstimateError(
            Sentence(
                "%(name)s has a share for a payer that isn't named: %(payers)s.", name=name, payers=", ".join(unknown)
            )
        )
    if not all(math.isfinite(share) and share >= 0 for share in shares.values()):
        raise EstimateError(Sentence("The payers' shares of %(name)s must be numbers from 0 to 1.", name=name))
    total = math.fsum(shares.values())
    if abs(total - 1) > SHARE_TOLERANCE:
        raise EstimateError(
            Sentence("The payers' shares of %(name)s sum to %(total)s and not to 1.", name=name, total=round(total, 6))
        )


def _check_covariance(case: ValueCase) -> None:
    rows = case.effect_covariance
    if not rows:
        return
    errors = [effect.std_error for effect in case.effects]
    size = len(errors)
    if len(rows) != size or any(len(row) != size for row in rows):
        raise EstimateError(Sentence("The covariance of effects needs a row and a column for each effect."))
    import numpy as np  # noqa: PLC0415 - the checks of most cases need no arrays

    matrix, scale = np.asarray(rows, dtype=float), max(*errors, 1e-300) ** 2
    alike = np.allclose(np.diag(matrix), np.square(errors), rtol=1e-6, atol=0) and np.allclose(
        matrix, matrix.T, rtol=1e-9, atol=1e-12 * scale
    )
    if not (alike and np.linalg.eigvalsh(matrix).min() >= -1e-9 * scale):
        raise EstimateError(
            Sentence("The covariance of effects must be symmetric, with the squared standard errors in its diagonal.")
        )
