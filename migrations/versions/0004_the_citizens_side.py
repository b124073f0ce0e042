"""The citizen's side: who answers and how, signals and protocols, messages, the own page, and seven languages."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PROTECT = Path(__file__).parent.parent / "sql" / "0004_protect.sql"

# Newest first: each refers only to tables after it.
NEW_TABLES = (
    "correction", "signal", "message", "keyed_sheet", "risk_protocol", "access_share", "relation", "login_code",
    "instrument_audio", "citizen_session",
)  # fmt: skip

# Table, name of the check, condition before and after.
RESPONDENTS = "'citizen', 'parent', 'relative', 'worker', 'teacher'"
ALL_RESPONDENTS = "'citizen', 'parent', 'relative', 'guardian', 'worker', 'teacher'"
MODES = "'own_device', 'kiosk', 'assisted', 'paper', 'phone', 'imported'"
ALL_MODES = "'own_device', 'kiosk', 'assisted', 'paper', 'phone', 'interview', 'imported'"
CHECKS = (
    ("response", "respondent_kind", RESPONDENTS, ALL_RESPONDENTS),
    ("response_draft", "respondent_kind", RESPONDENTS, ALL_RESPONDENTS),
    ("personal_link", "respondent_kind", RESPONDENTS, ALL_RESPONDENTS),
    ("response", "mode", MODES, ALL_MODES),
    ("citizen", "locale", "'da', 'en'", "'da', 'en', 'ar', 'uk', 'pl', 'tr', 'so'"),
)


def upgrade() -> None:
    _make_tables()
    _add_columns()
    _add_checks()
    op.get_bind().connection.cursor().execute(PROTECT.read_text(encoding="utf-8"))


def _make_tables() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("octet_length(subject) = 32", name=op.f("ck_attempt_subject_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_subject", "attempt", ["subject", "at"], unique=False)
    op.create_table(
        "citizen_session",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("method IN ('code', 'openid')", name=op.f("ck_citizen_session_method_known")),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_citizen_session_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_citizen_session_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_citizen_session_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_citizen_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_citizen_session_token_hash")),
    )
    op.create_table(
        "instrument_audio",
        sa.Column("instrument_version_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('audio/ogg', 'audio/mpeg', 'audio/mp4')", name=op.f("ck_instrument_audio_media_type_known")
        ),
        sa.CheckConstraint(
            "octet_length(content) BETWEEN 1 AND 2000000", name=op.f("ck_instrument_audio_content_size")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "instrument_version_id"],
            ["instrument_version.organisation_id", "instrument_version.id"],
            name=op.f("fk_instrument_audio_organisation_id_instrument_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_instrument_audio_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_instrument_audio")),
        sa.UniqueConstraint(
            "organisation_id", "instrument_version_id", "item", "locale", name="uq_instrument_audio_item"
        ),
    )
    op.create_table(
        "login_code",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_login_code_attempts_not_negative")),
        sa.CheckConstraint("octet_length(challenge_hash) = 32", name=op.f("ck_login_code_challenge_hash_length")),
        sa.CheckConstraint("octet_length(code_hash) = 32", name=op.f("ck_login_code_code_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_login_code_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_login_code_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_login_code")),
        sa.UniqueConstraint(
            "organisation_id", "challenge_hash", name=op.f("uq_login_code_organisation_id_challenge_hash")
        ),
    )
    op.create_table(
        "relation",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.String(), server_default="da", nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('parent', 'relative', 'guardian')", name=op.f("ck_relation_kind_known")),
        sa.CheckConstraint(
            "locale IN ('da', 'en', 'ar', 'uk', 'pl', 'tr', 'so')", name=op.f("ck_relation_locale_known")
        ),
        sa.CheckConstraint("ended_on >= from_date", name=op.f("ck_relation_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_relation_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_relation_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_relation")),
    )
    op.create_index("ix_relation_citizen", "relation", ["organisation_id", "citizen_id"], unique=False)
    op.create_table(
        "access_share",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) = (until_date IS NULL)", name=op.f("ck_access_share_redeemed_has_end")),
        sa.CheckConstraint("days BETWEEN 1 AND 90", name=op.f("ck_access_share_days_limited")),
        sa.CheckConstraint("octet_length(code_hash) = 32", name=op.f("ck_access_share_code_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_access_share_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_access_share_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_access_share_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_access_share")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_access_share_code_hash")),
    )
    op.create_index("ix_access_share_citizen", "access_share", ["organisation_id", "citizen_id"], unique=False)
    op.create_index("ix_access_share_user", "access_share", ["organisation_id", "user_id"], unique=False)
    op.create_table(
        "risk_protocol",
        sa.Column("instrument_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("help_lines", postgresql.JSONB(), nullable=False),
        sa.Column("words", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("act_within_hours", sa.Integer(), nullable=False),
        sa.Column("duty_user_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("act_within_hours BETWEEN 1 AND 336", name=op.f("ck_risk_protocol_act_within_two_weeks")),
        sa.CheckConstraint("jsonb_array_length(help_lines) > 0", name=op.f("ck_risk_protocol_help_lines_given")),
        sa.CheckConstraint("version > 0", name=op.f("ck_risk_protocol_version_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "duty_user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_risk_protocol_organisation_id_duty_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_risk_protocol_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_risk_protocol")),
        sa.UniqueConstraint(
            "organisation_id",
            "instrument_key",
            "version",
            name=op.f("uq_risk_protocol_organisation_id_instrument_key_version"),
        ),
    )
    op.create_table(
        "keyed_sheet",
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_kind", sa.String(), nullable=False),
        sa.Column("relation_id", sa.Uuid(), nullable=True),
        sa.Column("keying", sa.Integer(), nullable=False),
        sa.Column("keyed_by", sa.Uuid(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("helper_kind", sa.String(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "respondent_kind IN ('citizen', 'parent', 'relative', 'guardian', 'worker', 'teacher')",
            name=op.f("ck_keyed_sheet_respondent_kind_known"),
        ),
        sa.CheckConstraint(
            "helper_kind IN ('family_or_friend', 'worker', 'interpreter', 'other')",
            name=op.f("ck_keyed_sheet_helper_kind_known"),
        ),
        sa.CheckConstraint("keying IN (1, 2)", name=op.f("ck_keyed_sheet_keying_first_or_second")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "keyed_by"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_keyed_sheet_organisation_id_keyed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "occasion_id"],
            ["occasion.organisation_id", "occasion.id"],
            name=op.f("fk_keyed_sheet_organisation_id_occasion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "relation_id"],
            ["relation.organisation_id", "relation.id"],
            name=op.f("fk_keyed_sheet_organisation_id_relation_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_keyed_sheet_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_keyed_sheet")),
        sa.UniqueConstraint(
            "organisation_id",
            "occasion_id",
            "respondent_kind",
            "relation_id",
            "keying",
            name="uq_keyed_sheet_keying",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "message",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("relation_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("occasion_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), server_default="queued", nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fault", sa.String(), server_default="", nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_message_sent_has_time")),
        sa.CheckConstraint("channel IN ('mail', 'sms')", name=op.f("ck_message_channel_known")),
        sa.CheckConstraint(
            "kind IN ('invitation', 'reminder', 'login_code', 'signal')", name=op.f("ck_message_kind_known")
        ),
        sa.CheckConstraint(
            "locale IN ('da', 'en', 'ar', 'uk', 'pl', 'tr', 'so')", name=op.f("ck_message_locale_known")
        ),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'cancelled')", name=op.f("ck_message_state_known")),
        sa.CheckConstraint("num_nonnulls(citizen_id, user_id) = 1", name=op.f("ck_message_one_recipient")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_message_tries_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "link_id"],
            ["personal_link.organisation_id", "personal_link.id"],
            name=op.f("fk_message_organisation_id_link_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_message_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "occasion_id"],
            ["occasion.organisation_id", "occasion.id"],
            name=op.f("fk_message_organisation_id_occasion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "relation_id"],
            ["relation.organisation_id", "relation.id"],
            name=op.f("fk_message_organisation_id_relation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_message_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_message_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "organisation_id", "cause", "channel", name=op.f("uq_message_organisation_id_cause_channel")
        ),
    )
    op.create_index("ix_message_due", "message", ["organisation_id", "state", "send_after"], unique=False)
    op.create_table(
        "signal",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_kind", sa.String(), nullable=False),
        sa.Column("relation_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("from_paper", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("protocol_id", sa.Uuid(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("handling", sa.String(), server_default="", nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('risk_answer', 'wants_contact', 'reliable_worsening')", name=op.f("ck_signal_kind_known")
        ),
        sa.CheckConstraint(
            "respondent_kind IN ('citizen', 'parent', 'relative', 'guardian', 'worker', 'teacher')",
            name=op.f("ck_signal_respondent_kind_known"),
        ),
        sa.CheckConstraint("(handled_at IS NULL) = (handled_by IS NULL)", name=op.f("ck_signal_handled_by_somebody")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_signal_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "episode_id"],
            ["episode.organisation_id", "episode.id"],
            name=op.f("fk_signal_organisation_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "handled_by"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_signal_organisation_id_handled_by"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "occasion_id"],
            ["occasion.organisation_id", "occasion.id"],
            name=op.f("fk_signal_organisation_id_occasion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_signal_organisation_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "protocol_id"],
            ["risk_protocol.organisation_id", "risk_protocol.id"],
            name=op.f("fk_signal_organisation_id_protocol_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "relation_id"],
            ["relation.organisation_id", "relation.id"],
            name=op.f("fk_signal_organisation_id_relation_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_signal_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_signal")),
    )
    op.create_index(
        "uq_signal_once",
        "signal",
        ["organisation_id", "occasion_id", "respondent_kind", "relation_id", "kind", "subject"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("handled_at IS NULL OR kind <> 'risk_answer'"),
    )
    op.create_index("ix_signal_citizen", "signal", ["organisation_id", "citizen_id"], unique=False)
    op.create_index("ix_signal_owner", "signal", ["organisation_id", "owner_id", "handled_at"], unique=False)
    op.create_table(
        "correction",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_key", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(btrim(words)) > 0", name=op.f("ck_correction_words_given")),
        sa.CheckConstraint("num_nonnulls(response_id, goal_id) <= 1", name=op.f("ck_correction_one_subject")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_correction_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id"],
            ["goal.organisation_id", "goal.id"],
            name=op.f("fk_correction_organisation_id_goal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["response.organisation_id", "response.id"],
            name=op.f("fk_correction_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_correction_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_correction")),
        sa.UniqueConstraint(
            "organisation_id", "submission_key", name=op.f("uq_correction_organisation_id_submission_key")
        ),
    )
    op.create_index("ix_correction_citizen", "correction", ["organisation_id", "citizen_id", "at"], unique=False)


def _add_columns() -> None:
    op.add_column("citizen", sa.Column("stopped_on", sa.Date(), nullable=True))
    op.add_column("citizen_identity", sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("citizen_identity", sa.Column("phone_hash", sa.LargeBinary(), nullable=True))
    op.add_column("citizen_identity", sa.Column("email_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("citizen_identity", sa.Column("email_hash", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_citizen_identity_organisation_id_email_hash"), "citizen_identity", ["organisation_id", "email_hash"]
    )
    op.create_unique_constraint(
        op.f("uq_citizen_identity_organisation_id_phone_hash"), "citizen_identity", ["organisation_id", "phone_hash"]
    )
    op.add_column(
        "organisation", sa.Column("privacy", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("personal_link", sa.Column("relation_id", sa.Uuid(), nullable=True))
    op.add_column("personal_link", sa.Column("code_hash", sa.LargeBinary(), nullable=True))
    op.add_column("personal_link", sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_personal_link_occasion", "personal_link", ["organisation_id", "occasion_id"], unique=False)
    op.create_unique_constraint(op.f("uq_personal_link_code_hash"), "personal_link", ["code_hash"])
    op.create_foreign_key(
        op.f("fk_personal_link_organisation_id_relation_id"),
        "personal_link",
        "relation",
        ["organisation_id", "relation_id"],
        ["organisation_id", "id"],
    )
    op.add_column(
        "response", sa.Column("non_answers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("response", sa.Column("relation_id", sa.Uuid(), nullable=True))
    op.add_column("response", sa.Column("helper_kind", sa.String(), nullable=True))
    op.add_column("response", sa.Column("entered_by", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("uq_response_organisation_id_occasion_id_respondent_kind"), "response", type_="unique")
    op.create_unique_constraint(
        "uq_response_respondent",
        "response",
        ["organisation_id", "occasion_id", "respondent_kind", "relation_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(
        op.f("fk_response_organisation_id_entered_by"),
        "response",
        "app_user",
        ["organisation_id", "entered_by"],
        ["organisation_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_response_organisation_id_relation_id"),
        "response",
        "relation",
        ["organisation_id", "relation_id"],
        ["organisation_id", "id"],
    )
    op.add_column("response_draft", sa.Column("relation_id", sa.Uuid(), nullable=True))
    op.drop_constraint(
        op.f("uq_response_draft_organisation_id_occasion_id_respondent_kind"), "response_draft", type_="unique"
    )
    op.create_unique_constraint(
        "uq_response_draft_respondent",
        "response_draft",
        ["organisation_id", "occasion_id", "respondent_kind", "relation_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(
        op.f("fk_response_draft_organisation_id_relation_id"),
        "response_draft",
        "relation",
        ["organisation_id", "relation_id"],
        ["organisation_id", "id"],
    )


def _add_checks() -> None:
    for table, column, _, after in CHECKS:
        _replace_check(table, column, after)
    op.create_check_constraint(
        op.f("ck_response_helper_kind_known"),
        "response",
        "helper_kind IN ('family_or_friend', 'worker', 'interpreter', 'other')",
    )
    for column in ("phone", "email"):
        op.create_check_constraint(
            op.f(f"ck_citizen_identity_{column}_sealed_with_hash"),
            "citizen_identity",
            f"({column}_sealed IS NULL) = ({column}_hash IS NULL)",
        )
        op.create_check_constraint(
            op.f(f"ck_citizen_identity_{column}_hash_length"), "citizen_identity", f"octet_length({column}_hash) = 32"
        )
    op.create_check_constraint(
        op.f("ck_personal_link_code_hash_length"), "personal_link", "octet_length(code_hash) = 32"
    )
    op.create_check_constraint(
        op.f("ck_personal_link_code_expires"), "personal_link", "(code_hash IS NULL) = (code_expires_at IS NULL)"
    )


# What the new columns hold, emptied before they go so that the record of changes stays whole. Oldest table first.
EMPTIED = (
    ("organisation", "privacy = '{}'", "privacy <> '{}'"),
    ("citizen", "stopped_on = NULL", "stopped_on IS NOT NULL"),
    ("citizen", "locale = 'da'", "locale NOT IN ('da', 'en')"),
    (
        "citizen_identity",
        "phone_sealed = NULL, phone_hash = NULL, email_sealed = NULL, email_hash = NULL",
        "num_nonnulls(phone_hash, email_hash) > 0",
    ),
    (
        "personal_link",
        "revoked_at = coalesce(revoked_at, now()), relation_id = NULL, code_hash = NULL, code_expires_at = NULL",
        "num_nonnulls(relation_id, code_hash) > 0",
    ),
    ("response", "mode = 'phone'", "mode = 'interview'"),
    (
        "response",
        "non_answers = '{}', relation_id = NULL, helper_kind = NULL, entered_by = NULL",
        "non_answers <> '{}' OR num_nonnulls(relation_id, helper_kind, entered_by) > 0",
    ),
)


def downgrade() -> None:
    # What the version before has no place for goes, and the record of changes says so. Answers stay; where a guardian gave
    # some, or two parents the same, the checks below refuse the step.
    for table, change, where in EMPTIED:
        _as_owner(table, f"UPDATE {table} SET {change} WHERE {where}")
    _as_owner("response_draft", "DELETE FROM response_draft WHERE relation_id IS NOT NULL")
    op.execute("DROP TRIGGER risk_needs_protocol ON instrument_version")
    op.execute("DROP POLICY key_holder_code ON personal_link")
    op.execute("DROP POLICY key_holder ON citizen_identity")
    op.drop_constraint(op.f("ck_response_helper_kind_known"), "response")
    for name in ("code_hash_length", "code_expires"):
        op.drop_constraint(op.f(f"ck_personal_link_{name}"), "personal_link")
    for table, column, before, _ in CHECKS:
        _replace_check(table, column, before)
    op.drop_constraint(op.f("fk_response_draft_organisation_id_relation_id"), "response_draft", type_="foreignkey")
    op.drop_constraint("uq_response_draft_respondent", "response_draft", type_="unique")
    op.create_unique_constraint(
        op.f("uq_response_draft_organisation_id_occasion_id_respondent_kind"),
        "response_draft",
        ["organisation_id", "occasion_id", "respondent_kind"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("response_draft", "relation_id")
    op.drop_constraint(op.f("fk_response_organisation_id_relation_id"), "response", type_="foreignkey")
    op.drop_constraint(op.f("fk_response_organisation_id_entered_by"), "response", type_="foreignkey")
    op.drop_constraint("uq_response_respondent", "response", type_="unique")
    op.create_unique_constraint(
        op.f("uq_response_organisation_id_occasion_id_respondent_kind"),
        "response",
        ["organisation_id", "occasion_id", "respondent_kind"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("response", "entered_by")
    op.drop_column("response", "helper_kind")
    op.drop_column("response", "relation_id")
    op.drop_column("response", "non_answers")
    op.drop_constraint(op.f("fk_personal_link_organisation_id_relation_id"), "personal_link", type_="foreignkey")
    op.drop_constraint(op.f("uq_personal_link_code_hash"), "personal_link", type_="unique")
    op.drop_index("ix_personal_link_occasion", table_name="personal_link")
    op.drop_column("personal_link", "code_expires_at")
    op.drop_column("personal_link", "code_hash")
    op.drop_column("personal_link", "relation_id")
    op.drop_column("organisation", "privacy")
    op.drop_constraint(op.f("uq_citizen_identity_organisation_id_phone_hash"), "citizen_identity", type_="unique")
    op.drop_constraint(op.f("uq_citizen_identity_organisation_id_email_hash"), "citizen_identity", type_="unique")
    op.drop_column("citizen_identity", "email_hash")
    op.drop_column("citizen_identity", "email_sealed")
    op.drop_column("citizen_identity", "phone_hash")
    op.drop_column("citizen_identity", "phone_sealed")
    op.drop_column("citizen", "stopped_on")
    for table in NEW_TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit")
        op.execute(f"DELETE FROM {table}")
        op.drop_table(table)
    op.drop_table("attempt")
    op.execute("DROP FUNCTION require_protocol()")


def _as_owner(table: str, statement: str) -> None:
    """A change to every organisation's rows, past the triggers that keep them as they were and with the audit."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    if table != "response_draft":
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _replace_check(table: str, column: str, values: str) -> None:
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"{column} IN ({values})")
