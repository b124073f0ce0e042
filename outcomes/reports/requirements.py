"""The register of process requirements as pages, files and JSON show it: duties, what became of them, and the scale.

On one side of the scale the hours that nobody writes any more, on the other the measured time that the answers take.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from outcomes.analysis.results import Withheld
from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText

if TYPE_CHECKING:
    from collections.abc import Sequence


class State(StrEnum):
    """Where a requirement stands; the name of its last step, or that nobody has questioned it."""

    IN_FORCE = "in_force"
    PROPOSED = "proposed"
    HEARD = "heard"
    RETIRED = "retired"
    KEPT = "kept"
    REINSTATED = "reinstated"


FREE_STEPS: dict[State, tuple[str, ...]] = {
    State.IN_FORCE: ("proposed",),
    State.PROPOSED: ("heard",),
    State.HEARD: ("heard", "retired", "kept"),
    State.RETIRED: ("reinstated",),
    State.KEPT: ("proposed",),
    State.REINSTATED: ("proposed",),
}
"""What can follow. Nothing is retired unheard."""

STEP_WORDS = {
    "proposed": Sentence("Proposed to be retired"),
    "heard": Sentence("Heard"),
    "retired": Sentence("Retired"),
    "kept": Sentence("Kept"),
    "reinstated": Sentence("Brought back by law"),
}
STATE_WORDS = {
    State.IN_FORCE: Sentence("In force"),
    State.PROPOSED: Sentence("Proposed to be retired, not heard yet"),
    State.HEARD: Sentence("Heard, not decided yet"),
    State.RETIRED: Sentence("Retired: no longer written down"),
    State.KEPT: Sentence("In force: it was decided to keep it"),
    State.REINSTATED: Sentence("In force again: brought back by law"),
}
LAW_WORDS = Sentence("In force: a law demands it. It can't be retired, only shown.")
SOURCE_WORDS = {
    "law": Sentence("Law"),
    "agreement": Sentence("Agreement"),
    "local_rule": Sentence("Local rule"),
}


@dataclass(frozen=True, slots=True)
class StepView:
    """A step in the life of a requirement: what, on which day, why, by whom, and when it was written down."""

    number: int
    step: str
    words: Sentence
    on_day: date
    reason: str
    by: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Freed:
    """What retiring a requirement has freed until a day: ``hours`` of ``people`` people's documentation.

    ``months`` are the people's months together: hours = minutes per citizen and month x months / 60. Withheld under 10
    people. ``days``: the days that it was retired on, first to last, both included (more than one span where a law brought
    it back and it was retired again).
    """

    days: tuple[tuple[date, date], ...]
    people: int | Withheld
    months: float | Withheld
    hours: float | Withheld


@dataclass(frozen=True, slots=True)
class RequirementView:
    """A documentation duty. ``minutes``: per citizen and month. ``interventions``: names; none: all of them.

    ``replaced_by``: key of the indicator or questionnaire that shows the same, with its name. ``since``: the day of the last
    step; None where there is none. ``freed``: only where it was ever retired, and the day has come.
    """

    code: str
    title: LocalText
    source_kind: Sentence
    source: str
    law_bound: bool
    minutes: float
    minutes_source: str
    interventions: tuple[LocalText, ...]
    replaced_by: str | None
    replaced_by_name: LocalText | Sentence | None
    replacement: LocalText
    state: State
    state_words: Sentence
    since: date | None
    steps: tuple[StepView, ...]
    freed: Freed | None

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What can be written down next."""
        return next_steps(self.state, law_bound=self.law_bound)


@dataclass(frozen=True, slots=True)
class EntryView:
    """How long answers take. ``answers`` were given, ``measured`` of them with a time; minutes, ``median`` with quartiles.

    ``hours``: median x answers, in hours. All of it withheld under 10.
    """

    whose: Sentence
    by_staff: bool
    answers: int | Withheld
    measured: int | Withheld
    median: float | Withheld
    first_quartile: float | Withheld
    third_quartile: float | Withheld
    hours: float | Withheld


@dataclass(frozen=True, slots=True)
class RequirementBook:
    """The register and its account. ``hours``: freed by all that is or was retired (of those that are shown);
    None where nothing was ever retired. ``net``: the same less the time of staff, where both are known."""

    organisation_name: str
    as_of: date
    since: date
    """The first day that the account looks at: that of the first retirement, else a year ago."""
    finding: Sentence
    rows: tuple[RequirementView, ...]
    hours: float | None
    entry: tuple[EntryView, ...]
    net: float | None
    not_covered: tuple[Sentence, ...]

    @property
    def retired(self) -> tuple[RequirementView, ...]:
        """What is no longer written down."""
        return tuple(row for row in self.rows if row.state is State.RETIRED)

    @property
    def under_way(self) -> tuple[RequirementView, ...]:
        """What is proposed or heard."""
        return tuple(row for row in self.rows if row.state in {State.PROPOSED, State.HEARD})

    @property
    def in_force(self) -> tuple[RequirementView, ...]:
        """What is still written down, and nobody has proposed to stop."""
        return tuple(row for row in self.rows if row not in self.retired and row not in self.under_way)


NOT_COVERED = (
    Sentence(
        "The time runs from the first answer that is kept until all are sent; reading the first question isn't in it."
    ),
    Sentence("Whoever answers all questions on one page, and answers that are typed in from paper, are not measured."),
    Sentence("Pauses are in it, so the median is shown and not the mean."),
    Sentence("Conversations about the answers, and rating of goals, take time too and are not measured."),
    Sentence("The duties' minutes per citizen and month are as the register says: counted or estimated, not measured here."),
)  # fmt: skip


def read_state(steps: Sequence[str]) -> State:
    """Where a requirement stands after these steps, the first one first."""
    return State(steps[-1]) if steps else State.IN_FORCE


def next_steps(state: State, *, law_bound: bool) -> tuple[str, ...]:
    """What can follow. What a law demands is only shown; that a law brings back what was retired is always possible."""
    return FREE_STEPS[state] if not law_bound or state is State.RETIRED else ()


def retired_spans(steps: Sequence[tuple[str, date]], *, until: date) -> tuple[tuple[date, date], ...]:
    """The days on which a requirement was retired, up to ``until``, from its steps with their days."""
    spans: list[tuple[date, date]] = []
    begun: date | None = None
    for step, day in steps:
        if step == "retired":
            begun = day
        elif step == "reinstated" and begun is not None:
            spans.append((begun, date.fromordinal(day.toordinal() - 1)))
            begun = None
    if begun is not None:
        spans.append((begun, until))
    return tuple((first, min(last, until)) for first, last in spans if first <= min(last, until))


def state_words(state: State, *, law_bound: bool) -> Sentence:
    """Where it stands, in words."""
    return LAW_WORDS if law_bound and state is State.IN_FORCE else STATE_WORDS[state]
