"""Iterations: time-boxed steps of initiatives."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "iteration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_iteration_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_iteration_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_iteration")),
    )
    op.create_index("ix_iteration_initiative_at", "iteration", ["initiative_id", "at"])
    op.create_index(
        "uq_iteration_running",
        "iteration",
        ["initiative_id"],
        unique=True,
        sqlite_where=sa.text("decision_id IS NULL"),
        postgresql_where=sa.text("decision_id IS NULL"),
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("iteration")
