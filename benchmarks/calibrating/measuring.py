"""The arithmetic of calibration: from many simulated studies to bias, coverage and false alarms, each with its own error.

Bias: mean of estimate minus truth. Coverage: share of 95 % intervals that hold the truth. False alarm: share of intervals
that leave out the value for "no difference", among studies where that value is the truth. Refused: studies in which the
method gave no number, and said why. Every share and mean has a Monte Carlo standard error: what other seeds would change.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from outcomes.analysis.results import Withheld
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from numpy.random import Generator

LEAST_COVERAGE, MOST_COVERAGE = 0.93, 0.97


@dataclass(frozen=True, slots=True)
class Interval:
    """What a method said: an estimate with its 95 % interval, in the method's own unit.

    ``covered``: whether the truth is within, for methods whose interval isn't simply from ``low`` to ``high``. NaN: none.
    """

    estimate: float
    low: float = math.nan
    high: float = math.nan
    covered: bool | None = None


class Term(Protocol):
    """An estimate with its interval, as most methods give it."""

    @property
    def estimate(self) -> float: ...
    @property
    def ci_low(self) -> float: ...
    @property
    def ci_high(self) -> float: ...


def of_term(term: Term | Withheld) -> Interval | None:
    """A method's own result as an interval; None where it was withheld."""
    return None if isinstance(term, Withheld) else Interval(term.estimate, term.ci_low, term.ci_high)


@dataclass(frozen=True, slots=True)
class Asked:
    """A method asked about one study: ``truth`` in the unit of the answer, ``null`` the value that means no difference."""

    estimator: str
    truth: float
    ask: Callable[[], Interval | None]
    null: float | None = 0.0


Study = Callable[["Generator", float], Sequence[Asked]]


@dataclass(frozen=True, slots=True)
class Case:
    """``replications`` studies under ``circumstances``, half of them with ``effect`` and half with none.

    ``always``: what is measured doesn't depend on there being an effect, so that all studies have it.
    """

    part: str
    circumstances: str
    study: Study
    effect: float
    replications: int
    always: bool = False


@dataclass(frozen=True, slots=True)
class Calibration:
    """One method under one set of circumstances. ``bias`` in the method's own unit, ``spread`` the standard deviation of its
    estimates about the truth; shares 0-1; each ``..._error`` a Monte Carlo standard error. None: not asked, or no answers."""

    part: str
    estimator: str
    circumstances: str
    replications: int
    refused: int
    bias: float | None
    bias_error: float | None
    spread: float | None
    coverage: float | None
    coverage_error: float | None
    false_alarm: float | None
    false_alarm_error: float | None

    @property
    def bias_in_spreads(self) -> float | None:
        """Bias in standard deviations of the estimate."""
        return self.bias / self.spread if self.bias is not None and self.spread else None

    @property
    def as_meant(self) -> bool:
        """Coverage between 93 and 97 %, where there is an interval."""
        return self.coverage is None or LEAST_COVERAGE <= self.coverage <= MOST_COVERAGE


@dataclass(frozen=True, slots=True)
class Rate:
    """A ``found`` rate, share or run length against the ``stated`` one; ``low`` to ``high`` is near enough to it."""

    part: str
    estimator: str
    circumstances: str
    replications: int
    stated: float
    found: float
    error: float
    low: float
    high: float

    @property
    def as_meant(self) -> bool:
        """True where what was found is near enough to what was stated."""
        return self.low <= self.found <= self.high


def share_error(share: float, n: int) -> float:
    """Monte Carlo standard error of a share of ``n`` studies."""
    return math.sqrt(share * (1 - share) / n)


def rate_of(
    part: str, estimator: str, circumstances: str, counted: Sequence[float], stated: float, near: float
) -> Rate:
    """Mean of ``counted`` (one per study) against the stated value, near enough within ``near``."""
    values = np.asarray(counted, dtype=float)
    return Rate(
        part,
        estimator,
        circumstances,
        values.size,
        stated,
        float(values.mean()),
        float(values.std(ddof=1) / math.sqrt(values.size)),
        stated - near,
        stated + near,
    )


def generator_of(seed: int, *names: str) -> Generator:
    """A generator of its own for what is named, so that a new row changes no other."""
    key = [zlib.crc32(name.encode()) for name in names]
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def calibrate(case: Case, seed: int, *, share: float = 1.0) -> list[Calibration]:
    """Run ``share`` of the case's studies and tell of each method that was asked."""
    random = generator_of(seed, case.part, case.circumstances)
    studies = max(2, round(case.replications * share))
    told: dict[str, list[tuple[Asked, Interval | None]]] = {}
    for number in range(studies):
        effect = case.effect if case.always or number % 2 else 0.0
        for asked in case.study(random, effect):
            told.setdefault(asked.estimator, []).append((asked, _answer(asked)))
    return [summarise(case, estimator, answers) for estimator, answers in told.items()]


def _answer(asked: Asked) -> Interval | None:
    try:
        return asked.ask()
    except EstimateError:
        return None


def summarise(case: Case, estimator: str, answers: Sequence[tuple[Asked, Interval | None]]) -> Calibration:
    """One method's answers to all studies of a case."""
    given = [(asked, found) for asked, found in answers if found is not None]
    errors = np.array([found.estimate - asked.truth for asked, found in given if not math.isnan(found.estimate)])
    covered = [held(asked, found) for asked, found in given if found.covered is not None or not math.isnan(found.low)]
    alarms = [
        not found.low <= asked.null <= found.high
        for asked, found in given
        if asked.null is not None and asked.null == asked.truth and not math.isnan(found.low)
    ]
    spread = float(errors.std(ddof=1)) if errors.size > 1 else None
    coverage = float(np.mean(covered)) if covered else None
    alarm = float(np.mean(alarms)) if alarms else None
    return Calibration(
        part=case.part,
        estimator=estimator,
        circumstances=case.circumstances,
        replications=len(answers),
        refused=len(answers) - len(given),
        bias=float(errors.mean()) if errors.size else None,
        bias_error=None if spread is None else spread / math.sqrt(errors.size),
        spread=spread,
        coverage=coverage,
        coverage_error=None if coverage is None else share_error(coverage, len(covered)),
        false_alarm=alarm,
        false_alarm_error=None if alarm is None else share_error(alarm, len(alarms)),
    )


def held(asked: Asked, found: Interval) -> bool:
    """Whether the interval holds the truth."""
    return found.low <= asked.truth <= found.high if found.covered is None else found.covered
