"""Requests and their parts as the text that would be typed for them.

A name stands in quotes when it could be misread without; a double quote inside quotes (straight or smart) is
typed twice. Only what Slack's encoding would change is encoded (`entities.encode`).
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from decimal import Decimal

from bot.domain.addresses import WHOLE_BODY
from bot.domain.audience import Reach
from bot.domain.cadence import WORKDAYS, Cadence, Cron, Daily, Elapsed, LastWeekday, Weekly
from bot.domain.criterion import Condition, CriterionState, Direction, Kind, SourceKind, SourceSpec
from bot.domain.dates import MONTHS, DateSpec, DayMonth, EndOf, In, Iso
from bot.domain.days_off import OnDaysOff
from bot.domain.entities import UserRef, collapse, encode, encode_entity, quote, readable
from bot.domain.keywords import FIELDS
from bot.domain.options import format_options
from bot.domain.period import DEFAULT_PERIOD, Last, Period
from bot.domain.post_schedule import PostOnly, ScheduleScope
from bot.domain.prompt import PromptKind
from bot.domain.quantities import DIGITS_LIMIT
from bot.domain.question_text import format_kind, format_question
from bot.domain.references import WORDS as SCOPE_WORDS
from bot.domain.requests import (
    DEFAULT_FLOOR,
    DEFAULT_SHARED,
    AddCriterion,
    AddFollowUp,
    AddNote,
    AskPrompt,
    Broadcast,
    ChangeCriterionState,
    ChangeSchedule,
    CheckCriterion,
    CheckInCriterion,
    CloseInitiative,
    ClosePrompt,
    Decide,
    EditCriterion,
    EditPrompt,
    ExportCriteria,
    ExportProgress,
    ExportResponses,
    FeedbackPrivacy,
    GiveUpCalendar,
    GiveUpDaysOff,
    Help,
    KeepMaintenance,
    KeepQuiet,
    LineHalf,
    ListCriteria,
    ListFollowUps,
    ListInitiatives,
    ListNotes,
    ListPrompts,
    ListRecipes,
    ListSchedules,
    ListSecrets,
    MakeShipToken,
    MakeToken,
    NewInitiative,
    NudgeOwner,
    OpenAddForm,
    OpenAskForm,
    OpenCriteria,
    OpenDecideForm,
    OpenFollowUpForm,
    OpenInbox,
    OpenInboxForm,
    OpenInitiativeForm,
    OpenLineForm,
    OpenScheduleForm,
    OpenShipForm,
    PreviewProgress,
    PromptResults,
    Request,
    RevokeShipTokens,
    RevokeTokens,
    ScheduleProgress,
    Scope,
    SetCheckIns,
    SetReading,
    ShareInitiative,
    ShipChange,
    ShowAway,
    ShowCriterion,
    ShowDaysOff,
    ShowHistory,
    ShowInitiative,
    ShowLoopTime,
    ShowMaintenance,
    ShowQuiet,
    StartIteration,
    StayAway,
    StrikeReading,
    TakeCalendar,
    TakeDaysOff,
    TestSchedule,
    TrySource,
    UnshareInitiative,
    WriteLine,
)
from bot.domain.targets import OPERATORS

SYMBOLS = {Direction.AT_LEAST: ">=", Direction.AT_MOST: "<=", Direction.ABOVE: ">", Direction.BELOW: "<"}

_STATE_WORDS = {
    CriterionState.PAUSED: "pause",
    CriterionState.OPEN: "resume",
    CriterionState.ARCHIVED: "archive",
}
_COMMANDS = {
    "criteria": (
        OpenCriteria, OpenAddForm, AddCriterion, TrySource, ListCriteria, ShowCriterion, ShowHistory,
        CheckCriterion, CheckInCriterion, ExportCriteria, SetReading, ChangeCriterionState, EditCriterion,
        StrikeReading, MakeToken, RevokeTokens, ListSecrets, ListRecipes,
    ),
    "initiative": (
        OpenInitiativeForm, NewInitiative, ListInitiatives, ShowInitiative, CloseInitiative, ShareInitiative,
        UnshareInitiative, Broadcast, SetCheckIns,
    ),
    "progress": (
        PreviewProgress, OpenScheduleForm, ScheduleProgress, ListSchedules, ChangeSchedule, TestSchedule,
        ExportProgress,
    ),
    "feedback": (
        AddNote, OpenAskForm, AskPrompt, ListPrompts, PromptResults, ExportResponses, EditPrompt, ClosePrompt,
        ListNotes, OpenInboxForm, OpenInbox, FeedbackPrivacy,
    ),
    "loop": (
        ShowAway, StayAway, ShowQuiet, KeepQuiet, ShowMaintenance, KeepMaintenance, OpenShipForm, ShipChange,
        MakeShipToken, RevokeShipTokens, ShowLoopTime, OpenDecideForm, Decide, OpenLineForm, WriteLine, StartIteration,
        OpenFollowUpForm, AddFollowUp, ListFollowUps, ShowDaysOff, TakeDaysOff, GiveUpDaysOff, TakeCalendar,
        GiveUpCalendar, NudgeOwner,
    ),
}  # fmt: skip
_RESERVED = frozenset(
    {
        *FIELDS,
        *SCOPE_WORDS,
        "behind",
        "revoke",
        "because",
        "and",
        "at",
        "between",
        "above",
        "below",
        "anonymous",
        "floor",
    }
)
_PLAIN_NAME = re.compile(r"[^\W_]\w*(?: [^\W_]\w*)*")
_PLAIN_UNIT = re.compile(r"[^\W\d_]+(?:/[^\W\d_]+)?|[%‰°€$£¥]")


def command_of(request: Request) -> str:
    """Return the canonical name, without slash, of the command a request is typed after."""
    if isinstance(request, Help):
        return request.command
    return next(command for command, kinds in _COMMANDS.items() if isinstance(request, kinds))


def example_of(request: Request) -> str:
    """Return the whole command as a person sees it when typing, channels as ``#name``: for errors."""
    return f"/{command_of(request)} {readable(format(request))}".rstrip()


