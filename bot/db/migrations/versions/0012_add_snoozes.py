"""Snoozes: initiatives that schedules leave out of a channel for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "snooze",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_snooze_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("initiative_id", "channel_id", name=op.f("pk_snooze")),
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("snooze")
