"""A citizen's own page: what is stored about them, and what they add and decide there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import Row, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from outcomes.models import (
    AccessEntry,
    AccessShare,
    AppUser,
    Citizen,
    Coordinator,
    Correction,
    Episode,
    InstrumentVersion,
    Message,
    Occasion,
    Provider,
    Relation,
    Response,
    ResponseDraft,
    Signal,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

OPEN_STATE, WITHDRAWN_STATE = "planned", "withdrawn"


def list_own_episodes(session: Session, *, citizen_id: UUID) -> tuple[UUID, ...]:
    """Every episode of a citizen, oldest first."""
    return tuple(
        session.scalars(
            select(Episode.id).where(Episode.citizen_id == citizen_id).order_by(Episode.started_on, Episode.id)
        )
    )


def list_responses(
    session: Session, *, citizen_id: UUID, respondent_kinds: Sequence[str] = ("citizen",)
) -> Sequence[Row[Response, Occasion, InstrumentVersion]]:
    """What was answered about a citizen by these respondents, newest first."""
    return session.execute(
        select(Response, Occasion, InstrumentVersion)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(InstrumentVersion, InstrumentVersion.id == Response.instrument_version_id)
        .where(Episode.citizen_id == citizen_id, Response.respondent_kind.in_(respondent_kinds))
        .order_by(Response.answered_at.desc(), Response.id)
    ).all()


def list_drafts(session: Session, *, citizen_id: UUID) -> Sequence[Row[ResponseDraft, Occasion]]:
    """Answers of the citizen's own that aren't sent."""
    return session.execute(
        select(ResponseDraft, Occasion)
        .join(Occasion, Occasion.id == ResponseDraft.occasion_id)
        .join(Episode, Episode.id == Occasion.episode_id)
        .where(Episode.citizen_id == citizen_id, ResponseDraft.respondent_kind == "citizen")
        .order_by(Occasion.planned_on, ResponseDraft.id)
    ).all()


def list_corrections(session: Session, *, citizen_id: UUID) -> Sequence[Correction]:
    """What a citizen has said is wrong, newest first."""
    return session.scalars(
        select(Correction).where(Correction.citizen_id == citizen_id).order_by(Correction.at.desc(), Correction.id)
    ).all()


def add_correction(
    session: Session, *, organisation_id: UUID, citizen_id: UUID, response_id: UUID | None, goal_id: UUID | None,
    words: str, at: datetime, submission_key: UUID,
) -> Correction:  # fmt: skip
    """Add a correction; gives what is stored under the submission's key, which is what was sent there first."""
    row = insert(Correction).values(
        organisation_id=organisation_id,
        id=uuid4(),
        citizen_id=citizen_id,
        response_id=response_id,
        goal_id=goal_id,
        words=words,
        at=at,
        submission_key=submission_key,
    )
    session.execute(row.on_conflict_do_nothing(constraint="uq_correction_organisation_id_submission_key"))
    return session.scalars(select(Correction).where(Correction.submission_key == submission_key)).one()


def list_access(session: Session, *, citizen_id: UUID, limit: int | None = None) -> Sequence[Row[AccessEntry, AppUser]]:
    """Who read the citizen, newest first."""
    return session.execute(
        select(AccessEntry, AppUser)
        .join(AppUser, AppUser.id == AccessEntry.user_id)
        .where(AccessEntry.citizen_id == citizen_id)
        .order_by(AccessEntry.at.desc(), AccessEntry.id)
        .limit(limit)
    ).all()


def list_team(session: Session, *, citizen_id: UUID, on: date) -> Sequence[AppUser]:
    """Workers of the teams that help the citizen now."""
    helping = (
        select(Provider.unit_id)
        .join(Episode, Episode.provider_id == Provider.id)
        .where(
            Episode.citizen_id == citizen_id,
            Provider.unit_id.is_not(None),
            or_(Episode.ended_on.is_(None), Episode.ended_on > on),
        )
    )
    return session.scalars(
        select(AppUser)
        .where(
            AppUser.unit_id.in_(helping),
            AppUser.role == "worker",
            or_(AppUser.ended_on.is_(None), AppUser.ended_on > on),
        )
        .order_by(AppUser.name, AppUser.id)
    ).all()


def add_share(
    session: Session, *, organisation_id: UUID, citizen_id: UUID, code_hash: bytes, code_expires_at: datetime, days: int
) -> AccessShare:
    """Store what a citizen shares, by the keyed hash of its code."""
    share = AccessShare(
        id=uuid4(),
        organisation_id=organisation_id,
        citizen_id=citizen_id,
        code_hash=code_hash,
        code_expires_at=code_expires_at,
        days=days,
    )
    session.add(share)
    session.flush()
    return share


def list_shares(session: Session, *, citizen_id: UUID) -> Sequence[Row[AccessShare, AppUser | None]]:
    """What a citizen has shared, newest first, each with whoever used the code."""
    return session.execute(
        select(AccessShare, AppUser)
        .outerjoin(AppUser, AppUser.id == AccessShare.user_id)
        .where(AccessShare.citizen_id == citizen_id)
        .order_by(AccessShare.created_at.desc(), AccessShare.id)
    ).all()


