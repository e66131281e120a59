"""`help`, and words no command knows: short usage."""

from __future__ import annotations

from bot.blocks.help import usage
from bot.domain.message import Message
from bot.domain.requests import Help
from handlers.context import Incoming


async def show_help(request: Help, at: Incoming) -> Message:
    """Answer with what a command can do; touches no database."""
    return usage(request.command, request.unknown, at.deps.settings.command_prefix)
