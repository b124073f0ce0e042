"""What the study's own data say of the study: control outcomes, the testing effect, and changed questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Fact
from outcomes.reports.effect_report.words import after
from outcomes.reports.parts import Points

if TYPE_CHECKING:
    from outcomes.analysis.study_checks import StudyChecks
    from outcomes.reports.effect_report.words import Words

CONTROL = Sentence("Differences where there can't be any")
TESTING = Sentence("Answering itself")
SWITCHES = Sentence("Changed questions")


def check_facts(words: Words) -> tuple[Fact, ...]:
    """Facts for the method page; a fact without sentences isn't shown."""
    breakdown = words.material.breakdown
    if breakdown is None:
        return ()
    return (
        Fact("negative_control", CONTROL, _controls(words, breakdown.checks)),
        Fact("testing", TESTING, _testing(words, breakdown.checks)),
        Fact("switches", SWITCHES, words.material.switches),
    )


def _controls(words: Words, checks: StudyChecks) -> tuple[Sentence, ...]:
    """The analysis' sentences, with readers' words for what they name."""
    return tuple(
        Sentence(
            control.reason.message,
            **{**dict(control.reason.values), "outcome": words.characteristic(control.outcome)},
        )
        for control in checks.controls
    )


def _testing(words: Words, checks: StudyChecks) -> tuple[Sentence, ...]:
    found = checks.testing
    if found is None or not isinstance(found.difference, TermEstimate):
        return ()
    difference = found.difference
    decimals = words.decimals_of(difference)
    said = Sentence(
        "At the measurement %(after)s, %(before)s people who had answered before and %(first)s who answered for the first"
        " time differ by %(points)s points (95 per cent interval %(low)s to %(high)s).",
        after=after(words.primary_time),
        before=found.n_before or 0,
        first=found.n_first or 0,
        points=Points(difference.estimate, decimals),
        low=Points(difference.ci_low, decimals),
        high=Points(difference.ci_high, decimals),
    )
    if not found.applies:
        return (said,)
    return (
        said,
        Sentence(
            "Answering may itself change the answers, or the two may be different people: part of the change may come from"
            " that."
        ),
    )
