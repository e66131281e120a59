"""Keeping messages: the shortcut in a message's menu, and mentions of the bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from bot.blocks.notes import mention_usage, note_message
from bot.db.events import take_event
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.kept_message import KeptMessage, asks_for_help, without_mention
from bot.domain.message import Message
from bot.services.keeping import Kept, keep_message, link_message, store_message
from bot.services.whispering import whisper
from handlers.context import Incoming, Shortcut
from handlers.messages import words_beside, writer_of


async def keep_as_feedback(shortcut: Shortcut, at: Incoming) -> Message:
    """[Keep as feedback] in a message's menu: kept as a note of whoever pressed, shown to them with [Undo]."""
    message = KeptMessage(ts=shortcut.message_ts, text=shortcut.text, said_by=shortcut.author_id)
    return _message(await keep_message(at.deps, at.actor, message))


async def mentioned(body: Mapping[str, Any], deps: Deps) -> None:
    """`@Loopmark the new form is confusing`: kept as a note, which only its writer is shown, where they wrote it.

    Programs and edits count for nothing: an edit would bring a note back that was undone.
    """
    event = body["event"]
    user_id = writer_of(event)
    if not user_id or user_id == deps.bot_user_id or event.get("edited"):
        return
    words = without_mention(str(event.get("text") or ""), deps.bot_user_id) or words_beside(event)
    actor = Actor(team_id=str(body["team_id"]), user_id=user_id, channel_id=event["channel"])
    message = None if asks_for_help(words) else KeptMessage(str(event["ts"]), words, user_id)

    def keep(session: Session) -> tuple[bool, Kept | None]:
        if not take_event(session, actor.team_id, body["event_id"], deps.now()):
            return False, None
        kept = None if message is None else store_message(session, actor, message, deps.now())
        return kept is None or not kept.before, kept

    is_new, kept = await deps.database.write(keep)
    if is_new:
        thread_ts = event.get("thread_ts")
        deps.tasks.spawn(_answer(deps, actor, kept, str(event["ts"]), thread_ts), name="mention")


async def _answer(deps: Deps, actor: Actor, kept: Kept | None, ts: str, thread_ts: str | None) -> None:
    answer = mention_usage(deps.bot_user_id)
    if kept is not None:
        answer = _message(await link_message(deps, kept, ts))
    await whisper(deps, actor.channel_id, actor.user_id, answer, thread_ts=thread_ts)


def _message(kept: Kept) -> Message:
    saved = kept.saved
    return note_message(saved.note, saved.initiative, saved.choices, before=kept.before)
