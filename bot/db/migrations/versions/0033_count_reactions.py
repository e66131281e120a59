"""Reactions count where a prompt or a ship says so."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Bring the tables to this number."""
    for table in ("prompt", "ship"):
        flag: sa.Column[bool] = sa.Column(
            "reactions", sa.Boolean(), server_default=sa.false(), nullable=False
        )
        op.add_column(table, flag)
        op.create_index(f"ix_{table}_message", table, ["channel_id", "ts"])
    op.create_table(
        "reaction",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "channel_id", "ts", "user_id", "name", name=op.f("pk_reaction")),
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("reaction")
    for table in ("ship", "prompt"):
        op.drop_index(f"ix_{table}_message", table_name=table)
        op.drop_column(table, "reactions")
