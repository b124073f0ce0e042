"""Curves as pictures: the worker's with the band of measurement error, the citizen's own without a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.reports.trajectory import own_curve_figure, trajectory_figure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.reports.trajectory import OwnCurveFigure, TrajectoryFigure
    from outcomes.services.read_curves import CurveData


def draw_curves(curves: Iterable[CurveData]) -> list[TrajectoryFigure]:
    """Figures for the worker's page."""
    return [trajectory_figure(curve) for curve in curves]


def draw_own_curves(curves: Iterable[CurveData]) -> list[OwnCurveFigure]:
    """Figures for the citizen's own page; light, since an old phone gets them."""
    return [own_curve_figure(curve) for curve in curves]
