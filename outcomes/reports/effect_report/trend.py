"""Section: whether those who begin now fare otherwise than those who began before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.control_chart import ControlChart
from outcomes.analysis.results import Withheld as NotGiven
from outcomes.analysis.run_rules import RULE_WORDS
from outcomes.errors import Sentence
from outcomes.reports.charts.control import ControlChartPicture, ControlLimits, ControlMark
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import after, listed
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Points, Table

if TYPE_CHECKING:
    from outcomes.analysis.trend import Trend
    from outcomes.reports.effect_report.words import Words


def trend_section(words: Words, trend: Trend | NotGiven) -> Section:
    """The change by the quarter in which people began, in a control chart where there are quarters enough."""
    title = Sentence("Quarter by quarter")
    if isinstance(trend, NotGiven):
        nothing = Sentence("How it goes over time can't be shown yet")
        return Section("trend", title, nothing, withheld=(trend.sentence,))
    finding = _finding(trend)
    chart = trend.chart if isinstance(trend.chart, ControlChart) else None
    figure = Figure(
        key="trend",
        title=finding,
        subtitle=Sentence(
            "Mean change %(after)s by the quarter in which people began, adjusted for who they were: %(unit)s, with 95 per"
            " cent intervals. %(n)s people.",
            after=after(words.primary_time),
            unit=words.unit,
            n=sum(point.n for point in trend.points),
        ),
        description=_description(words, trend),
        caption=_caption(chart),
        chart=_picture(words, trend, chart),
        table=_table(words, trend, chart),
    )
    left = [] if not trend.n_left_out else [
        Sentence("Quarters with too few people to be shown: %(n)s.", n=trend.n_left_out)
    ]  # fmt: skip
    body = (
        Sentence("Everybody who had begun by the end of the period is here, also from before the period."),
        *left,
        *(chart.warnings if chart else ()),
    )
    withheld = () if isinstance(trend.chart, ControlChart) else (trend.chart.sentence,)
    return Section("trend", title, finding, body, figure, (), withheld)


def _finding(trend: Trend) -> Sentence:
    if not isinstance(trend.chart, ControlChart):
        return Sentence("There are too few quarters to say whether anything has changed over time")
    quarters = [point.period for point in trend.chart.signals]
    if not quarters:
        return Sentence("Nothing has changed over time by more than ordinary variation")
    return Sentence("Something has changed: %(quarters)s is more than ordinary variation", quarters=listed(quarters))


def _caption(chart: ControlChart | None) -> Sentence:
    if chart is None:
        return Sentence("The line is the mean of all. Limits are drawn when there are 8 quarters with people enough.")
    rules = listed([RULE_WORDS[rule] for rule in sorted(chart.rules)])
    return Sentence(
        "The band holds ordinary variation, as the first %(baseline)s quarters show it (centre and 3 standard deviations). A"
        " signal is: %(rules)s. Where nothing has changed, a false one comes about once in %(quarters)s quarters.",
        baseline=chart.n_baseline,
        rules=rules,
        quarters=Points(chart.run_length.observations, 0),
    )


def _description(words: Words, trend: Trend) -> Sentence:
    said = [
        Sentence(
            "%(quarter)s: %(estimate)s (%(low)s to %(high)s), %(n)s people.",
            quarter=point.quarter,
            estimate=words.score(point.change.estimate),
            low=words.score(point.change.ci_low),
            high=words.score(point.change.ci_high),
            n=point.n,
        )
        for point in trend.points
    ]
    return join(Sentence("A line of mean change, quarter by quarter."), *said)


def _picture(words: Words, trend: Trend, chart: ControlChart | None) -> ControlChartPicture:
    signals = {point.period for point in chart.signals} if chart else set()
    limits = ControlLimits(chart.centre, chart.points[0].low, chart.points[0].high) if chart else None
    marks = tuple(
        ControlMark(
            point.quarter,
            point.change.estimate,
            point.change.ci_low,
            point.change.ci_high,
            signal=point.quarter in signals,
        )
        for point in trend.points
    )
    return ControlChartPicture(marks, limits, trend.mean_change, words.material.measure.lower_is_better)


def _table(words: Words, trend: Trend, chart: ControlChart | None) -> Table:
    by_quarter = {point.period: point for point in chart.points} if chart else {}
    rows: list[tuple[Cell, ...]] = []
    for point in trend.points:
        control = by_quarter.get(point.quarter)
        signals = [RULE_WORDS[rule] for rule in control.signals] if control else []
        rows.append(
            (
                point.quarter,
                point.n,
                point.change.estimate,
                Interval(point.change.ci_low, point.change.ci_high),
                Interval(control.low, control.high) if control else None,
                listed(signals) if signals else Sentence("no"),
            )
        )
    decimals = words.decimals
    return Table(
        key="trend",
        caption=Sentence("Mean change by the quarter in which people began, in points"),
        columns=(
            Column("quarter", Sentence("Quarter")),
            Column("n", Sentence("Answered both times"), Kind.COUNT),
            Column("change", Sentence("Change"), Kind.NUMBER, decimals),
            Column("change_interval", Sentence("95 % interval"), Kind.INTERVAL, decimals),
            Column("limits", Sentence("Limits of the ordinary"), Kind.INTERVAL, decimals, on_page=chart is not None),
            Column("signal", Sentence("Signal"), on_page=chart is not None),
        ),
        rows=tuple(rows),
    )
