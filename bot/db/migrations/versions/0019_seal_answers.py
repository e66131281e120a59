"""Answers to open anonymous prompts are kept sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("response", sa.Column("sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("response", "sealed")
