"""Table: what every table has."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import MetaData
from sqlmodel import Field, SQLModel

from bot.db.types import UTCDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Base of every table: named constraints, and the workspace a row belongs to."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


def moment(*, nullable: bool = False) -> Any:
    """Return a column of moments, aware UTC."""
    return Field(default=None, sa_type=UTCDateTime, nullable=nullable)
