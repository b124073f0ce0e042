"""Responses (besvarelser) with their scores, and the answers of a response that isn't sent yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

RESPONDENT_KINDS = ("citizen", "parent", "relative", "worker", "teacher")
MODES = ("own_device", "kiosk", "assisted", "paper", "phone", "imported")


class Response(TenantRow, Base):
    """A set of answers to one instrument version on one occasion: one per occasion and respondent."""

    __tablename__ = "response"
    __table_args__ = (
        refers_to("occasion"),
        refers_to("instrument_version"),
        UniqueConstraint("organisation_id", "occasion_id", "respondent_kind"),
        UniqueConstraint("organisation_id", "submission_key"),
        one_of("respondent_kind", RESPONDENT_KINDS),
        one_of("mode", MODES),
    )

    occasion_id: Mapped[UUID]
    instrument_version_id: Mapped[UUID]
    respondent_kind: Mapped[str] = mapped_column(server_default="citizen")
    mode: Mapped[str]
    locale: Mapped[str]
    answers: Mapped[Json]
    hidden_answers: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """Answers to questions that a later answer hid: kept, and never scored."""
    submission_key: Mapped[UUID]
    answered_at: Mapped[datetime]
    late: Mapped[bool]


class Score(TenantRow, Base):
    """A number computed from a response by its instrument's scoring; can be computed again at any time."""

    __tablename__ = "score"
    __table_args__ = (
        refers_to("response"),
        UniqueConstraint("organisation_id", "response_id", "scale"),
        CheckConstraint("n_answered BETWEEN 0 AND n_items", name="answered_of_items"),
        CheckConstraint("value <> 'NaN'", name="value_is_number"),
    )

    response_id: Mapped[UUID]
    scale: Mapped[str]
    value: Mapped[float | None]
    n_answered: Mapped[int | None]
    """How many of the scale's items were answered; NULL where another system gave the score and doesn't tell."""
    n_items: Mapped[int]


class ResponseDraft(TenantRow, Base):
    """Answers on their way: what a respondent has sent page by page. Gone when the response is there."""

    __tablename__ = "response_draft"
    __table_args__ = (
        refers_to("occasion"),
        UniqueConstraint("organisation_id", "occasion_id", "respondent_kind"),
        one_of("respondent_kind", RESPONDENT_KINDS),
    )

    occasion_id: Mapped[UUID]
    respondent_kind: Mapped[str]
    answers: Mapped[Json]
    answered_by: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """By item, the hash of the key that the browser holds which gave the answer: only that browser sees it again."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
