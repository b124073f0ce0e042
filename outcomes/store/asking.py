"""What it takes to ask somebody now: the occasion, who has answered it, short codes, and what an interview rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, update

from outcomes.models import Episode, InstrumentVersion, Occasion, PersonalLink, Response, ResponseDraft
from outcomes.store.answering import RESPONDENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.store.database import Statements

ASKED = f"""
    SELECT o.episode_id, o.instrument_version_id, o.state, o.opens_on, o.planned_on, o.due_on, o.closes_on,
           e.citizen_id, c.birth_year, CASE WHEN %(relation)s::uuid IS NULL THEN c.locale ELSE n.locale END AS locale,
           g.name AS organisation_name, g.contact,
           d.answers, d.answered_by, r.id AS response_id, r.answered_at, r.late,
           EXISTS (SELECT 1 FROM risk_protocol p
                   JOIN instrument_version v ON v.organisation_id = p.organisation_id AND v.key = p.instrument_key
                   WHERE v.organisation_id = o.organisation_id AND v.id = o.instrument_version_id) AS has_protocol
    FROM occasion o
    JOIN episode e ON e.organisation_id = o.organisation_id AND e.id = o.episode_id
    JOIN citizen c ON c.organisation_id = e.organisation_id AND c.id = e.citizen_id
    JOIN organisation g ON g.id = o.organisation_id
    LEFT JOIN relation n ON n.organisation_id = o.organisation_id AND n.id = %(relation)s::uuid
    LEFT JOIN response_draft d ON {RESPONDENT.format("d")}
    LEFT JOIN response r ON {RESPONDENT.format("r")}
    WHERE o.organisation_id = %(organisation)s::uuid AND o.id = %(occasion)s::uuid
"""  # noqa: S608 - put together from a constant


def find_occasion(session: Session, *, occasion_id: UUID) -> Row[Occasion, Episode, InstrumentVersion] | None:
    """An occasion with its episode and its questionnaire; None where there is no such occasion."""
    return session.execute(
        select(Occasion, Episode, InstrumentVersion)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .where(Occasion.id == occasion_id)
    ).one_or_none()


def list_responses(session: Session, *, occasion_id: UUID) -> Sequence[Response]:
    """What everybody has sent on an occasion, in the order of time."""
    return session.scalars(
        select(Response).where(Response.occasion_id == occasion_id).order_by(Response.answered_at, Response.id)
    ).all()


def list_begun(session: Session, *, occasion_id: UUID) -> Sequence[Row[str, UUID | None]]:
    """Who has begun to answer an occasion: kind of respondent, and relation."""
    return session.execute(
        select(ResponseDraft.respondent_kind, ResponseDraft.relation_id)
        .where(ResponseDraft.occasion_id == occasion_id)
        .order_by(ResponseDraft.respondent_kind, ResponseDraft.relation_id)
    ).all()


def end_codes(session: Session, *, occasion_id: UUID, respondent_kind: str, relation_id: UUID | None) -> None:
    """The codes that a respondent was given before for an occasion open nothing any more."""
    session.execute(
        update(PersonalLink)
        .where(
            PersonalLink.occasion_id == occasion_id,
            PersonalLink.respondent_kind == respondent_kind,
            PersonalLink.relation_id.is_not_distinct_from(relation_id),
            PersonalLink.code_hash.is_not(None),
        )
        .values(code_hash=None, code_expires_at=None)
    )


def find_by_code(session: Session, *, code_hash: bytes, at: datetime) -> PersonalLink | None:
    """The link that a live code opens; the transaction's scope must hold the code's hash as key."""
    return session.scalar(
        select(PersonalLink).where(
            PersonalLink.code_hash == code_hash,
            PersonalLink.code_expires_at > at,
            PersonalLink.expires_at > at,
            PersonalLink.revoked_at.is_(None),
        )
    )


def spend_code(session: Session, *, link_id: UUID, code_hash: bytes) -> bool:
    """Use a code up; False where somebody else has done so meanwhile."""
    spent = session.scalar(
        update(PersonalLink)
        .where(PersonalLink.id == link_id, PersonalLink.code_hash == code_hash)
        .values(code_hash=None, code_expires_at=None)
        .returning(PersonalLink.id)
    )
    return spent is not None


def read_asked(statements: Statements, *, respondent: Mapping[str, Any]) -> Any:
    """What an interview with a respondent rests on, as :func:`outcomes.store.answering.find_open_link` gives it."""
    (row,) = statements.run(ASKED, respondent)
    return row
