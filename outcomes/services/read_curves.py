"""A person's scores over time, as the data of curves: one per scale, never joined across scales or instruments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.instruments import Instrument, smallest_detectable_change
from outcomes.instruments.comparable import asks_the_same
from outcomes.instruments.precision import precision_notes
from outcomes.language import TIMEZONE
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import responses

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.instruments.model import Scale


@dataclass(frozen=True, slots=True)
class CurveData:
    """One scale's scores. ``points``: (day, score in points), oldest first. ``detectable``: smallest change, in points,
    that is more than chance for one person (None: not known), ``detectable_inclusive`` where it counts itself; ``notes``
    say what to know about it and about a change of questions."""

    key: str
    title: LocalText
    unit: LocalText | None
    minimum: float
    maximum: float
    decimals: int
    lower_is_better: bool
    points: tuple[tuple[date, float], ...]
    detectable: float | None
    detectable_inclusive: bool
    notes: tuple[Sentence, ...]
    validated: bool


def gather_curves(
    session: Session, citizen_id: UUID, *, respondent_kind: str = "citizen",
    episode_ids: Collection[UUID] | None = None,
) -> tuple[CurveData, ...]:  # fmt: skip
    """Every scale that the citizen has a score on, the one with most scores first; in ``episode_ids`` only, where given.

    Where the questions were changed on the way, each version has a curve of its own: different questions aren't joined.
    Versions that ask the same have one.
    """
    rows = [
        row
        for row in responses.list_score_points(session, citizen_id=citizen_id, respondent_kind=respondent_kind)
        if episode_ids is None or row[2].episode_id in episode_ids
    ]
    curves: list[CurveData] = []
    for (_, scale_key), group in groupby(rows, key=lambda row: (row[3].key, row[0].scale)):
        series: list[_Series] = []
        for score, response, _, version in group:
            if score.value is not None:
                day = response.answered_at.astimezone(TIMEZONE).date()
                instrument = read_stored_instrument(session, version.id)
                _series_of(series, instrument, scale_key).points.append((day, float(score.value)))
        for place, each in enumerate(series):
            instrument = each.instruments[-1]
            curve = make_curve(instrument, find_scale(instrument, scale_key), tuple(each.points))
            curves.append(_of_version(curve, each, later=place > 0) if len(series) > 1 else curve)
    return tuple(sorted(curves, key=lambda curve: -len(curve.points)))


@dataclass(slots=True)
class _Series:
    """Scores that may be joined, and the versions that gave them."""

    instruments: list[Instrument]
    points: list[tuple[date, float]] = field(default_factory=list)


def _series_of(series: list[_Series], instrument: Instrument, scale_key: str) -> _Series:
    """The series that a version's scores belong to; a new one, added to ``series``, where it asks something else."""
    for each in series:
        if instrument in each.instruments:
            return each
        if asks_the_same(each.instruments[-1], instrument, scale_key):
            each.instruments.append(instrument)
            return each
    series.append(_Series([instrument]))
    return series[-1]


def _of_version(curve: CurveData, series: _Series, *, later: bool) -> CurveData:
    """The curve of one series among several: named by its versions, and a later one says since when."""
    first = series.instruments[0].version
    names = ", ".join(instrument.version for instrument in series.instruments)
    title = LocalText(tuple((language, f"{text} ({names})") for language, text in curve.title.texts))
    switched = Sentence(
        "New questions (version %(version)s) came on %(day)s. They have a curve of their own.",
        version=first,
        day=curve.points[0][0],
    )
    notes = (*curve.notes, switched) if later else curve.notes
    return replace(curve, key=f"{curve.key}-{first}", title=title, notes=notes)


def make_curve(instrument: Instrument, scale: Scale, points: tuple[tuple[date, float], ...]) -> CurveData:
    """The curve of one scale through ``points``."""
    return CurveData(
        key=f"{instrument.key}-{scale.key}",
        title=local_text(scale.title or instrument.title),
        unit=local_text(scale.unit) if scale.unit else None,
        minimum=scale.range[0],
        maximum=scale.range[1],
        decimals=scale.decimals,
        lower_is_better=scale.lower_is_better,
        points=points,
        detectable=smallest_detectable_change(scale),
        detectable_inclusive=scale.measurement_error.inclusive,
        notes=precision_notes(scale),
        validated=instrument.validated,
    )


def find_scale(instrument: Instrument, key: str) -> Scale:
    """A scale of an instrument by key."""
    return next(scale for scale in instrument.scales if scale.key == key)
