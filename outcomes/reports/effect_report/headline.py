"""What the report says of its main number: the finding, the number with its interval, and whom it stands on.

The design label decides the finding's words. Causal words appear only where the label is D3 or D4.
"""

from __future__ import annotations

import math

from outcomes.analysis.effect_results import Progression, Verdict
from outcomes.analysis.effect_words import MOST_REGRESSION
from outcomes.analysis.evidence import DesignLabel
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.results import INTERVENTION, Share, TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.effect_report.words import Words, after, said_times
from outcomes.reports.parts import Points

CAUSAL = {
    Verdict.INCLUDES_NONE: Sentence(
        "The uncertainty is so large that we can't rule out that the intervention makes no difference"
    ),
    Verdict.BETTER: Sentence("The intervention helps: those who got it do better than those who didn't"),
    Verdict.WORSE: Sentence("The intervention doesn't help: those who got it do worse than those who didn't"),
}
ADJUSTED = {
    Verdict.INCLUDES_NONE: Sentence(
        "The uncertainty is so large that we can't rule out that there is no difference between the groups"
    ),
    Verdict.BETTER: Sentence(
        "Those who got the intervention do better than people like them who didn't, but there may be other reasons"
    ),
    Verdict.WORSE: Sentence(
        "Those who got the intervention do worse than people like them who didn't, but there may be other reasons"
    ),
}
EXPECTED = {
    Verdict.INCLUDES_NONE: Sentence(
        "The uncertainty is so large that we can't rule out that things went as they were expected to"
    ),
    Verdict.BETTER: Sentence(
        "People do better than was expected, but we can't say that the intervention is the reason"
    ),
    Verdict.WORSE: Sentence("People do worse than was expected, but we can't say that the intervention is the reason"),
}
CHANGE = {
    Verdict.INCLUDES_NONE: Sentence(
        "The uncertainty is so large that we can't rule out that nothing has changed on average"
    ),
    Verdict.BETTER: Sentence(
        "People are better off than at the start, but we can't say that the intervention is the reason"
    ),
    Verdict.WORSE: Sentence(
        "People are worse off than at the start, but we can't say that the intervention is the reason"
    ),
}
CHANGE_AFTER_SELECTION = Sentence(
    "People are better off than at the start, but a large part of it may have come by itself"
)
SUCCESS = {
    GoalKind.MAINTAIN: Sentence("%(part)s of %(whole)s have kept their level or are better off %(after)s"),
    GoalKind.LIMIT_LOSS: Sentence("%(part)s of %(whole)s have fared better than was expected %(after)s"),
}
FINDINGS: dict[DesignLabel, dict[Verdict, Sentence]] = {
    DesignLabel.D0: CHANGE,
    DesignLabel.D1: EXPECTED,
    DesignLabel.D2: ADJUSTED,
    DesignLabel.D3: CAUSAL,
    DesignLabel.D4: CAUSAL,
}
WITHHELD = Sentence("There are too few answers to say how it went")


def finding(words: Words) -> Sentence:
    """The report's headline: what the main number says in the words that its design allows.

    Where nobody is compared and the aim is to keep a level or to limit a loss, the headline is how many that went well for;
    a change that may largely be regression to the mean says so.
    """
    estimate = words.estimate
    if estimate.label is DesignLabel.D0:
        success = success_finding(words)
        if success is not None:
            return success
        if estimate.verdict is Verdict.BETTER and (words.regression_share or 0.0) > MOST_REGRESSION:
            return CHANGE_AFTER_SELECTION
    return FINDINGS[estimate.label].get(estimate.verdict, WITHHELD)


def success_finding(words: Words) -> Sentence | None:
    """How many of those due succeeded by the plan's kind of goal; None for develop, and where it can't be shown."""
    progression = words.estimate.progression
    if not isinstance(progression, Progression) or progression.goal_kind not in SUCCESS:
        return None
    row = next((row for row in progression.rows if row.arm in {None, INTERVENTION}), None)
    if row is None or not isinstance(row.share_succeeded, Share):
        return None
    share = row.share_succeeded
    message = SUCCESS[progression.goal_kind].message
    return Sentence(message, part=share.count, whole=share.total, after=after(words.primary_time))


