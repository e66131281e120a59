"""What a person asks for: one frozen dataclass for each thing that can be typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.audience import Reach, Shown
from bot.domain.cadence import Cadence
from bot.domain.criterion import Condition, CriterionState, Kind, SourceSpec
from bot.domain.dates import DateSpec
from bot.domain.days_off import OnDaysOff
from bot.domain.decision import DecisionKind
from bot.domain.entities import ChannelRef, UserRef
from bot.domain.note import NoteState
from bot.domain.options import Options
from bot.domain.period import DEFAULT_PERIOD, Period
from bot.domain.post_schedule import PostOnly, ScheduleScope
from bot.domain.prompt import PromptKind
from bot.domain.quiet import QuietHours

DEFAULT_FLOOR = 5
LOWEST_FLOOR = 3

DEFAULT_SHARED = timedelta(days=30)
"""How long a link to an initiative's page works."""


class Scope(StrEnum):
    """Which criteria a list shows."""

    HERE = "here"  # the channel's initiatives
    MINE = "mine"
    PERSON = "person"
    BEHIND = "behind"
    ALL = "all"  # everything the person may see
    INITIATIVE = "initiative"


class ScheduleChange(StrEnum):
    """What can be done to a schedule."""

    PAUSE = "pause"
    RESUME = "resume"
    REMOVE = "remove"


class SeriesChange(StrEnum):
    """What can be done to a prompt that is asked again and again."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class OpenCriteria:
    """`/criteria`: this channel's criteria, with [Add]."""


@dataclass(frozen=True, slots=True)
class OpenAddForm:
    """`/criteria add`: the modal."""


@dataclass(frozen=True, slots=True)
class AddCriterion:
    """`/criteria add Weekly signups >= 500 from 320 by 31 Dec source …`.

    Attributes:
        name: On one line, at most `names.NAME_LIMIT` characters.
        kind: Success, or guardrail when typed so.
        condition: With the operator as typed.
        source: Never None: without a source the line is refused. ``path`` is ``$`` when none was typed.
        unit: As typed, possibly empty.
        baseline: After `from`, never equal to a bound; None when the first good reading gives it.
        due: None only for a guardrail.
        every: None for the source's default.
        owner: None for whoever typed.
        zone: Zone the date is read in, an IANA name; None for the initiative's.
        initiative: Name after `for`; None for the channel's.
    """

    name: str
    kind: Kind
    condition: Condition
    source: SourceSpec
    unit: str = ""
    baseline: Decimal | None = None
    due: DateSpec | None = None
    every: Cadence | None = None
    owner: UserRef | None = None
    zone: str | None = None
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class TrySource:
    """`/criteria try URL [with …]`: fetch once and list the numbers found.

    Attributes:
        url: An http or https address.
        options: As a source of the kind ``http_json`` takes them.
    """

    url: str
    options: Options = ()


@dataclass(frozen=True, slots=True)
class ListCriteria:
    """`/criteria list [mine | <@person> | behind | all | for NAME]`.

    Attributes:
        scope: Which ones.
        person: Set when the scope is ``person``.
        initiative: Name, set when the scope is ``initiative``.
    """

    scope: Scope = Scope.HERE
    person: UserRef | None = None
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class ShowCriterion:
    """`/criteria show NAME`."""

    name: str


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """`/criteria history NAME [last 30d | from DATE to DATE]`."""

    name: str
    period: Period = DEFAULT_PERIOD


@dataclass(frozen=True, slots=True)
class CheckCriterion:
    """`/criteria check NAME`: read now."""

    name: str


@dataclass(frozen=True, slots=True)
class SetReading:
    """`/criteria set NAME VALUE ["note"]`: a manual reading; the note may be empty."""

    name: str
    value: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangeCriterionState:
    """`/criteria pause|resume|archive NAME`: to paused, open or archived."""

    name: str
    to: CriterionState


@dataclass(frozen=True, slots=True)
class ExportCriteria:
    """`/criteria export [NAME]`: readings as files; None for the channel's criteria."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """`/progress export [for NAME]`: where things stand as files; None for the channel's initiatives."""

    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class CheckInCriterion:
    """`/criteria check-in NAME`: the form for a person's confidence."""

    name: str


@dataclass(frozen=True, slots=True)
class EditCriterion:
    """`/criteria edit NAME`: the form of `add`, filled in."""

    name: str


@dataclass(frozen=True, slots=True)
class StrikeReading:
    """`/criteria strike NAME [[VALUE] "REASON"]`: voids a reading.

    Attributes:
        name: The criterion's.
        value: The newest reading with this value; None for the newest of all. Never without a reason.
        reason: Why; empty when it is to be chosen which reading, and said why in a form.
    """

    name: str
    value: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MakeToken:
    """`/criteria token NAME`: lets a program push its readings."""

    name: str


@dataclass(frozen=True, slots=True)
class RevokeTokens:
    """`/criteria token NAME revoke`: no program may push its readings any more."""

    name: str


