"""Open options: answers that whoever answers a choice may add to it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.entities import clean, collapse, cut
from bot.domain.names import fold
from bot.domain.prompt import Option
from bot.errors import UserError

MOST_OPEN = 20
"""Options of one prompt: as many as Slack's chart has points; a row of buttons takes 25."""

LABEL_LIMIT = 75
"""Most characters on one of Slack's buttons."""


def add_label(
    options: Sequence[Option], label: str, *, option_id: str, field: str = "label"
) -> tuple[Option, ...]:
    """Return options with one more at their end, under an id that none of them has had.

    Raises:
        UserError: it is empty, too long, there already whatever its case, or there is no room for another.
    """
    typed = collapse(clean(label))
    if not typed:
        raise UserError("Type the option to add, or close this without sending.", field=field)
    if len(typed) > LABEL_LIMIT:
        raise UserError(
            f"An option has at most {LABEL_LIMIT} characters, and this has {len(typed)}. Shorten it.",
            field=field,
        )
    same = next((option for option in options if fold(option.label) == fold(typed)), None)
    if same is not None:
        raise UserError(
            f"“{cut(same.label)}” is there already. Close this and press it to vote for it.", field=field
        )
    if len(options) >= MOST_OPEN:
        raise UserError(
            f"This prompt has {MOST_OPEN} options, which is the most. Choose one of them.", field=field
        )
    return (*options, Option(option_id, typed))
