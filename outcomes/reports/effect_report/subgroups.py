"""Section: for whom it went how, with every number drawn towards the others by as much as chance would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.reports.charts.subgroups import SubgroupChart, SubgroupMark, SubgroupPanel
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.counts import HIDDEN_RULE, count_cell
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import after, listed
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Table

if TYPE_CHECKING:
    from outcomes.analysis.subgroups import SubgroupComparison
    from outcomes.reports.effect_report.words import Words


def subgroups_section(words: Words, comparisons: tuple[SubgroupComparison, ...]) -> Section:
    """Each characteristic's subgroups as a figure and a table; says so where there are none to tell apart."""
    title = Sentence("For whom")
    if not comparisons:
        nothing = Sentence("There are no groups of people large enough to tell apart")
        return Section("subgroups", title, nothing)
    finding = _finding(words, comparisons)
    hidden = any(row.count.count is None for each in comparisons for row in each.rows)
    kind = (
        Sentence("Difference between the groups at the same score at the start")
        if comparisons[0].is_difference
        else Sentence(
            "Change from the start %(after)s, among those who answered both times", after=after(words.primary_time)
        )
    )
    figure = Figure(
        key="subgroups",
        title=finding,
        subtitle=Sentence(
            "%(what)s: %(unit)s, with 95 per cent intervals, %(period)s.",
            what=kind,
            unit=words.unit,
            period=words.period,
        ),
        description=_description(words, comparisons),
        caption=Sentence(
            "The dot is drawn towards the others of its kind by as much as chance would have it (empirical Bayes); the grey"
            " mark is the group's own mean. Hollow where the interval holds zero."
        ),
        chart=_chart(words, comparisons),
        table=_table(words, comparisons),
    )
    body = (
        Sentence(
            "A small group's own number swings by chance, so each is read together with the others of its kind. Groups begin"
            " at different places and differ in other things than their name says."
        ),
    )
    return Section("subgroups", title, finding, body, figure, (), (HIDDEN_RULE,) if hidden else ())


def _finding(words: Words, comparisons: tuple[SubgroupComparison, ...]) -> Sentence:
    differing = [words.part(each.name) for each in comparisons if each.differs]
    if not differing:
        return Sentence("No group fares otherwise than the others by more than chance explains")
    return Sentence("How it goes differs by %(names)s, more than chance explains", names=listed(differing))


def _chart(words: Words, comparisons: tuple[SubgroupComparison, ...]) -> SubgroupChart:
    panels = []
    for each in comparisons:
        marks = [
            SubgroupMark(
                words.level(each.name, row.level),
                row.count.count or 0,
                row.shrunken.estimate,
                row.shrunken.ci_low,
                row.shrunken.ci_high,
                row.own.estimate,
            )
            for row in each.rows
            if row.own is not None and row.shrunken is not None
        ]
        panels.append(SubgroupPanel(words.part(each.name), tuple(marks)))
    return SubgroupChart(tuple(panels), words.material.measure.lower_is_better)


def _description(words: Words, comparisons: tuple[SubgroupComparison, ...]) -> Sentence:
    said = [
        Sentence(
            "%(what)s, %(level)s: %(estimate)s (%(low)s to %(high)s).",
            what=words.part(each.name),
            level=words.level(each.name, row.level),
            estimate=words.score(row.shrunken.estimate),
            low=words.score(row.shrunken.ci_low),
            high=words.score(row.shrunken.ci_high),
        )
        for each in comparisons
        for row in each.rows
        if row.shrunken is not None
    ]
    return join(Sentence("Dots with intervals beside a line at zero."), *said)


def _table(words: Words, comparisons: tuple[SubgroupComparison, ...]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in comparisons:
        for row in each.rows:
            own, shrunken = row.own, row.shrunken
            rows.append(
                (
                    words.part(each.name),
                    each.name,
                    row.level,
                    words.level(each.name, row.level),
                    count_cell(row.count),
                    own.estimate if own else None,
                    Interval(own.ci_low, own.ci_high) if own else None,
                    shrunken.estimate if shrunken else None,
                    Interval(shrunken.ci_low, shrunken.ci_high) if shrunken else None,
                    shrunken.reliability if shrunken else None,
                    each.p_value,
                    each.adjusted_p_value,
                )
            )
    decimals = words.decimals
    return Table(
        key="subgroups",
        caption=Sentence("Subgroups, in points: on their own, and read together"),
        columns=(
            Column("what", Sentence("What")),
            Column("part", Sentence("Name in the data"), on_page=False),
            Column("level_code", Sentence("Level in the data"), on_page=False),
            Column("level", Sentence("Who")),
            Column("n", Sentence("Answered both times"), Kind.COUNT),
            Column("own", Sentence("On its own"), Kind.NUMBER, decimals),
            Column("own_interval", Sentence("95 % interval"), Kind.INTERVAL, decimals),
            Column("together", Sentence("Read together"), Kind.NUMBER, decimals),
            Column("together_interval", Sentence("95 % interval"), Kind.INTERVAL, decimals),
            Column("reliability", Sentence("Weight of its own number"), Kind.NUMBER, 2, on_page=False),
            Column("p_value", Sentence("p that all are alike"), Kind.PROBABILITY, 3, on_page=False),
            Column("adjusted_p_value", Sentence("p, counted with the others"), Kind.PROBABILITY, 3),
        ),
        rows=tuple(rows),
        group="what",
    )
