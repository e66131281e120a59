"""What `/criteria try` answers: the numbers at an address."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.blocks.mrkdwn import code, escape, shorten
from bot.blocks.parts import button, context, section
from bot.domain.message import Block, Message
from bot.domain.values import show_value


def numbers_found(
    url: str,
    numbers: Sequence[tuple[str, str, Decimal]],
    *,
    more: int,
    draft_id: str,
    later: Sequence[str] = (),
) -> Message:
    """Return the answer to `/criteria try`: the numbers in the body, each with [Use this number].

    Args:
        url: What was fetched.
        numbers: (nearest key, path, value), in the order of the body; the key is empty at the root.
        more: How many more there are.
        draft_id: Draft that keeps them; a button's value is its id and the number's place.
        later: Names of the options that count only once a path is chosen.
    """
    if not numbers:
        text = f"{code(shorten(url, 500))} answered with JSON, but there is no number in it."
        return Message(text=text, blocks=(section(text),))
    head = f"Numbers found at {code(shorten(url, 500))}:"
    blocks: list[Block] = [section(head)]
    for index, (key, path, value) in enumerate(numbers):
        name = f"{escape(shorten(key, 100))}: " if key else ""
        blocks.append(
            section(
                f"{name}*{escape(show_value(value))}*\n{code(shorten(path, 300))}",
                block_id=f"found:{index}",
                accessory=button("Use this number", "use_number", f"{draft_id}:{index}", label=f"Use {path}"),
            )
        )
    notes = []
    if more:
        notes.append(f"and {more} more; name the path yourself to use one of them")
    if later:
        names = " and ".join(later)
        notes.append(f"These are the numbers as they stand there; {names} come in when one of them is used.")
    if notes:
        blocks.append(context(*notes))
    told = [f"{code(path)} {escape(show_value(value))}" for _, path, value in numbers]
    return Message(text=shorten("\n".join([head, *told, *notes]), 3900), blocks=tuple(blocks))
