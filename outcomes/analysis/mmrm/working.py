"""Sums per pattern in working units: what the likelihood is worked out from.

Question: how are the sums of any scores and columns put so that no scale is special and every pattern is one block?
Formula: scores about their origin over their root mean square, columns about their origins over theirs; all patterns over
all K occasions, with zeros where a pattern has no answer.
Assumptions: none; nothing is approximated.
Units: working units; ``back`` and ``spread`` lead home to points.
Missing data: by the patterns.
Errors: :class:`~outcomes.errors.EstimateError` where there is nothing to fit, no variation, or a term that can't be told
apart from the others.
Source: none but the rules of arithmetic.
Checked: tests/unit/analysis/test_mmrm_likelihood.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.mmrm.design import DesignTerm, Matrix, Vector, expansion, origin_shift
from outcomes.analysis.pattern_sums import move_origins
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.pattern_sums import LongitudinalSums

LEAST_PIVOT = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class WorkingSums:
    """The sums of P patterns stacked over K occasions and m columns, in working units.

    ``n``: P. ``answered``: P x K, true where the pattern has the occasion. ``xx``: P x m x m, ``xy``: P x m x K, ``yy``:
    P x K x K, zero where not answered. ``expand``: (K * m) x p, see :func:`~outcomes.analysis.mmrm.design.expansion`.
    ``back``: p x p, takes working coefficients to points per unit of the columns themselves, but for ``origin`` (points),
    which the intercept gets. ``spread``: points per working unit. ``size`` (m): what each column about ``column_origins`` was
    divided by. ``log_size``: log of the product of the terms' sizes.
    """

    n: Vector
    answered: Matrix
    xx: Matrix
    xy: Matrix
    yy: Matrix
    expand: Matrix
    back: Matrix
    spread: float
    origin: float
    size: Vector
    column_origins: Vector
    log_size: float

    @property
    def n_occasions(self) -> int:
        return int(self.answered.shape[1])

    @property
    def n_terms(self) -> int:
        return int(self.expand.shape[1])

    @property
    def n_rows(self) -> float:
        return float(self.n @ self.answered.sum(axis=1))


def stack_sums(sums: LongitudinalSums, terms: tuple[DesignTerm, ...]) -> WorkingSums:
    """The sums in working units; refused where there is nothing to fit or no variation."""
    n, answered, xx, xy, yy = _stack(sums)
    if not all(np.isfinite(part).all() for part in (n, xx, xy, yy)):
        raise EstimateError(Sentence("A sum isn't a finite number. Correct the scores or columns behind it."))
    rows = float(n @ answered.sum(axis=1))
    if rows == 0.0:
        raise EstimateError(Sentence("Nobody has a score, so there is nothing to fit. Bring in answered scores."))
    squares = float(np.trace(yy, axis1=1, axis2=2).sum())
    if squares == 0.0:
        raise EstimateError(
            Sentence(
                "All scores are the same, so no uncertainty can be worked out. Scores that differ would make it possible."
            )
        )
    spread = math.sqrt(squares / rows)
    size = np.sqrt(np.einsum("pcc->c", xx) / n.sum())
    size[size == 0.0] = 1.0
    columns = np.array([term.column for term in terms])
    return WorkingSums(
        n=n,
        answered=answered,
        xx=xx / np.outer(size, size),
        xy=xy / (size[:, None] * spread),
        yy=yy / spread**2,
        expand=expansion(terms, len(sums.occasions), len(sums.columns)),
        back=origin_shift(terms, sums.column_origins) * (spread / size[columns]),
        spread=spread,
        origin=sums.origin,
        size=size,
        column_origins=sums.column_origins,
        log_size=float(np.log(size[columns]).sum()),
    )


def stack_part(sums: LongitudinalSums, whole: WorkingSums) -> WorkingSums:
    """A part of the people of ``whole``, in its units."""
    n, answered, xx, xy, yy = _stack(move_origins(sums, whole.origin, whole.column_origins))
    size, spread = whole.size, whole.spread
    return replace(
        whole,
        n=n,
        answered=answered,
        xx=xx / np.outer(size, size),
        xy=xy / (size[:, None] * spread),
        yy=yy / spread**2,
    )


def _stack(sums: LongitudinalSums) -> tuple[Vector, Matrix, Matrix, Matrix, Matrix]:
    """n, answered, xx, xy and yy of every pattern, over all occasions, zero where not answered."""
    k, m, patterns = len(sums.occasions), len(sums.columns), sums.patterns
    answered, xy, yy = np.zeros((len(patterns), k)), np.zeros((len(patterns), m, k)), np.zeros((len(patterns), k, k))
    for number, pattern in enumerate(patterns):
        where = list(pattern.observed)
        answered[number, where] = 1.0
        xy[number][:, where] = pattern.xy
        yy[number][np.ix_(where, where)] = pattern.yy
    n = np.array([float(pattern.n) for pattern in patterns])
    xx = np.array([pattern.xx for pattern in patterns]).reshape(-1, m, m)
    return n, answered, xx, xy, yy


def check_terms(data: WorkingSums, terms: tuple[DesignTerm, ...]) -> None:
    """Every coefficient must be told apart from those before it, by the answers that there are."""
    gram = cross_product(data, np.eye(data.n_occasions) * data.answered[:, :, None])
    left = gram.copy()
    for number, term in enumerate(terms):
        pivot = left[number, number]
        if pivot <= LEAST_PIVOT * max(gram[number, number], LEAST_PIVOT):
            raise EstimateError(
                Sentence(
                    "The term %(term)s can't be told apart from the others: nobody has an answer that it alone explains."
                    " Leave the column or the occasion out, or bring in people who differ there.",
                    term=term.name,
                )
            )
        row = left[number, number + 1 :] / pivot
        left[number + 1 :, number + 1 :] -= np.outer(row, left[number, number + 1 :])
    if data.n_rows <= data.n_terms:
        raise EstimateError(
            Sentence(
                "There are %(answers)s answers for %(terms)s coefficients. More people, or fewer columns, would make an"
                " estimate possible.",
                answers=int(data.n_rows),
                terms=data.n_terms,
            )
        )


def cross_product(data: WorkingSums, weights: Matrix) -> Matrix:
    """X'MX for M with the K x K blocks ``weights`` (P x K x K) per pattern; leading axes of ``weights`` before P stay."""
    k, m = data.n_occasions, data.xx.shape[1]
    lead = weights.shape[:-3]
    flat = np.moveaxis(weights, -3, -1).reshape(-1, len(data.n)) @ data.xx.reshape(-1, m * m)
    spread_out = flat.reshape(*lead, k, k, m, m).swapaxes(-2, -3).reshape(*lead, k * m, k * m)
    product: Matrix = data.expand.T @ spread_out @ data.expand
    return product
