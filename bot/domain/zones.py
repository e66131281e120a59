"""IANA zone names as people type them."""

from __future__ import annotations

import functools
import zoneinfo

from bot.domain.entities import clean, cut
from bot.domain.names import fold, nearest
from bot.errors import UserError


def parse_zone(text: str, *, field: str = "zone") -> str:
    """Return an IANA zone name as IANA writes it (``europe/berlin`` gives ``Europe/Berlin``).

    Raises:
        UserError: no such zone, with the nearest names.
    """
    typed = clean(text)
    zone = _zones().get(fold(typed))
    if zone is not None:
        return zone
    near = _near(typed)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Type one like Europe/Berlin or UTC."
    raise UserError(f"“{cut(typed)}” is no time zone I know. {hint}", field=field)


def is_zone(text: str) -> bool:
    """Say whether text is an IANA zone name, in any case."""
    return fold(text) in _zones()


def _near(typed: str) -> tuple[str, ...]:
    zones = _zones().values()
    cities = {fold(zone.rpartition("/")[2].replace("_", " ")): zone for zone in sorted(zones) if "/" in zone}
    city = nearest(typed.rpartition("/")[2].replace("_", " "), cities, limit=1)
    return tuple(dict.fromkeys((*(cities[fold(name)] for name in city), *nearest(typed, zones, limit=2))))


@functools.cache
def _zones() -> dict[str, str]:
    return {fold(zone): zone for zone in zoneinfo.available_timezones()}


def known_zone(name: str | None) -> str | None:
    """Return an IANA zone name that can be computed with, or None (Slack gives none for bots and guests)."""
    if not name:
        return None
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, as "America"
        return None
    return name
