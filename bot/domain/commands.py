"""Command text into requests. No clock is needed: dates stay as typed (`dates.resolve` settles them)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bot.domain.addresses import check_url, read_host
from bot.domain.clauses import ClauseReader, one_initiative
from bot.domain.criterion import CriterionState
from bot.domain.criterion_text import read_criterion, read_reading, read_strike
from bot.domain.dates import DayMonth, read_date
from bot.domain.durations import spell
from bot.domain.entities import DOUBLE_QUOTES, Line, LinkRef, Token, UserRef, cut, read_line, tokenize
from bot.domain.formatting import example_of
from bot.domain.history_text import read_history
from bot.domain.keywords import opens_clause
from bot.domain.line_text import read_decision_line
from bot.domain.loop_text import (
    read_decision,
    read_iteration,
    read_loop_time,
    read_ship,
    read_ship_token,
)
from bot.domain.names import parse_name
from bot.domain.note import NoteState
from bot.domain.options import Options, read_options
from bot.domain.post_schedule import ScheduleScope
from bot.domain.prompt_text import read_prompt
from bot.domain.quantities import parse_duration, read_duration
from bot.domain.references import CHOOSE_PERSON, name_to_end, refuse_open_quote
from bot.domain.requests import (
    DEFAULT_SHARED,
    AddNote,
    Broadcast,
    ChangeCriterionState,
    ChangeSchedule,
    CheckCriterion,
    CheckInCriterion,
    CloseInitiative,
    ClosePrompt,
    EditCriterion,
    ExportCriteria,
    ExportProgress,
    ExportResponses,
    FeedbackPrivacy,
    GiveUpDaysOff,
    Help,
    KeepMaintenance,
    ListCriteria,
    ListInitiatives,
    ListNotes,
    ListPrompts,
    ListRecipes,
    ListSchedules,
    ListSecrets,
    MakeToken,
    NewInitiative,
    OpenAddForm,
    OpenAskForm,
    OpenCriteria,
    OpenDecideForm,
    OpenInitiativeForm,
    OpenLineForm,
    OpenScheduleForm,
    OpenShipForm,
    PreviewProgress,
    PromptResults,
    Request,
    RevokeTokens,
    ScheduleChange,
    ScheduleProgress,
    Scope,
    ShareInitiative,
    ShowAway,
    ShowCriterion,
    ShowDaysOff,
    ShowInitiative,
    ShowMaintenance,
    StayAway,
    TakeDaysOff,
    TestSchedule,
    TrySource,
    UnshareInitiative,
)
from bot.domain.rhythms import EXAMPLES, read_every
from bot.domain.secret import parse_secret_name
from bot.domain.usage import NOT_YET
from bot.errors import UserError

TEXT_LIMIT = 12_000
SHARED_LEAST = timedelta(hours=1)
AWAY_LEAST, AWAY_MOST = timedelta(hours=1), timedelta(days=90)
MAINTENANCE_LEAST, MAINTENANCE_MOST = timedelta(minutes=5), timedelta(days=7)

_STATES = {"pause": CriterionState.PAUSED, "resume": CriterionState.OPEN, "archive": CriterionState.ARCHIVED}
_INITIATIVE_KEYWORDS = frozenset({"by", "in", "owner", "zone"})
_SCHEDULE_KEYWORDS = frozenset({"every", "cron", "only", "skipping", "moving", "in", "for", "zone"})
_SCHEDULE_NUMBER = re.compile(r"#?([0-9]{1,9})")
_PROMPT_NUMBER = re.compile(r"#([0-9]{1,9})")


def parse(command: str, text: str) -> Request:
    """Return what a person asks for.

    Args:
        command: Canonical name without slash and prefix: criteria, initiative, progress, feedback or loop.
        text: What follows the command, as Slack sent it, encoded or raw.

    Raises:
        UserError: it can't be read; the field says which part is to blame.
        KeyError: there is no such command.
    """
    reader = _COMMANDS[command]
    if len(text) > TEXT_LIMIT:
        raise UserError(
            f"That text has {len(text):,} characters; {TEXT_LIMIT:,} is the most. Shorten it.", field="text"
        )
    return reader(read_line(text), 0)


def _criteria(line: Line, start: int) -> Request:
    word, after, more = _first(line, start)
    if word == "":
        return OpenCriteria()
    if word == "add":
        return read_criterion(line, after) if more else OpenAddForm()
    if word == "try":
        return _try(line, after)
    if word == "list":
        return _list_criteria(line, after)
    if word == "set":
        return read_reading(line, after)
    if word == "show":
        return ShowCriterion(_criterion_name(line, after))
    if word == "history":
        return read_history(line, after)
    if word == "check":
        return CheckCriterion(_criterion_name(line, after))
    if word == "export":
        return ExportCriteria(_criterion_name(line, after) if more else None)
    if word in ("check-in", "checkin"):
        return CheckInCriterion(_criterion_name(line, after))
    if word == "edit":
        return EditCriterion(_criterion_name(line, after))
    if word == "strike":
        return read_strike(line, after)
    if word == "token":
        return _token(line, after)
    if word == "secret":
        return _secrets(line, after)
    if word == "recipes":
        return ListRecipes(line.show_inline(after))
    if word in _STATES:
        return ChangeCriterionState(_criterion_name(line, after), _STATES[word])
    return _help("criteria", line, start)


def _initiative(line: Line, start: int) -> Request:
    word, after, more = _first(line, start)
    if word == "new":
        return _new_initiative(line, after) if more else OpenInitiativeForm()
    if word in ("", "list"):
        _nothing_after(line, after)
        return ListInitiatives()
    if word in ("show", "close"):
        name = name_to_end(line, after, what="initiative", field="initiative") if more else None
        return ShowInitiative(name) if word == "show" else CloseInitiative(name)
    if word == "share":
        return _share(line, after)
    if word == "unshare":
        name = name_to_end(line, after, what="initiative", field="initiative") if more else None
        return UnshareInitiative(name)
    if word == "broadcast":
        return _broadcast(line, after)
    return _help("initiative", line, start)


def _broadcast(line: Line, start: int) -> Broadcast:
    word, after, more = _first(line, start)
    if word not in ("on", "off"):
        raise UserError(
            "Say on or off: whether status changes are shown in the channel, and not in the thread alone.",
            field="text",
            example=example_of(Broadcast(on=True)),
        )
    name = name_to_end(line, after, what="initiative", field="initiative") if more else None
    return Broadcast(word == "on", name)


def _progress(line: Line, start: int) -> Request:
    word, after, more = _first(line, start)
    if word == "":
        return PreviewProgress()
    if word == "for":
        return PreviewProgress(one_initiative(ClauseReader(line, start, {"for"}).read_all()))
    if word == "export":
        clauses = ClauseReader(line, after, {"for"}).read_all() if more else None
        return ExportProgress(one_initiative(clauses) if clauses else None)
    if word == "schedule":
        return _schedule(line, after) if more else OpenScheduleForm()
    if word == "list":
        _nothing_after(line, after)
        return ListSchedules()
    if word == "test":
        return TestSchedule(_schedule_number(line, after))
    if word in tuple(ScheduleChange):
        return ChangeSchedule(ScheduleChange(word), _schedule_number(line, after))
    return _help("progress", line, start)


def _feedback(line: Line, start: int) -> Request:
    tokens = tokenize(line, start)
    word = tokens[0].key if tokens else ""
    follows = tokens[1:]
    if not tokens or (word == "help" and not follows):
        return Help("feedback")
    if word == "privacy" and not follows:
        return FeedbackPrivacy()
    if word == "list" and not follows:
        return ListPrompts()
    if word == "notes" and (not follows or _state_of(follows) is not None):
        return ListNotes(_state_of(follows))
    if word == "ask" and not follows:
        return OpenAskForm()
    if word == "ask" and line.text[follows[0].start] in DOUBLE_QUOTES:
        return read_prompt(line, follows[0].start)
    if word in ("results", "close", "edit", "export") and _names_prompt(follows):
        if (later := NOT_YET.get(("feedback", word))) is not None:
            raise UserError(later, field="text")
        number, title = _prompt(follows)
        if word == "export":
            return ExportResponses(number, title)
        return PromptResults(number, title) if word == "results" else ClosePrompt(number, title)
    return AddNote(line.show(start))


def _state_of(tokens: list[Token]) -> NoteState | None:
    typed = " ".join(token.key for token in tokens)
    return NoteState(typed) if typed in tuple(NoteState) else None


def _loop(line: Line, start: int) -> Request:
    word, after, more = _first(line, start)
    if word == "away":
        return _away(line, after)
    if word == "maintenance":
        return _maintenance(line, after)
    if word == "ship":
        return read_ship(line, after) if more else OpenShipForm()
    if word == "token":
        return read_ship_token(line, after)
    if word == "time":
        return read_loop_time(line, after)
    if word == "decide":
        return read_decision(line, after) if more else OpenDecideForm()
    if word == "iterate":
        return read_iteration(line, after)
    if word == "line":
        return read_decision_line(line, after) if more else OpenLineForm()
    if word in ("days", "days-off"):
        return _days_off(line, after, whole=word == "days-off")
    reader = _DELEGATES.get(word)
    return _help("loop", line, start) if reader is None else reader(line, after)


def _away(line: Line, start: int) -> ShowAway | StayAway:
    tokens = tokenize(line, start)
    if not tokens:
        return ShowAway()
    if len(tokens) == 1 and tokens[0].key in ("off", "back"):
        return StayAway(None)
    length = read_duration(tokens[0].key, field="text") if len(tokens) == 1 else None
    if length is None:
        raise UserError(
            f"I can't read “{cut(line.show_inline(start))}” as how long. Type it as one word.",
            field="text",
            example=example_of(StayAway(timedelta(days=3))),
        )
    if not AWAY_LEAST <= length <= AWAY_MOST:
        raise UserError(
            f"One is away for {spell(AWAY_LEAST)} at least and {spell(AWAY_MOST)} at most.",
            field="text",
            example=example_of(StayAway(timedelta(days=3))),
        )
    return StayAway(length)


def _maintenance(line: Line, start: int) -> ShowMaintenance | KeepMaintenance:
    tokens = tokenize(line, start)
    if not tokens:
        return ShowMaintenance()
    example = example_of(KeepMaintenance("grafana.example.com", timedelta(hours=2)))
    first, follows = tokens[0], tokens[1:]
    host = read_host(first.entity.url if isinstance(first.entity, LinkRef) else first.text)
    if host is None:
        raise UserError(
            f"“{cut(first.text)}” is no host. Name the one its criteria read.", field="text", example=example
        )
    if len(follows) == 1 and follows[0].key in ("off", "over", "end"):
        return KeepMaintenance(host, None)
    length = read_duration(follows[0].key, field="text") if len(follows) == 1 else None
    if length is None:
        raise UserError(
            f"Say in one word how long {host} is under maintenance, or off.", field="text", example=example
        )
    if not MAINTENANCE_LEAST <= length <= MAINTENANCE_MOST:
        raise UserError(
            f"A maintenance lasts {spell(MAINTENANCE_LEAST)} at least and {spell(MAINTENANCE_MOST)} at most.",
            field="text",
            example=example,
        )
    return KeepMaintenance(host, length)


def _days_off(line: Line, start: int, *, whole: bool) -> ShowDaysOff | TakeDaysOff | GiveUpDaysOff:
    """Read what follows `days-off`, or `days`, after which comes `off`."""
    tokens = tokenize(line, start)
    example = example_of(TakeDaysOff(DayMonth(24, 12), DayMonth(26, 12)))
    if not whole:
        if not tokens or tokens[0].key != "off":
            raise UserError("Days off are typed so.", field="text", example=example)
        tokens = tokens[1:]
    if not tokens:
        return ShowDaysOff()
    if removing := tokens[0].key == "remove":
        tokens = tokens[1:]
    if not tokens:
        raise UserError("Say which day.", field="text", example=example_of(GiveUpDaysOff(DayMonth(24, 12))))
    first, used = read_date(tokens, field="text")
    tokens = tokens[used:]
    last = None
    if not removing and len(tokens) > 1 and tokens[0].key == "to":
        last, used = read_date(tokens[1:], field="text")
        tokens = tokens[1 + used :]
    if tokens:
        raise UserError(
            f"I can't read “{cut(line.show_inline(tokens[0].start))}” after that day.",
            field="text",
            example=example_of(GiveUpDaysOff(first)) if removing else example,
        )
    return GiveUpDaysOff(first) if removing else TakeDaysOff(first, last)


_DELEGATES: dict[str, Callable[[Line, int], Request]] = {
    "criteria": _criteria,
    "initiative": _initiative,
    "progress": _progress,
    "feedback": _feedback,
}
_COMMANDS = {**_DELEGATES, "loop": _loop}


def _first(line: Line, start: int) -> tuple[str, int, bool]:
    """Return the first word's key, where it ends, and whether anything follows."""
    tokens = tokenize(line, start)
    if not tokens:
        return "", start, False
    return tokens[0].key or tokens[0].text, tokens[0].end, len(tokens) > 1


