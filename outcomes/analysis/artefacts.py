"""What can look like change without being it: the scale's ends, and regression to the mean.

Question: how many stand at an end of the scale where no further change can be seen, and how much of the change would
have come by itself because people start when they are worst?
Formula: share of answered scores exactly at the lowest and at the highest value of the scale (over 15 % is a finding);
expected artefact (1 - r) * (M - mean at start) for a group that starts off the population mean M; where only those beyond
a limit c start, SD (1 - r) phi(z) / (1 - Phi(z)) towards the mean, z = (c - M) / SD for those above (its mirror image for
those below), phi and Phi the normal density and distribution.
Assumptions: the population mean and reliability named in the plan hold for those who start; scores are near normal.
Units: shares 0-1; points, with the sign of the raw change.
Missing data: answered scores only.
Errors: none raised by the description: what isn't known is withheld. The limit's formula raises
:class:`~outcomes.errors.EstimateError` for numbers that aren't possible.
Source: Terwee et al. 2007, doi:10.1016/j.jclinepi.2006.03.012; Barnett et al. 2005, doi:10.1093/ije/dyh299.
Checked: tests/unit/analysis/test_descriptions.py (closed form, and a simulation of selected starts).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.attrition import hides_an_arm
from outcomes.analysis.disclosure import may_show_cell, may_show_estimate, too_few_for_estimate
from outcomes.analysis.evidence import MOST_AT_BOUND
from outcomes.analysis.results import (
    INTERVENTION,
    Artefacts,
    BoundShare,
    RegressionToMean,
    Withheld,
    WithheldReason,
)
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.frame import StudyData


def describe_artefacts(data: StudyData) -> Artefacts:
    """Shares at the scale's ends at baseline and primary occasion, and the regression to the mean expected."""
    occasions = (data.plan.baseline_occasion, data.plan.primary_occasion)
    bounds = [_bounds(data, occasion) for occasion in occasions]
    return Artefacts(tuple(bound for bound in bounds if bound is not None), _regression_to_mean(data))


def expected_regression(population_mean: float, baseline_mean: float, reliability: float) -> float:
    """Change (points) to expect of a group that starts at ``baseline_mean`` with nothing done at all."""
    return (1.0 - reliability) * (population_mean - baseline_mean)


def expected_regression_beyond(
    population_mean: float, population_sd: float, reliability: float, *, limit: float, above: bool
) -> float:
    """Change (points) to expect of people chosen because they score above (or below) ``limit``, with nothing done."""
    from scipy.special import log_ndtr  # noqa: PLC0415 - scipy only where a number is worked out

    if not all(math.isfinite(number) for number in (population_mean, population_sd, limit)) or population_sd <= 0.0:
        raise EstimateError(Sentence("Regression to the mean needs a mean, a limit, and a standard deviation above 0."))
    if not 0.0 <= reliability <= 1.0:
        raise EstimateError(Sentence("Regression to the mean needs a reliability between 0 and 1."))
    z = (limit - population_mean) / population_sd * (1.0 if above else -1.0)
    # far out, density and tail are both nearly nothing: their ratio is taken through logarithms
    ratio = math.exp(-z * z / 2.0 - math.log(2.0 * math.pi) / 2.0 - float(log_ndtr(-z)))
    towards = -1.0 if above else 1.0
    return towards * population_sd * (1.0 - reliability) * ratio


def _bounds(data: StudyData, occasion: str) -> BoundShare | None:
    measure, scores = data.plan.measure, data.answered(occasion).to_numpy(dtype=float)
    ends = (measure.minimum, measure.maximum)
    if ends == (None, None) or not may_show_estimate(scores.size):
        return None
    counts = [0 if end is None else int((np.abs(scores - end) <= 1e-9 * max(1.0, abs(end))).sum()) for end in ends]
    lowest, highest = (count / scores.size if may_show_cell(count) else None for count in counts)
    over = any(count / scores.size > MOST_AT_BOUND for count in counts)
    if hides_an_arm(data, occasion):
        return BoundShare(occasion, None, None, None, over)
    return BoundShare(occasion, int(scores.size), lowest, highest, over)


def _regression_to_mean(data: StudyData) -> RegressionToMean | Withheld:
    selection = data.plan.selection
    if selection is None:
        return Withheld(
            WithheldReason.NOT_PLANNED,
            Sentence(
                "The plan doesn't say that people start because of their score, so no regression to the mean is worked"
                " out."
            ),
        )
    before, after = data.pairs(data.plan.primary_occasion, INTERVENTION)
    if not may_show_estimate(len(before)):
        return too_few_for_estimate()
    start = math.fsum(before) / len(before)
    expected = expected_regression(selection.population_mean, start, selection.reliability)
    change = math.fsum(after) / len(after) - start
    return RegressionToMean(expected, expected / change if change else None, selection.source)
