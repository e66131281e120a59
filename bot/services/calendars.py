"""Calendars: days off are read from an address each day, at once when it is given, and kept when a read fails."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlmodel import Session

from bot.db import calendar_links
from bot.db.models import CalendarLinkRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.db.schedules import plan_anew
from bot.db.series import plan_series_anew
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.days_off import CalendarLink
from bot.errors import ConfigError, NotAllowedError, SourceError, UserError
from bot.services.days_off import TeamCalendar, show_days_off
from bot.services.people import known_person
from bot.sources.request import Request
from bot.sources.url import host_of, parse_source_url

EVERY = timedelta(days=1)
"""How often a calendar is read."""

FIRST_WAIT = timedelta(hours=1)
"""When a read that failed is tried again; the wait doubles up to `EVERY`."""

TOLD_AFTER = 3
"""Reads that fail in a row before whoever gave the address is told; at once of what can't mend itself."""

MOST_LINKS = 10
"""Calendars of one team."""

LEASE = timedelta(minutes=2)

_SEEN = timedelta(days=7)
"""Days that are over so lately are kept as they are read now; schedules look back at them."""

_GONE = frozenset({401, 403, 404, 410})

log = structlog.get_logger(__name__)


async def take_calendar(deps: Deps, actor: Actor, url: str) -> TeamCalendar:
    """Read a calendar, take its whole days as days off from now on, and return the team's calendar.

    An address that was given before is read again.

    Raises:
        UserError: field ``url``; it can't be read, has no whole days, or there are too many calendars.
        UnknownPersonError: Slack was never asked about the person.
    """
    await deps.database.read(_check_room, deps, actor, url)
    try:
        host, days = await read_days(deps, url)
    except SourceError as error:
        raise UserError(
            f"{error}. Nothing was saved; check the address and try again.", field="url"
        ) from error
    now = deps.now()
    if not any(day >= now.date() for day in days):
        raise UserError(
            f"The calendar from {host} has no whole-day events in the next 400 days, so it gives no days off. "
            "Nothing was saved; events with a time of day don't count.",
            field="url",
        )
    return await deps.database.write(_save, deps, actor, url, host, days, now)


async def read_days(deps: Deps, url: str) -> tuple[str, list[date]]:
    """Return the host a calendar's address names, and the whole days of the calendar from a week ago on.

    Raises:
        SourceError: one sentence with the host and the cause, without the address.
    """
    # Its address may hold a secret, so that no cache of addresses keeps it.
    request = Request(
        url, headers={"accept": "text/calendar, */*;q=0.5"}, secret_elsewhere=True, explained=_GONE
    )
    fetched = await deps.http.fetch(request)
    if fetched.status in _GONE:
        raise SourceError(
            f"HTTP {fetched.status} from {fetched.host}: it gives no calendar at that address, or not any more",
            cause="status",
            permanent=True,
            host=fetched.host,
        )
    asked = {"today": deps.now().astimezone(UTC).date().isoformat()}
    answer = await deps.paths.run("calendar", fetched.body, asked, host=fetched.host, loop_limit_bytes=0)
    days = [date.fromisoformat(day) for day in json.loads(answer["days"] or "[]")]
    return _host(url), days


def remove_calendar(session: Session, actor: Actor, link_id: int, now: datetime) -> TeamCalendar:
    """Forget a calendar and its days, plan the schedules without them, and return the team's calendar.

    Raises:
        NotAllowedError: somebody else gave it, and the person is no workspace admin.
        UnknownPersonError: Slack was never asked about the person.
    """
    person = known_person(session, actor)
    link = calendar_links.find_link(session, actor.team_id, link_id, now.date())
    if link is not None:
        if link.by != person.user_id and not person.is_admin:
            raise NotAllowedError(
                f"Only whoever gave the calendar from {link.host} or a workspace admin can remove it.",
                owner_id=link.by,
            )
        calendar_links.remove_link(session, link.id)
        _plan_anew(session, actor.team_id, now)
    return show_days_off(session, actor, now)


def remove_calendar_of(session: Session, actor: Actor, host: str, now: datetime) -> TeamCalendar:
    """Forget the calendar of a host; as `remove_calendar`.

    Raises:
        UserError: field ``text``; none comes from there, or several do.
    """
    links = calendar_links.links_of(session, actor.team_id, now.date())
    found = [link for link in links if link.host == host]
    if not found:
        hosts = ", ".join(sorted({link.host for link in links})) or "nowhere yet"
        raise UserError(f"No calendar comes from {host}. Days off are read from {hosts}.", field="text")
    if len(found) > 1:
        raise UserError(
            f"{len(found)} calendars come from {host}. Type `/loop days off` and press [Remove] beside the one.",
            field="text",
        )
    return remove_calendar(session, actor, found[0].id, now)


