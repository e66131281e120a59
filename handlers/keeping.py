"""Keeping messages: the shortcut in a message's menu."""

from __future__ import annotations

from bot.blocks.notes import note_message
from bot.domain.kept_message import KeptMessage
from bot.domain.message import Message
from bot.services.keeping import Kept, keep_message
from handlers.context import Incoming, Shortcut


async def keep_as_feedback(shortcut: Shortcut, at: Incoming) -> Message:
    """[Keep as feedback] in a message's menu: kept as a note of whoever pressed, shown to them with [Undo]."""
    message = KeptMessage(ts=shortcut.message_ts, text=shortcut.text, said_by=shortcut.author_id)
    kept = await keep_message(at.deps, at.actor, message)
    at.deps.wake.set()
    return _message(kept)


def _message(kept: Kept) -> Message:
    saved = kept.saved
    return note_message(saved.note, saved.initiative, saved.choices, before=kept.before)
