"""The composed result: everything about one intervention that a report is made from.

Each part is either a number with its uncertainty or a :class:`~outcomes.analysis.results.Withheld` with its reason.
``individuals`` is pseudonymous person data for the people around the citizen and for researchers: never published.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outcomes.analysis.evidence import DesignLabel, GradedEvidence
from outcomes.analysis.plan import AnalysisPlan, GoalKind
from outcomes.analysis.reliable_change import ChangeThreshold, PersonChange
from outcomes.analysis.results import (
    INTERVENTION,
    ArmSize,
    Artefacts,
    AttritionTable,
    BalanceTable,
    ChangeEstimate,
    MixedModelFit,
    ModelledChange,
    OccasionChange,
    OccasionMean,
    Sensitivity,
    Share,
    ShareDifference,
    TermEstimate,
    Withheld,
)
from outcomes.errors import Sentence


class Verdict(StrEnum):
    """What the interval of the main finding says, with the measure's own direction taken into account.

    The finding is the model's effect where there is one, else the change at the primary occasion.
    """

    INCLUDES_NONE = "interval_includes_zero"
    BETTER = "better"
    WORSE = "worse"
    WITHHELD = "withheld"


class CellMark(StrEnum):
    """How a count may be shown: the number, "under 5", or withheld so that another can't be worked out from it."""

    SHOWN = "shown"
    UNDER_MINIMUM = "under_minimum"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Cell:
    """A protected count: ``count`` is None unless ``mark`` is SHOWN."""

    count: int | None
    mark: CellMark


@dataclass(frozen=True, slots=True)
class ProgressionRow:
    """Persons of one arm by what became of them at the primary occasion, protected for publication.

    Of ``n_started`` persons ``n_due`` were due; of these ``n_compared`` have both scores: ``better`` + ``unchanged`` +
    ``worse``. ``not_compared`` = ``n_due`` - ``n_compared``: ``not_answered`` at the primary occasion, or ``no_start``,
    answered there and without a score at the start. ``not_due`` = ``n_started`` - ``n_due``. The shares have ``n_due`` as
    denominator. None where so few answered that the number isn't shown.
    ``not_better``: unchanged or worse together, for where the two can't be shown apart.
    ``succeeded``: persons who succeeded by the plan's kind of goal; the same as ``better`` for develop.
    """

    arm: str | None
    label: str
    n_started: int
    n_due: int
    n_compared: int | None
    better: Cell
    unchanged: Cell
    worse: Cell
    not_better: Cell
    succeeded: Cell
    not_compared: int | None
    not_answered: int | None
    no_start: int | None
    not_due: int
    share_better: Share | Withheld
    share_worse: Share | Withheld
    share_succeeded: Share | Withheld


@dataclass(frozen=True, slots=True)
class Progression:
    """Reliable change per arm, and the difference (intervention minus comparison) in the share reliably better.

    ``goal_kind``: what counts as success in ``succeeded`` and ``share_succeeded`` of the rows.
    """

    threshold: ChangeThreshold
    goal_kind: GoalKind
    rows: tuple[ProgressionRow, ...]
    difference_better: ShareDifference | Withheld


@dataclass(frozen=True, slots=True)
class Bin:
    """``count`` persons with ``low`` <= score < ``high`` (points; the last bin holds ``high`` too).

    Bins are as wide as it takes to hold the least number of persons that may be shown: draw ``count / (high - low)``.
    """

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Scores of ``n`` persons of one arm at one occasion: quartiles in points and protected histogram bins."""

    occasion: str
    arm: str | None
    n: int
    lower_quartile: float
    median: float
    upper_quartile: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class OccasionDistribution:
    """One arm's distribution at one occasion, or why there is none."""

    occasion: str
    arm: str | None
    result: Distribution | Withheld


def primary_share(attrition: AttritionTable, *, compared: bool) -> Share | Withheld:
    """Answered of due at the primary occasion: both arms where they are ``compared``, else the intervention alone."""
    return attrition.primary_share if compared or not attrition.primary_by_arm else attrition.primary_by_arm[0]


@dataclass(frozen=True, slots=True)
class EffectEstimate:
    """What is known about an intervention by one frozen analysis plan.

    ``effect``: the model's difference between intervention and comparison in points (negative: intervention lower),
    or, for the design "expected", mean change minus expected change; withheld where the design has no comparison.
    ``completeness``: answered of due at the primary occasion, 0-1, among the arms that the main number is about (None where
    withheld). ``n_behind``: persons that the main number stands on.
    ``modelled_change``: the intervention's change by a model of all its occasions, where nobody is compared.
    ``means``/``changes``: one per occasion and arm (``intervention`` alone where the design has no comparison arm).
    ``sensitivity``: the main number under other assumptions about those who are missing.
    """

    method: str
    version: str
    plan: AnalysisPlan
    estimand: Sentence
    n_started: int
    arms: tuple[ArmSize, ...]
    completeness: float | None
    attrition: AttritionTable
    means: tuple[OccasionMean, ...]
    changes: tuple[OccasionChange, ...]
    progression: Progression | Withheld
    individuals: tuple[PersonChange, ...]
    distributions: tuple[OccasionDistribution, ...]
    model: MixedModelFit | Withheld
    modelled_change: ModelledChange | Withheld
    effect: TermEstimate | Withheld
    verdict: Verdict
    balance: BalanceTable | Withheld
    artefacts: Artefacts
    label: DesignLabel
    evidence: GradedEvidence
    sensitivity: Sensitivity | Withheld
    warnings: tuple[Sentence, ...]

    @property
    def compared(self) -> bool:
        """True where the main number compares two arms."""
        return self.label >= DesignLabel.D2

    @property
    def primary_share(self) -> Share | Withheld:
        """Answered of due at the primary occasion, among the arms that the main number is about."""
        return primary_share(self.attrition, compared=self.compared)

    @property
    def main_change(self) -> TermEstimate | Withheld:
        """The intervention's change at the primary occasion; what leads where nobody is compared."""
        return main_change(self.modelled_change, self.changes, self.plan)

    @property
    def n_behind(self) -> int | None:
        """Persons that the main number stands on: those in the model, else those with both scores (None: withheld)."""
        for model in (self.model, self.modelled_change):
            if not isinstance(model, Withheld):
                return model.n_subjects
        change = _primary_change(self.changes, self.plan)
        return change.n if isinstance(change, ChangeEstimate) else None


def main_change(
    modelled: ModelledChange | Withheld, changes: tuple[OccasionChange, ...], plan: AnalysisPlan
) -> TermEstimate | Withheld:
    """The intervention's change at the primary occasion: by the model of all occasions, else of those with both scores."""
    if isinstance(modelled, ModelledChange):
        return modelled.at(plan.primary_occasion)
    change = _primary_change(changes, plan)
    return change.mean_change if isinstance(change, ChangeEstimate) else change


def _primary_change(changes: tuple[OccasionChange, ...], plan: AnalysisPlan) -> ChangeEstimate | Withheld:
    return next(
        change.result for change in changes if change.occasion == plan.primary_occasion and change.arm == INTERVENTION
    )
