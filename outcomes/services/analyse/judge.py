"""Design label and evidence grade of an analysis, by the findings that the data at hand can show.

The rules are those of :mod:`outcomes.analysis.evidence`; the design is what the user says it is, and else no more than the
method can carry: without a comparison, or with one where nothing from before the start is adjusted for, change (D0); with
one that is adjusted, an adjusted difference (D2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outcomes.errors import Sentence

if TYPE_CHECKING:
    from outcomes.analysis.evidence import Finding, Judgement
    from outcomes.services.analyse.options import Options

LEAST_PRE_TREND = 0.05
UNADJUSTED = Sentence(
    "Nothing from before the start is adjusted for, so the difference between the groups isn't an adjusted one, and only"
    " change is spoken of. Adjust for the score before or for covariates, or say by --option design=... that the groups came"
    " about by lot or by waiting list."
)


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of those begun answered at the main time, in a group (label) or all."""

    label: str
    answered: int
    begun: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What the data show of an estimate's quality; None for what can't be seen in them.

    ``adjusted``: the model holds the baseline, covariates or weights. ``imbalance``: largest standardised difference
    left in what isn't adjusted for. ``overlap``: share with somebody alike in both groups. ``pre_trend``: p value of the
    test before the start. ``left_out``: people left out of the model of ``n_whole``. ``at_bound``: largest share at an
    end of the scale.
    """

    compared: bool
    answered: tuple[Answered, ...] = ()
    smallest_group: int = 0
    n_whole: int = 0
    left_out: int = 0
    adjusted: bool = False
    imbalance: float | None = None
    overlap: float | None = None
    pre_trend: float | None = None
    at_bound: float | None = None


def judge(options: Options, signs: Signs, *, usual: str = "adjusted") -> tuple[Judgement, tuple[Sentence, ...]]:
    """Label, word and grade, with a note where the user's word about the design was taken.

    ``usual``: the design where the user says none: ``none``, ``adjusted`` or ``staggered``.
    """
    from outcomes.analysis.evidence import judge_evidence  # noqa: PLC0415 - with the method, not with the command
    from outcomes.analysis.plan import Design  # noqa: PLC0415

    said = options.choice("design", usual).replace("-", "_")
    follows = usual == Design.STAGGERED
    # nobody's word makes an adjusted difference of one that isn't adjusted; lots and waiting lists need no adjusting
    plain = signs.compared and not signs.adjusted and not follows and said in {Design.ADJUSTED, Design.STAGGERED}
    if plain:
        said = Design.NONE
    compared = signs.compared and said != Design.NONE
    judgement = judge_evidence(
        Design(said),
        _findings(replace(signs, compared=compared), randomised=said == Design.RANDOMISED),
        estimated=compared,
        lots_evidenced=True,
        follows_each_start=follows,
    )
    if plain:
        return judgement, (UNADJUSTED,)
    if not options.given("design"):
        note = Sentence(
            "The groups are compared as they are, however they differed before. Say how they came about with --option"
            " design=...."
        )
        return judgement, ((note,) if signs.compared and not compared else ())
    if not signs.compared:
        return judgement, (Sentence("Nothing is compared here, so this is change, whatever the design."),)
    if judgement.label.causal:
        note = Sentence(
            "The design is as you said. Lots or a waiting list count only where it is written down how they were kept."
        )
        return judgement, (note,)
    return judgement, ()


def _findings(signs: Signs, *, randomised: bool) -> list[Finding]:
    from outcomes.analysis.findings import number_finding, overlap_finding  # noqa: PLC0415 - with the method

    found: list[Finding] = []
    if signs.answered:
        found += _answer_findings(signs)
    if signs.n_whole:
        found.append(_left_out(signs))
    if signs.compared and (signs.imbalance is not None or (not signs.adjusted and not randomised)):
        found.append(_imbalance(signs))
    if signs.compared and signs.overlap is not None:
        found.append(overlap_finding(signs.overlap, compared=True))
    if signs.pre_trend is not None:
        found.append(_pre_trend(signs.pre_trend))
    if signs.at_bound is not None:
        found.append(_bounds(signs.at_bound))
    return [*found, number_finding(signs.smallest_group)]


def _answer_findings(signs: Signs) -> list[Finding]:
    from outcomes.analysis.findings import arm_attrition_finding, follow_up_finding  # noqa: PLC0415 - with the method
    from outcomes.analysis.proportions import estimate_share  # noqa: PLC0415
    from outcomes.analysis.results import AttritionTable, Withheld, WithheldReason  # noqa: PLC0415

    shares = [estimate_share(one.answered, one.begun) for one in signs.answered]
    whole = estimate_share(sum(share.count for share in shares), sum(share.total for share in shares))
    rates = [share.share for share in shares]
    nobody = Withheld(WithheldReason.NOT_PLANNED, Sentence("There is no comparison group whose drop-out could differ."))
    table = AttritionTable((), whole, max(rates) - min(rates) if len(rates) > 1 else None, nobody, tuple(shares))
    found = [follow_up_finding(table, compared=signs.compared)]
    return [*found, arm_attrition_finding(table, compared=True)] if signs.compared else found


def _left_out(signs: Signs) -> Finding:
    from outcomes.analysis.evidence import MOST_LEFT_OUT, Finding, FindingCode  # noqa: PLC0415 - with the method

    share = signs.left_out / signs.n_whole
    reason = Sentence(
        "%(persons)s of %(whole)s people are left out because a covariate is missing (%(percent)s per cent; the limit is"
        " %(limit)s per cent).",
        persons=signs.left_out,
        whole=signs.n_whole,
        percent=round(100 * share, 1),
        limit=round(100 * MOST_LEFT_OUT),
    )
    return Finding(FindingCode.LEFT_OUT, share > MOST_LEFT_OUT, reason, share, MOST_LEFT_OUT)


def _imbalance(signs: Signs) -> Finding:
    from outcomes.analysis.evidence import MOST_IMBALANCE, Finding, FindingCode  # noqa: PLC0415 - with the method

    if signs.imbalance is None:
        reason = Sentence(
            "Nothing from before the start is adjusted for, so the groups may have differed already then."
        )
        return Finding(FindingCode.IMBALANCE, True, reason, None, MOST_IMBALANCE)
    reason = Sentence(
        "The largest difference left between the groups at the start is %(smd)s standard deviations (the limit is"
        " %(limit)s).",
        smd=round(signs.imbalance, 2),
        limit=MOST_IMBALANCE,
    )
    return Finding(FindingCode.IMBALANCE, signs.imbalance > MOST_IMBALANCE, reason, signs.imbalance, MOST_IMBALANCE)


def _pre_trend(p_value: float) -> Finding:
    from outcomes.analysis.evidence import Finding, FindingCode  # noqa: PLC0415 - with the method

    differed = p_value < LEAST_PRE_TREND
    values = {"p": round(p_value, 3)}
    reason = (
        Sentence("The groups went different ways already before the start (p = %(p)s).", **values)
        if differed
        else Sentence("The groups didn't clearly go different ways before the start (p = %(p)s).", **values)
    )
    return Finding(FindingCode.PRE_TREND, differed, reason, p_value, LEAST_PRE_TREND)


def _bounds(share: float) -> Finding:
    from outcomes.analysis.evidence import MOST_AT_BOUND, Finding, FindingCode  # noqa: PLC0415 - with the method

    reason = Sentence(
        "%(percent)s per cent stand at an end of the scale (the limit is %(limit)s per cent).",
        percent=round(100 * share, 1),
        limit=round(100 * MOST_AT_BOUND),
    )
    return Finding(FindingCode.BOUNDS, share > MOST_AT_BOUND, reason, share, MOST_AT_BOUND)
