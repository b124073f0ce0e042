"""Section: the scores themselves, since a mean can hide that some do well and others badly."""

from __future__ import annotations

from outcomes.analysis.effect_results import Distribution
from outcomes.analysis.results import INTERVENTION
from outcomes.errors import Sentence
from outcomes.reports.charts.distribution import DistributionChart, Histogram
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import ARM_ORDER, Words, occasion_name
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Table


def distribution_section(words: Words) -> Section:
    """Histograms and quartiles at the start and at the primary occasion, by group."""
    title = Sentence("How the scores are spread")
    found = _distributions(words)
    withheld = tuple(
        dict.fromkeys(d.result.sentence for d in words.estimate.distributions if not isinstance(d.result, Distribution))
    )
    if not found:
        return Section(
            "distribution", title, Sentence("Too few have answered for the spread to be shown"), withheld=withheld
        )
    finding = Sentence("People are not alike: a mean hides those who do best and those who do worst")
    figure = Figure(
        key="distribution",
        title=finding,
        subtitle=Sentence("%(unit)s. Each bar's area is the share of the people in it.", unit=words.unit),
        description=join(
            Sentence("Histograms of the scores."), *(_said(words, distribution) for distribution in found)
        ),
        caption=Sentence("Bars are made so wide that none holds fewer than 5 people. The line is the median."),
        chart=_chart(words, found),
        table=_table(words, found),
    )
    return Section("distribution", title, finding, (), figure, (), withheld)


def _distributions(words: Words) -> list[Distribution]:
    found = [
        d.result
        for d in words.estimate.distributions
        if isinstance(d.result, Distribution) and not (words.has_comparison and d.arm is None)
    ]
    return sorted(found, key=lambda d: (ARM_ORDER.get(d.arm, 2), _time(words, d.occasion)))


def _time(words: Words, occasion: str) -> float:
    return next((row.time for row in words.estimate.attrition.rows if row.occasion == occasion), 0.0)


def _said(words: Words, distribution: Distribution) -> Sentence:
    return Sentence(
        "%(group)s, %(when)s: half of the people lie between %(low)s and %(high)s, the middle one at %(median)s.",
        group=words.group(distribution.arm),
        when=occasion_name(_time(words, distribution.occasion)),
        low=words.score(distribution.lower_quartile),
        high=words.score(distribution.upper_quartile),
        median=words.score(distribution.median),
    )


def _chart(words: Words, found: list[Distribution]) -> DistributionChart:
    measure = words.material.measure
    ends = [end for distribution in found for cell in distribution.bins for end in (cell.low, cell.high)]
    return DistributionChart(
        tuple(
            Histogram(
                words.group(d.arm),
                d.arm in {None, INTERVENTION},
                occasion_name(_time(words, d.occasion)),
                d.n,
                d.median,
                tuple((cell.low, cell.high, cell.count) for cell in d.bins),
            )
            for d in found
        ),
        min(ends) if measure.minimum is None else measure.minimum,
        max(ends) if measure.maximum is None else measure.maximum,
    )


def _table(words: Words, found: list[Distribution]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            words.group(d.arm),
            d.arm or "all",
            d.occasion,
            occasion_name(_time(words, d.occasion)),
            d.n,
            d.lower_quartile,
            d.median,
            d.upper_quartile,
        )
        for d in found
    ]
    return Table(
        key="distribution",
        caption=Sentence("Quartiles of the scores, in points"),
        columns=(
            Column("group", Sentence("Group")),
            Column("arm", Sentence("Group code"), on_page=False),
            Column("occasion", Sentence("Occasion code"), on_page=False),
            Column("when", Sentence("Time")),
            Column("n", Sentence("People"), Kind.COUNT),
            Column("lower_quartile", Sentence("A quarter is under"), Kind.NUMBER),
            Column("median", Sentence("Median"), Kind.NUMBER),
            Column("upper_quartile", Sentence("A quarter is over"), Kind.NUMBER),
        ),
        rows=tuple(rows),
        group="group",
    )


def bins_table(words: Words) -> Table:
    """The histograms' bins, for the workbook and JSON."""
    rows: list[tuple[Cell, ...]] = [
        (words.group(d.arm), d.arm or "all", d.occasion, Interval(cell.low, cell.high), cell.count)
        for d in _distributions(words)
        for cell in d.bins
    ]
    return Table(
        key="distribution_bins",
        caption=Sentence("People by score"),
        columns=(
            Column("group", Sentence("Group")),
            Column("arm", Sentence("Group code"), on_page=False),
            Column("occasion", Sentence("Occasion code")),
            Column("points", Sentence("Points"), Kind.INTERVAL),
            Column("n", Sentence("People"), Kind.COUNT),
        ),
        rows=tuple(rows),
        on_page=False,
    )
