"""What is due is found by workspace and time together; SQLite took the workspace's index alone, and read it whole."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INDEXES = (
    ("ix_criterion_judge", "criterion", "judge_at"),
    ("ix_criterion_due", "criterion", "due_at"),
    ("ix_schedule_due", "schedule", "due_at"),
    ("ix_outbox_due", "outbox", "due_at"),
    ("ix_draft_due", "draft", "due_at"),
)


def upgrade() -> None:
    """Bring the tables to this number."""
    for name, table, column in INDEXES:
        _replace(name, table, column, ["team_id", column])


def downgrade() -> None:
    """Bring the tables back to the number before."""
    for name, table, column in INDEXES:
        _replace(name, table, column, [column])


def _replace(name: str, table: str, column: str, columns: list[str]) -> None:
    is_due = sa.text(f"{column} IS NOT NULL")
    op.drop_index(name, table_name=table)
    op.create_index(name, table, columns, sqlite_where=is_due, postgresql_where=is_due)
