"""The language of a citizen and of who answers beside them may be unknown: nobody has chosen one yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("citizen", "relation")


def upgrade() -> None:
    # Rows that are there keep what they say: whether somebody chose it can't be told any more.
    for table in TABLES:
        op.alter_column(table, "locale", existing_type=sa.String(), nullable=True, server_default=None)


def downgrade() -> None:
    # The version before knows nobody without a language; what is sent to them was in Danish, and stays so.
    for table in TABLES:
        _as_owner(table, f"UPDATE {table} SET locale = 'da' WHERE locale IS NULL")
        op.alter_column(table, "locale", existing_type=sa.String(), nullable=False, server_default="da")


def _as_owner(table: str, statement: str) -> None:
    """A change to every organisation's rows, past the triggers that keep them as they were and with the audit."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
