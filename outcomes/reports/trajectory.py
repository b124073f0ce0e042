"""One person's curve: for the worker's talk with the citizen, and for the citizen's own receipt.

Neither judges: the worker's title says whether the change is larger than the measure's own error where that is known,
the citizen's only what they answered and when. Scales are never joined.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from outcomes.errors import Sentence
from outcomes.reports.charts.own_curve import OwnCurve
from outcomes.reports.charts.trajectory import TrajectoryChart
from outcomes.reports.parts import Cell, Column, Figure, Kind, LocalText, Points, Table

if TYPE_CHECKING:
    from datetime import date


class Curve(Protocol):
    """What a curve is drawn from: scores in points by day, oldest first, at least one.

    ``detectable``: smallest change in points that is more than chance for one person; None where it isn't known. Where
    ``detectable_inclusive`` a change of exactly that many points counts too.
    ``notes``: what to know about that number (assumed, probably too small).
    """

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> LocalText: ...
    @property
    def minimum(self) -> float: ...
    @property
    def maximum(self) -> float: ...
    @property
    def decimals(self) -> int: ...
    @property
    def lower_is_better(self) -> bool: ...
    @property
    def points(self) -> tuple[tuple[date, float], ...]: ...
    @property
    def detectable(self) -> float | None: ...
    @property
    def detectable_inclusive(self) -> bool: ...
    @property
    def notes(self) -> tuple[Sentence, ...]: ...


@dataclass(frozen=True, slots=True)
class TrajectoryFigure(Figure):
    """A figure with a band of measurement error where the error is known."""

    has_band: bool = False


@dataclass(frozen=True, slots=True)
class OwnCurveFigure:
    """The citizen's own curve: the same surface as a :class:`~outcomes.reports.parts.Figure`, drawn without the renderer."""

    key: str
    title: LocalText
    subtitle: Sentence
    description: Sentence
    caption: Sentence
    words: Sentence
    curve: OwnCurve
    table: Table
    has_band: bool = False

    @property
    def drawn(self) -> bool:
        """Whether there is a course to draw: one answer is a sentence, not a curve."""
        return len(self.curve.points) > 1

    @property
    def svg(self) -> str:
        """The picture in the locale in force."""
        return self.curve.svg

    @property
    def source(self) -> str:
        """The picture as a ``data:`` address for ``<img src>``."""
        return "data:image/svg+xml;base64," + b64encode(self.svg.encode()).decode()


def trajectory_figure(curve: Curve, *, cut_offs: tuple[tuple[float, LocalText], ...] = ()) -> TrajectoryFigure:
    """The worker's picture of one citizen's scores on one scale. ``cut_offs``: (points, wording), where there are any."""
    first = curve.points[0][1]
    band = None
    if curve.detectable is not None:
        band = max(curve.minimum, first - curve.detectable), min(curve.maximum, first + curve.detectable)
    return TrajectoryFigure(
        key=f"curve-{curve.key}",
        title=_finding(curve),
        subtitle=_scale(curve),
        description=_description(curve),
        caption=_caption(curve),
        chart=TrajectoryChart(
            curve.points, band, curve.minimum, curve.maximum, curve.decimals, curve.lower_is_better, cut_offs
        ),
        table=_table(curve, with_change=True),
        has_band=band is not None,
    )


def own_curve_figure(curve: Curve) -> OwnCurveFigure:
    """The citizen's own picture of their answers on one scale: no band, no verdict."""
    return OwnCurveFigure(
        key=f"curve-{curve.key}",
        title=curve.title,
        subtitle=_scale(curve, with_title=False),
        description=_description(curve),
        caption=Sentence("Small ups and downs are ordinary."),
        words=_own_words(curve),
        curve=OwnCurve(curve.points, curve.minimum, curve.maximum, curve.decimals, curve.lower_is_better),
        table=_table(curve, with_change=False),
    )


