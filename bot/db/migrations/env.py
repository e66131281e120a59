"""Run by alembic for every command, within the transaction that bot/db/migrate.py opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from bot.db.models import Table


def in_plain_types(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write a column as what the database makes of it: a migration must not change when our types do."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    # SQLite can't alter most things in place; a batch makes the table anew.
    render_as_batch=True,
    render_item=in_plain_types,
)
with context.begin_transaction():
    context.run_migrations()
