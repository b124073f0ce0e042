"""Comparisons that nobody drew lots for: weighting, whole places, and starts at different times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibrating.measuring import Asked, Case, Interval, of_term
from outcomes.analysis.doubly_robust import compare_doubly_robust, estimate_aipw, estimate_g_computation
from outcomes.analysis.few_adopters import randomisation_test, wild_cluster_bootstrap
from outcomes.analysis.linear_model import fit_linear_model
from outcomes.analysis.staggered_rollout import StaggeredRollout, estimate_staggered_rollout, two_way_fixed_effects
from outcomes.analysis.weighting import compare_weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

TERMS = ("Intercept", "first", "second")
BENT_TERMS = (*TERMS, "first, squared")
PERIODS = 6
MANY = 2_000_000  # people whom true mean effects are worked out from
STARTS = (0.0, 3.0, 4.0, 5.0)  # first period with the intervention; 0: never


def group_cases() -> list[Case]:
    """Methods for people who weren't allocated by lot, or not one by one."""
    return [
        *(
            Case("Weighting", name, _weighting(n, pull), 0.5, 1000)
            for name, n, pull in (("no trouble", 400, 0.7), ("100 people", 100, 0.7), ("poor overlap", 400, 2.0))
        ),
        *(Case("Whole places in one arm", f"{places} places", _places(places), 3.0, 2000) for places in (6, 15, 40)),
        *(
            Case("Staggered roll-out", name, _rollout(units, places, lost=lost), 2.0, 1000)
            for name, units, places, lost in (
                ("no trouble", 120, 0, False),
                ("drop-out", 120, 0, True),
                ("24 units", 24, 0, False),
                ("12 places", 120, 12, False),
                ("40 places", 200, 40, False),
            )
        ),
        Case("Staggered roll-out", "12 places, few adopters", _few_adopters, 2.0, 300),
    ]


def _people(random: Generator, n: int, pull: float, effect: float) -> tuple[Vector, Vector, Matrix, Vector]:
    """Outcome, arm, columns (with the square) and the true effect for each; those high on both get it oftener."""
    first, second = random.normal(0, 1, n), random.normal(0, 1, n)
    chance = 1 / (1 + np.exp(-pull * (first + 0.5 * second)))
    arm = (random.random(n) < chance).astype(float)
    own = effect * (1 + 0.5 * first)
    outcome = 2 * first + second + 0.5 * first**2 + own * arm + random.normal(0, 1.5, n)
    return outcome, arm, np.column_stack([np.ones(n), first, second, first**2]), np.column_stack([own, chance])


@cache
def _true_effects(pull: float, effect: float) -> dict[str, float]:
    """Mean effect of everybody, of those who got it, and of those who could well have been in either arm."""
    _outcome, _arm, _columns, known = _people(np.random.default_rng(3), MANY, pull, effect)
    own, chance = known.T
    weights = {"ate": np.ones_like(chance), "att": chance, "overlap": chance * (1 - chance)}
    return {estimand: float(weight @ own / weight.sum()) for estimand, weight in weights.items()}


def _weighting(n: int, pull: float) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        outcome, arm, bent, _known = _people(random, n, pull, effect)
        straight, true = bent[:, :3], _true_effects(pull, effect)

        def weighted(estimand: str) -> Callable[[], Interval | None]:
            return lambda: of_term(
                compare_weighted(outcome, arm, straight, TERMS, estimand=estimand).contrast.difference  # type: ignore[arg-type]
            )

        def doubly(columns: Matrix, models: Matrix, estimand: str = "overlap") -> Callable[[], Interval | None]:
            names = {3: TERMS, 4: BENT_TERMS}
            return (
                lambda: of_term(
                    compare_doubly_robust(
                        outcome,
                        arm,
                        columns,
                        names.get(columns.shape[1], TERMS[:2]),
                        estimand=estimand,  # type: ignore[arg-type]
                        outcome_columns=models,
                        outcome_terms=names.get(models.shape[1], TERMS[:2]),
                    ).contrast.difference
                )
            )

        return [
            Asked("overlap weights", true["overlap"], weighted("overlap")),
            Asked("weights for those who got it (ATT)", true["att"], weighted("att")),
            Asked("weights for everybody (ATE)", true["ate"], weighted("ate")),
            Asked("doubly robust, overlap", true["overlap"], doubly(straight, bent)),
            Asked("doubly robust (ATE), outcome model wrong", true["ate"], doubly(straight, straight[:, :2], "ate")),
            Asked("doubly robust (ATE), propensity model wrong", true["ate"], doubly(straight[:, [0, 2]], bent, "ate")),
            Asked("AIPW (ATE)", true["ate"], lambda: of_term(estimate_aipw(outcome, arm, straight, TERMS).difference)),
            Asked(
                "outcome models alone (ATE)",
                true["ate"],
                lambda: of_term(estimate_g_computation(outcome, arm, bent, BENT_TERMS).difference),
            ),
        ]

    return study


