"""Risk-adjusted CUSUM: have more (or fewer) had an event than their risk foretold, and since when?

Question: has a provider's outcome, person by person, moved away from what the people's own risk makes one expect?
Estimand: evidence, as a log-likelihood ratio, for odds ``odds_ratio`` times those of the risk model against odds as
the risk model has them; for scores: against a mean moved by two reference values.
Formula: W = y ln R - ln(1 - p + R p) (Steiner), S = max(0, S + W), one path with R and one with 1 / R; signal where S
reaches the limit h, which is the lowest with the wanted run length between false alarms. VLAD = running sum of p - y:
events fewer than expected. Scores: z = standardised residual, S = max(0, S + z - k) upwards and S + (-z) - k downwards.
Assumptions: people are independent and in order of time; the risk model holds for the people of the baseline; run
lengths are those of the risk mix given (else of the series itself), each path being started afresh after a signal.
Units: log-likelihood ratio; residuals in standard deviations; run lengths in people.
Missing data: people without outcome or risk can't be on the chart; their number belongs beside it.
Errors: :class:`~outcomes.errors.EstimateError` for outcomes other than 0 and 1, risks outside 0 to 1 (with the row), a
series that is empty, an odds ratio that isn't above 1, and a limit and run length that are both or neither given.
Source: Steiner et al. 2000, doi:10.1093/biostatistics/1.4.441; Lovegrove et al. 1997, doi:10.1016/S0140-6736(97)06507-0;
Page 1954, doi:10.1093/biomet/41.1-2.100.
Checked: tests/reference/cusum (400 operations against R package vlad, 1e-10; written out in R).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.run_length import (
    RunLength,
    limit_for_run_length,
    normal_limit_for,
    residual_cusum_run_length,
    risk_adjusted_run_length,
    state_run_length,
)
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = NDArray[np.float64]

REFERENCE_VALUE = 0.25


class CusumDirection(StrEnum):
    """Which way a path looks: for more (or higher) than expected, or for fewer (or lower)."""

    MORE = "more"
    FEWER = "fewer"


SIGNAL_WORDS: dict[CusumDirection, Sentence] = {
    CusumDirection.MORE: Sentence(
        "There have been more than people's own risk made one expect. That is a reason for a dialogue about why, not a"
        " verdict."
    ),
    CusumDirection.FEWER: Sentence(
        "There have been fewer than people's own risk made one expect. That is a reason for a dialogue about why, not a"
        " verdict."
    ),
}
RESIDUAL_SIGNAL_WORDS: dict[CusumDirection, Sentence] = {
    CusumDirection.MORE: Sentence(
        "Scores have been higher than expected of these people. That is a reason for a dialogue about why, not a verdict."
    ),
    CusumDirection.FEWER: Sentence(
        "Scores have been lower than expected of these people. That is a reason for a dialogue about why, not a verdict."
    ),
}


@dataclass(frozen=True, slots=True)
class CusumPath:
    """One direction of a CUSUM.

    ``scores`` per observation and their ``sums`` (log-likelihood ratio, or standard deviations); ``limit`` in the same
    unit. ``signals``: places in the series (from 0) where the sum reached the limit; a sum that stays there counts
    once. ``run_length``: while nothing has changed; ``detection``: observations to a signal if it has, by just what the
    path looks for.
    """

    direction: CusumDirection
    scores: tuple[float, ...]
    sums: tuple[float, ...]
    limit: float
    signals: tuple[int, ...]
    run_length: RunLength
    detection: float
    signal_sentence: Sentence


@dataclass(frozen=True, slots=True)
class RiskAdjustedCusum:
    """Both directions, and ``vlad``: running sum of expected minus observed events (people; above 0: fewer events).

    ``observed`` events among ``n`` people, ``expected`` by the risk model.
    """

    odds_ratio: float
    n: int
    observed: int
    expected: float
    more: CusumPath
    fewer: CusumPath
    vlad: tuple[float, ...]

    @property
    def false_alarms_per_year(self) -> float:
        """Expected false alarms in a year of both directions together."""
        return self.more.run_length.false_alarms_per_year + self.fewer.run_length.false_alarms_per_year


@dataclass(frozen=True, slots=True)
class ResidualCusum:
    """Both directions of a CUSUM of ``n`` standardised residuals; ``reference_value`` in standard deviations."""

    reference_value: float
    n: int
    more: CusumPath
    fewer: CusumPath
    warnings: tuple[Sentence, ...]

    @property
    def false_alarms_per_year(self) -> float:
        """Expected false alarms in a year of both directions together."""
        return self.more.run_length.false_alarms_per_year + self.fewer.run_length.false_alarms_per_year


def risk_scores(outcomes: Sequence[int] | Vector, risks: Sequence[float] | Vector, odds_ratio: float) -> Vector:
    """Log-likelihood ratio of each person's outcome (0 or 1): odds ``odds_ratio`` times those of their risk."""
    happened, risk = _read_series(outcomes, risks)
    if not (math.isfinite(odds_ratio) and odds_ratio > 0 and odds_ratio != 1):
        raise EstimateError(Sentence("The odds ratio that is looked for must be a number above zero other than 1."))
    scores: Vector = happened * math.log(odds_ratio) - np.log1p((odds_ratio - 1) * risk)
    return scores


