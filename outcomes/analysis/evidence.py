"""Design label and evidence grade: which words may be used, and how far an estimate may be trusted.

Question: may this number be called an effect, and how sure is it?
Rule: the label follows from the design that the analysis plan states *and* from what was in fact estimated (a number
without a comparison is never more than change). The grade starts at A for D4, B for D3 and C for everything below, and
goes down one step for each finding that applies; D ("not for steering") is the floor.
Assumptions: the plan tells the truth about how people came to be in their arms; it is frozen before results are seen.
Units: shares 0-1, standardised mean differences in standard deviations, counts in persons.
Missing data: a finding that can't be assessed says so; where the design rests on it, it counts against the grade.
Errors: none raised; the rules are total.
Source: METHODS.md section 4; the 0.1 limit on standardised differences from Austin 2009, doi:10.1002/sim.3697; the 15 %
limit on floor and ceiling from Terwee et al. 2007, doi:10.1016/j.jclinepi.2006.03.012.
Checked: tests/unit/analysis/test_evidence.py states every rule; the trial in tests/reference/mixed_model must come out
as D4, grade B; a null check holds that a plan without comparison never comes above D1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from outcomes.analysis.plan import AnalysisPlan, Design
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_FOLLOW_UP = 0.60
MOST_LEFT_OUT = 0.10
MOST_ARM_DIFFERENCE = 0.10
MOST_IMBALANCE = 0.10
MOST_AT_BOUND = 0.15
LEAST_OVERLAP = 0.90
MOST_UNLIKE = 0.5
LEAST_PER_ARM = 30


class DesignLabel(IntEnum):
    """How the comparison came about, from none to allocation by lot. Causal words only from D3."""

    D0 = 0
    D1 = 1
    D2 = 2
    D3 = 3
    D4 = 4

    @property
    def code(self) -> str:
        """``D0`` .. ``D4``."""
        return self.name

    @property
    def causal(self) -> bool:
        """True where the word effect may be used."""
        return self >= DesignLabel.D3


WORDS: dict[DesignLabel, Sentence] = {
    DesignLabel.D0: Sentence("change"),
    DesignLabel.D1: Sentence("change against expected course"),
    DesignLabel.D2: Sentence("adjusted difference"),
    DesignLabel.D3: Sentence("effect, quasi-experimental"),
    DesignLabel.D4: Sentence("effect, randomised"),
}
SHORT_WORDS: dict[DesignLabel, Sentence] = {
    DesignLabel.D0: WORDS[DesignLabel.D0],
    DesignLabel.D1: WORDS[DesignLabel.D1],
    DesignLabel.D2: WORDS[DesignLabel.D2],
    DesignLabel.D3: Sentence("effect"),
    DesignLabel.D4: Sentence("effect"),
}
MEANINGS: dict[DesignLabel, Sentence] = {
    DesignLabel.D0: Sentence(
        "There is nobody to compare with. We can say what has changed, not that the intervention is the reason."
    ),
    DesignLabel.D1: Sentence(
        "The change is held against the course that was expected beforehand. We can't say that the intervention is the"
        " reason for a difference."
    ),
    DesignLabel.D2: Sentence(
        "People are compared with others who resemble them in what we have measured. They may differ in what we haven't"
        " measured."
    ),
    DesignLabel.D3: Sentence(
        "The order or time in which people got the intervention makes a comparison that comes close to drawing lots."
    ),
    DesignLabel.D4: Sentence(
        "Lots decided who got the intervention, so the groups were alike at the start except by chance."
    ),
}


def allowed_word(label: DesignLabel) -> Sentence:
    """The full word that may be used for a result with this label; the only source of it."""
    return WORDS[label]


def short_word(label: DesignLabel) -> Sentence:
    """The word inside a sentence or a heading, where the full one is too long."""
    return SHORT_WORDS[label]


def label_meaning(label: DesignLabel) -> Sentence:
    """One or two plain sentences on what the label means for the reader."""
    return MEANINGS[label]


class EvidenceGrade(StrEnum):
    """How far an estimate may be trusted: A high, B moderate, C low, D not for steering."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


