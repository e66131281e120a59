"""Prompts say who may answer and when results are seen."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("prompt", sa.Column("reach", sa.String(), nullable=False, server_default="channel"))
    op.add_column("prompt", sa.Column("named", sa.Text(), nullable=True))
    op.add_column("prompt", sa.Column("results", sa.String(), nullable=False, server_default="live"))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    for column in ("results", "named", "reach"):
        op.drop_column("prompt", column)
