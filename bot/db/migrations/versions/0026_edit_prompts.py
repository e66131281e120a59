"""Prompts can be edited, and say so."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("prompt", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("prompt", "edited_at")
