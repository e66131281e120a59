"""Progress posts that are drawn again when a status changes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("post", sa.Column("is_post", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("post", sa.Column("redraw_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("post", sa.Column("redrawn_at", sa.DateTime(timezone=True), nullable=True))
    is_due = sa.text("redraw_at IS NOT NULL")
    op.create_index(
        "ix_post_redraw_due", "post", ["team_id", "redraw_at"], sqlite_where=is_due, postgresql_where=is_due
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_index("ix_post_redraw_due", table_name="post")
    for column in ("redrawn_at", "redraw_at", "is_post"):
        op.drop_column("post", column)
