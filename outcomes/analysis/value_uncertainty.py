"""How sure a value in money is: its standard deviation in closed form, what it comes from, and Monte Carlo.

Question: could the net also be below zero, for all and for each payer, and which assumption matters most?
Estimand: distribution of the net (consequences minus costs) over what effects, prices, persistence and payers' shares
may truly be.
Formula: net = sum over consequences k of e u b s - costs; e its effect, u its price, b = sum over years of profile x
discount factor x persistence^(t - 1), s the payer's share (1 for all together). For independent factors with means m and
covariances c, Cov of two products = product of (m m' + c) - product of m m'; summed over all pairs of consequences
(for two factors that is Var(XY) = X^2 vY + Y^2 vX + vX vY). Moments of persistence are those of a beta distribution:
E d^n = product of (a + i) / (a + b + i), i under n. Variance share of an assumption: variance of the net's mean
given that assumption, over the variance of the net; what is left is their acting together.
Monte Carlo: effects normal (jointly, by their covariance), prices and costs gamma (or normal), persistence beta, payers'
shares Dirichlet (variance s (1 - s) / (concentration + 1)), each with the mean and error given.
Assumptions: these groups are independent of each other, and prices and costs independent of one another, but for lines that
are parts of one price.
Units: kroner for all persons together; shares 0-1.
Missing data: none.
Errors: :class:`~outcomes.errors.EstimateError` under 100 draws.
Source: Goodman 1960, doi:10.1080/01621459.1960.10483369; Briggs, Claxton & Sculpher 2006, ISBN 978-0-19-852662-9 (gamma
for costs, beta and Dirichlet for shares); Saltelli et al. 2008, ISBN 978-0-470-05997-5 (variance shares).
Checked: tests/reference/value (closed form 1e-10; Monte Carlo within its error); closed form and Monte Carlo against each
other in tests/unit/analysis/test_value.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.value_case import Consequence, Cost, ValueCase
from outcomes.errors import EstimateError, Sentence

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

DRAWS = 10_000
LEAST_DRAWS = 100


class PriceDistribution(StrEnum):
    """Distribution of prices and costs in the Monte Carlo."""

    GAMMA = "gamma"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class NetDistribution:
    """Monte Carlo distribution of the net of one payer (``payer`` None: of all), in kroner for all persons.

    ``low`` and ``high``: 2.5 and 97.5 % of the draws. ``chance_positive`` (0-1) has Monte Carlo error ``chance_error``.
    """

    payer: str | None
    draws: int
    mean: float
    std_deviation: float
    median: float
    low: float
    high: float
    chance_positive: float
    chance_error: float


@dataclass(frozen=True, slots=True)
class VarianceShare:
    """Part (0-1) of the net's variance that comes from one assumption alone."""

    name: str
    share: float


def persistence_moments(mean: float, std_error: float, most: int) -> Vector:
    """E of persistence to the powers 0 to ``most``: beta distributed, or fixed where there is no error."""
    powers = np.arange(most)
    if std_error == 0.0:
        return np.concatenate([[1.0], np.cumprod(np.full(most, mean))])
    total = mean * (1 - mean) / std_error**2 - 1
    return np.concatenate([[1.0], np.cumprod((mean * total + powers) / (total + powers))])


def yearly_weights(case: ValueCase) -> Matrix:
    """Profile times discount factor of each consequence (rows) in years 1 to the horizon (columns)."""
    factors = np.array(case.discount.factors(case.years)[1:])
    profiles: Matrix = np.array([line.profile or (1.0,) * case.years for line in case.consequences], dtype=np.float64)
    weights: Matrix = profiles * factors
    return weights


def net_std_deviation(case: ValueCase, payer: str | None = None) -> float:
    """Standard deviation of the net of a payer (None: of all) in closed form, kroner for all persons."""
    factors = _Factors.of(case)
    share, share_variance = np.ones(len(case.consequences)), np.zeros(len(case.consequences))
    cost_share = np.ones(len(case.costs))
    if payer is not None:
        share = np.array([line.payers[payer] for line in case.consequences])
        sureness = np.array([line.share_concentration or math.inf for line in case.consequences])
        share_variance = share * (1 - share) / (sureness + 1)
        cost_share = np.array([line.payers[payer] for line in case.costs])
    variance = factors.covariance(share, np.diag(share_variance)) + factors.cost_variance(cost_share)
    return case.persons * math.sqrt(variance)


