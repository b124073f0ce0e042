"""Multiple imputation: background values that are missing, filled in several times, and the results put together.

Question: what would the analysis have given, had the background values been there, and how uncertain is that?
Estimand: that of the analysis itself, over the distribution of the missing background values.
Formula (Rubin): over m completed data sets estimate Q = mean of q_j; within U = mean of their variances; between B =
variance of q_j; total T = U + (1 + 1/m) B. riv = (1 + 1/m) B / U; lambda = (1 + 1/m) B / T. Degrees of freedom (Barnard
and Rubin): old = (m - 1) / lambda^2, seen = (c + 1) / (c + 3) c (1 - lambda), c those of the complete data, df = old seen
/ (old + seen); c infinite: old. fmi = (riv + 2 / (df + 3)) / (riv + 1). Filling in: chained equations, each column in
turn by predictive mean matching on all the others, with drawn coefficients.
Assumptions: values are missing at random given the other columns. What the analysis uses, outcome and arm too, must be among
the columns.
Units: those of the estimates. riv a ratio; lambda and fmi 0-1.
Missing data: scores are *not* imputed so: a mixed model uses everybody's answers as they are. Only covariates.
Errors: :class:`~outcomes.errors.EstimateError` for fewer than two imputations, results that don't fit together, variances
that aren't above zero, columns that aren't numbers or have nothing to go by.
Source: Rubin 1987, doi:10.1002/9780470316696; Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948.
Checked: tests/reference/multiple_imputation (mice's pool on 20 stored completed data sets, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.meta_analysis import make_estimate
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]
CYCLES = 10  # rounds of chained equations before a completed data set is kept
LEAST_COMPLETE = 10  # known values in a column, for others to be drawn from
DONORS = 5  # nearest people among whom the value is drawn


@dataclass(frozen=True, slots=True)
class PooledTerm:
    """One term over ``n_imputations`` completed data sets.

    ``estimate``: with total standard error and Barnard-Rubin degrees of freedom. ``within``, ``between``, ``total``:
    variances (squared units). ``relative_increase``: riv. ``missing_share``: lambda, the part of the variance that is due
    to what is missing (0-1); ``missing_information``: fmi (0-1).
    """

    estimate: TermEstimate
    within: float
    between: float
    total: float
    relative_increase: float
    missing_share: float
    missing_information: float
    n_imputations: int


@dataclass(frozen=True, slots=True, eq=False)
class CompletedData:
    """``tables``: the completed data (rows x columns), one per imputation; ``columns`` their names; ``n_imputed`` how
    many values were filled in per column."""

    columns: tuple[str, ...]
    tables: tuple[Matrix, ...]
    n_imputed: tuple[int, ...]
    warnings: tuple[Sentence, ...]


def pool_imputations(
    estimates: Sequence[Sequence[float]] | Matrix,
    variances: Sequence[Sequence[float]] | Matrix,
    terms: Sequence[str],
    *,
    complete_df: float | None = None,
) -> tuple[PooledTerm, ...]:
    """Rubin's rules: ``estimates`` and ``variances`` imputations x terms; ``complete_df``: None where it is infinite."""
    q, u = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if q.ndim != 2 or q.shape != u.shape or q.shape[1] != len(terms):
        raise EstimateError(Sentence("Each imputation needs an estimate and a variance of every term."))
    if q.shape[0] < 2:
        raise EstimateError(
            Sentence(
                "Results can be pooled over at least two imputations; with one, what is missing has no uncertainty."
            )
        )
    if not np.isfinite(q).all() or not (np.isfinite(u) & (u > 0)).all():
        raise EstimateError(
            Sentence("An imputation's estimate isn't finite, or its variance isn't above zero. Check the fits to each.")
        )
    if complete_df is not None and not (math.isfinite(complete_df) and complete_df > 0):
        raise EstimateError(Sentence("The complete data's degrees of freedom must be a number above zero."))
    return tuple(_pool_term(term, q[:, place], u[:, place], complete_df) for place, term in enumerate(terms))


