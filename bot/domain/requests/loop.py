"""What is typed after `/loop` alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.criterion import Condition
from bot.domain.dates import DateSpec
from bot.domain.decision import DecisionKind
from bot.domain.entities import UserRef
from bot.domain.quiet import QuietHours
from bot.domain.requests.shared import Scope


@dataclass(frozen=True, slots=True)
class ShowAway:
    """`/loop away`: whether one is away, and until when."""


@dataclass(frozen=True, slots=True)
class StayAway:
    """`/loop away 3d`, and `/loop away off`, whose length is None."""

    length: timedelta | None


@dataclass(frozen=True, slots=True)
class ShowQuiet:
    """`/loop quiet`: one's quiet hours."""


@dataclass(frozen=True, slots=True)
class KeepQuiet:
    """`/loop quiet 20:00 to 08:00`, and `/loop quiet off`, whose hours are None."""

    hours: QuietHours | None


@dataclass(frozen=True, slots=True)
class ShowMaintenance:
    """`/loop maintenance`: which hosts are worked on."""


@dataclass(frozen=True, slots=True)
class KeepMaintenance:
    """`/loop maintenance HOST 2h`, and `/loop maintenance HOST off`, whose length is None."""

    host: str
    length: timedelta | None


@dataclass(frozen=True, slots=True)
class NudgeOwner:
    """`/loop nudge NAME`: a criterion's owner is asked for a check-in."""

    name: str


@dataclass(frozen=True, slots=True)
class OpenShipForm:
    """`/loop ship`: the modal."""


@dataclass(frozen=True, slots=True)
class ShipChange:
    """`/loop ship "New checkout form" [reactions] [for INITIATIVE]`.

    Attributes:
        name: What was shipped, on one line.
        initiative: None for the channel's only one.
        reactions: Whether 👍 and 👎 as reactions count as well.
    """

    name: str
    initiative: str | None = None
    reactions: bool = False


@dataclass(frozen=True, slots=True)
class MakeShipToken:
    """`/loop token [for INITIATIVE]`: lets a program ship for it; None for the channel's only one."""

    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeShipTokens:
    """`/loop token revoke [for INITIATIVE]`: no program may ship for it any more."""

    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class ShowLoopTime:
    """`/loop time [for INITIATIVE]`: how long the last ships took; None for the channel's only one."""

    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class OpenDecideForm:
    """`/loop decide`: the modal."""


@dataclass(frozen=True, slots=True)
class Decide:
    """`/loop decide keep|change|stop [for INITIATIVE] [because REASON]`.

    Attributes:
        kind: What is decided.
        initiative: None for the channel's only one.
        reason: On one line, at most `decision.REASON_LIMIT` characters; possibly empty.
    """

    kind: DecisionKind
    initiative: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LineHalf:
    """`Conversion >= 3.2 %` after `keep if` or `stop if`.

    Attributes:
        name: A criterion's.
        condition: With the operator as typed.
        unit: As typed, possibly empty.
    """

    name: str
    condition: Condition
    unit: str = ""


@dataclass(frozen=True, slots=True)
class OpenLineForm:
    """`/loop line`: the modal."""


@dataclass(frozen=True, slots=True)
class WriteLine:
    """`/loop line [keep if …] [stop if …] decide by DATE [for INITIATIVE]`; one of the two at least.

    Attributes:
        keep: What has to hold to keep, or None.
        stop: What has to hold to stop, or None.
        decide_by: The day on which it is decided.
        initiative: None for the channel's only one.
    """

    keep: LineHalf | None
    stop: LineHalf | None
    decide_by: DateSpec
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class OpenFollowUpForm:
    """`/loop follow-up`: the modal."""


@dataclass(frozen=True, slots=True)
class AddFollowUp:
    """`/loop follow-up "Write the runbook" owner <@U1> by 12 Dec [for INITIATIVE]`.

    Attributes:
        text: What is to be done, on one line, at most `follow_up.TEXT_LIMIT` characters.
        owner: Who sees to it.
        due: The day by which it is done.
        initiative: None for the channel's only one.
    """

    text: str
    owner: UserRef
    due: DateSpec
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class ListFollowUps:
    """`/loop follow-ups [mine | all | for INITIATIVE]`: the open ones.

    Attributes:
        scope: Which ones: ``here``, ``mine``, ``all`` or ``initiative``.
        initiative: Name, set when the scope is ``initiative``.
    """

    scope: Scope = Scope.HERE
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class StartIteration:
    """`/loop iterate "GOAL" by DATE [for INITIATIVE]`.

    Attributes:
        goal: What it is for, on one line.
        due: Its last day.
        initiative: None for the channel's only one.
    """

    goal: str
    due: DateSpec
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class ShowDaysOff:
    """`/loop days off`: the team's calendar."""


@dataclass(frozen=True, slots=True)
class TakeDaysOff:
    """`/loop days off 24 Dec to 26 Dec`; `last` is None for a single day."""

    first: DateSpec
    last: DateSpec | None = None


@dataclass(frozen=True, slots=True)
class TakeCalendar:
    """`/loop days off from https://calendar.example.com/team.ics`; the address may hold a secret."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GiveUpCalendar:
    """`/loop days off remove calendar.example.com`."""

    host: str


@dataclass(frozen=True, slots=True)
class GiveUpDaysOff:
    """`/loop days off remove 24 Dec`: the entries this day is in."""

    day: DateSpec