def variance_shares(case: ValueCase) -> tuple[VarianceShare, ...]:
    """What the uncertainty of the net comes from, in the order of the case; nothing where nothing is uncertain.

    Effects with a covariance count as one. The last, "together", is what no assumption makes alone.
    """
    factors = _Factors.of(case)
    total = (net_std_deviation(case) / case.persons) ** 2
    if total == 0:
        return ()
    found = []
    if case.effect_covariance:
        found.append((", ".join(effect.term for effect in case.effects), factors.effect_variance()))
    else:
        found += [(effect.term, factors.effect_variance(effect.term)) for effect in case.effects]
    value_per_price = factors.effect * factors.lasting
    for name, members in _prices(case).items():
        amounts = [math.copysign(case.consequences[at].price_error, case.consequences[at].price) for at in members]
        found.append((name, float(value_per_price[members] @ np.array(amounts)) ** 2))
    yearly = factors.effect * factors.price
    found.append(("persistence", float(yearly @ factors.lasting_covariance @ yearly)))
    for line, share in zip(case.costs, np.eye(len(case.costs)), strict=True):
        found.append((line.name, factors.cost_variance(share)))
    shares = [VarianceShare(name, variance / total) for name, variance in found if variance > 0]
    return (*shares, VarianceShare("together", max(0.0, 1 - math.fsum(share.share for share in shares))))


