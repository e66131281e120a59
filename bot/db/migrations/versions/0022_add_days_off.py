"""The team's days off, and what schedules do about them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "day_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_off")),
    )
    op.create_index(op.f("ix_day_off_team_id"), "day_off", ["team_id"])
    op.add_column("schedule", sa.Column("on_days_off", sa.String(), nullable=False, server_default="skip"))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("schedule", "on_days_off")
    op.drop_index(op.f("ix_day_off_team_id"), table_name="day_off")
    op.drop_table("day_off")
