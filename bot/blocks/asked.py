"""What whoever asked a prompt sees afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.asking import TITLE
from bot.blocks.mrkdwn import channel, escape, person
from bot.blocks.parts import actions, context, section
from bot.blocks.phrases import after_answers, short_question, spell_moment
from bot.blocks.results import close_button
from bot.blocks.views import modal
from bot.domain.initiative import Initiative
from bot.domain.message import Message, View
from bot.domain.prompt import Prompt


def asked_message(
    prompt: Prompt, initiative: Initiative | None, privacy: str, unasked: Sequence[str] = ()
) -> Message:
    """Tell whoever asked what was asked, when it closes and who sees what."""
    said = " ".join([_asked(prompt, initiative), *unasked])
    text = f"{said} {privacy}"
    return Message(text=text, blocks=(section(said), actions(close_button(prompt)), context(privacy)))


def asked_view(
    prompt: Prompt, initiative: Initiative | None, privacy: str, unasked: Sequence[str] = ()
) -> View:
    """Tell the same inside the form."""
    return modal(
        TITLE, [section(" ".join([_asked(prompt, initiative), *unasked])), context(privacy)], close="Done"
    )


def _asked(prompt: Prompt, initiative: Initiative | None) -> str:
    about = f" about {escape(initiative.name)}" if initiative else ""
    if prompt.named:
        about += f" and by direct message to {', '.join(person(each) for each in prompt.named)}"
    closes = [f"{spell_moment(prompt.closes_at, prompt.zone)} ({prompt.zone})"] if prompt.closes_at else []
    if prompt.close_after is not None:
        closes.append(after_answers(prompt.close_after))
    ends = (
        f"It closes {' or '.join(closes)}."
        if closes
        else f"It stays open until you type `/feedback close #{prompt.number}`."
    )
    return (
        f"Asking “{short_question(prompt)}” in {channel(prompt.channel_id)}{about}, as #{prompt.number}. "
        f"{ends} Results: `/feedback results #{prompt.number}`."
    )
