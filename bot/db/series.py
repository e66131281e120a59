"""Series: stored, found, and moved on from one wave to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, update
from sqlmodel import Session, col, select

from bot.db.days_off import off_days
from bot.db.models import ChannelRow, OutboxRow, PromptRow, SeriesRow
from bot.db.outbox import OutboxState
from bot.domain.actor import Channel
from bot.domain.cadence import Cadence
from bot.domain.commands import parse
from bot.domain.days_off import Calendar, next_run
from bot.domain.formatting import format as format_request
from bot.domain.formatting import format_every
from bot.domain.prompt import PromptState
from bot.domain.requests import AskPrompt
from bot.domain.rhythms import parse_stored_cadence
from bot.domain.series import Series, SeriesState
from bot.domain.wallclock import day_at


def add_series(
    session: Session,
    *,
    team_id: str,
    request: AskPrompt,
    cadence: Cadence,
    channel: Channel,
    initiative_id: int | None,
    asked_by: str,
    zone: str,
    now: datetime,
) -> Series:
    """Store an active series whose first wave is asked at its first run, and return it."""
    calendar = Calendar(off_days(session, team_id))
    row = SeriesRow(
        team_id=team_id,
        line=line_of(request),
        channel_id=channel.channel_id,
        cadence=format_every(cadence),
        zone=zone,
        state=SeriesState.ACTIVE.value,
        asked_by=asked_by,
        initiative_id=initiative_id,
        created_at=now,
        due_at=next_run(cadence, zone, now, now, calendar),
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    found = find_series(session, team_id, row.id)
    assert found is not None
    return replace(found, channel_name=found.channel_name or channel.name)


def line_of(request: AskPrompt) -> str:
    """Return a request as a series keeps it: as it would be typed, without channel and rhythm."""
    return format_request(replace(request, channel=None, every=None))


def find_series(session: Session, team_id: str, series_id: int) -> Series | None:
    """Return a series of the workspace, or None."""
    found = _found(session, col(SeriesRow.team_id) == team_id, col(SeriesRow.id) == series_id)
    return found[0] if found else None


def series_in_channel(session: Session, team_id: str, channel_id: str) -> list[Series]:
    """Return what is asked again and again in a channel, stopped ones left out, oldest first."""
    return _found(
        session,
        col(SeriesRow.team_id) == team_id,
        col(SeriesRow.channel_id) == channel_id,
        col(SeriesRow.state) != SeriesState.STOPPED,
    )


def series_asked_by(session: Session, team_id: str, user_ids: Sequence[str]) -> list[Series]:
    """Return what some people ask again and again, stopped ones left out, oldest first."""
    return _found(
        session,
        col(SeriesRow.team_id) == team_id,
        col(SeriesRow.asked_by).in_(user_ids),
        col(SeriesRow.state) != SeriesState.STOPPED,
    )


def series_due(session: Session, team_id: str, now: datetime, limit: int) -> list[int]:
    """Return the ids of series whose run has come, earliest first; one look at an index."""
    due = (
        select(SeriesRow.id)
        .where(col(SeriesRow.team_id) == team_id, col(SeriesRow.due_at) <= now)
        .order_by(col(SeriesRow.due_at))
        .limit(limit)
    )
    return [series_id for series_id in session.exec(due) if series_id is not None]


def move_series_on(session: Session, series: Series, due_at: datetime) -> bool:
    """Plan a series' next run; False when another worker took this one, or the series was changed."""
    return _update(
        session,
        and_(
            col(SeriesRow.id) == series.id,
            col(SeriesRow.due_at) == series.due_at,
            col(SeriesRow.state) == SeriesState.ACTIVE,
        ),
        due_at=due_at,
    )


def plan_series_anew(session: Session, team_id: str, now: datetime) -> None:
    """Plan the next wave of every active series by the days off as they are now; one that is due stays due."""
    for series in _found(session, col(SeriesRow.team_id) == team_id, col(SeriesRow.due_at) > now):
        assert series.due_at is not None
        calendar, today = series.calendar, day_at(now, series.zone)
        if day_at(series.due_at, series.zone) > today:
            # Today's wave was asked, if there was one.
            calendar = replace(calendar, days=calendar.days - {today})
        due_at = next_run(series.cadence, series.zone, now, series.created_at, calendar)
        if due_at != series.due_at:
            move_series_on(session, series, due_at)


def pause_series(session: Session, series_id: int, *, because: str = "") -> bool:
    """Stop asking for now, and say why when it was not a person's wish; False when it was not active."""
    active = and_(col(SeriesRow.id) == series_id, col(SeriesRow.state) == SeriesState.ACTIVE)
    return _update(session, active, state=SeriesState.PAUSED, paused_because=because, due_at=None)


def resume_series(session: Session, series: Series, now: datetime) -> bool:
    """Ask again from the next run after now on; False when it was not paused."""
    paused = and_(col(SeriesRow.id) == series.id, col(SeriesRow.state) == SeriesState.PAUSED)
    due_at = series.runs(now, 1)[0]
    return _update(session, paused, state=SeriesState.ACTIVE, paused_because="", due_at=due_at)


def stop_series(session: Session, series_id: int) -> bool:
    """Ask no more, for good; False when it was stopped before."""
    running = and_(col(SeriesRow.id) == series_id, col(SeriesRow.state) != SeriesState.STOPPED)
    return _update(session, running, state=SeriesState.STOPPED, paused_because="", due_at=None)


