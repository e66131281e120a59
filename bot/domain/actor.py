"""Who asks, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Item = Literal["initiative", "criterion", "schedule", "prompt"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who typed or clicked, where they did it, and what they already chose among several.

    Attributes:
        team_id: Slack workspace id.
        user_id: Slack user id.
        channel_id: Channel where it happened; empty in a modal opened outside any channel.
        channel_name: Its name without ``#`` as Slack sent it, possibly empty.
        chosen: (what, row id) picked by button when a name fitted more than one.
        acted_at: When they pressed, by Slack's clock, aware UTC; None where Slack does not say.
    """

    team_id: str
    user_id: str
    channel_id: str = ""
    channel_name: str = ""
    chosen: tuple[tuple[Item, int], ...] = ()
    acted_at: datetime | None = None

    def choice(self, what: Item) -> int | None:
        """Return the row id picked for this kind of thing, or None."""
        return next((row_id for item, row_id in self.chosen if item == what), None)


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a Slack user.

    Attributes:
        team_id: Slack workspace id.
        user_id: Slack user id.
        name: Display name, not escaped.
        zone: IANA zone from their Slack profile (UTC when Slack gives none).
        is_admin: Workspace admin or owner.
        is_deleted: Deactivated.
    """

    team_id: str
    user_id: str
    name: str
    zone: str
    is_admin: bool
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """What is known of a channel.

    Attributes:
        channel_id: Slack id.
        name: Without ``#``, possibly empty.
        is_private: True for private channels and direct messages.
        is_archived: True when nothing can be posted any more.
        is_member: True when the bot is in it.
    """

    channel_id: str
    name: str
    is_private: bool
    is_archived: bool
    is_member: bool
