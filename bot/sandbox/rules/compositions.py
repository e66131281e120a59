"""Composition objects: text, options, confirmation dialogs and the other parts blocks and elements share."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.rules.problems import Inspection, Problem
from bot.sandbox.rules.shapes import (
    LINK,
    Check,
    array,
    boolean,
    choice,
    one_of_both,
    shape,
    some_of,
    string,
    url,
)

MAX_ID = 255
_PLAIN_FIELDS = frozenset({"type", "text", "emoji"})
_MRKDWN_FIELDS = frozenset({"type", "text", "verbatim"})


def failed_all(at: str) -> Problem:
    """Return what Slack puts before the problems of a value that may take several forms."""
    return Problem("failed_schemas", "failed to match all allowed schemas", at)


def _text_object(types: tuple[str, ...], max_chars: int) -> Check:
    content = string(max_chars)

    def check(value: object, at: str, seen: Inspection) -> None:
        before = len(seen.problems)
        if not isinstance(value, (dict, Mapping)):
            seen.add("wrong_type", "must provide an object", at, "object")
            return
        kind = value.get("type")
        if kind is None:
            seen.miss("type", at)
        elif kind not in types:
            seen.add("invalid_enum", "must be a valid enum value", f"{at}/type", ", ".join(types), "type")
        fields = _MRKDWN_FIELDS if kind == "mrkdwn" else _PLAIN_FIELDS
        for name, entry in value.items():
            if name not in fields:
                seen.add("additional_property", f"invalid additional property: {name}", at, field=str(name))
            elif name in ("emoji", "verbatim"):
                boolean(entry, f"{at}/{name}", seen)
        if "text" in value:
            text = value["text"]
            content(text, f"{at}/text", seen)
            seen.text_chars += len(text) if isinstance(text, str) else 0
        else:
            seen.miss("text", at)
        if len(types) > 1 and len(seen.problems) > before:
            seen.problems.insert(before, failed_all(at))

    return check


def plain_text(max_chars: int) -> Check:
    """Return a check for a plain_text object of 1 to `max_chars` code points."""
    return _text_object(("plain_text",), max_chars)


def any_text(max_chars: int) -> Check:
    """Return a check for a plain_text or mrkdwn object of 1 to `max_chars` code points."""
    return _text_object(("plain_text", "mrkdwn"), max_chars)


def check_action_id(value: object, at: str, seen: Inspection) -> None:
    """Accept an action_id that no other element of the block has."""
    slack_id(value, at, seen)
    if isinstance(value, str):
        seen.claim_action_id(value, at)


def check_block_id(value: object, at: str, seen: Inspection) -> None:
    """Accept a block_id that no other block of the payload has."""
    slack_id(value, at, seen)
    if isinstance(value, str):
        seen.claim_block_id(value, at)


def check_focus(value: object, at: str, seen: Inspection) -> None:
    """Accept true once in a payload."""
    boolean(value, at, seen)
    if value is True:
        seen.focused += 1
        if seen.focused > 1:
            seen.add("duplicate_focus", "only one element may have focus_on_load", at, 1, "focus_on_load")


def _option(text: Check, *, with_url: bool = False) -> Check:
    fields = {"description": any_text(75) if text is _ANY_LABEL else plain_text(75)}
    if with_url:
        fields["url"] = url(LINK)
    # Slack's page and SDK say 150 for the value, an older page 75; the facts sheet keeps 150.
    return shape({"text": text, "value": string(150)}, fields)


slack_id = string(MAX_ID)
"""An id or another short name."""

style = choice("primary", "danger")

_PLAIN_LABEL = plain_text(75)
_ANY_LABEL = any_text(75)

menu_option = _option(_PLAIN_LABEL)
"""An option of a select menu: plain text only."""

list_option = _option(_ANY_LABEL)
"""An option of checkboxes or radio buttons: mrkdwn allowed."""

overflow_option = _option(_PLAIN_LABEL, with_url=True)
"""An option of an overflow menu: the only kind that may carry an address."""

option_group = shape({"label": plain_text(75), "options": array(menu_option, 1, 100)})

confirmation = shape(
    {"title": plain_text(100), "text": plain_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": style},
)

dispatch_action_config = shape(
    {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 1, 2)}
)

conversation_filter = shape(
    None,
    {
        "include": array(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    some_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

slack_file = shape(None, {"id": slack_id, "url": url(max_chars=3000)}, one_of_both("id", "url"))

workflow = shape(
    {
        "trigger": shape(
            {"url": url()},
            {"customizable_input_parameters": array(shape({"name": string(3000), "value": string(3000)}), 1)},
        )
    }
)

icon_name = shape({"name": slack_id}, type_name="icon")

url_source = shape({"url": url(), "text": string(3000)}, type_name="url")
