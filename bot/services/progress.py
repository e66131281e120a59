"""Progress: what a post says of an initiative, previewed, posted on the spot, and explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.criteria import Found, criteria_of
from bot.db.goalposts import goalposts_since
from bot.db.initiatives import find_initiative_by_id, initiatives_at_home, visible_initiatives
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.posts import last_post_ts, said_until
from bot.db.readings import last_reading_until, last_readings
from bot.db.ships import ships_since
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.criterion import Criterion
from bot.domain.forecast import Forecast, buckets, forecast
from bot.domain.goalpost import tell_goalposts
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.post import LATE_AFTER, TREND, PostLine, ProgressPost, say_change
from bot.domain.standing import worst
from bot.errors import NotAllowedError, UserError
from bot.services.channels import check_channel
from bot.services.confidence import confidence_of
from bot.services.finding import find_initiative
from bot.services.lines import line_of_found
from bot.services.looping import decide_by_of, last_loop
from bot.services.people import known_person
from bot.services.shipping import with_ships


def post_of(
    session: Session,
    initiative: Initiative,
    now: datetime,
    *,
    planned_at: datetime | None = None,
    criterion_ids: Iterable[int] | None = None,
    since: datetime | None = None,
) -> ProgressPost:
    """Return what a progress post says of an initiative at a moment.

    Args:
        session: An open session.
        initiative: The initiative; archived criteria are left out.
        now: Aware UTC.
        planned_at: When the post should have gone out, or None when nobody planned it.
        criterion_ids: Only these criteria, in this order, or None for all, those that need attention first.
        since: From when on it says which goalposts were moved, aware UTC, or None for nothing of that.
    """
    lines = with_goalposts(
        session,
        [_post_line(session, found, now) for found in criteria_of(session, initiative)],
        since,
        now,
        initiative.zone,
    )
    lines = with_ships(session, initiative.id, with_changes(session, lines, since))
    standing = worst(each.line.standing for each in lines)
    confidence = confidence_of(
        session,
        {each.line.criterion_id: each.line.name for each in lines if each.line.standing.state == "open"},
        now,
    )
    if criterion_ids is None:
        lines.sort(key=lambda each: (each.line.standing.state.value != "open", each.line.standing.rank))
    else:
        wanted = {criterion_id: place for place, criterion_id in enumerate(criterion_ids)}
        lines = [each for each in lines if each.line.criterion_id in wanted]
        lines.sort(key=lambda each: wanted[each.line.criterion_id])
    late_by = timedelta() if planned_at is None else now - planned_at
    return ProgressPost(
        initiative=initiative,
        lines=tuple(lines),
        standing=standing,
        now=now,
        late_by=late_by if late_by > LATE_AFTER else timedelta(),
        confidence=confidence,
        ships=tuple(ships_since(session, initiative.id, since)) if since else (),
        loop=last_loop(session, initiative.id),
        decide_by=decide_by_of(session, initiative.id),
    )


def _post_line(session: Session, found: Found, now: datetime) -> PostLine:
    assert found.row.id is not None
    criterion = found.criterion
    return PostLine(
        line=line_of_found(found, now),
        condition=criterion.condition,
        unit=criterion.unit,
        readings=tuple(last_readings(session, found.row.id, TREND)),
    )


def with_goalposts(
    session: Session, lines: Iterable[PostLine], since: datetime | None, now: datetime, zone: str
) -> list[PostLine]:
    """Return lines with the goalposts that were moved since their first readings, and those to be told.

    Args:
        session: An open session.
        lines: Without them.
        since: From when on they are told, aware UTC, or None for none.
        now: Aware UTC.
        zone: IANA zone of the days that are told.
    """
    lines = list(lines)
    moments = [each.readings[0].at for each in lines if each.readings]
    earliest = min([*moments, *([since] if since else [])], default=None)
    if earliest is None:
        return lines
    moved = goalposts_since(session, [each.line.criterion_id for each in lines], earliest)
    if not moved:
        return lines
    told: list[PostLine] = []
    for each in lines:
        goalposts = moved.get(each.line.criterion_id, [])
        new = [goalpost for goalpost in goalposts if since is not None and goalpost.at > since]
        told.append(replace(each, goalposts=tuple(goalposts), moved=tell_goalposts(new, now, zone)))
    return told


def with_changes(session: Session, lines: Iterable[PostLine], since: datetime | None) -> list[PostLine]:
    """Return lines with how far their values moved since a moment (aware UTC), or unchanged for None."""
    if since is None:
        return list(lines)
    changed: list[PostLine] = []
    for each in lines:
        before = last_reading_until(session, each.line.criterion_id, since) if each.readings else None
        change = "" if before is None else say_change(before.value, each.readings[-1].value, each.unit)
        changed.append(replace(each, change=change))
    return changed


def preview(session: Session, actor: Actor, name: str | None, now: datetime) -> list[ProgressPost]:
    """Return what would be posted now: the named initiative, or all of the channel's.

    Raises:
        UserError: none fits (with the nearest names), or the channel is home to none.
        AmbiguousError: several have that name.
    """
    initiatives = initiatives_at_home(session, actor.team_id, actor.channel_id) if name is None else []
    if not initiatives or actor.choice("initiative") is not None:
        initiatives = [find_initiative(session, actor, name)]
    return [
        post_of(session, initiative, now, since=said_until(session, initiative.id, actor.channel_id))
        for initiative in initiatives
    ]


@dataclass(frozen=True, slots=True)
class Explained:
    """A criterion with what led to its status.

    Attributes:
        criterion: The criterion.
        line: What a post says of it, with its last readings.
        every: How often it is read, as typed: ``15m``.
    """

    criterion: Criterion
    line: PostLine
    every: str


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of a post.

    Attributes:
        initiative: The initiative.
        explained: Its criteria, those that need attention first.
        zone: The reader's IANA zone.
        forecasts: Row id of a criterion → its forecast, for those that were looked at and have one.
    """

    initiative: Initiative
    explained: tuple[Explained, ...]
    zone: str
    forecasts: Mapping[int, Forecast]