def _help(command: str, line: Line, start: int) -> Help:
    tokens = tokenize(line, start)
    if not tokens or tokens[0].key == "help":
        return Help(command)
    if (later := NOT_YET.get((command, tokens[0].key))) is not None:
        raise UserError(later, field="text")
    return Help(command, cut(line.show_inline(tokens[0].start, tokens[0].end).split(" ")[0]))


def _nothing_after(line: Line, start: int) -> None:
    rest = line.show_inline(start)
    if rest:
        raise UserError(f"I can't read “{cut(rest)}” after that. Leave it out.", field="text")


def _criterion_name(line: Line, start: int) -> str:
    return name_to_end(line, start, what="criterion", field="name")


def _token(line: Line, start: int) -> MakeToken | RevokeTokens:
    tokens = tokenize(line, start)
    if len(tokens) > 1 and tokens[-1].key == "revoke":
        # The word last: a name that ends with it goes in quotes.
        if tokens[0].quoted and len(tokens) == 2:
            return RevokeTokens(parse_name(tokens[0].text, what="criterion", field="name"))
        if not tokens[0].quoted:
            typed = line.show_inline(start, tokens[-1].start)
            return RevokeTokens(parse_name(typed, what="criterion", field="name"))
    return MakeToken(_criterion_name(line, start))


