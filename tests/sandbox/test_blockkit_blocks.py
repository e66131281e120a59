"""Every layout block's rules: a block that keeps each rule, and one that breaks just that rule."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.blockkit import Problem, Surface, check_blocks

Json = dict[str, Any]


def plain(text: str = "Checkout rewrite") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*p95* is 830 ms") -> Json:
    return {"type": "mrkdwn", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Check in"), **more}


def picture(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart", **more}


def rich(text: str = "done") -> Json:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def inputs(**more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}, **more}


def video(**more: Any) -> Json:
    return {
        "type": "video",
        "title": plain(),
        "alt_text": "A film",
        "video_url": "https://example.com/embed",
        "thumbnail_url": "https://example.com/a.png",
        **more,
    }


def card(**more: Any) -> Json:
    return {"type": "card", "title": mrkdwn(), **more}


def container(*children: Json, **more: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": list(children) or [section()], **more}


def task(**more: Any) -> Json:
    return {"type": "task_card", "task_id": "1", "title": "Read it", **more}


def table(*texts: str, **more: Any) -> Json:
    cells = [{"type": "raw_text", "text": text} for text in texts or ("p95",)]
    return {"type": "table", "rows": [cells], **more}


def chart(**more: Any) -> Json:
    pie = {"type": "pie", "segments": [{"label": "yes", "value": 1}]}
    return {"type": "data_visualization", "title": "Answers", "chart": pie, **more}


def without(block: Json, name: str) -> Json:
    return {key: value for key, value in block.items() if key != name}


class Case(NamedTuple):
    id: str
    good: Json
    bad: Json
    code: str
    at: str
    surface: Surface = "message"


CASES = [
    Case(
        "section-text-3000",
        section(text=mrkdwn("x" * 3000)),
        section(text=mrkdwn("x" * 3001)),
        "too_long",
        "/text/text",
    ),
    Case(
        "section-text-not-empty",
        section(text=mrkdwn("x")),
        section(text=mrkdwn("")),
        "too_short",
        "/text/text",
    ),
    Case(
        "section-needs-text-or-fields",
        {"type": "section", "fields": [mrkdwn()]},
        {"type": "section"},
        "missing_field",
        "",
    ),
    Case(
        "section-10-fields",
        section(fields=[plain()] * 10),
        section(fields=[plain()] * 11),
        "too_many_items",
        "/fields",
    ),
    Case("section-some-fields", section(fields=[plain()]), section(fields=[]), "too_few_items", "/fields"),
    Case(
        "section-field-2000",
        section(fields=[plain("x" * 2000)]),
        section(fields=[plain("x" * 2001)]),
        "too_long",
        "/fields/0/text",
    ),
    Case("section-expand-is-boolean", section(expand=True), section(expand="yes"), "wrong_type", "/expand"),
    Case("section-text-is-an-object", section(text=plain()), section(text="plain"), "wrong_type", "/text"),
    Case(
        "section-accessory-placement",
        section(accessory=button()),
        section(accessory={"type": "plain_text_input"}),
        "unsupported_type",
        "/accessory/type",
    ),
    Case(
        "section-one-accessory",
        section(accessory=picture()),
        section(accessory=[picture()]),
        "wrong_type",
        "/accessory",
    ),
    Case(
        "text-type-is-known",
        section(text=mrkdwn()),
        section(text={"type": "markdown", "text": "x"}),
        "invalid_enum",
        "/text/type",
    ),
    Case("text-has-a-type", section(text=mrkdwn()), section(text={"text": "x"}), "missing_field", "/text"),
    Case("text-has-text", section(text=mrkdwn()), section(text={"type": "mrkdwn"}), "missing_field", "/text"),
    Case(
        "emoji-is-for-plain-text",
        section(text={**plain(), "emoji": True}),
        section(text={**mrkdwn(), "emoji": True}),
        "additional_property",
        "/text",
    ),
    Case(
        "verbatim-is-for-mrkdwn",
        section(text={**mrkdwn(), "verbatim": True}),
        section(text={**plain(), "verbatim": True}),
        "additional_property",
        "/text",
    ),
    Case(
        "emoji-is-boolean",
        section(text={**plain(), "emoji": False}),
        section(text={**plain(), "emoji": 1}),
        "wrong_type",
        "/text/emoji",
    ),
    Case("known-properties-only", section(), section(style="primary"), "additional_property", ""),
    Case("block-id-255", section(block_id="x" * 255), section(block_id="x" * 256), "too_long", "/block_id"),
    Case("block-id-not-empty", section(block_id="x"), section(block_id=""), "too_short", "/block_id"),
    Case(
        "header-150",
        {"type": "header", "text": plain("x" * 150)},
        {"type": "header", "text": plain("x" * 151)},
        "too_long",
        "/text/text",
    ),
    Case(
        "header-is-plain",
        {"type": "header", "text": plain()},
        {"type": "header", "text": mrkdwn()},
        "invalid_enum",
        "/text/type",
    ),
    Case(
        "divider-is-bare",
        {"type": "divider"},
        {"type": "divider", "text": plain()},
        "additional_property",
        "",
    ),
    Case("type-is-known", {"type": "divider"}, {"type": "spacer"}, "invalid_enum", "/type"),
    Case("type-is-there", {"type": "divider"}, {"block_id": "x"}, "missing_field", ""),
    Case("type-is-text", {"type": "divider"}, {"type": ["divider"]}, "invalid_enum", "/type"),
    Case("image-has-alt-text", picture(), without(picture(), "alt_text"), "missing_field", ""),
    Case("image-alt-text-not-empty", picture(), picture(alt_text=""), "too_short", "/alt_text"),
    Case(
        "image-alt-text-2000",
        picture(alt_text="x" * 2000),
        picture(alt_text="x" * 2001),
        "too_long",
        "/alt_text",
    ),
    Case(
        "image-url-3000",
        picture(image_url="https://example.com/" + "x" * 2980),
        picture(image_url="https://example.com/" + "x" * 2981),
        "too_long",
        "/image_url",
    ),
    Case(
        "image-url-scheme",
        picture(),
        picture(image_url="ftp://example.com/a.png"),
        "invalid_url",
        "/image_url",
    ),
    Case("image-url-host", picture(), picture(image_url="https:///a.png"), "invalid_url", "/image_url"),
    Case(
        "image-url-readable", picture(), picture(image_url="https://[::1/a.png"), "invalid_url", "/image_url"
    ),
    Case(
        "image-format",
        picture(image_url="https://example.com/a.gif?x=1"),
        picture(image_url="https://example.com/a.SVG?x=1"),
        "invalid_image",
        "/image_url",
    ),
    Case(
        "image-url-or-file",
        {**without(picture(), "image_url"), "slack_file": {"id": "F1"}},
        picture(slack_file={"id": "F1"}),
        "conflicting_fields",
        "",
    ),
    Case("image-has-a-source", picture(), without(picture(), "image_url"), "missing_field", ""),
    Case(
        "slack-file-id-or-url",
        {**without(picture(), "image_url"), "slack_file": {"url": "https://files.slack.com/a"}},
        {**without(picture(), "image_url"), "slack_file": {}},
        "missing_field",
        "/slack_file",
    ),
    Case(
        "image-title-2000",
        picture(title=plain("x" * 2000)),
        picture(title=plain("x" * 2001)),
        "too_long",
        "/title/text",
    ),
    Case("actions-25", actions(*[button()] * 25), actions(*[button()] * 26), "too_many_items", "/elements"),
    Case("actions-not-empty", actions(button()), actions(), "too_few_items", "/elements"),
    Case(
        "actions-placement",
        actions(button()),
        actions({"type": "plain_text_input"}),
        "unsupported_type",
        "/elements/0/type",
    ),
    Case(
        "context-10",
        {"type": "context", "elements": [mrkdwn()] * 10},
        {"type": "context", "elements": [mrkdwn()] * 11},
        "too_many_items",
        "/elements",
    ),
    Case(
        "context-placement",
        {"type": "context", "elements": [picture(), plain(), mrkdwn()]},
        {"type": "context", "elements": [button()]},
        "unsupported_type",
        "/elements/0/type",
    ),
    Case(
        "context-elements-is-a-list",
        {"type": "context", "elements": [plain()]},
        {"type": "context", "elements": plain()},
        "wrong_type",
        "/elements",
    ),
    Case(
        "context-actions-5",
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}] * 5,
        },
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}] * 6,
        },
        "too_many_items",
        "/elements",
    ),
    Case(
        "context-actions-placement",
        {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}]},
        {"type": "context_actions", "elements": [button()]},
        "unsupported_type",
        "/elements/0/type",
    ),
    Case(
        "input-label-2000",
        inputs(label=plain("x" * 2000)),
        inputs(label=plain("x" * 2001)),
        "too_long",
        "/label/text",
    ),
    Case("input-label-is-plain", inputs(), inputs(label=mrkdwn()), "invalid_enum", "/label/type"),
    Case("input-has-a-label", inputs(), without(inputs(), "label"), "missing_field", ""),
    Case(
        "input-hint-2000",
        inputs(hint=plain("x" * 2000)),
        inputs(hint=plain("x" * 2001)),
        "too_long",
        "/hint/text",
    ),
    Case(
        "input-optional-is-boolean", inputs(optional=True), inputs(optional="true"), "wrong_type", "/optional"
    ),
    Case("input-placement", inputs(), inputs(element=button()), "unsupported_type", "/element/type"),
    Case(
        "markdown-12000",
        {"type": "markdown", "text": "x" * 12000},
        {"type": "markdown", "text": "x" * 12001},
        "too_long",
        "/text",
    ),
    Case(
        "markdown-not-empty",
        {"type": "markdown", "text": "x"},
        {"type": "markdown", "text": ""},
        "too_short",
        "/text",
    ),
    Case(
        "video-title-200",
        video(title=plain("x" * 200)),
        video(title=plain("x" * 201)),
        "too_long",
        "/title/text",
    ),
    Case(
        "video-author-50",
        video(author_name="x" * 50),
        video(author_name="x" * 51),
        "too_long",
        "/author_name",
    ),
    Case(
        "video-description-200",
        video(description=plain("x" * 200)),
        video(description=plain("x" * 201)),
        "too_long",
        "/description/text",
    ),
    Case(
        "video-provider-50",
        video(provider_name="x" * 50),
        video(provider_name="x" * 51),
        "too_long",
        "/provider_name",
    ),
    Case("video-is-https", video(), video(video_url="http://example.com/embed"), "invalid_url", "/video_url"),
    Case("video-has-alt-text", video(), without(video(), "alt_text"), "missing_field", ""),
    Case(
        "file-cannot-be-sent",
        section(),
        {"type": "file", "external_id": "A", "source": "remote"},
        "unsupported_type",
        "/type",
    ),
    Case(
        "auth-provider-is-gated",
        section(),
        {"type": "auth_provider", "value": "x"},
        "unsupported_type",
        "/type",
    ),
    Case("call-has-an-id", {"type": "call", "call_id": "R1"}, {"type": "call"}, "missing_field", ""),
    Case("alert-is-for-modals", section(), {"type": "alert", "text": plain()}, "unsupported_type", "/type"),
    Case(
        "alert-text-200",
        {"type": "alert", "text": plain("x" * 200)},
        {"type": "alert", "text": plain("x" * 201)},
        "too_long",
        "/text/text",
        "modal",
    ),
    Case(
        "alert-level",
        {"type": "alert", "text": plain(), "level": "success"},
        {"type": "alert", "text": plain(), "level": "fatal"},
        "invalid_enum",
        "/level",
        "modal",
    ),
    Case(
        "card-title-150",
        card(title=mrkdwn("x" * 150)),
        card(title=mrkdwn("x" * 151)),
        "too_long",
        "/title/text",
    ),
    Case(
        "card-body-200", card(body=mrkdwn("x" * 200)), card(body=mrkdwn("x" * 201)), "too_long", "/body/text"
    ),
    Case(
        "card-subtitle-150",
        card(subtitle=plain("x" * 150)),
        card(subtitle=plain("x" * 151)),
        "too_long",
        "/subtitle/text",
    ),
    Case(
        "card-subtext-200",
        card(subtext=plain("x" * 200)),
        card(subtext=plain("x" * 201)),
        "too_long",
        "/subtext/text",
    ),
    Case(
        "card-3-buttons",
        card(actions=[button()] * 3),
        card(actions=[button()] * 4),
        "too_many_items",
        "/actions",
    ),
    Case(
        "card-buttons-only",
        card(actions=[button()]),
        card(actions=[{"type": "datepicker"}]),
        "unsupported_type",
        "/actions/0/type",
    ),
    Case(
        "card-has-content",
        {"type": "card", "body": plain()},
        {"type": "card", "subtitle": plain()},
        "missing_field",
        "",
    ),
    Case(
        "card-one-icon",
        card(slack_icon={"type": "icon", "name": "rocket"}),
        card(icon=picture(), slack_icon={"type": "icon", "name": "rocket"}),
        "conflicting_fields",
        "",
    ),
    Case(
        "card-icon-no-svg",
        card(icon=picture()),
        card(icon=picture(image_url="https://example.com/a.svg")),
        "invalid_image",
        "/icon/image_url",
    ),
    Case(
        "carousel-10",
        {"type": "carousel", "elements": [card()] * 10},
        {"type": "carousel", "elements": [card()] * 11},
        "too_many_items",
        "/elements",
    ),
    Case(
        "carousel-not-empty",
        {"type": "carousel", "elements": [card()]},
        {"type": "carousel", "elements": []},
        "too_few_items",
        "/elements",
    ),
    Case(
        "carousel-cards-only",
        {"type": "carousel", "elements": [card()]},
        {"type": "carousel", "elements": [section()]},
        "unsupported_type",
        "/elements/0/type",
    ),
    Case(
        "container-10",
        container(*[section()] * 10),
        container(*[section()] * 11),
        "too_many_items",
        "/child_blocks",
    ),
    Case("container-has-a-title", container(), without(container(), "title"), "missing_field", ""),
    Case(
        "container-rich-title",
        {**without(container(), "title"), "rich_text_title": rich()},
        container(title=mrkdwn()),
        "invalid_enum",
        "/title/type",
    ),
    Case(
        "container-title-150",
        container(title=plain("x" * 150)),
        container(title=plain("x" * 151)),
        "too_long",
        "/title/text",
    ),
    Case(
        "container-subtitle-150",
        container(subtitle=plain("x" * 150)),
        container(subtitle=plain("x" * 151)),
        "too_long",
        "/subtitle/text",
    ),
    Case(
        "container-no-markdown",
        container(inputs()),
        container({"type": "markdown", "text": "x"}),
        "unsupported_type",
        "/child_blocks/0/type",
    ),
    Case(
        "container-no-chart",
        container(rich()),
        container(chart()),
        "unsupported_type",
        "/child_blocks/0/type",
    ),
    Case(
        "container-no-alert",
        container(table()),
        container({"type": "alert", "text": plain()}),
        "unsupported_type",
        "/child_blocks/0/type",
    ),
    Case(
        "container-no-container",
        container(video()),
        container(container()),
        "unsupported_type",
        "/child_blocks/0/type",
    ),
    Case("container-width", container(width="full"), container(width="huge"), "invalid_enum", "/width"),
    Case(
        "container-collapsed",
        container(is_collapsible=True, default_collapsed=True),
        container(default_collapsed=True),
        "conflicting_fields",
        "/default_collapsed",
    ),
    Case(
        "container-divider",
        container(has_header_divider=True),
        container(has_header_divider=True, is_collapsible=True),
        "conflicting_fields",
        "/has_header_divider",
    ),
    Case("container-is-for-messages", section(), container(), "unsupported_type", "/type", "modal"),
    Case("task-has-a-title", task(), without(task(), "title"), "missing_field", ""),
    Case("task-status", task(status="in_progress"), task(status="pending"), "invalid_enum", "/status"),
    Case(
        "task-icon",
        task(icon={"type": "icon", "name": "search"}),
        task(icon={"type": "emoji", "name": "search"}),
        "invalid_enum",
        "/icon/type",
    ),
    Case(
        "task-details-are-rich",
        task(details=rich()),
        task(details={**rich(), "type": "plain_text"}),
        "invalid_enum",
        "/details/type",
    ),
    Case(
        "plan-has-a-title",
        {"type": "plan", "title": "x", "tasks": [task()]},
        {"type": "plan"},
        "missing_field",
        "",
    ),
    Case(
        "plan-tasks-only",
        {"type": "plan", "title": "x", "tasks": [task()]},
        {"type": "plan", "title": "x", "tasks": [section()]},
        "unsupported_type",
        "/tasks/0/type",
    ),
]


def found(problems: list[Problem]) -> list[tuple[str, str]]:
    """The announcement that a union failed comes before its reason and says nothing by itself."""
    return [(problem.code, problem.pointer) for problem in problems if problem.code != "failed_schemas"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_block_that_keeps_the_rule_passes(case: Case) -> None:
    assert check_blocks([case.good], case.surface) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_block_that_breaks_the_rule_is_refused_for_that_alone(case: Case) -> None:
    problems = [p for p in found(check_blocks([case.bad], case.surface)) if p[0] != "msg_blocks_too_long"]
    assert problems == [(case.code, f"/blocks/0{case.at}")]


SHOWN = {
    "section": (section(), "MOH"),
    "header": ({"type": "header", "text": plain()}, "MOH"),
    "divider": ({"type": "divider"}, "MOH"),
    "image": (picture(), "MOH"),
    "actions": (actions(button()), "MOH"),
    "context": ({"type": "context", "elements": [plain()]}, "MOH"),
    "context_actions": (
        {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}]},
        "M",
    ),
    "input": (inputs(), "MOH"),
    "rich_text": (rich(), "MOH"),
    "markdown": ({"type": "markdown", "text": "# x"}, "M"),
    "table": (table(), "M"),
    "data_table": (
        {"type": "data_table", "caption": "x", "rows": [[{"type": "raw_text", "text": "x"}]] * 2},
        "M",
    ),
    "data_visualization": (chart(), "M"),
    "video": (video(), "MOH"),
    "call": ({"type": "call", "call_id": "R1"}, "M"),
    "alert": ({"type": "alert", "text": plain()}, "O"),
    "card": (card(), "MH"),
    "carousel": ({"type": "carousel", "elements": [card()]}, "MH"),
    "container": (container(), "M"),
    "task_card": (task(), "M"),
    "plan": ({"type": "plan", "title": "x"}, "M"),
}


@pytest.mark.parametrize(("letter", "surface"), [("M", "message"), ("O", "modal"), ("H", "home")])
@pytest.mark.parametrize("kind", SHOWN)
def test_a_block_is_shown_only_where_slack_shows_it(kind: str, letter: str, surface: Surface) -> None:
    block, surfaces = SHOWN[kind]
    expected = [] if letter in surfaces else [("unsupported_type", "/blocks/0/type")]
    assert found(check_blocks([block], surface)) == expected


TOGETHER = [
    ("50-blocks", "message", [section()] * 50, [section()] * 51, "too_many_items", "/blocks"),
    ("100-blocks-in-a-view", "modal", [section()] * 100, [section()] * 101, "too_many_items", "/blocks"),
    ("a-view-has-a-block", "home", [section()], [], "too_few_items", "/blocks"),
    (
        "block-ids-differ",
        "message",
        [section(block_id="a"), section(block_id="b")],
        [section(block_id="a"), section(block_id="a")],
        "duplicate_id",
        "/blocks/1/block_id",
    ),
    (
        "block-ids-differ-in-containers",
        "message",
        [section(block_id="a"), container(section(block_id="b"))],
        [section(block_id="a"), container(section(block_id="a"))],
        "duplicate_id",
        "/blocks/1/child_blocks/0/block_id",
    ),
    (
        "action-ids-differ-in-one-block",
        "message",
        [actions(button(action_id="a")), actions(button(action_id="a"))],
        [section(), actions(button(action_id="a"), button(action_id="a"))],
        "duplicate_id",
        "/blocks/1/elements/1/action_id",
    ),
    (
        "one-focus",
        "modal",
        [actions({"type": "datepicker", "focus_on_load": True})],
        [
            actions({"type": "datepicker", "focus_on_load": True}),
            inputs(element={"type": "datepicker", "focus_on_load": True}),
        ],
        "duplicate_focus",
        "/blocks/1/element/focus_on_load",
    ),
    ("one-table", "message", [table()], [table(), table()], "only_one_table_allowed", "/blocks/1"),
    (
        "one-table-in-containers-too",
        "message",
        [container(table())],
        [container(table()), table()],
        "only_one_table_allowed",
        "/blocks/1",
    ),
    ("two-charts", "message", [chart()] * 2, [chart()] * 3, "too_many_charts", "/blocks/2"),
    (
        "one-plan",
        "message",
        [{"type": "plan", "title": "x"}],
        [{"type": "plan", "title": "x"}] * 2,
        "too_many_plans",
        "/blocks/1",
    ),
    (
        "all-text-12000",
        "message",
        [section(text=mrkdwn("x" * 3000))] * 4,
        [section(text=mrkdwn("x" * 2401))] * 5,
        "msg_blocks_too_long",
        "/blocks",
    ),
    (
        "markdown-is-summed",
        "message",
        [{"type": "markdown", "text": "x" * 6000}] * 2,
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        "msg_blocks_too_long",
        "/blocks",
    ),
    (
        "rich-text-is-summed",
        "message",
        [rich("x" * 6000)] * 2,
        [rich("x" * 6001)] * 2,
        "msg_blocks_too_long",
        "/blocks",
    ),
    ("a-list-is-needed", "message", [section()], {"type": "section"}, "wrong_type", "/blocks"),
    ("objects-are-needed", "message", [section()], ["section"], "wrong_type", "/blocks/0"),
]


@pytest.mark.parametrize(
    ("surface", "good", "bad", "code", "at"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER]
)
def test_blocks_are_judged_together(surface: Surface, good: Any, bad: Any, code: str, at: str) -> None:
    assert check_blocks(good, surface) == []
    assert found(check_blocks(bad, surface)) == [(code, at)]


def test_the_text_of_a_table_does_not_count_for_the_message() -> None:
    assert (
        check_blocks([table("x" * 9000), section(text=mrkdwn("x" * 3000)), section(text=mrkdwn("x" * 3000))])
        == []
    )


SENTENCES = [
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    (
        [section(), actions(*[button()] * 26)],
        "no more than 25 items allowed [json-pointer:/blocks/1/elements]",
    ),
    ([section(text=mrkdwn("x" * 3001))], "failed to match all allowed schemas [json-pointer:/blocks/0/text]"),
    (
        [section(text=mrkdwn("x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    ([{"type": "spacer"}], "must be a valid enum value [json-pointer:/blocks/0/type]"),
    ([{}], "missing required field: type [json-pointer:/blocks/0]"),
    (["x"], "must provide an object [json-pointer:/blocks/0]"),
    ([section(style="x")], "invalid additional property: style [json-pointer:/blocks/0]"),
    (
        [container({"type": "alert", "text": plain()})],
        "unsupported type: alert [json-pointer:/blocks/0/child_blocks/0/type]",
    ),
    (
        [section(), actions(button(action_id="x"), button(action_id="x"))],
        '`action_id` "x" already exists [json-pointer:/blocks/1/elements/1/action_id]',
    ),
]


@pytest.mark.parametrize(("blocks", "sentence"), SENTENCES, ids=[sentence[:24] for _, sentence in SENTENCES])
def test_a_refusal_reads_as_slack_writes_it(blocks: Any, sentence: str) -> None:
    assert sentence in [problem.text for problem in check_blocks(blocks)]


def test_a_problem_carries_limit_and_field_apart() -> None:
    (missing,) = check_blocks([{"type": "header"}], pointer="")
    assert missing == Problem("missing_field", "missing required field: text", "/0", None, "text")
    (count,) = check_blocks([section()] * 51)
    assert count.constraint == 50


@given(st.integers(1, 160), st.characters(codec="utf-8", exclude_characters="\x00"))
def test_lengths_are_counted_in_code_points(length: int, letter: str) -> None:
    problems = check_blocks([{"type": "header", "text": plain(letter * length)}])
    assert (problems == []) is (length <= 150)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "element", "options", "rows", "chart", "series", "accessory"]
            ),
            inner
            | st.sampled_from(
                ["section", "actions", "input", "table", "static_select", "data_visualization", "line"]
            ),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300)
@given(json_values, st.sampled_from(["message", "modal", "home"]))
def test_whatever_json_comes_it_is_judged_and_never_raises(blocks: Any, surface: Surface) -> None:
    problems = check_blocks(blocks, surface)
    assert all(problem.pointer.startswith("/blocks") and problem.message for problem in problems)
