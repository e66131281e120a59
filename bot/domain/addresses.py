"""Addresses and value paths of HTTP sources as people type them."""

from __future__ import annotations

import re
import urllib.parse

from bot.domain.entities import clean, cut, straighten
from bot.errors import UserError

URL_LIMIT = 2_000
PATH_LIMIT = 1_000
WHOLE_BODY = "$"
"""The path of an HTTP source when none is typed: the body itself is the number."""

_WRAPPED = re.compile(r"<([^<>|\s]+)(?:\|[^<>]*)?>")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"[a-z0-9:._-]{1,253}")
_HOST_LIKE = re.compile(r"[^\s/:@]+\.[^\s/:@.]{2,}(?:[:/?#].*)?")


def check_url(text: str, *, field: str = "url") -> str:
    """Return an http or https address as typed; whether it may be asked is for the fetcher to say.

    Args:
        text: Decoded; Slack's ``<address|label>`` around it is taken off.
        field: Field to blame.

    Raises:
        UserError: not http(s), no host, blanks, a user name or password, or longer than 2,000 characters.
    """
    typed = clean(text)
    if wrapped := _WRAPPED.fullmatch(typed):
        typed = wrapped[1]
    shown = cut(typed, 200)
    if not typed:
        raise UserError("Type the address to read, starting with https:// or http://.", field=field)
    if len(typed) > URL_LIMIT:
        raise UserError(
            f"That address has {len(typed):,} characters; {URL_LIMIT:,} is the most.", field=field
        )
    if re.search(r"\s", typed):
        raise UserError(f"“{shown}” has a blank in it. Type %20 where the address needs one.", field=field)
    if not typed.casefold().startswith(("https://", "http://")):
        bare = not _HAS_SCHEME.match(typed) or typed.partition(":")[2][:1].isdigit()  # host:8080 is no scheme
        hint = (
            f"Did you mean https://{shown} ?"
            if bare and _HOST_LIKE.fullmatch(typed)
            else "Start it with https:// or http://."
        )
        raise UserError(f"“{shown}” is not an http or https address. {hint}", field=field)
    try:
        parts = urllib.parse.urlsplit(typed)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
        parts = urllib.parse.SplitResult("", "", "", "", "")
    if not host:
        raise UserError(f"“{shown}” names no host that can be asked. Check the part after //.", field=field)
    if "@" in parts.netloc:
        # It would stand in lists, errors and posts.
        raise UserError(
            "That address has a user name or password in it, which everyone here would see. Leave it out.",
            field=field,
        )
    return typed


def parse_path(text: str, *, field: str = "path") -> str:
    """Return a JSONPath with straight quotes; its grammar is for the source to check.

    Raises:
        UserError: empty, no ``$`` at the start, an open bracket or quote, or longer than 1,000 characters.
    """
    typed = straighten(clean(text))
    shown = cut(typed, 200)
    if not typed.startswith("$"):
        raise UserError(
            f"A path starts with $, like $.signups.week; “{shown}” does not. "
            "`/criteria try ADDRESS` lists the paths there are.",
            field=field,
        )
    if len(typed) > PATH_LIMIT:
        raise UserError(f"That path has {len(typed):,} characters; {PATH_LIMIT:,} is the most.", field=field)
    if path_is_open(typed):
        raise UserError(f"The path “{shown}” has a bracket or quote that is never closed.", field=field)
    return typed


def outside(text: str, start: int) -> list[int]:
    """Return the positions of blanks from a path's start on that stand outside its brackets and quotes."""
    return _scan(text, start)[0]


def path_is_open(text: str) -> bool:
    """Say whether a path ends inside a bracket or a quote."""
    return _scan(text, 0)[1]


def _scan(text: str, start: int) -> tuple[list[int], bool]:
    blanks: list[int] = []
    depth, quoted_by, escaped = 0, "", False
    for position in range(start, len(text)):
        character = straighten(text[position])
        if escaped:
            escaped = False
        elif quoted_by:
            escaped = character == "\\"
            if character == quoted_by:
                quoted_by = ""
        elif character in "\"'":
            quoted_by = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth = max(0, depth - 1)
        elif character.isspace() and depth == 0:
            blanks.append(position)
    return blanks, depth > 0 or quoted_by != ""


def read_host(text: str) -> str | None:
    """Return the host that typed text names, with or without the rest of an address; None when it names none.

    Lower case, without a port; dots, digits and letters are not looked at closer, since it is only compared.
    """
    try:
        host = urllib.parse.urlsplit(text if "://" in text else f"https://{text}").hostname
    except ValueError:  # an unfinished IPv6 address
        return None
    return host if host and _HOST.fullmatch(host) else None
