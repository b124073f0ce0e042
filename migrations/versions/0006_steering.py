"""Steering: the register of offers, targets, process requirements, releases, supervision, value, learning, subscriptions."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PROTECT = Path(__file__).parent.parent / "sql" / "0006_protect.sql"

# Newest first: each refers only to tables after it.
NEW_TABLES = (
    "batch_item", "report_batch", "subscription", "learning_point", "learning_meeting", "contract_payment",
    "outcome_contract", "value_case", "price_set", "supervision_signal", "supervision_look", "provider_fact", "theme_set",
    "release_ledger",
    "release", "requirement_event", "process_requirement", "outcome_target", "specialisation", "provider_record",
)  # fmt: skip

# Table, name of the check, condition before and after.
KINDS = "'municipality', 'private_provider', 'research'"
ROLES = "'worker', 'manager', 'administrator'"
MESSAGES = "'invitation', 'reminder', 'login_code', 'signal'"
CHECKS = (
    ("organisation", "kind", KINDS, f"{KINDS}, 'authority'"),
    ("app_user", "role", ROLES, f"{ROLES}, 'authority'"),
    ("message", "kind", MESSAGES, f"{MESSAGES}, 'subscription'"),
)


def upgrade() -> None:
    _make_register()
    _make_targets()
    _make_releases()
    _make_supervision()
    _make_value()
    _make_learning()
    _make_subscriptions()
    op.add_column("episode", sa.Column("target_group_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_episode_organisation_id_target_group_id"),
        "episode",
        "target_group",
        ["organisation_id", "target_group_id"],
        ["organisation_id", "id"],
    )
    op.add_column("response", sa.Column("entry_seconds", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_response_entry_seconds_not_negative"), "response", "entry_seconds >= 0")
    op.add_column("stored_result", sa.Column("population", sa.String(), server_default="", nullable=False))
    _replace_period("population")
    for table, column, _, after in CHECKS:
        _replace_check(table, column, after)
    op.get_bind().connection.cursor().execute(PROTECT.read_text(encoding="utf-8"))


def _make_register() -> None:
    op.create_table(
        "provider_record",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("owner_kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("has_address", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("staffing", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("competences", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("interventions", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("target_groups", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("legal_sections", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("agreements", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "owner_kind IN ('municipal', 'regional', 'private', 'self_governing')",
            name=op.f("ck_provider_record_owner_kind_known"),
        ),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_provider_record_capacity_not_negative")),
        sa.CheckConstraint("staffing >= 0", name=op.f("ck_provider_record_staffing_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["provider.organisation_id", "provider.id"],
            name=op.f("fk_provider_record_organisation_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_provider_record_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_provider_record")),
        sa.UniqueConstraint(
            "organisation_id",
            "provider_id",
            "valid_from",
            name=op.f("uq_provider_record_organisation_id_provider_id_valid_from"),
        ),
    )
    op.create_table(
        "specialisation",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("target_group_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("criteria_version", sa.String(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("assessed_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_specialisation_level_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_specialisation_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["provider.organisation_id", "provider.id"],
            name=op.f("fk_specialisation_organisation_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "target_group_id"],
            ["target_group.organisation_id", "target_group.id"],
            name=op.f("fk_specialisation_organisation_id_target_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_specialisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_specialisation")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "target_group_id",
            "provider_id",
            "valid_from",
            name="uq_specialisation_day",
            postgresql_nulls_not_distinct=True,
        ),
    )


def _make_targets() -> None:
    op.create_table(
        "outcome_target",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=True),
        sa.Column("intervention_slug", sa.String(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("target_group", sa.String(), nullable=True),
        sa.Column("legal_section", sa.String(), nullable=True),
        sa.Column("threshold", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("minimum_n", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("ends", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_outcome_target_code_readable")),
        sa.CheckConstraint("direction IN ('at_least', 'at_most')", name=op.f("ck_outcome_target_direction_known")),
        sa.CheckConstraint(
            "level <> 'provider' OR provider_id IS NOT NULL", name=op.f("ck_outcome_target_provider_named")
        ),
        sa.CheckConstraint(
            "level IN ('national', 'municipal', 'provider')", name=op.f("ck_outcome_target_level_known")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_outcome_target_days_in_order")),
        sa.CheckConstraint("minimum_n >= 10", name=op.f("ck_outcome_target_minimum_n_protects")),
        sa.CheckConstraint("version > 0", name=op.f("ck_outcome_target_version_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_outcome_target_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["provider.organisation_id", "provider.id"],
            name=op.f("fk_outcome_target_organisation_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outcome_target_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_outcome_target")),
        sa.UniqueConstraint(
            "organisation_id", "code", "version", name=op.f("uq_outcome_target_organisation_id_code_version")
        ),
    )
    op.create_table(
        "process_requirement",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("law_bound", sa.Boolean(), nullable=False),
        sa.Column("minutes_per_month", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("minutes_source", sa.String(), nullable=False),
        sa.Column("interventions", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("replaced_by", sa.String(), nullable=True),
        sa.Column("replacement", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "NOT law_bound OR source_kind = 'law'", name=op.f("ck_process_requirement_law_bound_by_law")
        ),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_process_requirement_code_readable")),
        sa.CheckConstraint(
            "source_kind IN ('law', 'agreement', 'local_rule')", name=op.f("ck_process_requirement_source_kind_known")
        ),
        sa.CheckConstraint("minutes_per_month >= 0", name=op.f("ck_process_requirement_minutes_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_process_requirement_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_process_requirement")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_process_requirement_organisation_id_code")),
    )
    op.create_table(
        "requirement_event",
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "step IN ('proposed', 'heard', 'retired', 'kept', 'reinstated')",
            name=op.f("ck_requirement_event_step_known"),
        ),
        sa.CheckConstraint("length(btrim(reason)) > 0", name=op.f("ck_requirement_event_reason_given")),
        sa.CheckConstraint("number > 0", name=op.f("ck_requirement_event_number_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "requirement_id"],
            ["process_requirement.organisation_id", "process_requirement.id"],
            name=op.f("fk_requirement_event_organisation_id_requirement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_requirement_event_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_requirement_event")),
        sa.UniqueConstraint(
            "organisation_id",
            "requirement_id",
            "number",
            name=op.f("uq_requirement_event_organisation_id_requirement_id_number"),
        ),
    )
    op.create_index(
        "ix_requirement_event_requirement",
        "requirement_event",
        ["organisation_id", "requirement_id", "number"],
        unique=False,
    )


def _make_releases() -> None:
    op.create_table(
        "release",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("organisation_name", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("for_authority", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('overview', 'report', 'targets', 'supervision', 'offers', 'value', 'requirements', 'contract')",
            name=op.f("ck_release_kind_known"),
        ),
        sa.CheckConstraint("octet_length(checksum) = 32", name=op.f("ck_release_checksum_length")),
        sa.CheckConstraint("version = 1 OR length(btrim(reason)) > 0", name=op.f("ck_release_correction_has_reason")),
        sa.CheckConstraint("version > 0", name=op.f("ck_release_version_positive")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_release_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_release")),
        sa.UniqueConstraint(
            "organisation_id",
            "kind",
            "subject",
            "first_day",
            "last_day",
            "version",
            name="uq_release_version",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_release_for_authority", "release", ["for_authority", "kind"], unique=False)
    op.create_table(
        "release_ledger",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("population", sa.String(), nullable=False),
        sa.Column("people", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cardinality(people) >= 0", name=op.f("ck_release_ledger_people_listed")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "release_id"],
            ["release.organisation_id", "release.id"],
            name=op.f("fk_release_ledger_organisation_id_release_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_release_ledger_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_release_ledger")),
        sa.UniqueConstraint(
            "organisation_id",
            "release_id",
            "population",
            name=op.f("uq_release_ledger_organisation_id_release_id_population"),
        ),
    )


def _make_supervision() -> None:
    op.create_table(
        "theme_set",
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("unverified", sa.String(), server_default="", nullable=False),
        sa.Column("themes", postgresql.JSONB(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_theme_set_valid_in_order")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_theme_set_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_theme_set")),
        sa.UniqueConstraint(
            "organisation_id", "authority", "valid_from", name=op.f("uq_theme_set_organisation_id_authority_valid_from")
        ),
    )
    op.create_table(
        "provider_fact",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("datum", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["provider.organisation_id", "provider.id"],
            name=op.f("fk_provider_fact_organisation_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_provider_fact_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_provider_fact")),
        sa.UniqueConstraint(
            "organisation_id",
            "provider_id",
            "datum",
            "as_of",
            name=op.f("uq_provider_fact_organisation_id_provider_id_datum_as_of"),
        ),
    )
    op.create_table(
        "supervision_look",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_supervision_look_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_supervision_look_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_supervision_look")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "until",
            name=op.f("uq_supervision_look_organisation_id_intervention_id_until"),
        ),
    )
    op.create_table(
        "supervision_signal",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("response", sa.String(), server_default="", nullable=False),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'in_dialogue', 'closed')", name=op.f("ck_supervision_signal_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_supervision_signal_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["provider.organisation_id", "provider.id"],
            name=op.f("fk_supervision_signal_organisation_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_supervision_signal_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_supervision_signal")),
        sa.UniqueConstraint(
            "organisation_id",
            "provider_id",
            "intervention_id",
            "method",
            "found_on",
            name=op.f("uq_supervision_signal_organisation_id_provider_id_intervention_id_method_found_on"),
        ),
    )
    op.create_index("ix_supervision_signal_state", "supervision_signal", ["organisation_id", "state"], unique=False)


def _make_value() -> None:
    op.create_table(
        "price_set",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("price_year", sa.Integer(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("prices", postgresql.JSONB(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(checksum) = 32", name=op.f("ck_price_set_checksum_length")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_price_set_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_price_set")),
        sa.UniqueConstraint(
            "organisation_id", "name", "price_year", name=op.f("uq_price_set_organisation_id_name_price_year")
        ),
    )
    op.create_table(
        "value_case",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("price_set_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assumptions", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_value_case_version_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_value_case_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "price_set_id"],
            ["price_set.organisation_id", "price_set.id"],
            name=op.f("fk_value_case_organisation_id_price_set_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_value_case_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_value_case")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "version",
            name=op.f("uq_value_case_organisation_id_intervention_id_version"),
        ),
    )
    op.create_table(
        "outcome_contract",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("trigger", postgresql.JSONB(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_outcome_contract_code_readable")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_outcome_contract_days_in_order")),
        sa.CheckConstraint("rate > 0 AND rate <= cap", name=op.f("ck_outcome_contract_rate_within_cap")),
        sa.CheckConstraint("version > 0", name=op.f("ck_outcome_contract_version_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_outcome_contract_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outcome_contract_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_outcome_contract")),
        sa.UniqueConstraint(
            "organisation_id", "code", "version", name=op.f("uq_outcome_contract_organisation_id_code_version")
        ),
    )
    op.create_table(
        "contract_payment",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("working", postgresql.JSONB(), nullable=False),
        sa.Column("worked_out_by_id", sa.Uuid(), nullable=False),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("code_version", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_contract_payment_amount_not_negative")),
        sa.CheckConstraint("verified_by_id <> worked_out_by_id", name=op.f("ck_contract_payment_verified_by_another")),
        sa.CheckConstraint(
            "(verified_by IS NULL) = (verified_by_id IS NULL)", name=op.f("ck_contract_payment_verifier_named")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "worked_out_by_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_contract_payment_organisation_id_worked_out_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "verified_by_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_contract_payment_organisation_id_verified_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contract_id"],
            ["outcome_contract.organisation_id", "outcome_contract.id"],
            name=op.f("fk_contract_payment_organisation_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "release_id"],
            ["release.organisation_id", "release.id"],
            name=op.f("fk_contract_payment_organisation_id_release_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contract_payment_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_contract_payment")),
        sa.UniqueConstraint(
            "organisation_id",
            "contract_id",
            "release_id",
            name=op.f("uq_contract_payment_organisation_id_contract_id_release_id"),
        ),
    )


def _make_learning() -> None:
    op.create_table(
        "learning_meeting",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("seen", postgresql.JSONB(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_learning_meeting_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["provider.organisation_id", "provider.id"],
            name=op.f("fk_learning_meeting_organisation_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_learning_meeting_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_learning_meeting")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "provider_id",
            "held_on",
            name="uq_learning_meeting_day",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "learning_point",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("responsible", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("outcome", sa.String(), server_default="", nullable=False),
        sa.Column("followed_up_at", sa.Uuid(), nullable=True),
        sa.Column("followed_up_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (followed_up_on IS NULL)", name=op.f("ck_learning_point_follow_up_has_day")
        ),
        sa.CheckConstraint(
            "kind IN ('hypothesis', 'action', 'question', 'driver', 'barrier')",
            name=op.f("ck_learning_point_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'dropped', 'confirmed', 'refuted')", name=op.f("ck_learning_point_state_known")
        ),
        sa.CheckConstraint("length(btrim(words)) > 0", name=op.f("ck_learning_point_words_given")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "followed_up_at"],
            ["learning_meeting.organisation_id", "learning_meeting.id"],
            name=op.f("fk_learning_point_organisation_id_followed_up_at"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_learning_point_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "meeting_id"],
            ["learning_meeting.organisation_id", "learning_meeting.id"],
            name=op.f("fk_learning_point_organisation_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_learning_point_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_learning_point")),
    )
    op.create_index(
        "ix_learning_point_intervention",
        "learning_point",
        ["organisation_id", "intervention_id", "observed_on"],
        unique=False,
    )


def _make_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("last_sent_on", sa.Date(), nullable=True),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("ended_reason", sa.String(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "schedule IN ('weekly', 'monthly', 'quarterly', 'yearly')", name=op.f("ck_subscription_schedule_known")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_subscription_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_subscription_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "organisation_id", "user_id", "subject", name=op.f("uq_subscription_organisation_id_user_id_subject")
        ),
    )
    op.create_index("ix_subscription_next_on", "subscription", ["organisation_id", "next_on"], unique=False)
    op.create_table(
        "report_batch",
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'stopped')", name=op.f("ck_report_batch_state_known")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_report_batch_days_in_order")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_report_batch_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_report_batch")),
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("file_format", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", postgresql.JSONB(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state = 'done') = (content IS NOT NULL)", name=op.f("ck_batch_item_done_has_content")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_batch_item_state_known")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_batch_item_tries_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "batch_id"],
            ["report_batch.organisation_id", "report_batch.id"],
            name=op.f("fk_batch_item_organisation_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_batch_item_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_batch_item")),
        sa.UniqueConstraint(
            "organisation_id", "batch_id", "number", name=op.f("uq_batch_item_organisation_id_batch_id_number")
        ),
    )


def _as_owner(table: str, statement: str) -> None:
    """A change to every organisation's rows, past the triggers that keep them as they were and with the audit."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _replace_period(*more: str) -> None:
    op.drop_constraint("uq_stored_result_period", "stored_result", type_="unique")
    op.create_unique_constraint(
        "uq_stored_result_period",
        "stored_result",
        ["organisation_id", "intervention_id", "plan_id", *more, "first_day", "last_day"],
        postgresql_nulls_not_distinct=True,
    )