def _share(line: Line, start: int) -> ShareInitiative:
    tokens = tokenize(line, start)
    length = DEFAULT_SHARED
    at = next((at for at in reversed(range(len(tokens))) if tokens[at].key == "for"), len(tokens))
    typed = "".join(token.key for token in tokens[at + 1 :])
    # Anything else after `for` belongs to the name: Prepare for launch.
    if read_duration(typed, field="text") is not None:
        length = parse_duration(typed, field="text")
        if length < SHARED_LEAST:
            raise UserError(
                f"A link works for {spell(SHARED_LEAST)} at least.",
                field="text",
                example=example_of(ShareInitiative()),
            )
        tokens = tokens[:at]
    if not tokens:
        return ShareInitiative(None, length)
    head = Line(line.text[: tokens[-1].end], line.entities)
    return ShareInitiative(name_to_end(head, start, what="initiative", field="initiative"), length)


def _secrets(line: Line, start: int) -> ListSecrets:
    tokens = tokenize(line, start)
    if not tokens:
        return ListSecrets()
    try:
        name = parse_secret_name(tokens[0].text)
    except UserError:
        name = ""
    if not name or len(tokens) > 1:
        raise UserError(
            "After secret comes one name or nothing; the secret itself is never typed in a command. Type "
            "`/criteria secret` and press [Add secret]. What you typed is not repeated here and not kept.",
            field="text",
            repeatable=False,
        )
    return ListSecrets(name)


