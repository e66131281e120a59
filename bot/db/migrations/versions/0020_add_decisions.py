"""Decisions, and the lines that say beforehand what they will be."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("against", sa.Boolean(), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_decision_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_initiative_at", "decision", ["initiative_id", "at"])
    op.create_table(
        "decision_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("keep_criterion_id", sa.Integer(), nullable=True),
        sa.Column("keep_if", sa.Text(), nullable=False),
        sa.Column("stop_criterion_id", sa.Integer(), nullable=True),
        sa.Column("stop_if", sa.Text(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("redraw_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_decision_line_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(
            ["keep_criterion_id"], ["criterion.id"], name=op.f("fk_decision_line_keep_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["stop_criterion_id"], ["criterion.id"], name=op.f("fk_decision_line_stop_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_decision_line_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_line")),
    )
    op.create_index(
        "uq_decision_line_open",
        "decision_line",
        ["initiative_id"],
        unique=True,
        sqlite_where=sa.text("decision_id IS NULL"),
        postgresql_where=sa.text("decision_id IS NULL"),
    )
    op.create_index(
        "ix_decision_line_due",
        "decision_line",
        ["team_id", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_decision_line_redraw_due",
        "decision_line",
        ["team_id", "redraw_at"],
        sqlite_where=sa.text("redraw_at IS NOT NULL"),
        postgresql_where=sa.text("redraw_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("decision_line")
    op.drop_index("ix_decision_initiative_at", table_name="decision")
    op.drop_table("decision")
