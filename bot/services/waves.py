"""Waves: a series whose run has come asks its prompt anew, once, and the wave before it closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog
from sqlmodel import Session

from bot.db import series as stored
from bot.db.channels import find_channel
from bot.db.initiatives import find_initiative_by_id
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.db.prompts import to_prompt
from bot.db.redraws import ask_redraw
from bot.deps import Deps
from bot.domain.actor import Actor, Channel, Person
from bot.domain.days_off import next_run
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.post_schedule import latest_run
from bot.domain.prompt import Prompt, Question
from bot.domain.requests import SeriesChange
from bot.domain.series import Series, SeriesState, keep_ids, pair
from bot.domain.trend import MOST_WAVES
from bot.errors import DeliveryError, NotAllowedError, UserError
from bot.seal import Seal
from bot.services.asking import new_question_id, put_prompt, questions_of
from bot.services.channels import check_channel
from bot.services.closing import close_row
from bot.services.inviting import whom_to_remind
from bot.services.people import known_person

log = structlog.get_logger(__name__)

ASKER_LEFT = "whoever asked it has left, and it is about no initiative whose owner could go on"


async def due_series(deps: Deps, limit: int) -> list[int]:
    """Return the row ids of up to `limit` series whose run has come; nothing is written."""
    return await deps.database.read(stored.series_due, deps.team_id, deps.now(), limit)


async def ask_wave(deps: Deps, series_id: int) -> bool:
    """Ask a series' prompt anew, close the wave before it and plan the next one, in one transaction.

    Of several missed runs only the latest counts. Whoever comes second writes nothing.

    Returns:
        Whether a wave was asked here.
    """
    series = await deps.database.read(stored.find_series, deps.team_id, series_id)
    remind: list[str] = []
    if series is not None and series.request.remind:
        try:
            remind = await whom_to_remind(deps, series.channel_id, series.asked_by, series.request.people)
        except (UserError, DeliveryError) as error:  # the wave is asked all the same
            log.warning("nobody is reminded of a wave", series_id=series_id, cause=str(error))
    cap = deps.settings.prompts_per_week
    asked = await deps.database.write(
        _ask_wave, deps.seal, deps.team_id, series_id, deps.now(), remind=remind, cap=cap
    )
    deps.wake.set()
    return asked


def _ask_wave(
    session: Session,
    seal: Seal,
    team_id: str,
    series_id: int,
    now: datetime,
    *,
    remind: Sequence[str],
    cap: int,
) -> bool:
    series = stored.find_series(session, team_id, series_id)
    if series is None or series.due_at is None or series.due_at > now:
        return False
    when = (series.cadence, series.zone)
    planned = latest_run(*when, series.created_at, planned=series.due_at, now=now, calendar=series.calendar)
    if not stored.move_series_on(session, series, next_run(*when, now, series.created_at, series.calendar)):
        return False
    if _has_left(session, team_id, series.asked_by) and not pass_on(session, series, now):
        return False
    key = stored.wave_key(series.id, planned.astimezone(UTC))
    if stored.was_asked(session, key):
        return False
    for row in stored.open_waves(session, team_id, series.id):
        close_row(session, seal, row, now)
    series = stored.find_series(session, team_id, series.id) or series
    asker = Person(team_id, series.asked_by, "", series.zone, is_admin=False)
    about = _open_initiative(session, series)
    channel = find_channel(session, team_id, series.channel_id) or Channel(
        series.channel_id, series.channel_name, is_private=True, is_archived=False, is_member=True
    )
    put_prompt(
        session,
        seal,
        asker,
        channel,
        series.request,
        about,
        now,
        remind=remind,
        cap=cap,
        series_id=series.id,
        key=key,
        form=_questions_to_come(session, series),
    )
    return True


def _questions_to_come(session: Session, series: Series) -> tuple[Question, ...]:
    """Return the questions of a series' next wave under the ids they had in its waves; none unless it asks a form."""
    questions = questions_of(series.request)
    return keep_ids(questions, _asked_before(session, series, None), new_question_id) if questions else ()


def questions_like(session: Session, series: Series, wave: Prompt) -> tuple[Question, ...]:
    """Return what the next waves of a series ask, each question under its id in the open wave; else under none."""
    questions = questions_of(series.request)
    pairs = pair(questions, [wave.form, *_asked_before(session, series, wave.number)])
    return tuple(
        replace(question, id=pairs[place].id if place in pairs else "")
        for place, question in enumerate(questions)
    )


def _asked_before(session: Session, series: Series, number: int | None) -> list[tuple[Question, ...]]:
    """Return what the closed waves of a series asked, those numbered lower than one or all, the newest first."""
    rows = stored.earlier_waves(session, series.team_id, series.id, before=number, limit=MOST_WAVES - 1)
    return [to_prompt(row).form for row in rows]


def _open_initiative(session: Session, series: Series) -> Initiative | None:
    if series.initiative_id is None:
        return None
    about = find_initiative_by_id(session, series.team_id, series.initiative_id)
    return about if about is not None and about.state is InitiativeState.OPEN else None


