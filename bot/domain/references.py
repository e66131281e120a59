"""References: how typed text names an initiative, a criterion, a person or a channel."""

from __future__ import annotations

from bot.domain.entities import DOUBLE_QUOTES, ChannelRef, Line, Token, UserRef, cut, tokenize
from bot.domain.names import parse_name
from bot.errors import UserError

CHOOSE_CHANNEL = "Choose the channel from Slack's list while typing #"
CHOOSE_PERSON = "Choose the person from Slack's list while typing @"

WORDS = ("all", "mine")
"""Words that are no names unless they stand in quotes."""


def name_to_end(line: Line, start: int, *, what: str, field: str) -> str:
    """Return the name that is the rest of a line: quoted text alone, or everything as it stands.

    Raises:
        UserError: nothing there, a quote never closed, something after the quoted name, or `all` or `mine`
            without quotes.
    """
    tokens = tokenize(line, start)
    if tokens and tokens[0].quoted:
        if len(tokens) > 1:
            raise UserError(
                f"I can't read “{cut(line.show_inline(tokens[1].start))}” after the quoted name. "
                "A quote inside a quoted name is typed twice.",
                field=field,
            )
        return parse_name(tokens[0].text, what=what, field=field)
    text = line.show_inline(start)
    refuse_open_quote(text, field)
    if text.casefold() in WORDS:
        raise UserError(
            f'“{text}” is no name here. If the {what} is called so, quote it: "{text}".', field=field
        )
    if not text:
        raise UserError(f"Say which {what} you mean.", field=field)
    return parse_name(text, what=what, field=field)


def refuse_open_quote(text: str, field: str) -> None:
    """Do nothing unless text begins with a quote (which `tokenize` then found no end for).

    Raises:
        UserError: it does.
    """
    if text[:1] in tuple(DOUBLE_QUOTES):
        raise UserError(f"The quote before “{cut(text[1:].strip())}” is never closed.", field=field)


def person(token: Token) -> UserRef:
    """Return the person a token names.

    Raises:
        UserError: a literal ``@name`` or anything else (field ``owner``).
    """
    if isinstance(token.entity, UserRef):
        return token.entity
    raise UserError(f"“{cut(token.text)}” is not a person Slack knows. {CHOOSE_PERSON}.", field="owner")


def channel(token: Token) -> ChannelRef:
    """Return the channel a token names.

    Raises:
        UserError: a literal ``#name`` or anything else (field ``channel``).
    """
    if isinstance(token.entity, ChannelRef):
        return token.entity
    raise UserError(f"“{cut(token.text)}” is not a channel Slack knows. {CHOOSE_CHANNEL}.", field="channel")


def read_criterion_name(line: Line, start: int) -> str:
    """Return the rest of the line as a criterion's name."""
    return name_to_end(line, start, what="criterion", field="name")