def format(request: Request) -> str:
    """Return the text after the command's name for which `commands.parse` gives the request back.

    Two requests can be built but not typed, and come back as something else: a note that reads as one of
    `/feedback`'s own words (`list`), and a condition without the operator as typed.
    """
    match request:
        case OpenCriteria():
            return ""
        case OpenAddForm():
            return "add"
        case AddCriterion():
            return encode(_add(request)) + _last_clauses(
                request.owner, request.zone, _only(request.initiative)
            )
        case TrySource(url, options):
            return encode(f"try {url} with {format_options(options)}" if options else f"try {url}")
        case ListCriteria(scope, person, initiative):
            return _list(scope, "" if person is None else encode_entity(person), initiative)
        case ShowCriterion(name):
            return f"show {format_name(name)}"
        case ShowHistory(name, period):
            return _history(name, period)
        case CheckCriterion(name):
            return f"check {format_name(name)}"
        case SetReading(name, value, note):
            return f"set {format_name(name)} {format_decimal(value)}" + (
                encode(f" {quote(note)}") if note else ""
            )
        case ChangeCriterionState(name, to):
            return f"{_STATE_WORDS[to]} {format_name(name)}"
        case ExportCriteria(name):
            return "export" if name is None else f"export {format_name(name)}"
        case ExportProgress(initiative):
            return f"export{_last_clauses(None, None, _only(initiative))}"
        case ShowAway():
            return "away"
        case StayAway(length):
            return f"away {'off' if length is None else format_duration(length)}"
        case ShowQuiet():
            return "quiet"
        case KeepQuiet(hours):
            return "quiet off" if hours is None else f"quiet {hours.starts:%H:%M} to {hours.ends:%H:%M}"
        case ShowMaintenance():
            return "maintenance"
        case KeepMaintenance(host, length):
            return f"maintenance {host} {'off' if length is None else format_duration(length)}"
        case OpenShipForm():
            return "ship"
        case ShipChange(name, initiative, reactions):
            what = f"{encode(quote(name))} reactions" if reactions else format_name(name)
            return f"ship {what}{_last_clauses(None, None, _only(initiative))}"
        case MakeShipToken(initiative):
            return f"token{_last_clauses(None, None, _only(initiative))}"
        case RevokeShipTokens(initiative):
            return f"token revoke{_last_clauses(None, None, _only(initiative))}"
        case ShowLoopTime(initiative):
            return f"time{_last_clauses(None, None, _only(initiative))}"
        case OpenDecideForm():
            return "decide"
        case Decide(kind, initiative, reason):
            why = f" because {encode(quote(reason))}" if reason else ""
            return f"decide {kind}{_last_clauses(None, None, _only(initiative))}{why}"
        case StartIteration(goal, due, initiative):
            return f"iterate {format_name(goal)} by {format_date(due)}{_last_clauses(None, None, _only(initiative))}"
        case OpenFollowUpForm():
            return "follow-up"
        case AddFollowUp(text, owner, due, initiative):
            what = f"{format_name(text)} owner {encode_entity(owner)} by {format_date(due)}"
            return f"follow-up {what}{_last_clauses(None, None, _only(initiative))}"
        case ListFollowUps(scope, initiative):
            return f"follow-ups{_list(scope, '', initiative).removeprefix('list')}"
        case OpenLineForm():
            return "line"
        case WriteLine(keep, stop, decide_by, initiative):
            halves = f"{_half('keep', keep)}{_half('stop', stop)}"
            return f"line{halves} decide by {format_date(decide_by)}{_last_clauses(None, None, _only(initiative))}"
        case ShowDaysOff():
            return "days off"
        case TakeDaysOff(first, last):
            return f"days off {format_date(first)}{'' if last is None else f' to {format_date(last)}'}"
        case TakeCalendar(url):
            return encode(f"days off from {url}")
        case GiveUpCalendar(host):
            return f"days off remove {host}"
        case GiveUpDaysOff(day):
            return f"days off remove {format_date(day)}"
        case CheckInCriterion(name):
            return f"check-in {format_name(name)}"
        case NudgeOwner(name):
            return f"nudge {format_name(name)}"
        case EditCriterion(name):
            return f"edit {format_name(name)}"
        case StrikeReading(name, value, reason):
            if not reason:
                return f"strike {format_name(name)}"
            # In quotes, since a name may end with a number.
            number = "" if value is None else f" {format_decimal(value)}"
            return f"strike {encode(quote(name))}{number} {encode(quote(reason))}"
        case MakeToken(name):
            return f"token {format_name(name)}"
        case RevokeTokens(name):
            return f"token {format_name(name)} revoke"
        case ListRecipes(word):
            return f"recipes {encode(word)}".rstrip()
        case ListSecrets(name):
            return "secret" if name is None else f"secret {name}"
        case OpenInitiativeForm():
            return "new"
        case NewInitiative(name, due, channel, owner, zone):
            place = "" if channel is None else f" in {encode_entity(channel)}"
            return f"new {format_name(name)} by {format_date(due)}{place}{_last_clauses(owner, zone, ())}"
        case ListInitiatives() | ListSchedules() | ListPrompts():
            return "list"
        case ShowInitiative(name):
            return "show" if name is None else f"show {format_name(name)}"
        case Broadcast(on, name):
            return f"broadcast {'on' if on else 'off'}" + (f" {format_name(name)}" if name else "")
        case SetCheckIns(cadence, initiative):
            when = "off" if cadence is None else format_every(cadence)
            return f"check-ins {when}{_last_clauses(None, None, _only(initiative))}"
        case CloseInitiative(name):
            return "close" if name is None else f"close {format_name(name)}"
        case ShareInitiative(name, length):
            until = "" if length == DEFAULT_SHARED else f" for {format_duration(length)}"
            return f"share{'' if name is None else f' {format_name(name)}'}{until}"
        case UnshareInitiative(name):
            return "unshare" if name is None else f"unshare {format_name(name)}"
        case PreviewProgress(initiative):
            return _last_clauses(None, None, _only(initiative)).lstrip()
        case OpenScheduleForm():
            return "schedule"
        case ScheduleProgress(cadence, channel, initiatives, zone, only, scope, on_days_off):
            place = "" if channel is None else f" in {encode_entity(channel)}"
            if only is not PostOnly.ALWAYS:
                place += f" only if {only}"
            if on_days_off is OnDaysOff.MOVE:
                place += " moving days off"
            which = "" if scope is ScheduleScope.NAMED else f" for {scope}"
            return f"schedule {format_every(cadence)}{place}{_last_clauses(None, zone, initiatives)}{which}"
        case ChangeSchedule(to, number):
            return f"{to}{_number(number)}"
        case TestSchedule(number):
            return f"test{_number(number)}"
        case AddNote(text):
            return encode(text)
        case OpenAskForm():
            return "ask"
        case AskPrompt():
            return _ask(request)
        case EditPrompt(number, title):
            return f"edit{_named_prompt(number, title)}"
        case ExportResponses(number, title):
            return f"export{_named_prompt(number, title)}"
        case PromptResults(number, title):
            return f"results{_named_prompt(number, title)}"
        case ClosePrompt(number, title):
            return f"close{_named_prompt(number, title)}"
        case ListNotes(state):
            return "notes" if state is None else f"notes {state}"
        case OpenInboxForm():
            return "inbox"
        case OpenInbox(code):
            return f"inbox {code}"
        case FeedbackPrivacy():
            return "privacy"
        case Help(_, unknown):
            return "help" if unknown is None else encode(unknown)


