"""Prompts that close by themselves after so many answers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the tables to this number."""
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("close_after", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.drop_column("close_after")
