"""Initiatives whose status changes are told in the channel as well."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column(
        "initiative", sa.Column("broadcasts", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("initiative", "broadcasts")
