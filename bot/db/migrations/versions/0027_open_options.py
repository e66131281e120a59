"""Prompts may take more options from whoever answers."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column(
        "prompt", sa.Column("open_options", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("prompt", "open_options")
