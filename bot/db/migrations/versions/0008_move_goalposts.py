"""Goalposts that moved as dated facts, and readings that were struck."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "goalpost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_goalpost_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goalpost")),
    )
    op.create_index("ix_goalpost_criterion_at", "goalpost", ["criterion_id", "at"])
    op.add_column("criterion", sa.Column("judged_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reading", sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reading", sa.Column("struck_by", sa.String(), nullable=True))
    op.add_column("reading", sa.Column("struck_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("post", sa.Column("former_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_column("post", "former_at")
    for column in ("struck_reason", "struck_by", "struck_at"):
        op.drop_column("reading", column)
    op.drop_column("criterion", "judged_from")
    op.drop_index("ix_goalpost_criterion_at", table_name="goalpost")
    op.drop_table("goalpost")
