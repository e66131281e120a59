"""Layout blocks: what each may carry, where it may stand, and on which surface."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.rules.charts import chart, count_chart
from bot.sandbox.rules.compositions import (
    any_text,
    check_block_id,
    icon_name,
    plain_text,
    slack_file,
    slack_id,
    url_source,
)
from bot.sandbox.rules.elements import (
    actions_element,
    card_button,
    context_actions_element,
    context_element,
    image_element,
    input_element,
    section_accessory,
)
from bot.sandbox.rules.problems import Inspection, Surface
from bot.sandbox.rules.richtext import rich_text
from bot.sandbox.rules.shapes import (
    Check,
    Rule,
    array,
    boolean,
    choice,
    integer,
    kinds,
    one_of_both,
    only_on,
    refuse_type,
    shape,
    some_of,
    string,
    url,
)
from bot.sandbox.rules.tables import column_settings, count_table, data_table_rows, rows_are_even, table_rows

MARKDOWN_CHARS = 12_000

_EVERYWHERE: tuple[Surface, ...] = ("message", "modal", "home")
_MESSAGE: tuple[Surface, ...] = ("message",)


def _block(
    name: str,
    surfaces: tuple[Surface, ...],
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *rules: Rule,
) -> Check:
    inner = shape(required, {**(optional or {}), "block_id": check_block_id}, *rules, type_name=name)

    def check(value: object, at: str, seen: Inspection) -> None:
        # action_ids are unique within one block; a container's children are blocks of their own.
        outside, seen.action_ids = seen.action_ids, set()
        inner(value, at, seen)
        seen.action_ids = outside

    return only_on(surfaces, {name: check})[name]


def _input_element(value: object, at: str, seen: Inspection) -> None:
    seen.in_input = True
    input_element(value, at, seen)
    seen.in_input = False


def _markdown_text(value: object, at: str, seen: Inspection) -> None:
    _MARKDOWN(value, at, seen)
    seen.text_chars += len(value) if isinstance(value, str) else 0


def _cannot_be_sent(kind: str) -> Check:
    def check(_value: object, at: str, seen: Inspection) -> None:
        refuse_type(kind, at, seen)

    return check


def _container_agrees(block: Mapping[str, object], at: str, seen: Inspection) -> None:
    if block.get("default_collapsed") is True and block.get("is_collapsible") is not True:
        seen.add(
            "conflicting_fields",
            "default_collapsed needs is_collapsible",
            f"{at}/default_collapsed",
            field="default_collapsed",
        )
    if block.get("has_header_divider") is True and block.get("is_collapsible") is True:
        seen.add(
            "conflicting_fields",
            "has_header_divider cannot be used with is_collapsible",
            f"{at}/has_header_divider",
            field="has_header_divider",
        )


def _count_plan(_block: Mapping[str, object], at: str, seen: Inspection) -> None:
    seen.plans += 1
    if seen.plans > 1:
        seen.add("too_many_plans", "no more than 1 plan block allowed", at, 1)


def _one_icon(block: Mapping[str, object], at: str, seen: Inspection) -> None:
    if "icon" in block and "slack_icon" in block:
        seen.add("conflicting_fields", "only one of icon, slack_icon is allowed", at, field="slack_icon")


_MARKDOWN = string(MARKDOWN_CHARS)
_HTTPS = url(("https",))

_card = _block(
    "card",
    ("message", "home"),
    {},
    {
        "hero_image": image_element,
        "icon": image_element,
        "slack_icon": icon_name,
        "title": any_text(150),
        "subtitle": any_text(150),
        "body": any_text(200),
        "subtext": any_text(200),
        "actions": array(card_button, 1, 3),
    },
    some_of("title", "hero_image", "actions", "body"),
    _one_icon,
)

_task_card = _block(
    "task_card",
    _MESSAGE,
    {"task_id": slack_id, "title": string(3000)},
    # `pending` passes the validator but live streams refuse it: the stricter reading is kept.
    {
        "status": choice("in_progress", "complete", "error"),
        "details": rich_text,
        "output": rich_text,
        "sources": array(url_source, 1),
        "icon": icon_name,
    },
)

_CHILDREN: dict[str, Check] = {
    "actions": _block("actions", _EVERYWHERE, {"elements": array(actions_element, 1, 25)}),
    "context": _block("context", _EVERYWHERE, {"elements": array(context_element, 1, 10)}),
    "divider": _block("divider", _EVERYWHERE, {}),
    # Slack writes file blocks itself when it shows a remote file; an app that sends one is refused.
    "file": _cannot_be_sent("file"),
    "header": _block("header", _EVERYWHERE, {"text": plain_text(150)}),
    "image": _block(
        "image",
        _EVERYWHERE,
        {"alt_text": string(2000)},
        {"image_url": url(image=True), "slack_file": slack_file, "title": plain_text(2000)},
        one_of_both("image_url", "slack_file"),
    ),
    "input": _block(
        "input",
        _EVERYWHERE,
        {"label": plain_text(2000), "element": _input_element},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": rich_text,
    "section": _block(
        "section",
        _EVERYWHERE,
        {},
        {
            "text": any_text(3000),
            "fields": array(any_text(2000), 1, 10),
            "accessory": section_accessory,
            "expand": boolean,
        },
        some_of("text", "fields"),
    ),
    "table": _block(
        "table", _MESSAGE, {"rows": table_rows}, {"column_settings": column_settings}, count_table
    ),
    "video": _block(
        "video",
        _EVERYWHERE,
        {"title": plain_text(200), "alt_text": string(2000), "video_url": _HTTPS, "thumbnail_url": url()},
        {
            "title_url": _HTTPS,
            "description": plain_text(200),
            "author_name": string(50),
            "provider_name": string(50),
            "provider_icon_url": url(),
        },
    ),
}

_OTHERS: dict[str, Check] = {
    "context_actions": _block(
        "context_actions", _MESSAGE, {"elements": array(context_actions_element, 1, 5)}
    ),
    "markdown": _block("markdown", _MESSAGE, {"text": _markdown_text}),
    "data_table": _block(
        "data_table",
        _MESSAGE,
        {"caption": string(3000), "rows": data_table_rows},
        {"page_size": integer(1, 100), "row_header_column_index": integer(0)},
        count_table,
        rows_are_even,
    ),
    "data_visualization": _block(
        "data_visualization", _MESSAGE, {"title": string(50), "chart": chart}, None, count_chart
    ),
    "call": _block("call", _MESSAGE, {"call_id": slack_id}, {"api_decoration_available": boolean}),
    "alert": _block(
        "alert",
        ("modal",),
        {"text": any_text(200)},
        {"level": choice("default", "info", "warning", "error", "success")},
    ),
    "card": _card,
    "carousel": _block(
        "carousel", ("message", "home"), {"elements": array(kinds({"card": _card}, _CHILDREN), 1, 10)}
    ),
    "task_card": _task_card,
    "plan": _block(
        "plan",
        _MESSAGE,
        {"title": string(3000)},
        {"tasks": array(kinds({"task_card": _task_card}, _CHILDREN), 1)},
        _count_plan,
    ),
    # New in slack_sdk 3.47 and only for apps Slack has let in: an app that was not is refused.
    "auth_provider": _cannot_be_sent("auth_provider"),
}

_container = _block(
    "container",
    _MESSAGE,
    {"child_blocks": array(kinds(_CHILDREN, (*_OTHERS, "container")), 1, 10)},
    {
        "title": plain_text(150),
        "rich_text_title": rich_text,
        "subtitle": any_text(150),
        "icon": image_element,
        "width": choice("narrow", "standard", "wide", "full"),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    some_of("title", "rich_text_title"),
    _container_agrees,
)

any_block = kinds({**_CHILDREN, **_OTHERS, "container": _container}, ())
"""A block on any surface that shows it."""