def explain_post(
    session: Session, actor: Actor, initiative_id: int, now: datetime, *, offset: int = 0, looked_at: int = 6
) -> Why:
    """Return why an initiative stands where it does.

    Args:
        session: An open session.
        actor: Who asks, and where.
        initiative_id: Row id.
        now: Aware UTC.
        offset: Place of the first criterion whose forecast is made.
        looked_at: How many are; each takes up to sixty looks at the readings.

    Raises:
        UserError: the initiative is not to be seen from here.
        UnknownPersonError: the reader's zone is not known yet.
    """
    person = known_person(session, actor)
    initiative = seen_initiative(session, actor, initiative_id)
    founds = criteria_of(session, initiative)
    lines = [_post_line(session, found, now) for found in founds]
    lines = with_goalposts(session, lines, None, now, person.zone)
    explained = [
        Explained(criterion=found.criterion, line=line, every=found.row.every_typed.removeprefix("every "))
        for found, line in zip(founds, lines, strict=True)
    ]
    explained.sort(key=lambda each: (each.criterion.state.value != "open", each.line.line.standing.rank))
    made = {
        each.criterion.id: forecast_of(session, each.criterion, now)
        for each in explained[offset : offset + looked_at]
    }
    return Why(
        initiative=initiative,
        explained=tuple(explained),
        zone=person.zone,
        forecasts={of: one for of, one in made.items() if one is not None},
    )


def forecast_of(session: Session, criterion: Criterion, now: datetime) -> Forecast | None:
    """Return when a stored criterion meets its target at its pace so far, or None where nothing can be said."""
    points = []
    for start, end in buckets(criterion, now):
        last = last_reading_until(session, criterion.id, end)
        # Readings of a former source say nothing about where this one goes.
        begins = max(start, criterion.judged_from or start)
        if last is not None and last.at > begins:
            points.append((last.at, last.value))
    return forecast(criterion, points, now)


def seen_initiative(session: Session, actor: Actor, initiative_id: int) -> Initiative:
    """Return an initiative that a person sees from where they are: by its home, or since it was posted here.

    Raises:
        UserError: it is not to be seen, or gone.
    """
    initiative = find_initiative_by_id(session, actor.team_id, initiative_id)
    if initiative is not None and (
        last_post_ts(session, initiative.id, actor.channel_id) is not None
        or any(each.id == initiative_id for each in visible_initiatives(session, actor))
    ):
        return initiative
    raise UserError("That initiative is closed or gone. Type `/initiative list`.")


async def post_here(deps: Deps, actor: Actor, initiative_id: int, press: str) -> bool:
    """Put a progress post of an initiative into the outbox, for the channel where somebody pressed.

    Args:
        deps: The bundle.
        actor: Who pressed, and where.
        initiative_id: Row id.
        press: Stands for the preview with the button: however often it is pressed, one post comes of it.

    Returns:
        False when it was pressed before.

    Raises:
        UserError: the channel can't be posted in, or the initiative is closed or not to be seen.
        NotAllowedError: its home is private, and somebody else wants it elsewhere.
        DeliveryError: Slack could not be asked about the channel.
    """
    if actor.channel_id[:1] not in {"C", "G"}:
        raise UserError("Progress is posted in channels. Type `/progress` in the one where it should go.")
    await deps.database.read(_postable_here, actor, initiative_id)
    await check_channel(deps, actor.team_id, actor.channel_id, name=_typed_name(actor))

    def add(session: Session) -> bool:
        initiative, now = _postable_here(session, actor, initiative_id), deps.now()
        return add_to_outbox(
            session,
            team_id=actor.team_id,
            key=f"here:{press}:{initiative.id}",
            kind=OutboxKind.PROGRESS,
            channel_id=actor.channel_id,
            facts={
                "initiative_id": initiative.id,
                "schedule_id": None,
                "planned_at": now.isoformat(),
                "by": actor.user_id,
            },
            now=now,
        )

    added = await deps.database.write(add)
    deps.wake.set()
    return added


def _postable_here(session: Session, actor: Actor, initiative_id: int) -> Initiative:
    initiative = seen_initiative(session, actor, initiative_id)
    if initiative.state is not InitiativeState.OPEN:
        raise UserError(f"“{initiative.name}” is closed, so there is nothing to post.")
    if (
        initiative.private
        and initiative.channel_id != actor.channel_id
        and initiative.owner_id != actor.user_id
    ):
        raise NotAllowedError(
            f"“{initiative.name}” lives in a private channel. Only its owner can post it elsewhere.",
            owner_id=initiative.owner_id,
        )
    return initiative


def _typed_name(actor: Actor) -> str:
    # What Slack sends as the name of a private channel.
    return "" if actor.channel_name == "privategroup" else actor.channel_name
