"""Notes keep messages: who wrote them, and where they stand."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("note", sa.Column("message_ts", sa.String(), nullable=True))
    op.add_column("note", sa.Column("said_by", sa.String(), nullable=True))
    op.add_column("note", sa.Column("permalink", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "uq_note_message", "note", ["team_id", "channel_id", "message_ts", "author_id"], unique=True
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_index("uq_note_message", table_name="note")
    op.drop_column("note", "permalink")
    op.drop_column("note", "said_by")
    op.drop_column("note", "message_ts")