def pass_series(session: Session, series_id: int, heir: str) -> None:
    """Have somebody else ask a series from now on (Slack user id)."""
    _update(session, col(SeriesRow.id) == series_id, asked_by=heir)


def lock_series(session: Session, series_id: int) -> None:
    """Hold a series until the transaction ends, before any of its waves is held."""
    session.exec(select(SeriesRow.id).where(col(SeriesRow.id) == series_id).with_for_update()).first()


def ask_differently(session: Session, series_id: int, request: AskPrompt, initiative_id: int | None) -> None:
    """Have the next waves of a series ask something else, or about something else, than those before."""
    line = line_of(request)
    _update(session, col(SeriesRow.id) == series_id, line=line, initiative_id=initiative_id)


def open_waves(session: Session, team_id: str, series_id: int) -> list[PromptRow]:
    """Return the waves of a series that take answers, held until the transaction ends."""
    return list(
        session.exec(
            select(PromptRow)
            .where(
                col(PromptRow.team_id) == team_id,
                col(PromptRow.series_id) == series_id,
                col(PromptRow.state) == PromptState.OPEN,
            )
            .order_by(col(PromptRow.id))
            .with_for_update()
        )
    )


def latest_wave(
    session: Session, team_id: str, series_id: int, *, state: PromptState | None = None
) -> PromptRow | None:
    """Return the newest wave of a series, or the newest in a state; None when there is none."""
    wanted = select(PromptRow).where(col(PromptRow.team_id) == team_id, col(PromptRow.series_id) == series_id)
    if state is not None:
        wanted = wanted.where(col(PromptRow.state) == state)
    return session.exec(wanted.order_by(col(PromptRow.number).desc()).limit(1)).first()


def earlier_waves(
    session: Session, team_id: str, series_id: int, *, before: int | None = None, limit: int
) -> list[PromptRow]:
    """Return the closed waves of a series, those numbered lower than one or all, the newest first."""
    wanted = select(PromptRow).where(
        col(PromptRow.team_id) == team_id,
        col(PromptRow.series_id) == series_id,
        col(PromptRow.state) == PromptState.CLOSED,
    )
    if before is not None:
        wanted = wanted.where(col(PromptRow.number) < before)
    return list(session.exec(wanted.order_by(col(PromptRow.number).desc()).limit(limit)))


def count_waves(session: Session, team_id: str, series_id: int) -> int:
    """Return how often a series was asked."""
    return session.exec(
        select(func.count()).where(col(PromptRow.team_id) == team_id, col(PromptRow.series_id) == series_id)
    ).one()


def wave_key(series_id: int, planned: datetime) -> str:
    """Return the key of a wave's message in the outbox: one for each planned time of a series."""
    return f"wave:{series_id}:{planned.isoformat()}"


def was_asked(session: Session, key: str) -> bool:
    """Say whether the message of a wave was written before."""
    return session.exec(select(OutboxRow.id).where(col(OutboxRow.key) == key)).first() is not None


def revive_wave(session: Session, team_id: str, series_id: int, now: datetime) -> bool:
    """Make a series' newest wave due to be posted again if Slack refused it; False when there is none."""
    newest = session.exec(
        select(OutboxRow)
        .where(
            col(OutboxRow.team_id) == team_id,
            col(OutboxRow.key).startswith(f"wave:{series_id}:", autoescape=True),
        )
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    ).first()
    if newest is None or newest.state != OutboxState.FAILED:
        return False
    newest.state, newest.due_at, newest.last_error, newest.looked = OutboxState.PENDING, now, "", 0
    return True


def _update(session: Session, where: ColumnElement[bool], **values: object) -> bool:
    updated = session.execute(
        update(SeriesRow).where(where).values(**values).returning(col(SeriesRow.id)),
        execution_options={"synchronize_session": False},
    )
    return updated.first() is not None


def _found(session: Session, *conditions: ColumnElement[bool]) -> list[Series]:
    rows = session.execute(
        select(SeriesRow, ChannelRow)
        .join(
            ChannelRow,
            and_(
                col(ChannelRow.team_id) == col(SeriesRow.team_id),
                col(ChannelRow.channel_id) == col(SeriesRow.channel_id),
            ),
            isouter=True,
        )
        .where(*conditions)
        .order_by(col(SeriesRow.id)),
        # What was loaded before in this session may have been changed since by an UPDATE.
        execution_options={"populate_existing": True},
    ).all()
    days = {team_id: off_days(session, team_id) for team_id in {row.team_id for row, _ in rows}}
    return [
        _to_series(row, channel.name if channel else "", Calendar(days[row.team_id])) for row, channel in rows
    ]


def _to_series(row: SeriesRow, channel_name: str, calendar: Calendar) -> Series:
    assert row.id is not None
    request = parse("feedback", row.line)
    assert isinstance(request, AskPrompt), "line_of wrote it"
    return Series(
        id=row.id,
        team_id=row.team_id,
        request=request,
        channel_id=row.channel_id,
        channel_name=channel_name,
        cadence=parse_stored_cadence(row.cadence),
        cadence_text=row.cadence,
        zone=row.zone,
        state=SeriesState(row.state),
        paused_because=row.paused_because,
        asked_by=row.asked_by,
        initiative_id=row.initiative_id,
        created_at=row.created_at,
        due_at=row.due_at,
        calendar=calendar,
    )
