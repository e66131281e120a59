"""Inviting: people are asked by direct message to answer prompts, and reminded once, so often in a week at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.db.askings import (
    LEFT_OUT,
    SENT,
    add_askings,
    any_asking_due,
    claim_askings,
    count_messages,
    count_unasked,
    waiting_askings,
)
from bot.db.away import away_until
from bot.db.days_off import off_days
from bot.db.deliveries import OutboxClaim
from bot.db.homes import redraw_homes
from bot.db.models import AskingRow, PersonRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.people import find_person
from bot.db.prompts import channel_name_of, find_prompt_row, to_prompt
from bot.db.quiet import quiet_hours_of
from bot.db.responses import has_answered
from bot.deps import Deps
from bot.domain.actor import Person
from bot.domain.asked import (
    MOST_LINES,
    MOST_REMINDED,
    SOONEST,
    AskKind,
    LeftOut,
    remind_at,
    take_turn,
    week_start,
)
from bot.domain.entities import UserRef
from bot.domain.prompt import Prompt, PromptState
from bot.domain.wallclock import day_at, end_of_day
from bot.errors import DeliveryError, UserError
from bot.services.people import learn_person

LEASE = timedelta(minutes=2)
"""Longer than Slack is waited for as a rule; who is taken twice is still asked once, by what is planned."""

NEVER_BY_DAY = "they were away, or it was night or their quiet hours, until it closes"

log = structlog.get_logger(__name__)


async def check_people(deps: Deps, team_id: str, people: Sequence[UserRef]) -> None:
    """Make sure that each of some people can be asked, and know their zones.

    Raises:
        UserError: field ``to``; Slack knows no such person, they have left, or it is the bot.
        DeliveryError: Slack could not be asked.
    """
    for person in people:
        if person.id == deps.bot_user_id:
            raise UserError("I can't answer prompts myself. Name people.", field="to")
        known = await deps.database.read(find_person, team_id, person.id)
        if known is None:
            try:
                known = await learn_person(deps, team_id, person.id)
            except DeliveryError as error:
                if error.error not in {"user_not_found", "user_not_visible"}:
                    raise
                raise UserError(
                    f"Slack knows nobody with the id {person.id}. "
                    "Choose each person from Slack's list while typing @.",
                    field="to",
                ) from error
        if known.is_deleted:
            raise UserError(
                f"{known.name or 'One of them'} has left this workspace and can't be asked. Leave them out.",
                field="to",
            )


def invite(session: Session, prompt: Prompt, team_id: str, now: datetime, *, cap: int) -> None:
    """Ask each person a prompt names by direct message, or let them wait where a week has no room."""
    add_askings(session, team_id, prompt.id, prompt.named, AskKind.INVITATION, now)
    redraw_homes(session, team_id, prompt.named, now)
    for user_id in prompt.named:
        ask_now(session, team_id, user_id, now, until=now, cap=cap)


def plan_reminders(
    session: Session, prompt: Prompt, team_id: str, user_ids: Sequence[str], now: datetime
) -> None:
    """Plan that people who were asked are reminded once."""
    assert prompt.closes_at is not None, "a reminder needs a close"
    at = remind_at(now, prompt.closes_at)
    add_askings(session, team_id, prompt.id, user_ids, AskKind.REMINDER, at)


async def whom_to_remind(deps: Deps, channel_id: str, asker_id: str, people: Sequence[UserRef]) -> list[str]:
    """Return who is asked by a prompt: those it names, else the channel's members but whoever asks.

    Raises:
        UserError: field ``remind``; they are too many.
        DeliveryError: Slack could not be asked.
    """
    if people:
        return [person.id for person in people]
    members = await deps.slack.members(channel_id) - {deps.bot_user_id, asker_id}
    if len(members) > MOST_REMINDED:
        raise UserError(
            f"That channel has {len(members):,} members, and a prompt reminds {MOST_REMINDED} at most. "
            "Leave remind out, or name people.",
            field="remind",
        )
    return sorted(members)


async def claim_people(deps: Deps, limit: int) -> list[str]:
    """Take up to `limit` people who are to be asked; nothing is written when nobody is."""
    now = deps.now()
    if not await deps.database.read(any_asking_due, deps.team_id, now):
        return []
    return await deps.database.write(
        claim_askings, deps.team_id, now=now, limit=limit, lease_until=now + LEASE
    )


async def ask_person(deps: Deps, user_id: str) -> None:
    """Put what a claimed person is to be asked into the outbox, as one message, or plan it anew."""
    if await deps.database.read(find_person, deps.team_id, user_id) is None:
        try:
            await learn_person(deps, deps.team_id, user_id)
        except DeliveryError as error:  # then the zone of whoever asked says what day is
            log.info("zone not known", user_id=user_id, cause=str(error))
    now = deps.now()
    cap = deps.settings.prompts_per_week
    await deps.database.write(ask_now, deps.team_id, user_id, now, until=now + LEASE, cap=cap)
    deps.wake.set()


def ask_now(
    session: Session, team_id: str, user_id: str, now: datetime, *, until: datetime, cap: int
) -> None:
    """Put what somebody is to be asked into the outbox as one message, or plan it for later, or leave it out.

    Args:
        session: The session of a unit of work.
        team_id: Slack workspace id.
        user_id: Whom.
        now: Aware UTC.
        until: Planned up to here it is due; reminders of the same day come along.
        cap: The most messages that ask in one week of theirs.
    """
    # Two workers must not both find room for one more.
    session.get(PersonRow, (team_id, user_id), with_for_update=True)
    person = find_person(session, team_id, user_id)
    ready: list[AskingRow] = []
    for row in waiting_askings(session, team_id, user_id, until):
        prompt = _needed(session, row, person)
        if prompt is None:
            _leave_out(row, LeftOut.NEEDLESS)
            continue
        zone = person.zone if person else prompt.zone
        turn = take_turn(
            AskKind(row.kind),
            now,
            zone=zone,
            away_until=away_until(session, team_id, user_id),
            quiet=quiet_hours_of(session, team_id, user_id),
            days_off=off_days(session, team_id),
            asked_this_week=count_messages(session, team_id, user_id, week_start(now, zone)),
            cap=cap,
            closes_at=prompt.closes_at,
        )
        if turn.at is None:
            _leave_out(row, turn.because or LeftOut.TIME)
        elif turn.at > now:
            row.due_at, row.because = turn.at, turn.because.value if turn.because else ""
        else:
            ready.append(row)
    if ready:
        zone = person.zone if person else "UTC"
        later = waiting_askings(session, team_id, user_id, end_of_day(day_at(now, zone), zone))
        joining = [row for row in later if row not in ready and _may_join(session, row, person, now)]
        _send(session, [*ready, *joining][:MOST_LINES], now)


def _needed(session: Session, row: AskingRow, person: Person | None) -> Prompt | None:
    """Return the prompt somebody is to be asked, or None where there is no reason left.

    Of an anonymous prompt only its state counts: nothing about answers may be seen in who is reminded.
    """
    prompt_row = find_prompt_row(session, row.prompt_id)
    if prompt_row is None or prompt_row.state != PromptState.OPEN or (person and person.is_deleted):
        return None
    if not prompt_row.anonymous and has_answered(session, row.prompt_id, row.user_id):
        return None
    return to_prompt(prompt_row)


def _may_join(session: Session, row: AskingRow, person: Person | None, now: datetime) -> bool:
    prompt = _needed(session, row, person)
    return row.kind == AskKind.REMINDER and prompt is not None and now >= prompt.created_at + SOONEST


def _send(session: Session, rows: Sequence[AskingRow], now: datetime) -> None:
    first = rows[0]
    for row in rows:
        row.state, row.due_at, row.sent_at, row.message_id, row.because = SENT, None, now, first.id, ""
    redraw_homes(session, first.team_id, [first.user_id], now)
    add_to_outbox(
        session,
        team_id=first.team_id,
        key=f"prompt_asked:{first.id}",
        kind=OutboxKind.PROMPT_ASKED,
        channel_id=first.user_id,
        facts={
            "prompt_ids": [row.prompt_id for row in rows],
            "reminded": [row.prompt_id for row in rows if row.kind == AskKind.REMINDER],
        },
        now=now,
    )


def _leave_out(row: AskingRow, because: LeftOut) -> None:
    row.state, row.due_at, row.because = LEFT_OUT, None, because.value


def unasked(session: Session, prompt_id: int, *, cap: int) -> tuple[str, ...]:
    """Return sentences on who was not asked or waits, for whoever asked a prompt; none names anybody."""
    had = f"they had {cap} prompt{'' if cap == 1 else 's'} this week"
    said = []
    for (kind, state, because), count in sorted(count_unasked(session, prompt_id).items()):
        people = f"{count} {'person' if count == 1 else 'people'}"
        were, get = ("was", "gets") if count == 1 else ("were", "get")
        done = "asked by direct message" if kind is AskKind.INVITATION else "reminded"
        if state == LEFT_OUT:
            why = had if because is LeftOut.CAP else NEVER_BY_DAY
            said.append(f"{people} {were} not {done}: {why}.")
        elif because is LeftOut.CAP:
            said.append(
                f"{people} {get} {'it' if kind is AskKind.INVITATION else 'a reminder'} next week: {had}."
            )
    return tuple(said)


def asked_prompts(session: Session, claim: OutboxClaim) -> tuple[tuple[Prompt, bool], ...]:
    """Return the prompts a direct message asks to answer, each with whether it reminds, as far as that is needed."""
    asked = []
    person = find_person(session, claim.team_id, claim.channel_id)
    for prompt_id in claim.facts["prompt_ids"]:
        row = find_prompt_row(session, prompt_id)
        wanted = AskingRow(team_id=claim.team_id, prompt_id=prompt_id, user_id=claim.channel_id, kind="")
        if row is not None and _needed(session, wanted, person) is not None:
            asked.append(
                (to_prompt(row, channel_name_of(session, row)), prompt_id in claim.facts["reminded"])
            )
    return tuple(asked)
