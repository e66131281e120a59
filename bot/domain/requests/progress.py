"""What is typed after `/progress`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.cadence import Cadence
from bot.domain.days_off import OnDaysOff
from bot.domain.entities import ChannelRef
from bot.domain.post_schedule import PostOnly, ScheduleScope


class ScheduleChange(StrEnum):
    """What can be done to a schedule."""

    PAUSE = "pause"
    RESUME = "resume"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """`/progress export [for NAME]`: where things stand as files; None for the channel's initiatives."""

    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class PreviewProgress:
    """`/progress [for NAME]`: a preview only the caller sees; None for the channel's initiatives."""

    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class OpenScheduleForm:
    """`/progress schedule`: the modal."""


@dataclass(frozen=True, slots=True)
class ScheduleProgress:
    """`/progress schedule every Mon 09:00 in #leads [for …]`.

    Attributes:
        cadence: When.
        channel: None for the one where it was typed.
        initiatives: Names; empty for those at home in the channel posted to.
        zone: IANA name; None for the person's.
        only: Which runs post.
        scope: `for all` and `for mine`; otherwise the named ones.
        on_days_off: `skipping days off` or `moving days off`.
    """

    cadence: Cadence
    channel: ChannelRef | None = None
    initiatives: tuple[str, ...] = ()
    zone: str | None = None
    only: PostOnly = PostOnly.ALWAYS
    scope: ScheduleScope = ScheduleScope.NAMED
    on_days_off: OnDaysOff = OnDaysOff.SKIP


@dataclass(frozen=True, slots=True)
class ListSchedules:
    """`/progress list`."""


@dataclass(frozen=True, slots=True)
class ChangeSchedule:
    """`/progress pause|resume|remove [#3]`; None for the channel's only one."""

    to: ScheduleChange
    number: int | None = None


@dataclass(frozen=True, slots=True)
class TestSchedule:
    """`/progress test [#3]`: post it now; None for the channel's only one."""

    # pytest would take the class for a test case by its name.
    __test__ = False

    number: int | None = None
