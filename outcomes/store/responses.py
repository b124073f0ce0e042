"""Responses, their scores, and drafts on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from outcomes.models import Episode, InstrumentVersion, Occasion, Response, ResponseDraft, Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def lock_occasion(session: Session, *, occasion_id: UUID) -> None:
    """From here to the end of the transaction nobody else saves or sends answers to this occasion.

    Whoever sends and whoever saves both ask for it first, and look for the response after: neither can slip in between.
    Rows that refer to the occasion may still be written meanwhile.
    """
    session.execute(select(Occasion.id).where(Occasion.id == occasion_id).with_for_update(key_share=True))


def find_response(session: Session, *, occasion_id: UUID, respondent_kind: str) -> Response | None:
    """What a respondent sent on an occasion."""
    return session.scalar(
        select(Response).where(Response.occasion_id == occasion_id, Response.respondent_kind == respondent_kind)
    )


def find_draft(session: Session, *, occasion_id: UUID, respondent_kind: str) -> ResponseDraft | None:
    """What a respondent has answered so far, page by page."""
    return session.scalar(
        select(ResponseDraft).where(
            ResponseDraft.occasion_id == occasion_id, ResponseDraft.respondent_kind == respondent_kind
        )
    )


def save_draft_answer(
    session: Session, *, organisation_id: UUID, occasion_id: UUID, respondent_kind: str, item_id: str, value: Any,
    browser_hash: str,
) -> None:  # fmt: skip
    """Add or replace one answer of a draft, given in the browser whose key has this hash; two pages sent at once both
    stay."""
    row = insert(ResponseDraft).values(
        organisation_id=organisation_id,
        id=uuid4(),
        occasion_id=occasion_id,
        respondent_kind=respondent_kind,
        answers={item_id: value},
        answered_by={item_id: browser_hash},
    )
    session.execute(
        row.on_conflict_do_update(
            constraint="uq_response_draft_respondent",
            set_={
                "answers": ResponseDraft.answers.op("||")(row.excluded.answers),
                "answered_by": ResponseDraft.answered_by.op("||")(row.excluded.answered_by),
                "updated_at": func.now(),
            },
        )
    )


def remove_draft(session: Session, *, occasion_id: UUID, respondent_kind: str) -> None:
    """Take the draft away, once its answers are a response."""
    session.execute(
        delete(ResponseDraft).where(
            ResponseDraft.occasion_id == occasion_id, ResponseDraft.respondent_kind == respondent_kind
        )
    )


def add_response(session: Session, response: Response, scores: Sequence[Score]) -> None:
    """Store a response with its scores. Raises ``IntegrityError`` where the occasion is answered already."""
    session.add(response)
    session.flush()
    session.add_all(scores)
    session.flush()


def list_scores(session: Session, *, response_id: UUID) -> Sequence[Score]:
    """The scores of one response, by scale."""
    return session.scalars(select(Score).where(Score.response_id == response_id).order_by(Score.scale)).all()


def list_score_points(
    session: Session, *, citizen_id: UUID, respondent_kind: str = "citizen"
) -> Sequence[Row[Score, Response, Occasion, InstrumentVersion]]:
    """A citizen's scores in order of time, with where they come from."""
    return session.execute(
        select(Score, Response, Occasion, InstrumentVersion)
        .join(Response, Response.id == Score.response_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(InstrumentVersion, InstrumentVersion.id == Response.instrument_version_id)
        .where(Episode.citizen_id == citizen_id, Response.respondent_kind == respondent_kind)
        .order_by(InstrumentVersion.key, Score.scale, Response.answered_at, Score.id)
    ).all()
