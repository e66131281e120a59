"""Reminders: whose value is asked for next, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "reminder",
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_reminder_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("criterion_id", name=op.f("pk_reminder")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_due_at"), ["due_at"], unique=False)
    # The first tick works out when each of them is really due.
    op.execute(
        "INSERT INTO reminder (criterion_id, team_id, due_at) "
        "SELECT id, team_id, created_at FROM criterion WHERE source_kind = 'manual' AND state = 'open'"
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_due_at"))
    op.drop_table("reminder")
