"""No interval where clusters or outer units are too few for one: under four degrees of freedom.

Question: may an interval be shown that rests on so few units?
Formula: under 4 degrees of freedom the t distribution no longer stands for the ratio of such an estimate to its standard
error; limits are then infinite and there is no p value, and a sentence says so.
Assumptions: degrees of freedom by Satterthwaite. Units: those of the estimate. Missing data: none.
Errors: none raised. Source: Tipton 2015, doi:10.1037/met0000011; Pustejovsky & Tipton 2018,
doi:10.1080/07350015.2016.1247004.
Checked: tests/unit/analysis/test_mmrm.py and test_mixed_model_optimise.py (the rule as for the linear model).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.analysis.cluster_robust import LEAST_DF
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.analysis.results import TermEstimate


def without_thin_interval(found: TermEstimate) -> TermEstimate:
    """``found``, without limits and p value where its degrees of freedom are under four."""
    if found.df is None or found.df >= LEAST_DF:
        return found
    return replace(found, ci_low=-math.inf, ci_high=math.inf, p_value=None)


def no_interval_warning(found: Iterable[TermEstimate]) -> tuple[Sentence, ...]:
    """A sentence naming those of ``found`` that have no interval; none where all have one."""
    without = [term.term for term in found if math.isinf(term.ci_low)]
    if not without:
        return ()
    return (
        Sentence(
            "No interval is given for %(terms)s: what the clusters tell of it has under %(least)s degrees of freedom."
            " Answers from more clusters would help.",
            terms=", ".join(without),
            least=int(LEAST_DF),
        ),
    )
