"""Rates: how often each method of Slack's Web API may be called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self


@dataclass(frozen=True, slots=True)
class Rate:
    """How many calls may start at once, and how far apart they start after that.

    Attributes:
        interval_s: Seconds after which one more call may start.
        burst: Calls that may start together after a quiet time.
    """

    interval_s: float
    burst: int

    @classmethod
    def at_most(cls, per_minute: int, *, burst: int) -> Self:
        """Return the rate under which no minute, wherever it begins, sees more than `per_minute` calls start.

        The burst is taken off the steady part: 40 a minute with a burst of 10 is 10 at once and then one
        every 60/31 s, so that the 41st call falls just outside the minute.
        """
        return cls(interval_s=60 / (per_minute - burst + 1), burst=burst)


TIER_1 = Rate.at_most(1, burst=1)
TIER_2 = Rate.at_most(20, burst=5)
TIER_3 = Rate.at_most(50, burst=20)
TIER_4 = Rate.at_most(100, burst=40)

METHOD_RATES: Mapping[str, Rate] = MappingProxyType(
    {
        # "Several hundred a minute" is all Slack says of a workspace; the channel's rate comes on top.
        "chat.postMessage": Rate.at_most(240, burst=40),
        "chat.update": TIER_3,
        "chat.delete": TIER_3,
        "chat.postEphemeral": TIER_4,
        # "Special", without a number: as chat.postMessage, since one may be asked for with each message.
        "chat.getPermalink": Rate.at_most(240, burst=40),
        "conversations.open": TIER_3,
        "conversations.info": TIER_3,
        "conversations.history": TIER_3,
        "conversations.replies": TIER_3,
        "users.info": TIER_4,
        "reactions.get": TIER_3,
        "dnd.info": TIER_3,
        "views.open": TIER_4,
        "views.push": TIER_4,
        "views.update": TIER_4,
        "views.publish": TIER_4,
        "files.getUploadURLExternal": TIER_4,
        "files.completeUploadExternal": TIER_4,
        "auth.test": TIER_4,
        # Not in the tables of limits; the live check's run over all examples is all that calls it, with a
        # person waiting for it. Should Slack find this too much, its 429 slows it down.
        "blocks.validate": Rate.at_most(300, burst=50),
        # Not a method: answers to response_url, each of which takes five at most. A crowd voting at once
        # wants its receipts at once, so the burst is wide.
        "response_url": Rate.at_most(300, burst=100),
    }
)
"""Method → its rate in one workspace (docs.slack.dev, "Rate limits"; tiers of the methods' own pages)."""

UNKNOWN_METHOD = TIER_2
"""For a method without a line in the table: the strictest tier that a bot's ordinary methods have."""

CHANNEL_POSTS = Rate(interval_s=1.0, burst=3)
"""Posts to one channel: about one a second, short bursts tolerated."""

URL_ANSWERS = Rate(interval_s=1.0, burst=5)
"""Answers to one response_url: Slack takes five in all, and about one a second."""

REDRAWS = Rate.at_most(40, burst=10)
"""Redraws of messages, all together: at most 40 in any minute."""
