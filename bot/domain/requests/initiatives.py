"""What is typed after `/initiative`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.cadence import Cadence
from bot.domain.dates import DateSpec
from bot.domain.entities import ChannelRef, UserRef

DEFAULT_SHARED = timedelta(days=30)
"""How long a link to an initiative's page works."""


@dataclass(frozen=True, slots=True)
class OpenInitiativeForm:
    """`/initiative new`: the modal."""


@dataclass(frozen=True, slots=True)
class NewInitiative:
    """`/initiative new "Checkout rewrite" by 12 Dec in #general`.

    Attributes:
        name: On one line.
        due: Its last day.
        channel: Home channel; None for the one where it was typed.
        owner: None for whoever typed.
        zone: IANA name; None for the person's.
    """

    name: str
    due: DateSpec
    channel: ChannelRef | None = None
    owner: UserRef | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class ListInitiatives:
    """`/initiative` or `/initiative list`."""


@dataclass(frozen=True, slots=True)
class ShowInitiative:
    """`/initiative show [NAME]`; None for the channel's only one."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class CloseInitiative:
    """`/initiative close [NAME]`; None for the channel's only one."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class ShareInitiative:
    """`/initiative share [NAME] [for 30d]`: a link to its page; None for the channel's only one."""

    name: str | None = None
    length: timedelta = DEFAULT_SHARED


@dataclass(frozen=True, slots=True)
class UnshareInitiative:
    """`/initiative unshare [NAME]`: its links work no more; None for the channel's only one."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`/initiative broadcast on|off [NAME]`: whether status changes are shown in the channel as well.

    Attributes:
        on: Whether they are from now on.
        name: The initiative's, or None for the channel's only one.
    """

    on: bool
    name: str | None = None


@dataclass(frozen=True, slots=True)
class SetCheckIns:
    """`/initiative check-ins every Mon 09:30|off [for INITIATIVE]`: when owners are reminded to check in.

    Attributes:
        cadence: Once a day at most, in each owner's zone; None for never.
        initiative: None for the channel's only one.
    """

    cadence: Cadence | None
    initiative: str | None = None
