"""What came of something a person did."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.delivery import Failure
from bot.sandbox.journal import Journal
from bot.sandbox.model import Message, View


@dataclass(slots=True, eq=False)
class Outcome:
    """What a command, click or shortcut led to.

    ``messages`` grows while answers arrive over the response_url; replaced messages are in it too.
    ``error`` is Slack's word when the bot did not acknowledge in time, ``refused`` what Slack itself
    said without asking the bot, ``opened`` the address of a link button.
    """

    journal: Journal
    elapsed_s: float = 0.0
    error: Failure | None = None
    refused: str | None = None
    opened: str | None = None
    messages: list[Message] = field(default_factory=list)
    _taken: int = 0

    @property
    def acknowledged(self) -> bool:
        """True when the bot acknowledged within the limit."""
        return self.error is None and self.refused is None

    @property
    def message(self) -> Message:
        """The latest message that came of it.

        Raises:
            LookupError: none came yet.
        """
        if not self.messages:
            raise LookupError(f"no message came\n{self.journal.story()}")
        return self.messages[-1]

    @property
    def text(self) -> str:
        """All words of the latest message, blocks included; empty when none came."""
        return self.messages[-1].shown if self.messages else ""

    async def next_message(self, timeout_s: float = 5.0) -> Message:
        """Return the next message that this method has not returned, waiting for it if need be.

        The message in the acknowledgement itself is ``messages[0]`` and counts as already returned.
        """
        number = self._taken
        await self.journal.wait_for(
            lambda: len(self.messages) > number, timeout_s, "a message at the response_url"
        )
        self._taken += 1
        return self.messages[number]

    def take_acknowledged(self) -> None:
        """Count the message of the acknowledgement as returned."""
        self._taken = len(self.messages)


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of pressing a modal's submit button.

    ``errors`` maps input labels (block ids where there is no label) to the words under them, ``by_block``
    their block ids to the same words; ``sent`` is False when Slack's own checks stopped it. ``view`` is what
    stands in front afterwards, None when no modal is left; ``failed`` is set when the bot did not answer
    properly.
    """

    errors: dict[str, str]
    closed: bool
    view: View | None
    failed: str | None = None
    sent: bool = True
    by_block: dict[str, str] = field(default_factory=dict)
