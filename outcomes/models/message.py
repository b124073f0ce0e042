"""Messages on their way out: who gets what, by which channel, and whether it went. Nothing sensitive is written in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.language import CITIZEN_LOCALES
from outcomes.models.base import Base, TenantRow, one_of, refers_to

MESSAGE_KINDS = ("invitation", "reminder", "login_code", "signal", "subscription")
CHANNELS = ("mail", "sms")
MESSAGE_STATES = ("queued", "sent", "failed", "cancelled")


class Message(TenantRow, Base):
    """One message. Written in the transaction that causes it, sent after; the same cause never makes two."""

    __tablename__ = "message"
    __table_args__ = (
        refers_to("citizen"),
        refers_to("relation"),
        refers_to("occasion"),
        refers_to("app_user", "user_id"),
        refers_to("personal_link", "link_id"),
        UniqueConstraint("organisation_id", "cause", "channel"),
        one_of("kind", MESSAGE_KINDS),
        one_of("channel", CHANNELS),
        one_of("state", MESSAGE_STATES),
        one_of("locale", CITIZEN_LOCALES),
        CheckConstraint("num_nonnulls(citizen_id, user_id) = 1", name="one_recipient"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
        Index("ix_message_due", "organisation_id", "state", "send_after"),
    )

    kind: Mapped[str]
    channel: Mapped[str]
    cause: Mapped[str]
    """What made it, by ids: the same occasion and step, the same code, the same signal gives one message."""
    citizen_id: Mapped[UUID | None]
    relation_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    occasion_id: Mapped[UUID | None]
    locale: Mapped[str]
    link_id: Mapped[UUID | None]
    """The link that it carries, made anew each time it is sent: no token waits anywhere."""
    secret_sealed: Mapped[bytes | None]
    """A one-time code that the message carries; emptied when it went."""
    state: Mapped[str] = mapped_column(server_default="queued")
    send_after: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    fault: Mapped[str] = mapped_column(server_default="")
    """Why it didn't go: our own word for it, never what the other server said."""
