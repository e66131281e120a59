"""Maintenance: a host's criteria are neither read nor judged while somebody works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.criteria import visible_criteria
from bot.db.maintenances import end_maintenance, maintenances, put_off_until, save_maintenance
from bot.domain.actor import Actor
from bot.domain.maintenance import Maintenance
from bot.errors import UserError
from bot.services.people import known_person

TOLD_HOSTS = 5


@dataclass(frozen=True, slots=True)
class Maintained:
    """What is worked on, as far as somebody may see criteria of it.

    Attributes:
        hosts: Each with how many criteria they see that read it, by name.
        zone: Their IANA zone.
    """

    hosts: tuple[tuple[Maintenance, int], ...]
    zone: str


def show_maintenance(session: Session, actor: Actor, now: datetime) -> Maintained:
    """Return which hosts are worked on at a moment (aware UTC).

    Raises:
        UnknownPersonError: Slack was never asked about whoever asks.
    """
    zone = known_person(session, actor).zone
    read = _hosts_seen(session, actor)
    kept = maintenances(session, actor.team_id, now)
    return Maintained(tuple((one, read[host]) for host, one in kept.items() if host in read), zone)


def keep_maintenance(
    session: Session, actor: Actor, host: str, length: timedelta | None, now: datetime
) -> Maintained:
    """Neither read nor judge a host's criteria for a while, or do so again at once for None.

    Anyone may: whoever works on a host seldom owns all that reads it, and everybody sees who said so.

    Raises:
        UserError: field ``text``; they see no criterion that reads it, or it is not worked on.
        UnknownPersonError: as `show_maintenance`.
    """
    zone = known_person(session, actor).zone
    read = _hosts_seen(session, actor)
    if host not in read:
        raise UserError(f"No criterion reads {host}. {_say_hosts(sorted(read))}", field="text")
    former = maintenances(session, actor.team_id, now).get(host)
    if length is None:
        if former is None:
            raise UserError(
                f"{host} is not under maintenance: its criteria are read and judged.", field="text"
            )
        end_maintenance(session, actor.team_id, former, now)
        return Maintained((), zone)
    one = Maintenance(host, now + length, actor.user_id)
    put_off_until(session, actor.team_id, host, one.until, former=former.until if former else None)
    save_maintenance(session, actor.team_id, one)
    return Maintained(((one, read[host]),), zone)


def _hosts_seen(session: Session, actor: Actor) -> dict[str, int]:
    hosts: dict[str, int] = {}
    for found in visible_criteria(session, actor):
        host = found.criterion.source.host
        if host:
            hosts[host] = hosts.get(host, 0) + 1
    return hosts


def _say_hosts(hosts: list[str]) -> str:
    if not hosts:
        return "No criterion you see reads an address yet."
    more = f" and {len(hosts) - TOLD_HOSTS} more" if len(hosts) > TOLD_HOSTS else ""
    return f"These are read: {', '.join(hosts[:TOLD_HOSTS])}{more}."
