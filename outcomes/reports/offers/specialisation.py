"""How specialised an intervention is for a target group, by written criteria; and whether it has become less so.

Question: has an intervention been despecialised (afspecialiseret) between two days?
Estimand: the mean change in level, 0 to 3, over all offers that give the intervention to the group on either day, those among
them of which nobody has recorded what they give.
Rule: an offer whose level is known on both days, by the same version of the criteria, changed by the difference; one that
isn't known on both may have moved as far as the scale goes. The interval holds every mean that the unknown allow. It is
whole-population arithmetic with bounds for what is missing (Manski 1990, AER 80(2):319-323), no sampling interval: the
offers are all there are.
A level counts for three years; after that it is no longer known.
Verdict: confirmed where even the highest possible mean is below zero; refuted where even the lowest isn't; else it can't be
said. Levels of different versions of the criteria are never compared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText, local_text

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).parent / "criteria.json"
HIGHEST = 3
COUNTS_FOR = timedelta(days=3 * 365 + 1)
"""How long a level is taken to hold without being looked at again."""
LEVELS = (
    Sentence("General"),
    Sentence("Somewhat specialised"),
    Sentence("Specialised"),
    Sentence("Highly specialised"),
)
"""What the levels 0 to 3 are called."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that an offer fulfils or doesn't."""

    key: str
    title: LocalText


@dataclass(frozen=True, slots=True)
class Criteria:
    """A version of the criteria. ``least``: how many must be met for level 1, 2 and 3."""

    version: str
    valid_from: date
    criteria: tuple[Criterion, ...]
    least: tuple[int, int, int]

    def level(self, met: Mapping[str, bool]) -> int:
        """The level 0-3 of an offer that meets these."""
        number = sum(bool(met.get(criterion.key)) for criterion in self.criteria)
        return sum(number >= least for least in self.least)


@cache
def all_criteria() -> tuple[Criteria, ...]:
    """Every version, the oldest first. They are this project's own and no official norm."""
    return tuple(
        Criteria(
            entry["version"],
            date.fromisoformat(entry["valid_from"]),
            tuple(Criterion(each["key"], local_text(each["title"])) for each in entry["criteria"]),
            tuple(entry["least"]),
        )
        for entry in json.loads(DATA.read_text(encoding="utf-8"))["versions"]
    )


def criteria_on(day: date) -> Criteria:
    """The version that is used for levels from a day; before the first version, the first."""
    return next((each for each in reversed(all_criteria()) if each.valid_from <= day), all_criteria()[0])


@dataclass(frozen=True, slots=True)
class Level:
    """A level as it was set. ``provider_id`` None: the intervention as a whole."""

    provider_id: UUID | None
    valid_from: date
    level: int
    criteria_version: str


class Verdict(StrEnum):
    """What can be said of despecialisation."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True)
class Trend:
    """Mean change in level over ``n`` offers; ``n_known`` have it on both days by the same criteria.

    ``estimate``: mean over those known (None: none is); ``low`` to ``high``: every mean over all that is possible.
    """

    n: int
    n_known: int
    estimate: float | None
    low: float
    high: float
    verdict: Verdict


def level_on(levels: tuple[Level, ...], provider_id: UUID | None, day: date) -> Level | None:
    """The level in force on a day; None where none was set in the three years before it."""
    oldest = day - COUNTS_FOR
    before = [each for each in levels if each.provider_id == provider_id and oldest <= each.valid_from <= day]
    return max(before, key=lambda each: each.valid_from, default=None)


def judge_trend(offers: frozenset[UUID], levels: tuple[Level, ...], *, first_day: date, last_day: date) -> Trend:
    """Whether the offers have become less specialised from one day to the other."""
    known: list[int] = []
    low = high = 0
    for provider_id in offers:
        then, now = level_on(levels, provider_id, first_day), level_on(levels, provider_id, last_day)
        least, most = _bounds(then, now)
        low, high = low + least, high + most
        if then and now and then.criteria_version == now.criteria_version:
            known.append(now.level - then.level)
    n = len(offers)
    if not n:
        return Trend(0, 0, None, -HIGHEST, HIGHEST, Verdict.CANNOT_SAY)
    verdict = Verdict.CONFIRMED if high < 0 else Verdict.REFUTED if low >= 0 else Verdict.CANNOT_SAY
    return Trend(n, len(known), sum(known) / len(known) if known else None, low / n, high / n, verdict)


def _bounds(then: Level | None, now: Level | None) -> tuple[int, int]:
    """How far an offer can have moved, down and up, for who knows these."""
    if then and now:
        change = now.level - then.level
        return (change, change) if then.criteria_version == now.criteria_version else (-HIGHEST, HIGHEST)
    if then:
        return -then.level, HIGHEST - then.level
    return (now.level - HIGHEST, now.level) if now else (-HIGHEST, HIGHEST)


FINDINGS = {
    Verdict.CONFIRMED: Sentence("It has become less specialised."),
    Verdict.REFUTED: Sentence("It has not become less specialised."),
    Verdict.CANNOT_SAY: Sentence("Whether it has become less specialised can't be said."),
}


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A line of history: a level that was set, in words."""

    valid_from: date
    level: int
    level_words: Sentence
    criteria_version: str
    met: tuple[LocalText | str, ...]
    not_met: tuple[LocalText | str, ...]
    reason: str
    assessed_by: str


@dataclass(frozen=True, slots=True)
class OfferLevels:
    """One offer (or the intervention as a whole): its level on both days, in words, and its history, newest first."""

    name: str | Sentence
    then: Sentence
    now: Sentence
    comparable: bool
    history: tuple[LevelLine, ...]


@dataclass(frozen=True, slots=True)
class SpecialisationRow:
    """One intervention and target group: what can be said, on what, and the offers behind it."""

    intervention: LocalText
    group: LocalText | str
    finding: Sentence
    basis: Sentence
    trend: Trend
    whole: OfferLevels | None
    offers: tuple[OfferLevels, ...]


@dataclass(frozen=True, slots=True)
class SpecialisationPage:
    """Every intervention and target group that has a level, between two days; and the criteria in force on the last."""

    organisation_name: str
    first_day: date
    last_day: date
    rows: tuple[SpecialisationRow, ...]
    criteria: Criteria