def main_number(words: Words) -> TermEstimate | None:
    """The number behind the headline: the effect, or with no comparison the change at the primary occasion."""
    estimate = words.estimate
    if isinstance(estimate.effect, TermEstimate):
        return estimate.effect
    if estimate.label > DesignLabel.D0:
        return None
    return estimate.main_change if isinstance(estimate.main_change, TermEstimate) else None


def withheld_reason(words: Words) -> Sentence:
    """Why there is no main number: of the effect, or with no comparison of the change at the primary occasion."""
    estimate = words.estimate
    if estimate.label is DesignLabel.D0 and not isinstance(estimate.main_change, TermEstimate):
        return estimate.main_change.sentence
    return WITHHELD if isinstance(estimate.effect, TermEstimate) else words.named(estimate.effect.sentence)


def said_points(words: Words, points: float, decimals: int) -> Sentence:
    """A change or difference in words: how many points, which way, and whether that is for the better."""
    value = Points(abs(points), decimals)
    if not round(points, decimals):
        return Sentence("the same when rounded (%(points)s points)", points=value)
    if points < 0 and words.is_better(points):
        return Sentence("%(points)s points lower, which is better", points=value)
    if points < 0:
        return Sentence("%(points)s points lower, which is worse", points=value)
    if words.is_better(points):
        return Sentence("%(points)s points higher, which is better", points=value)
    return Sentence("%(points)s points higher, which is worse", points=value)


def said_number(words: Words, number: TermEstimate) -> Sentence:
    """The main number in a sentence, without its interval."""
    points = said_points(words, number.estimate, words.decimals_of(number))
    if words.estimate.label >= DesignLabel.D2:
        return Sentence(
            "Compared with the others, those who got the intervention score on average %(points)s.", points=points
        )
    if words.estimate.label is DesignLabel.D1:
        return Sentence("Compared with what was expected, the scores are on average %(points)s.", points=points)
    return Sentence("Compared with the start, the scores are on average %(points)s.", points=points)


def said_basis(words: Words) -> Sentence:
    """Which measurements and how many people the main number stands on."""
    values = {"n": words.estimate.n_behind or 0, "all": words.said_begun(words.arm_behind)}
    if words.compared:
        times = [row.time for row in words.estimate.attrition.rows if row.occasion in words.estimate.plan.follow_up]
        return Sentence(
            "The number is for the measurements %(times)s taken together, and stands on %(n)s of %(all)s people.",
            times=said_times(sorted({time for time in times if not math.isinf(time)})),
            **values,
        )
    if words.modelled:
        return Sentence(
            "The number is for the measurement %(after)s, and stands on %(n)s of %(all)s people: everybody who has answered"
            " once or more.",
            after=after(words.primary_time),
            **values,
        )
    return Sentence(
        "The number is for the measurement %(after)s, and stands on %(n)s of %(all)s people: those who answered both times.",
        after=after(words.primary_time),
        **values,
    )


def said_interval(words: Words, number: TermEstimate) -> Sentence:
    """The interval of the main number in a sentence."""
    decimals = words.decimals_of(number)
    values = {"low": Points(number.ci_low, decimals), "high": Points(number.ci_high, decimals)}
    change = words.estimate.label is DesignLabel.D0
    if number.includes_zero and change:
        return Sentence("The uncertainty reaches from %(low)s to %(high)s points, and 0 is no change.", **values)
    if number.includes_zero:
        return Sentence("The uncertainty reaches from %(low)s to %(high)s points, and 0 is no difference.", **values)
    if change:
        return Sentence(
            "The uncertainty reaches from %(low)s to %(high)s points, and so leaves out 0, which is no change.",
            **values,
        )
    return Sentence(
        "The uncertainty reaches from %(low)s to %(high)s points, and so leaves out 0, which is no difference.",
        **values,
    )
