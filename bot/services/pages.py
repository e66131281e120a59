"""Pages: what an initiative's page says of it, for whoever has a link."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session

from bot.db.criteria import Found, criteria_of
from bot.db.goalposts import goalposts_since
from bot.db.history import changes_within, count_within, readings_within
from bot.db.people import find_person
from bot.db.readings import last_reading_until
from bot.domain.criterion import Criterion, Kind
from bot.domain.forecast import say_forecast
from bot.domain.goalpost import Goalpost
from bot.domain.history import thin_out
from bot.domain.initiative import Initiative
from bot.domain.page import Changed, Course, InitiativePage, PageCriterion
from bot.domain.page_link import PageLink
from bot.domain.post import show_change
from bot.domain.progress import Span, nearer_bound, no_scale, span_of
from bot.domain.reading import Reading
from bot.domain.standing import worst
from bot.domain.wallclock import end_of_day
from bot.services.confidence import confidence_of
from bot.services.history import gaps_of
from bot.services.lines import by_need, line_of_found
from bot.services.progress import forecast_of
from bot.services.sharing import opened_link

POINTS = 120
"""Most readings that a chart draws; more could not be told apart on a screen."""

LOOKED_AT = 2_000
"""Most readings of a criterion that are looked at one by one: 20 days of one every 15 minutes."""

CHANGES = 10
"""Status changes of each criterion."""

COMPARED = timedelta(days=7)
"""How far back the value is that the last one is compared with."""


def open_page(session: Session, team_id: str, link: PageLink, now: datetime) -> InitiativePage | None:
    """Return what an initiative's page says at a moment (aware UTC), or None when the link works no more.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        link: Its signature was found right.
        now: Aware UTC.
    """
    opened = opened_link(session, team_id, link, now)
    if opened is None:
        return None
    row, initiative, maker = opened
    founds = sorted(
        criteria_of(session, initiative), key=lambda found: by_need(line_of_found(found, now).standing)
    )
    begins = {found.criterion.id: _begin(found.criterion) for found in founds}
    moved = goalposts_since(session, list(begins), min(begins.values())) if begins else {}
    criteria = tuple(
        _criterion(session, found, moved.get(found.criterion.id, []), initiative, now) for found in founds
    )
    confidence = confidence_of(
        session,
        {each.line.criterion_id: each.line.name for each in criteria if each.line.standing.state == "open"},
        now,
    )
    named = {initiative.owner_id, *(each.last.by for each in confidence)}
    named.update(goalpost.by for goalposts in moved.values() for goalpost in goalposts)
    people = [find_person(session, team_id, user_id) for user_id in named]
    return InitiativePage(
        initiative=initiative,
        standing=worst(each.line.standing for each in criteria),
        criteria=criteria,
        confidence=confidence,
        names={person.user_id: person.name for person in people if person is not None},
        now=now,
        zone=maker.zone,
        ends_at=row.ends_at,
    )


def _begin(criterion: Criterion) -> datetime:
    """Return from when on a criterion's readings are drawn: also those brought along from before it was added."""
    return min(span_of(criterion).starts_at, criterion.created_at)


def _criterion(
    session: Session, found: Found, goalposts: list[Goalpost], initiative: Initiative, now: datetime
) -> PageCriterion:
    criterion = found.criterion
    expected = forecast_of(session, criterion, now)
    changes = changes_within(session, criterion.id, _begin(criterion), _just_after(now), most=CHANGES + 1)
    return PageCriterion(
        line=line_of_found(found, now),
        change=_change(session, found, now),
        forecast="" if expected is None else say_forecast(expected, criterion.zone, now),
        course=_course(session, found, goalposts, initiative, now),
        changes=tuple(Changed(*change) for change in changes[:CHANGES]),
        has_older_changes=len(changes) > CHANGES,
    )


def _change(session: Session, found: Found, now: datetime) -> str:
    report = found.report
    if report.value is None or report.value_at is None or report.value_at <= now - COMPARED:
        return ""
    before = last_reading_until(session, found.criterion.id, now - COMPARED)
    return "" if before is None else show_change(before.value, report.value, found.row.unit)


def _course(
    session: Session, found: Found, goalposts: list[Goalpost], initiative: Initiative, now: datetime
) -> Course:
    criterion = found.criterion
    span, begins, until = span_of(criterion), _begin(criterion), _just_after(now)
    looked_at = readings_within(session, criterion.id, begins, until, most=LOOKED_AT)
    total = len(looked_at)
    if total == LOOKED_AT:
        total = count_within(session, criterion.id, begins, until)
    looked_from = looked_at[0].at if total > len(looked_at) else None
    drawn = thin_out(looked_at, POINTS) if looked_from is None else _sampled(session, criterion, begins, now)
    starts_at = min(span.counts_from, drawn[0].at) if drawn else span.counts_from
    ends_at = span.due_at or end_of_day(initiative.ends_on, initiative.zone)
    if drawn:
        ends_at = max(ends_at, drawn[-1].at)
    return Course(
        readings=drawn,
        condition=criterion.condition,
        unit=criterion.unit,
        goalposts=tuple(goalpost for goalpost in goalposts if goalpost.at >= starts_at),
        planned=_planned(criterion, span),
        gaps=tuple(gaps_of(session, found, looked_at, looked_from or starts_at, until, now)),
        starts_at=starts_at,
        # A criterion may be added on the last day, or after it.
        ends_at=max(ends_at, starts_at + timedelta(hours=1)),
        is_thinned=len(drawn) < total,
        gaps_from=looked_from,
    )


def _sampled(session: Session, criterion: Criterion, begins: datetime, now: datetime) -> tuple[Reading, ...]:
    """Return the last reading of each equal part of a time with too many readings to load them all."""
    part = (now - begins) / POINTS
    found = (
        last_reading_until(session, criterion.id, begins + part * place) for place in range(1, POINTS + 1)
    )
    distinct = {reading.at: reading for reading in found if reading is not None and reading.at >= begins}
    return tuple(distinct[at] for at in sorted(distinct))


def _planned(
    criterion: Criterion, span: Span
) -> tuple[tuple[datetime, Decimal], tuple[datetime, Decimal]] | None:
    if criterion.kind is not Kind.SUCCESS or criterion.baseline is None or span.due_at is None:
        return None
    if no_scale(criterion.condition, criterion.baseline) or span.counts_from >= span.due_at:
        return None
    wanted = nearer_bound(criterion.condition, criterion.baseline)
    return (span.counts_from, criterion.baseline), (span.due_at, wanted)


def _just_after(now: datetime) -> datetime:
    return now + timedelta(microseconds=1)
