"""Run length of a chart: how long it runs before it signals, when nothing has changed and when something has.

Question: how often will this chart raise an alarm although all is as before?
Estimand: expected number of observations from a fresh start to the first signal (average run length), at a stated
state of the world. A false alarm rate is its inverse, a chart being started afresh after each signal.
Formula: Markov chain (Brook and Evans). A chart's value is cut into cells; Q is the matrix of chances to go from one
cell to another without signal; run lengths L solve (I - Q) L = 1. For a sum of scores on a grid, Q is a Toeplitz
matrix but for its first column (what is below zero stays at zero), so two Toeplitz systems T a = 1, T b = u and
L(0) = a(0) / (1 - b(0)) suffice. A risk-adjusted score falls between two grid points and is shared between them in
proportion, which keeps its mean ("paired rounding"); 600 cells to one unit of score. For normal scores the cells are
midpoints, on grids of 201 and 401 cells, and Richardson's extrapolation takes the leading error out of the two.
For a chart with run rules the state is what the rules remember of the latest points.
Assumptions: observations are independent; risks come from the mix given; residuals are normal with mean 0 and
standard deviation 1 while nothing has changed; centre and spread are known.
Units: observations (persons, or periods of a chart over time).
Missing data: none; a chart skips nobody.
Errors: :class:`~outcomes.errors.EstimateError` for impossible settings, and where no limit reaches the run length.
Source: Brook & Evans 1972, doi:10.1093/biomet/59.3.539; Steiner et al. 2000, doi:10.1093/biostatistics/1.4.441;
Knoth, Wittenberg & Gan 2019, doi:10.1002/sim.8104; Champ & Woodall 1987, doi:10.2307/1269645.
Checked: tests/reference/cusum (R package vlad, 1e-10; integral equations solved in R, 1e-6; Champ and Woodall's
published table to its digits) and by seeded simulation in tests/unit/analysis/test_run_length.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

Vector = NDArray[np.float64]

CELLS_PER_UNIT = 600
MOST_CELLS = 12_000
COARSE_CELLS, FINE_CELLS = 201, 401
HIGHEST_NORMAL_LIMIT = 60.0
KEPT = 256
"""Run lengths that are remembered: the same chart is drawn of many providers."""


@dataclass(frozen=True, slots=True)
class RunLength:
    """How long a chart runs between false alarms.

    ``observations``: expected number of observations to a signal while nothing has changed (average run length).
    ``observations_per_year``: how many there are in a year.
    """

    observations: float
    observations_per_year: float

    @property
    def false_alarms_per_year(self) -> float:
        """Expected number of false alarms in a year, the chart being started afresh after each."""
        return self.observations_per_year / self.observations

    @property
    def years_between(self) -> float:
        """Expected years from one false alarm to the next."""
        return self.observations / self.observations_per_year

    @property
    def sentence(self) -> Sentence:
        """What a reader must know of a signal before acting on it."""
        return Sentence(
            "Even if nothing has changed, this chart signals by chance about once in %(observations)s observations,"
            " that is once in %(years)s years.",
            observations=round(self.observations),
            years=round(self.years_between) if self.years_between >= 10 else round(self.years_between, 1),
        )


def state_run_length(observations: float, observations_per_year: float) -> RunLength:
    """A chart's :class:`RunLength`, with the number of observations in a year checked."""
    if not (math.isfinite(observations_per_year) and observations_per_year > 0):
        raise EstimateError(
            Sentence(
                "How often a chart gives a false alarm can't be said without the number of observations in a year."
                " Give a number above zero."
            )
        )
    return RunLength(observations, observations_per_year)


def risk_adjusted_run_length(
    limit: float, risks: Vector, weights: Vector, *, odds_ratio: float, true_odds_ratio: float = 1.0
) -> float:
    """Run length of a risk-adjusted CUSUM that looks for ``odds_ratio``, when the true one is ``true_odds_ratio``.

    ``risks``: probabilities of the event under the risk model; ``weights``: how common each is.
    """
    cells = round(limit * CELLS_PER_UNIT) if math.isfinite(limit) else 0
    if not 1 <= cells <= MOST_CELLS:
        raise EstimateError(
            Sentence(
                "The limit of a chart must be above zero and no more than %(most)s.", most=MOST_CELLS // CELLS_PER_UNIT
            )
        )
    steps, chances = score_distribution(risks, weights, odds_ratio=odds_ratio, true_odds_ratio=true_odds_ratio)
    return _grid_run_length(cells, steps, chances)


def score_distribution(
    risks: Vector, weights: Vector, *, odds_ratio: float, true_odds_ratio: float
) -> tuple[NDArray[np.int64], Vector]:
    """Steps of the score in cells of the grid, from the lowest to the highest, and the chance of each."""
    event = true_odds_ratio * risks / (1 - risks + true_odds_ratio * risks)
    without = -np.log1p((odds_ratio - 1) * risks)
    scores = np.concatenate([without, without + math.log(odds_ratio)]) * CELLS_PER_UNIT
    share = weights / weights.sum()
    chance = np.concatenate([share * (1 - event), share * event])
    below = np.floor(scores)
    upper_part = scores - below
    low = below.astype(np.int64)
    lowest = int(low.min())
    steps = np.arange(lowest, int(low.max()) + 2, dtype=np.int64)
    chances = np.zeros(steps.size)
    np.add.at(chances, low - lowest, chance * (1 - upper_part))
    np.add.at(chances, low - lowest + 1, chance * upper_part)
    return steps, chances


