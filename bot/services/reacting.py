"""Reacting: a reaction under a prompt or ship that says so is that person's answer, and its removal withdraws it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db.events import take_event
from bot.db.prompts import lock_prompt, prompt_id_at, team_of, to_prompt
from bot.db.reactions import reactions_by, save_reaction
from bot.db.responses import answers_of
from bot.db.ships import find_ship_row, ship_id_at
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.prompt import ONLY, Prompt, PromptState
from bot.domain.reactions import DOWN, UP, Reacted, counting, option_id_of, plain_name
from bot.domain.ship import Thumb
from bot.errors import UserError
from bot.seal import Seal
from bot.services.answering import Answered, open_prompt, pressed, write_answer
from bot.services.membership import NOT_A_MEMBER, UnlookedError, look_there
from bot.services.shipping import Voted, count_vote


@dataclass(frozen=True, slots=True)
class Reaction:
    """That somebody added a reaction to a message, or removed it.

    Attributes:
        event_id: Slack's, since events come twice.
        actor: Who, and in which channel.
        ts: The message.
        name: Slack's name of the reaction, with its skin tone.
        at: When, by Slack's clock, aware UTC, since events come in any order.
        added: False when it was removed.
    """

    event_id: str
    actor: Actor
    ts: str
    name: str
    at: datetime
    added: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a reaction: one of three.

    Attributes:
        answered: Their standing with the prompt.
        voted: What they say of the ship.
        refused: Why it did not count, one sentence.
    """

    answered: Answered | None = None
    voted: Voted | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class _Change:
    """Which reaction of a person counted and counts, and what to store of the one that came."""

    before: str | None
    after: str | None
    reacted: Reacted
    is_known: bool


async def take_reaction(deps: Deps, reaction: Reaction) -> Taken | None:
    """Count a reaction as a press of the button it stands for; its removal withdraws the answer it was.

    Returns:
        What to tell the person, or None: it is decoration, came before, or is older than what counts.
    """
    where = (reaction.actor.team_id, reaction.actor.channel_id, reaction.ts)
    prompt_id = await deps.database.read(prompt_id_at, *where)
    ship_id = None if prompt_id is not None else await deps.database.read(ship_id_at, *where)
    now = deps.now()
    if prompt_id is not None:
        member_of = await look_there(deps, reaction.actor) if reaction.added else frozenset[str]()
        taken = await deps.database.write(_answer, deps.seal, reaction, prompt_id, member_of, now)
    elif ship_id is not None:
        taken = await deps.database.write(_vote, reaction, ship_id, now)
    else:
        return None
    deps.wake.set()
    return taken


def _answer(
    session: Session,
    seal: Seal,
    reaction: Reaction,
    prompt_id: int,
    member_of: frozenset[str],
    now: datetime,
) -> Taken | None:
    actor = reaction.actor
    row = lock_prompt(session, actor.team_id, prompt_id)
    if row is None or not take_event(session, actor.team_id, reaction.event_id, now):
        return None
    prompt = to_prompt(row)
    option_id = option_id_of(prompt.kind, prompt.options, reaction.name)
    change = _apply(session, reaction)
    if option_id is None and (reaction.added or not change.is_known):
        return None
    if prompt.state is PromptState.CLOSED and not reaction.added:
        return _too_late(session, prompt, actor.user_id, option_id, now)
    answered = None
    if change.before != change.after:
        answer = pressed(option_id) if option_id is not None and change.after == reaction.name else None
        try:
            answered, _ = write_answer(session, seal, actor, prompt_id, answer, member_of, now)
        except UserError as error:
            return Taken(refused=str(error))
        except UnlookedError:
            return Taken(refused=NOT_A_MEMBER)
    if row.state == PromptState.OPEN:
        save_reaction(session, actor.team_id, actor.channel_id, reaction.ts, actor.user_id, change.reacted)
    if answered is None or not (answered.answers or answered.former):
        return None
    return Taken(answered=answered)


def _too_late(
    session: Session, prompt: Prompt, user_id: str, option_id: str | None, now: datetime
) -> Taken | None:
    """Say that an answer stays, to somebody who removes the reaction that stands for it after the close."""
    # Reactions answer no anonymous prompt, so nothing is sealed.
    response = answers_of(session, prompt.id, user_id, lambda _sealed: None).get(ONLY)
    if response is None or option_id is None or response.option_ids != (option_id,):
        return None
    try:
        open_prompt(
            session, lock_prompt(session, team_of(session, prompt.id), prompt.id), now, "your answer stays"
        )
    except UserError as error:
        return Taken(refused=str(error))
    return None


def _vote(session: Session, reaction: Reaction, ship_id: int, now: datetime) -> Taken | None:
    actor = reaction.actor
    row = find_ship_row(session, actor.team_id, ship_id, for_update=True)
    thumb = {UP: Thumb.UP, DOWN: Thumb.DOWN}.get(plain_name(reaction.name))
    if row is None or thumb is None or not take_event(session, actor.team_id, reaction.event_id, now):
        return None
    change = _apply(session, reaction)
    voted = None
    if change.before != change.after:
        said = thumb if change.after == reaction.name else None
        try:
            voted = count_vote(session, actor, ship_id, said, now)
        except UserError as error:
            return Taken(refused=str(error))
    if row.taken_back_at is None:
        save_reaction(session, actor.team_id, actor.channel_id, reaction.ts, actor.user_id, change.reacted)
    if voted is None or (voted.thumb is None and voted.former is None):
        return None
    return Taken(voted=voted)


def _apply(session: Session, reaction: Reaction) -> _Change:
    actor = reaction.actor
    known = reactions_by(session, actor.team_id, actor.channel_id, reaction.ts, actor.user_id)
    by_name = {each.name: each for each in known}
    former = by_name.get(reaction.name, Reacted(reaction.name))
    if reaction.added:
        reacted = replace(former, added_at=_later(former.added_at, reaction.at))
    else:
        reacted = replace(former, removed_at=_later(former.removed_at, reaction.at))
    after = counting({**by_name, reaction.name: reacted}.values())
    return _Change(counting(known), after, reacted, is_known=reaction.name in by_name)


def _later(former: datetime | None, at: datetime) -> datetime:
    return at if former is None else max(former, at)
