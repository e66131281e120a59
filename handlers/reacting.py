"""Reactions: answers where a prompt or a ship says so, with a receipt only the person sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.blocks.answering import standing_message
from bot.blocks.privacy import privacy_line
from bot.blocks.reacting import not_counted
from bot.blocks.ships import vote_standing
from bot.deps import Deps, Priority
from bot.domain.actor import Actor
from bot.domain.message import Message
from bot.services.reacting import Reaction, Taken, take_reaction
from bot.services.whispering import whisper
from handlers.messages import moment_of


async def reacted(body: Mapping[str, Any], deps: Deps) -> None:
    """A reaction was added or removed: counted before it is acknowledged, since Slack repeats what is not."""
    event = body["event"]
    item, at = event.get("item") or {}, moment_of(event.get("event_ts"))
    user_id = str(event.get("user") or "")
    if item.get("type") != "message" or at is None or user_id in ("", deps.bot_user_id):
        return
    actor = Actor(team_id=str(body["team_id"]), user_id=user_id, channel_id=str(item["channel"]))
    taken = await take_reaction(
        deps,
        Reaction(
            event_id=body["event_id"],
            actor=actor,
            ts=str(item["ts"]),
            name=str(event["reaction"]),
            at=at,
            added=event["type"] == "reaction_added",
        ),
    )
    if taken is None:
        return
    # A receipt is a courtesy, and goes after all that somebody waits for; that something did not count is news.
    said = whisper(
        deps,
        actor.channel_id,
        user_id,
        _receipt(taken, deps),
        priority=Priority.ASIDE,
        or_directly=bool(taken.refused),
    )
    deps.tasks.spawn(said, name="reaction")


def _receipt(taken: Taken, deps: Deps) -> Message:
    if (answered := taken.answered) is not None:
        privacy = privacy_line(answered.prompt, deps.database.dialect)
        return standing_message(answered.prompt, answered.answers, answered.former, privacy)
    if (voted := taken.voted) is not None:
        return vote_standing(voted.ship, voted.thumb, voted.former)
    return not_counted(taken.refused)
