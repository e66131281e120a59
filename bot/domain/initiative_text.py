"""Text of what is asked of an initiative."""

from __future__ import annotations

from datetime import time, timedelta

from bot.domain.cadence import Weekday, Weekly
from bot.domain.clauses import ClauseReader, one_initiative
from bot.domain.dates import DayMonth, read_date
from bot.domain.durations import spell
from bot.domain.entities import Line, Token, tokenize
from bot.domain.first_words import first_word
from bot.domain.formatting import example_of
from bot.domain.keywords import opens_clause
from bot.domain.names import parse_name
from bot.domain.quantities import parse_duration, read_duration
from bot.domain.references import name_to_end, refuse_open_quote
from bot.domain.requests import (
    DEFAULT_SHARED,
    Broadcast,
    NewInitiative,
    SetCheckIns,
    ShareInitiative,
)
from bot.domain.schedule import longest_gap
from bot.errors import UserError

SHARED_LEAST = timedelta(hours=1)
_INITIATIVE_KEYWORDS = frozenset({"by", "in", "owner", "zone"})


def read_initiative(line: Line, start: int) -> NewInitiative:
    """Read what follows `initiative new`.

    Raises:
        UserError: the name or a clause can't be read, or there is no day it ends; the field says which.
    """
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


def read_broadcast(line: Line, start: int) -> Broadcast:
    """Read what follows `initiative broadcast`.

    Raises:
        UserError: neither on nor off (field ``text``).
    """
    word, after, more = first_word(line, start)
    if word not in ("on", "off"):
        raise UserError(
            "Say on or off: whether status changes are shown in the channel, and not in the thread alone.",
            field="text",
            example=example_of(Broadcast(on=True)),
        )
    name = name_to_end(line, after, what="initiative", field="initiative") if more else None
    return Broadcast(word == "on", name)


def read_share(line: Line, start: int) -> ShareInitiative:
    """Read what follows `initiative share`; anything but a length after the last `for` belongs to the name.

    Raises:
        UserError: the link would work for too short a time (field ``text``).
    """
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


def read_check_ins(line: Line, start: int) -> SetCheckIns:
    """Read what follows `initiative check-ins`.

    Raises:
        UserError: neither a rhythm nor off, or one that comes more than once a day (field ``every``).
    """
    word, after, _ = first_word(line, start)
    is_off = word == "off"
    clauses = ClauseReader(line, after if is_off else start, {"for"} if is_off else {"every", "cron", "for"})
    found = clauses.read_all()
    example = example_of(SetCheckIns(Weekly((Weekday.MON,), time(9, 30))))
    if not is_off and found.every is None:
        raise UserError("Say when owners are reminded to check in, or off.", field="every", example=example)
    if found.every is not None and longest_gap(found.every) < timedelta(days=1):
        raise UserError(
            "Nobody is reminded to check in more than once a day.", field="every", example=example
        )
    return SetCheckIns(found.every, one_initiative(found))
