"""Testing effect: do people answer otherwise for having answered before?

Question: at the same occasion, do those who answer for the first time answer as those do who have answered before?
Estimand: difference in mean score at one occasion, those who have answered before minus those who haven't.
Formula: Welch: difference d, standard error sqrt(s1^2/n1 + s2^2/n2), t on (s1^2/n1 + s2^2/n2)^2 /
((s1^2/n1)^2/(n1 - 1) + (s2^2/n2)^2/(n2 - 1)) degrees of freedom. The finding applies where the 95 % interval leaves out zero.
Assumptions: whoever answers for the first time there is otherwise like the rest. That is true where a lot drew who was asked
earlier, and else to be doubted: then a difference may be who they are. The sentence says so.
Units: points. The sign is that of the raw score.
Missing data: people with a score at the occasion.
Small numbers: withheld where either group is under 10 people.
Errors: :class:`~outcomes.errors.EstimateError` for scores that aren't finite, lists of different lengths, and where neither
group's scores vary.
Source: Welch 1947, doi:10.1093/biomet/34.1-2.28; Campbell & Stanley 1963, Experimental and quasi-experimental designs.
Checked: tests/reference/testing_effect (R's t.test, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.disclosure import may_show_estimate, too_few_for_estimate
from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.results import TermEstimate, Withheld
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

FINDING = "testing_effect"


@dataclass(frozen=True, slots=True)
class TestingEffect:
    """``difference`` (points) at ``occasion`` between ``n_before`` people who had answered before and ``n_first`` who hadn't.

    ``applies``: its interval leaves out zero. ``warnings``: a sentence then. Group sizes are None where either is too small
    to be shown.
    """

    finding: str
    occasion: str
    n_before: int | None
    n_first: int | None
    difference: TermEstimate | Withheld
    applies: bool
    warnings: tuple[Sentence, ...]


def find_testing_effect(occasion: str, scores: ArrayLike, answered_before: Sequence[bool]) -> TestingEffect:
    """Compare people's ``scores`` at one ``occasion`` by whether they had ``answered_before``."""
    values, before = np.asarray(scores, dtype=np.float64), np.asarray(answered_before, dtype=bool)
    if values.ndim != 1 or values.shape != before.shape:
        raise EstimateError(Sentence("Each score needs to say whether the person had answered before."))
    if not np.isfinite(values).all():
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    again, first = values[before], values[~before]
    if not (may_show_estimate(again.size) and may_show_estimate(first.size)):
        return TestingEffect(FINDING, occasion, None, None, too_few_for_estimate(), False, ())
    difference = _welch(again, first)
    applies = not difference.includes_zero
    warning = Sentence(
        "At %(occasion)s people who had answered before score otherwise than those who answer for the first time (from"
        " %(low)s to %(high)s points): answering may itself change the answers, or the two may be different people. Part of"
        " the change may come from that.",
        occasion=occasion,
        low=float(f"{difference.ci_low:.3g}"),
        high=float(f"{difference.ci_high:.3g}"),
    )
    return TestingEffect(
        FINDING, occasion, int(again.size), int(first.size), difference, applies, (warning,) if applies else ()
    )


def _welch(again: NDArray[np.float64], first: NDArray[np.float64]) -> TermEstimate:
    parts = [float(group.var(ddof=1)) / group.size for group in (again, first)]
    noise = (1e-13 * float(max(np.abs(again).max(), np.abs(first).max()))) ** 2
    if sum(parts) <= noise:
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    df = sum(parts) ** 2 / sum(part**2 / (group.size - 1) for part, group in zip(parts, (again, first), strict=True))
    return t_estimate("answered before", float(again.mean() - first.mean()), math.sqrt(sum(parts)), df)
