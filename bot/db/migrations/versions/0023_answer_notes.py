"""Notes are answered: who moved them, when, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("note", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("note", sa.Column("moved_by", sa.String(), nullable=True))
    op.add_column("note", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    for column in ("reason", "moved_by", "moved_at"):
        op.drop_column("note", column)