def _own_words(curve: Curve) -> Sentence:
    """The numbers themselves, and which end is best: no verdict on the way between them."""
    said = [round(value, curve.decimals) if curve.decimals else round(value) for _, value in curve.points]
    best = curve.minimum if curve.lower_is_better else curve.maximum
    best = int(best) if float(best).is_integer() else best
    if len(said) == 1:
        return Sentence("You have answered once. It gave %(now)s. %(best)s is best.", now=said[0], best=best)
    if len(said) == 2:  # noqa: PLR2004
        return Sentence(
            "The first time it was %(first)s, now it is %(now)s. %(best)s is best.",
            first=said[0], now=said[-1], best=best,
        )  # fmt: skip
    return Sentence(
        "The first time it was %(first)s, the last time %(before)s, now it is %(now)s. %(best)s is best.",
        first=said[0], before=said[-2], now=said[-1], best=best,
    )  # fmt: skip


def _finding(curve: Curve) -> Sentence:
    change = curve.points[-1][1] - curve.points[0][1]
    if len(curve.points) == 1:
        return Sentence("%(measure)s: one answer so far", measure=curve.title)
    better = change < 0 if curve.lower_is_better else change > 0
    if curve.detectable is None:
        return Sentence(
            "%(measure)s: from %(first)s to %(last)s",
            measure=curve.title,
            first=round(curve.points[0][1], curve.decimals),
            last=round(curve.points[-1][1], curve.decimals),
        )
    if not _exceeds(curve, abs(change), curve.detectable):
        return Sentence("%(measure)s: the change since the start may be chance", measure=curve.title)
    if better:
        return Sentence("%(measure)s: clearly better than at the start", measure=curve.title)
    return Sentence("%(measure)s: clearly worse than at the start", measure=curve.title)


def _exceeds(curve: Curve, points: float, detectable: float) -> bool:
    """True where a change of ``points`` is more than the measure's error, by the measure's own rule."""
    slack = 1e-9 * detectable  # a scale's decimals aren't exact in binary
    return points >= detectable - slack if curve.detectable_inclusive else points > detectable + slack


def _scale(curve: Curve, *, with_title: bool = True) -> Sentence:
    direction = Sentence("lower is better") if curve.lower_is_better else Sentence("higher is better")
    values: dict[str, object] = {"minimum": curve.minimum, "maximum": curve.maximum, "direction": direction}
    if with_title:
        return Sentence(
            "%(measure)s, points from %(minimum)s to %(maximum)s, %(direction)s", measure=curve.title, **values
        )
    return Sentence("Points from %(minimum)s to %(maximum)s, %(direction)s", **values)


def _description(curve: Curve) -> Sentence:
    (first_day, first), (last_day, last) = curve.points[0], curve.points[-1]
    if len(curve.points) == 1:
        return Sentence("One answer: %(value)s points on %(day)s.", value=round(first, curve.decimals), day=first_day)
    return Sentence(
        "A line through %(n)s answers: %(first)s points on %(first_day)s, %(last)s points on %(last_day)s.",
        n=len(curve.points),
        first=round(first, curve.decimals),
        first_day=first_day,
        last=round(last, curve.decimals),
        last_day=last_day,
    )


def _caption(curve: Curve) -> Sentence:
    if curve.detectable is None:
        caption = Sentence("How much of a change may be chance isn't known for this measure, so no band is drawn.")
    else:
        caption = Sentence(
            "The band is %(points)s points to either side of the first answer: changes inside it may be chance.",
            points=Points(curve.detectable, max(1, curve.decimals)),
        )
    for note in curve.notes:
        caption = Sentence("%(first)s %(second)s", first=caption, second=note)
    return caption


def _table(curve: Curve, *, with_change: bool) -> Table:
    columns = [
        Column("day", Sentence("Day"), Kind.DATE),
        Column("score", Sentence("Points"), Kind.NUMBER, curve.decimals),
    ]
    if with_change:
        columns.append(Column("change", Sentence("Change since the start"), Kind.NUMBER, curve.decimals))
    start = curve.points[0][1]
    rows: list[tuple[Cell, ...]] = []
    for place, (day, value) in enumerate(curve.points):
        change: tuple[Cell, ...] = (value - start if place else None,)
        rows.append((day, value, *(change if with_change else ())))
    return Table(f"curve-{curve.key}", Sentence("The answers in numbers"), tuple(columns), tuple(rows))
