"""Tokens with which programs ship, and their requests."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "ship_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_ship_token_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ship_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_ship_token_digest")),
    )
    op.create_index(op.f("ix_ship_token_initiative_id"), "ship_token", ["initiative_id"])
    op.create_table(
        "ship_request",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("answered", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["ship_token.id"], name=op.f("fk_ship_request_token_id_ship_token")
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_ship_request")),
    )


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("ship_request")
    op.drop_index(op.f("ix_ship_token_initiative_id"), table_name="ship_token")
    op.drop_table("ship_token")
