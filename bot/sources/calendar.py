"""Calendar: the whole days of an iCalendar file (RFC 5545), as a team's days off are read from one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.errors import SourceError

HORIZON = timedelta(days=400)
"""How far ahead whole days are looked for."""

LIMIT_BYTES = 2_000_000
"""Largest file that is read; a team's days off are a few thousand bytes."""

MOST_EVENTS = 5_000

MOST_DAYS = 200
"""Days within the horizon; what has more is no calendar of days off (weekends and two months are 165)."""

_DAY = timedelta(days=1)
_YEARS = range(1900, 2200)
_LOOKED_BACK = timedelta(days=7)
"""Schedules look back at days that are just over."""


def read_calendar(body: bytes, asked: Mapping[str, str | None], host: str | None) -> dict[str, str | None]:
    """Return the whole days of a calendar as JSON (`days`: ISO dates, ascending). Blocks as long as it takes.

    Each day of a whole-day event counts, of recurring ones each occurrence; events with a time and cancelled ones do
    not, nor tasks. Whether an event shows as busy makes no difference: public calendars of holidays do not.

    Args:
        body: The file.
        asked: `today`, an ISO date: days from a week before it up to the horizon are looked for.
        host: Where it came from, for the errors.

    Raises:
        SourceError: it is no calendar, too large, or full of days.
    """
    if len(body) > LIMIT_BYTES or body.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise _refuse(
            f"that calendar is too large: {LIMIT_BYTES / 1e6:g} MB and {MOST_EVENTS:,} events are the most",
            "too_large",
            host,
        )
    first = date.fromisoformat(str(asked["today"])) - _LOOKED_BACK
    last = first + _LOOKED_BACK + HORIZON
    found: set[date] = set()
    for starts, ends in _whole_days(body, first, last, host):
        day = max(starts, first)
        while day < ends and day <= last:
            found.add(day)
            day += _DAY
        if len(found) > MOST_DAYS:
            raise _refuse(
                f"that calendar has whole-day events on more than {MOST_DAYS} of the next {HORIZON.days} days, "
                "which are no days off",
                "too_large",
                host,
            )
    return {"days": json.dumps([day.isoformat() for day in sorted(found)])}


def _whole_days(body: bytes, first: date, last: date, host: str | None) -> Iterator[tuple[date, date]]:
    """Yield from which day to before which each whole-day event lasts."""
    # Where evaluation runs, most jobs are of other kinds, and never pay for this.
    import recurring_ical_events
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(body, multiple=True)
        if not calendars or any(each.name != "VCALENDAR" for each in calendars):
            raise ValueError("no calendar")
        for calendar in calendars:
            _leave_out_times(calendar)
            query = recurring_ical_events.of(calendar, skip_bad_series=True)
            for event in query.between(first, last + _DAY):
                if (span := _span(event)) is not None:
                    yield span
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
        # What icalendar, dateutil and recurring-ical-events raise for files that break the format; none of their
        # texts is for people.
        raise _refuse(
            "that is no calendar: the address has to give an iCalendar file (.ics), as calendars publish it",
            "not_json",
            host,
        ) from None


def _leave_out_times(calendar: Any) -> None:
    """Leave out what is not about whole days, or about no day people plan for, so that no time is spent on it."""
    calendar.subcomponents = [
        component
        for component in calendar.subcomponents
        if component.name != "VEVENT"
        or ((_is_whole(component) or component.get("RECURRENCE-ID") is not None) and _is_near(component))
    ]


def _is_near(event: Any) -> bool:
    # Beyond, adding a day or a zone's offset leaves what Python's dates can hold.
    return all(
        event.get(name) is None or ((day := _moment(event, name)) is not None and day.year in _YEARS)
        for name in ("DTSTART", "DTEND")
    )


def _span(event: Any) -> tuple[date, date] | None:
    if not _is_whole(event) or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    starts, ends = _day(event.start), _day(event.end)
    return starts, max(ends, starts + _DAY)


def _is_whole(event: Any) -> bool:
    day = _moment(event, "DTSTART")
    # Outlook writes whole days as midnights and says so beside them.
    said = str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).upper() == "TRUE"
    return day is not None and (said or not isinstance(day, datetime))


def _moment(event: Any, name: str) -> date | None:
    from icalendar import vDDDTypes

    # Else it is written twice, or can't be read.
    part = event.get(name)
    return part.dt if isinstance(part, vDDDTypes) and isinstance(part.dt, date) else None


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _refuse(sentence: str, cause: str, host: str | None) -> SourceError:
    return SourceError(sentence, cause=cause, host=host)
