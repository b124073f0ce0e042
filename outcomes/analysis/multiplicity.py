"""Multiplicity: when many comparisons are read at once, some look like findings by chance alone.

Question: which of a family of tests stand, when the whole family is counted?
Estimand: none of its own; the adjusted p value is the lowest level at which the family's rule would still reject.
Formula, for m p values sorted upwards: Bonferroni m p; Holm the running maximum of (m - i + 1) p_(i); Hochberg the running
minimum from above of (m - i + 1) p_(i); Benjamini-Hochberg the running minimum from above of m p_(i) / i;
Benjamini-Yekutieli that times 1 + 1/2 + ... + 1/m; all at most 1. Rejected: adjusted p at or below the level.
Assumptions: Bonferroni, Holm and Benjamini-Yekutieli none; Hochberg and Benjamini-Hochberg that tests are independent or
positively dependent. The first three bound the chance of any false finding, the last two the share of false ones.
The family is one report: everything that a reader sees together.
Units: probabilities 0-1.
Missing data: a test that wasn't made isn't in the family; one withheld after it was made still belongs there.
Errors: :class:`~outcomes.errors.EstimateError` for an empty family, a p value outside 0-1 (named), or a level outside 0-1.
Source: Holm 1979, https://www.jstor.org/stable/4615733; Hochberg 1988, doi:10.1093/biomet/75.4.800; Benjamini &
Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x; Benjamini & Yekutieli 2001, doi:10.1214/aos/1013699998.
Checked: tests/reference/multiplicity (R's p.adjust and the worked example of 1995, 1e-10; statsmodels).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVEL = 0.05


class MultiplicityRule(StrEnum):
    """How a family of tests is judged. Benjamini-Hochberg where lists are read."""

    BONFERRONI = "bonferroni"
    HOLM = "holm"
    HOCHBERG = "hochberg"
    BENJAMINI_HOCHBERG = "bh"
    BENJAMINI_YEKUTIELI = "by"


@dataclass(frozen=True, slots=True)
class AdjustedTest:
    """One test of the family: ``p_value`` as made, ``adjusted`` (0-1), and whether it is ``rejected`` at the level."""

    name: str
    p_value: float
    adjusted: float
    rejected: bool


@dataclass(frozen=True, slots=True)
class FamilyOfTests:
    """All tests of one report, in the order given; ``level``: the rule's error rate (0-1)."""

    rule: MultiplicityRule
    level: float
    tests: tuple[AdjustedTest, ...]

    @property
    def n_rejected(self) -> int:
        return sum(test.rejected for test in self.tests)


def adjust_for_multiplicity(
    p_values: Sequence[float],
    names: Sequence[str],
    *,
    rule: MultiplicityRule = MultiplicityRule.BENJAMINI_HOCHBERG,
    level: float = LEVEL,
) -> FamilyOfTests:
    """Adjust the family's ``p_values`` (two-sided, as made), called ``names``."""
    if len(p_values) == 0:
        raise EstimateError(Sentence("There are no tests to adjust. A family needs at least one."))
    if len(p_values) != len(names):
        raise EstimateError(Sentence("Each test needs a name: there are more of one than of the other."))
    if not 0.0 < level < 1.0:
        raise EstimateError(Sentence("The level must lie between 0 and 1; 0.05 is usual."))
    wrong = [name for name, p in zip(names, p_values, strict=True) if not (math.isfinite(p) and 0.0 <= p <= 1.0)]
    if wrong:
        raise EstimateError(
            Sentence("The p values of %(names)s aren't between 0 and 1. Correct or leave out.", names=", ".join(wrong))
        )
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(p.size)
    adjusted[order] = _adjust_sorted(p[order], rule)
    return FamilyOfTests(
        rule,
        level,
        tuple(
            AdjustedTest(name, float(raw), float(value), bool(value <= level))
            for name, raw, value in zip(names, p, adjusted, strict=True)
        ),
    )


def _adjust_sorted(p: NDArray[np.float64], rule: MultiplicityRule) -> NDArray[np.float64]:
    count = p.size
    place = np.arange(1, count + 1)
    match rule:
        case MultiplicityRule.BONFERRONI:
            values = count * p
        case MultiplicityRule.HOLM:
            values = np.maximum.accumulate((count - place + 1) * p)
        case MultiplicityRule.HOCHBERG:
            values = np.minimum.accumulate(((count - place + 1) * p)[::-1])[::-1]
        case MultiplicityRule.BENJAMINI_HOCHBERG:
            values = np.minimum.accumulate((count / place * p)[::-1])[::-1]
        case MultiplicityRule.BENJAMINI_YEKUTIELI:
            values = np.minimum.accumulate((float((1 / place).sum()) * count / place * p)[::-1])[::-1]
    capped: NDArray[np.float64] = np.minimum(values, 1.0)
    return capped
