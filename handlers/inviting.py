"""Answering from a direct message that asks."""

from __future__ import annotations

from bot.blocks.answering import change_message
from bot.blocks.privacy import privacy_line
from bot.domain.message import Message
from bot.domain.prompt import ONE_PRESS
from bot.services.answering import own_answer
from handlers.context import Click, Incoming
from handlers.feedback import open_answer


async def press_answer(click: Click, at: Incoming) -> Message | None:
    """[Answer] under a prompt that names somebody: its options, seen by them alone, or the form to answer in."""
    mine = await own_answer(at.deps, at.actor, int(click.value), to_answer=True)
    if mine.prompt.kind not in ONE_PRESS:
        await open_answer(click, at)
        return None
    if not at.on_home:  # under a direct message that asks the privacy line stands already
        return change_message(mine.prompt, mine.answers)
    # What a modal comes too late for is sent as a message that is kept: no anonymous answer may stand in it.
    former = {} if mine.prompt.anonymous else mine.answers
    return change_message(mine.prompt, former, privacy_line(mine.prompt, at.deps.database.dialect))
