"""What follows `/loop follow-up` and `/loop follow-ups`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.domain.clauses import ClauseReader, Clauses, one_initiative
from bot.domain.dates import DateSpec, DayMonth, looks_like_date, read_date, resolve
from bot.domain.entities import Line, Token, UserRef, cut, read_line, tokenize
from bot.domain.first_words import refuse_more
from bot.domain.follow_up import TEXT_LIMIT, parse_follow_up
from bot.domain.formatting import example_of
from bot.domain.keywords import opens_clause
from bot.domain.references import refuse_open_quote
from bot.domain.requests import AddFollowUp, ListFollowUps, Scope
from bot.errors import UserError

_KEYWORDS = frozenset({"owner", "by", "for"})
_SAMPLE = "Write the runbook"
_SOMEBODY = UserRef("U0000000000", "Alice")
_SOME_DAY = DayMonth(12, 12)
_OWNER_ME = re.compile(r"\s+owner\s+(?:me|myself)$", re.IGNORECASE)
"""What names nobody, and is no part of what is to be done."""

_LISTS = (Scope.MINE, Scope.ALL)


def read_follow_up(line: Line, start: int) -> AddFollowUp | ListFollowUps:
    """Return what is to be done, by whom and by when; `mine` or `all` alone were meant for the list.

    Without quotes the text is everything before the owner or the day, so that a `for` in it is no initiative; one
    before a quoted name is.

    Raises:
        UserError: nothing to do (field ``text``), no owner (``owner``) or no day (``due``), each with an example
            made from what was typed, or what follows can't be read.
    """
    tokens = tokenize(line, start)
    if len(tokens) == 1 and tokens[0].key in _LISTS:
        return ListFollowUps(Scope(tokens[0].key))
    if not tokens[0].quoted:
        refuse_open_quote(tokens[0].text, "text")
    typed, end = _text_before(line, start, tokens)
    clauses = ClauseReader(line, end, _KEYWORDS).read_all()
    initiative = one_initiative(clauses)
    if not typed or clauses.owner is None or clauses.due is None:
        raise _lacks(typed, clauses, initiative)
    return AddFollowUp(parse_follow_up(typed), clauses.owner, clauses.due, initiative)


def read_follow_ups(line: Line, start: int) -> ListFollowUps:
    """Return which follow-ups are listed.

    Raises:
        UserError: it is none of the lists there are (field ``text``).
    """
    tokens = tokenize(line, start)
    if not tokens:
        return ListFollowUps()
    first = tokens[0]
    if first.key == "for":
        clauses = ClauseReader(line, start, {"for"}).read_all()
        if clauses.word:
            return ListFollowUps(Scope(clauses.word))
        return ListFollowUps(Scope.INITIATIVE, one_initiative(clauses))
    if first.key in _LISTS:
        refuse_more(line, first.end)
        return ListFollowUps(Scope(first.key))
    name = first.text if first.quoted else line.show_inline(start)
    raise UserError(
        f"I can't list “{cut(name)}”. Type follow-ups, follow-ups mine, follow-ups all or follow-ups for NAME.",
        field="text",
        example=example_of(ListFollowUps(Scope.INITIATIVE, name)),
    )


def salvage_follow_up(text: str, today: date) -> dict[str, str]:
    """Return the fields of the form that can be read of a typed line; what can't be is left out.

    Args:
        text: What followed `/loop`, as Slack sent it.
        today: The day it is for the person.

    Returns:
        Field → text. ``owner`` is a Slack user id, ``initiative`` a name, ``due`` an ISO day.
    """
    line = read_line(text)
    tokens = _after_command(tokenize(line))
    if not tokens:
        return {}
    typed, end = _text_before(line, tokens[0].start, tokens)
    filled = {"text": _OWNER_ME.sub("", typed)[:TEXT_LIMIT]}
    clauses = [token for token in tokens if token.start >= end]
    for place, token in enumerate(clauses):
        rest = clauses[place + 1 :]
        if token.key == "owner" and rest and isinstance(rest[0].entity, UserRef):
            filled["owner"] = rest[0].entity.id
        if token.key == "by" and looks_like_date(rest):
            filled["due"] = _day(rest, today)
        if token.key == "for" and rest:
            filled["initiative"] = rest[0].text if rest[0].quoted else line.show_inline(rest[0].start)
            break
    return {field: value for field, value in filled.items() if value}


def _after_command(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return what follows `follow-up`, or `follow up` in two words."""
    words = 2 if [token.key for token in tokens[:1]] == ["follow"] else 1
    return tokens[words:]


def _text_before(line: Line, start: int, tokens: Sequence[Token]) -> tuple[str, int]:
    """Return quoted text or everything before the first clause, and where the clauses begin."""
    if tokens[0].quoted:
        return tokens[0].text, tokens[0].end
    end = next(
        (
            token.start
            for at, token in enumerate(tokens)
            if opens_clause(tokens, at, _KEYWORDS) and (token.key != "for" or tokens[at + 1].quoted)
        ),
        len(line.text),
    )
    return line.show_inline(start, end), end


def _day(tokens: Sequence[Token], today: date) -> str:
    try:
        return resolve(read_date(tokens)[0], today).isoformat()
    except UserError:
        return ""


def _lacks(typed: str, clauses: Clauses, initiative: str | None) -> UserError:
    """Return what is missing in one line, with the command as it would have worked."""
    lacking: list[tuple[str, str]] = []
    if not typed:
        lacking.append(("text", "a word on what is to be done"))
    if clauses.owner is None:
        lacking.append(("owner", "an owner who sees to it (you, too: choose a name while typing @)"))
    if clauses.due is None:
        lacking.append(("due", "a day by which it is done"))
    text = (_OWNER_ME.sub("", typed) if clauses.owner is None else typed)[:TEXT_LIMIT].strip()
    due: DateSpec = clauses.due or _SOME_DAY
    example = AddFollowUp(text or _SAMPLE, clauses.owner or _SOMEBODY, due, initiative)
    names = [what for _, what in lacking]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return UserError(f"A follow-up needs {listed}.", field=lacking[0][0], example=example_of(example))
