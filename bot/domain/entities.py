"""What Slack puts around typed text: entities, character codes, smart quotes and odd blanks.

A command's text becomes a `Line` (plain decoded text in which one placeholder character stands for each
user, channel or link) and a line becomes tokens. Everything that reads commands works on these two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACEHOLDER = "\ufffc"  # OBJECT REPLACEMENT CHARACTER; a typed one is replaced when the text is cleaned

DOUBLE_QUOTES = '"“”„‟«»'
"""Every character that opens and closes quoted text."""

_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'"})
_ENTITY = re.compile(
    r"<(?:@(?P<user>[A-Z0-9]+)|#(?P<channel>[A-Z0-9]+)|!(?P<special>[^<>|\s]+)|mailto:(?P<mail>[^<>|\s]+)"
    r"|(?P<url>[A-Za-z][A-Za-z0-9+.-]*://[^<>|\s]+))(?:\|(?P<label>[^<>]*))?>"
)
_CODE = re.compile(r"&(lt|gt|amp);")
_CODES = {"lt": "<", "gt": ">", "amp": "&"}
_READS_AS_CODE = re.compile(r"&(?=(?:lt|gt|amp);)")
_READS_AS_ENTITY = re.compile(r"<(?=[@#!]|[A-Za-z][A-Za-z0-9+.-]*:)")


@dataclass(frozen=True, slots=True)
class UserRef:
    """A person as Slack names one in command text; only the id counts, the name may be empty."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel as Slack names one in command text; only the id counts, the name may be empty."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class LinkRef:
    """An address Slack recognised; the label is what the person typed if Slack added the scheme."""

    url: str
    label: str = ""


Entity = UserRef | ChannelRef | LinkRef


@dataclass(frozen=True, slots=True)
class Line:
    """Decoded text with `PLACEHOLDER` wherever an entity stood.

    Attributes:
        text: Stripped, blanks of all kinds made plain ones (new lines stay).
        entities: Position in ``text`` → what stands there.
    """

    text: str
    entities: Mapping[int, Entity] = field(default_factory=dict)

    def show(self, start: int = 0, end: int | None = None) -> str:
        """Return a part as plain text, entities as ``@name``, ``#name`` and addresses, stripped."""
        stop = len(self.text) if end is None else end
        parts = []
        for position, character in enumerate(self.text[start:stop], start):
            entity = self.entities.get(position)
            parts.append(character if entity is None else show_entity(entity))
        return "".join(parts).strip()

    def show_inline(self, start: int = 0, end: int | None = None) -> str:
        """Return a part as `show` does, on one line with single blanks."""
        return collapse(self.show(start, end))


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a quoted text, an entity, or the comma between quoted texts.

    Attributes:
        text: Without the quotes; for an entity as it is shown.
        start: Position in the line, the opening quote included.
        end: Position after the last character, the closing quote included.
        quoted: True when it stood in quotes, so that no keyword is meant.
        entity: The user, channel or link, or None.
    """

    text: str
    start: int
    end: int
    quoted: bool = False
    entity: Entity | None = None

    @property
    def key(self) -> str:
        """Return the case-folded word, or nothing for quoted texts and entities."""
        return "" if self.quoted or self.entity is not None else self.text.casefold()


def read_line(text: str) -> Line:
    """Return a command's text decoded: entities first, then ``&lt; &gt; &amp;``, each once.

    Args:
        text: As Slack sent it, encoded or raw.
    """
    text = clean(text)
    parts: list[str] = []
    entities: dict[int, Entity] = {}
    length = read = 0
    for match in _ENTITY.finditer(text):
        before = decode(text[read : match.start()])
        entity = _entity(match)
        parts += [before, entity if isinstance(entity, str) else PLACEHOLDER]
        length += len(before)
        if not isinstance(entity, str):
            entities[length] = entity
        length += len(parts[-1])
        read = match.end()
    parts.append(decode(text[read:]))
    return Line("".join(parts), entities)


def plain_line(text: str) -> Line:
    """Return a form's text, which Slack does not encode, as a line."""
    return Line(clean(text))


def clean(text: str) -> str:
    """Return text without what no person means: control characters, odd blanks, lone surrogates.

    Blanks of every kind become plain ones, line ends ``\\n``; a lone surrogate (possible in Socket Mode's
    JSON) can be stored in no database and becomes the replacement character.
    """
    text = text.replace("\r\n", "\n")
    return "".join(map(_clean_character, text)).strip()


def collapse(text: str) -> str:
    """Return text on one line, stripped, with single blanks."""
    return " ".join(text.split())


