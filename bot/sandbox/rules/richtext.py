"""Rich text: sections, lists, quotes and preformatted text made of inline parts."""

from __future__ import annotations

from bot.sandbox.rules.compositions import check_block_id, slack_id
from bot.sandbox.rules.problems import Inspection
from bot.sandbox.rules.shapes import LINK, Check, array, boolean, choice, integer, kinds, shape, string, url

_STYLE_NAMES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE: dict[str, Check] = {"style": shape(None, dict.fromkeys(_STYLE_NAMES, boolean))}


def _counted(max_chars: int) -> Check:
    text = string(max_chars)

    def check(value: object, at: str, seen: Inspection) -> None:
        text(value, at, seen)
        seen.text_chars += len(value) if isinstance(value, str) else 0

    return check


_TEXT = _counted(12_000)
_PARTS: dict[str, Check] = {
    "text": shape({"text": _TEXT}, _STYLE, type_name="text"),
    "link": shape({"url": url(LINK)}, {"text": _TEXT, "unsafe": boolean, **_STYLE}, type_name="link"),
    "emoji": shape(
        {"name": slack_id}, {"unicode": slack_id, "skin_tone": integer(1, 6), **_STYLE}, type_name="emoji"
    ),
    "user": shape({"user_id": slack_id}, _STYLE, type_name="user"),
    "usergroup": shape({"usergroup_id": slack_id}, _STYLE, type_name="usergroup"),
    "channel": shape({"channel_id": slack_id}, _STYLE, type_name="channel"),
    "team": shape({"team_id": slack_id}, _STYLE, type_name="team"),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, _STYLE, type_name="broadcast"),
    "color": shape({"value": string(7, pattern=r"#[0-9a-fA-F]{6}")}, _STYLE, type_name="color"),
    "date": shape(
        {"timestamp": integer(0), "format": string(3000)},
        {"url": url(LINK), "fallback": _TEXT, **_STYLE},
        type_name="date",
    ),
}
_BORDER = choice(0, 1)
_part = kinds(_PARTS, ())
_section = shape({"elements": array(_part, 0)}, type_name="rich_text_section")
_KINDS: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_list": shape(
        {
            "style": choice("bullet", "ordered"),
            "elements": array(kinds({"rich_text_section": _section}, ()), 1),
        },
        {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
        type_name="rich_text_list",
    ),
    "rich_text_quote": shape({"elements": array(_part, 1)}, {"border": _BORDER}, type_name="rich_text_quote"),
    "rich_text_preformatted": shape(
        {"elements": array(kinds({name: _PARTS[name] for name in ("text", "link")}, _PARTS), 1)},
        {"border": _BORDER, "language": slack_id},
        type_name="rich_text_preformatted",
    ),
}

rich_text = shape(
    {"elements": array(kinds(_KINDS, ()), 1)}, {"block_id": check_block_id}, type_name="rich_text"
)
"""A rich_text block, also as a cell, a value or a title inside another object."""
