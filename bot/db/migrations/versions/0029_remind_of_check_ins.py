"""Owners of criteria are reminded to check in."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column(
        "initiative", sa.Column("check_ins", sa.String(), nullable=False, server_default="every Mon 10:00")
    )
    op.create_table(
        "check_in_plan",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_check_in_plan")),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_check_in_plan_due", "check_in_plan", ["team_id", "due_at"], sqlite_where=due, postgresql_where=due
    )
    op.create_table(
        "check_in_mute",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_check_in_mute_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("user_id", "criterion_id", name=op.f("pk_check_in_mute")),
    )
    # Who owns criteria already is reminded too; the first tick works out when.
    op.execute(
        "INSERT INTO check_in_plan (team_id, user_id, since, due_at) "
        "SELECT DISTINCT team_id, owner_id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM criterion "
        "WHERE state = 'open'"
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("check_in_mute")
    op.drop_table("check_in_plan")
    op.drop_column("initiative", "check_ins")
