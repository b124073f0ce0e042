"""The queue of jobs, in a schema of its own beside the tables of the organisations."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PROTECT = Path(__file__).parent.parent / "sql" / "0005_protect.sql"


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    cursor.execute("CREATE SCHEMA queue")
    cursor.execute("SET LOCAL search_path = queue")
    # As the installed package has it. A package with another one needs a migration that applies the package's own step to it;
    # tests/integration/services/test_run_worker.py holds which one this is.
    cursor.execute(SchemaManager.get_schema())
    cursor.execute("SET LOCAL search_path TO DEFAULT")
    cursor.execute(PROTECT.read_text(encoding="utf-8"))


def downgrade() -> None:
    # Jobs are made anew from the rows that call for them: messages, occasions, results.
    op.execute("DROP SCHEMA queue CASCADE")