def _grid_run_length(cells: int, steps: NDArray[np.int64], chances: Vector) -> float:
    """Run length from zero of a sum that stays at zero when it would fall below and signals at ``cells``."""
    from scipy.linalg import solve_toeplitz  # noqa: PLC0415 - scipy only where a number is worked out

    reach = np.arange(-(cells - 1), cells)
    dense = np.zeros(reach.size)
    inside = (steps >= reach[0]) & (steps <= reach[-1])
    dense[steps[inside] + cells - 1] = chances[inside]
    identity = np.zeros(cells)
    identity[0] = 1.0
    column = identity - dense[cells - 1 :: -1]
    row = identity - dense[cells - 1 :]
    below = float(chances[steps < reach[0]].sum()) + np.concatenate([[0.0], np.cumsum(dense[: cells - 1])])
    solved = solve_toeplitz((column, row), np.column_stack([np.ones(cells), below[::-1]]))
    stays = 1.0 - float(solved[0, 1])
    if not (stays > 1e-13 and math.isfinite(float(solved[0, 0]))):
        raise EstimateError(_too_rare())
    return float(solved[0, 0]) / stays


def limit_for_run_length(target: float, risks: Vector, weights: Vector, *, odds_ratio: float) -> float:
    """Lowest limit (on the grid of 1/600) at which a risk-adjusted CUSUM runs ``target`` observations or more."""
    _check_target(target)
    steps, chances = score_distribution(risks, weights, odds_ratio=odds_ratio, true_odds_ratio=1.0)
    low, high = 0, CELLS_PER_UNIT
    while _grid_run_length(high, steps, chances) < target:
        low, high = high, high * 2
        if high > MOST_CELLS:
            raise EstimateError(_too_rare())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _grid_run_length(middle, steps, chances) < target else (low, middle)
    return high / CELLS_PER_UNIT


@lru_cache(maxsize=KEPT)
def residual_cusum_run_length(limit: float, reference_value: float, *, shift: float = 0.0) -> float:
    """Run length of a one-sided CUSUM of standard normal residuals, their mean moved by ``shift`` standard deviations."""
    _check_positive(limit)
    _check_positive(reference_value)

    def on_grid(cells: int) -> float:
        from scipy.special import ndtr  # noqa: PLC0415 - scipy only where a number is worked out

        edges = np.linspace(0.0, limit, cells + 1)
        starts = np.concatenate([[0.0], (edges[1:] + edges[:-1]) / 2])
        below = ndtr(edges[None, :] - starts[:, None] + reference_value - shift)
        return _solve_run_length(np.column_stack([below[:, 0], np.diff(below, axis=1)]), 0)

    return _extrapolate(on_grid)


@lru_cache(maxsize=KEPT)
def ewma_run_length(weight: float, limit: float, *, shift: float = 0.0) -> float:
    """Run length of a two-sided EWMA of standard normal residuals with limits at ``limit`` standard deviations of it."""
    check_weight(weight)
    _check_positive(limit)
    edge = limit * math.sqrt(weight / (2 - weight))

    def on_grid(cells: int) -> float:
        from scipy.special import ndtr  # noqa: PLC0415 - scipy only where a number is worked out

        edges = np.linspace(-edge, edge, cells + 1)
        starts = (edges[1:] + edges[:-1]) / 2
        below = ndtr((edges[None, :] - (1 - weight) * starts[:, None]) / weight - shift)
        return _solve_run_length(np.diff(below, axis=1), cells // 2)

    return _extrapolate(on_grid)


def normal_limit_for(target: float, run_length: Callable[[float], float], lowest: float) -> float:
    """Limit at which ``run_length`` (rising in the limit) is ``target``, by bisection to the last digits."""
    _check_target(target)
    low, high = lowest, 1.0
    while run_length(high) < target:
        low, high = high, high * 1.5
        if high > HIGHEST_NORMAL_LIMIT:
            raise EstimateError(_too_rare())
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if run_length(middle) < target else (low, middle)
    return high


def check_weight(weight: float) -> None:
    """Raise where the weight of an EWMA isn't above 0 and at most 1."""
    if not 0 < weight <= 1:
        raise EstimateError(Sentence("The weight of the latest observation must be above 0 and at most 1."))


def _extrapolate(on_grid: Callable[[int], float]) -> float:
    coarse, fine = on_grid(COARSE_CELLS), on_grid(FINE_CELLS)
    return fine + (fine - coarse) / ((FINE_CELLS / COARSE_CELLS) ** 2 - 1)


def _solve_run_length(chances: NDArray[np.float64], start: int) -> float:
    system = np.eye(chances.shape[0]) - chances
    length = float(np.linalg.solve(system, np.ones(chances.shape[0]))[start])
    # Beyond this the chance to signal is lost in rounding.
    if not 1.0 <= length < 1e11:
        raise EstimateError(_too_rare())
    return length


def _check_target(target: float) -> None:
    if not (math.isfinite(target) and target > 1):
        raise EstimateError(
            Sentence("The run length that a chart is to have between false alarms must be more than one observation.")
        )


def _check_positive(value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise EstimateError(Sentence("A chart's limit and reference value must be numbers above zero."))


def _too_rare() -> Sentence:
    return Sentence(
        "A signal would be so rare that the run length can't be worked out. Choose a lower limit, or fewer observations"
        " between false alarms."
    )