def _replace_check(table: str, column: str, known: str) -> None:
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({known})")


def downgrade() -> None:
    # What the version before has no place for goes, and the record of changes says so.
    for table in NEW_TABLES:
        _as_owner(table, f"DELETE FROM {table}")
        op.drop_table(table)
    op.execute("DROP TRIGGER keep_kind ON organisation")
    op.execute("DROP FUNCTION refuse_retiring_law(), refuse_unbinding(), municipalities(), app_is_authority()")
    # Where somebody works for an authority, the checks below refuse the step: the version before has no place for them.
    for table, column, before, _ in CHECKS:
        _replace_check(table, column, before)
    # Stored results are made anew: those of a part of the people have no place in the version before either.
    _as_owner("stored_result", "DELETE FROM stored_result WHERE population <> ''")
    _as_owner("response", "UPDATE response SET entry_seconds = NULL WHERE entry_seconds IS NOT NULL")
    _as_owner("message", "DELETE FROM message WHERE kind = 'subscription'")
    _replace_period()
    op.drop_column("stored_result", "population")
    op.drop_constraint(op.f("fk_episode_organisation_id_target_group_id"), "episode", type_="foreignkey")
    op.drop_column("episode", "target_group_id")
    op.drop_constraint(op.f("ck_response_entry_seconds_not_negative"), "response", type_="check")
    op.drop_column("response", "entry_seconds")
