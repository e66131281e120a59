"""Days off are read from calendars, and a post that went out late keeps how it said so."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "calendar_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_link")),
    )
    op.create_index(op.f("ix_calendar_link_team_id"), "calendar_link", ["team_id"])
    op.create_index(op.f("ix_calendar_link_due_at"), "calendar_link", ["due_at"])
    op.create_table(
        "calendar_day",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["calendar_link.id"], name=op.f("fk_calendar_day_link_id_calendar_link")
        ),
        sa.PrimaryKeyConstraint("link_id", "day", name=op.f("pk_calendar_day")),
    )
    op.create_index(op.f("ix_calendar_day_team_id"), "calendar_day", ["team_id"])
    op.add_column("post", sa.Column("late_s", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("post", sa.Column("missed", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("post", "missed")
    op.drop_column("post", "late_s")
    op.drop_table("calendar_day")
    op.drop_table("calendar_link")
