"""The need map as a figure: its chart, its table, and what it says in words; all from the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.reports.charts.need_map import NeedBar, NeedMapChart, NeedPanelChart
from outcomes.reports.offers.need import BAND_WORDS, HIGH, LOW, LOWER, NOT_PUBLISHED, SOME, UNKNOWN
from outcomes.reports.parts import Column, Figure, Interval, Kind, Proportion, Table, Withheld

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from outcomes.reports.offers.need import NeedPanel, NeedRow
    from outcomes.reports.parts import Cell

HIDDEN = "withheld"
KNOWN = (HIGH, SOME, LOW, LOWER)
WORDS = {**BAND_WORDS, HIDDEN: Sentence("Withheld, few people")}
COLUMNS = (
    Column("group", Sentence("Target group and legal section")),
    Column("place", Sentence("Place")),
    Column("began", Sentence("Began"), Kind.COUNT),
    Column(HIGH, BAND_WORDS[HIGH], Kind.COUNT),
    Column(SOME, BAND_WORDS[SOME], Kind.COUNT),
    Column(LOW, BAND_WORDS[LOW], Kind.COUNT),
    Column(LOWER, BAND_WORDS[LOWER], Kind.COUNT),
    Column(UNKNOWN, BAND_WORDS[UNKNOWN], Kind.COUNT),
    Column("share", Sentence("High need of those who answered"), Kind.SHARE, decimals=0),
    Column("interval", Sentence("95 per cent interval"), Kind.SHARE_INTERVAL, decimals=0),
    Column("reach", Sentence("High need of all, whatever the others would say"), Kind.SHARE_INTERVAL, decimals=0),
    Column("trend", Sentence("Against the year before"), Kind.SHARE, decimals=0),
    Column("trend_interval", Sentence("95 per cent interval of the difference"), Kind.SHARE_INTERVAL, decimals=0),
)


def make_figure(panels: Sequence[NeedPanel], first_day: date, last_day: date) -> Figure | None:
    """The figure; None where nobody began."""
    if not panels:
        return None
    parts = {key for panel in panels for row in panel.rows for key, _ in _parts(row)}
    return Figure(
        key="need-map",
        title=Sentence("How people were doing when they began"),
        subtitle=Sentence(
            "Share of all who began between %(first)s and %(last)s, by target group and place", first=first_day,
            last=last_day,
        ),
        description=Sentence(
            "One bar for each place: high, some and low need, and those whose need isn't known because they haven't "
            "answered. The numbers are in the table below."
        ),
        caption=Sentence(
            "The measure's scale in three equal parts. Who hasn't answered is unknown, not well."
        ),
        chart=NeedMapChart(
            tuple(NeedPanelChart(heading(panel), tuple(_bar(row) for row in panel.rows)) for panel in panels),
            tuple((key, WORDS[key]) for key in (*KNOWN, HIDDEN, UNKNOWN) if key in parts),
        ),
        table=make_table(panels),
    )  # fmt: skip


def heading(panel: NeedPanel) -> Sentence:
    """Target group and section as one text."""
    return Sentence("%(group)s, %(section)s", group=panel.group, section=panel.section)


def _bar(row: NeedRow) -> NeedBar:
    words = row.n.mark if isinstance(row.n, Withheld) else Sentence("%(n)s people", n=row.n)
    return NeedBar(row.place, words, _parts(row))


def _parts(row: NeedRow) -> tuple[tuple[str, float], ...]:
    """The parts of the bar; what is withheld is one part between what is known and what isn't."""
    if row.n == NOT_PUBLISHED:
        return ((UNKNOWN, 1.0),)
    if isinstance(row.n, Withheld) or not row.n:
        return ((HIDDEN, 1.0),)
    shown = {key: count for key, count in row.bands if not isinstance(count, Withheld)}
    hidden = row.n - sum(shown.values())
    parts = {key: shown[key] for key in KNOWN if key in shown}
    parts |= {HIDDEN: hidden} | ({UNKNOWN: shown[UNKNOWN]} if UNKNOWN in shown else {})
    return tuple((key, count / row.n) for key, count in parts.items() if count)


def make_table(panels: Sequence[NeedPanel]) -> Table:
    """Every number of the map, under the heading of its target group."""
    return Table(
        "need-map",
        Sentence("Need when people began, by target group and place"),
        COLUMNS,
        tuple(_cells(panel, row) for panel in panels for row in panel.rows),
        group="group",
    )


def _cells(panel: NeedPanel, row: NeedRow) -> tuple[Cell, ...]:
    counts = dict(row.bands)
    high, trend = row.high, row.trend
    return (
        heading(panel),
        row.place,
        row.n,
        *(counts.get(band) for band in (*KNOWN, UNKNOWN)),
        high if isinstance(high, Withheld) else Proportion(high.share),
        high if isinstance(high, Withheld) else Interval(high.ci_low, high.ci_high),
        row.reach,
        trend if isinstance(trend, Withheld) else Proportion(trend.difference),
        trend if isinstance(trend, Withheld) else Interval(trend.ci_low, trend.ci_high),
    )
