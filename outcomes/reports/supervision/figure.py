"""The funnel of one intervention's providers as it was stored: a picture, what it says, and its numbers in a table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.reports.charts.funnel import FunnelChart, FunnelCurve, FunnelMark
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Proportion, Table
from outcomes.reports.stored_values import from_stored
from outcomes.reports.supervision.words import funnel_title

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outcomes.reports.supervision.context import SignalLine

INSIDE, OUTSIDE, FAR = "inside", "outside", "far"
PLACES = {"none": INSIDE, "above_95": OUTSIDE, "below_95": OUTSIDE, "above_99.8": FAR, "below_99.8": FAR}
PLACE_WORDS = {
    INSIDE: Sentence("within the limits"),
    OUTSIDE: Sentence("outside the 95 per cent limits"),
    FAR: Sentence("outside the 99.8 per cent limits"),
}


def funnel_figure(
    key: str, content: Mapping[str, Any], names: Mapping[str, str], signals: Collection[SignalLine] = ()
) -> Figure | None:
    """The figure of a stored look; None where too few providers could be compared. ``names``: by provider id; ``signals``:
    those of the intervention that aren't closed."""
    funnel = content["funnel"]
    if funnel is None:
        return None
    marks = tuple(
        FunnelMark(names[provider], n, value, PLACES[signal])
        for provider, n, value, signal in sorted(funnel["points"], key=lambda point: names.get(point[0], ""))
        if provider in names
    )
    curve = tuple(FunnelCurve(*limits) for limits in funnel["curve"])
    named = [mark.name for mark in marks if mark.place != INSIDE]
    outside = len(named)
    finding = (
        Sentence(
            "%(count)s of %(all)s providers lie outside what size and chance explain", count=outside, all=len(marks)
        )
        if outside
        else None
    )
    return Figure(
        key=f"funnel-{key}",
        title=funnel_title(finding, len(marks), signals, named),
        subtitle=Sentence(
            "%(measure)s: points above or below what was expected, people measured between %(first)s and %(last)s",
            measure=from_stored(content["measure"]),
            first=date.fromisoformat(content["compared_from"]),
            last=date.fromisoformat(content["compared_to"]),
        ),
        description=Sentence(
            "A funnel of %(all)s providers by their number of people. %(count)s lie outside the 95 per cent limits. The table"
            " below has the same numbers.",
            all=len(marks),
            count=outside,
        ),
        caption=Sentence(
            "What is expected follows from people's own start and age. The limits hold chance and ordinary differences"
            " between providers (Spiegelhalter 2005). By name, in no order of size."
        ),
        chart=FunnelChart(marks, curve, lower_is_better=False),
        table=_table(key, content, names, {mark.name: mark.place for mark in marks}),
    )


def _table(key: str, content: Mapping[str, Any], names: Mapping[str, str], places: Mapping[str, str]) -> Table:
    columns = (
        Column("provider", Sentence("Provider")),
        Column("n", Sentence("People"), Kind.COUNT),
        Column("completeness", Sentence("Known of those asked"), Kind.SHARE, 0),
        Column("mean", Sentence("Points from what was expected"), Kind.NUMBER),
        Column("interval", Sentence("95 per cent interval"), Kind.INTERVAL),
        Column("place", Sentence("In the picture")),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in sorted(content["compared"], key=lambda row: names.get(row["provider"], "")):
        name, mean = names.get(each["provider"]), each["mean"]
        if name is not None and mean:
            interval = Interval(mean["ci_low"], mean["ci_high"])
            place = PLACE_WORDS[places[name]]
            rows.append((name, each["n"], Proportion(each["completeness"]), mean["estimate"], interval, place))
    return Table(f"funnel-table-{key}", Sentence("Providers by name"), columns, tuple(rows))
