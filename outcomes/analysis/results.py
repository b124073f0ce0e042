"""Named results of the single methods. Every number has its unit in its class's docstring.

"Points" are points of the measure's own scale. Shares are between 0 and 1. Intervals are 95 % unless said otherwise.
A part that can't or may not be given is a :class:`Withheld` with its reason in place of the result, never a NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outcomes.errors import Sentence

INTERVENTION = "intervention"
COMPARISON = "comparison"


class WithheldReason(StrEnum):
    """Why a number isn't given."""

    TOO_FEW = "too_few"  # a rule of disclosure or of least numbers
    NOT_PLANNED = "not_planned"  # the analysis plan doesn't ask for it
    NOT_POSSIBLE = "not_possible"  # the data can't identify it
    PROTECTS = "protects"  # another number, which is hidden, could be worked out from it


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that isn't given: ``sentence`` says why, and what would make it possible."""

    code: WithheldReason
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class TermEstimate:
    """One estimate with its uncertainty, in points unless the method says otherwise.

    ``df``: degrees of freedom of the t distribution; None where a normal distribution was used.
    ``p_value``: two-sided, against zero; None where no test belongs to the estimate.
    """

    term: str
    estimate: float
    std_error: float
    df: float | None
    ci_low: float
    ci_high: float
    p_value: float | None

    @property
    def includes_zero(self) -> bool:
        """True where the interval holds zero: no change or no difference can't be ruled out."""
        return self.ci_low <= 0.0 <= self.ci_high


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``total`` people; ``share`` 0-1 with its Wilson interval."""

    count: int
    total: int
    share: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """Difference between two independent shares (-1 to 1) with Newcombe's interval."""

    difference: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class ArmSize:
    """How many persons (``n_started``) began in an arm; ``label`` is the plan's word for it."""

    arm: str
    label: str
    n_started: int


@dataclass(frozen=True, slots=True)
class OccasionFlow:
    """Answers at one planned occasion in one arm (``arm`` None: both together). ``time`` in months since start, infinite
    where nobody has the occasion planned yet (as in all that follows).

    ``begun`` persons started; for ``due`` of them the occasion has come while they could still be asked; ``answered``
    gave a score that can be used. ``share`` is answered of due.
    """

    occasion: str
    time: float
    arm: str | None
    begun: int
    due: int
    answered: int | None
    share: Share | Withheld


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """Two groups compared on one characteristic: ``smd`` is a difference in pooled standard deviations.

    ``level`` names the category for a categorical characteristic, whose ``first`` and ``second`` are then shares (0-1);
    for a number they are means in its own unit, with standard deviations ``first_sd`` and ``second_sd``.
    ``first`` and ``second`` are None where a category holds too few people to be shown: then ``smd`` isn't to be shown
    either, as the counts could be worked out from it.
    """

    name: str
    level: str | None
    first: float | None
    first_sd: float | None
    second: float | None
    second_sd: float | None
    smd: float
    adjusted_for: bool

    @property
    def hidden(self) -> bool:
        """True where too few people stand behind the row for it to be shown."""
        return self.first is None


@dataclass(frozen=True, slots=True)
class BalanceTable:
    """Rows of two groups' characteristics at the start; ``first_n`` and ``second_n`` persons.

    The groups are intervention and comparison, or, in an attrition table, answered and lost.
    ``largest``: largest absolute SMD; ``largest_unadjusted``: the same over what the model does not adjust for.
    """

    first_label: str
    second_label: str
    first_n: int
    second_n: int
    rows: tuple[BalanceRow, ...]

    @property
    def largest(self) -> float:
        return max((abs(row.smd) for row in self.rows), default=0.0)

    @property
    def largest_unadjusted(self) -> float:
        return max((abs(row.smd) for row in self.rows if not row.adjusted_for), default=0.0)


@dataclass(frozen=True, slots=True)
class AttritionTable:
    """Flow per occasion and arm, and who was lost at the primary occasion.

    ``arm_difference``: largest difference between arms in the share answered at the primary occasion (0-1); None with
    one arm. ``lost_compared``: baseline of those who answered at the primary occasion against those who didn't.
    ``primary_by_arm``: share answered at the primary occasion per arm, intervention first.
    """

    rows: tuple[OccasionFlow, ...]
    primary_share: Share | Withheld
    arm_difference: float | None
    lost_compared: BalanceTable | Withheld
    primary_by_arm: tuple[Share | Withheld, ...] = ()

    @property
    def hides_an_arm(self) -> bool:
        """True where an arm's answers at some occasion are too few to be shown: sums over the arms are hidden too."""
        return any(row.answered is None for row in self.rows)


@dataclass(frozen=True, slots=True)
class ChangeEstimate:
    """Change from baseline among the ``n`` persons of one arm with both scores (``arm`` None: all persons).

    ``mean_baseline``, ``mean_score`` and ``mean_change`` (its estimate, t interval) in points, ``time`` in months;
    positive change is a higher score whatever direction is better. ``standardised`` is SMCR: change in standard
    deviations of the baseline, bias-corrected, with a normal interval.
    """

    occasion: str
    time: float
    arm: str | None
    n: int
    mean_baseline: float
    mean_score: float
    mean_change: TermEstimate
    standardised: TermEstimate | Withheld


