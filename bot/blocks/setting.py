"""The modal in which a person gives a criterion's value."""

from __future__ import annotations

import json

from bot.blocks.lines import line_text
from bot.blocks.parts import section, text_input
from bot.blocks.views import modal
from bot.domain.line import CriterionLine
from bot.domain.message import View

SET_TITLE = "Set a value"


def set_form(line: CriterionLine, *, unit: str, channel_id: str) -> View:
    """Return the modal in which a value is typed."""
    label = f"Value in {unit}" if unit else "Value"
    return modal(
        SET_TITLE,
        [
            section(line_text(line)),
            text_input("value", label, placeholder="412", max_length=60),
            text_input("note", "Note", optional=True, placeholder="after the cache fix", max_length=500),
        ],
        callback_id="set_value",
        submit="Save",
        metadata=json.dumps({"channel": channel_id, "criterion": line.criterion_id}),
    )