def risk_adjusted_cusum(
    outcomes: Sequence[int] | Vector,
    risks: Sequence[float] | Vector,
    *,
    people_per_year: float,
    odds_ratio: float = 2.0,
    limit: float | None = None,
    target_run_length: float | None = None,
    risk_mix: Sequence[float] | Vector | None = None,
    restart: bool = False,
) -> RiskAdjustedCusum:
    """CUSUM of ``outcomes`` (0 or 1) in order of time, given each person's ``risks`` under the risk model.

    ``odds_ratio``, above 1, is what the path for more looks for; the one for fewer looks for one over it.
    Give either the ``limit`` or the ``target_run_length`` (people between false alarms, in each direction).
    ``risk_mix``: risks of the people the run lengths are for; else those of the series. ``restart``: a sum begins again
    at zero after it has signalled.
    """
    happened, risk = _read_series(outcomes, risks)
    check_odds_ratio(odds_ratio)
    mix = risk if risk_mix is None else _read_risks(risk_mix)
    values, counts = np.unique(mix, return_counts=True)
    weights = counts.astype(float)
    paths = []
    for direction, ratio in ((CusumDirection.MORE, odds_ratio), (CusumDirection.FEWER, 1 / odds_ratio)):
        if _takes_limit(limit, target_run_length):
            bound = float(limit or 0.0)
        else:
            bound = limit_for_run_length(float(target_run_length or 0.0), values, weights, odds_ratio=ratio)
        in_control = risk_adjusted_run_length(bound, values, weights, odds_ratio=ratio)
        detection = risk_adjusted_run_length(bound, values, weights, odds_ratio=ratio, true_odds_ratio=ratio)
        run_length = state_run_length(in_control, people_per_year)
        scores = risk_scores(happened, risk, ratio)
        paths.append(_path(direction, scores, bound, run_length, detection, SIGNAL_WORDS, restart=restart))
    vlad = tuple(np.cumsum(risk - happened).tolist())
    observed, expected = int(happened.sum()), float(risk.sum())
    return RiskAdjustedCusum(odds_ratio, happened.size, observed, expected, paths[0], paths[1], vlad)


def residual_cusum(
    residuals: Sequence[float] | Vector,
    *,
    people_per_year: float,
    reference_value: float = REFERENCE_VALUE,
    limit: float | None = None,
    target_run_length: float | None = None,
    restart: bool = False,
) -> ResidualCusum:
    """CUSUM of standardised residuals (observed minus expected score, over the residual standard deviation)."""
    series = read_residuals(residuals)
    if _takes_limit(limit, target_run_length):
        bound = float(limit or 0.0)
    else:
        bound = normal_limit_for(
            float(target_run_length or 0.0), lambda height: residual_cusum_run_length(height, reference_value), 0.0
        )
    run_length = state_run_length(residual_cusum_run_length(bound, reference_value), people_per_year)
    detection = residual_cusum_run_length(bound, reference_value, shift=2 * reference_value)
    more, fewer = (
        _path(direction, side * series - reference_value, bound, run_length, detection, words, restart=restart)
        for direction, side, words in (
            (CusumDirection.MORE, 1.0, RESIDUAL_SIGNAL_WORDS),
            (CusumDirection.FEWER, -1.0, RESIDUAL_SIGNAL_WORDS),
        )
    )
    return ResidualCusum(reference_value, series.size, more, fewer, spread_warnings(series))


