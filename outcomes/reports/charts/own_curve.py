"""The citizen's own curve: drawn from a template, so that a receipt page doesn't load the chart renderer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outcomes.language import format_date, format_number
from outcomes.reports.environment import report_environment

WIDTH, HEIGHT = 360, 220  # about as wide as a phone: drawn larger, its words are still read
LEFT, RIGHT, TOP, BOTTOM = 44, 20, 26, 44
MOST_DATES = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A score as drawn: place in the picture, the number, and its day where there is room for it."""

    x: float
    y: float
    number: str
    day: str


@dataclass(frozen=True, slots=True)
class OwnCurve:
    """``points``: (day, score in points), oldest first, on a scale from ``minimum`` to ``maximum``."""

    points: tuple[tuple[date, float], ...]
    minimum: float
    maximum: float
    decimals: int
    lower_is_better: bool

    @property
    def svg(self) -> str:
        """The picture in the locale in force."""
        marks = self._marks()
        return (
            report_environment()
            .get_template("reports/own_curve.svg")
            .render(
                width=WIDTH,
                height=HEIGHT,
                left=LEFT,
                right=WIDTH - RIGHT,
                top=TOP,
                bottom=HEIGHT - BOTTOM,
                marks=marks,
                line=" ".join(f"{mark.x},{mark.y}" for mark in marks),
                lowest=format_number(self.minimum),
                highest=format_number(self.maximum),
                lower_is_better=self.lower_is_better,
            )
        )

    def _marks(self) -> list[Mark]:
        first, last = self.points[0][0], self.points[-1][0]
        days = (last - first).days
        dated = {0, len(self.points) - 1} if len(self.points) > MOST_DATES else set(range(len(self.points)))
        marks = []
        for place, (day, value) in enumerate(self.points):
            along = (day - first).days / days if days else 0.5
            up = (value - self.minimum) / (self.maximum - self.minimum)
            marks.append(
                Mark(
                    round(LEFT + 24 + along * (WIDTH - LEFT - RIGHT - 48), 1),
                    round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1),
                    format_number(value, self.decimals),
                    format_date(day, "short") if place in dated else "",
                )
            )
        return marks
