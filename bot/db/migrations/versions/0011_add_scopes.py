"""Schedules of all initiatives, or of somebody's own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("schedule", sa.Column("scope", sa.String(), server_default="named", nullable=False))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("schedule", "scope")
