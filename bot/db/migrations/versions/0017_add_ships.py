"""Ships, what people say of them with one tap, and notes about them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "ship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.String(), nullable=False),
        sa.Column("by_program", sa.Boolean(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("redraw_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_ship_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ship")),
    )
    op.create_index("ix_ship_initiative_at", "ship", ["initiative_id", "at"])
    op.create_index(
        "ix_ship_redraw_due",
        "ship",
        ["team_id", "redraw_at"],
        sqlite_where=sa.text("redraw_at IS NOT NULL"),
        postgresql_where=sa.text("redraw_at IS NOT NULL"),
    )
    op.create_table(
        "ship_vote",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("ship_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("thumb", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ship_id"], ["ship.id"], name=op.f("fk_ship_vote_ship_id_ship")),
        sa.PrimaryKeyConstraint("ship_id", "user_id", name=op.f("pk_ship_vote")),
    )
    op.add_column("note", sa.Column("ship_id", sa.Integer(), nullable=True))
    op.create_index("ix_note_initiative_created", "note", ["initiative_id", "created_at"])


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_index("ix_note_initiative_created", table_name="note")
    op.drop_column("note", "ship_id")
    op.drop_table("ship_vote")
    op.drop_table("ship")
