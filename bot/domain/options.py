"""Options of a source: `name=text`, after `with` in a line or one on each line of a form."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.entities import DOUBLE_QUOTES, Line, clean, cut, plain_line, quote, show_entity
from bot.errors import UserError

Options = tuple[tuple[str, str], ...]
"""(name, text), sorted by name, no name twice."""

TOTAL_LIMIT = 3_000
"""Characters of all options together: as many as Slack's text input takes, so that a form can show them."""

_NAME = re.compile(r"([a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)?)=")
_SINGLE_QUOTES = "'‘’‚‛"


def opens_option(text: str) -> bool:
    """Say whether a word begins as an option does (`step=`)."""
    return _NAME.match(text) is not None


def read_options(line: Line, start: int, *, field: str = "options") -> tuple[Options, int]:
    """Return the options from a position on, and where what follows them begins.

    A text with blanks stands in double or single quotes; the same quote inside is typed twice.

    Args:
        line: The command's text.
        start: Where the first may stand; blanks before it are skipped.
        field: Field to blame.

    Raises:
        UserError: an option without a text or named twice, a quote that is never closed, or too much text.
    """
    found: list[tuple[str, str]] = []
    position = _skip_blanks(line, start)
    while (name := _NAME.match(line.text, position)) is not None:
        text, end = _read_text(line, name[1], name.end(), field)
        found.append((name[1], text))
        position = _skip_blanks(line, end)
    return check_options(found, field=field), position


def parse_options(text: str, *, field: str = "options") -> Options:
    """Return the options of a form: one on each line, the text up to the end of its line.

    A text wholly in quotes is taken without them, as in a command.

    Raises:
        UserError: a line that is no option, one named twice, or too much text.
    """
    found = []
    for typed in clean(text).splitlines():
        one = typed.strip()
        if not one:
            continue
        name = _NAME.match(one)
        if name is None:
            raise UserError(
                f"“{cut(one)}” is no option. Type one on each line, as name=text, like method=POST.",
                field=field,
            )
        found.append((name[1], _unquoted(one, name[1], name.end(), field)))
    return check_options(found, field=field)


def check_options(found: Iterable[tuple[str, str]], *, field: str = "options") -> Options:
    """Return options sorted by name, each text on one line.

    Raises:
        UserError: an option without a text or named twice, or too much text.
    """
    options: dict[str, str] = {}
    for name, text in found:
        if name in options:
            raise UserError(f"The option {name} stands there twice. Keep one of them.", field=field)
        options[name] = re.sub(r"\s", " ", text).strip()
        if not options[name]:
            raise UserError(f"The option {name} has no text. Type it like {name}=text.", field=field)
    ordered = tuple(sorted(options.items()))
    if (total := len(show_options(ordered))) > TOTAL_LIMIT:
        raise UserError(
            f"The options have {total:,} characters together; {TOTAL_LIMIT:,} is the most.", field=field
        )
    return ordered


def format_options(options: Options) -> str:
    """Return options as they follow `with` in a line."""
    return " ".join(f"{name}={_formatted(text, blanks=True)}" for name, text in options)


def show_options(options: Options) -> str:
    """Return options as a form shows them: one on each line."""
    return "\n".join(f"{name}={_formatted(text, blanks=False)}" for name, text in options)


def _formatted(text: str, *, blanks: bool) -> str:
    needs_quotes = text[:1] in (*DOUBLE_QUOTES, *_SINGLE_QUOTES) or (blanks and " " in text)
    return quote(text) if needs_quotes else text


def _unquoted(line: str, name: str, start: int, field: str) -> str:
    if line[start : start + 1] not in (*DOUBLE_QUOTES, *_SINGLE_QUOTES):
        return line[start:]
    try:
        text, end = _read_text(plain_line(line), name, start, field)
    except UserError:  # the text has quotes of its own
        return line[start:]
    return text if end == len(line) else line[start:]


def _read_text(line: Line, name: str, start: int, field: str) -> tuple[str, int]:
    opening = line.text[start : start + 1]
    quotes = next((kind for kind in (DOUBLE_QUOTES, _SINGLE_QUOTES) if opening and opening in kind), "")
    if not quotes:
        end = start
        while end < len(line.text) and not line.text[end].isspace():
            end += 1
        return line.show(start, end), end
    parts: list[str] = []
    position = start + 1
    while position < len(line.text):
        character = line.text[position]
        if character in quotes:
            if line.text[position + 1 : position + 2] != character:
                return _closed(line, name, "".join(parts), position + 1, field)
            position += 1
        entity = line.entities.get(position)
        parts.append(character if entity is None else show_entity(entity))
        position += 1
    raise UserError(f"The quote after “{name}=” is never closed.", field=field)


def _closed(line: Line, name: str, text: str, end: int, field: str) -> tuple[str, int]:
    if end < len(line.text) and not line.text[end].isspace():
        raise UserError(
            f"The text of {name} goes on after its closing quote. A quote inside it is typed twice.",
            field=field,
        )
    return text, end


def _skip_blanks(line: Line, start: int) -> int:
    position = start
    while position < len(line.text) and line.text[position].isspace():
        position += 1
    return position
