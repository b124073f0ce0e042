"""The analysis plan: what will be estimated and how, written down before anybody looks at results.

A plan is data (a mapping that is stored, versioned and frozen with the intervention); :func:`parse_analysis_plan` turns
it into an :class:`AnalysisPlan` or names every fault, :meth:`AnalysisPlan.to_mapping` turns it back.
``docs/methods/analysis-plan.md`` documents the mapping.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Direction(StrEnum):
    """Which way is better on the measure's scale."""

    HIGHER = "higher_is_better"
    LOWER = "lower_is_better"

    @property
    def sign(self) -> int:
        """+1 where a higher score is better, -1 where a lower one is."""
        return 1 if self is Direction.HIGHER else -1


class Design(StrEnum):
    """How the comparison comes about."""

    NONE = "none"
    EXPECTED = "expected"
    ADJUSTED = "adjusted"
    WAITING_LIST = "waiting_list"
    STAGGERED = "staggered"
    RANDOMISED = "randomised"

    @property
    def has_comparison_arm(self) -> bool:
        return self not in {Design.NONE, Design.EXPECTED}


class CovariateKind(StrEnum):
    NUMBER = "number"
    CATEGORY = "category"


class GoalKind(StrEnum):
    """What counts as success: reliable improvement, no reliable worsening, or a slower decline than expected."""

    DEVELOP = "develop"
    MAINTAIN = "maintain"
    LIMIT_LOSS = "limit_loss"


class ErrorKind(StrEnum):
    """Where the measurement error of one person's change comes from."""

    SMALLEST_DETECTABLE_CHANGE = "smallest_detectable_change"  # published; takes precedence
    SD_RELIABILITY = "sd_reliability"  # published or normative standard deviation with a reliability
    OWN_BASELINE_SD = "own_baseline_sd"  # standard deviation at baseline of these very data, with a reliability


class PlannedSensitivity(StrEnum):
    """Analyses of those missing that every report makes where its design and numbers allow."""

    DELTA_ADJUSTMENT = "delta-adjustment"
    JUMP_TO_REFERENCE = "jump-to-reference"
    RESPONSE_WEIGHTS = "response-weights"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: instrument and scale by key, direction, and the scale's ends in points (None: not bounded)."""

    instrument: str
    scale: str
    direction: Direction
    minimum: float | None = None
    maximum: float | None = None

    @property
    def length(self) -> float | None:
        """Points from the scale's lowest end to its highest; None where it isn't bounded."""
        return None if self.minimum is None or self.maximum is None else float(self.maximum - self.minimum)


@dataclass(frozen=True, slots=True)
class Covariate:
    """A baseline characteristic. ``reference`` is the category that others are compared with (default: first sorted).

    ``adjusted`` False: checked for balance, not in the model.
    """

    name: str
    kind: CovariateKind
    reference: str | None = None
    adjusted: bool = True


@dataclass(frozen=True, slots=True)
class MeasurementError:
    """Error of one person's change. ``smallest_detectable_change``, ``sd`` in points; ``reliability`` 0-1.

    ``assumed``: a planning value that no study stands behind; shown as such.
    ``internal_consistency``: the reliability is not from retest, so the error is probably too small.
    ``inclusive``: a change of exactly the published smallest detectable change counts ("6 points or more").
    """

    kind: ErrorKind
    source: str
    smallest_detectable_change: float | None = None
    sd: float | None = None
    reliability: float | None = None
    assumed: bool = False
    internal_consistency: bool = False
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """Change expected without the intervention, in points from baseline to primary occasion, and where it's from."""

    points: float
    source: str


@dataclass(frozen=True, slots=True)
class Selection:
    """People start because of a low (or high) score: what regression to the mean is worked out from.

    ``population_mean`` in points, ``reliability`` 0-1 (of the measure in the population, over the follow-up time).
    """

    population_mean: float
    reliability: float
    source: str


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """A parsed plan. Occasions are named by their code; baseline is the occasion that change is counted from.

    ``arm_term``: name of the term that holds the arm (``treatment`` gives ``treatment[BtheB]``).
    ``follow_up``: the occasions that the model is fitted on, in order; ``primary_occasion`` is one of them.
    ``df``: degrees of freedom of the model, ``satterthwaite`` or ``kenward-roger``. ``sensitivity``: further analyses, by
    the name of one that the report makes (:class:`PlannedSensitivity`) or in words.
    """

    measure: Measure
    design: Design
    intervention_label: str
    comparison_label: str | None
    baseline_occasion: str
    follow_up: tuple[str, ...]
    primary_occasion: str
    arm_term: str = "arm"
    baseline_term: str = "baseline"
    covariates: tuple[Covariate, ...] = ()
    model: str = "mixed-model"
    random: str = "intercept"
    reml: bool = True
    df: str = "satterthwaite"
    measurement_error: MeasurementError | None = None
    goal_kind: GoalKind = GoalKind.DEVELOP
    expected_change: ExpectedChange | None = None
    selection: Selection | None = None
    randomised_evidence: str | None = None
    sensitivity: tuple[str, ...] = ()

    @property
    def occasions(self) -> tuple[str, ...]:
        """Baseline and follow-ups, in order."""
        return (self.baseline_occasion, *self.follow_up)

    @property
    def effect_term(self) -> str:
        """Name of the model's term for the intervention."""
        return f"{self.arm_term}[{self.intervention_label}]"

    @property
    def adjusted_covariates(self) -> tuple[Covariate, ...]:
        return tuple(covariate for covariate in self.covariates if covariate.adjusted)

    def to_mapping(self) -> dict[str, object]:
        """The plan as plain data, which :func:`parse_analysis_plan` reads back to an equal plan."""
        from outcomes.analysis.plan_reading import plan_to_mapping  # noqa: PLC0415 - reading builds on this file

        return plan_to_mapping(self)


def parse_analysis_plan(mapping: Mapping[str, object]) -> AnalysisPlan:
    """Read a plan from plain data.

    Raises :class:`~outcomes.errors.AnalysisPlanError` with every fault and its place (``covariates[1].reference``).
    """
    from outcomes.analysis.plan_reading import read_plan  # noqa: PLC0415 - reading builds on this file

    return read_plan(mapping)