def cut(text: str, limit: int = 60) -> str:
    """Return at most so many characters of what was typed, so that an error stays one sentence."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def decode(text: str) -> str:
    """Return text with ``&lt; &gt; &amp;`` decoded once: ``&amp;lt;`` gives ``&lt;``."""
    return _CODE.sub(lambda match: _CODES[match[1]], text)


def encode(text: str) -> str:
    """Return text so that `read_line` gives it back; only what would be misread is encoded."""
    return _READS_AS_ENTITY.sub("&lt;", _READS_AS_CODE.sub("&amp;", text))


def encode_entity(entity: UserRef | ChannelRef) -> str:
    """Return ``<@U1|name>`` or ``<#C1|name>``."""
    name = entity.name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    label = f"|{name}" if name else ""
    return f"<{'@' if isinstance(entity, UserRef) else '#'}{entity.id}{label}>"


def show_entity(entity: Entity) -> str:
    """Return an entity as plain text: ``@name``, ``#name``, or the address as it was typed."""
    if isinstance(entity, UserRef):
        return f"@{entity.name or entity.id}"
    if isinstance(entity, ChannelRef):
        return f"#{entity.name or entity.id}"
    # Slack adds `http://` to what looks like a host (`$.stats.io` in a path), and `mailto:` to what looks like
    # somebody's address; the label is what was typed.
    without_scheme = entity.url.removeprefix("mailto:").rpartition("://")[2]
    typed_without_scheme = entity.label and without_scheme.rstrip("/") == entity.label.rstrip("/")
    return entity.label if typed_without_scheme else entity.url


def readable(text: str) -> str:
    """Return command text as its author saw it: ``#name`` and ``@name``, nothing encoded."""
    return read_line(text).show()


def straighten(text: str) -> str:
    """Return text with smart quotes made straight, character for character."""
    return text.translate(_STRAIGHT)


def quote(text: str) -> str:
    """Return text in quotes, with every double quote inside (straight or smart) typed twice."""
    return '"' + "".join(c * 2 if c in DOUBLE_QUOTES else c for c in text) + '"'


def tokenize(line: Line, start: int = 0) -> list[Token]:
    """Return the tokens from a position on.

    Quoted text opens with any double quote at the start of a token and ends with the next one; the same
    quote twice stands for one. A quote that is never closed is part of a word.
    """
    tokens: list[Token] = []
    position = start
    text = line.text
    unclosed = False
    while position < len(text):
        character = text[position]
        if character.isspace():
            position += 1
            continue
        token: Token | None = None
        if position in line.entities:
            entity = line.entities[position]
            token = Token(show_entity(entity), position, position + 1, entity=entity)
        elif character == "," and tokens and tokens[-1].quoted:
            token = Token(",", position, position + 1)
        elif character in DOUBLE_QUOTES and not unclosed:
            token = _quoted(line, position)
            unclosed = token is None  # then no later one closes either; don't scan the rest again and again
        if token is None:
            end = _word_end(line, position)
            token = Token(text[position:end], position, end)
        tokens.append(token)
        position = token.end
    return tokens


def _quoted(line: Line, start: int) -> Token | None:
    text, position = line.text, start + 1
    parts: list[str] = []
    while position < len(text):
        character = text[position]
        if character in DOUBLE_QUOTES:
            if text[position + 1 : position + 2] != character:
                return Token(collapse("".join(parts)), start, position + 1, quoted=True)
            position += 1
        entity = line.entities.get(position)
        parts.append(character if entity is None else show_entity(entity))
        position += 1
    return None


def _word_end(line: Line, start: int) -> int:
    end = start + 1
    while end < len(line.text) and not line.text[end].isspace() and end not in line.entities:
        end += 1
    return end


def _entity(match: re.Match[str]) -> Entity | str:
    label = decode(match["label"] or "").strip()
    if match["user"]:
        return UserRef(match["user"], label)
    if match["channel"]:
        return ChannelRef(match["channel"], label)
    if match["url"]:
        return LinkRef(decode(match["url"]), label)
    if match["mail"]:
        return label or decode(match["mail"])
    return label or "@" + match["special"].partition("^")[0]


def _clean_character(character: str) -> str:
    if character in "\n\t" or " " <= character <= "~":
        return character
    if character in "\ufeff\u2060":  # marks that pasted text brings along; they show nothing
        return ""
    category = unicodedata.category(character)
    if category in ("Zl", "Zp"):
        return "\n"
    if category in ("Zs", "Cc"):
        return " "
    return "\ufffd" if category == "Cs" or character == PLACEHOLDER else character
