"""People have quiet hours, and what asks something of them waits."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "quiet_hours",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_quiet_hours")),
    )
    op.add_column("outbox", sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("outbox", "waits_until")
    op.drop_table("quiet_hours")
