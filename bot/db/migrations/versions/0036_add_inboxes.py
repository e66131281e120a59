"""Words written anonymously have an inbox, in which one reply waits."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("response", sa.Column("inbox", sa.String(), nullable=True))
    op.add_column("response", sa.Column("reply", sa.LargeBinary(), nullable=True))
    op.add_column("response", sa.Column("replied_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_response_inbox",
        "response",
        ["inbox"],
        unique=True,
        sqlite_where=sa.text("inbox IS NOT NULL"),
        postgresql_where=sa.text("inbox IS NOT NULL"),
    )


def downgrade() -> None:
    """Bring the tables back to the number before; replies are dropped."""
    op.drop_index("ix_response_inbox", "response")
    for column in ("replied_on", "reply", "inbox"):
        op.drop_column("response", column)
