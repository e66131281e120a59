"""What a person has typed into a view: the values it opens with and Slack's own checks before it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.rules.agreement import DECIMAL

Values = dict[str, dict[str, dict[str, Any]]]
"""``state.values``: block_id → action_id → entry."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_REQUIRED = "Please complete this required field."

_KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "file_input": ("files", ""),
}
"""Element type → its key in ``state.values`` and the property it starts from; buttons have none."""


def initial_state(view: Mapping[str, Any], current_conversation: str | None = None) -> Values:
    """Return the ``state.values`` a freshly opened view has.

    Args:
        view: A view that passed `check_view`; elements without block_id or action_id are left out.
        current_conversation: Id of the channel it was opened from, for ``default_to_current_conversation``.
    """
    values: Values = {}
    for block, element in _stateful(view):
        block_id, action_id = block.get("block_id"), element.get("action_id")
        if block_id and action_id:
            values.setdefault(block_id, {})[action_id] = _entry(element, current_conversation)
    return values


def _stateful(view: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for block in view.get("blocks") or ():
        elements = {
            "input": [block.get("element")],
            "section": [block.get("accessory")],
            "actions": block.get("elements") or [],
        }.get(block["type"], [])
        for element in elements:
            if element and element["type"] in _KEYS:
                yield block, element


def _entry(element: Mapping[str, Any], current_conversation: str | None) -> dict[str, Any]:
    kind = element["type"]
    key, source = _KEYS[kind]
    several = key == "files" or (key.startswith("selected_") and key.endswith("s"))
    start = element.get(source)
    if start is None and element.get("default_to_current_conversation") and current_conversation:
        start = [current_conversation] if several else current_conversation
    entry: dict[str, Any] = {"type": kind, key: list(start or ()) if several else start}
    if kind == "timepicker" and "timezone" in element:
        entry["timezone"] = element["timezone"]
    return entry


def check_inputs(view: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what Slack tells the person instead of sending a submission: block_id → sentence.

    Args:
        view: The open view, every input block with its block_id and action_id.
        values: The ``state.values`` to be sent.
    """
    found: dict[str, str] = {}
    for block in view.get("blocks") or ():
        if block["type"] != "input":
            continue
        element = block["element"]
        key = _KEYS[element["type"]][0]
        entry = values.get(block["block_id"], {}).get(element["action_id"]) or {}
        value = entry.get(key)
        if value is None or value in ("", []):
            message = None if block.get("optional") else _REQUIRED
        else:
            message = _CHECKS[key](element, value)
        if message:
            found[block["block_id"]] = message
    return found


def _typed(element: Mapping[str, Any], value: Any) -> str | None:
    if not isinstance(value, str):
        return "Must be text."
    return {
        "plain_text_input": _text,
        "number_input": _number,
        "email_text_input": _email,
        "url_text_input": _url,
    }[element["type"]](element, value)


def _text(element: Mapping[str, Any], value: str) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < low:
        return f"Must be at least {low} characters."
    return f"Must be {high} characters or fewer." if len(value) > high else None


def _number(element: Mapping[str, Any], value: str) -> str | None:
    if not DECIMAL.fullmatch(value):
        return "Must be a number."
    if "." in value and not element.get("is_decimal_allowed"):
        return "Must be a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and Decimal(value) < Decimal(low):
        return f"Must be {low} or more."
    if high is not None and Decimal(value) > Decimal(high):
        return f"Must be {high} or less."
    return None


def _email(_element: Mapping[str, Any], value: str) -> str | None:
    return None if _EMAIL.fullmatch(value) else "Must be a valid email address."


def _url(_element: Mapping[str, Any], value: str) -> str | None:
    try:
        parts = urlsplit(value)
    except ValueError:
        return "Must be a valid URL."
    fine = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", value)
    return None if fine else "Must be a valid URL."


def _option(element: Mapping[str, Any], value: Any) -> str | None:
    """A menu can only give back what it offered; an external one was asked elsewhere."""
    if element["type"] == "external_select":
        return None
    return None if value in _offered(element) else "Must be one of the options."


def _options(element: Mapping[str, Any], value: Any) -> str | None:
    message = _several(element, value)
    if message or element["type"] == "multi_external_select":
        return message
    offered = _offered(element)
    return None if all(item in offered for item in value) else "Must be among the options."


def _offered(element: Mapping[str, Any]) -> list[Any]:
    groups = element.get("option_groups") or ()
    return [*(element.get("options") or ()), *(option for group in groups for option in group["options"])]


def _several(element: Mapping[str, Any], value: Any) -> str | None:
    if not isinstance(value, list):
        return "Must be a list."
    most = (
        element.get("max_files", 10) if element["type"] == "file_input" else element.get("max_selected_items")
    )
    return f"Choose {most} or fewer." if most is not None and len(value) > most else None


def _moment(form: str) -> Callable[[Mapping[str, Any], Any], str | None]:
    def check(_element: Mapping[str, Any], value: Any) -> str | None:
        try:
            datetime.strptime(value, form)  # noqa: DTZ007  only the form is judged, the moment is thrown away
        except (TypeError, ValueError):
            return "Must be a valid date." if "%Y" in form else "Must be a valid time."
        return None

    return check


def _epoch(_element: Mapping[str, Any], value: Any) -> str | None:
    return None if isinstance(value, int) and 10**9 <= value < 10**10 else "Must be a valid date and time."


def _anything(_element: Mapping[str, Any], _value: Any) -> str | None:
    return None


_CHECKS: dict[str, Callable[[Mapping[str, Any], Any], str | None]] = {
    "value": _typed,
    "selected_date": _moment("%Y-%m-%d"),
    "selected_time": _moment("%H:%M"),
    "selected_date_time": _epoch,
    "selected_option": _option,
    "selected_options": _options,
    "selected_users": _several,
    "selected_channels": _several,
    "selected_conversations": _several,
    "files": _several,
    "rich_text_value": _anything,
    "selected_user": _anything,
    "selected_channel": _anything,
    "selected_conversation": _anything,
}
