"""Views as a whole and what a submission may be answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.blockkit import check_response_action, check_suggestions, check_view, view_error

Json = dict[str, Any]


def plain(text: str = "Add criterion") -> Json:
    return {"type": "plain_text", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "text": plain(), **more}


def field(name: str = "target") -> Json:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(),
        "element": {"type": "plain_text_input", "action_id": name},
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks) or [section()], **more}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


def without(view: Json, name: str) -> Json:
    return {key: value for key, value in view.items() if key != name}


VIEW = "/view"
CASES: list[tuple[str, Any, Any, str, str]] = [
    ("title-24", modal(title=plain("x" * 24)), modal(title=plain("x" * 25)), "too_long", "/view/title/text"),
    (
        "title-is-plain",
        modal(),
        modal(title={"type": "mrkdwn", "text": "x"}),
        "invalid_enum",
        "/view/title/type",
    ),
    ("title-is-there", modal(), without(modal(), "title"), "missing_field", VIEW),
    (
        "submit-24",
        modal(submit=plain("x" * 24)),
        modal(submit=plain("x" * 25)),
        "too_long",
        "/view/submit/text",
    ),
    ("close-24", modal(close=plain("x" * 24)), modal(close=plain("x" * 25)), "too_long", "/view/close/text"),
    ("inputs-need-submit", modal(field(), submit=plain("Save")), modal(field()), "missing_field", VIEW),
    (
        "private-metadata-3000",
        modal(private_metadata="x" * 3000),
        modal(private_metadata="x" * 3001),
        "too_long",
        "/view/private_metadata",
    ),
    (
        "private-metadata-may-be-empty",
        modal(private_metadata=""),
        modal(private_metadata=None),
        "wrong_type",
        "/view/private_metadata",
    ),
    (
        "callback-id-255",
        modal(callback_id="x" * 255),
        modal(callback_id="x" * 256),
        "too_long",
        "/view/callback_id",
    ),
    (
        "callback-id-not-empty",
        modal(callback_id="x"),
        modal(callback_id=""),
        "too_short",
        "/view/callback_id",
    ),
    (
        "external-id-255",
        modal(external_id="x" * 255),
        modal(external_id="x" * 256),
        "too_long",
        "/view/external_id",
    ),
    (
        "notify-is-boolean",
        modal(notify_on_close=True),
        modal(notify_on_close="true"),
        "wrong_type",
        "/view/notify_on_close",
    ),
    (
        "clear-is-boolean",
        modal(clear_on_close=True),
        modal(clear_on_close=1),
        "wrong_type",
        "/view/clear_on_close",
    ),
    ("properties", modal(), modal(state={}), "additional_property", VIEW),
    ("type-is-known", modal(), {**modal(), "type": "dialog"}, "invalid_enum", "/view/type"),
    ("type-is-there", modal(), without(modal(), "type"), "missing_field", VIEW),
    ("blocks-are-there", modal(), without(modal(), "blocks"), "missing_field", VIEW),
    ("blocks-are-a-list", modal(), {**modal(), "blocks": section()}, "wrong_type", "/view/blocks"),
    ("100-blocks", modal(*[section()] * 100), modal(*[section()] * 101), "too_many_items", "/view/blocks"),
    (
        "block-ids-differ",
        modal(section(block_id="a"), section(block_id="b")),
        modal(section(block_id="a"), section(block_id="a")),
        "duplicate_id",
        "/view/blocks/1/block_id",
    ),
    (
        "surface",
        modal({"type": "alert", "text": plain()}),
        home({"type": "alert", "text": plain()}),
        "unsupported_type",
        "/view/blocks/0/type",
    ),
    ("home-has-no-title", home(callback_id="x"), home(title=plain()), "additional_property", VIEW),
    ("home-has-no-submit", home(private_metadata="x"), home(submit=plain()), "additional_property", VIEW),
    ("home-has-no-close", home(external_id="x"), home(close=plain()), "additional_property", VIEW),
    ("home-needs-no-submit", home(field()), home(field(), notify_on_close=True), "additional_property", VIEW),
    (
        "250-kB",
        modal(*[section(text=plain("x" * 2400))] * 100),
        modal(*[section(text=plain("x" * 2600))] * 100),
        "view_too_large",
        VIEW,
    ),
    (
        "size-is-in-bytes",
        modal(*[section(text=plain("x" * 1300))] * 100),
        modal(*[section(text=plain("é" * 1300))] * 100),
        "view_too_large",
        VIEW,
    ),
    ("json-text", json.dumps(modal()), "{", "wrong_type", VIEW),
    ("object", home(), [home()], "wrong_type", VIEW),
]


@pytest.mark.parametrize("good", [row[1] for row in CASES], ids=[row[0] for row in CASES])
def test_a_view_that_keeps_the_rule_passes(good: Any) -> None:
    assert check_view(good) == []


@pytest.mark.parametrize(("bad", "code", "at"), [row[2:] for row in CASES], ids=[row[0] for row in CASES])
def test_a_view_that_breaks_the_rule_is_refused_for_that_alone(bad: Any, code: str, at: str) -> None:
    problems = check_view(bad)
    assert [(p.code, p.pointer) for p in problems if p.code != "failed_schemas"] == [(code, at)]
    assert view_error(problems) == ("view_too_large" if code == "view_too_large" else "invalid_arguments")


def test_a_broken_view_reads_as_slack_writes_it() -> None:
    assert [problem.text for problem in check_view(modal(private_metadata="x" * 3001))] == [
        "failed to match all allowed schemas [json-pointer:/view]",
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ]
    assert [problem.text for problem in check_view({"type": "x"})] == [
        "must be a valid enum value [json-pointer:/view/type]"
    ]


OPEN = modal(field("target"), section(block_id="shown"), submit=plain("Save"))
ANSWERS: list[tuple[str, Any, Any, str, str]] = [
    (
        "action-is-known",
        {"response_action": "clear"},
        {"response_action": "close"},
        "invalid_enum",
        "/response_action",
    ),
    ("action-is-there", None, {"errors": {"target": "x"}}, "missing_field", ""),
    ("object", {}, ["clear"], "wrong_type", ""),
    ("clear-is-bare", "", {"response_action": "clear", "view": modal()}, "additional_property", ""),
    (
        "update-has-a-view",
        {"response_action": "update", "view": modal()},
        {"response_action": "update"},
        "missing_field",
        "",
    ),
    (
        "update-view-is-valid",
        {"response_action": "update", "view": modal()},
        {"response_action": "update", "view": modal(submit=plain(""))},
        "too_short",
        "/view/submit/text",
    ),
    (
        "update-is-a-modal",
        {"response_action": "update", "view": modal()},
        {"response_action": "update", "view": home()},
        "invalid_enum",
        "/view/type",
    ),
    (
        "push-view-is-valid",
        {"response_action": "push", "view": modal()},
        {"response_action": "push", "view": None},
        "wrong_type",
        "/view",
    ),
    (
        "errors-are-there",
        {"response_action": "errors", "errors": {"target": "Not a number."}},
        {"response_action": "errors"},
        "missing_field",
        "",
    ),
    (
        "errors-name-a-block",
        {"response_action": "errors", "errors": {"target": "x"}},
        {"response_action": "errors", "errors": {"value": "x"}},
        "unknown_block",
        "/errors/value",
    ),
    (
        "errors-name-an-input",
        {"response_action": "errors", "errors": {"target": "x"}},
        {"response_action": "errors", "errors": {"shown": "x"}},
        "unknown_block",
        "/errors/shown",
    ),
    (
        "errors-are-some",
        {"response_action": "errors", "errors": {"target": "x"}},
        {"response_action": "errors", "errors": {}},
        "wrong_type",
        "/errors",
    ),
    (
        "errors-say-something",
        {"response_action": "errors", "errors": {"target": "x"}},
        {"response_action": "errors", "errors": {"target": ""}},
        "too_short",
        "/errors/target",
    ),
]


@pytest.mark.parametrize("good", [row[1] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_to_a_submission_that_keeps_the_rule_passes(good: Any) -> None:
    assert check_response_action(good, OPEN) == []


@pytest.mark.parametrize(("bad", "code", "at"), [row[2:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_to_a_submission_that_breaks_the_rule_is_refused(bad: Any, code: str, at: str) -> None:
    problems = check_response_action(bad, OPEN)
    assert [(p.code, p.pointer) for p in problems if p.code != "failed_schemas"] == [(code, at)]


def choices(count: int) -> list[Json]:
    return [{"text": plain(str(number)), "value": str(number)} for number in range(count)]


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ({"options": choices(100)}, {"options": choices(101)}, "too_many_items"),
        ({"options": []}, {}, "missing_field"),
        (
            {"option_groups": [{"label": plain(), "options": choices(1)}]},
            {"options": [], "option_groups": []},
            "conflicting_fields",
        ),
    ],
    ids=["100", "something", "one-kind"],
)
def test_suggestions_are_at_most_100_of_one_kind(good: Json, bad: Json, code: str) -> None:
    assert check_suggestions(good) == []
    assert [problem.code for problem in check_suggestions(bad)] == [code]
