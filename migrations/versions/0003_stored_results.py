"""Stored results: what the overview says of each intervention, so that no page waits for an estimate."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PROTECT = Path(__file__).parent.parent / "sql" / "0003_protect.sql"


def upgrade() -> None:
    op.create_table(
        "stored_result",
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(first_day IS NULL) = (last_day IS NULL)", name=op.f("ck_stored_result_period_has_two_ends")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_stored_result_days_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "intervention_id"],
            ["intervention.organisation_id", "intervention.id"],
            name=op.f("fk_stored_result_organisation_id_intervention_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"],
            ["analysis_plan.organisation_id", "analysis_plan.id"],
            name=op.f("fk_stored_result_organisation_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_stored_result_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_stored_result")),
        sa.UniqueConstraint(
            "organisation_id",
            "intervention_id",
            "plan_id",
            "first_day",
            "last_day",
            name="uq_stored_result_period",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.get_bind().connection.cursor().execute(PROTECT.read_text(encoding="utf-8"))


def downgrade() -> None:
    # The record of changes says that they were removed, so that it stays whole. They are made anew from the rows.
    op.execute("DROP FUNCTION organisation_ids()")
    op.execute("DROP POLICY listed ON organisation")
    op.execute("ALTER TABLE stored_result NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM stored_result")
    op.drop_table("stored_result")
