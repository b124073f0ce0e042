"""Number needed to treat: how many must get the help for one more to succeed, with an interval that may be in two parts.

Question: what does a difference between two shares mean in persons?
Formula: 1 / d, d the difference of the shares; limits 1 / upper and 1 / lower limit of d. Where the interval of d holds
zero, everything from no difference on is possible: one part runs from 1 / upper to infinity (needed for one more to
benefit), the other from 1 / -lower to infinity (needed for one more to be harmed); nothing between them is possible.
Assumptions: those of the difference. The word "needed" presumes that the difference is caused by the help: the design
label decides whether it may be said.
Units: persons, not rounded; the sentence rounds up to whole persons.
Missing data: as in the shares behind the difference.
Errors: :class:`~outcomes.errors.EstimateError` where the difference or its limits aren't possible.
Source: Altman 1998, doi:10.1136/bmj.317.7168.1309.
Checked: tests/reference/proportions (inverted limits in R, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.results import ShareDifference


@dataclass(frozen=True, slots=True)
class NumberRange:
    """From ``low`` to ``high`` persons; ``high`` None: no upper limit."""

    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class NumberNeeded:
    """Persons for one more to benefit (``harms`` False) or to be harmed; ``number`` None where no difference is seen.

    ``benefit``, ``harm``: the parts of the interval, None where that part is ruled out; two parts where ``disjoint``.
    """

    number: float | None
    harms: bool
    benefit: NumberRange | None
    harm: NumberRange | None
    sentence: Sentence

    @property
    def disjoint(self) -> bool:
        """True where both benefit and harm are possible, so that the interval has two parts."""
        return self.benefit is not None and self.harm is not None


def number_needed(difference: ShareDifference) -> NumberNeeded:
    """Number needed to treat from a difference of shares of success (a positive difference is a benefit)."""
    d, low, high = difference.difference, difference.ci_low, difference.ci_high
    # a limit beyond one by a rounding error is one
    if not (-1.0 - 1e-9 <= low <= d <= high <= 1.0 + 1e-9):
        raise EstimateError(Sentence("A difference of shares must lie within its limits, and they between -1 and 1."))
    benefit = NumberRange(1.0 / high, 1.0 / low if low > 0.0 else None) if high > 0.0 else None
    harm = NumberRange(-1.0 / low, -1.0 / high if high < 0.0 else None) if low < 0.0 else None
    return NumberNeeded(1.0 / abs(d) if d else None, d < 0.0, benefit, harm, _sentence(benefit, harm))


def _sentence(benefit: NumberRange | None, harm: NumberRange | None) -> Sentence:
    if benefit is not None and harm is not None:
        return Sentence(
            "The difference may go either way: from %(benefit)s people to infinitely many for one more to benefit, and"
            " from %(harm)s to infinitely many for one more to be harmed.",
            benefit=_whole(benefit.low),
            harm=_whole(harm.low),
        )
    if benefit is not None:
        return _benefit_sentence(benefit)
    if harm is not None:
        return _harm_sentence(harm)
    return Sentence("There is no difference at all, so no number of people makes one.")


def _benefit_sentence(found: NumberRange) -> Sentence:
    if found.high is None:
        return Sentence("From %(low)s people to infinitely many for one more to benefit.", low=_whole(found.low))
    low, high = _whole(found.low), _whole(found.high)
    return Sentence("From %(low)s to %(high)s people for one more to benefit.", low=low, high=high)


def _harm_sentence(found: NumberRange) -> Sentence:
    if found.high is None:
        return Sentence("From %(low)s people to infinitely many for one more to be harmed.", low=_whole(found.low))
    low, high = _whole(found.low), _whole(found.high)
    return Sentence("From %(low)s to %(high)s people for one more to be harmed.", low=low, high=high)


def _whole(persons: float) -> int:
    return math.ceil(persons - 1e-9)
