"""Responses (besvarelser) with their scores, and the answers of a response that isn't sent yet."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from outcomes.models.base import Base, Json, TenantRow, one_of, refers_to

RESPONDENT_KINDS = ("citizen", "parent", "relative", "guardian", "worker", "teacher")
MODES = ("own_device", "kiosk", "assisted", "paper", "phone", "interview", "imported")
HELPER_KINDS = ("family_or_friend", "worker", "interpreter", "other")


def one_each(table: str) -> UniqueConstraint:
    """At most one row of ``table`` per occasion and respondent; two relations of a kind are two respondents."""
    return UniqueConstraint(
        "organisation_id",
        "occasion_id",
        "respondent_kind",
        "relation_id",
        name=f"uq_{table}_respondent",
        postgresql_nulls_not_distinct=True,
    )


class Response(TenantRow, Base):
    """A set of answers to one instrument version on one occasion: one per occasion and respondent.

    Each parent, relative or guardian is a respondent of their own, named by ``relation_id``.
    """

    __tablename__ = "response"
    __table_args__ = (
        refers_to("occasion"),
        refers_to("instrument_version"),
        refers_to("relation"),
        refers_to("app_user", "entered_by"),
        one_each("response"),
        UniqueConstraint("organisation_id", "submission_key"),
        one_of("respondent_kind", RESPONDENT_KINDS),
        one_of("mode", MODES),
        one_of("helper_kind", HELPER_KINDS),
        CheckConstraint("entry_seconds >= 0", name="entry_seconds_not_negative"),
    )

    occasion_id: Mapped[UUID]
    instrument_version_id: Mapped[UUID]
    respondent_kind: Mapped[str] = mapped_column(server_default="citizen")
    mode: Mapped[str]
    locale: Mapped[str]
    answers: Mapped[Json]
    hidden_answers: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """Answers to questions that a later answer hid: kept, and never scored."""
    non_answers: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """By item that was shown and not answered: ``skipped``, ``dont_know`` or ``prefer_not``."""
    relation_id: Mapped[UUID | None]
    helper_kind: Mapped[str | None]
    """Who helped the respondent to answer, where somebody did."""
    entered_by: Mapped[UUID | None]
    """The member of staff who wrote the answers down, in a conversation or from paper."""
    submission_key: Mapped[UUID]
    answered_at: Mapped[datetime]
    late: Mapped[bool]
    entry_seconds: Mapped[int | None]
    """From the first answer that was kept to sending, by the database's clock; None where nothing was kept before."""


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
        refers_to("relation"),
        one_each("response_draft"),
        one_of("respondent_kind", RESPONDENT_KINDS),
    )

    occasion_id: Mapped[UUID]
    respondent_kind: Mapped[str]
    relation_id: Mapped[UUID | None]
    answers: Mapped[Json]
    answered_by: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """By item, the hash of the key that the browser holds which gave the answer: only that browser sees it again."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class KeyedSheet(TenantRow, Base):
    """One keying of a paper form. A sheet is keyed twice and compared; gone when the answers are a response."""

    __tablename__ = "keyed_sheet"
    __table_args__ = (
        refers_to("occasion"),
        refers_to("relation"),
        refers_to("app_user", "keyed_by"),
        UniqueConstraint(
            "organisation_id",
            "occasion_id",
            "respondent_kind",
            "relation_id",
            "keying",
            name="uq_keyed_sheet_keying",
            postgresql_nulls_not_distinct=True,
        ),
        one_of("respondent_kind", RESPONDENT_KINDS),
        one_of("helper_kind", HELPER_KINDS),
        CheckConstraint("keying IN (1, 2)", name="keying_first_or_second"),
    )

    occasion_id: Mapped[UUID]
    respondent_kind: Mapped[str]
    relation_id: Mapped[UUID | None]
    keying: Mapped[int]
    keyed_by: Mapped[UUID]
    answered_on: Mapped[date]
    """The date on the paper."""
    locale: Mapped[str]
    """The language of the paper."""
    answers: Mapped[Json]
    helper_kind: Mapped[str | None]