def _named_prompt(number: int | None, title: str | None) -> str:
    return _number(number) + ("" if title is None else encode(f" {quote(title)}"))


def format_name(name: str) -> str:
    """Return a name, in quotes and encoded unless it can't be misread without."""
    plain = _PLAIN_NAME.fullmatch(name) and not _RESERVED.intersection(name.casefold().split())
    return name if plain else encode(quote(name))


def format_decimal(value: Decimal) -> str:
    """Return a number that `parse_number` reads back: plain digits, no separators, no zeros that say nothing.

    An exponent is used only where plain digits would be too many to read back.
    """
    if not value:
        return "0"
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    digits = sum(character.isdigit() for character in plain.lstrip("-0."))
    return plain if digits <= DIGITS_LIMIT else str(value)


def format_duration(duration: timedelta) -> str:
    """Return a duration as one token: ``30m``, ``1h30m``, ``2d``; seconds are left out."""
    minutes = int(duration / timedelta(minutes=1))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if count]
    return "".join(parts) or "0m"


def format_cadence(cadence: Cadence) -> str:
    """Return a rhythm as it follows `every`: ``30m``, ``day 09:30``, ``Mon 09:00``, ``cron "0 9 * * 1"``."""
    match cadence:
        case Elapsed(duration):
            return format_duration(duration)
        case Daily(at):
            return f"day {_clock(at)}"
        case Weekly(days, at, weeks):
            named = "weekday" if days == WORKDAYS else ",".join(days)
            return f"{'' if weeks == 1 else f'{weeks} weeks '}{named} {_clock(at)}"
        case LastWeekday(at):
            return f"last weekday {_clock(at)}"
        case Cron(line):
            return f'cron "{line}"'


