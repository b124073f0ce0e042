"""How each indicator is defined, in every version that has been in force: public, and never changed without a new version.

Question: what exactly does a target count, and did it count the same last year?
Rules: a definition is a sentence for each of: what is counted, of whom, where the uncertainty comes from, and what those who
didn't answer count as. A change is a new version with the day that it holds from, and its reason; the earlier one stays, so
that both can be read side by side. A test holds a fingerprint of every version: a sentence can't change under it.
Units: those of the indicator (``outcomes.analysis.indicators``).
Missing data: each definition says what those who didn't answer count as.
Errors: none.
Checked: tests/unit/analysis/test_indicator_definitions.py.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST_DAY = date(2026, 11, 22)

DUE = Sentence("Of everybody who began in the days of the target and whose time to answer has come.")
NOT_KNOWN = Sentence("Whoever didn't answer counts in the whole and not as a success: unknown is never taken for well.")
WILSON = Sentence("A 95 per cent interval by Wilson's method.")


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of an indicator's definition. ``change``: why it isn't as the version before; None for the first."""

    indicator: str
    version: int
    valid_from: date
    counts: Sentence
    of_whom: Sentence
    uncertainty: Sentence
    missing: Sentence
    change: Sentence | None = None

    @property
    def fingerprint(self) -> str:
        """Short hash of everything that the version says."""
        said = (self.counts, self.of_whom, self.uncertainty, self.missing, self.change)
        content = "|".join((self.indicator, str(self.version), self.valid_from.isoformat(), *map(str, said)))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def _first(indicator: str, counts: Sentence, of_whom: Sentence, uncertainty: Sentence, missing: Sentence) -> Definition:
    return Definition(indicator, 1, FIRST_DAY, counts, of_whom, uncertainty, missing)


DEFINITIONS: tuple[Definition, ...] = (
    _first(
        "share_better",
        Sentence("People whose score has become better by more than measurement error can explain."),
        DUE,
        WILSON,
        NOT_KNOWN,
    ),
    _first(
        "share_worse",
        Sentence("People whose score has become worse by more than measurement error can explain."),
        Sentence("Of those who answered both at the start and when their time had come."),
        WILSON,
        Sentence("Whoever didn't answer is in neither number, so that nobody looks well by not being asked."),
    ),
    _first(
        "share_success",
        Sentence(
            "People who came where the help was meant to bring them: reliably better where it is to develop, not reliably"
            " worse where it is to maintain, and less of a loss than expected where it is to limit loss."
        ),
        DUE,
        WILSON,
        NOT_KNOWN,
    ),
    _first(
        "mean_change",
        Sentence(
            "How far people have come on average, in points of the measure, turned so that more is better: their own change,"
            " whether or not the plan compares them with others."
        ),
        Sentence("Of everybody who began in the days of the target, as the frozen analysis plan looks at them."),
        Sentence("A 95 per cent interval from the model of the frozen analysis plan."),
        Sentence("Whoever stops answering is taken to be like others who had answered as they did until then."),
    ),
    _first(
        "standardised_change",
        Sentence("How far people have come on average, in standard deviations of the scores at the start."),
        Sentence("Of those who answered both at the start and when their time had come."),
        Sentence("A 95 per cent interval by the formula for paired scores."),
        Sentence("Whoever didn't answer isn't in it; the completeness stands beside it."),
    ),
    _first(
        "goal_attainment",
        Sentence("People who came as far with their own goals, in their own words, as they had set out to, or further."),
        Sentence("Of those who have goals that were rated."),
        WILSON,
        Sentence("Whoever has no rated goal isn't in it; the completeness stands beside it."),
    ),
    _first(
        "experience",
        Sentence("People who answer more for than against to the questions on having a say and on meeting help they trust."),
        Sentence("Of those who answered these questions."),
        WILSON,
        Sentence("Whoever didn't answer isn't in it; the completeness stands beside it."),
    ),
)  # fmt: skip
"""Every version of every definition, the first one first. Add to it; change nothing in it."""


def definitions_of(definitions: tuple[Definition, ...] = DEFINITIONS) -> Mapping[str, tuple[Definition, ...]]:
    """The versions of each indicator's definition, the first one first."""
    keys = dict.fromkeys(each.indicator for each in definitions)
    return MappingProxyType({key: tuple(each for each in definitions if each.indicator == key) for key in keys})
