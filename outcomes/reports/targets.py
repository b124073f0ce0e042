"""Outcome targets as pages, files and JSON show them: what is to be reached for whom, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.disclosure import too_few_for_estimate
from outcomes.analysis.indicators import INDICATORS, IndicatorValue
from outcomes.analysis.population import Population
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.analysis.target_status import WITHHELD, Judgement, Obstacle, TargetStatus, judge_target
from outcomes.errors import Sentence
from outcomes.language import format_number, format_percent
from outcomes.reports.parts import LocalText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ORDER = {TargetStatus.NOT_MET: 0, TargetStatus.NOT_SAID: 1, TargetStatus.MET: 2}
"""What needs attention comes first."""

LEVEL_WORDS = {
    "national": Sentence("National"),
    "municipal": Sentence("The municipality's own"),
    "provider": Sentence("One provider's"),
}
STATUS_WORDS = {
    TargetStatus.MET: Sentence("Met"),
    TargetStatus.NOT_MET: Sentence("Not met"),
    TargetStatus.NOT_SAID: Sentence("Can't be said yet"),
}
DECIMALS = {"share": 0, "points": 1, "standardised": 2}
MOST_DECIMALS = 4
"""As many as a threshold is stored with."""
UNIT_WORDS = {
    "points": Sentence("points of the measure"),
    "standardised": Sentence("standard deviations"),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in an indicator's unit inside a sentence (a share as per cent), as the locale in force writes it.

    ``decimals``: None for as many as the unit usually has.
    """

    value: float
    unit: str
    decimals: int | None = None

    def __str__(self) -> str:
        decimals = DECIMALS[self.unit] if self.decimals is None else self.decimals
        return format_percent(self.value, decimals) if self.unit == "share" else format_number(self.value, decimals)


def amounts(unit: str, goal: float, *ends: float) -> tuple[Amount, ...]:
    """A threshold and what is held against it, with as many decimals as it takes to see that they aren't the same."""
    scale, least = 100 if unit == "share" else 1, DECIMALS[unit]
    decimals = next(
        (
            each
            for each in range(least, MOST_DECIMALS)
            if _told_apart(goal * scale, [end * scale for end in ends], each)
        ),
        MOST_DECIMALS,
    )
    return tuple(Amount(end, unit, decimals) for end in ends)


def goal_amount(unit: str, goal: float) -> Amount:
    """A threshold as somebody chose it: with the decimals that it has."""
    shown = round(goal * (100 if unit == "share" else 1), MOST_DECIMALS)
    decimals = next(each for each in range(MOST_DECIMALS + 1) if round(shown, each) == shown)
    return Amount(goal, unit, decimals)


def _told_apart(goal: float, ends: Sequence[float], decimals: int) -> bool:
    return all(end == goal or round(end, decimals) != round(goal, decimals) for end in ends)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a target stands. ``value``: the indicator's, or why there is none.

    ``status``: ``met``, ``not_met`` or ``cannot_be_said``; ``words`` says it in short, ``finding`` why. ``missing``: how many
    answers more it takes to say anything. ``snapshot``: fingerprint of the data behind it; empty where there are none.
    """

    status: TargetStatus
    words: Sentence
    finding: Sentence
    obstacle: Obstacle | None
    missing: int | None
    value: IndicatorValue | Withheld
    snapshot: str


@dataclass(frozen=True, slots=True)
class TargetView:
    """One version of a target. ``threshold`` in the indicator's own unit (a share 0-1); ``wish`` says it in words.

    ``standing`` None: it ended, or it is read where there are no people of one's own (by the authority that set it).
    ``own``: the organisation that reads it has set it.
    """

    code: str
    version: int
    title: LocalText
    own: bool
    level: str
    level_words: Sentence
    indicator: str
    indicator_title: Sentence
    unit: str
    intervention: str
    intervention_name: LocalText
    provider_id: UUID | None
    provider: str | None
    target_group: str | None
    target_group_title: LocalText | None
    legal_section: str | None
    threshold: float
    direction: str
    wish: Sentence
    first_day: date
    last_day: date
    minimum_n: int
    reason: str
    decided_by: str
    decided_at: datetime
    ends: bool
    standing: Standing | None

    @property
    def population(self) -> Population:
        """Whom it is about."""
        return Population(self.intervention, self.provider_id, self.target_group, self.legal_section)


@dataclass(frozen=True, slots=True)
class TargetBoard:
    """The newest version of each target in force, what needs attention first; and those that have ended."""

    organisation_name: str
    for_authority: bool
    as_of: date
    finding: Sentence
    targets: tuple[TargetView, ...]
    ended: tuple[TargetView, ...]


@dataclass(frozen=True, slots=True)
class TargetCounts:
    """How many targets of a population are met, not met, and can't be said yet."""

    met: int
    not_met: int
    not_said: int


def wish_words(indicator: str, direction: str, threshold: float) -> Sentence:
    """What is to be reached, in words."""
    kind = INDICATORS[indicator].unit
    amount, unit = goal_amount(kind, threshold), UNIT_WORDS.get(kind)
    if unit is None:
        return (
            Sentence("at least %(amount)s", amount=amount)
            if direction == "at_least"
            else Sentence("at most %(amount)s", amount=amount)
        )
    return (
        Sentence("at least %(amount)s %(unit)s", amount=amount, unit=unit)
        if direction == "at_least"
        else Sentence("at most %(amount)s %(unit)s", amount=amount, unit=unit)
    )