def format_every(cadence: Cadence) -> str:
    """Return a rhythm as a clause: ``every Mon 09:00``, or ``cron "0 9 * * 1"``."""
    text = format_cadence(cadence)
    return text if isinstance(cadence, Cron) else f"every {text}"


def format_date(spec: DateSpec) -> str:
    """Return a date as typed: ``2026-12-31``, ``31 Dec``, ``in 6 weeks``, ``end of quarter``."""
    match spec:
        case Iso(day):
            return day.isoformat()
        case DayMonth(day, month):
            return f"{day} {MONTHS[month - 1]}"
        case In(count, unit):
            return f"in {count} {unit}{'' if count == 1 else 's'}"
        case EndOf(period):
            return f"end of {period}"


def format_condition(condition: Condition, unit: str = "") -> str:
    """Return ``>= 500 ms`` or ``between 5 and 9 ms``, with the operator as it was typed where it is known."""
    typed = condition.typed
    if OPERATORS.get(collapse(typed).casefold()) != condition.direction:
        typed = SYMBOLS.get(condition.direction, "between")
    bounds = [condition.target] + ([] if condition.target_high is None else [condition.target_high])
    numbers = " and ".join(format_decimal(bound) for bound in bounds)
    return f"{typed} {numbers}{_unit(unit)}"


