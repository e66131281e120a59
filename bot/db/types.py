"""Column types that keep the house rules: aware UTC times, Decimals as text, JSON as text."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC and given back aware in UTC.

    Raises:
        ValueError: on a naive datetime; a moment without a zone is a bug, never a default.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments and turn the others to UTC (SQLite keeps them without the offset)."""
        if value is None:
            return None
        moment = _in_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Write SQLite's text in one step, as it is read."""
        return _moment_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Give the moment back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Read SQLite's text in one step: SQLAlchemy's three took half of the time of a list of criteria."""
        return _moment if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


class DecimalText(TypeDecorator[Decimal]):
    """A Decimal kept digit for digit as text; never compared or added up in SQL."""

    impl = String(80)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Write the Decimal's own text."""
        return None if value is None else str(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002  (as above)
        """Write the text in one step, as `UTCDateTime` does."""
        return _decimal_text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Read the same Decimal back."""
        return None if value is None else Decimal(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002  (as above)
        """Read the text in one step, as `UTCDateTime` does."""
        return _decimal


class JSONText(TypeDecorator[Any]):
    """A JSON value kept as text, the same on SQLite and PostgreSQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Write compact JSON with its keys in order."""
        return (
            None
            if value is None
            else json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        )

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002  (SQLAlchemy's signature)
        """Read the JSON value back."""
        return None if value is None else json.loads(value)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value.isoformat()} where an aware one is needed")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _moment_text(value: datetime | None) -> str | None:
    # What SQLAlchemy's own type writes: always with six places, never with an offset.
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:26]


def _decimal_text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