def stand(
    value: IndicatorValue | Withheld, *, threshold: float, direction: str, minimum_n: int, snapshot: str
) -> Standing:
    """How a target stands by the value of its indicator, and nothing else."""
    if isinstance(value, IndicatorValue) and value.n is None:
        value = too_few_for_estimate()
    if isinstance(value, Withheld):
        return _standing(WITHHELD, value.sentence, value, snapshot)
    judgement = judge_target(
        ci_low=value.ci_low, ci_high=value.ci_high, n=value.n or 0, threshold=threshold, direction=direction,
        minimum_n=minimum_n, highest=value.highest,
    )  # fmt: skip
    return _standing(judgement, _why(judgement, value, threshold, direction, minimum_n), value, snapshot)


def stand_without(reason: Sentence) -> Standing:
    """How a target stands that there are no figures for."""
    return _standing(WITHHELD, reason, Withheld(WithheldReason.NOT_POSSIBLE, reason), "")


def _standing(judgement: Judgement, finding: Sentence, value: IndicatorValue | Withheld, snapshot: str) -> Standing:
    return Standing(
        judgement.status,
        STATUS_WORDS[judgement.status],
        finding,
        judgement.obstacle,
        judgement.missing,
        value,
        snapshot,
    )


def _why(judgement: Judgement, value: IndicatorValue, threshold: float, direction: str, minimum_n: int) -> Sentence:
    unit = INDICATORS[value.key].unit
    low, high = amounts(unit, threshold, value.ci_low, value.ci_high)
    ends = {"low": low, "high": high, "goal": goal_amount(unit, threshold)}
    if judgement.obstacle is Obstacle.TOO_FEW:
        return Sentence(
            "There are %(n)s people behind the number, and the target asks for %(minimum)s: %(missing)s too few.",
            n=value.n or 0, minimum=minimum_n, missing=judgement.missing or 0,
        )  # fmt: skip
    if judgement.obstacle is Obstacle.INTERVAL:
        return Sentence(
            "The interval from %(low)s to %(high)s holds the target of %(goal)s: it may be either way.", **ends
        )
    if judgement.obstacle is Obstacle.MISSING:
        (best,) = amounts(unit, threshold, value.highest or 0.0)
        return Sentence(
            "Answers are missing. The interval from %(low)s to %(high)s is below the target of %(goal)s, but it would reach"
            " %(best)s had all who haven't answered been better off.", best=best, **ends
        )  # fmt: skip
    above = (judgement.status is TargetStatus.MET) == (direction == "at_least")
    if above:
        return Sentence("The whole interval from %(low)s to %(high)s is at or above the target of %(goal)s.", **ends)
    return Sentence("The whole interval from %(low)s to %(high)s is at or below the target of %(goal)s.", **ends)


def count_standings(targets: Iterable[TargetView]) -> TargetCounts:
    """How many targets are met, not met and can't be said yet; what ended isn't counted."""
    found = [target.standing.status for target in targets if target.standing is not None and not target.ends]
    return TargetCounts(
        *(found.count(status) for status in (TargetStatus.MET, TargetStatus.NOT_MET, TargetStatus.NOT_SAID))
    )


def make_board(
    organisation_name: str, newest: Iterable[TargetView], *, for_authority: bool, as_of: date
) -> TargetBoard:
    """The board of the newest version of each target."""
    every = sorted(newest, key=lambda target: (_attention(target), target.level, target.code))
    in_force = tuple(target for target in every if not target.ends)
    return TargetBoard(
        organisation_name=organisation_name,
        for_authority=for_authority,
        as_of=as_of,
        finding=_board_finding(in_force, for_authority),
        targets=in_force,
        ended=tuple(target for target in every if target.ends),
    )


def _attention(target: TargetView) -> int:
    return ORDER[target.standing.status] if target.standing else len(ORDER)


def _board_finding(targets: tuple[TargetView, ...], for_authority: bool) -> Sentence:
    if not targets:
        return Sentence("No target has been set yet.")
    if for_authority:
        return Sentence("National targets in force: %(n)s.", n=len(targets))
    counts = count_standings(targets)
    return Sentence(
        "Met: %(met)s. Not met: %(not_met)s. Can't be said yet: %(not_said)s.",
        met=counts.met, not_met=counts.not_met, not_said=counts.not_said,
    )  # fmt: skip


def whom(target: TargetView) -> Sentence | LocalText:
    """Whom a target is about, in words."""
    parts: list[Sentence | LocalText] = []
    if target.provider:
        parts.append(Sentence("Those at %(provider)s", provider=target.provider))
    if target.target_group_title:
        parts.append(target.target_group_title)
    if target.legal_section:
        parts.append(Sentence("Help under %(section)s", section=target.legal_section))
    if not parts:
        return Sentence("Everybody in it")
    if len(parts) == 1:
        return parts[0]
    return Sentence("%(first)s, and %(second)s", first=parts[0], second=parts[1])
