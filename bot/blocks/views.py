"""Modals every command shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks.mrkdwn import escape
from bot.blocks.parts import plain, section
from bot.domain.message import Block, Message, View

ANSWER = "answer"
"""`callback_id` of a modal that shows an answer and holds no form."""


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str = "",
    submit: str | None = None,
    close: str = "Cancel",
    metadata: str = "",
) -> View:
    """Return a modal; `title`, `submit` and `close` hold at most 24 characters, `metadata` 3,000."""
    view: dict[str, Any] = {
        "type": "modal",
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks),
    }
    if callback_id:
        view["callback_id"] = callback_id
    if submit:
        view["submit"] = plain(submit, 24)
    if metadata:
        view["private_metadata"] = metadata
    return view


def loading_view(title: str, text: str = "One moment …") -> View:
    """Return what a modal shows until its form is ready."""
    return modal(title, [section(escape(text))], close="Close")


def sorry_view(title: str, sentence: str) -> View:
    """Return what a modal shows when its form can't be made; the sentence says what to do next."""
    return modal(title, [section(escape(sentence))], close="Close")


def answer_view(answer: Message) -> View:
    """Return an answer as a modal, for a click where nothing else can carry one.

    Nothing is typed into it, so that the answer to a click in it may stand in its place.
    """
    blocks = answer.blocks or [section(answer.text)]
    return modal("Loopmark", blocks, callback_id=ANSWER, close="Close")
