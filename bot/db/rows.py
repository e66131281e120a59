"""Rows: new values for one that is attached to a session."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm.attributes import set_attribute

from bot.db.models import Table


def update_row(row: Table, values: Mapping[str, object]) -> None:
    """Give columns of a row new values, past what SQLModel does on every assignment.

    That costs as much as the statement that writes them; the values come from code that knows their types.
    """
    for column, value in values.items():
        if getattr(row, column) != value:
            set_attribute(row, column, value)