def format_source(source: SourceSpec) -> str:
    """Return ``source manual``, ``source https://… path $.…`` or ``source csv https://… with column=Users``."""
    is_json = source.kind == SourceKind.HTTP_JSON
    parts = ["source"]
    if not is_json or source.url is None:
        parts.append(source.kind)
    if source.url is not None:
        parts.append(source.url)
    if source.path is not None and not (is_json and source.path == WHOLE_BODY):
        parts.append(f"path {source.path}")
    if source.options:
        parts.append(f"with {format_options(source.options)}")
    return " ".join(parts)


def _add(request: AddCriterion) -> str:
    name = request.name if format_name(request.name) == request.name else quote(request.name)
    parts = [f"add {name} {format_condition(request.condition, request.unit)}"]
    if request.kind == Kind.GUARDRAIL:
        parts.append("guardrail")
    if request.baseline is not None:
        parts.append(f"from {format_decimal(request.baseline)}")
    if request.due is not None:
        parts.append(f"by {format_date(request.due)}")
    parts.append(format_source(request.source))
    if request.every is not None:
        parts.append(format_every(request.every))
    return " ".join(parts)


def _last_clauses(owner: UserRef | None, zone: str | None, initiatives: tuple[str, ...]) -> str:
    parts = []
    if owner is not None:
        parts.append(f" owner {encode_entity(owner)}")
    if zone is not None:
        parts.append(f" zone {zone}")
    if len(initiatives) == 1:
        parts.append(f" for {format_name(initiatives[0])}")
    elif initiatives:
        parts.append(" for " + ", ".join(encode(quote(name)) for name in initiatives))
    return "".join(parts)


def _only(initiative: str | None) -> tuple[str, ...]:
    return () if initiative is None else (initiative,)


def _list(scope: Scope, person: str, initiative: str | None) -> str:
    if scope == Scope.HERE:
        return "list"
    if scope == Scope.PERSON:
        return f"list {person}"
    if scope == Scope.INITIATIVE:
        return "list" + _last_clauses(None, None, _only(initiative))
    return f"list {scope}"


def _history(name: str, period: Period) -> str:
    plain = format_name(name) == name and not {"last", "to"}.intersection(name.casefold().split())
    text = f"history {name if plain else encode(quote(name))}"
    if period == DEFAULT_PERIOD:
        return text
    if isinstance(period, Last):
        return f"{text} last {format_duration(period.length)}"
    until = "" if period.last is None else f" to {format_date(period.last)}"
    return f"{text} from {format_date(period.first)}{until}"


def _ask(request: AskPrompt) -> str:
    parts = [encode(f"ask {quote(request.question)}")]
    if request.kind is PromptKind.FORM:
        parts += [encode(f"question {format_question(question)}") for question in request.questions]
    else:
        parts += [encode(part) for part in format_kind(request.kind, request.options)]
    if request.comment:
        parts.append("comment")
    if request.anonymous:
        parts.append("anonymous")
        if request.floor != DEFAULT_FLOOR:
            parts.append(f"floor {request.floor}")
    if request.reach is not Reach.CHANNEL:
        to = " ".join(encode_entity(person) for person in request.people) or Reach.EVERYONE.value
        parts.append(f"to {to}")
    if request.channel is not None:
        parts.append(f"in {encode_entity(request.channel)}")
    if request.every is not None:
        parts.append(format_every(request.every))
    if request.closes_in is not None:
        parts.append(f"closes in {format_duration(request.closes_in)}")
    if request.close_after is not None:
        parts.append(f"closes after {request.close_after} answer{'' if request.close_after == 1 else 's'}")
    if request.results is not None:
        parts.append(f"results {request.results}")
    if request.open_options:
        parts.append("open options")
    if request.remind:
        parts.append("remind")
    if request.reactions:
        parts.append("reactions")
    return " ".join(parts)


def _half(word: str, half: LineHalf | None) -> str:
    if half is None:
        return ""
    return encode(f" {word} if {quote(half.name)} {format_condition(half.condition, half.unit)}")


def _number(number: int | None) -> str:
    return "" if number is None else f" #{number}"


def _unit(unit: str) -> str:
    if not unit:
        return ""
    plain = _PLAIN_UNIT.fullmatch(unit) and unit.casefold() not in _RESERVED
    return f" {unit}" if plain else f" {quote(unit)}"


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
