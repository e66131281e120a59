"""Home tabs: who looks at theirs, and when it is published next."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "home",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redraw_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_home")),
    )
    op.create_index(
        "ix_home_redraw_due",
        "home",
        ["team_id", "redraw_at"],
        sqlite_where=sa.text("redraw_at IS NOT NULL"),
        postgresql_where=sa.text("redraw_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_index("ix_home_redraw_due", table_name="home")
    op.drop_table("home")