def _pool_term(term: str, q: Matrix, u: Matrix, complete_df: float | None) -> PooledTerm:
    count = q.size
    mean, within, between = float(q.mean()), float(u.mean()), float(q.var(ddof=1))
    extra = (1 + 1 / count) * between
    total = within + extra
    share, increase = extra / total, extra / within
    df = _barnard_rubin(count, share, complete_df)
    if math.isinf(df):
        estimate, information = make_estimate(term, mean, math.sqrt(total), None), increase / (increase + 1)
    else:
        estimate = t_estimate(term, mean, math.sqrt(total), df)
        information = (increase + 2 / (df + 3)) / (increase + 1)
    return PooledTerm(estimate, within, between, total, increase, share, information, count)


def _barnard_rubin(count: int, share: float, complete_df: float | None) -> float:
    # the share's square is asked, as a very small share would overflow its own inverse
    old = (count - 1) / share**2 if share**2 > 0 else math.inf
    if complete_df is None:
        return old
    seen = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    return seen if math.isinf(old) else old * seen / (old + seen)


def impute_covariates(
    table: Matrix,
    columns: Sequence[str],
    *,
    n_imputations: int,
    generator: np.random.Generator,
    cycles: int = CYCLES,
) -> CompletedData:
    """Fill in NaN of ``table`` (people x columns of numbers; categories as 0 and 1) ``n_imputations`` times.

    Limits: a column of 0 and 1 keeps to 0 and 1, as values are taken from people who have one; values outside what was
    seen never arise; interactions and squares must be columns of their own.
    """
    values = np.array(table, dtype=np.float64)
    _check_table(values, columns, n_imputations, cycles)
    missing = np.isnan(values)
    counts = tuple(int(count) for count in missing.sum(axis=0))
    if not missing.any():
        nothing = Sentence("No background value is missing, so nothing was filled in.")
        return CompletedData(tuple(columns), (values,) * n_imputations, counts, (nothing,))
    return CompletedData(
        tuple(columns), _run_chains(values, n_imputations, cycles, generator), counts, _warnings(values, n_imputations)
    )


def _run_chains(values: Matrix, count: int, cycles: int, generator: np.random.Generator) -> tuple[Matrix, ...]:
    import pandas as pd  # noqa: PLC0415 - only where something is imputed
    from statsmodels.imputation.mice import MICEData  # noqa: PLC0415 - costs over a second

    names = [f"column_{place}" for place in range(values.shape[1])]  # names that a formula can't misread
    chain = MICEData(pd.DataFrame(values, columns=names), k_pmm=DONORS, rng=generator)
    completed = []
    for _ in range(count):
        chain.update_all(cycles)
        completed.append(chain.data[names].to_numpy(dtype=np.float64, copy=True))
    return tuple(completed)


def _check_table(values: Matrix, columns: Sequence[str], n_imputations: int, cycles: int) -> None:
    if n_imputations < 2 or cycles < 1:
        raise EstimateError(Sentence("Imputing needs at least two imputations, and at least one cycle before each."))
    if values.ndim != 2 or values.shape[1] != len(columns) or values.shape[1] < 2:
        raise EstimateError(
            Sentence("Imputing needs at least two columns, each with its name: one to fill in from others.")
        )
    if np.isinf(values).any():
        raise EstimateError(Sentence("A background value isn't a finite number. Correct it or leave it out."))
    for place, name in enumerate(columns):
        known = values[~np.isnan(values[:, place]), place]
        if known.size == len(values):
            continue
        if known.size < LEAST_COMPLETE:
            raise EstimateError(
                Sentence(
                    "The column %(column)s is known for %(known)s people only; to fill it in it must be known for at least"
                    " %(least)s.",
                    column=name,
                    known=known.size,
                    least=LEAST_COMPLETE,
                )
            )
        if np.ptp(known) == 0.0:
            raise EstimateError(
                Sentence("The column %(column)s has one value only, so there is nothing to fill in from.", column=name)
            )


def _warnings(values: Matrix, count: int) -> tuple[Sentence, ...]:
    percent = 100 * float(np.isnan(values).any(axis=1).mean())
    if count >= percent:
        return ()
    return (
        Sentence(
            "%(percent)s per cent of people lack a background value; as many imputations as that are advisable, and"
            " %(count)s were made.",
            percent=round(percent),
            count=count,
        ),
    )
