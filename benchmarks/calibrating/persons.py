"""Methods for single persons, for the measure itself, and for money."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from calibrating.measuring import Asked, Case, Interval, Rate, generator_of, of_term, rate_of
from calibrating.people import CEILING, DROPOUT, IRREGULAR, OCCASIONS, PLAIN, simulate_trial
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.internal_consistency import internal_consistency
from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.mixed_model import RandomEffects, fit_linear_mixed_model
from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import sum_patterns
from outcomes.analysis.plan import Direction
from outcomes.analysis.reliability import IccKind, intraclass_correlations
from outcomes.analysis.reliable_change import ChangeCategory
from outcomes.analysis.reliable_change_formulas import (
    ReliableChangeFormula,
    judge_changes,
    norms_from_scores,
    reliable_change_index,
)
from outcomes.analysis.trajectory import TrajectoryBand, calibrate_band, check_coverage, predict_scores
from outcomes.analysis.value import CitizenOutcome, estimate_value
from outcomes.analysis.value_case import Consequence, Cost, ValueCase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

    from calibrating.people import Matrix

RELIABILITY = 0.8
LEVEL_SD, ERROR_SD = np.sqrt(100 * RELIABILITY), np.sqrt(100 * (1 - RELIABILITY))
TRUE_CHANGE_SD = 5.0
PART = "One person"


def person_cases() -> list[Case]:
    """The measure's own coefficients, and money."""
    return [
        *(Case("Reliability", f"{n} people", _reliability(n), 0.0, 2000) for n in (30, 100)),
        Case("Value", "effect, price and persistence uncertain", _value, 0.1, 1000),
    ]


def _reliability(n: int) -> Callable[[Generator, float], Sequence[Asked]]:
    """Three ratings, raters differing; and five questions that measure the same equally well."""

    def study(random: Generator, _effect: float) -> list[Asked]:
        people, raters, error = (
            random.normal(0, 1, (n, 1)),
            random.normal(0, 0.3, (1, 3)),
            random.normal(0, 0.7, (n, 3)),
        )
        alike, differing = people + random.normal(0, 0.7, (n, 3)), people + raters + error
        answers = people + random.normal(0, 1, (n, 5))

        def ask(ratings: Matrix, kind: IccKind) -> Interval:
            found = intraclass_correlations(ratings).coefficient(kind)
            return Interval(found.estimate, found.ci_low, found.ci_high)

        within = 0.7**2
        asked = [
            Asked("ICC(1)", 1 / (1 + within), lambda: ask(alike, IccKind.ONE_WAY), None),
            Asked(
                "ICC(2), 3 raters who differ",
                1 / (1 + within + 0.3**2),
                lambda: ask(differing, IccKind.AGREEMENT),
                None,
            ),
            Asked("ICC(3)", 1 / (1 + within), lambda: ask(differing, IccKind.CONSISTENCY), None),
        ]
        return [*asked, Asked("alpha, Feldt", 5 / 6, lambda: of_term(internal_consistency(answers).alpha), None)]

    return study


def _value(random: Generator, effect: float) -> list[Asked]:
    """What was estimated of effect, price and persistence differs from the truth as its standard error says."""
    price, lasting, errors = 100_000.0, 0.7, (0.03, 15_000.0, 0.08)
    seen = (random.normal(effect, errors[0]), random.normal(price, errors[1]), random.normal(lasting, errors[2]))
    case = ValueCase(
        persons=1,
        years=3,
        price_year=2026,
        payers=("municipality",),
        effects=(normal_estimate("employed", seen[0], errors[0]),),
        consequences=(Consequence("benefits", "employed", max(seen[1], 1.0), errors[1], {"municipality": 1.0}),),
        costs=(Cost("help", 10_000.0, 0.0, {"municipality": 1.0}),),
        persistence=float(np.clip(seen[2], 0.1, 0.95)),
        persistence_error=errors[2],
    )
    outcome = CitizenOutcome("employment", case.effects[0], DesignLabel.D4, EvidenceGrade.B)
    factors = case.discount.factors(case.years)
    truth = effect * price * sum(factor * lasting**year for year, factor in enumerate(factors[1:])) - 10_000.0

    def ask() -> Interval:
        net = estimate_value(case, outcome, generator=random, draws=2000).distribution[0]
        return Interval(net.mean, net.low, net.high)

    return [Asked("net value, 95 % Monte Carlo interval", truth, ask, None)]