GRADE_WORDS: dict[EvidenceGrade, Sentence] = {
    EvidenceGrade.A: Sentence("high certainty"),
    EvidenceGrade.B: Sentence("moderate certainty"),
    EvidenceGrade.C: Sentence("low certainty"),
    EvidenceGrade.D: Sentence("not for steering"),
}


def grade_word(grade: EvidenceGrade) -> Sentence:
    """The words of a grade."""
    return GRADE_WORDS[grade]


class FindingCode(StrEnum):
    """What is looked at before an estimate is graded."""

    FOLLOW_UP = "follow_up"
    LEFT_OUT = "left_out"
    ARM_ATTRITION = "arm_attrition"
    IMBALANCE = "imbalance"
    OVERLAP = "overlap"
    PRE_TREND = "pre_trend"
    BOUNDS = "bounds"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: ``applies`` is True where it takes the grade down a step.

    ``measured`` against ``threshold`` in the finding's own unit (share 0-1, SMD, persons); None where there was nothing
    to measure. ``reason`` says in words what was found, whether it applies or not.
    """

    code: FindingCode
    applies: bool
    reason: Sentence
    measured: float | None
    threshold: float | None


@dataclass(frozen=True, slots=True)
class GradedEvidence:
    """Grade with the grade that the design began at, and every finding, applied or not."""

    grade: EvidenceGrade
    start: EvidenceGrade
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Sentence, ...]:
        """The sentences of the findings that took the grade down."""
        return tuple(finding.reason for finding in self.findings if finding.applies)


LABEL_OF_DESIGN: dict[Design, DesignLabel] = {
    Design.NONE: DesignLabel.D0,
    Design.EXPECTED: DesignLabel.D1,
    Design.ADJUSTED: DesignLabel.D2,
    Design.WAITING_LIST: DesignLabel.D3,
    Design.STAGGERED: DesignLabel.D3,
    Design.RANDOMISED: DesignLabel.D4,
}
MODELS_OF_STAGGERED = frozenset({"group-time"})
START: dict[DesignLabel, EvidenceGrade] = {DesignLabel.D4: EvidenceGrade.A, DesignLabel.D3: EvidenceGrade.B}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What may be said of an estimate: label, the only ``word`` for it, and how far it may be trusted."""

    label: DesignLabel
    word: Sentence
    evidence: GradedEvidence


def judge_evidence(
    design: Design,
    findings: Iterable[Finding],
    *,
    estimated: bool,
    lots_evidenced: bool = False,
    follows_each_start: bool = False,
    unlike_at_start: bool = False,
) -> Judgement:
    """The one rule of what a number may be called and how far it may be trusted.

    ``estimated``: a comparison was in fact estimated. ``lots_evidenced``: there is evidence of how lots were drawn.
    ``follows_each_start``: the model of a staggered roll-out compares each group with those who haven't begun yet.
    ``unlike_at_start``: the groups differ by more than ``MOST_UNLIKE`` standard deviations in something measured then.
    """
    if not estimated:
        label = DesignLabel.D0  # without a comparison it is change, whatever was planned
    elif design is Design.RANDOMISED and not lots_evidenced:
        label = DesignLabel.D2  # lots that nobody can show aren't lots
    elif design is Design.STAGGERED and not follows_each_start:
        label = DesignLabel.D2  # early and late starters are mixed up
    elif design is Design.WAITING_LIST and unlike_at_start:
        label = DesignLabel.D2  # it went by need, not by turn, and need is never wholly measured
    else:
        label = LABEL_OF_DESIGN[design]
    found = tuple(findings)
    start = START.get(label, EvidenceGrade.C)
    grades = tuple(EvidenceGrade)
    steps = grades.index(start) + sum(finding.applies for finding in found)
    grade = grades[min(steps, len(grades) - 1)]
    return Judgement(label, WORDS[label], GradedEvidence(grade, start, found))


def judge_plan(
    plan: AnalysisPlan, findings: Iterable[Finding] = (), *, estimated: bool, unlike_at_start: bool = False
) -> Judgement:
    """:func:`judge_evidence` for what a frozen plan states."""
    return judge_evidence(
        plan.design,
        findings,
        estimated=estimated,
        lots_evidenced=bool(plan.randomised_evidence),
        follows_each_start=plan.model in MODELS_OF_STAGGERED,
        unlike_at_start=unlike_at_start,
    )
