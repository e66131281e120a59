"""The form in which somebody adds an option to a prompt, and what they see afterwards."""

from __future__ import annotations

from bot.blocks.answering import metadata_of
from bot.blocks.mrkdwn import escape
from bot.blocks.parts import context, section, text_input
from bot.blocks.phrases import short_question, strong
from bot.blocks.views import modal
from bot.domain.message import View
from bot.domain.open_options import LABEL_LIMIT
from bot.domain.prompt import Prompt

OPTION_FORM = "add_option"
TITLE = "Add an option"


def option_view(prompt: Prompt) -> View:
    """Return the form for one more option."""
    blocks = [
        section(strong(prompt.question)),
        text_input("label", "Option", max_length=LABEL_LIMIT),
        context("Everybody sees it at once. Who added it is stored nowhere, and it is no vote."),
    ]
    return modal(TITLE, blocks, callback_id=OPTION_FORM, submit="Add", metadata=metadata_of(prompt))


def option_added_view(prompt: Prompt, label: str) -> View:
    """Say that an option is there, and that it has no vote yet."""
    said = f"“{escape(label)}” is added to “{short_question(prompt)}”. Press it there to vote for it."
    return modal(TITLE, [section(said)], close="Done", metadata=metadata_of(prompt))
