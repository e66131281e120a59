"""Outages that are told as one, and hosts under maintenance."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("thread_ts", sa.String(), nullable=True),
        sa.Column("redraw_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    goes_on = sa.text("over_at IS NULL")
    op.create_index(
        "ix_outage_open", "outage", ["team_id", "channel_id"], sqlite_where=goes_on, postgresql_where=goes_on
    )
    is_due = sa.text("redraw_at IS NOT NULL")
    op.create_index(
        "ix_outage_redraw_due",
        "outage",
        ["team_id", "redraw_at"],
        sqlite_where=is_due,
        postgresql_where=is_due,
    )
    op.create_table(
        "outage_criterion",
        sa.Column("outage_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("status_change_id", sa.Integer(), nullable=False),
        sa.Column("back_as", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outage.id"], name=op.f("fk_outage_criterion_outage_id_outage")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_outage_criterion_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["status_change_id"],
            ["status_change.id"],
            name=op.f("fk_outage_criterion_status_change_id_status_change"),
        ),
        sa.PrimaryKeyConstraint("outage_id", "criterion_id", name=op.f("pk_outage_criterion")),
    )
    op.create_index(
        op.f("ix_outage_criterion_criterion_id"), "outage_criterion", ["criterion_id"], unique=False
    )
    op.create_table(
        "maintenance",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "host", name=op.f("pk_maintenance")),
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("maintenance")
    op.drop_index(op.f("ix_outage_criterion_criterion_id"), table_name="outage_criterion")
    op.drop_table("outage_criterion")
    op.drop_index("ix_outage_redraw_due", table_name="outage")
    op.drop_index("ix_outage_open", table_name="outage")
    op.drop_table("outage")
