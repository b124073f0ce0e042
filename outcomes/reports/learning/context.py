"""The context of a learning meeting: the one thing that the page, the steps, the printout and JSON are made from.

Aggregates, and the team's own words. No citizen and no member of staff is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.parts import Figure, LocalText, Table


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that may be said: the finding in words, then the number with how many and how sure. ``withheld``: why there
    is no number."""

    key: str
    finding: Sentence
    number: Sentence | None = None
    withheld: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """What has become of a number since the last meeting. ``moved``: by more than chance; None where that can't be said."""

    key: str
    name: Sentence
    text: Sentence
    moved: bool | None


@dataclass(frozen=True, slots=True)
class SinceLast:
    """The meeting before, and what has moved since."""

    held_on: date
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class PointView:
    """Something that the team thinks, asks or does. ``state_name``: what came of it; ``overdue``: its day has gone by."""

    point_id: UUID
    kind: str
    kind_name: Sentence
    words: str
    observed_on: date
    due_on: date | None
    overdue: bool
    responsible: str
    state: str
    state_name: Sentence
    outcome: str
    followed_up_on: date | None


@dataclass(frozen=True, slots=True)
class RollOut:
    """How the intervention is taken up, and what drives or hinders it. ``figure`` None: ``why`` says why there is none."""

    finding: Sentence
    figure: Figure | None
    providers: Table | None
    drivers: tuple[PointView, ...]
    barriers: tuple[PointView, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the figures come from: plan, data and program, and when they were worked out."""

    plan_version: int | None
    snapshot: str
    code_version: str
    computed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LearningContext:
    """Everything for a learning meeting about one intervention.

    ``met_today``: a meeting has been begun today; ``meetings``: the days of those before, newest first. ``changed``: the
    findings; ``groups``: one table for each way to divide the people; ``unknown``: what the numbers can't tell.
    ``to_follow_up``: what was left open; ``followed_up``: what was followed up since the last meeting, or at it;
    ``written``: what was written down today.
    """

    organisation: str
    slug: str
    intervention: LocalText
    today: date
    is_demo: bool
    word: Sentence
    met_today: bool
    meetings: tuple[date, ...]
    changed: tuple[Statement, ...]
    since: SinceLast | None
    groups: tuple[Table, ...]
    unknown: tuple[Sentence, ...]
    to_follow_up: tuple[PointView, ...]
    followed_up: tuple[PointView, ...]
    written: tuple[PointView, ...]
    roll_out: RollOut
    origin: Origin
