"""What a form opens with, and what Slack tells the person before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.blockkit import check_inputs, check_view, initial_state

Json = dict[str, Any]


def plain(text: str = "Target") -> Json:
    return {"type": "plain_text", "text": text}


def option(name: str) -> Json:
    return {"text": plain(name), "value": name}


def form(element: Json, **more: Any) -> Json:
    block = {
        "type": "input",
        "block_id": "b",
        "label": plain(),
        "element": {"action_id": "a", **element},
        **more,
    }
    return {"type": "modal", "title": plain(), "submit": plain("Save"), "blocks": [block]}


MENU = {"options": [option("a"), option("b")]}
GROUPS = {"option_groups": [{"label": plain(), "options": [option("a")]}]}
RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
# element type, what it starts from, the entry without and with it
STATES: list[tuple[str, Json, Json, Json]] = [
    ("plain_text_input", {"initial_value": "x"}, {"value": None}, {"value": "x"}),
    ("number_input", {"is_decimal_allowed": True, "initial_value": "1.5"}, {"value": None}, {"value": "1.5"}),
    (
        "email_text_input",
        {"initial_value": "alice@example.com"},
        {"value": None},
        {"value": "alice@example.com"},
    ),
    (
        "url_text_input",
        {"initial_value": "https://example.com"},
        {"value": None},
        {"value": "https://example.com"},
    ),
    ("rich_text_input", {"initial_value": RICH}, {"rich_text_value": None}, {"rich_text_value": RICH}),
    ("datepicker", {"initial_date": "2026-12-12"}, {"selected_date": None}, {"selected_date": "2026-12-12"}),
    ("timepicker", {"initial_time": "09:00"}, {"selected_time": None}, {"selected_time": "09:00"}),
    (
        "datetimepicker",
        {"initial_date_time": 1764000000},
        {"selected_date_time": None},
        {"selected_date_time": 1764000000},
    ),
    (
        "static_select",
        {"initial_option": option("a")},
        {"selected_option": None},
        {"selected_option": option("a")},
    ),
    (
        "external_select",
        {"initial_option": option("a")},
        {"selected_option": None},
        {"selected_option": option("a")},
    ),
    (
        "radio_buttons",
        {"initial_option": option("a")},
        {"selected_option": None},
        {"selected_option": option("a")},
    ),
    ("users_select", {"initial_user": "U1"}, {"selected_user": None}, {"selected_user": "U1"}),
    ("channels_select", {"initial_channel": "C1"}, {"selected_channel": None}, {"selected_channel": "C1"}),
    (
        "conversations_select",
        {"initial_conversation": "C1"},
        {"selected_conversation": None},
        {"selected_conversation": "C1"},
    ),
    (
        "checkboxes",
        {"initial_options": [option("a")]},
        {"selected_options": []},
        {"selected_options": [option("a")]},
    ),
    (
        "multi_static_select",
        {"initial_options": [option("a")]},
        {"selected_options": []},
        {"selected_options": [option("a")]},
    ),
    (
        "multi_external_select",
        {"initial_options": [option("a")]},
        {"selected_options": []},
        {"selected_options": [option("a")]},
    ),
    ("multi_users_select", {"initial_users": ["U1"]}, {"selected_users": []}, {"selected_users": ["U1"]}),
    (
        "multi_channels_select",
        {"initial_channels": ["C1"]},
        {"selected_channels": []},
        {"selected_channels": ["C1"]},
    ),
    (
        "multi_conversations_select",
        {"initial_conversations": ["C1"]},
        {"selected_conversations": []},
        {"selected_conversations": ["C1"]},
    ),
    ("file_input", {}, {"files": []}, {"files": []}),
]
WITH_OPTIONS = {"static_select", "radio_buttons", "checkboxes", "multi_static_select"}


@pytest.mark.parametrize(("kind", "start", "empty", "filled"), STATES, ids=[row[0] for row in STATES])
def test_a_form_opens_with_its_initial_values(kind: str, start: Json, empty: Json, filled: Json) -> None:
    bare = {"type": kind, **(MENU if kind in WITH_OPTIONS else {})}
    if kind == "number_input":
        bare["is_decimal_allowed"] = True
    assert check_view(form({**bare, **start})) == []
    assert initial_state(form(bare)) == {"b": {"a": {"type": kind, **empty}}}
    assert initial_state(form({**bare, **start})) == {"b": {"a": {"type": kind, **filled}}}


def test_a_chosen_zone_stands_in_the_state() -> None:
    view = form({"type": "timepicker", "initial_time": "09:00", "timezone": "Europe/Berlin"})
    assert initial_state(view)["b"]["a"]["timezone"] == "Europe/Berlin"


def test_menus_outside_inputs_have_state_and_buttons_have_none() -> None:
    button = {"type": "button", "text": plain(), "action_id": "go"}
    view = {
        "type": "home",
        "blocks": [
            {
                "type": "section",
                "block_id": "s",
                "text": plain(),
                "accessory": {"type": "datepicker", "action_id": "day"},
            },
            {"type": "section", "block_id": "t", "text": plain()},
            {
                "type": "actions",
                "block_id": "r",
                "elements": [button, {"type": "users_select", "action_id": "who"}],
            },
            {"type": "divider"},
        ],
    }
    assert check_view(view) == []
    assert initial_state(view) == {
        "s": {"day": {"type": "datepicker", "selected_date": None}},
        "r": {"who": {"type": "users_select", "selected_user": None}},
    }


@pytest.mark.parametrize(
    ("kind", "key", "chosen"),
    [
        ("conversations_select", "selected_conversation", "C1"),
        ("multi_conversations_select", "selected_conversations", ["C1"]),
    ],
)
def test_the_current_channel_is_chosen_where_the_form_asks_for_it(kind: str, key: str, chosen: Any) -> None:
    view = form({"type": kind, "default_to_current_conversation": True})
    assert initial_state(view, "C1")["b"]["a"][key] == chosen
    assert not initial_state(view)["b"]["a"][key]


REQUIRED = "Please complete this required field."
NUMBER = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "10"}
# element, the key of its value, a value that may be sent, one that may not, and what the person is told
TYPED: list[tuple[str, Json, str, Any, Any, str]] = [
    ("required", {"type": "plain_text_input"}, "value", "x", "", REQUIRED),
    ("required-null", {"type": "users_select"}, "selected_user", "U1", None, REQUIRED),
    ("required-list", {"type": "checkboxes", **MENU}, "selected_options", [option("a")], [], REQUIRED),
    (
        "text-min",
        {"type": "plain_text_input", "min_length": 3},
        "value",
        "abc",
        "ab",
        "Must be at least 3 characters.",
    ),
    (
        "text-max",
        {"type": "plain_text_input", "max_length": 3},
        "value",
        "abc",
        "abcd",
        "Must be 3 characters or fewer.",
    ),
    (
        "text-max-by-default",
        {"type": "plain_text_input"},
        "value",
        "x" * 3000,
        "x" * 3001,
        "Must be 3000 characters or fewer.",
    ),
    ("text-is-text", {"type": "plain_text_input"}, "value", "5", 5, "Must be text."),
    ("number", NUMBER, "value", "5", "five", "Must be a number."),
    ("number-nan", NUMBER, "value", "5", "NaN", "Must be a number."),
    ("number-whole", NUMBER, "value", "5", "5.5", "Must be a whole number."),
    ("number-decimal", {**NUMBER, "is_decimal_allowed": True}, "value", "5.5", "5,5", "Must be a number."),
    ("number-min", NUMBER, "value", "1", "0", "Must be 1 or more."),
    ("number-max", NUMBER, "value", "10", "11", "Must be 10 or less."),
    (
        "email",
        {"type": "email_text_input"},
        "value",
        "bob@mail.example.com",
        "bob@example",
        "Must be a valid email address.",
    ),
    (
        "email-one-at",
        {"type": "email_text_input"},
        "value",
        "b@e.com",
        "a@b@e.com",
        "Must be a valid email address.",
    ),
    (
        "url",
        {"type": "url_text_input"},
        "value",
        "https://example.com/a?b=c",
        "example.com",
        "Must be a valid URL.",
    ),
    (
        "url-scheme",
        {"type": "url_text_input"},
        "value",
        "http://example.com",
        "ftp://example.com",
        "Must be a valid URL.",
    ),
    (
        "url-readable",
        {"type": "url_text_input"},
        "value",
        "http://[::1]/",
        "http://[::1/",
        "Must be a valid URL.",
    ),
    (
        "url-blank",
        {"type": "url_text_input"},
        "value",
        "http://example.com/a",
        "http://example.com/a b",
        "Must be a valid URL.",
    ),
    ("date", {"type": "datepicker"}, "selected_date", "2026-12-12", "12 Dec", "Must be a valid date."),
    ("time", {"type": "timepicker"}, "selected_time", "09:30", "9.30", "Must be a valid time."),
    (
        "moment",
        {"type": "datetimepicker"},
        "selected_date_time",
        1764000000,
        5,
        "Must be a valid date and time.",
    ),
    (
        "option",
        {"type": "static_select", **MENU},
        "selected_option",
        option("b"),
        option("c"),
        "Must be one of the options.",
    ),
    (
        "option-in-group",
        {"type": "static_select", **GROUPS},
        "selected_option",
        option("a"),
        option("b"),
        "Must be one of the options.",
    ),
    (
        "options",
        {"type": "multi_static_select", **MENU},
        "selected_options",
        [option("b")],
        [option("a"), option("c")],
        "Must be among the options.",
    ),
    (
        "options-max",
        {"type": "multi_static_select", **MENU, "max_selected_items": 1},
        "selected_options",
        [option("b")],
        [option("a"), option("b")],
        "Choose 1 or fewer.",
    ),
    (
        "users-max",
        {"type": "multi_users_select", "max_selected_items": 1},
        "selected_users",
        ["U1"],
        ["U1", "U2"],
        "Choose 1 or fewer.",
    ),
    ("several-are-a-list", {"type": "multi_users_select"}, "selected_users", ["U1"], "U1", "Must be a list."),
    (
        "files-max",
        {"type": "file_input", "max_files": 1},
        "files",
        ["F1"],
        ["F1", "F2"],
        "Choose 1 or fewer.",
    ),
]


def entered(element: Json, key: str, value: Any) -> Json:
    return {"b": {"a": {"type": element["type"], key: value}}}


@pytest.mark.parametrize(
    ("element", "key", "good", "bad", "message"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED]
)
def test_a_person_is_told_before_anything_is_sent(
    element: Json, key: str, good: Any, bad: Any, message: str
) -> None:
    view = form(element)
    assert check_inputs(view, entered(element, key, good)) == {}
    assert check_inputs(view, entered(element, key, bad)) == {"b": message}


def test_an_optional_input_may_stay_empty_but_not_be_wrong() -> None:
    view = form(NUMBER, optional=True)
    assert check_inputs(view, entered(NUMBER, "value", None)) == {}
    assert check_inputs(view, {}) == {}
    assert check_inputs(view, entered(NUMBER, "value", "99")) == {"b": "Must be 10 or less."}


def test_an_external_option_is_not_compared_with_a_list() -> None:
    one, many = {"type": "external_select"}, {"type": "multi_external_select"}
    assert check_inputs(form(one), entered(one, "selected_option", option("new"))) == {}
    assert check_inputs(form(many), entered(many, "selected_options", [option("new")])) == {}


def test_only_input_blocks_are_required() -> None:
    view = {
        "type": "modal",
        "title": plain(),
        "blocks": [
            {"type": "actions", "block_id": "r", "elements": [{"type": "users_select", "action_id": "who"}]}
        ],
    }
    assert check_inputs(view, initial_state(view)) == {}


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(0, 10**6))
def test_a_number_is_accepted_exactly_within_its_bounds(value: int, low: int, width: int) -> None:
    element = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": str(low),
        "max_value": str(low + width),
    }
    accepted = check_inputs(form(element), entered(element, "value", str(value))) == {}
    assert accepted is (low <= value <= low + width)
