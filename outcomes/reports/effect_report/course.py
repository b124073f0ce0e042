"""Section: the course of the scores, and the change from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.results import INTERVENTION, ChangeEstimate, OccasionChange, RegressionToMean, TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.charts.course import CourseChart, CourseLine, CoursePoint
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import (
    ARM_ORDER,
    Words,
    after,
    better_direction,
    month_number,
    occasion_name,
)
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Points, Table, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.analysis.results import Withheld as WithheldResult


def course_section(words: Words) -> Section:
    """Mean score at each occasion by group with intervals, and the change from the start of those with both scores."""
    lines = _lines(words)
    change = _change_table(words)
    finding = course_finding(words)
    withheld = tuple(
        dict.fromkeys(c.result.sentence for c in words.estimate.changes if not isinstance(c.result, ChangeEstimate))
    )
    figure = None
    if lines:
        figure = Figure(
            key="course",
            title=finding,
            subtitle=Sentence(
                "Mean of %(unit)s, with 95 per cent intervals. %(n)s people began, %(period)s.",
                unit=words.unit,
                n=words.said_begun(None),
                period=words.period,
            ),
            description=_description(words, lines),
            caption=Sentence(
                "The means are of those who answered each time, so they are not the same people all the way. Hollow marks"
                " have fewer than 30 people behind them."
            ),
            chart=CourseChart(
                tuple(lines),
                words.material.measure.minimum,
                words.material.measure.maximum,
                words.material.measure.lower_is_better,
            ),
            table=_mean_table(words),
        )
    body = (
        better_direction(lower_is_better=words.material.measure.lower_is_better),
        Sentence(
            "Change alone doesn't show what the intervention has done: people often do better with time anyway, and those"
            " who start with their worst score tend to move towards the average, also without help."
        ),
        *said_regression(words),
    )
    return Section("course", Sentence("How it went over time"), finding, body, figure, (change,), withheld)


def primary_changes(words: Words) -> list[tuple[str | None, ChangeEstimate]]:
    """Change at the primary occasion in each group that the report speaks of and may show, intervention first."""
    primary = words.estimate.plan.primary_occasion
    found = [
        (change.arm, change.result)
        for change in words.estimate.changes
        if change.occasion == primary and isinstance(change.result, ChangeEstimate)
    ]
    found = [pair for pair in found if pair[0] is None or pair[0] in words.arms_behind]
    return sorted(found, key=lambda pair: ARM_ORDER.get(pair[0], 2))


def course_finding(words: Words) -> Sentence:
    """What happened to the groups, without saying why."""
    directions = [_direction(words, result.mean_change) for _arm, result in primary_changes(words)]
    when = after(words.primary_time)
    match directions:
        case []:
            finding = Sentence("There are too few answers to show a change")
        case [Verdict.BETTER]:
            finding = Sentence("Those who answered both times were better off %(after)s than at the start", after=when)
        case [Verdict.WORSE]:
            finding = Sentence("Those who answered both times were worse off %(after)s than at the start", after=when)
        case [Verdict.BETTER, Verdict.BETTER]:
            finding = Sentence(
                "Among those who answered both times, both groups were better off %(after)s than at the start",
                after=when,
            )
        case [Verdict.WORSE, Verdict.WORSE]:
            finding = Sentence(
                "Among those who answered both times, both groups were worse off %(after)s than at the start",
                after=when,
            )
        case [Verdict.BETTER, _]:
            finding = Sentence(
                "Among those who answered both times, those who got the intervention were better off %(after)s than at the"
                " start",
                after=when,
            )
        case [_, Verdict.BETTER]:
            finding = Sentence(
                "Among those who answered both times, the comparison group was better off %(after)s than at the start",
                after=when,
            )
        case _:
            finding = Sentence("The scores %(after)s can't be told apart from those at the start", after=when)
    return finding


def _direction(words: Words, change: TermEstimate) -> Verdict:
    if change.includes_zero:
        return Verdict.INCLUDES_NONE
    return Verdict.BETTER if words.is_better(change.estimate) else Verdict.WORSE


def said_change(words: Words, arm: str | None, change: ChangeEstimate) -> Sentence:
    """One group's change in a sentence: of whom, from where to where, and the interval."""
    number = change.mean_change
    decimals = words.decimals_of(number)
    return Sentence(
        "%(group)s (%(n)s of %(all)s): from %(before)s to %(after)s points, change %(change)s (%(low)s to %(high)s).",
        group=words.group(arm),
        before=Points(change.mean_baseline, decimals),
        after=Points(change.mean_score, decimals),
        change=Points(number.estimate, decimals),
        low=Points(number.ci_low, decimals),
        high=Points(number.ci_high, decimals),
        n=change.n,
        all=words.due(arm),
    )


def said_regression(words: Words) -> tuple[Sentence, ...]:
    """How much of the change was to be expected of the selection alone, where the plan tells what that takes."""
    found = words.estimate.artefacts.regression_to_mean
    changes = primary_changes(words)
    if not isinstance(found, RegressionToMean) or not changes:
        return ()
    number = changes[0][1].mean_change
    decimals = words.decimals_of(number)
    return (
        Sentence(
            "Of the change of %(change)s points, %(expected)s were to be expected without any help, because people start when"
            " their score is unusual (regression to the mean).",
            change=Points(number.estimate, decimals),
            expected=Points(found.expected_change, decimals),
        ),
    )


