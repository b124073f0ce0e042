"""How citizens answer about the help itself: their scores on one instrument, for counting and never for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, select

from outcomes.models import Episode, InstrumentVersion, Occasion, Response, Score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_scores_of_instrument(
    session: Session, *, intervention_id: UUID, instrument_key: str, started_from: date, started_to: date
) -> Sequence[Row[*tuple[Any, ...]]]:
    """One row per occasion and scale of everybody in the intervention who started in the period: whose, when it was
    planned, its state, and the score or None; by citizen and time."""
    return session.execute(
        select(
            Episode.citizen_id.label("citizen_id"),
            Episode.ended_on.label("ended_on"),
            Episode.end_reason.label("end_reason"),
            Occasion.id.label("occasion_id"),
            Occasion.planned_on.label("planned_on"),
            Occasion.due_on.label("due_on"),
            Occasion.state.label("state"),
            Score.scale.label("scale"),
            Score.value.label("value"),
        )
        .join(Occasion, Occasion.episode_id == Episode.id)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen"))
        .outerjoin(Score, Score.response_id == Response.id)
        .where(
            Episode.intervention_id == intervention_id,
            Episode.comparison_status == "intervention",
            InstrumentVersion.key == instrument_key,
            Episode.started_on >= started_from,
            Episode.started_on <= started_to,
        )
        .order_by(Episode.citizen_id, Occasion.planned_on, Occasion.id, Score.scale)
    ).all()
