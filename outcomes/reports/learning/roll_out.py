"""The roll-out of an intervention: how many have begun, by month and at each provider, beside what helps and hinders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.uptake import count_uptake
from outcomes.errors import Sentence
from outcomes.reports.charts.uptake import UptakeChart, UptakeMark
from outcomes.reports.learning.context import PointView, RollOut
from outcomes.reports.parts import Column, Figure, Kind, Table, Withheld

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from outcomes.analysis.uptake import UptakePeriod
    from outcomes.reports.parts import LocalText

TOO_FEW = Sentence("Fewer than 5 people have begun, so no number is shown.")
WITHHELD = Sentence("withheld")
WHY_HIDDEN = Sentence(
    "This number would show a group of fewer than 5 people, here or in another line, so it isn't shown."
)
LEAST_PROVIDERS = 2
"""One place alone is the whole."""


def describe_roll_out(
    starts: Sequence[date],
    begun: Sequence[tuple[LocalText | str, int | None]],
    points: Sequence[PointView],
    today: date,
) -> RollOut:
    """``starts``: each person's first day, oldest first; ``begun``: how many have begun at each provider, as the
    overview shows it (None: it doesn't); ``points``: drivers and barriers, oldest first."""
    drivers = tuple(each for each in points if each.kind == "driver")
    barriers = tuple(each for each in points if each.kind == "barrier")
    periods = count_uptake(starts, today)
    if not periods:
        return RollOut(TOO_FEW, None, None, drivers, barriers)
    finding = Sentence(
        "%(count)s people have begun from %(first)s to %(last)s.",
        count=periods[-1].so_far,
        first=starts[0].replace(day=1),
        last=today,
    )
    numbered = number_marks(drivers, barriers)
    return RollOut(finding, _figure(finding, periods, numbered), _providers(begun), drivers, barriers)


def number_marks(drivers: Sequence[PointView], barriers: Sequence[PointView]) -> tuple[UptakeMark, ...]:
    """What is marked in the picture: numbered as in the two lists, drivers first."""
    return tuple(
        UptakeMark(number, each.observed_on, each.kind == "driver")
        for number, each in enumerate([*drivers, *barriers], start=1)
    )


def _figure(finding: Sentence, periods: Sequence[UptakePeriod], marks: tuple[UptakeMark, ...]) -> Figure:
    points = ((periods[0].first_day, 0), *((each.last_day, each.so_far) for each in periods))
    return Figure(
        key="uptake",
        title=finding,
        subtitle=Sentence(
            "People who have begun, in all, at the end of each period. Numbers stand for the list below."
        ),
        description=Sentence(
            "A rising line: %(count)s people had begun by %(day)s. %(marks)s marks show what helped the roll-out or stood in"
            " its way.",
            count=periods[-1].so_far,
            day=periods[-1].last_day,
            marks=len(marks),
        ),
        caption=Sentence(
            "Counted is everybody who has ever begun, once, by their first start, and nobody who waits or is only compared"
            " with. Months in which fewer than 5 people began are put together with those after."
        ),
        chart=UptakeChart(tuple(points), marks),
        table=_table(periods, marks),
    )


def _table(periods: Sequence[UptakePeriod], marks: tuple[UptakeMark, ...]) -> Table:
    rows = []
    for number, each in enumerate(periods):
        first = (
            None if number == 0 else each.first_day
        )  # what was written down before anybody began stands with the first
        noted = [mark for mark in marks if mark.on <= each.last_day and (first is None or mark.on >= first)]
        rows.append((each.first_day, each.last_day, each.begun, each.so_far, _noted(noted)))
    return Table(
        "uptake",
        Sentence("People who began, and what was written down in the period"),
        (
            Column("from", Sentence("From"), Kind.DATE),
            Column("to", Sentence("To"), Kind.DATE),
            Column("begun", Sentence("Began"), Kind.COUNT),
            Column("so_far", Sentence("In all"), Kind.COUNT),
            Column("noted", Sentence("Written down (number in the list)")),
        ),
        tuple(rows),
    )


def _noted(marks: Sequence[UptakeMark]) -> str | None:
    return ", ".join(str(mark.number) for mark in marks) or None


def _providers(begun: Sequence[tuple[LocalText | str, int | None]]) -> Table | None:
    """How many began at each provider, by name; None: the overview doesn't show it, since it would tell of a few."""
    if len(begun) < LEAST_PROVIDERS:
        return None
    rows = [
        (name, count if count is not None else Withheld(WHY_HIDDEN, WITHHELD))
        for name, count in sorted(begun, key=lambda row: str(row[0]))
    ]
    return Table(
        "uptake_by_provider",
        Sentence("People who have begun, at each provider"),
        (Column("provider", Sentence("Provider")), Column("begun", Sentence("Have begun"), Kind.COUNT)),
        tuple(rows),
    )
