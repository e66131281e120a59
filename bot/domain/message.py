"""What is sent to Slack: a full text and, where it helps, blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]
"""One Block Kit block as the plain JSON object that goes on the wire."""

View = Mapping[str, Any]
"""One modal or Home view as the plain JSON object that goes on the wire."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that can be posted as it is.

    Attributes:
        text: Full summary for notifications and screen readers, mrkdwn, foreign text escaped, ≤ 4,000 characters.
        blocks: Block Kit blocks, within every Slack limit; empty when the text is all there is.
        fallback: The same without blocks a workspace may refuse (native charts), or None if there are none.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    fallback: tuple[Block, ...] | None = None