def lock_share(session: Session, *, code_hash: bytes, at: datetime) -> AccessShare | None:
    """What is shared by a code that nobody has used yet; nobody else uses it until this transaction ends."""
    return session.scalar(
        select(AccessShare)
        .where(
            AccessShare.code_hash == code_hash,
            AccessShare.code_expires_at > at,
            AccessShare.user_id.is_(None),
            AccessShare.ended_at.is_(None),
        )
        .with_for_update()
    )


def get_share(session: Session, *, share_id: UUID, citizen_id: UUID) -> AccessShare | None:
    """A citizen's own share by id."""
    return session.scalar(
        select(AccessShare).where(AccessShare.id == share_id, AccessShare.citizen_id == citizen_id).with_for_update()
    )


def find_share(session: Session, *, citizen_id: UUID, user_id: UUID, on: date) -> AccessShare | None:
    """The share by which a user may read a citizen on a day; the longest where there are several."""
    return session.scalar(
        select(AccessShare)
        .where(
            AccessShare.citizen_id == citizen_id,
            AccessShare.user_id == user_id,
            AccessShare.until_date >= on,
            AccessShare.ended_at.is_(None),
        )
        .order_by(AccessShare.until_date.desc(), AccessShare.id)
        .limit(1)
    )


def list_shared_with(session: Session, *, user_id: UUID, on: date) -> Sequence[Row[UUID, int, date]]:
    """Whom a user may read by a share on a day: id, number and last day of each, the first to end first."""
    return session.execute(  # type: ignore[return-value] # whoever uses a share gives it a last day
        select(Citizen.id, Citizen.number, AccessShare.until_date)
        .join(Citizen, Citizen.id == AccessShare.citizen_id)
        .where(AccessShare.user_id == user_id, AccessShare.until_date >= on, AccessShare.ended_at.is_(None))
        .order_by(AccessShare.until_date, Citizen.number)
    ).all()


def end_share(share: AccessShare, *, at: datetime) -> None:
    """From here on nobody reads by this share, and nobody can use its code."""
    share.ended_at = share.ended_at or at


def lock_occasions(session: Session, *, citizen_id: UUID) -> None:
    """From here to the end of the transaction nobody saves or sends answers to any of the citizen's occasions."""
    own = select(Episode.id).where(Episode.citizen_id == citizen_id)
    session.execute(
        select(Occasion.id).where(Occasion.episode_id.in_(own)).order_by(Occasion.id).with_for_update(key_share=True)
    )


def withdraw_occasions(session: Session, *, citizen_id: UUID, from_day: date) -> int:
    """Withdraw what the citizen could still be asked; answered ones stay. Gives how many."""
    return _set_state(session, citizen_id, from_day, before=OPEN_STATE, after=WITHDRAWN_STATE)


def restore_occasions(session: Session, *, citizen_id: UUID, from_day: date) -> int:
    """The other way round: what was withdrawn and can still be answered is asked again. Gives how many."""
    return _set_state(session, citizen_id, from_day, before=WITHDRAWN_STATE, after=OPEN_STATE)


def _set_state(session: Session, citizen_id: UUID, from_day: date, *, before: str, after: str) -> int:
    own = select(Episode.id).where(Episode.citizen_id == citizen_id)
    answered = exists().where(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen")
    changed = session.scalars(
        update(Occasion)
        .where(Occasion.episode_id.in_(own), Occasion.state == before, Occasion.closes_on >= from_day, ~answered)
        .values(state=after)
        .returning(Occasion.id)
    ).all()
    return len(changed)


def list_coordinators(session: Session, *, citizen_id: UUID) -> Sequence[Row[Coordinator, AppUser]]:
    """Who has coordinated the citizen's case, newest first."""
    return session.execute(
        select(Coordinator, AppUser)
        .join(AppUser, AppUser.id == Coordinator.user_id)
        .where(Coordinator.citizen_id == citizen_id)
        .order_by(Coordinator.from_date.desc(), Coordinator.id)
    ).all()


def list_messages(session: Session, *, citizen_id: UUID) -> Sequence[Message]:
    """What was sent to the citizen's own phone or mail, newest first."""
    return session.scalars(
        select(Message)
        .where(Message.citizen_id == citizen_id, Message.relation_id.is_(None))
        .order_by(Message.send_after.desc(), Message.id)
    ).all()


def list_relations(session: Session, *, citizen_id: UUID) -> Sequence[Relation]:
    """Who may answer beside the citizen, oldest first."""
    return session.scalars(
        select(Relation).where(Relation.citizen_id == citizen_id).order_by(Relation.from_date, Relation.id)
    ).all()


def list_signals(session: Session, *, citizen_id: UUID) -> Sequence[Signal]:
    """What the citizen's own answers called for, newest first."""
    return session.scalars(
        select(Signal)
        .where(Signal.citizen_id == citizen_id, Signal.respondent_kind == "citizen")
        .order_by(Signal.raised_at.desc(), Signal.id)
    ).all()
