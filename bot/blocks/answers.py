"""Private answers every command shares: what went wrong, in one sentence, with what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.mrkdwn import code_blocks, escape, shorten
from bot.blocks.parts import actions, button, change_secret, section
from bot.domain.message import Block, Message


def said(text: str) -> Message:
    """Return a one-paragraph answer; foreign text in it is escaped by the caller."""
    return Message(text=shorten(text, 3900), blocks=(section(text),))


def refusal(
    sentence: str,
    *,
    typed: str = "",
    example: str | None = None,
    form_draft_id: str | None = None,
    candidates: Sequence[tuple[str, str]] = (),
    ask_owner: str | None = None,
    secret: str | None = None,
) -> Message:
    """Say what could not be done, why and the next step, and give back what was typed.

    Args:
        sentence: One plain sentence, not escaped; text in back-ticks stays code.
        typed: The line as typed, with readable mentions; repeated in code blocks, since Slack empties the composer.
        example: A command that would have worked, or None.
        form_draft_id: Draft that [Open as form] opens, or None where there is no form.
        candidates: (button value, label) to choose from when a name fits more than one.
        ask_owner: Value of the [Ask the owner] button, or None.
        secret: The secret that is to blame, for [Change secret], or None.
    """
    lines = escape(sentence)
    if example:
        lines += f"\nFor example: `{escape(example)}`"
    blocks: list[Block] = [section(lines)]
    for piece in code_blocks(typed):
        blocks.append(section(piece))
    buttons = [
        button(label, f"choose:{index}", value) for index, (value, label) in enumerate(candidates[:24])
    ]
    if form_draft_id:
        buttons.append(button("Open as form", "open_as_form", form_draft_id, style="primary"))
    if ask_owner:
        buttons.append(button("Ask the owner", "ask_owner", ask_owner))
    buttons += change_secret(secret)
    if buttons:
        blocks.append(actions(*buttons))
    return Message(text=shorten(lines, 3900), blocks=tuple(blocks))
