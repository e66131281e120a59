"""A prompt may ask several questions, and an answer may be several options, a number or a day."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

RESPONSE = sa.table(
    "response",
    sa.column("id", sa.String),
    sa.column("option_id", sa.String),
    sa.column("option_ids", sa.Text),
)


def upgrade() -> None:
    """Bring the tables to this number."""
    op.add_column("prompt", sa.Column("comment", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("prompt", sa.Column("form", sa.Text(), nullable=True))
    op.add_column("prompt", sa.Column("people", sa.Integer(), nullable=True))
    with op.batch_alter_table("response") as batch:
        batch.add_column(sa.Column("question_id", sa.String(), nullable=False, server_default="q"))
        batch.add_column(sa.Column("option_ids", sa.Text(), nullable=True))
        batch.add_column(sa.Column("value", sa.String(), nullable=True))
    chosen = op.get_bind().execute(
        sa.select(RESPONSE.c.option_id).where(RESPONSE.c.option_id.is_not(None)).distinct()
    )
    for (option_id,) in chosen.all():
        op.execute(
            RESPONSE.update()
            .where(RESPONSE.c.option_id == option_id)
            .values(option_ids=json.dumps([option_id]))
        )
    with op.batch_alter_table("response") as batch:
        batch.drop_constraint("uq_response_prompt_id_respondent", type_="unique")
        batch.create_unique_constraint(
            "uq_response_prompt_id_question_id_respondent", ["prompt_id", "question_id", "respondent"]
        )
        batch.drop_column("option_id")


def downgrade() -> None:
    """Bring the tables back to the number before; answers it has no place for are dropped."""
    op.execute(sa.text("DELETE FROM response WHERE question_id <> 'q' OR value IS NOT NULL"))
    with op.batch_alter_table("response") as batch:
        batch.add_column(sa.Column("option_id", sa.String(), nullable=True))
    rows = op.get_bind().execute(
        sa.select(RESPONSE.c.option_ids).where(RESPONSE.c.option_ids.is_not(None)).distinct()
    )
    for (option_ids,) in rows.all():
        first = next(iter(json.loads(option_ids)), None)
        op.execute(RESPONSE.update().where(RESPONSE.c.option_ids == option_ids).values(option_id=first))
    with op.batch_alter_table("response") as batch:
        batch.drop_constraint("uq_response_prompt_id_question_id_respondent", type_="unique")
        batch.create_unique_constraint("uq_response_prompt_id_respondent", ["prompt_id", "respondent"])
        batch.drop_column("value")
        batch.drop_column("option_ids")
        batch.drop_column("question_id")
    op.drop_column("prompt", "people")
    op.drop_column("prompt", "form")
    op.drop_column("prompt", "comment")