def _has_left(session: Session, team_id: str, user_id: str) -> bool:
    person = find_person(session, team_id, user_id)
    return person is not None and person.is_deleted


def pass_on(session: Session, series: Series, now: datetime) -> bool:
    """Give a series whose asker has left to its initiative's owner, who is told; paused where there is none.

    Returns:
        Whether somebody asks it now.
    """
    about = _open_initiative(session, series)
    if about is None or _has_left(session, series.team_id, about.owner_id):
        stored.pause_series(session, series.id, because=ASKER_LEFT)
        return False
    stored.pass_series(session, series.id, about.owner_id)
    for row in stored.open_waves(session, series.team_id, series.id):
        row.asked_by = about.owner_id
        ask_redraw(row, now)
    add_to_outbox(
        session,
        team_id=series.team_id,
        key=f"series_passed:{series.id}:{series.asked_by}:{now.astimezone(UTC).isoformat()}",
        kind=OutboxKind.SERIES_PASSED,
        channel_id=about.owner_id,
        facts={"series_id": series.id, "who": series.asked_by},
        now=now,
    )
    return True


def pass_all_on(session: Session, team_id: str, user_ids: Sequence[str], now: datetime) -> None:
    """Pass on what people ask again and again who have left."""
    for series in stored.series_asked_by(session, team_id, user_ids):
        pass_on(session, series, now)


def pause_and_tell(session: Session, series: Series, because: str, now: datetime) -> bool:
    """Pause a series and have whoever asks it told, once; False when it was not active any more.

    Args:
        session: An open session.
        series: The series.
        because: Why, and what to do, one sentence.
        now: Aware UTC.
    """
    if not stored.pause_series(session, series.id, because=because):
        return False
    # A series may be resumed and fail again, which is told again.
    add_to_outbox(
        session,
        team_id=series.team_id,
        key=f"series_paused:{series.id}:{now.astimezone(UTC).isoformat()}",
        kind=OutboxKind.SERIES_PAUSED,
        channel_id=series.asked_by,
        facts={"series_id": series.id, "because": because},
        now=now,
    )
    return True


@dataclass(frozen=True, slots=True)
class SeriesChanged:
    """A series as it is after a change.

    Attributes:
        series: The series.
        revived: Whether a wave that Slack had refused goes out now.
    """

    series: Series
    revived: bool = False


async def change_series(deps: Deps, actor: Actor, to: SeriesChange, series_id: int) -> SeriesChanged:
    """Pause, resume or stop a series and return it as it is then.

    Raises:
        UserError: it is gone, in that state already, or its channel can't be posted in.
        NotAllowedError: somebody else asks it.
        UnknownPersonError: Slack was never asked about the person.
        DeliveryError: Slack could not be asked about the channel.
    """
    series = await deps.database.read(changeable_series, actor, series_id)
    if to is SeriesChange.RESUME and series.state is SeriesState.PAUSED:
        await check_channel(deps, actor.team_id, series.channel_id, name=series.channel_name)
    changed = await deps.database.write(_change, actor, to, series_id, deps.now())
    deps.wake.set()
    return changed


def asked_series(session: Session, actor: Actor, series_id: int) -> Series:
    """Return a series of the workspace that is not stopped.

    Raises:
        UserError: it is stopped or gone.
    """
    series = stored.find_series(session, actor.team_id, series_id)
    if series is None or series.state is SeriesState.STOPPED:
        raise UserError("That prompt is not asked again any more. Type `/feedback list` to see which are.")
    return series


def changeable_series(session: Session, actor: Actor, series_id: int) -> Series:
    """Return a series that this person may change.

    Raises:
        UserError: it is stopped or gone.
        NotAllowedError: they neither ask it nor are a workspace admin.
        UnknownPersonError: Slack was never asked about the person.
    """
    person = known_person(session, actor)
    series = asked_series(session, actor, series_id)
    if not person.is_admin and person.user_id != series.asked_by:
        raise NotAllowedError(
            f"Only whoever asks “{series.request.question}” or a workspace admin can change when it is asked.",
            owner_id=series.asked_by,
        )
    return series


def _change(session: Session, actor: Actor, to: SeriesChange, series_id: int, now: datetime) -> SeriesChanged:
    series = changeable_series(session, actor, series_id)
    revived = False
    if to is SeriesChange.STOP:
        done = stored.stop_series(session, series_id)
    elif to is SeriesChange.PAUSE:
        done = stored.pause_series(session, series_id)
    else:
        done = stored.resume_series(session, series, now)
        if done:
            if _has_left(session, actor.team_id, series.asked_by):
                # Somebody has to be asked about it, and an admin who starts it again is there.
                stored.pass_series(session, series_id, actor.user_id)
            revived = stored.revive_wave(session, actor.team_id, series_id, now)
    if not done:
        state = "paused" if to is SeriesChange.PAUSE else "asked again"
        raise UserError(f"“{series.request.question}” is {state} already.")
    after = stored.find_series(session, actor.team_id, series_id)
    assert after is not None
    return SeriesChanged(after, revived)
