"""Missed reactions: what was added or removed while Slack could not tell of it is counted later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.db.prompts import prompts_with_reactions
from bot.db.reactions import reactions_under
from bot.db.ships import messages_of_ships
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.prompt import Option, PromptKind
from bot.domain.reactions import Reactors, missed, option_id_of
from bot.errors import DeliveryError
from bot.services.reacting import Reaction, Taken, take_reaction

MOST_PROMPTS = 50
MOST_SHIPS = 20
SHIPS_FOR = timedelta(days=14)
"""Who reacts to an older announcement is not looked for."""

_THUMBS = (Option("up", "Good"), Option("down", "Not good"))

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """A message under which reactions count.

    Attributes:
        channel_id: Where it stands.
        ts: Which it is.
        kind: How its prompt is answered; a ship's thumbs are a prompt's.
        options: What its reactions stand for.
        counts_new: False where a reaction may be older than the option it stands for now.
    """

    channel_id: str
    ts: str
    kind: PromptKind = PromptKind.THUMBS
    options: tuple[Option, ...] = _THUMBS
    counts_new: bool = True


def watched(session: Session, team_id: str, now: datetime) -> list[Watched]:
    """Return the messages whose reactions may have been missed: open prompts, and ships of the last two weeks."""
    prompts = [
        Watched(
            prompt.channel_id,
            prompt.ts or "",
            prompt.kind,
            prompt.options,
            counts_new=prompt.edited_at is None and not prompt.open_options,
        )
        for prompt in prompts_with_reactions(session, team_id, MOST_PROMPTS)
    ]
    ships = messages_of_ships(session, team_id, now - SHIPS_FOR, MOST_SHIPS)
    return [*prompts, *(Watched(channel_id, ts) for channel_id, ts in ships)]


async def take_missed(deps: Deps, message: Watched) -> list[tuple[str, Taken]]:
    """Count what Slack did not tell of under one message.

    Returns:
        (user id, what came of it) of those whose answer changed; who is refused is not told of it again and again.
    """
    # Before the look, so that what is told of it meanwhile is newer.
    at = deps.slack.slack_now()
    try:
        standing = await deps.slack.reactions(message.channel_id, message.ts)
    except DeliveryError as error:
        log.info("reactions not looked at", channel=message.channel_id, cause=error.error)
        return []
    known = await deps.database.read(reactions_under, deps.team_id, message.channel_id, message.ts)
    changed = []
    for user_id, name, added in missed(known, _answers(message, standing), counts_new=message.counts_new):
        if user_id == deps.bot_user_id:
            continue
        actor = Actor(deps.team_id, user_id, message.channel_id)
        event_id = f"look:{message.ts}:{user_id}:{name}:{added}:{at.isoformat()}"
        taken = await take_reaction(deps, Reaction(event_id, actor, message.ts, name, at, added))
        if taken is not None and not taken.refused:
            changed.append((user_id, taken))
    return changed


def _answers(message: Watched, standing: list[Reactors]) -> list[Reactors]:
    return [each for each in standing if option_id_of(message.kind, message.options, each.name) is not None]