def _places(places: int) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        sizes = random.integers(8, 33, places)
        place = np.repeat(np.arange(places), sizes)
        arm = (random.permutation(places) % 2)[place].astype(float)
        start = random.normal(0, 5, place.size)
        score = 0.5 * start + effect * arm + random.normal(0, 2, places)[place] + random.normal(0, 6, place.size)
        columns, names = np.column_stack([np.ones(place.size), start, arm]), ("Intercept", "start", "arm")
        labels = place.tolist()

        def model(cluster: list[int] | None) -> Interval | None:
            return of_term(fit_linear_model(score, columns, names, cluster=cluster).term("arm"))

        def bootstrap() -> Interval | None:
            return of_term(wild_cluster_bootstrap(score, columns, names, labels, "arm", generator=random, draws=499))

        asked = [
            Asked("places ignored, HC3", effect, lambda: model(None)),
            Asked("CR2, Satterthwaite", effect, lambda: model(labels)),
        ]
        return [*asked, Asked("wild cluster bootstrap, 499 draws", effect, bootstrap)] if places <= 15 else asked

    return study


@dataclass(frozen=True, slots=True, eq=False)
class Rollout:
    """Rows of unit and period: ``outcome`` (NaN where not answered), ``starts`` per unit, ``place`` per unit (None: none)."""

    outcome: Matrix
    starts: Vector
    place: NDArray[np.int64] | None

    def rows(self) -> tuple[Vector, list[int], Vector, Vector]:
        """What was answered, as the methods take it: outcome, unit, period, first period with the intervention."""
        kept = ~np.isnan(self.outcome)
        unit = np.broadcast_to(np.arange(len(kept))[:, None], kept.shape)[kept]
        periods = np.broadcast_to(np.arange(1.0, PERIODS + 1), kept.shape)[kept]
        return self.outcome[kept], unit.tolist(), periods, self.starts[unit]

    def clusters(self) -> list[int] | None:
        """The place of each row."""
        return None if self.place is None else self.place[self.rows()[1]].tolist()


def _simulate_rollout(random: Generator, units: int, places: int, effect: float, *, lost: bool) -> Rollout:
    """Effects grow by half their size with each period since the start, and those who start early are better off."""
    place = np.arange(units) % (places or units)
    group = place % len(STARTS)
    starts = np.array(STARTS)[group]
    periods = np.arange(1, PERIODS + 1)
    since = np.where(starts[:, None] > 0, periods - starts[:, None], -1)
    gained = effect * np.where(since >= 0, 1 + 0.5 * since, 0)
    outcome = random.normal(0, 3, (units, 1)) + group[:, None] + 0.4 * periods + gained
    outcome = outcome + random.normal(0, 2, (units, PERIODS))
    if places:
        outcome = outcome + random.normal(0, 1, (places, PERIODS))[place]
    if lost:
        gone = random.random(units) < 1 / (1 + np.exp(2 + (outcome[:, 0] - 2) / 3))
        outcome[gone, 4:] = np.nan
    return Rollout(outcome, starts, place.astype(np.int64) if places else None)


def _rollout(units: int, places: int = 0, *, lost: bool = False) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        found = _simulate_rollout(random, units, places, effect, lost=lost)
        rows, cluster = found.rows(), found.clusters()
        truth = _true_rollout(tuple(found.starts.tolist()), effect)

        @cache
        def estimate() -> StaggeredRollout:
            return estimate_staggered_rollout(*rows, cluster=cluster)

        def at_start() -> Interval | None:
            dynamic = estimate().dynamic
            return of_term(dynamic.estimates[dynamic.positions.index(0.0)])

        def two_way() -> Interval | None:
            return of_term(two_way_fixed_effects(*rows, cluster=cluster).coefficient)

        return [
            Asked("average effect (simple)", truth, lambda: of_term(estimate().simple)),
            Asked("effect at the start (dynamic 0)", effect, at_start),
            Asked("two-way fixed effects (diagnostic)", truth, two_way),
        ]

    return study


def _few_adopters(random: Generator, effect: float) -> list[Asked]:
    """The same with 12 places, by dealing their starts anew."""
    found = _simulate_rollout(random, 120, 12, effect, lost=False)
    outcome, _unit, periods, starts = found.rows()

    def ask() -> Interval | None:
        return of_term(
            randomisation_test(outcome, found.clusters() or [], periods, starts, generator=random, draws=199)
        )

    return [Asked("randomisation test, 199 deals", _true_rollout(tuple(found.starts.tolist()), effect), ask)]


@cache
def _true_rollout(starts: tuple[float, ...], effect: float) -> float:
    """Average over started unit-periods, each group weighed by its share of the units."""
    effects = [
        effect * (1 + 0.5 * (period - start)) for start in starts if start for period in range(int(start), PERIODS + 1)
    ]
    return float(np.mean(effects))
