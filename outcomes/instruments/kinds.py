"""The closed lists of an instrument file: what may stand where."""

from __future__ import annotations

from enum import Enum, StrEnum


class Kind(StrEnum):
    """A ``measure`` has wording and can be answered; a ``profile`` only knows how to score one."""

    MEASURE = "measure"
    PROFILE = "profile"


class AnswerType(StrEnum):
    """How an item is answered."""

    SINGLE_CHOICE = "single_choice"
    MULTI_CHOICE = "multi_choice"
    NUMBER = "number"
    SCALE_0_10 = "scale_0_10"
    VISUAL_ANALOGUE = "visual_analogue"
    FREE_TEXT = "free_text"


class NonAnswer(Enum):
    """What is said in place of an answer; not the same as skipping the question, which says nothing."""

    DONT_KNOW = "dont_know"
    PREFER_NOT = "prefer_not"


class FaceOrder(StrEnum):
    """How faces stand along a scale: gladder towards the high end, or sadder."""

    GLADDER = "gladder"
    SADDER = "sadder"


class Respondent(StrEnum):
    """Who may answer."""

    CITIZEN = "citizen"
    PARENT = "parent"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    WORKER = "worker"
    TEACHER = "teacher"


class Direction(StrEnum):
    """Which way a score gets better."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


class Method(StrEnum):
    """How item values become a raw score."""

    SUM = "sum"
    MEAN = "mean"


class Fill(StrEnum):
    """What stands in for items without an answer: nothing, or the mean of the answered ones."""

    NONE = "none"
    PRORATE = "prorate"


class Side(StrEnum):
    """On which side of a cut-off its wording holds."""

    AT_OR_ABOVE = "at_or_above"
    AT_OR_BELOW = "at_or_below"


class Sureness(StrEnum):
    """How sure we are of a fact: read in its source, or known with high, medium or low confidence."""

    READ = "read"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ReliabilityKind(StrEnum):
    """What a reliability coefficient was measured by."""

    TEST_RETEST = "test_retest"
    INTERNAL_CONSISTENCY = "internal_consistency"


class ErrorKind(StrEnum):
    """Where the measurement error comes from.

    ``published``: a smallest detectable change from a study. ``computed``: standard deviation and reliability from a
    study. ``own_baseline_sd``: reliability from a study, standard deviation from the baseline of the data at hand.
    ``assumed``: planning values, not measured. ``not_known``: none, and no band is drawn.
    """

    PUBLISHED = "published"
    COMPUTED = "computed"
    OWN_BASELINE_SD = "own_baseline_sd"
    ASSUMED = "assumed"
    NOT_KNOWN = "not_known"


FACES = ("very_sad", "sad", "neutral", "glad", "very_glad")
"""Drawings of faces that an option can name, from the saddest to the gladdest."""

PICTOGRAMS = (
    "alone", "change", "day", "decide", "effort", "energy", "family", "feelings", "food", "friends", "health", "help",
    "home", "hope", "joy", "letter", "money", "outdoors", "phone", "plan", "repeat", "school", "sleep", "talk",
    "together", "trust", "work", "worry",
)  # fmt: skip
"""Drawings of what a question is about, that an item or an option can name."""