async def claim_calendars(deps: Deps, limit: int) -> list[tuple[int, bytes]]:
    """Take up to `limit` calendars that are due: row ids and sealed addresses; else nothing is written."""
    now = deps.now()
    if not await deps.database.read(calendar_links.any_link_due, deps.team_id, now):
        return []
    return await deps.database.write(
        calendar_links.claim_links, deps.team_id, now=now, limit=limit, lease_until=now + LEASE
    )


async def read_again(deps: Deps, link_id: int, sealed: bytes) -> None:
    """Read a claimed calendar; a read that fails keeps the days that are known, and whoever gave it is told once."""
    try:
        _, days = await read_days(deps, deps.seal.unseal(sealed).decode())
    except ConfigError:
        because = "its address can't be read with this secret key; remove it and give it again"
        await deps.database.write(_note_failure, link_id, because, deps.now(), mends=False)
    except SourceError as error:
        log.info("calendar not read", link_id=link_id, host=error.host, cause=error.cause)
        await deps.database.write(_note_failure, link_id, str(error), deps.now(), mends=not error.permanent)
        deps.wake.set()
    else:
        await deps.database.write(_note_days, link_id, days, deps.now())


def _check_room(session: Session, deps: Deps, actor: Actor, url: str) -> None:
    known_person(session, actor)
    rows = calendar_links.link_rows(session, actor.team_id)
    if len(rows) >= MOST_LINKS and _same(deps, rows, url) is None:
        raise UserError(
            f"Days off are read from {MOST_LINKS} calendars, which is the most. Remove one first.",
            field="url",
        )


def _save(
    session: Session, deps: Deps, actor: Actor, url: str, host: str, days: list[date], now: datetime
) -> TeamCalendar:
    row = _same(deps, calendar_links.link_rows(session, actor.team_id), url)
    if row is None:
        row = calendar_links.add_link(
            session,
            actor.team_id,
            host,
            deps.seal.seal(url.encode()),
            by=actor.user_id,
            now=now,
            due_at=now + EVERY,
        )
    _keep(session, row, days, now)
    return show_days_off(session, actor, now)


def _same(deps: Deps, rows: list[CalendarLinkRow], url: str) -> CalendarLinkRow | None:
    host = _host(url)
    for row in rows:
        if row.host == host:
            try:
                if deps.seal.unseal(row.sealed).decode() == url:
                    return row
            except ConfigError:
                continue  # given under a secret key that is lost
    return None


def _note_days(session: Session, link_id: int, days: list[date], now: datetime) -> None:
    row = session.get(CalendarLinkRow, link_id)
    if row is not None:  # else it was removed while it was read
        _keep(session, row, days, now)


def _keep(session: Session, row: CalendarLinkRow, days: list[date], now: datetime) -> None:
    row.read_at, row.due_at = now, now + EVERY
    row.failures, row.failure, row.is_told = 0, "", False
    session.add(row)
    if calendar_links.save_days(session, row, days, (now - _SEEN).date()):
        _plan_anew(session, row.team_id, now)


def _note_failure(session: Session, link_id: int, because: str, now: datetime, *, mends: bool) -> None:
    row = session.get(CalendarLinkRow, link_id)
    if row is None:
        return
    row.failures += 1
    row.failure = because
    row.due_at = now + min(FIRST_WAIT * (1 << min(row.failures - 1, 5)), EVERY)
    owner = find_person(session, row.team_id, row.by_user_id)
    has_left = owner is not None and owner.is_deleted
    if not row.is_told and not has_left and (row.failures >= TOLD_AFTER or not mends):
        row.is_told = True
        add_to_outbox(
            session,
            team_id=row.team_id,
            key=f"calendar_failed:{row.id}:{row.read_at.isoformat()}",
            kind=OutboxKind.CALENDAR_FAILED,
            channel_id=row.by_user_id,
            facts={"link_id": row.id},
            now=now,
        )
    session.add(row)


def failed_calendar(session: Session, team_id: str, link_id: int, now: datetime) -> CalendarLink | None:
    """Return a calendar whose last read failed, or None when it was removed or is read again."""
    link = calendar_links.find_link(session, team_id, link_id, now.date())
    return link if link is not None and link.failure else None


def _plan_anew(session: Session, team_id: str, now: datetime) -> None:
    plan_anew(session, team_id, now)
    plan_series_anew(session, team_id, now)


def _host(url: str) -> str:
    return host_of(parse_source_url(url))