def _try(line: Line, start: int) -> TrySource:
    tokens = tokenize(line, start)
    if not tokens:
        raise UserError(
            "Type the address to try.",
            field="url",
            example=example_of(TrySource("https://api.example.com/stats")),
        )
    first = tokens[0]
    url = check_url(first.entity.url if isinstance(first.entity, LinkRef) else first.text)
    options: Options = ()
    end = first.end
    if len(tokens) > 1 and tokens[1].key == "with":
        options, end = read_options(line, tokens[1].end)
        if not options:
            example = example_of(TrySource(url, (("method", "POST"),)))
            raise UserError("After with come options, as name=text.", field="options", example=example)
    _nothing_after(line, end)
    return TrySource(url, options)


def _list_criteria(line: Line, start: int) -> ListCriteria:
    tokens = tokenize(line, start)
    if not tokens:
        return ListCriteria()
    first = tokens[0]
    if first.key == "for":
        clauses = ClauseReader(line, start, {"for"}).read_all()
        if clauses.word:
            return ListCriteria(Scope(clauses.word))
        return ListCriteria(Scope.INITIATIVE, initiative=one_initiative(clauses))
    if isinstance(first.entity, UserRef):
        _nothing_after(line, first.end)
        return ListCriteria(Scope.PERSON, person=first.entity)
    if first.key.startswith("@"):
        raise UserError(f"“{cut(first.text)}” is not a person Slack knows. {CHOOSE_PERSON}.", field="owner")
    if first.key in (Scope.MINE, Scope.BEHIND, Scope.ALL):
        _nothing_after(line, first.end)
        return ListCriteria(Scope(first.key))
    name = tokens[0].text if first.quoted else line.show_inline(start)
    raise UserError(
        f"I can't list “{cut(name)}”. Type list, list mine, list behind, list all or list for NAME.",
        field="text",
        example=example_of(ListCriteria(Scope.INITIATIVE, initiative=name)),
    )


