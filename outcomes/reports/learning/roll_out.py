"""The roll-out of an intervention: how many have begun, by month and at each provider, beside what helps and hinders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import CellMark
from outcomes.analysis.suppression import Sum, protect_table
from outcomes.analysis.uptake import count_uptake
from outcomes.errors import Sentence
from outcomes.reports.charts.uptake import UptakeChart, UptakeMark
from outcomes.reports.learning.context import PointView, RollOut
from outcomes.reports.parts import Column, Figure, Kind, Table, Withheld

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from outcomes.analysis.uptake import UptakePeriod

TOO_FEW = Sentence("Fewer than 5 people have begun, so no number is shown.")
MARKS = {
    CellMark.UNDER_MINIMUM: Sentence("under 5"),
    CellMark.WITHHELD: Sentence("withheld"),
}
WHY_HIDDEN = Sentence("This number would show a group of fewer than 5 people, so it isn't shown.")
WITHOUT_PROVIDER = Sentence("No provider written down")
ALL = "all"


def describe_roll_out(
    starts: Sequence[tuple[date, UUID | None]],
    providers: Mapping[UUID, str],
    points: Sequence[PointView],
    today: date,
) -> RollOut:
    """``starts``: each person's first day and provider, oldest first; ``points``: drivers and barriers, oldest first."""
    drivers = tuple(each for each in points if each.kind == "driver")
    barriers = tuple(each for each in points if each.kind == "barrier")
    periods = count_uptake((day for day, _ in starts), today)
    if not periods:
        return RollOut(TOO_FEW, None, None, drivers, barriers)
    finding = Sentence(
        "%(count)s people have begun from %(first)s to %(last)s.",
        count=periods[-1].so_far,
        first=starts[0][0].replace(day=1),
        last=today,
    )
    numbered = number_marks(drivers, barriers)
    return RollOut(finding, _figure(finding, periods, numbered), _providers(starts, providers), drivers, barriers)


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
            "Source: start days. Months in which fewer than 5 people began are put together with those after."
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


def _providers(starts: Sequence[tuple[date, UUID | None]], names: Mapping[UUID, str]) -> Table | None:
    """How many began at each provider, by name; what would show fewer than five is left out, with what protects it."""
    counts: dict[str, int] = {}
    for _, provider_id in starts:
        key = str(provider_id) if provider_id else ""
        counts[key] = counts.get(key, 0) + 1
    if len(counts) < 2:  # noqa: PLR2004 - one place alone is the whole
        return None
    said = {str(provider_id): name for provider_id, name in names.items()}
    order = sorted(counts, key=lambda key: (not key, said.get(key, "")))
    cells = {key: counts[key] for key in order} | {ALL: len(starts)}
    protected = protect_table(cells, [Sum(ALL, tuple(order))], public={ALL})
    rows = []
    for key in order:
        cell = protected[key]
        shown = cell.count if cell.count is not None else Withheld(WHY_HIDDEN, MARKS[cell.mark])
        rows.append((said.get(key, WITHOUT_PROVIDER), shown))
    return Table(
        "uptake_by_provider",
        Sentence("People who have begun, at each provider"),
        (Column("provider", Sentence("Provider")), Column("begun", Sentence("Have begun"), Kind.COUNT)),
        tuple(rows),
    )
