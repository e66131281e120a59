"""A view as a whole, and what may be answered to a submission or a suggestion."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.sandbox.rules.blocklist import inspect_blocks
from bot.sandbox.rules.compositions import failed_all, menu_option, option_group, plain_text
from bot.sandbox.rules.problems import Inspection, Problem, Surface
from bot.sandbox.rules.shapes import Check, array, boolean, choice, one_of_both, shape, string

VIEW_BYTES = 250_000
TITLE_CHARS = 24
METADATA_CHARS = 3_000

_ANY = {"modal", "home"}


def _no_check(_value: object, _at: str, _seen: Inspection) -> None:
    """Blocks are inspected apart, so that the problems of a view's own fields come first."""


_COMMON: dict[str, Check] = {
    "private_metadata": string(METADATA_CHARS, 0),
    "callback_id": string(255),
    "external_id": string(255),
}
_MODAL = shape(
    {"title": plain_text(TITLE_CHARS), "blocks": _no_check},
    {
        **_COMMON,
        "submit": plain_text(TITLE_CHARS),
        "close": plain_text(TITLE_CHARS),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    type_name="modal",
)
_HOME = shape({"blocks": _no_check}, _COMMON, type_name="home")
_ERRORS = "errors"


def check_view(view: object, pointer: str = "/view") -> list[Problem]:
    """Return what is wrong with a modal or Home view; `view_error` says which error that is.

    Args:
        view: The view as it comes from JSON, or as JSON text.
        pointer: JSON pointer to it, the start of every problem's pointer.

    Source: docs.slack.dev/reference/views.
    """
    if isinstance(view, str):
        try:
            view = json.loads(view)
        except ValueError:
            view = None
    if not isinstance(view, Mapping):
        return [Problem("wrong_type", "must provide an object", pointer, "object")]
    kind = view.get("type")
    if kind is None:
        return [Problem("missing_field", "missing required field: type", pointer, None, "type")]
    if kind not in ("modal", "home"):
        return [
            Problem("invalid_enum", "must be a valid enum value", f"{pointer}/type", "modal, home", "type")
        ]
    surface: Surface = "modal" if kind == "modal" else "home"
    seen = Inspection(surface)
    if len(json.dumps(view, ensure_ascii=False, default=list).encode()) > VIEW_BYTES:
        seen.add("view_too_large", f"must be less than {VIEW_BYTES + 1} bytes", pointer, VIEW_BYTES)
    (_MODAL if kind == "modal" else _HOME)(view, pointer, seen)
    if seen.problems and seen.problems[0].code != "view_too_large":
        seen.problems.insert(0, failed_all(pointer))
    if kind == "modal" and "submit" not in view and _has_input(view.get("blocks")):
        seen.miss("submit", pointer)
    if "blocks" in view:
        inspect_blocks(view["blocks"], f"{pointer}/blocks", seen)
    return seen.problems


def view_error(problems: list[Problem]) -> str:
    """Return the error code Slack answers to a view with these problems (at least one)."""
    return (
        "view_too_large"
        if any(problem.code == "view_too_large" for problem in problems)
        else "invalid_arguments"
    )


def _input_ids(blocks: object) -> set[object]:
    return {block.get("block_id") for block in _inputs(blocks)}


def _has_input(blocks: object) -> bool:
    return bool(_inputs(blocks))


def _inputs(blocks: object) -> list[Mapping[str, object]]:
    items = blocks if isinstance(blocks, (list, tuple)) else ()
    return [block for block in items if isinstance(block, Mapping) and block.get("type") == "input"]


def _new_view(value: object, at: str, seen: Inspection) -> None:
    seen.problems += check_view(value, at)
    if isinstance(value, Mapping) and value.get("type") == "home":
        seen.add("invalid_enum", "must be a valid enum value", f"{at}/type", "modal", "type")


_ACTIONS: dict[str, Check] = {
    "clear": shape({"response_action": choice("clear")}),
    "update": shape({"response_action": choice("update"), "view": _new_view}),
    "push": shape({"response_action": choice("push"), "view": _new_view}),
    _ERRORS: shape({"response_action": choice(_ERRORS), _ERRORS: _no_check}),
}


def check_response_action(body: object, current_view: Mapping[str, object]) -> list[Problem]:
    """Return what is wrong with the acknowledgement of a submission; nothing at all closes the view.

    Args:
        body: What the bot answered: None, empty, or an object with ``response_action``.
        current_view: The view that was submitted; ``errors`` may name its input blocks only.

    Source: docs.slack.dev/surfaces/modals, "Updating, pushing and errors".
    """
    if body is None or body == "" or body == {}:
        return []
    seen = Inspection("modal")
    if not isinstance(body, Mapping):
        seen.add("wrong_type", "must provide an object", "", "object")
        return seen.problems
    action = body.get("response_action")
    if action is None:
        seen.miss("response_action", "")
    elif not isinstance(action, str) or action not in _ACTIONS:
        seen.add(
            "invalid_enum",
            "must be a valid enum value",
            "/response_action",
            ", ".join(_ACTIONS),
            "response_action",
        )
    else:
        _ACTIONS[action](body, "", seen)
        if action == _ERRORS and _ERRORS in body:
            _check_errors(body[_ERRORS], current_view, seen)
    return seen.problems


def _check_errors(errors: object, view: Mapping[str, object], seen: Inspection) -> None:
    if not isinstance(errors, Mapping) or not errors:
        seen.add("wrong_type", "must provide an object with at least one entry", "/errors", "object", _ERRORS)
        return
    known = _input_ids(view.get("blocks"))
    for block_id, text in errors.items():
        if block_id not in known:
            seen.add("unknown_block", f'no input block has the block_id "{block_id}"', f"/errors/{block_id}")
        string(METADATA_CHARS)(text, f"/errors/{block_id}", seen)


_SUGGESTIONS = shape(
    None,
    {"options": array(menu_option, 0, 100), "option_groups": array(option_group, 0, 100)},
    one_of_both("options", "option_groups"),
)


def check_suggestions(body: object) -> list[Problem]:
    """Return what is wrong with the answer to a block_suggestion; an empty list shows "no results"."""
    seen = Inspection("modal")
    _SUGGESTIONS(body, "", seen)
    return seen.problems