def _lines(words: Words) -> list[CourseLine]:
    arms = sorted({mean.arm for mean in words.estimate.means}, key=lambda arm: ARM_ORDER.get(arm, 2))
    if words.has_comparison:
        arms = [arm for arm in arms if arm is not None]
    lines = []
    for arm in arms:
        points = [
            CoursePoint(mean.time, mean.mean.estimate, mean.mean.ci_low, mean.mean.ci_high, mean.n)
            for mean in words.estimate.means
            if mean.arm == arm and isinstance(mean.mean, TermEstimate)
        ]
        if points:
            lines.append(
                CourseLine(
                    words.group(arm), arm in {None, INTERVENTION}, tuple(sorted(points, key=lambda point: point.time))
                )
            )
    return lines


def _description(words: Words, lines: list[CourseLine]) -> Sentence:
    said = [
        Sentence(
            "%(group)s goes from a mean of %(first)s at the start to %(last)s %(after)s.",
            group=line.group,
            first=words.score(line.points[0].mean),
            last=words.score(line.points[-1].mean),
            after=after(line.points[-1].time),
        )
        for line in lines
    ]
    return join(
        Sentence("Lines of mean scores over time."),
        *said,
        better_direction(lower_is_better=words.material.measure.lower_is_better),
    )


def _mean_table(words: Words) -> Table:
    rows: list[tuple[Cell, ...]] = []
    decimals = _decimals(words, [mean.mean for mean in words.estimate.means])
    for mean in sorted(words.estimate.means, key=lambda mean: (ARM_ORDER.get(mean.arm, 2), mean.time)):
        if words.has_comparison and mean.arm is None:
            continue
        shown = mean.mean if isinstance(mean.mean, TermEstimate) else None
        hidden = None if isinstance(mean.mean, TermEstimate) else Withheld(mean.mean.sentence)
        rows.append(
            (
                words.group(mean.arm),
                mean.arm or "all",
                mean.occasion,
                month_number(mean.time),
                occasion_name(mean.time),
                mean.n if shown else hidden,
                shown.estimate if shown else hidden,
                Interval(shown.ci_low, shown.ci_high) if shown else None,
                shown.std_error if shown else None,
            )
        )
    return Table(
        key="means",
        caption=Sentence("Mean score by time and group, in points"),
        columns=(
            *_occasion_columns(),
            Column("n", Sentence("Answered"), Kind.COUNT),
            Column("mean", Sentence("Mean"), Kind.NUMBER, decimals),
            Column("mean_interval", Sentence("95 % interval"), Kind.INTERVAL, decimals),
            Column("std_error", Sentence("Standard error"), Kind.NUMBER, 2, on_page=False),
        ),
        rows=tuple(rows),
        group="group",
    )


def _decimals(words: Words, numbers: Iterable[TermEstimate | WithheldResult]) -> int:
    """Decimals that show every number of a column."""
    return max((words.decimals_of(number) for number in numbers if isinstance(number, TermEstimate)), default=1)


def _occasion_columns() -> tuple[Column, ...]:
    return (
        Column("group", Sentence("Group")),
        Column("arm", Sentence("Group code"), on_page=False),
        Column("occasion", Sentence("Occasion code"), on_page=False),
        Column("time", Sentence("Months"), on_page=False),
        Column("when", Sentence("Time")),
    )


def _change_table(words: Words) -> Table:
    changes = [change for change in words.estimate.changes if not (words.has_comparison and change.arm is None)]
    decimals = _decimals(
        words, [change.result.mean_change for change in changes if isinstance(change.result, ChangeEstimate)]
    )
    changes.sort(key=lambda change: (ARM_ORDER.get(change.arm, 2), change.time))
    return Table(
        key="changes",
        caption=Sentence("Change from the start among those who answered both times, in points"),
        columns=(
            *_occasion_columns(),
            Column("n", Sentence("Answered both times"), Kind.COUNT),
            Column("mean_baseline", Sentence("At the start"), Kind.NUMBER, decimals),
            Column("mean_score", Sentence("Now"), Kind.NUMBER, decimals),
            Column("mean_change", Sentence("Change"), Kind.NUMBER, decimals),
            Column("mean_change_interval", Sentence("95 % interval"), Kind.INTERVAL, decimals),
            Column("std_error", Sentence("Standard error"), Kind.NUMBER, 2, on_page=False),
            Column("standardised", Sentence("Change in SD"), Kind.NUMBER, 2),
            Column("standardised_interval", Sentence("95 % interval, SD"), Kind.INTERVAL, 2, on_page=False),
        ),
        rows=tuple(_change_row(words, change) for change in changes),
        group="group",
    )


def _change_row(words: Words, change: OccasionChange) -> tuple[Cell, ...]:
    head: tuple[Cell, ...] = (
        words.group(change.arm),
        change.arm or "all",
        change.occasion,
        month_number(change.time),
        occasion_name(change.time),
    )
    if not isinstance(change.result, ChangeEstimate):
        return (*head, Withheld(change.result.sentence), None, None, None, None, None, None, None)
    result, number = change.result, change.result.mean_change
    smcr = result.standardised if isinstance(result.standardised, TermEstimate) else None
    return (
        *head,
        result.n,
        result.mean_baseline,
        result.mean_score,
        number.estimate,
        Interval(number.ci_low, number.ci_high),
        number.std_error,
        smcr.estimate if smcr else None,
        Interval(smcr.ci_low, smcr.ci_high) if smcr else None,
    )
