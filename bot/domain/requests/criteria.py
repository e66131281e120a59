"""What is typed after `/criteria`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.cadence import Cadence
from bot.domain.criterion import Condition, CriterionState, Kind, SourceSpec
from bot.domain.dates import DateSpec
from bot.domain.entities import UserRef
from bot.domain.options import Options
from bot.domain.period import DEFAULT_PERIOD, Period
from bot.domain.requests.shared import Scope


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
