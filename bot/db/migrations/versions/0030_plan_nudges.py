"""Criteria nobody checked in on are told of once much of their time is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "nudge_plan",
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_nudge_plan_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("criterion_id", name=op.f("pk_nudge_plan")),
    )
    op.create_index(op.f("ix_nudge_plan_due_at"), "nudge_plan", ["due_at"])
    # The first tick works out when those there are already are looked at.
    op.execute(
        "INSERT INTO nudge_plan (criterion_id, team_id, due_at) SELECT id, team_id, CURRENT_TIMESTAMP "
        "FROM criterion WHERE state = 'open' AND kind = 'success' AND due_on IS NOT NULL"
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("nudge_plan")
