"""The catalogue of indicators: what a target can be set for. Outcomes for citizens only, never a figure of a process.

Question: has it become better for people, for how many, and how do they meet the help?
Formula: each indicator is one figure of :class:`~outcomes.analysis.population.PopulationFigures`, with its interval.
Points and standard deviations are turned so that more is better, whichever way the measure counts. The share reliably worse
is of those who answered both times, so that nobody looks well by not being asked; every other share of change is of all
whose time has come, where whoever didn't answer counts as not known to be better: ``highest`` says how far its interval
would reach had all of them been so. Average progress is the people's own change, whatever the design compares them with, so
that it is the same number for everybody and for a part; its n are those of the intervention with both scores.
Units: by ``unit``: ``share`` 0-1, ``points`` of the measure, ``standardised`` in standard deviations of the start.
Missing data: each value carries its completeness, 0-1.
Errors: KeyError for a key that isn't in the catalogue; a figure that isn't shown is Withheld here too.
Checked: tests/unit/analysis/test_indicators.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from outcomes.analysis.disclosure import may_show_share, too_few_for_share
from outcomes.analysis.intervals import Z_95
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import Share, Withheld
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.analysis.population import PopulationFigures
    from outcomes.analysis.results import TermEstimate

Unit = Literal["share", "points", "standardised"]
HALF_A_PER_CENT = 0.005
"""The most that rounding to whole per cent takes from a published completeness."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """An outcome for citizens: what it is called, what it is counted in, and which way is better.

    ``of_due``: a share of all whose time has come, those who haven't answered among them.
    """

    key: str
    title: Sentence
    unit: Unit
    higher_is_better: bool = True
    of_due: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """An indicator's value with its 95 % interval, in the indicator's own unit, for ``n`` people.

    ``completeness``: known of those who could be known, 0-1; None where that may not be shown. ``highest``: the interval's
    upper end had everybody whose answer is missing been among those counted; None where nobody unknown stands in ``n``.
    """

    key: str
    estimate: float
    ci_low: float
    ci_high: float
    n: int | None
    completeness: float | None
    highest: float | None = None


INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    {
        each.key: each
        for each in (
            Indicator("share_better", Sentence("Share reliably better"), "share", of_due=True),
            Indicator(
                "share_worse",
                Sentence("Share reliably worse, of those who answered both times"),
                "share",
                higher_is_better=False,
            ),
            Indicator(
                "share_success",
                Sentence("Share who came where the help was meant to bring them"),
                "share",
                of_due=True,
            ),
            Indicator("mean_change", Sentence("Average progress, in the measure's points"), "points"),
            Indicator("standardised_change", Sentence("Average progress, in standard deviations"), "standardised"),
            Indicator(
                "goal_attainment",
                Sentence("Share who came as far with their own goals as they had set out to"),
                "share",
            ),
            Indicator("experience", Sentence("Share who have a say and meet help that they trust"), "share"),
        )
    }
)


def indicator_value(figures: PopulationFigures, key: str) -> IndicatorValue | Withheld:
    """The value of an indicator for a population, or why there is none. Raises KeyError for an unknown ``key``."""
    return READERS[key](figures, key)


def highest_published(key: str, *, ci_high: float, n: int, completeness: float | None) -> float | None:
    """``highest`` from published figures: never too low, though they are rounded. None where ``key`` has none.

    ``ci_high``: as published, at or above the exact end; ``completeness`` rounded to whole per cent, None where unknown.
    """
    if not INDICATORS[key].of_due:
        return None
    if completeness is None:
        return 1.0
    end = min(max(ci_high, 0.0), 1.0)
    share = max(0.0, end - Z_95 * math.sqrt(end * (1 - end) / n))  # the share that has this end, by Wilson
    counted = math.ceil((share + 1 - completeness + HALF_A_PER_CENT) * n)
    return max(end, estimate_share(min(counted, n), n).ci_high)


def _of_due(name: str) -> Callable[[PopulationFigures, str], IndicatorValue | Withheld]:
    def read(figures: PopulationFigures, key: str) -> IndicatorValue | Withheld:
        share = getattr(figures, name)
        value = _from_share(key, share, figures.completeness)
        return value if isinstance(value, Withheld) else replace(value, highest=_highest(figures, share))

    return read


def _highest(figures: PopulationFigures, share: Share) -> float:
    """The upper end with everybody unknown counted; 1 where it isn't shown how many are."""
    if figures.n_due is None or figures.n_answered is None:
        return 1.0
    return estimate_share(min(share.total, share.count + figures.n_due - figures.n_answered), share.total).ci_high


def _worse(figures: PopulationFigures, key: str) -> IndicatorValue | Withheld:
    share, answered = figures.worse, figures.n_answered
    if isinstance(share, Withheld):
        return share
    if answered is None or not may_show_share(share.count, answered):
        return too_few_for_share()
    return _from_share(key, estimate_share(share.count, answered), figures.completeness)


def _points(figures: PopulationFigures, key: str) -> IndicatorValue | Withheld:
    return _from_term(key, figures.change, figures, figures.n_answered)


def _standardised(figures: PopulationFigures, key: str) -> IndicatorValue | Withheld:
    return _from_term(key, figures.standardised, figures, figures.n_answered)


def _goals(figures: PopulationFigures, key: str) -> IndicatorValue | Withheld:
    return _from_share(key, figures.goal_attainment, figures.goals_known)


def _experience(figures: PopulationFigures, key: str) -> IndicatorValue | Withheld:
    return _from_share(key, figures.experience, figures.experience_known)


def _from_share(key: str, share: Share | Withheld, completeness: float | None) -> IndicatorValue | Withheld:
    if isinstance(share, Withheld):
        return share
    return IndicatorValue(key, share.share, share.ci_low, share.ci_high, share.total, completeness)


def _from_term(
    key: str, term: TermEstimate | Withheld, figures: PopulationFigures, n: int | None
) -> IndicatorValue | Withheld:
    """More is better, whichever way the measure counts."""
    if isinstance(term, Withheld):
        return term
    ends = (term.estimate, term.ci_low, term.ci_high)
    if figures.lower_is_better:
        ends = (-term.estimate, -term.ci_high, -term.ci_low)
    return IndicatorValue(key, *ends, n, figures.completeness)


READERS: Mapping[str, Callable[[PopulationFigures, str], IndicatorValue | Withheld]] = MappingProxyType(
    {
        "share_better": _of_due("better"),
        "share_worse": _worse,
        "share_success": _of_due("success"),
        "mean_change": _points,
        "standardised_change": _standardised,
        "goal_attainment": _goals,
        "experience": _experience,
    }
)