def _new_initiative(line: Line, start: int) -> NewInitiative:
    tokens = tokenize(line, start)
    if tokens[0].quoted:
        typed, end = tokens[0].text, tokens[0].end
    else:
        refuse_open_quote(tokens[0].text, "name")
        end = next(
            (
                token.start
                for at, token in enumerate(tokens)
                if opens_clause(tokens, at, _INITIATIVE_KEYWORDS)
            ),
            len(line.text),
        )
        typed = line.show_inline(start, end)
    clauses = ClauseReader(line, end, _INITIATIVE_KEYWORDS).read_all()
    name = parse_name(typed, what="initiative")
    if clauses.due is None:
        _blame_date(tokens)
        raise UserError(
            "An initiative needs the day it ends.",
            field="due",
            example=example_of(
                NewInitiative(name, DayMonth(31, 12), clauses.channel, clauses.owner, clauses.zone)
            ),
        )
    return NewInitiative(name, clauses.due, clauses.channel, clauses.owner, clauses.zone)


def _blame_date(tokens: list[Token]) -> None:
    """Say what is wrong with the date if an unquoted `by` has something after it that reads as none."""
    for at in range(len(tokens) - 2, 0, -1):
        if tokens[at].key == "by":
            read_date(tokens[at + 1 :])


def _schedule(line: Line, start: int) -> ScheduleProgress:
    reader = ClauseReader(line, start, _SCHEDULE_KEYWORDS, every_field="cadence")
    first = reader.peek()
    if first is not None and first.key not in _SCHEDULE_KEYWORDS:
        # `schedule Mon 09:00` lacks `every`; anything else gets the examples.
        cadence, _ = read_every(tokenize(line, start), field="cadence")
        example = example_of(ScheduleProgress(cadence))
        raise UserError(f"Put every before the days: `{example}`.", field="cadence", example=example)
    clauses = reader.read_all()
    if clauses.every is None:
        raise UserError(
            f"Say when to post: {EXAMPLES}.", field="cadence", example="/progress schedule every Mon 09:00"
        )
    scope = ScheduleScope(clauses.word) if clauses.word else ScheduleScope.NAMED
    return ScheduleProgress(
        clauses.every,
        clauses.channel,
        clauses.names,
        clauses.zone,
        clauses.only,
        scope,
        clauses.on_days_off,
    )


def _schedule_number(line: Line, start: int) -> int | None:
    tokens = tokenize(line, start)
    if not tokens:
        return None
    match = _SCHEDULE_NUMBER.fullmatch(tokens[0].key)
    if match is None or len(tokens) > 1:
        raise UserError(
            f"“{cut(line.show_inline(start))}” is no schedule's number. Type it as `list` shows it, like #3.",
            field="text",
        )
    return int(match[1])


def _names_prompt(tokens: list[Token]) -> bool:
    return not tokens or (
        len(tokens) == 1 and (tokens[0].quoted or _PROMPT_NUMBER.fullmatch(tokens[0].key) is not None)
    )


def _prompt(tokens: list[Token]) -> tuple[int | None, str | None]:
    if not tokens:
        return None, None
    match = _PROMPT_NUMBER.fullmatch(tokens[0].key)
    return (None, tokens[0].text) if match is None else (int(match[1]), None)
