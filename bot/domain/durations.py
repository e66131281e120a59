"""Durations in words."""

from __future__ import annotations

from datetime import timedelta

_MINUTE = timedelta(minutes=1)


def ago(delta: timedelta) -> str:
    """Return a duration as people say an age: ``5 min``, ``9 h``, ``1 d 2 h``, ``9 d``.

    Rounded down. The second unit is said only while the first is 1 or 2, where it still matters.
    Under a minute, and below zero when two clocks disagree, it is ``under 1 min``.
    """
    parts = _split(delta)
    if not parts:
        return "under 1 min"
    (count, unit), *rest = parts
    if count <= 2 and rest and _follows(unit, rest[0][1]):
        return f"{count} {unit} {rest[0][0]} {rest[0][1]}"
    return f"{count} {unit}"


def spell(delta: timedelta) -> str:
    """Return a planned duration in full, to the minute: ``5 h 30 min``, ``7 d``; seconds when shorter."""
    parts = _split(delta)
    if not parts:
        return f"{max(0, int(delta.total_seconds()))} s"
    return " ".join(f"{count} {unit}" for count, unit in parts)


def _split(delta: timedelta) -> list[tuple[int, str]]:
    minutes = max(delta, timedelta()) // _MINUTE
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return [(count, unit) for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]


def _follows(unit: str, smaller: str) -> bool:
    """Say whether nothing was left out between two units (``2 d 5 min`` would read as too exact)."""
    return (unit, smaller) in (("d", "h"), ("h", "min"))
