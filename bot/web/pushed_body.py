"""Bodies of pushed readings: JSON in, readings out, and one sentence when something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.domain.reading import Origin, Reading
from bot.errors import SourceError, UserError
from bot.sources.body import parse_body, shorten, to_decimal

MOST_READINGS = 1000
MOST_NOTE = 2000
MOST_AHEAD = timedelta(minutes=5)
"""Clocks differ a little; a reading from further ahead would hold off everything that follows."""
MOST_BACK = timedelta(days=3660)

_FIELDS = {"value", "at", "note"}


def read_pushed(body: bytes, now: datetime) -> list[Reading]:
    """Return the readings of a body: ``{"value": 412}`` or ``{"readings": [{"value": 412, "at": "…"}, …]}``.

    Args:
        body: JSON.
        now: Aware UTC; the time of a reading that names none.

    Raises:
        UserError: one sentence; the field says where (``readings[3].at``), or ``body``.
    """
    try:
        found = parse_body(body)
    except SourceError as error:
        raise UserError(str(error).replace("the answer", "the body"), field="body") from None
    if not isinstance(found, dict):
        raise UserError('the body is not an object like {"value": 412}', field="body")
    if "readings" not in found:
        return [_read_one(found, "", now)]
    if len(found) > 1:
        raise UserError("a body with readings has nothing beside them", field="body")
    several = found["readings"]
    if not isinstance(several, list) or not several:
        raise UserError("readings is a list of at least one reading", field="readings")
    if len(several) > MOST_READINGS:
        raise UserError(
            f"{len(several):,} readings came; {MOST_READINGS:,} is the most in one request", field="readings"
        )
    return [_read_one(each, f"readings[{place}]", now) for place, each in enumerate(several)]


def _read_one(found: object, where: str, now: datetime) -> Reading:
    if not isinstance(found, Mapping):
        raise UserError(f'{where} is not an object like {{"value": 412}}', field=where)
    unknown = sorted(shorten(str(name), 40) for name in found if name not in _FIELDS)
    dot = f"{where}." if where else ""
    if unknown:
        raise UserError(
            f"{dot}{unknown[0]} means nothing here; a reading has value, at and note", field=dot + unknown[0]
        )
    if "value" not in found:
        raise UserError(f"{dot}value is missing", field=f"{dot}value")
    try:
        value = to_decimal(found["value"], f"{dot}value")
    except SourceError as error:
        raise UserError(str(error), field=f"{dot}value") from None
    return Reading(
        at=_moment(found.get("at"), f"{dot}at", now),
        value=value,
        origin=Origin.PUSHED,
        note=_note(found.get("note"), f"{dot}note"),
    )


def _moment(given: object, field: str, now: datetime) -> datetime:
    if given is None:
        return now
    try:
        # RFC 3339 lets programs write t and z as well.
        moment = datetime.fromisoformat(given.upper()) if isinstance(given, str) else None
        at = moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        at = None
    if at is None:
        raise UserError(
            f'{field} is a time with its offset, like "2026-12-31T09:30:00Z" or "2026-12-31T10:30:00+01:00"',
            field=field,
        )
    if at - now > MOST_AHEAD:
        raise UserError(f"{field} lies in the future; at most 5 minutes ahead are taken", field=field)
    if now - at > MOST_BACK:
        raise UserError(f"{field} lies more than ten years back", field=field)
    return at


def _note(given: object, field: str) -> str:
    if given is None:
        return ""
    if not isinstance(given, str) or len(given) > MOST_NOTE:
        raise UserError(f"{field} is text of at most {MOST_NOTE:,} characters", field=field)
    return shorten(given, MOST_NOTE)
