"""What was imported, and what it left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select, text

from outcomes.models import Episode, ImportBatch, Occasion, Response, Score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


def find_batch(session: Session, *, fingerprint: bytes) -> ImportBatch | None:
    """The import of exactly this content, if there was one."""
    return session.scalar(select(ImportBatch).where(ImportBatch.fingerprint == fingerprint))


def list_batches(session: Session) -> Sequence[ImportBatch]:
    """Imports, newest first."""
    return session.scalars(select(ImportBatch).order_by(ImportBatch.created_at.desc(), ImportBatch.id)).all()


def scores_of_episode(
    session: Session, *, episode_id: UUID, scale: str
) -> tuple[dict[str, Occasion], dict[str, float | None]]:
    """The occasions of an episode by code, and the scores that they have."""
    rows = session.execute(
        select(Occasion, Response.id, Score.value)
        .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen"))
        .outerjoin(Score, and_(Score.response_id == Response.id, Score.scale == scale))
        .where(Occasion.episode_id == episode_id)
        .order_by(Occasion.sequence)
    ).all()
    occasions = {occasion.code: occasion for occasion, _, _ in rows}
    return occasions, {occasion.code: value for occasion, response_id, value in rows if response_id is not None}


def list_episodes(session: Session, *, citizen_id: UUID, intervention_id: UUID) -> Sequence[Episode]:
    """A citizen's episodes in one intervention, first one first."""
    return session.scalars(
        select(Episode)
        .where(Episode.citizen_id == citizen_id, Episode.intervention_id == intervention_id)
        .order_by(Episode.started_on)
    ).all()


def lock_imports(session: Session, *, slug: str) -> None:
    """Imports into one organisation wait for each other, until commit."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('import:' || :slug, 0))"), {"slug": slug})
