"""Slack's mark-up as text with styles, for a terminal."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from rich.style import Style
from rich.text import Text

Names = Mapping[str, str]
"""Slack id → what people see: ``@Alice``, ``#checkout``."""

_TOKEN = re.compile(
    r"```(?P<block>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>[^<>]+)>"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^_\n]+)_(?![\w_])"
    r"|(?<![\w~])~(?P<struck>[^~\n]+)~(?![\w~])",
    re.DOTALL,
)
_STYLES = {"bold": Style(bold=True), "italic": Style(italic=True), "struck": Style(strike=True)}
_CODE = Style(color="cyan")
_LINK = Style(color="blue")


def to_text(mrkdwn: str, names: Names) -> Text:
    """Return what a person would see of mrkdwn: mentions as names, dates by their fallback, styles as styles."""
    text = Text()
    _append(text, mrkdwn, names, Style())
    return text


def _append(text: Text, mrkdwn: str, names: Names, style: Style) -> None:
    at = 0
    for match in _TOKEN.finditer(mrkdwn):
        text.append(html.unescape(mrkdwn[at : match.start()]), style)
        at = match.end()
        kind, inner = match.lastgroup, match[match.lastgroup or 0]
        if kind in _STYLES:
            _append(text, inner, names, style + _STYLES[kind])
        elif kind == "entity":
            text.append(html.unescape(_shown(inner, names)), style + _LINK)
        else:
            text.append(html.unescape(inner), style + _CODE)
    text.append(html.unescape(mrkdwn[at:]), style)


def _shown(entity: str, names: Names) -> str:
    """Return what stands on the screen for ``<entity>``."""
    target, bar, label = entity.partition("|")
    if target[0] in "@#":
        sign, identifier = target[0], target[1:]
        return names.get(identifier) or f"{sign}{label or identifier}"
    if target.startswith("!date^") or bar:
        return label
    return target.removeprefix("!")
