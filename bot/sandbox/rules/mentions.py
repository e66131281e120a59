"""Mentions that notify a whole channel: Slack lets them through, Loopmark promises never to send one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.sandbox.rules.problems import Problem

_MASS = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
_LITERAL = re.compile(r"(?<![\w@])@(channel|here|everyone)\b")


def check_mrkdwn_entities(text: str, pointer: str = "") -> list[Problem]:
    """Return one problem per mention of everybody in mrkdwn text: a violation to record, not a refusal."""
    return [_mention(found.group(1), pointer) for found in _MASS.finditer(text)]


def find_mass_mentions(payload: Mapping[str, object], pointer: str = "") -> list[Problem]:
    """Return one problem per mention of everybody in a whole message or view.

    Looks at ``text`` and ``markdown_text``, at every text of the blocks but plain_text (which resolves none),
    at rich text broadcasts, and, with ``link_names`` or ``parse: full``, at a bare ``@channel`` in the text.
    """
    found = _mentions_in(payload, pointer)
    text = payload.get("text")
    if isinstance(text, str) and (payload.get("parse") == "full" or payload.get("link_names")):
        found += [_mention(hit.group(1), f"{pointer}/text") for hit in _LITERAL.finditer(text)]
    return found


def _mentions_in(value: object, at: str) -> list[Problem]:
    if isinstance(value, str):
        return check_mrkdwn_entities(value, at)
    if isinstance(value, (list, tuple)):
        return [
            problem for index, item in enumerate(value) for problem in _mentions_in(item, f"{at}/{index}")
        ]
    if isinstance(value, Mapping):
        if value.get("type") == "plain_text":
            return []
        if value.get("type") == "broadcast":
            return [_mention(str(value.get("range")), at)]
        return [problem for name, item in value.items() for problem in _mentions_in(item, f"{at}/{name}")]
    return []


def _mention(whom: str, pointer: str) -> Problem:
    return Problem("mass_mention", f"mentions everybody: @{whom}", pointer, field=None)
