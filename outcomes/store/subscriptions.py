"""Who is told when a page has new figures, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.models import AppUser, Subscription

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


def list_subscriptions(session: Session) -> Sequence[Row[Subscription, AppUser]]:
    """Every subscription with whoever it is for: those that run first, then by name and subject."""
    return session.execute(
        select(Subscription, AppUser)
        .join(AppUser, AppUser.id == Subscription.user_id)
        .order_by(Subscription.next_on.is_(None), AppUser.name, Subscription.subject, Subscription.id)
    ).all()


def list_due(session: Session, *, on: date) -> Sequence[Row[Subscription, AppUser]]:
    """Subscriptions whose day has come, locked until the transaction ends; those that others are at are left out."""
    return session.execute(
        select(Subscription, AppUser)
        .join(AppUser, AppUser.id == Subscription.user_id)
        .where(Subscription.next_on <= on)
        .order_by(Subscription.next_on, Subscription.id)
        .with_for_update(of=Subscription, skip_locked=True)
    ).all()


def list_running(session: Session) -> Sequence[Row[Subscription, AppUser]]:
    """Subscriptions that haven't ended, by id."""
    return session.execute(
        select(Subscription, AppUser)
        .join(AppUser, AppUser.id == Subscription.user_id)
        .where(Subscription.next_on.is_not(None))
        .order_by(Subscription.id)
    ).all()


def find_subscription(session: Session, *, subscription_id: UUID, lock: bool = False) -> Subscription | None:
    """A subscription by id, whether it runs or has ended."""
    query = select(Subscription).where(Subscription.id == subscription_id)
    return session.scalar(query.with_for_update() if lock else query)


def find_of_user(session: Session, *, user_id: UUID, subject: str) -> Subscription | None:
    """What a member of staff is told of a subject, whether it runs or has ended; locked until the transaction ends."""
    return session.scalar(
        select(Subscription).where(Subscription.user_id == user_id, Subscription.subject == subject).with_for_update()
    )


def find_user(session: Session, *, user_id: UUID) -> AppUser | None:
    """A member of staff by id, also one who has left."""
    return session.scalar(select(AppUser).where(AppUser.id == user_id))


def list_managers(session: Session, *, on: date) -> Sequence[AppUser]:
    """Managers whose account hasn't ended, by name."""
    return session.scalars(
        select(AppUser)
        .where(AppUser.role == "manager", AppUser.ended_on.is_(None) | (AppUser.ended_on > on))
        .order_by(AppUser.name, AppUser.id)
    ).all()
