"""The sentences of a learning meeting. The design label decides which: nothing here says more than it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import may_show_cell
from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.evidence import GRADE_WORDS, LEAST_FOLLOW_UP, DesignLabel, label_meaning
from outcomes.analysis.results import Share, TermEstimate, Withheld
from outcomes.errors import Sentence
from outcomes.reports.learning.context import Statement
from outcomes.reports.parts import Points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.analysis.population import PopulationFigures

KIND_NAMES: Mapping[str, Sentence] = {
    "hypothesis": Sentence("What we think"),
    "action": Sentence("What we will do"),
    "question": Sentence("What we want to know"),
    "driver": Sentence("Helps the roll-out"),
    "barrier": Sentence("Stands in the way of the roll-out"),
}
STATE_NAMES: Mapping[str, Sentence] = {
    "open": Sentence("open"),
    "done": Sentence("done"),
    "dropped": Sentence("dropped"),
    "confirmed": Sentence("seems to hold"),
    "refuted": Sentence("does not hold"),
}
ANSWERED = Sentence("answered")
GONE = Sentence("not so any more")

_SINCE_START: Mapping[Verdict, Sentence] = {
    Verdict.BETTER: Sentence("People fare better than when they began."),
    Verdict.WORSE: Sentence("People fare worse than when they began."),
    Verdict.INCLUDES_NONE: Sentence(
        "The numbers show neither that people fare better nor that they fare worse than when they began."
    ),
}
_EXPECTED: Mapping[Verdict, Sentence] = {
    Verdict.BETTER: Sentence("People have come further than was expected beforehand."),
    Verdict.WORSE: Sentence("People have come less far than was expected beforehand."),
    Verdict.INCLUDES_NONE: Sentence(
        "The numbers show neither that people have come further nor less far than was expected."
    ),
}
_COMPARED: Mapping[Verdict, Sentence] = {
    Verdict.BETTER: Sentence("People in it fare better than those they are compared with."),
    Verdict.WORSE: Sentence("People in it fare worse than those they are compared with."),
    Verdict.INCLUDES_NONE: Sentence(
        "The numbers show no difference to those they are compared with, and rule none out."
    ),
}
NO_NUMBER = Sentence("There is no main number yet.")


def say_changes(figures: PopulationFigures) -> tuple[Statement, ...]:
    """The findings: the main number, who fares better and worse, own goals, and how people meet the help."""
    return (
        _main(figures),
        _share("better", Sentence("Reliably better: by more than the measure's own error."), figures.better),
        _share("worse", Sentence("Reliably worse: by more than the measure's own error."), figures.worse),
        _share(
            "goals",
            Sentence("As far with their own goals as they had set out to, or further."),
            figures.goal_attainment,
        ),
        _share("experience", Sentence("Have a say and meet help that they trust."), figures.experience),
    )


def _main(figures: PopulationFigures) -> Statement:
    if isinstance(figures.main, Withheld):
        return Statement("main", NO_NUMBER, withheld=figures.main.sentence)
    return Statement("main", say_finding(figures.label, figures.verdict), say_number(figures, figures.main))


def say_finding(label: DesignLabel, verdict: Verdict) -> Sentence:
    """The finding in the words that the label allows."""
    if label is DesignLabel.D0:
        return _SINCE_START.get(verdict, NO_NUMBER)
    return (_EXPECTED if label is DesignLabel.D1 else _COMPARED).get(verdict, NO_NUMBER)


def say_number(figures: PopulationFigures, number: TermEstimate) -> Sentence:
    """The main number, called by the only word that its label allows, with its interval and how many are behind it."""
    return Sentence(
        "Average %(word)s: %(estimate)s %(unit)s (95 per cent interval %(low)s to %(high)s; %(n)s people).",
        estimate=Points(number.estimate),
        unit=figures.unit,
        low=Points(number.ci_low),
        high=Points(number.ci_high),
        n=figures.n_behind or 0,
        word=figures.word,
    )


def _share(key: str, finding: Sentence, share: Share | Withheld) -> Statement:
    if isinstance(share, Withheld):
        return Statement(key, finding, withheld=share.sentence)
    return Statement(key, finding, say_share(share))


def say_share(share: Share) -> Sentence:
    """A share with its interval."""
    return Sentence(
        "%(count)s of %(total)s people: %(share)s per cent (95 per cent interval %(low)s to %(high)s).",
        count=share.count,
        total=share.total,
        share=Points(100 * share.share, 0),
        low=Points(100 * share.ci_low, 0),
        high=Points(100 * share.ci_high, 0),
    )


def say_unknown(figures: PopulationFigures, stopped: int) -> tuple[Sentence, ...]:
    """What the numbers can't tell. ``stopped``: people who have ended by their own wish."""
    said = [label_meaning(figures.label)]
    said += _not_answered(figures)
    if figures.n_begun is not None and figures.n_due is not None and may_show_cell(figures.n_begun - figures.n_due):
        said.append(
            Sentence(
                "How it goes for %(count)s people who have begun, but whose time to answer hasn't come yet.",
                count=figures.n_begun - figures.n_due,
            )
        )
    said += _stopped(stopped)
    said.append(
        Sentence("How it goes in what the measure doesn't ask about, and for people in other places than here.")
    )
    said.append(
        Sentence(
            "How far to trust it: grade %(grade)s, %(words)s. The report says why.",
            grade=figures.grade.value,
            words=GRADE_WORDS[figures.grade],
        )
    )
    return tuple(said)


def _not_answered(figures: PopulationFigures) -> list[Sentence]:
    if figures.n_due is None and figures.n_answered is not None:
        return [Sentence("How it went for those who haven't answered both times. How many they are isn't shown.")]
    if figures.n_due is None or figures.n_answered is None:
        return [Sentence("How many have answered: too few to say so here.")]
    missing = figures.n_due - figures.n_answered
    if not missing:
        return []
    said = [
        Sentence(
            "How it went for %(missing)s of the %(due)s people whose time has come: they haven't answered both at the start"
            " and then. It may have gone otherwise for them.",
            missing=missing,
            due=figures.n_due,
        )
        if may_show_cell(missing)
        else Sentence("How it went for the few people who haven't answered both times.")
    ]
    if figures.completeness is not None and figures.completeness < LEAST_FOLLOW_UP:
        said.append(
            Sentence(
                "So many answers are missing that the numbers can mislead. What would make it easier to answer?",
            )
        )
    return said


def _stopped(stopped: int) -> list[Sentence]:
    if not stopped:
        return []
    if not may_show_cell(stopped):
        return [Sentence("Why a few people have stopped before time by their own wish.")]
    return [Sentence("Why %(count)s people have stopped before time by their own wish.", count=stopped)]
