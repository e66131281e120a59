"""Command text into requests. No clock is needed: dates stay as typed (`dates.resolve` settles them)."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain.clauses import ClauseReader, one_initiative
from bot.domain.criterion import CriterionState
from bot.domain.criterion_text import read_criterion, read_reading, read_strike
from bot.domain.entities import DOUBLE_QUOTES, Line, Token, cut, read_line, tokenize
from bot.domain.first_words import first_word, refuse_more
from bot.domain.follow_up_text import read_follow_up, read_follow_ups
from bot.domain.history_text import read_history
from bot.domain.inbox import is_shown_code, parse_code, read_code, seems_code
from bot.domain.initiative_text import read_broadcast, read_check_ins, read_initiative, read_share
from bot.domain.line_text import read_decision_line
from bot.domain.list_text import read_list
from bot.domain.loop_text import (
    read_decision,
    read_iteration,
    read_loop_time,
    read_ship,
    read_ship_token,
)
from bot.domain.note import NoteState
from bot.domain.prompt_text import read_prompt
from bot.domain.references import name_to_end, read_criterion_name
from bot.domain.requests import (
    AddNote,
    ChangeCriterionState,
    ChangeSchedule,
    CheckCriterion,
    CheckInCriterion,
    CloseInitiative,
    ClosePrompt,
    EditCriterion,
    EditPrompt,
    ExportCriteria,
    ExportProgress,
    ExportResponses,
    FeedbackPrivacy,
    Help,
    ListInitiatives,
    ListNotes,
    ListPrompts,
    ListRecipes,
    ListSchedules,
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
    ScheduleChange,
    ShowCriterion,
    ShowInitiative,
    TestSchedule,
    UnshareInitiative,
)
from bot.domain.schedule_text import read_schedule, read_schedule_number
from bot.domain.source_text import read_secret_name, read_token, read_try
from bot.domain.team_text import read_away, read_days_off, read_maintenance, read_quiet
from bot.domain.usage import NOT_YET
from bot.errors import UserError

TEXT_LIMIT = 12_000

_STATES = {"pause": CriterionState.PAUSED, "resume": CriterionState.OPEN, "archive": CriterionState.ARCHIVED}
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
    word, after, more = first_word(line, start)
    if word == "":
        return OpenCriteria()
    if word == "add":
        return read_criterion(line, after) if more else OpenAddForm()
    if word == "try":
        return read_try(line, after)
    if word == "list":
        return read_list(line, after)
    if word == "set":
        return read_reading(line, after)
    if word == "show":
        return ShowCriterion(read_criterion_name(line, after))
    if word == "history":
        return read_history(line, after)
    if word == "check":
        return CheckCriterion(read_criterion_name(line, after))
    if word == "export":
        return ExportCriteria(read_criterion_name(line, after) if more else None)
    if word in ("check-in", "checkin"):
        return CheckInCriterion(read_criterion_name(line, after))
    if word == "edit":
        return EditCriterion(read_criterion_name(line, after))
    if word == "strike":
        return read_strike(line, after)
    if word == "token":
        return read_token(line, after)
    if word == "secret":
        return read_secret_name(line, after)
    if word == "recipes":
        return ListRecipes(line.show_inline(after))
    if word in _STATES:
        return ChangeCriterionState(read_criterion_name(line, after), _STATES[word])
    return _help("criteria", line, start)


def _initiative(line: Line, start: int) -> Request:
    word, after, more = first_word(line, start)
    if word == "new":
        return read_initiative(line, after) if more else OpenInitiativeForm()
    if word in ("", "list"):
        refuse_more(line, after)
        return ListInitiatives()
    if word in ("show", "close"):
        name = name_to_end(line, after, what="initiative", field="initiative") if more else None
        return ShowInitiative(name) if word == "show" else CloseInitiative(name)
    if word == "share":
        return read_share(line, after)
    if word == "unshare":
        name = name_to_end(line, after, what="initiative", field="initiative") if more else None
        return UnshareInitiative(name)
    if word == "broadcast":
        return read_broadcast(line, after)
    if word in ("check-ins", "checkins"):
        return read_check_ins(line, after)
    return _help("initiative", line, start)


def _progress(line: Line, start: int) -> Request:
    word, after, more = first_word(line, start)
    if word == "":
        return PreviewProgress()
    if word == "for":
        return PreviewProgress(one_initiative(ClauseReader(line, start, {"for"}).read_all()))
    if word == "export":
        clauses = ClauseReader(line, after, {"for"}).read_all() if more else None
        return ExportProgress(one_initiative(clauses) if clauses else None)
    if word == "schedule":
        return read_schedule(line, after) if more else OpenScheduleForm()
    if word == "list":
        refuse_more(line, after)
        return ListSchedules()
    if word == "test":
        return TestSchedule(read_schedule_number(line, after))
    if word in tuple(ScheduleChange):
        return ChangeSchedule(ScheduleChange(word), read_schedule_number(line, after))
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
    if word == "inbox" and (request := _inbox(line, follows)) is not None:
        return request
    if word == "ask" and not follows:
        return OpenAskForm()
    if word == "ask" and line.text[follows[0].start] in DOUBLE_QUOTES:
        return read_prompt(line, follows[0].start)
    if word in ("results", "close", "edit", "export") and _names_prompt(follows):
        number, title = _prompt(follows)
        if word == "edit":
            return EditPrompt(number, title)
        if word == "export":
            return ExportResponses(number, title)
        return PromptResults(number, title) if word == "results" else ClosePrompt(number, title)
    typed = line.show(start)
    return OpenInbox(parse_code(typed)) if is_shown_code(typed) else AddNote(typed)


def _inbox(line: Line, follows: list[Token]) -> Request | None:
    """Return what `inbox` asks for, or None where what follows it is no code, not even a mistyped one."""
    if not follows:
        return OpenInboxForm()
    typed = line.show_inline(follows[0].start)
    return OpenInbox(parse_code(typed)) if read_code(typed) or seems_code(typed) else None


def _state_of(tokens: list[Token]) -> NoteState | None:
    typed = " ".join(token.key for token in tokens)
    return NoteState(typed) if typed in tuple(NoteState) else None


def _loop(line: Line, start: int) -> Request:
    word, after, more = first_word(line, start)
    if word == "away":
        return read_away(line, after)
    if word == "quiet":
        return read_quiet(line, after)
    if word == "maintenance":
        return read_maintenance(line, after)
    if word == "ship":
        return read_ship(line, after) if more else OpenShipForm()
    if word == "token":
        return read_ship_token(line, after)
    if word == "time":
        return read_loop_time(line, after)
    if word == "decide":
        return read_decision(line, after) if more else OpenDecideForm()
    if word == "follow" and (ups := first_word(line, after))[0] in ("up", "ups"):
        word, after, more = f"follow-{ups[0]}", *ups[1:]
    if word in ("follow-up", "followup"):
        return read_follow_up(line, after) if more else OpenFollowUpForm()
    if word in ("follow-ups", "followups"):
        return read_follow_ups(line, after)
    if word == "nudge":
        return NudgeOwner(read_criterion_name(line, after))
    if word == "iterate":
        return read_iteration(line, after)
    if word == "line":
        return read_decision_line(line, after) if more else OpenLineForm()
    if word in ("days", "days-off"):
        return read_days_off(line, after, whole=word == "days-off")
    reader = _DELEGATES.get(word)
    return _help("loop", line, start) if reader is None else reader(line, after)


_DELEGATES: dict[str, Callable[[Line, int], Request]] = {
    "criteria": _criteria,
    "initiative": _initiative,
    "progress": _progress,
    "feedback": _feedback,
}
_COMMANDS = {**_DELEGATES, "loop": _loop}


def _help(command: str, line: Line, start: int) -> Help:
    tokens = tokenize(line, start)
    if not tokens or tokens[0].key == "help":
        return Help(command)
    if (later := NOT_YET.get((command, tokens[0].key))) is not None:
        raise UserError(later, field="text")
    return Help(command, cut(line.show_inline(tokens[0].start, tokens[0].end).split(" ")[0]))


def _names_prompt(tokens: list[Token]) -> bool:
    return not tokens or (
        len(tokens) == 1 and (tokens[0].quoted or _PROMPT_NUMBER.fullmatch(tokens[0].key) is not None)
    )


def _prompt(tokens: list[Token]) -> tuple[int | None, str | None]:
    if not tokens:
        return None, None
    match = _PROMPT_NUMBER.fullmatch(tokens[0].key)
    return (None, tokens[0].text) if match is None else (int(match[1]), None)
