"""Stored aggregates: sums per intervention, scale, quarter and pattern of answers, and what was sent of them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PROTECT = Path(__file__).parent.parent / "sql" / "0002_protect.sql"


def upgrade() -> None:
    op.create_table(
        "score_aggregate",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_key", sa.String(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("comparison_status", sa.String(), nullable=False),
        sa.Column("first_episode", sa.Boolean(), nullable=False),
        sa.Column("due", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("answered", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sums", postgresql.ARRAY(sa.Double()), nullable=False),
        sa.Column("products", postgresql.ARRAY(sa.Double()), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("n > 0", name=op.f("ck_score_aggregate_n_positive")),
        sa.CheckConstraint(
            "extract(day FROM quarter) = 1 AND extract(month FROM quarter) IN (1, 4, 7, 10)",
            name=op.f("ck_score_aggregate_quarter_begins"),
        ),
        sa.CheckConstraint("answered <@ due", name=op.f("ck_score_aggregate_answered_of_due")),
        sa.CheckConstraint("cardinality(sums) = cardinality(answered)", name=op.f("ck_score_aggregate_one_sum_each")),
        sa.CheckConstraint(
            "cardinality(products) = cardinality(answered) * (cardinality(answered) + 1) / 2",
            name=op.f("ck_score_aggregate_one_product_each_pair"),
        ),
        sa.CheckConstraint(
            "comparison_status IN ('intervention', 'waiting_list', 'other')",
            name=op.f("ck_score_aggregate_comparison_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_score_aggregate_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_score_aggregate_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_score_aggregate")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "instrument_key",
            "scale",
            "quarter",
            "comparison_status",
            "first_episode",
            "due",
            "answered",
            "version_ids",
            name="uq_score_aggregate_people",
        ),
    )
    op.create_table(
        "aggregate_export",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_key", sa.String(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.Column("exported_by", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_aggregate_export_days_in_order")),
        sa.CheckConstraint("least > 1", name=op.f("ck_aggregate_export_least_protects")),
        sa.CheckConstraint("people > 0", name=op.f("ck_aggregate_export_people_positive")),
        sa.CheckConstraint("octet_length(checksum) = 32", name=op.f("ck_aggregate_export_checksum_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_aggregate_export_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_aggregate_export_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_aggregate_export")),
    )
    op.get_bind().connection.cursor().execute(PROTECT.read_text(encoding="utf-8"))


def downgrade() -> None:
    # The record of changes says that they were removed, so that it stays whole. They are made anew from the rows.
    op.execute("ALTER TABLE aggregate_export NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE aggregate_export DISABLE TRIGGER append_only")
    op.execute("DELETE FROM aggregate_export")
    op.drop_table("aggregate_export")
    op.execute("ALTER TABLE score_aggregate NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM score_aggregate")
    op.drop_table("score_aggregate")
