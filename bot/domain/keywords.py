"""Keywords: the words that open a clause, and only when what has to follow them follows."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.domain.addresses import outside
from bot.domain.criterion import SourceKind
from bot.domain.dates import looks_like_date
from bot.domain.entities import ChannelRef, Line, Token, UserRef
from bot.domain.options import opens_option
from bot.domain.rhythms import looks_like_every
from bot.domain.zones import is_zone

FIELDS = {
    "guardrail": "kind",
    "owner": "owner",
    "zone": "zone",
    "from": "baseline",
    "by": "due",
    "source": "source",
    "path": "path",
    "with": "options",
    "every": "every",
    "cron": "every",
    "closes": "closes",
    "in": "channel",
    "only": "only",
    "skipping": "on_days_off",
    "moving": "on_days_off",
    "for": "initiative",
}
"""Each keyword and the field it fills."""

EXAMPLES = {
    "guardrail": "guardrail",
    "owner": "owner @Alice, chosen from Slack's list",
    "zone": "zone Europe/Berlin",
    "from": "from 320",
    "by": "by 31 Dec",
    "source": "source https://api.example.com/stats or source manual",
    "path": "path $.signups.week",
    "with": "with method=POST query.team=search",
    "every": "every 15m or every weekday 09:00",
    "cron": 'cron "0 9 * * 1"',
    "closes": "closes in 2d or closes after 5 answers",
    "in": "in #general, chosen from Slack's list",
    "only": "only if changed or only if status changed",
    "skipping": "skipping days off",
    "moving": "moving days off",
    "for": "for Checkout rewrite",
}
"""Each keyword with what has to follow it."""

RECIPE = "recipe"
"""What stands after `source`, in place of an address or a kind, before the name of a recipe."""

_NEXT_WORD = re.compile(r"\s+(\S+)")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


def opens_clause(tokens: Sequence[Token], at: int, keywords: Collection[str]) -> bool:
    """Say whether a keyword stands there with its shape after it, so that it is no unit or name."""
    key = tokens[at].key
    if key not in keywords:
        return False
    rest = tokens[at + 1 :][:4]
    if key == "guardrail":
        return True
    if not rest:
        return False
    follows = rest[0]
    if key in ("owner", "in"):
        sign, kind = ("@", UserRef) if key == "owner" else ("#", ChannelRef)
        return isinstance(follows.entity, kind) or (not follows.quoted and follows.text.startswith(sign))
    if key == "from":
        return starts_number(follows.key)
    if key == "by":
        return looks_like_date(rest)
    if key == "source":
        return looks_like_url(follows) or _is_kind(rest, keywords)
    if key == "zone":
        return "/" in follows.key or is_zone(follows.key)
    if key == "path":
        return follows.key.startswith("$")
    if key == "with":
        return not follows.quoted and opens_option(follows.text)
    if key == "every":
        return looks_like_every(rest)
    if key == "cron":
        return follows.quoted
    if key == "only":
        return follows.key in ("if", "when") and len(rest) > 1 and rest[1].key in ("changed", "status")
    if key in ("skipping", "moving"):
        return follows.key == "days" and len(rest) > 1 and rest[1].key == "off"
    if key == "closes":
        return follows.key in ("in", "after") and len(rest) > 1
    return True


def looks_like_url(token: Token) -> bool:
    """Say whether a word is meant as an address, also one with its scheme left out."""
    return any(sign in token.text for sign in "./:")


def _is_kind(rest: Sequence[Token], keywords: Collection[str]) -> bool:
    """Say whether a kind of source stands there; one that another package brings only where nothing odd follows."""
    word = rest[0].key
    if word in tuple(SourceKind) or word == RECIPE:
        return True
    if word in keywords or not _KIND.fullmatch(word):
        return False
    return len(rest) == 1 or rest[1].key in keywords or looks_like_url(rest[1])


def starts_number(word: str) -> bool:
    """Say whether a word begins as a number does."""
    return word.lstrip("-+−.,")[:1] in tuple("0123456789")


def path_end(line: Line, start: int, keywords: Collection[str]) -> int:
    """Return where a path ends: before the next keyword outside its brackets and quotes, or with the line."""
    for blank in outside(line.text, start):
        word = _NEXT_WORD.match(line.text, blank)
        if word is not None and word[1].casefold() in keywords:
            return blank
    return len(line.text)
