"""The first schema, with row-level security, audit and immutability from the start."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PROTECT = Path(__file__).parent.parent / "sql" / "0001_protect.sql"
FUNCTIONS = (
    "audit_faults()",
    "audit_row()",
    "audit_entry_seal(bytea, bigint, timestamptz, text, text, text, uuid, text, text[], bytea)",
    "is_rated(uuid, uuid)",
    "keep_columns()",
    "refuse_change()",
    "app_key()",
    "app_organisation()",
)


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=True),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('municipality', 'private_provider', 'research')", name=op.f("ck_organisation_kind_known")
        ),
        sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f("ck_organisation_municipality_code_official")),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_organisation_slug_readable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("database_user", sa.String(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("operation IN ('INSERT', 'UPDATE', 'DELETE')", name=op.f("ck_audit_entry_operation_known")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_audit_entry_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("organisation_id", "position", name=op.f("uq_audit_entry_organisation_id_position")),
    )
    op.create_index(
        "ix_audit_entry_row", "audit_entry", ["organisation_id", "table_name", "row_id", "position"], unique=False
    )
    op.create_table(
        "citizen",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), server_default="da", nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("locale IN ('da', 'en')", name=op.f("ck_citizen_locale_known")),
        sa.CheckConstraint("(source IS NULL) = (external_id IS NULL)", name=op.f("ck_citizen_external_id_has_source")),
        sa.CheckConstraint("number > 0", name=op.f("ck_citizen_number_positive")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_citizen_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_citizen")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_citizen_organisation_id_number")),
        sa.UniqueConstraint(
            "organisation_id", "source", "external_id", name=op.f("uq_citizen_organisation_id_source_external_id")
        ),
    )
    op.create_table(
        "import_batch",
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("n_rows", sa.Integer(), nullable=False),
        sa.Column("n_citizens", sa.Integer(), nullable=False),
        sa.Column("n_scores", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(fingerprint) = 32", name=op.f("ck_import_batch_fingerprint_length")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_import_batch_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("organisation_id", "fingerprint", name=op.f("uq_import_batch_organisation_id_fingerprint")),
    )
    op.create_table(
        "instrument_version",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(checksum) = 32", name=op.f("ck_instrument_version_checksum_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_instrument_version_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_instrument_version")),
        sa.UniqueConstraint(
            "organisation_id", "key", "version", name=op.f("uq_instrument_version_organisation_id_key_version")
        ),
    )
    op.create_table(
        "legal_basis",
        sa.Column("law", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_legal_basis_valid_in_order")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_legal_basis_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_legal_basis")),
        sa.UniqueConstraint(
            "organisation_id",
            "law",
            "section",
            "valid_from",
            name=op.f("uq_legal_basis_organisation_id_law_section_valid_from"),
        ),
    )
    op.create_table(
        "target_group",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_target_group_valid_in_order")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_target_group_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_target_group")),
        sa.UniqueConstraint(
            "organisation_id", "code", "valid_from", name=op.f("uq_target_group_organisation_id_code_valid_from")
        ),
    )
    op.create_table(
        "unit",
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_unit_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "parent_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_unit_organisation_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_unit_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_unit_organisation_id_name")),
    )
    op.create_table(
        "app_user",
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), server_default="da", nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("locale IN ('da', 'en')", name=op.f("ck_app_user_locale_known")),
        sa.CheckConstraint("role IN ('worker', 'manager', 'administrator')", name=op.f("ck_app_user_role_known")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_app_user_organisation_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_app_user_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("organisation_id", "email", name=op.f("uq_app_user_organisation_id_email")),
    )
    op.create_index("ix_app_user_unit", "app_user", ["organisation_id", "unit_id"], unique=False)
    op.create_table(
        "citizen_identity",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("cpr_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cpr_hash", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(cpr_sealed IS NULL) = (cpr_hash IS NULL)", name=op.f("ck_citizen_identity_cpr_sealed_with_hash")
        ),
        sa.CheckConstraint("octet_length(cpr_hash) = 32", name=op.f("ck_citizen_identity_cpr_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_citizen_identity_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_citizen_identity_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_citizen_identity")),
        sa.UniqueConstraint(
            "organisation_id", "citizen_id", name=op.f("uq_citizen_identity_organisation_id_citizen_id")
        ),
        sa.UniqueConstraint("organisation_id", "cpr_hash", name=op.f("uq_citizen_identity_organisation_id_cpr_hash")),
    )
    op.create_table(
        "intervention",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "description", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "theory_of_change", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("legal_basis_id", sa.Uuid(), nullable=True),
        sa.Column("planned_months", sa.Integer(), nullable=True),
        sa.Column("cost_per_month", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("guideline_url", sa.String(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_intervention_slug_readable")),
        sa.CheckConstraint("cost_per_month >= 0", name=op.f("ck_intervention_cost_not_negative")),
        sa.CheckConstraint("planned_months > 0", name=op.f("ck_intervention_planned_months_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "legal_basis_id"],
            ["legal_basis.organisation_id", "legal_basis.id"],
            name=op.f("fk_intervention_organisation_id_legal_basis_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_intervention_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_intervention")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_intervention_organisation_id_slug")),
    )
    op.create_table(
        "provider",
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("has_address", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("tilbudsportal_id", sa.String(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_provider_capacity_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("fk_provider_organisation_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_provider_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_provider")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_provider_organisation_id_name")),
    )
    op.create_table(
        "access_entry",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_access_entry_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_access_entry_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_access_entry_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_access_entry")),
    )
    op.create_index(
        "ix_access_entry_citizen", "access_entry", ["organisation_id", "citizen_id", "created_at"], unique=False
    )
    op.create_table(
        "analysis_plan",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_by", sa.String(), nullable=True),
        sa.Column("results_first_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "results_first_seen_at IS NULL OR (frozen_at IS NOT NULL AND results_first_seen_at >= frozen_at)",
            name=op.f("ck_analysis_plan_frozen_before_seen"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_analysis_plan_version_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_analysis_plan_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_analysis_plan_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_analysis_plan")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "version",
            name=op.f("uq_analysis_plan_organisation_id_intervention_id_version"),
        ),
    )
    op.create_table(
        "coordinator",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("to_date >= from_date", name=op.f("ck_coordinator_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_coordinator_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_coordinator_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_coordinator_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_coordinator")),
    )
    op.create_index("ix_coordinator_user", "coordinator", ["organisation_id", "user_id"], unique=False)
    op.create_index(
        "uq_coordinator_one_active",
        "coordinator",
        ["organisation_id", "citizen_id"],
        unique=True,
        postgresql_where=sa.text("to_date IS NULL"),
    )
    op.create_table(
        "intervention_target_group",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("target_group_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_intervention_target_group_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "target_group_id"],
            ["target_group.organisation_id", "target_group.id"],
            name=op.f("fk_intervention_target_group_organisation_id_target_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_intervention_target_group_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_intervention_target_group")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "target_group_id",
            name=op.f("uq_intervention_target_group_organisation_id_intervention_id_target_group_id"),
        ),
    )
    op.create_table(
        "measurement_plan",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_measurement_plan_version_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_measurement_plan_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_measurement_plan_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_measurement_plan")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "version",
            name=op.f("uq_measurement_plan_organisation_id_intervention_id_version"),
        ),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reusable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_sign_in_link_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_sign_in_link_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_sign_in_link_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    op.create_table(
        "staff_session",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_staff_session_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_staff_session_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_staff_session_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_table(
        "episode",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("comparison_status", sa.String(), server_default="intervention", nullable=False),
        sa.Column("arm", sa.String(), nullable=True),
        sa.Column(
            "background", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "comparison_status IN ('intervention', 'waiting_list', 'other')",
            name=op.f("ck_episode_comparison_status_known"),
        ),
        sa.CheckConstraint(
            "end_reason IN ('completed', 'stopped_by_citizen', 'moved', 'died', 'referred', 'other')",
            name=op.f("ck_episode_end_reason_known"),
        ),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_episode_end_has_reason")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_episode_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "citizen_id"],
            ["citizen.organisation_id", "citizen.id"],
            name=op.f("fk_episode_organisation_id_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_episode_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["measurement_plan.organisation_id", "measurement_plan.id"],
            name=op.f("fk_episode_organisation_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["provider.organisation_id", "provider.id"],
            name=op.f("fk_episode_organisation_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_episode_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_episode")),
        sa.UniqueConstraint(
            "organisation_id",
            "citizen_id",
            "intervention_id",
            "started_on",
            name=op.f("uq_episode_organisation_id_citizen_id_intervention_id_started_on"),
        ),
    )
    op.create_index("ix_episode_intervention", "episode", ["organisation_id", "intervention_id"], unique=False)
    op.create_table(
        "plan_step",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("period_unit", sa.String(), server_default="months", nullable=False),
        sa.Column("opens_days_before", sa.Integer(), nullable=False),
        sa.Column("due_days_after", sa.Integer(), nullable=False),
        sa.Column("closes_days_after", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('baseline', 'end')) = (period IS NULL)", name=op.f("ck_plan_step_period_where_needed")
        ),
        sa.CheckConstraint(
            "kind IN ('baseline', 'at', 'every', 'end', 'after_end')", name=op.f("ck_plan_step_kind_known")
        ),
        sa.CheckConstraint("period_unit IN ('weeks', 'months')", name=op.f("ck_plan_step_period_unit_known")),
        sa.CheckConstraint(
            "opens_days_before >= 0 AND due_days_after >= 0 AND closes_days_after >= due_days_after",
            name=op.f("ck_plan_step_window_in_order"),
        ),
        sa.CheckConstraint("period > 0", name=op.f("ck_plan_step_period_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "instrument_version_id"],
            ["instrument_version.organisation_id", "instrument_version.id"],
            name=op.f("fk_plan_step_organisation_id_instrument_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["measurement_plan.organisation_id", "measurement_plan.id"],
            name=op.f("fk_plan_step_organisation_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_plan_step_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_plan_step")),
        sa.UniqueConstraint(
            "organisation_id", "plan_id", "code", name=op.f("uq_plan_step_organisation_id_plan_id_code")
        ),
    )
    op.create_table(
        "goal",
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("own_words", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), server_default="1", nullable=False),
        sa.Column("levels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("baseline_level", sa.Integer(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('develop', 'maintain', 'limit_loss')", name=op.f("ck_goal_kind_known")),
        sa.CheckConstraint("baseline_level BETWEEN -2 AND 2", name=op.f("ck_goal_baseline_level_range")),
        sa.CheckConstraint("cardinality(levels) = 5", name=op.f("ck_goal_five_levels")),
        sa.CheckConstraint("length(btrim(own_words)) > 0", name=op.f("ck_goal_own_words_given")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_goal_weight_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "episode_id"],
            ["episode.organisation_id", "episode.id"],
            name=op.f("fk_goal_organisation_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_goal_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goal")),
    )
    op.create_index("ix_goal_episode", "goal", ["organisation_id", "episode_id"], unique=False)
    op.create_table(
        "occasion",
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("months", sa.Double(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), server_default="planned", nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'declined', 'withdrawn')", name=op.f("ck_occasion_state_known")),
        sa.CheckConstraint(
            "opens_on <= planned_on AND planned_on <= due_on AND due_on <= closes_on",
            name=op.f("ck_occasion_window_in_order"),
        ),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_occasion_sequence_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "episode_id"],
            ["episode.organisation_id", "episode.id"],
            name=op.f("fk_occasion_organisation_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "instrument_version_id"],
            ["instrument_version.organisation_id", "instrument_version.id"],
            name=op.f("fk_occasion_organisation_id_instrument_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "step_id"],
            ["plan_step.organisation_id", "plan_step.id"],
            name=op.f("fk_occasion_organisation_id_step_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_occasion_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_occasion")),
        sa.UniqueConstraint(
            "organisation_id", "episode_id", "code", name=op.f("uq_occasion_organisation_id_episode_id_code")
        ),
    )
    op.create_index("ix_occasion_due", "occasion", ["organisation_id", "due_on"], unique=False)
    op.create_table(
        "goal_rating",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("rated_by", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("submission_key", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("rated_by IN ('citizen', 'worker')", name=op.f("ck_goal_rating_rated_by_known")),
        sa.CheckConstraint("level BETWEEN -2 AND 2", name=op.f("ck_goal_rating_level_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id"],
            ["goal.organisation_id", "goal.id"],
            name=op.f("fk_goal_rating_organisation_id_goal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["app_user.organisation_id", "app_user.id"],
            name=op.f("fk_goal_rating_organisation_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_goal_rating_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goal_rating")),
        sa.UniqueConstraint(
            "organisation_id", "submission_key", name=op.f("uq_goal_rating_organisation_id_submission_key")
        ),
    )
    op.create_index("ix_goal_rating_goal", "goal_rating", ["organisation_id", "goal_id", "rated_on"], unique=False)
    op.create_table(
        "personal_link",
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("respondent_kind", sa.String(), server_default="citizen", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "respondent_kind IN ('citizen', 'parent', 'relative', 'worker', 'teacher')",
            name=op.f("ck_personal_link_respondent_kind_known"),
        ),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_personal_link_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "occasion_id"],
            ["occasion.organisation_id", "occasion.id"],
            name=op.f("fk_personal_link_organisation_id_occasion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_personal_link_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_link_token_hash")),
    )
    op.create_table(
        "response",
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_version_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_kind", sa.String(), server_default="citizen", nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "hidden_answers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("submission_key", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "mode IN ('own_device', 'kiosk', 'assisted', 'paper', 'phone', 'imported')",
            name=op.f("ck_response_mode_known"),
        ),
        sa.CheckConstraint(
            "respondent_kind IN ('citizen', 'parent', 'relative', 'worker', 'teacher')",
            name=op.f("ck_response_respondent_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "instrument_version_id"],
            ["instrument_version.organisation_id", "instrument_version.id"],
            name=op.f("fk_response_organisation_id_instrument_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "occasion_id"],
            ["occasion.organisation_id", "occasion.id"],
            name=op.f("fk_response_organisation_id_occasion_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_response_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_response")),
        sa.UniqueConstraint(
            "organisation_id",
            "occasion_id",
            "respondent_kind",
            name=op.f("uq_response_organisation_id_occasion_id_respondent_kind"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "submission_key", name=op.f("uq_response_organisation_id_submission_key")
        ),
    )
    op.create_table(
        "response_draft",
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_kind", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "answered_by", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "respondent_kind IN ('citizen', 'parent', 'relative', 'worker', 'teacher')",
            name=op.f("ck_response_draft_respondent_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "occasion_id"],
            ["occasion.organisation_id", "occasion.id"],
            name=op.f("fk_response_draft_organisation_id_occasion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_response_draft_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_response_draft")),
        sa.UniqueConstraint(
            "organisation_id",
            "occasion_id",
            "respondent_kind",
            name=op.f("uq_response_draft_organisation_id_occasion_id_respondent_kind"),
        ),
    )
    op.create_table(
        "score",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("n_answered", sa.Integer(), nullable=True),
        sa.Column("n_items", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("value <> 'NaN'", name=op.f("ck_score_value_is_number")),
        sa.CheckConstraint("n_answered BETWEEN 0 AND n_items", name=op.f("ck_score_answered_of_items")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "response_id"],
            ["response.organisation_id", "response.id"],
            name=op.f("fk_score_organisation_id_response_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_score_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "organisation_id", "response_id", "scale", name=op.f("uq_score_organisation_id_response_id_scale")
        ),
    )

    # Past SQLAlchemy: many statements at once, and their % signs are SQL's own.
    op.get_bind().connection.cursor().execute(PROTECT.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.drop_table("score")
    op.drop_table("response_draft")
    op.drop_table("response")
    op.drop_table("personal_link")
    op.drop_index("ix_goal_rating_goal", table_name="goal_rating")
    op.drop_table("goal_rating")
    op.drop_index("ix_occasion_due", table_name="occasion")
    op.drop_table("occasion")
    op.drop_index("ix_goal_episode", table_name="goal")
    op.drop_table("goal")
    op.drop_table("plan_step")
    op.drop_index("ix_episode_intervention", table_name="episode")
    op.drop_table("episode")
    op.drop_table("staff_session")
    op.drop_table("sign_in_link")
    op.drop_table("measurement_plan")
    op.drop_table("intervention_target_group")
    op.drop_index("uq_coordinator_one_active", table_name="coordinator", postgresql_where=sa.text("to_date IS NULL"))
    op.drop_index("ix_coordinator_user", table_name="coordinator")
    op.drop_table("coordinator")
    op.drop_table("analysis_plan")
    op.drop_index("ix_access_entry_citizen", table_name="access_entry")
    op.drop_table("access_entry")
    op.drop_table("provider")
    op.drop_table("intervention")
    op.drop_table("citizen_identity")
    op.drop_index("ix_app_user_unit", table_name="app_user")
    op.drop_table("app_user")
    op.drop_table("unit")
    op.drop_table("target_group")
    op.drop_table("legal_basis")
    op.drop_table("instrument_version")
    op.drop_table("import_batch")
    op.drop_table("citizen")
    op.drop_index("ix_audit_entry_row", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("organisation")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("REVOKE SELECT ON alembic_version FROM outcomes_app")
