"""Links to an initiative's page."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Bring the tables to this number."""
    op.create_table(
        "page_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_page_link_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_link")),
    )
    op.create_index(op.f("ix_page_link_initiative_id"), "page_link", ["initiative_id"])


def downgrade() -> None:
    """Bring the tables back to the number before."""
    op.drop_table("page_link")
