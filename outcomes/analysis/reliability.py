"""Intraclass correlation, and the measurement error that follows from asking the same people twice.

Question: how much of what differs between scores is people, and how large is the error of one score and of one change?
Formula: analysis of variance of n subjects by k ratings, mean squares between subjects B, within subjects W, between
raters (or occasions) J, error E. ICC(1) = (B - W) / (B + (k - 1) W); ICC(2) = (B - E) / (B + (k - 1) E + k (J - E) / n),
agreement; ICC(3) = (B - E) / (B + (k - 1) E), consistency; for the mean of k ratings ICC(1,k) = (B - W) / B, ICC(2,k) = (B
- E) / (B + (J - E) / n), ICC(3,k) = (B - E) / B. F is B / W or B / E; intervals as Shrout and Fleiss.
From a retest of stable people: SEM = sqrt(E + max(0, (J - E) / n)), SDC = 1.96 sqrt(2) SEM.
Assumptions: subjects independent; scores near normal with equal error; at a retest people haven't changed.
Units: ICC without unit (1 at most; negative where subjects differ less than chance would make them); SEM and SDC in points.
Missing data: complete subjects only; a missing score is an error, so that it is left out knowingly.
Errors: :class:`~outcomes.errors.EstimateError` under two subjects or ratings, for a score that isn't a number, where
subjects don't differ, or where ratings agree so fully that no error is left to work with. Withheld with a reason: ICC(2) and
ICC(2,k) where B + (J - E) / n isn't above 0 (they would be outside their range), and the reliability of a retest whose ICC(2)
isn't above 0.
Source: Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420; de Vet et al. 2006, doi:10.1016/j.jclinepi.2005.10.015.
Checked: tests/reference/reliability (R's psych on the 1979 table, 1e-10, and base R's aov).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.reliable_change import CRITICAL
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

LEAST_AT_RETEST = 50


class IccKind(StrEnum):
    """Which intraclass correlation: raters one-way (1), random (2, agreement), fixed (3, consistency); k: of the mean."""

    ONE_WAY = "ICC1"
    AGREEMENT = "ICC2"
    CONSISTENCY = "ICC3"
    ONE_WAY_MEAN = "ICC1k"
    AGREEMENT_MEAN = "ICC2k"
    CONSISTENCY_MEAN = "ICC3k"


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """One coefficient with 95 % interval (``ci_low`` minus infinite where there is no lower limit,
    both infinite where the interval's approximation fails).

    F test (``df1``, ``df2``) that subjects don't differ.
    """

    kind: IccKind
    estimate: float
    ci_low: float
    ci_high: float
    f: float
    df1: int
    df2: int
    p_value: float


@dataclass(frozen=True, slots=True)
class WithheldCorrelation:
    """A coefficient that these ratings don't have, and why."""

    kind: IccKind
    reason: Withheld


@dataclass(frozen=True, slots=True)
class IntraclassCorrelations:
    """Those of the six that ``n_subjects`` by ``n_ratings`` have, and the ``withheld``; mean squares in points squared."""

    n_subjects: int
    n_ratings: int
    mean_square_subjects: float
    mean_square_within: float
    mean_square_raters: float
    mean_square_error: float
    coefficients: tuple[IntraclassCorrelation, ...]
    withheld: tuple[WithheldCorrelation, ...] = ()

    def coefficient(self, kind: IccKind) -> IntraclassCorrelation:
        """The coefficient of ``kind``; an error with the reason where it is withheld."""
        for missing in self.withheld:
            if missing.kind is kind:
                raise EstimateError(missing.reason.sentence)
        return next(found for found in self.coefficients if found.kind is kind)


@dataclass(frozen=True, slots=True)
class RetestError:
    """Error of a measure from ``n`` stable people asked twice, ``interval_days`` apart.

    ``standard_error_of_measurement``, ``smallest_detectable_change`` (one person's change, 95 %) and ``mean_shift``
    (second minus first) in points; ``agreement``: ICC(2), the reliability to use in reliable change;
    withheld where it isn't above 0.
    """

    n: int
    interval_days: float
    agreement: IntraclassCorrelation | Withheld
    standard_error_of_measurement: float
    smallest_detectable_change: float
    mean_shift: float
    warnings: tuple[Sentence, ...]


def intraclass_correlations(ratings: npt.ArrayLike) -> IntraclassCorrelations:
    """All six coefficients from ``ratings``: subjects x raters (or occasions), points."""
    table = np.asarray(ratings, dtype=float)
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 2:
        raise EstimateError(
            Sentence("An intraclass correlation needs at least two people, each with at least two scores.")
        )
    if not np.isfinite(table).all():
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    n, k = table.shape
    between, within, raters, error = _mean_squares(table)
    # sums of squares keep a rounding error of the scores' own size
    noise = (1e-13 * float(np.abs(table).max())) ** 2
    if between <= noise:
        raise EstimateError(
            Sentence("The people don't differ in their scores, so there is nothing to be reliable about.")
        )
    if error <= noise:
        raise EstimateError(
            Sentence(
                "The scores of each person differ by nothing but a shift, so no error can be worked out from them."
            )
        )
    one_way = _ratio_forms(between, within, n - 1, n * (k - 1), k, (IccKind.ONE_WAY, IccKind.ONE_WAY_MEAN))
    consistency = _ratio_forms(
        between, error, n - 1, (n - 1) * (k - 1), k, (IccKind.CONSISTENCY, IccKind.CONSISTENCY_MEAN)
    )
    agreement, missing = _agreement(between, raters, error, n, k)
    singles, means = (one_way[0], *agreement[:1], consistency[0]), (one_way[1], *agreement[1:], consistency[1])
    return IntraclassCorrelations(n, k, between, within, raters, error, (*singles, *means), missing)


def retest_error(first: Sequence[float], second: Sequence[float], *, interval_days: float) -> RetestError:
    """Measurement error (points) from two scores of the same people who are held to be unchanged in between."""
    if not (math.isfinite(interval_days) and interval_days > 0.0):
        raise EstimateError(Sentence("A retest needs the number of days between the two times, above 0."))
    if len(first) != len(second):
        raise EstimateError(Sentence("Each person needs one score before and one after. Give as many of each."))
    table = np.column_stack([np.asarray(first, dtype=float), np.asarray(second, dtype=float)])
    found = intraclass_correlations(table)
    n, error = found.n_subjects, found.mean_square_error
    sem = math.sqrt(error + max(0.0, (found.mean_square_raters - error) / n))
    shift = float((table[:, 1] - table[:, 0]).mean())
    warnings = []
    if n < LEAST_AT_RETEST:
        warnings.append(
            Sentence(
                "Fewer than %(minimum)s people were asked twice, so the measure's error is itself uncertain.",
                minimum=LEAST_AT_RETEST,
            )
        )
    if _f_probability(found.mean_square_raters / error, 1, n - 1) < 0.05:
        warnings.append(
            Sentence(
                "The mean changed between the two times, so the people may not have been stable: the error is too large."
            )
        )
    change = CRITICAL * math.sqrt(2.0) * sem
    return RetestError(n, interval_days, _usable(found), sem, change, shift, tuple(warnings))


def _usable(found: IntraclassCorrelations) -> IntraclassCorrelation | Withheld:
    agreement = next((one for one in found.coefficients if one.kind is IccKind.AGREEMENT), None)
    if agreement is not None and agreement.estimate > 0.0:
        return agreement
    return Withheld(
        WithheldReason.NOT_POSSIBLE,
        Sentence(
            "People differ no more from each other than from one time to the next, so this retest gives no reliability to"
            " use. Ask more people, who differ more, twice."
        ),
    )


def _mean_squares(table: npt.NDArray[np.float64]) -> tuple[float, float, float, float]:
    n, k = table.shape
    centred = table - table.mean()
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    within = float(((centred - rows[:, None]) ** 2).sum()) / (n * (k - 1))
    error = float(((centred - rows[:, None] - columns) ** 2).sum()) / ((n - 1) * (k - 1))
    return k * float(rows @ rows) / (n - 1), within, n * float(columns @ columns) / (k - 1), error


def _ratio_forms(
    between: float, noise: float, df1: int, df2: int, k: int, kinds: tuple[IccKind, IccKind]
) -> tuple[IntraclassCorrelation, IntraclassCorrelation]:
    """ICC(1) and ICC(3) are the same function of F, as are their limits."""
    f = between / noise
    low, high = f / _f_quantile(df1, df2), f * _f_quantile(df2, df1)
    p_value = _f_probability(f, df1, df2)
    single, mean = ([(x - 1.0) / (x + k - 1.0) for x in (f, low, high)], [1.0 - 1.0 / x for x in (f, low, high)])
    return (
        IntraclassCorrelation(kinds[0], single[0], single[1], single[2], f, df1, df2, p_value),
        IntraclassCorrelation(kinds[1], mean[0], mean[1], mean[2], f, df1, df2, p_value),
    )


def _agreement(
    between: float, raters: float, error: float, n: int, k: int
) -> tuple[tuple[IntraclassCorrelation, ...], tuple[WithheldCorrelation, ...]]:
    """ICC(2) of one score and of the mean of ``k``; without either where the latter has no meaning."""
    df1, df2, f = n - 1, (n - 1) * (k - 1), between / error
    single = (between - error) / (between + (k - 1) * error + k * (raters - error) / n)
    whole = between + (raters - error) / n
    if whole <= 0.0:
        reason = Withheld(
            WithheldReason.NOT_POSSIBLE,
            Sentence(
                "How far these scores agree can't be worked out: people differ less from each other than error alone would"
                " make them. Ask more people, who differ more."
            ),
        )
        return (), tuple(WithheldCorrelation(kind, reason) for kind in (IccKind.AGREEMENT, IccKind.AGREEMENT_MEAN))
    shift = k * single * raters / error
    rest = n * (1.0 + (k - 1) * single) - k * single
    df = (k - 1) * (n - 1) * (shift + rest) ** 2 / ((n - 1) * shift**2 + rest**2)
    upper, lower = _f_quantile(df1, df), _f_quantile(df, df1)
    spread = k * raters + (k * n - k - n) * error
    low = n * (between - upper * error) / (upper * spread + n * between)
    high = n * (lower * between - error) / (spread + n * lower * between)
    p_value = _f_probability(f, df1, df2)
    if not low <= single <= high:
        # with hardly any degrees of freedom the limits lose their meaning, and may not even hold the estimate
        low, high = -math.inf, math.inf
    one = IntraclassCorrelation(IccKind.AGREEMENT, single, low, high, f, df1, df2, p_value)
    mean, ends = (between - error) / whole, (_mean_of(low, k), _mean_of(high, k))
    return (one, IntraclassCorrelation(IccKind.AGREEMENT_MEAN, mean, *ends, f, df1, df2, p_value)), ()


def _mean_of(single: float, k: int) -> float:
    """Spearman and Brown: the reliability of the mean of ``k`` scores; without limit where that of one is too low."""
    whole = 1.0 + (k - 1) * single
    if math.isinf(whole):
        return single
    return k * single / whole if whole > 0.0 else -math.inf


def _f_quantile(df1: float, df2: float) -> float:
    from scipy.special import fdtri  # noqa: PLC0415 - scipy only where a number is worked out

    return float(fdtri(df1, df2, 0.975))


def _f_probability(f: float, df1: float, df2: float) -> float:
    from scipy.special import fdtrc  # noqa: PLC0415 - scipy only where a number is worked out

    return float(fdtrc(df1, df2, f))
