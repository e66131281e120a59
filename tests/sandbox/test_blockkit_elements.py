"""Every element's rules: one that keeps each rule, and one that breaks just that rule."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from bot.sandbox.blockkit import Surface, check_blocks

Json = dict[str, Any]


def plain(text: str = "Checkout rewrite") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*x*") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(name: str = "a", **more: Any) -> Json:
    return {"text": plain(name), "value": name, **more}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def menu(**more: Any) -> Json:
    return {"type": "static_select", "options": [option("a"), option("b")], **more}


def menu_of_groups(*groups: Json, **more: Any) -> Json:
    return {"type": "static_select", "option_groups": list(groups), **more}


def group(label: str = "x", count: int = 1) -> Json:
    return {"label": plain(label), "options": options(count)}


def menus(**more: Any) -> Json:
    return {"type": "multi_static_select", "options": [option("a"), option("b")], **more}


def boxes(kind: str = "checkboxes", **more: Any) -> Json:
    return {"type": kind, "options": [option("a"), option("b")], **more}


def overflow(*some: Json, **more: Any) -> Json:
    return {"type": "overflow", "options": list(some) or options(2), **more}


def confirm(**more: Any) -> Json:
    return {"title": plain(), "text": plain(), "confirm": plain("Yes"), "deny": plain("No"), **more}


def text_input(**more: Any) -> Json:
    return {"type": "plain_text_input", **more}


def number_input(**more: Any) -> Json:
    return {"type": "number_input", "is_decimal_allowed": True, **more}


def workflow_button(**more: Any) -> Json:
    return {
        "type": "workflow_button",
        "text": plain(),
        "workflow": {"trigger": {"url": "https://slack.com/x"}},
        **more,
    }


def feedback(**more: Any) -> Json:
    side = {"text": plain("Good"), "value": "good"}
    return {"type": "feedback_buttons", "positive_button": side, "negative_button": side, **more}


def icon_button(**more: Any) -> Json:
    return {"type": "icon_button", "icon": "trash", "text": plain("Delete"), **more}


def conversations(**more: Any) -> Json:
    return {"type": "conversations_select", **more}


def placed(element: Json, home: str) -> list[Json]:
    """Put an element into a block; `home` is a (actions), i (input) or c (context_actions)."""
    if home == "i":
        return [{"type": "input", "label": plain(), "element": element}]
    return [{"type": "actions" if home == "a" else "context_actions", "elements": [element]}]


PLACE = {"a": "/blocks/0/elements/0", "c": "/blocks/0/elements/0", "i": "/blocks/0/element"}


class Case(NamedTuple):
    id: str
    good: Json
    bad: Json
    code: str
    at: str
    home: str = "a"
    surface: Surface = "message"


TEXTS = {"type": "url_text_input"}
CASES = [
    Case(
        "button-text-75", button(text=plain("x" * 75)), button(text=plain("x" * 76)), "too_long", "/text/text"
    ),
    Case("button-text-is-plain", button(), button(text=mrkdwn()), "invalid_enum", "/text/type"),
    Case("button-has-text", button(), {"type": "button"}, "missing_field", ""),
    Case("button-value-2000", button(value="x" * 2000), button(value="x" * 2001), "too_long", "/value"),
    Case("button-value-not-empty", button(value="x"), button(value=""), "too_short", "/value"),
    Case(
        "button-url-3000",
        button(url="https://example.com/" + "x" * 2980),
        button(url="https://example.com/" + "x" * 2981),
        "too_long",
        "/url",
    ),
    Case(
        "button-url-scheme",
        button(url="mailto:alice@example.com"),
        button(url="javascript:alert(1)"),
        "invalid_url",
        "/url",
    ),
    Case("button-style", button(style="danger"), button(style="default"), "invalid_enum", "/style"),
    Case(
        "button-label-75",
        button(accessibility_label="x" * 75),
        button(accessibility_label="x" * 76),
        "too_long",
        "/accessibility_label",
    ),
    Case(
        "button-agent-prompt-4000",
        button(agent_prompt="x" * 4000),
        button(agent_prompt="x" * 4001),
        "too_long",
        "/agent_prompt",
    ),
    Case("button-properties", button(action_id="a"), button(options=options(1)), "additional_property", ""),
    Case("action-id-255", button(action_id="x" * 255), button(action_id="x" * 256), "too_long", "/action_id"),
    Case("action-id-not-empty", button(action_id="x"), button(action_id=""), "too_short", "/action_id"),
    Case(
        "confirm-title-100",
        button(confirm=confirm(title=plain("x" * 100))),
        button(confirm=confirm(title=plain("x" * 101))),
        "too_long",
        "/confirm/title/text",
    ),
    Case(
        "confirm-text-300",
        button(confirm=confirm(text=plain("x" * 300))),
        button(confirm=confirm(text=plain("x" * 301))),
        "too_long",
        "/confirm/text/text",
    ),
    Case(
        "confirm-text-is-plain",
        button(confirm=confirm()),
        button(confirm=confirm(text=mrkdwn())),
        "invalid_enum",
        "/confirm/text/type",
    ),
    Case(
        "confirm-yes-30",
        button(confirm=confirm(confirm=plain("x" * 30))),
        button(confirm=confirm(confirm=plain("x" * 31))),
        "too_long",
        "/confirm/confirm/text",
    ),
    Case(
        "confirm-no-30",
        button(confirm=confirm(deny=plain("x" * 30))),
        button(confirm=confirm(deny=plain("x" * 31))),
        "too_long",
        "/confirm/deny/text",
    ),
    Case(
        "confirm-is-whole",
        button(confirm=confirm()),
        button(confirm={"title": plain(), "text": plain(), "confirm": plain()}),
        "missing_field",
        "/confirm",
    ),
    Case(
        "confirm-style",
        button(confirm=confirm(style="danger")),
        button(confirm=confirm(style="red")),
        "invalid_enum",
        "/confirm/style",
    ),
    Case("overflow-2-at-least", overflow(), overflow(option()), "too_few_items", "/options"),
    Case("overflow-5", overflow(*options(5)), overflow(*options(6)), "too_many_items", "/options"),
    Case(
        "option-url-in-overflow",
        overflow(option("a", url="https://example.com"), option("b")),
        menu(options=[option("a", url="https://example.com")]),
        "additional_property",
        "/options/0",
    ),
    Case(
        "option-url-3000",
        overflow(option("a", url="https://example.com"), option("b")),
        overflow(option("a", url="https://e.com/" + "x" * 3000), option("b")),
        "too_long",
        "/options/0/url",
    ),
    Case("menu-100", menu(options=options(100)), menu(options=options(101)), "too_many_items", "/options"),
    Case("menu-not-empty", menu(), menu(options=[]), "too_few_items", "/options"),
    Case(
        "menu-options-or-groups",
        menu_of_groups(group()),
        menu(option_groups=[group()]),
        "conflicting_fields",
        "",
    ),
    Case("menu-has-options", menu(), {"type": "static_select"}, "missing_field", ""),
    Case(
        "menu-100-groups",
        menu_of_groups(*[group()] * 100),
        menu_of_groups(*[group()] * 101),
        "too_many_items",
        "/option_groups",
    ),
    Case(
        "group-label-75",
        menu_of_groups(group("x" * 75)),
        menu_of_groups(group("x" * 76)),
        "too_long",
        "/option_groups/0/label/text",
    ),
    Case(
        "group-100-options",
        menu_of_groups(group(count=100)),
        menu_of_groups(group(count=101)),
        "too_many_items",
        "/option_groups/0/options",
    ),
    Case(
        "option-text-75",
        menu(options=[option("x" * 75)]),
        menu(options=[{"text": plain("x" * 76), "value": "x"}]),
        "too_long",
        "/options/0/text/text",
    ),
    Case(
        "option-text-plain-in-menus",
        boxes(options=[{"text": mrkdwn(), "value": "x"}]),
        menu(options=[{"text": mrkdwn(), "value": "x"}]),
        "invalid_enum",
        "/options/0/text/type",
    ),
    Case(
        "option-value-150",
        menu(options=[{"text": plain(), "value": "x" * 150}]),
        menu(options=[{"text": plain(), "value": "x" * 151}]),
        "too_long",
        "/options/0/value",
    ),
    Case("option-has-a-value", menu(), menu(options=[{"text": plain()}]), "missing_field", "/options/0"),
    Case(
        "option-description-75",
        menu(options=[option(description=plain("x" * 75))]),
        menu(options=[option(description=plain("x" * 76))]),
        "too_long",
        "/options/0/description/text",
    ),
    Case(
        "initial-in-options",
        menu(initial_option=option("b")),
        menu(initial_option=option("c")),
        "initial_not_in_options",
        "/initial_option",
    ),
    Case(
        "initial-in-groups",
        menu_of_groups(group(count=2), initial_option=option("1")),
        menu_of_groups(group(count=1), initial_option=option("1")),
        "initial_not_in_options",
        "/initial_option",
    ),
    Case(
        "initial-is-exact",
        menu(initial_option=option("a")),
        menu(initial_option={"text": plain("A"), "value": "a"}),
        "initial_not_in_options",
        "/initial_option",
    ),
    Case(
        "initials-in-options",
        menus(initial_options=[option("b")]),
        menus(initial_options=[option("a"), option("c")]),
        "initial_not_in_options",
        "/initial_options/1",
    ),
    Case(
        "initials-not-empty",
        menus(initial_options=[option("b")]),
        menus(initial_options=[]),
        "too_few_items",
        "/initial_options",
    ),
    Case(
        "max-selected-1",
        menus(max_selected_items=1),
        menus(max_selected_items=0),
        "too_small",
        "/max_selected_items",
    ),
    Case(
        "placeholder-150",
        menu(placeholder=plain("x" * 150)),
        menu(placeholder=plain("x" * 151)),
        "too_long",
        "/placeholder/text",
    ),
    Case(
        "placeholder-is-plain",
        menu(placeholder=plain()),
        menu(placeholder=mrkdwn()),
        "invalid_enum",
        "/placeholder/type",
    ),
    Case(
        "external-query-length",
        {"type": "external_select", "min_query_length": 0},
        {"type": "external_select", "min_query_length": -1},
        "too_small",
        "/min_query_length",
    ),
    Case(
        "multi-external-query-length",
        {"type": "multi_external_select", "min_query_length": 3},
        {"type": "multi_external_select", "min_query_length": "3"},
        "wrong_type",
        "/min_query_length",
    ),
    Case(
        "users-initial",
        {"type": "users_select", "initial_user": "U1"},
        {"type": "users_select", "initial_user": ""},
        "too_short",
        "/initial_user",
    ),
    Case(
        "multi-users-initial",
        {"type": "multi_users_select", "initial_users": ["U1"]},
        {"type": "multi_users_select", "initial_users": "U1"},
        "wrong_type",
        "/initial_users",
    ),
    Case(
        "channels-initial",
        {"type": "channels_select", "initial_channel": "C1"},
        {"type": "channels_select", "initial_channel": 1},
        "wrong_type",
        "/initial_channel",
    ),
    Case(
        "multi-channels-initial",
        {"type": "multi_channels_select", "initial_channels": ["C1"]},
        {"type": "multi_channels_select", "initial_channels": [1]},
        "wrong_type",
        "/initial_channels/0",
    ),
    Case(
        "conversations-filter",
        conversations(filter={"include": ["public"], "exclude_bot_users": True}),
        conversations(filter={"include": ["open"]}),
        "invalid_enum",
        "/filter/include/0",
    ),
    Case(
        "filter-not-empty",
        conversations(filter={"exclude_external_shared_channels": True}),
        conversations(filter={}),
        "missing_field",
        "/filter",
    ),
    Case(
        "multi-conversations-filter",
        {"type": "multi_conversations_select", "filter": {"include": ["im"]}},
        {"type": "multi_conversations_select", "filter": {"include": []}},
        "too_few_items",
        "/filter/include",
    ),
    Case(
        "default-conversation-is-boolean",
        conversations(default_to_current_conversation=True),
        conversations(default_to_current_conversation="C1"),
        "wrong_type",
        "/default_to_current_conversation",
    ),
    Case(
        "response-url-in-modal-inputs",
        conversations(response_url_enabled=True),
        conversations(response_url_enabled="yes"),
        "wrong_type",
        "/response_url_enabled",
        "i",
        "modal",
    ),
    Case(
        "checkboxes-10", boxes(options=options(10)), boxes(options=options(11)), "too_many_items", "/options"
    ),
    Case(
        "checkboxes-initials",
        boxes(initial_options=[option("a")]),
        boxes(initial_options=[option("c")]),
        "initial_not_in_options",
        "/initial_options/0",
    ),
    Case("checkboxes-no-placeholder", boxes(), boxes(placeholder=plain()), "additional_property", ""),
    Case(
        "radio-10",
        boxes("radio_buttons", options=options(10)),
        boxes("radio_buttons", options=options(11)),
        "too_many_items",
        "/options",
    ),
    Case(
        "radio-initial",
        boxes("radio_buttons", initial_option=option("a")),
        boxes("radio_buttons", initial_option=option("c")),
        "initial_not_in_options",
        "/initial_option",
    ),
    Case(
        "date-form",
        {"type": "datepicker", "initial_date": "2026-12-12"},
        {"type": "datepicker", "initial_date": "2026-2-1"},
        "invalid_format",
        "/initial_date",
    ),
    Case(
        "date-exists",
        {"type": "datepicker", "initial_date": "2028-02-29"},
        {"type": "datepicker", "initial_date": "2027-02-29"},
        "invalid_format",
        "/initial_date",
    ),
    Case(
        "time-form",
        {"type": "timepicker", "initial_time": "09:00"},
        {"type": "timepicker", "initial_time": "24:00"},
        "invalid_format",
        "/initial_time",
    ),
    Case(
        "time-zone",
        {"type": "timepicker", "timezone": "Europe/Berlin"},
        {"type": "timepicker", "timezone": "Berlin/X"},
        "invalid_format",
        "/timezone",
    ),
    Case(
        "moment-10-digits",
        {"type": "datetimepicker", "initial_date_time": 1_764_000_000},
        {"type": "datetimepicker", "initial_date_time": 1_764_000_000_000},
        "too_large",
        "/initial_date_time",
    ),
    Case(
        "text-min-3000",
        text_input(min_length=3000),
        text_input(min_length=3001),
        "too_large",
        "/min_length",
        "i",
    ),
    Case("text-max-1", text_input(max_length=1), text_input(max_length=0), "too_small", "/max_length", "i"),
    Case(
        "text-max-3000",
        text_input(max_length=3000),
        text_input(max_length=3001),
        "too_large",
        "/max_length",
        "i",
    ),
    Case(
        "text-min-under-max",
        text_input(min_length=5, max_length=5),
        text_input(min_length=6, max_length=5),
        "conflicting_fields",
        "/min_length",
        "i",
    ),
    Case(
        "text-initial-fits",
        text_input(max_length=3, initial_value="abc"),
        text_input(max_length=3, initial_value="abcd"),
        "too_long",
        "/initial_value",
        "i",
    ),
    Case(
        "text-multiline-is-boolean",
        text_input(multiline=True),
        text_input(multiline=1),
        "wrong_type",
        "/multiline",
        "i",
    ),
    Case(
        "dispatch-config",
        text_input(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}),
        text_input(dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "invalid_enum",
        "/dispatch_action_config/trigger_actions_on/0",
        "i",
    ),
    Case("number-says-decimals", number_input(), {"type": "number_input"}, "missing_field", "", "i", "modal"),
    Case(
        "number-bounds-are-text",
        number_input(min_value="-1.5"),
        number_input(min_value=-1),
        "wrong_type",
        "/min_value",
        "i",
        "modal",
    ),
    Case(
        "number-is-a-number",
        number_input(initial_value="12"),
        number_input(initial_value="1e3"),
        "invalid_format",
        "/initial_value",
        "i",
        "modal",
    ),
    Case(
        "number-bounds-in-order",
        number_input(min_value="1", max_value="2"),
        number_input(min_value="3", max_value="2"),
        "conflicting_fields",
        "/min_value",
        "i",
        "modal",
    ),
    Case(
        "number-initial-in-bounds",
        number_input(max_value="10", initial_value="9"),
        number_input(max_value="10", initial_value="11"),
        "conflicting_fields",
        "/initial_value",
        "i",
        "modal",
    ),
    Case(
        "number-without-decimals",
        number_input(is_decimal_allowed=False, initial_value="5"),
        number_input(is_decimal_allowed=False, initial_value="5.0"),
        "invalid_format",
        "/initial_value",
        "i",
        "modal",
    ),
    Case(
        "email-properties",
        {"type": "email_text_input", "initial_value": "alice@example.com"},
        {"type": "email_text_input", "max_length": 5},
        "additional_property",
        "",
        "i",
        "modal",
    ),
    Case(
        "url-properties",
        {**TEXTS, "initial_value": "https://example.com"},
        {**TEXTS, "multiline": True},
        "additional_property",
        "",
        "i",
        "modal",
    ),
    Case(
        "files-10",
        {"type": "file_input", "max_files": 10, "filetypes": ["csv"]},
        {"type": "file_input", "max_files": 11},
        "too_large",
        "/max_files",
        "i",
        "modal",
    ),
    Case(
        "files-types-not-empty",
        {"type": "file_input", "filetypes": ["csv"]},
        {"type": "file_input", "filetypes": []},
        "too_few_items",
        "/filetypes",
        "i",
        "modal",
    ),
    Case(
        "rich-input-initial",
        {
            "type": "rich_text_input",
            "initial_value": {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": []}],
            },
        },
        {"type": "rich_text_input", "initial_value": "x"},
        "wrong_type",
        "/initial_value",
        "i",
        "modal",
    ),
    Case(
        "feedback-has-both",
        feedback(),
        {"type": "feedback_buttons", "positive_button": {"text": plain(), "value": "x"}},
        "missing_field",
        "",
        "c",
    ),
    Case(
        "feedback-text-75",
        feedback(),
        feedback(positive_button={"text": plain("x" * 76), "value": "x"}),
        "too_long",
        "/positive_button/text/text",
        "c",
    ),
    Case(
        "feedback-value-2000",
        feedback(),
        feedback(negative_button={"text": plain(), "value": "x" * 2001}),
        "too_long",
        "/negative_button/value",
        "c",
    ),
    Case("icon-is-trash", icon_button(), icon_button(icon="rocket"), "invalid_enum", "/icon", "c"),
    Case(
        "icon-10-people",
        icon_button(visible_to_user_ids=["U1"] * 10),
        icon_button(visible_to_user_ids=["U1"] * 11),
        "too_many_items",
        "/visible_to_user_ids",
        "c",
    ),
    Case(
        "workflow-has-a-trigger",
        workflow_button(),
        workflow_button(workflow={}),
        "missing_field",
        "/workflow",
    ),
    Case(
        "workflow-text-75", workflow_button(), workflow_button(text=plain("x" * 76)), "too_long", "/text/text"
    ),
    Case(
        "focus-is-boolean",
        menu(focus_on_load=True),
        menu(focus_on_load="yes"),
        "wrong_type",
        "/focus_on_load",
    ),
]


def found(blocks: list[Json], surface: Surface) -> list[tuple[str, str]]:
    problems = check_blocks(blocks, surface)
    return [(problem.code, problem.pointer) for problem in problems if problem.code != "failed_schemas"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_element_that_keeps_the_rule_passes(case: Case) -> None:
    assert check_blocks(placed(case.good, case.home), case.surface) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_element_that_breaks_the_rule_is_refused_for_that_alone(case: Case) -> None:
    assert found(placed(case.bad, case.home), case.surface) == [(case.code, PLACE[case.home] + case.at)]


SAMPLES: dict[str, Json] = {
    "button": button(),
    "checkboxes": boxes(),
    "datepicker": {"type": "datepicker"},
    "datetimepicker": {"type": "datetimepicker"},
    "email_text_input": {"type": "email_text_input"},
    "external_select": {"type": "external_select"},
    "feedback_buttons": feedback(),
    "file_input": {"type": "file_input"},
    "icon_button": icon_button(),
    "image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "x"},
    "channels_select": {"type": "channels_select"},
    "conversations_select": conversations(),
    "users_select": {"type": "users_select"},
    "static_select": menu(),
    "multi_static_select": menus(),
    "multi_external_select": {"type": "multi_external_select"},
    "multi_users_select": {"type": "multi_users_select"},
    "multi_channels_select": {"type": "multi_channels_select"},
    "multi_conversations_select": {"type": "multi_conversations_select"},
    "number_input": number_input(),
    "overflow": overflow(),
    "plain_text_input": text_input(),
    "radio_buttons": boxes("radio_buttons"),
    "rich_text_input": {"type": "rich_text_input"},
    "timepicker": {"type": "timepicker"},
    "url_text_input": TEXTS,
    "workflow_button": workflow_button(),
    "mrkdwn": mrkdwn(),
}
CHOOSERS = {name for name in SAMPLES if name.endswith("_select")} | {
    "checkboxes",
    "datepicker",
    "radio_buttons",
    "timepicker",
}
STANDS: dict[str, set[str]] = {
    "accessory": CHOOSERS | {"button", "image", "overflow", "workflow_button"},
    "actions": CHOOSERS | {"button", "datetimepicker", "overflow", "rich_text_input", "workflow_button"},
    "input": CHOOSERS
    | {
        "datetimepicker",
        "email_text_input",
        "file_input",
        "number_input",
        "plain_text_input",
        "rich_text_input",
        "url_text_input",
    },
    "context": {"image", "mrkdwn"},
    "context_actions": {"feedback_buttons", "icon_button"},
    "card": {"button"},
}
SURFACES: dict[str, str] = {
    **dict.fromkeys(("email_text_input", "url_text_input", "number_input", "file_input"), "O"),
    "rich_text_input": "OH",
    "datetimepicker": "MO",
    **dict.fromkeys(("feedback_buttons", "icon_button", "workflow_button"), "M"),
}
BLOCKS_ON = {"context_actions": "M", "card": "MH"}


def block_with(place: str, element: Json) -> Json:
    if place == "accessory":
        return {"type": "section", "text": plain(), "accessory": element}
    if place == "input":
        return {"type": "input", "label": plain(), "element": element}
    if place == "card":
        return {"type": "card", "actions": [element]}
    return {"type": place, "elements": [element]}


@pytest.mark.parametrize(("letter", "surface"), [("M", "message"), ("O", "modal"), ("H", "home")])
@pytest.mark.parametrize("place", STANDS)
@pytest.mark.parametrize("kind", SAMPLES)
def test_an_element_stands_only_where_slack_lets_it(
    kind: str, place: str, letter: str, surface: Surface
) -> None:
    allowed = (
        kind in STANDS[place]
        and letter in SURFACES.get(kind, "MOH")
        and letter in BLOCKS_ON.get(place, "MOH")
    )
    problems = found([block_with(place, SAMPLES[kind])], surface)
    assert (problems == []) is allowed
    assert all(code == "unsupported_type" for code, _ in problems)


@pytest.mark.parametrize(
    ("blocks", "surface"),
    [
        (placed(conversations(response_url_enabled=True), "i"), "message"),
        (placed({"type": "channels_select", "response_url_enabled": True}, "a"), "modal"),
    ],
    ids=["in-a-message", "outside-an-input"],
)
def test_response_urls_are_for_the_input_blocks_of_modals(blocks: list[Json], surface: Surface) -> None:
    assert [code for code, _ in found(blocks, surface)] == ["additional_property"]
