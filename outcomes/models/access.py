"""Ways in: personal links for citizens, sign-in links and sessions for staff. Tokens are stored as hashes only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, TenantRow, one_of, refers_to
from outcomes.models.response import RESPONDENT_KINDS


class PersonalLink(TenantRow, Base):
    """A citizen's (or proxy's) way to one occasion. Reading it changes nothing; it can be revoked."""

    __tablename__ = "personal_link"
    __table_args__ = (
        refers_to("occasion"),
        refers_to("relation"),
        UniqueConstraint("token_hash"),
        UniqueConstraint("code_hash"),
        one_of("respondent_kind", RESPONDENT_KINDS),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
        CheckConstraint("octet_length(code_hash) = 32", name="code_hash_length"),
        CheckConstraint("(code_hash IS NULL) = (code_expires_at IS NULL)", name="code_expires"),
        Index("ix_personal_link_occasion", "organisation_id", "occasion_id"),
    )

    occasion_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    respondent_kind: Mapped[str] = mapped_column(server_default="citizen")
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    relation_id: Mapped[UUID | None]
    """Whose link it is, where it isn't the citizen's own: it ends with the relation."""
    code_hash: Mapped[bytes | None]
    """A short code for a shared tablet that opens the same, for a day, once."""
    code_expires_at: Mapped[datetime | None]


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


class LoginCode(TenantRow, Base):
    """A code that was sent to a citizen's own phone or mail. Found by the challenge that the browser holds."""

    __tablename__ = "login_code"
    __table_args__ = (
        refers_to("citizen"),
        UniqueConstraint("organisation_id", "challenge_hash"),
        CheckConstraint("octet_length(challenge_hash) = 32", name="challenge_hash_length"),
        CheckConstraint("octet_length(code_hash) = 32", name="code_hash_length"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    )

    citizen_id: Mapped[UUID]
    challenge_hash: Mapped[bytes]
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    used_at: Mapped[datetime | None]


class CitizenSession(TenantRow, Base):
    """A citizen signed in to their own page, until it expires or they end it."""

    __tablename__ = "citizen_session"
    __table_args__ = (
        refers_to("citizen"),
        UniqueConstraint("token_hash"),
        one_of("method", ("code", "openid")),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    )

    citizen_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    method: Mapped[str]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Attempt(Base):
    """That something was tried which may be tried so often: a code, a token, a sign-in. Holds a keyed hash, no person."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("octet_length(subject) = 32", name="subject_length"),
        Index("ix_attempt_subject", "subject", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
