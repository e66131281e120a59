"""Schedules that post only when there is something to say."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the tables to this number."""
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.add_column(sa.Column("post_only", sa.String(), server_default="always", nullable=False))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.drop_column("post_only")