def simulate_net(
    case: ValueCase,
    generator: np.random.Generator,
    *,
    draws: int = DRAWS,
    prices: PriceDistribution = PriceDistribution.GAMMA,
) -> tuple[NetDistribution, ...]:
    """Distribution of the net: of all together first, then of each payer in the order of the case."""
    if draws < LEAST_DRAWS:
        raise EstimateError(Sentence("A simulation takes at least %(least)s draws.", least=LEAST_DRAWS))
    terms = [effect.term for effect in case.effects]
    means = np.array([effect.estimate for effect in case.effects])
    sizes, directions = np.linalg.eigh(_effect_covariance(case))
    root = directions * np.sqrt(np.maximum(sizes, 0.0))
    effects = means + generator.standard_normal((draws, means.size)) @ root.T
    lasting = _draw_persistence(case, generator, draws)
    powers = np.column_stack([np.ones(draws), np.cumprod(np.tile(lasting[:, None], case.years - 1), axis=1)])
    years = powers @ yearly_weights(case).T
    net = np.zeros((draws, len(case.payers)))
    parts: dict[str, Vector] = {}
    for index, line in enumerate(case.consequences):
        amount = effects[:, terms.index(line.effect)] * years[:, index]
        if not line.price_of:
            amount *= _draw_price(line.price, line.price_error, generator, draws, prices)
        else:
            if line.price_of not in parts:
                spread = line.price_error / abs(line.price) if line.price else 0.0
                parts[line.price_of] = _draw_price(1.0, spread, generator, draws, prices)
            amount *= line.price * parts[line.price_of]
        net += amount[:, None] * _draw_shares(case, line, generator, draws)
    for cost in case.costs:
        net -= _draw_price(cost.amount, cost.amount_error, generator, draws, prices)[:, None] * _cost_weights(
            case, cost
        )
    net *= case.persons
    columns = ((None, net.sum(axis=1)), *((payer, net[:, place]) for place, payer in enumerate(case.payers)))
    return tuple(_describe(payer, values) for payer, values in columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Factors:
    """Means and covariances, consequence by consequence, of what is multiplied with each other."""

    case: ValueCase
    effect: Vector
    effect_covariance: Matrix
    price: Vector
    lasting: Vector
    lasting_covariance: Matrix

    @classmethod
    def of(cls, case: ValueCase) -> _Factors:
        place = {effect.term: index for index, effect in enumerate(case.effects)}
        at = np.array([place[line.effect] for line in case.consequences])
        means = np.array([effect.estimate for effect in case.effects])
        moments = persistence_moments(case.persistence, case.persistence_error, 2 * case.years)
        powers = np.arange(case.years)
        together = moments[powers[:, None] + powers[None, :]] - np.outer(moments[powers], moments[powers])
        if case.persistence_error == 0.0:
            together = np.zeros_like(together)
        weights = yearly_weights(case)
        return cls(
            case,
            means[at],
            _effect_covariance(case)[np.ix_(at, at)],
            np.array([line.price for line in case.consequences]),
            weights @ moments[powers],
            weights @ together @ weights.T,
        )

    def covariance(self, share: Vector, share_covariance: Matrix) -> float:
        """Variance of the sum of all products."""
        price_covariance = _price_covariance(self.case)
        product, gained = np.ones(share.size), np.zeros((share.size, share.size))
        for mean, covariance in (
            (self.effect, self.effect_covariance),
            (self.price, price_covariance),
            (self.lasting, self.lasting_covariance),
            (share, share_covariance),
        ):
            gained = gained * (np.outer(mean, mean) + covariance) + np.outer(product, product) * covariance
            product = product * mean
        return max(0.0, float(gained.sum()))

    def effect_variance(self, term: str | None = None) -> float:
        """Variance with only one effect (None: only the effects) uncertain."""
        value = self.price * self.lasting
        if term is not None:
            value = value * np.array([line.effect == term for line in self.case.consequences])
        return float(value @ self.effect_covariance @ value)

    def cost_variance(self, share: Vector) -> float:
        """Variance of the costs' sum, each discounted from its year."""
        factors = self.case.discount.factors(self.case.years)
        errors = np.array([line.amount_error * factors[line.year] for line in self.case.costs])
        return float(((errors * share) ** 2).sum())


def _effect_covariance(case: ValueCase) -> Matrix:
    if case.effect_covariance:
        return np.asarray(case.effect_covariance, dtype=float)
    return np.diag([effect.std_error**2 for effect in case.effects])


def _prices(case: ValueCase) -> dict[str, list[int]]:
    """Which consequences have one price in common, by its name; most have one of their own."""
    found: dict[str, list[int]] = {}
    for index, line in enumerate(case.consequences):
        found.setdefault(line.price_of or line.name, []).append(index)
    return found


def _price_covariance(case: ValueCase) -> Matrix:
    errors = np.array([math.copysign(line.price_error, line.price) for line in case.consequences])
    found = np.zeros((errors.size, errors.size))
    for members in _prices(case).values():
        found[np.ix_(members, members)] = np.outer(errors[members], errors[members])
    return found


def _draw_persistence(case: ValueCase, generator: np.random.Generator, draws: int) -> Vector:
    mean, error = case.persistence, case.persistence_error
    if error == 0.0:
        return np.full(draws, mean)
    total = mean * (1 - mean) / error**2 - 1
    return generator.beta(mean * total, (1 - mean) * total, draws)


def _draw_price(
    mean: float, error: float, generator: np.random.Generator, draws: int, distribution: PriceDistribution
) -> Vector:
    if error == 0.0:
        return np.full(draws, mean)
    if distribution is PriceDistribution.NORMAL:
        return generator.normal(mean, error, draws)
    size = abs(mean)
    return math.copysign(1.0, mean) * generator.gamma((size / error) ** 2, error**2 / size, draws)


def _draw_shares(case: ValueCase, line: Consequence, generator: np.random.Generator, draws: int) -> Matrix:
    shares = np.array([line.payers[payer] for payer in case.payers])
    drawn = np.tile(shares, (draws, 1))
    paying = shares > 0
    if line.share_concentration is not None and paying.sum() > 1:
        drawn[:, paying] = generator.dirichlet(shares[paying] * line.share_concentration, draws)
    return drawn


def _cost_weights(case: ValueCase, cost: Cost) -> Vector:
    """What each payer bears today of a krone of a cost."""
    return np.array([cost.payers[payer] for payer in case.payers]) * case.discount.factors(case.years)[cost.year]


def _describe(payer: str | None, values: Vector) -> NetDistribution:
    low, median, high = np.quantile(values, [0.025, 0.5, 0.975]).tolist()
    chance = float((values > 0).mean())
    return NetDistribution(
        payer,
        values.size,
        float(values.mean()),
        float(values.std(ddof=1)),
        median,
        low,
        high,
        chance,
        math.sqrt(chance * (1 - chance) / values.size),
    )