def check_odds_ratio(odds_ratio: float) -> None:
    """Raise where the odds ratio that a chart looks for isn't a number above 1."""
    if not (math.isfinite(odds_ratio) and odds_ratio > 1):
        raise EstimateError(
            Sentence(
                "The odds ratio that the chart looks for must be a number above 1, such as 2: the path for fewer looks for"
                " one over it."
            )
        )


def read_residuals(residuals: Sequence[float] | Vector) -> Vector:
    """Standardised residuals as numbers; an error names the first row that isn't one."""
    series = np.asarray(residuals, dtype=float)
    if series.size == 0:
        raise EstimateError(_nobody())
    wrong = np.flatnonzero(~np.isfinite(series))
    if wrong.size:
        raise EstimateError(
            Sentence("The residual in row %(row)s isn't a number. Leave the person out.", row=int(wrong[0]) + 1)
        )
    return series


def spread_warnings(series: Vector) -> tuple[Sentence, ...]:
    """A warning where residuals don't vary as standardised ones do: run lengths would then not hold."""
    spread = float(series.std(ddof=1)) if series.size >= 30 else 1.0
    if 0.8 <= spread <= 1.25:
        return ()
    return (
        Sentence(
            "The residuals have a standard deviation of %(spread)s and not 1, so false alarms come at another rate than"
            " stated. Check the model that the expected values come from.",
            spread=round(spread, 2),
        ),
    )


def _path(
    direction: CusumDirection,
    scores: Vector,
    limit: float,
    run_length: RunLength,
    detection: float,
    words: dict[CusumDirection, Sentence],
    *,
    restart: bool,
) -> CusumPath:
    sums, signals, total, above = [], [], 0.0, False
    for index, score in enumerate(scores.tolist()):
        total = max(0.0, (0.0 if restart and above else total) + score)
        if total >= limit and (restart or not above):
            signals.append(index)
        above = total >= limit
        sums.append(total)
    return CusumPath(
        direction,
        tuple(scores.tolist()),
        tuple(sums),
        limit,
        tuple(signals),
        run_length,
        detection,
        words[direction],
    )


def _takes_limit(limit: float | None, target_run_length: float | None) -> bool:
    """True where the limit is given, False where the run length is; an error where both or neither is."""
    if (limit is None) == (target_run_length is None):
        raise EstimateError(
            Sentence("Give either the chart's limit or the run length wanted between false alarms, not both.")
        )
    return limit is not None


def _read_series(outcomes: Sequence[int] | Vector, risks: Sequence[float] | Vector) -> tuple[Vector, Vector]:
    happened, risk = np.asarray(outcomes, dtype=float), _read_risks(risks)
    if happened.size != risk.size:
        raise EstimateError(Sentence("Every person on the chart needs both an outcome and a risk."))
    wrong = np.flatnonzero((happened != 0) & (happened != 1))
    if wrong.size:
        raise EstimateError(Sentence("The outcome in row %(row)s is neither 0 nor 1.", row=int(wrong[0]) + 1))
    return happened, risk


def _read_risks(risks: Sequence[float] | Vector) -> Vector:
    risk = np.asarray(risks, dtype=float)
    if risk.size == 0:
        raise EstimateError(_nobody())
    wrong = np.flatnonzero(~((risk > 0) & (risk < 1)))
    if wrong.size:
        raise EstimateError(
            Sentence(
                "The risk in row %(row)s isn't between 0 and 1. It must be above 0 and below 1 for everybody.",
                row=int(wrong[0]) + 1,
            )
        )
    return risk


def _nobody() -> Sentence:
    return Sentence("There is nobody to draw a chart of. It needs at least one person with an outcome.")
