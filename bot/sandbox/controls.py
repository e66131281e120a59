"""Finding what can be pressed, chosen or filled in, and writing what that sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from bot.sandbox.model import Channel, JsonObject, User

TEXT_INPUTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
MANY_OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})
ONE_ID = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
}
MANY_IDS = {
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}


def elements_of(blocks: Sequence[JsonObject]) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Yield each interactive element with the block it stands in, in reading order."""
    for block in blocks:
        for child in block.get("child_blocks") or ():
            yield from elements_of([child])
        for key in ("accessory", "element"):
            if isinstance(block.get(key), dict) and "action_id" in block[key]:
                yield block, block[key]
        if block.get("type") in ("actions", "context_actions"):
            yield from ((block, element) for element in block.get("elements") or ())
        if block.get("type") == "card":
            yield from ((block, element) for element in block.get("actions") or ())


def names_of(block: JsonObject, element: JsonObject) -> list[str]:
    """Return everything a person or test may call this element by."""
    pair = [element.get(side, {}).get("text") for side in ("positive_button", "negative_button")]
    texts = [element.get("text"), element.get("placeholder"), block.get("label"), *pair]
    shown = [part["text"] for part in texts if isinstance(part, dict)]
    return [
        element.get("action_id", ""),
        *shown,
        element.get("accessibility_label", ""),
        block.get("block_id", ""),
    ]


def find_element(
    blocks: Sequence[JsonObject], wanted: str, *, value: str | None = None
) -> tuple[JsonObject, JsonObject]:
    """Return the one element called ``wanted`` (and, if given, with this button value).

    Raises:
        LookupError: there is none, or there are several; the text lists what is there.
    """
    found = [
        (block, element)
        for block, element in elements_of(blocks)
        if wanted in names_of(block, element) and (value is None or element.get("value") == value)
    ]
    if len(found) == 1:
        return found[0]
    here = sorted(
        {name for block, element in elements_of(blocks) for name in names_of(block, element)[:2] if name}
    )
    raise LookupError(f"{len(found)} elements are called {wanted!r}; there are: {', '.join(here) or 'none'}")


def element_at(blocks: Sequence[JsonObject], block_id: str, action_id: str) -> tuple[JsonObject, JsonObject]:
    """Return the element with these ids and the block it stands in.

    Raises:
        LookupError: it is not there any more.
    """
    for block, element in elements_of(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return block, element
    raise LookupError("that is not there any more")


def filled_in(element: JsonObject, value: Any) -> JsonObject:
    """Return the state entry for what a person chose or typed.

    Args:
        element: The element.
        value: Text for text inputs; an option's text or value (a list for several) for selects,
            radio buttons and checkboxes; a User, Channel or id (or a list) for pickers; a date, time
            or their ISO text for the date elements. None clears.

    Raises:
        LookupError: no such option.
    """
    kind = str(element["type"])
    if kind in TEXT_INPUTS:
        return {"type": kind, "value": None if value in (None, "") else str(value)}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else option_of(element, value)}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": [option_of(element, one) for one in _listed(value)]}
    if kind in ONE_ID:
        return {"type": kind, ONE_ID[kind]: None if value is None else _id_of(value)}
    if kind in MANY_IDS:
        return {"type": kind, MANY_IDS[kind]: [_id_of(one) for one in _listed(value)]}
    if kind == "datepicker":
        return {"type": kind, "selected_date": value.isoformat() if isinstance(value, dt.date) else value}
    if kind == "timepicker":
        return {"type": kind, "selected_time": f"{value:%H:%M}" if isinstance(value, dt.time) else value}
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": value}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": value}
    raise LookupError(f"a {kind} can't be filled in")


def option_of(element: JsonObject, wanted: Any) -> JsonObject:
    """Return the option with this text or value, as Slack sends it.

    Raises:
        LookupError: there is none; the text lists them.
    """
    if isinstance(wanted, dict):
        return wanted
    options: list[JsonObject] = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        options += group["options"]
    for option in options:
        if wanted in (option["text"]["text"], option.get("value")):
            return option
    raise LookupError(
        f"no option {wanted!r}; there are: {', '.join(option['text']['text'] for option in options)}"
    )


def action_entry(
    block: JsonObject, element: JsonObject, state: JsonObject | None, action_ts: str
) -> JsonObject:
    """Return the entry of ``actions`` for an element that was pressed or got this state."""
    entry: JsonObject = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action_ts": action_ts,
    }
    for key in ("text", "value", "style", "placeholder", "icon") if state is None else ("placeholder",):
        if key in element:
            entry[key] = element[key]
    return entry | (state or {})


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple, set)) else [value]


def _id_of(value: Any) -> str:
    return value.id if isinstance(value, (User, Channel)) else str(value)