def person_rates(seed: int, *, share: float = 1.0) -> list[Rate]:
    """False "reliably better" in each formula, and how many scores an 80 % band and a 95 % prediction hold."""
    studies = max(2, round(400 * share))
    return [
        *_reliable_change(seed, studies),
        *_bands(seed, max(2, round(200 * share))),
        *_predictions(seed, studies // 2),
    ]


def _reliable_change(seed: int, studies: int) -> list[Rate]:
    """200 persons whom nothing changes, judged by norms from 2,000 of whom some do change: all sorts of people, only those
    who began low, and a scale with a ceiling."""
    rates, names = [], [str(person) for person in range(200)]
    for circumstances, mean, below in (
        ("no trouble", 50.0, np.inf),
        ("only people who began low", 50.0, 45.0),
        ("ceiling", 85.0, np.inf),
    ):
        random = generator_of(seed, "reliable change", circumstances)
        better: dict[ReliableChangeFormula, list[float]] = {formula: [] for formula in ReliableChangeFormula}
        for _ in range(studies):
            norms_of, judged = _pairs(random, 2000, mean, TRUE_CHANGE_SD), _pairs(random, 200, mean, 0.0, below=below)
            norms = norms_from_scores(*norms_of, reliability=RELIABILITY, reliability_after=RELIABILITY)
            for formula, counted in better.items():
                index = reliable_change_index(norms, formula)
                found = judge_changes(names, *judged, index=index, direction=Direction.HIGHER)
                counted.append(found.count(ChangeCategory.BETTER) / len(names))
        rates += [
            rate_of(PART, f"falsely reliably better, {formula.value}", circumstances, counted, 0.025, 0.01)
            for formula, counted in better.items()
        ]
    return rates


def _pairs(
    random: Generator, n: int, mean: float, change_sd: float, *, below: float = np.inf
) -> tuple[list[float], list[float]]:
    """Scores before and after of ``n`` people who began under ``below``, on a scale that ends at 100."""
    level = random.normal(mean, LEVEL_SD, 20 * n)
    before = np.minimum(level + random.normal(0, ERROR_SD, level.size), 100.0)
    after = np.minimum(level + random.normal(0, change_sd, level.size) + random.normal(0, ERROR_SD, level.size), 100.0)
    kept = np.flatnonzero(before < below)[:n]
    return before[kept].tolist(), after[kept].tolist()


def _bands(seed: int, studies: int) -> list[Rate]:
    """The model and the band are made from 300 earlier people; the share is of 300 others' later scores."""
    rates = []
    for found in (PLAIN, DROPOUT, IRREGULAR, CEILING):
        random, many = generator_of(seed, "band", found.name), replace(found, people=150)
        held: dict[str, list[float]] = {"normal band": [], "band set by earlier people": []}
        for _ in range(studies):
            earlier, later = (simulate_trial(many, 0.0, random).scores for _ in range(2))
            ones = np.ones((len(earlier), 1))
            fit = fit_mmrm(sum_patterns(earlier, ones, occasions=OCCASIONS, names=("Intercept",)), MmrmDesign("time"))
            set_band = calibrate_band(predict_scores(fit, earlier, ones), earlier)
            predicted = predict_scores(fit, later, ones)
            for name, band in zip(held, (TrajectoryBand(), set_band), strict=True):
                held[name].append(check_coverage(predicted, later, band).within.share)
        rates += [
            rate_of(PART, f"later scores within the 80 % {name}", found.name, shares, 0.8, 0.02)
            for name, shares in held.items()
        ]
    return rates


def _predictions(seed: int, studies: int) -> list[Rate]:
    """A person's score at 12 months, predicted from the three answers before it."""
    rates = []
    for found in (PLAIN, IRREGULAR):
        random = generator_of(seed, "prediction", found.name)
        held = []
        for _ in range(max(studies, 2)):
            trial = simulate_trial(found, 0.0, random)
            n = len(trial.arm)
            month, person = trial.times[:, :-1].ravel(), np.repeat(np.arange(n), 3)
            fit = fit_linear_mixed_model(
                trial.scores[:, :-1].ravel(),
                np.column_stack([np.ones(3 * n), month]),
                ("Intercept", "month"),
                person,
                month,
                random=RandomEffects.SLOPE,
            )
            last = trial.times[:, -1]
            said = fit.predict(np.arange(n), np.column_stack([np.ones(n), last]), last)
            held.append(float(np.mean((said.low_95 <= trial.scores[:, -1]) & (trial.scores[:, -1] <= said.high_95))))
        rates.append(
            rate_of(PART, "score at 12 months within its 95 % prediction (mixed model)", found.name, held, 0.95, 0.02)
        )
    return rates