@dataclass(frozen=True, slots=True)
class OccasionChange:
    """One arm at one occasion: a :class:`ChangeEstimate`, or why there is none."""

    occasion: str
    time: float
    arm: str | None
    result: ChangeEstimate | Withheld


@dataclass(frozen=True, slots=True)
class OccasionMean:
    """Mean score (points, t interval) of the ``n`` who answered at an occasion in one arm: what a curve is made of."""

    occasion: str
    time: float
    arm: str | None
    n: int
    mean: TermEstimate | Withheld


@dataclass(frozen=True, slots=True)
class MixedModelFit:
    """A linear mixed model with a random intercept per person.

    ``terms``: fixed effects in points per unit of their column, with Satterthwaite degrees of freedom.
    ``variance_between`` and ``variance_within``: points squared, between persons (None where everybody has one answer, which
    can't tell the two apart) and within a person.
    ``log_likelihood``: restricted where ``reml``. ``singular``: variance between persons was estimated at zero.
    ``n_incomplete``: persons left out because a covariate or the baseline score is missing.
    """

    formula: str
    terms: tuple[TermEstimate, ...]
    variance_between: float | None
    variance_within: float
    log_likelihood: float
    reml: bool
    singular: bool
    n_subjects: int
    n_observations: int
    n_incomplete: int
    warnings: tuple[Sentence, ...]

    def term(self, name: str) -> TermEstimate:
        """The estimate of the term called ``name``; KeyError where the model has none."""
        for term in self.terms:
            if term.term == name:
                return term
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class ModelledOccasion:
    """Change (points) from the start to ``occasion``, where ``n`` answered; withheld where they are too few."""

    occasion: str
    n: int
    change: TermEstimate | Withheld


@dataclass(frozen=True, slots=True)
class ModelledChange:
    """Change at every later occasion by one model of ``n_subjects`` people with ``n_observations`` answers.

    ``covariance``: the form of covariance between occasions that was fitted. ``df``: how degrees of freedom were found.
    ``log_likelihood``: restricted.
    """

    occasions: tuple[ModelledOccasion, ...]
    n_subjects: int
    n_observations: int
    covariance: str
    df: str
    log_likelihood: float
    warnings: tuple[Sentence, ...]

    def at(self, occasion: str) -> TermEstimate | Withheld:
        """The change at ``occasion``; KeyError where it isn't one of the later ones."""
        for found in self.occasions:
            if found.occasion == occasion:
                return found.change
        raise KeyError(occasion)


class SensitivityCode(StrEnum):
    """What is taken of those who are missing at the primary occasion."""

    MAIN = "main"  # as the main number takes it: they go on like those alike who answered
    DETECTABLE_WORSE = "detectable_worse"  # the intervention's are one smallest detectable change worse than that
    TIPPING_INTERVENTION = "tipping_intervention"  # the intervention's are so much worse that the interval reaches zero
    TIPPING_BOTH = "tipping_both"  # all who are missing are
    MISSING_AT_RANDOM = "missing_at_random"  # imputed, each by their own arm
    JUMP_TO_REFERENCE = "jump_to_reference"  # imputed, the intervention's as if they were in the comparison
    RESPONSE_WEIGHTS = "response_weights"  # those who answered stand for those alike at the start


@dataclass(frozen=True, slots=True)
class SensitivityScenario:
    """The main number (points) if what ``code`` says is so of those missing.

    ``delta``: points added to the missing scores that it is about, ``in_detectable_changes`` the same in smallest detectable
    changes; None where it isn't points that are added, or the change isn't known. ``n``: persons behind it; None where that
    would point at fewer than 5 who aren't.
    """

    code: SensitivityCode
    estimate: TermEstimate | Withheld
    delta: float | None
    in_detectable_changes: float | None
    n: int | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What becomes of the main number under other assumptions about those who are missing at the primary occasion.

    ``missing``: share (0-1) missing of those due, of the intervention and, where two are compared, the comparison.
    ``smallest_detectable_change``: points; None where the measure's error isn't known.
    """

    scenarios: tuple[SensitivityScenario, ...]
    missing: tuple[float, ...]
    smallest_detectable_change: float | None
    warnings: tuple[Sentence, ...]

    def scenario(self, code: SensitivityCode) -> SensitivityScenario:
        """The scenario called ``code``; KeyError where it doesn't belong to the design."""
        for found in self.scenarios:
            if found.code is code:
                return found
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class BoundShare:
    """Share (0-1) of the ``n`` scores answered at an occasion that stand exactly at its lowest and highest value.

    None where fewer than 5 persons stand there, or the scale has no such end. ``over_limit``: one of the two is over
    15 %. All but that is None where an arm's answers at the occasion are too few to be shown.
    """

    occasion: str
    n: int | None
    at_lowest: float | None
    at_highest: float | None
    over_limit: bool


@dataclass(frozen=True, slots=True)
class RegressionToMean:
    """Change expected of the selection alone: ``expected_change`` in points; ``share_of_change`` of the mean change
    seen (None where the change is zero)."""

    expected_change: float
    share_of_change: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Artefacts:
    """What can look like change without being it, at baseline and primary occasion."""

    bounds: tuple[BoundShare, ...]
    regression_to_mean: RegressionToMean | Withheld
