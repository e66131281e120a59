"""What is wrong with a payload, and what has been met in it so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Surface = Literal["message", "modal", "home"]
"""Where blocks are shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule, in the form Slack's `blocks.validate` reports it.

    Attributes:
        code: Short stable word (``missing_field``, ``too_long`` …). A few are words of Slack's own and decide
            what a call answers: ``only_one_table_allowed``, ``msg_blocks_too_long``, ``view_too_large``.
        message: Slack's sentence without the pointer (``no more than 50 items allowed``).
        pointer: JSON pointer to the offending value (``/blocks/0/text/text``), empty for the whole payload.
        constraint: The limit or the allowed values, None where the rule has neither.
        field: Name of the property to blame, None for an item of a list or the whole payload.
    """

    code: str
    message: str
    pointer: str
    constraint: int | str | None = None
    field: str | None = None

    @property
    def text(self) -> str:
        """The sentence with its pointer, as it stands in ``errors`` of a refused message."""
        return f"{self.message} [json-pointer:{self.pointer}]" if self.pointer else self.message


class Inspection:
    """Collects the problems of one payload and what must be unique or is counted over the whole of it.

    Attributes:
        surface: Where the payload is shown.
        problems: What was found, in document order.
        text_chars: Code points of all text objects, markdown and rich text outside tables.
    """

    __slots__ = (
        "action_ids",
        "block_ids",
        "charts",
        "focused",
        "in_input",
        "plans",
        "problems",
        "surface",
        "tables",
        "text_chars",
    )

    def __init__(self, surface: Surface) -> None:
        """Start with nothing seen."""
        self.surface = surface
        self.problems: list[Problem] = []
        self.block_ids: set[str] = set()
        self.action_ids: set[str] = set()
        self.in_input = False
        self.text_chars = 0
        self.tables = 0
        self.charts = 0
        self.plans = 0
        self.focused = 0

    def add(
        self, code: str, message: str, at: str, constraint: int | str | None = None, field: str | None = None
    ) -> None:
        """Note a problem at a JSON pointer."""
        self.problems.append(Problem(code, message, at, constraint, field))

    def miss(self, name: str, at: str) -> None:
        """Note that the object at a pointer lacks a property."""
        self.problems.append(Problem("missing_field", f"missing required field: {name}", at, None, name))

    def claim_block_id(self, value: str, at: str) -> None:
        """Take a block_id for this payload, or note that it is taken."""
        if value in self.block_ids:
            self.add("duplicate_id", f'`block_id` "{value}" already exists', at, field="block_id")
        self.block_ids.add(value)

    def claim_action_id(self, value: str, at: str) -> None:
        """Take an action_id for the block at hand, or note that it is taken; other blocks may use it too."""
        if value in self.action_ids:
            self.add("duplicate_id", f'`action_id` "{value}" already exists', at, field="action_id")
        self.action_ids.add(value)