@dataclass(frozen=True, slots=True)
class ListSecrets:
    """`/criteria secret [NAME]`: what is known of all secrets, or of one; never a value."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class ListRecipes:
    """`/criteria recipes [WORD]`: presets of a source; those a word is in, or all for an empty one."""

    word: str = ""


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


@dataclass(frozen=True, slots=True)
class AddNote:
    """`/feedback the new form is confusing`; line ends are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class OpenAskForm:
    """`/feedback ask`: the modal."""


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """`question "How clear is it?" scale [comment] [optional]`: one question of a form.

    Attributes:
        text: On one line.
        kind: How it is answered; never ``form``.
        options: Labels, for ``choice``, ``several`` and ``emoji`` only, no two alike.
        comment: Whether a comment can go with the answer; never for ``text``.
        optional: Whether it may be left unanswered.
    """

    text: str
    kind: PromptKind
    options: tuple[str, ...] = ()
    comment: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class AskPrompt:
    """`/feedback ask "How clear is it?" scale|thumbs|choice "A" "B"|text … [anonymous] [closes in 2d] …`.

    Attributes:
        question: On one line; the title of a form.
        kind: How it is answered; ``form`` when it has questions.
        options: Labels, for ``choice``, ``several`` and ``emoji`` only, no two alike.
        anonymous: Never changes after posting.
        floor: Fewest responses whose results are shown when anonymous; at least 3 (`anonymous floor 8`).
        channel: None for the one where it was typed.
        closes_in: None when no time closes it.
        close_after: Answers with which it closes, at least 1 and never under an anonymous prompt's floor; None
            when no count closes it. Without either it stays open until someone closes it.
        every: When it is asked again, once a day at most; None to ask once, now.
        reach: Who may answer (`to everyone`).
        people: Those it names (`to <@U1> <@U2>`), no two alike; empty unless it reaches them alone.
        results: When results are seen; None for live, or at the close of an anonymous prompt.
        open_options: Whether whoever answers may add options; choices only.
        remind: Whether people who were asked are reminded once; only with `closes_in`.
        comment: Whether a comment can go with the answer; never for ``text`` and ``form``.
        questions: Those of a form, at most 10.
        reactions: Whether reactions under it are answers; never of an anonymous prompt.
    """

    question: str
    kind: PromptKind
    options: tuple[str, ...] = ()
    anonymous: bool = False
    floor: int = DEFAULT_FLOOR
    channel: ChannelRef | None = None
    closes_in: timedelta | None = None
    close_after: int | None = None
    every: Cadence | None = None
    reach: Reach = Reach.CHANNEL
    people: tuple[UserRef, ...] = ()
    results: Shown | None = None
    open_options: bool = False
    remind: bool = False
    comment: bool = False
    questions: tuple[AskQuestion, ...] = ()
    reactions: bool = False


@dataclass(frozen=True, slots=True)
class ListPrompts:
    """`/feedback list`."""


@dataclass(frozen=True, slots=True)
class PromptResults:
    """`/feedback results [#12 | "title"]`; both None for the channel's only open one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ClosePrompt:
    """`/feedback close [#12 | "title"]`; both None for the channel's only open one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class EditPrompt:
    """`/feedback edit [#12 | "title"]`; both None for the channel's only open one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ExportResponses:
    """`/feedback export [#12 | "QUESTION"]`; neither means the channel's only open prompt, or its latest closed one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ListNotes:
    """`/feedback notes [new | acknowledged | acted on | not doing]`; None for all."""

    state: NoteState | None = None


@dataclass(frozen=True, slots=True)
class OpenInboxForm:
    """`/feedback inbox`: the modal that asks for the code."""


@dataclass(frozen=True, slots=True)
class OpenInbox:
    """`/feedback inbox 7KX3-9QPM-H2TV-0ABC`: what was replied to words written anonymously.

    Attributes:
        code: As `inbox.spell_code` makes it; not shown where a request is, in a log say.
    """

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedbackPrivacy:
    """`/feedback privacy`."""


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


@dataclass(frozen=True, slots=True)
class Help:
    """`help`, or a word that no command knows.

    Attributes:
        command: Canonical name without the slash.
        unknown: The word as typed, or None when help was asked for.
    """

    command: str
    unknown: str | None = None


Request = (
    OpenCriteria
    | OpenAddForm
    | AddCriterion
    | TrySource
    | ListCriteria
    | ShowCriterion
    | ShowHistory
    | CheckCriterion
    | SetReading
    | ChangeCriterionState
    | ExportCriteria
    | ExportProgress
    | CheckInCriterion
    | EditCriterion
    | StrikeReading
    | MakeToken
    | RevokeTokens
    | ListSecrets
    | ListRecipes
    | OpenInitiativeForm
    | NewInitiative
    | ListInitiatives
    | ShowInitiative
    | CloseInitiative
    | Broadcast
    | SetCheckIns
    | NudgeOwner
    | ShareInitiative
    | UnshareInitiative
    | PreviewProgress
    | OpenScheduleForm
    | ScheduleProgress
    | ListSchedules
    | ChangeSchedule
    | TestSchedule
    | AddNote
    | OpenAskForm
    | AskPrompt
    | ListPrompts
    | PromptResults
    | ExportResponses
    | EditPrompt
    | ClosePrompt
    | ListNotes
    | OpenInboxForm
    | OpenInbox
    | FeedbackPrivacy
    | ShowAway
    | StayAway
    | ShowQuiet
    | KeepQuiet
    | ShowMaintenance
    | KeepMaintenance
    | OpenShipForm
    | ShipChange
    | MakeShipToken
    | RevokeShipTokens
    | ShowLoopTime
    | OpenDecideForm
    | Decide
    | OpenLineForm
    | WriteLine
    | StartIteration
    | OpenFollowUpForm
    | AddFollowUp
    | ListFollowUps
    | ShowDaysOff
    | TakeDaysOff
    | GiveUpDaysOff
    | TakeCalendar
    | GiveUpCalendar
    | Help
)
"""Everything that can be asked for in text."""
