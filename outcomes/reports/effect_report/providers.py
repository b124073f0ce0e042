"""Section: the providers beside each other, by name. A reason to ask, never a ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import may_show_cell
from outcomes.analysis.funnel import SIGNAL_WORDS, FunnelSignal, LimitKind
from outcomes.analysis.results import Withheld as NotGiven
from outcomes.errors import Sentence
from outcomes.reports.charts.funnel import FunnelChart, FunnelCurve, FunnelMark
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.counts import HIDDEN_RULE, count_cell
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import after, listed
from outcomes.reports.parts import Cell, Column, Figure, Interval, Kind, Table, Withheld
from outcomes.reports.supervision.words import funnel_title

if TYPE_CHECKING:
    from outcomes.analysis.funnel import FunnelLimit, FunnelPoint
    from outcomes.analysis.provider_comparison import ProviderComparison
    from outcomes.reports.effect_report.words import Words

FAR = {FunnelSignal.ABOVE_998, FunnelSignal.BELOW_998}
ABOVE = {FunnelSignal.ABOVE_95, FunnelSignal.ABOVE_998}
NOT_SHOWN = Sentence("too few people to be held beside the others")


def providers_section(words: Words, found: ProviderComparison | NotGiven) -> Section:
    """Each provider's people against people like them everywhere, in a funnel."""
    title = Sentence("The providers beside each other")
    if isinstance(found, NotGiven):
        nothing = Sentence("The providers can't be held beside each other")
        return Section("providers", title, nothing, _signalled(words), withheld=(found.sentence,))
    finding = providers_finding(words, found)
    drawn = len(found.funnel.points)
    figure = Figure(
        key="providers",
        title=finding,
        subtitle=Sentence(
            "Mean of the score %(after)s less what is usual for people like them: %(unit)s. %(n)s people at %(drawn)s"
            " providers, %(period)s.",
            after=after(words.primary_time),
            unit=words.unit,
            n=sum(point.n for point in found.funnel.points),
            drawn=drawn,
            period=words.period,
        ),
        description=_description(words, found),
        caption=_caption(words, found),
        chart=_chart(words, found),
        table=_table(words, found),
    )
    hidden = any(size.count.count is None for size in found.sizes)
    left = [_left_out(found.n_incomplete)] if found.n_incomplete else []
    body = (
        *_signalled(words),
        Sentence(
            "Outside the limits is a reason to ask why, together with the provider: it isn't a verdict. Providers stand by"
            " name, and there is no ranking."
        ),
        *found.funnel.warnings,
        *left,
    )
    return Section("providers", title, finding, body, figure, (), (HIDDEN_RULE,) if hidden else ())


def _signalled(words: Words) -> tuple[Sentence, ...]:
    """What supervision by risk says of providers in this intervention, for as long as it waits or is talked about."""
    return tuple(
        Sentence("%(name)s has an open signal. %(reason)s", name=each.provider, reason=each.reason)
        for each in words.material.signals
    )


def _left_out(n: int) -> Sentence:
    if may_show_cell(n):
        return Sentence("%(n)s people are left out, because something about them at the start isn't known.", n=n)
    return Sentence("A few people are left out, because something about them at the start isn't known.")


def providers_finding(words: Words, found: ProviderComparison) -> Sentence:
    """Which providers' people fare otherwise than size and ordinary differences explain, by name."""
    better = [point.provider for point in found.funnel.points if _is(words, point, better=True)]
    worse = [point.provider for point in found.funnel.points if _is(words, point, better=False)]
    return funnel_title(_outside(better, worse), len(found.funnel.points), words.material.signals, worse)


def _outside(better: list[str], worse: list[str]) -> Sentence | None:
    if not better and not worse:
        return None
    if not worse:
        return Sentence("At %(names)s people fare better than people like them elsewhere", names=listed(better))
    if not better:
        return Sentence("At %(names)s people fare worse than people like them elsewhere", names=listed(worse))
    return Sentence(
        "At %(better)s people fare better than people like them elsewhere, at %(worse)s worse",
        better=listed(better),
        worse=listed(worse),
    )


def _is(words: Words, point: FunnelPoint, *, better: bool) -> bool:
    if point.signal is FunnelSignal.NONE:
        return False
    return words.is_better(1.0 if point.signal in ABOVE else -1.0) is better


def _caption(words: Words, found: ProviderComparison) -> Sentence:
    names = [words.measure, *(words.part(name) for name in found.adjusted_for)]
    phi = words.score(found.funnel.over_dispersion.phi)
    if found.funnel.limits is LimitKind.OVER_DISPERSED:
        return Sentence(
            "Taken into account: %(names)s at the start. Dashed: 95 per cent limits, solid: 99.8, with room for ordinary"
            " differences between providers (over-dispersion %(phi)s). By chance 1 in 20 lies outside the dashed.",
            names=listed(names),
            phi=phi,
        )
    return Sentence(
        "Taken into account: %(names)s at the start. Dashed: 95 per cent limits, solid: 99.8. Providers differ no more than"
        " chance makes them (over-dispersion %(phi)s). By chance 1 in 20 lies outside the dashed.",
        names=listed(names),
        phi=phi,
    )


def _description(words: Words, found: ProviderComparison) -> Sentence:
    said = [
        Sentence(
            "%(name)s: %(n)s people, %(points)s points from what was expected, %(signal)s.",
            name=point.provider,
            n=point.n,
            points=words.score(point.value),
            signal=SIGNAL_WORDS[point.signal],
        )
        for point in found.funnel.points
    ]
    return join(Sentence("Providers by number of people, between limits that grow narrower with size."), *said)


def _chart(words: Words, found: ProviderComparison) -> FunnelChart:
    places = {FunnelSignal.NONE: "inside", **dict.fromkeys(FAR, "far")}
    marks = tuple(
        FunnelMark(point.provider, point.n, point.value, places.get(point.signal, "outside"))
        for point in found.funnel.points
    )
    curve = tuple(_curve(limit, found.people_per_precision) for limit in found.funnel.curve)
    return FunnelChart(marks, curve, words.material.measure.lower_is_better)


def _curve(limit: FunnelLimit, people: float) -> FunnelCurve:
    return FunnelCurve(limit.precision * people, limit.low_998, limit.low_95, limit.high_95, limit.high_998)


def _table(words: Words, found: ProviderComparison) -> Table:
    points = {point.provider: point for point in found.funnel.points}
    rows: list[tuple[Cell, ...]] = []
    for size in found.sizes:
        point = points.get(size.name)
        if point is None:
            rows.append((size.name, count_cell(size.count), Withheld(NOT_SHOWN), None, None, NOT_SHOWN))
            continue
        limit = point.limit
        rows.append(
            (
                size.name,
                point.n,
                point.value,
                Interval(limit.low_95, limit.high_95),
                Interval(limit.low_998, limit.high_998),
                SIGNAL_WORDS[point.signal],
            )
        )
    decimals = words.decimals
    return Table(
        key="providers",
        caption=Sentence("Providers by name: points from what was expected of just these people"),
        columns=(
            Column("provider", Sentence("Provider")),
            Column("n", Sentence("Answered both times"), Kind.COUNT),
            Column("value", Sentence("Points from what was expected"), Kind.NUMBER, decimals),
            Column("limits_95", Sentence("95 % limits"), Kind.INTERVAL, decimals),
            Column("limits_998", Sentence("99.8 % limits"), Kind.INTERVAL, decimals, on_page=False),
            Column("signal", Sentence("What it says")),
        ),
        rows=tuple(rows),
    )
