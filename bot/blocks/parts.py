"""Small Block Kit pieces everything else is made of, each within Slack's limits by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks.mrkdwn import shorten, unmarked
from bot.domain.message import Block

TEXT_LIMIT = 3000
BUTTON_LIMIT = 75
VALUE_LIMIT = 2000


def plain(text: str, limit: int) -> Mapping[str, Any]:
    """Return a plain_text object of at most `limit` code points."""
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = TEXT_LIMIT) -> Mapping[str, Any]:
    """Return a mrkdwn object; foreign text in it is escaped by the caller."""
    return {"type": "mrkdwn", "text": shorten(text, limit), "verbatim": True}


def section(text: str, *, block_id: str | None = None, accessory: Block | None = None) -> Block:
    """Return a section with mrkdwn text."""
    block: dict[str, Any] = {"type": "section", "text": mrkdwn(text)}
    if block_id:
        block["block_id"] = block_id
    if accessory:
        block["accessory"] = accessory
    return block


def header(text: str) -> Block:
    """Return a header, plain text."""
    return {"type": "header", "text": plain(text, 150)}


def context(*lines: str) -> Block:
    """Return a context block of one to ten mrkdwn lines."""
    return {"type": "context", "elements": [mrkdwn(line) for line in lines[:10]]}


def divider() -> Block:
    """Return a divider."""
    return {"type": "divider"}


def actions(*elements: Block, block_id: str | None = None) -> Block:
    """Return an actions block of one to 25 elements."""
    block: dict[str, Any] = {"type": "actions", "elements": list(elements)}
    if block_id:
        block["block_id"] = block_id
    return block


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: str | None = None,
    confirm: Block | None = None,
    label: str | None = None,
) -> Block:
    """Return a button.

    Args:
        text: Verb on it, plain text.
        action_id: Name in the routes' table; `name:suffix` where several of a kind share a block.
        value: What the listener gets; at most 2,000 characters.
        style: ``primary``, ``danger`` or None.
        confirm: From `confirm`, or None.
        label: What a screen reader says where the text alone would be the same on several buttons.
    """
    block: dict[str, Any] = {"type": "button", "text": plain(text, BUTTON_LIMIT), "action_id": action_id}
    if value:
        block["value"] = value[:VALUE_LIMIT]
    if style:
        block["style"] = style
    if confirm:
        block["confirm"] = confirm
    if label:
        block["accessibility_label"] = shorten(unmarked(label), 75)
    return block


def change_secret(name: str | None) -> list[Block]:
    """Return [Change secret] for a read that failed because of a secret, or nothing where there is none."""
    label = f"Change the secret {name}"
    return [] if name is None else [button("Change secret", "set_secret", name, label=label)]


def confirm(title: str, text: str, yes: str, *, danger: bool = False) -> Block:
    """Return a confirmation dialog for a button."""
    block: dict[str, Any] = {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Cancel", 30),
    }
    if danger:
        block["style"] = "danger"
    return block


def option(text: str, value: str, description: str = "") -> Block:
    """Return an option of a menu or of radio buttons."""
    block: dict[str, Any] = {"text": plain(text, 75), "value": value[:150]}
    if description:
        block["description"] = plain(description, 75)
    return block


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    """Return a menu behind three dots, with one to five options."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def text_input(
    block_id: str,
    label: str,
    *,
    initial: str = "",
    placeholder: str = "",
    hint: str = "",
    optional: bool = False,
    multiline: bool = False,
    max_length: int = 3000,
) -> Block:
    """Return an input for text; its action_id is its block_id, which is the field's name."""
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": block_id, "max_length": max_length}
    if initial:
        element["initial_value"] = initial[:max_length]
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    if multiline:
        element["multiline"] = True
    return input_block(block_id, label, element, hint=hint, optional=optional)


def select_input(
    block_id: str,
    label: str,
    options: Sequence[Block],
    *,
    initial: Block | None = None,
    hint: str = "",
    optional: bool = False,
) -> Block:
    """Return an input with a menu of one to 100 options; `initial` is one of them."""
    element: dict[str, Any] = {"type": "static_select", "action_id": block_id, "options": list(options[:100])}
    if initial:
        element["initial_option"] = initial
    return input_block(block_id, label, element, hint=hint, optional=optional)


def input_block(
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    """Return an input block around an element; its block_id is the field's name in errors."""
    block: dict[str, Any] = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    if optional:
        block["optional"] = True
    return block


def tick_input(name: str, label: str, about: str, *, ticked: bool, hint: str = "") -> Block:
    """Return an input with one box to tick."""
    tick = option(about, "yes")
    element: dict[str, Any] = {"type": "checkboxes", "action_id": name, "options": [tick]}
    if ticked:
        element["initial_options"] = [tick]
    return input_block(name, label, element, hint=hint, optional=True)
