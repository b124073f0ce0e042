"""Ways in: personal links for citizens, sign-in links and sessions for staff. Tokens are stored as hashes only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, TenantRow, one_of, refers_to
from outcomes.models.response import RESPONDENT_KINDS


class PersonalLink(TenantRow, Base):
    """A citizen's (or proxy's) way to one occasion. Reading it changes nothing; it can be revoked."""

    __tablename__ = "personal_link"
    __table_args__ = (
        refers_to("occasion"),
        UniqueConstraint("token_hash"),
        one_of("respondent_kind", RESPONDENT_KINDS),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    )

    occasion_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    respondent_kind: Mapped[str] = mapped_column(server_default="citizen")
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInLink(TenantRow, Base):
    """A member of staff's way to a session. Single use, except where the demo prints reusable ones."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        refers_to("app_user", "user_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    )

    user_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    reusable: Mapped[bool] = mapped_column(server_default=text("false"))
    used_at: Mapped[datetime | None]


class StaffSession(TenantRow, Base):
    """A signed-in browser. Ends at ``expires_at``, when signed out, or when the account ends."""

    __tablename__ = "staff_session"
    __table_args__ = (
        refers_to("app_user", "user_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    )

    user_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
