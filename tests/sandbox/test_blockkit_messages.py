"""Messages as a whole: the error code each broken rule gives, and mentions of everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.blockkit import check_message, check_mrkdwn_entities, find_mass_mentions

Json = dict[str, Any]


def section(text: str = "p95 is 830 ms") -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def table() -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "p95"}]]}


def metadata(size: int = 1) -> Json:
    return {"event_type": "progress_post", "event_payload": {"key": "x" * size}}


def hidden(count: int) -> Json:
    return {"blocks": [section()] * count}


POST, UPDATE, LATER, ASIDE = "chat.postMessage", "chat.update", "chat.scheduleMessage", "chat.postEphemeral"
# id, method, a message that passes, one that does not, Slack's code, where it points (None: nowhere)
CASES: list[tuple[str, str, Json, Json, str, str | None]] = [
    ("something-is-said", POST, {"text": "x"}, {}, "no_text", None),
    ("blank-text", POST, {"text": "x"}, {"text": " \n"}, "no_text", None),
    ("no-blocks-are-nothing", POST, {"blocks": [section()]}, {"text": "", "blocks": []}, "no_text", None),
    ("attachments-will-do", POST, {"attachments": [{"text": "x"}]}, {"attachments": []}, "no_text", None),
    ("blocks-will-do-on-update", UPDATE, {"blocks": [section()]}, {}, "no_text", None),
    ("metadata-will-do-on-update", UPDATE, {"metadata": {}}, {"text": ""}, "no_text", None),
    (
        "metadata-is-not-enough",
        POST,
        {"text": "x", "metadata": metadata()},
        {"metadata": metadata()},
        "no_text",
        None,
    ),
    ("text-is-text", POST, {"text": "5"}, {"text": 5}, "invalid_arguments", "/text"),
    ("update-4000", UPDATE, {"text": "x" * 4000}, {"text": "x" * 4001}, "msg_too_long", "/text"),
    ("schedule-40000", LATER, {"text": "x" * 40000}, {"text": "x" * 40001}, "msg_too_long", "/text"),
    ("ephemeral-40000", ASIDE, {"text": "x" * 40000}, {"text": "x" * 40001}, "msg_too_long", "/text"),
    (
        "markdown-alone",
        POST,
        {"markdown_text": "# x"},
        {"markdown_text": "# x", "text": "x"},
        "markdown_text_conflict",
        None,
    ),
    (
        "markdown-without-blocks",
        POST,
        {"markdown_text": "# x"},
        {"markdown_text": "# x", "blocks": [section()]},
        "markdown_text_conflict",
        None,
    ),
    (
        "markdown-12000",
        POST,
        {"markdown_text": "x" * 12000},
        {"markdown_text": "x" * 12001},
        "msg_blocks_too_long",
        "/markdown_text",
    ),
    (
        "markdown-12000-on-update",
        UPDATE,
        {"markdown_text": "x" * 12000},
        {"markdown_text": "x" * 12001},
        "msg_too_long",
        "/markdown_text",
    ),
    (
        "blocks-are-a-list",
        POST,
        {"blocks": [section()]},
        {"blocks": section()},
        "invalid_blocks_format",
        "/blocks",
    ),
    (
        "blocks-are-objects",
        POST,
        {"blocks": [section()]},
        {"blocks": ["x"]},
        "invalid_blocks_format",
        "/blocks",
    ),
    (
        "blocks-as-json",
        POST,
        {"blocks": json.dumps([section()])},
        {"blocks": "[{"},
        "invalid_blocks_format",
        "/blocks",
    ),
    (
        "blocks-are-valid",
        POST,
        {"blocks": [section()]},
        {"blocks": [section("")]},
        "invalid_blocks",
        "/blocks/0/text",
    ),
    (
        "json-blocks-are-valid",
        POST,
        {"blocks": json.dumps([section()])},
        {"blocks": '[{"type": "x"}]'},
        "invalid_blocks",
        "/blocks/0/type",
    ),
    (
        "50-blocks",
        POST,
        {"blocks": [section()] * 50},
        {"blocks": [section()] * 51},
        "invalid_blocks",
        "/blocks",
    ),
    (
        "all-text",
        POST,
        {"blocks": [section("x" * 3000)] * 4},
        {"blocks": [section("x" * 3000)] * 5},
        "msg_blocks_too_long",
        "/blocks",
    ),
    (
        "one-table",
        POST,
        {"blocks": [table()]},
        {"blocks": [table(), table()]},
        "invalid_attachments",
        "/blocks/1",
    ),
    (
        "one-table-with-attachments",
        POST,
        {"text": "x", "attachments": [{"blocks": [table()]}]},
        {"blocks": [table()], "attachments": [{"blocks": [table()]}]},
        "invalid_attachments",
        "/attachments/0/blocks/0",
    ),
    (
        "attachments-are-objects",
        POST,
        {"attachments": [{"text": "x"}]},
        {"attachments": ["x"]},
        "invalid_attachments",
        "/attachments",
    ),
    (
        "attachments-as-json",
        POST,
        {"attachments": '[{"text": "x"}]'},
        {"attachments": "nope"},
        "invalid_attachments",
        "/attachments",
    ),
    (
        "100-attachments",
        POST,
        {"attachments": [{}] * 100},
        {"attachments": [{}] * 101},
        "too_many_attachments",
        "/attachments",
    ),
    (
        "20-blocks-in-one",
        POST,
        {"attachments": [hidden(20)]},
        {"attachments": [hidden(21)]},
        "invalid_attachments",
        "/attachments/0/blocks",
    ),
    (
        "attachment-blocks-valid",
        POST,
        {"attachments": [hidden(1)]},
        {"attachments": [{}, {"blocks": [{"type": "x"}]}]},
        "invalid_attachments",
        "/attachments/1/blocks/0/type",
    ),
    (
        "ids-differ-in-attachments",
        POST,
        {"attachments": [{"blocks": [{**section(), "block_id": "a"}]}]},
        {
            "blocks": [{**section(), "block_id": "a"}],
            "attachments": [{"blocks": [{**section(), "block_id": "a"}]}],
        },
        "invalid_attachments",
        "/attachments/0/blocks/0/block_id",
    ),
    (
        "metadata-is-an-object",
        POST,
        {"text": "x", "metadata": metadata()},
        {"text": "x", "metadata": "x"},
        "invalid_metadata_format",
        "/metadata",
    ),
    (
        "metadata-as-json",
        POST,
        {"text": "x", "metadata": json.dumps(metadata())},
        {"text": "x", "metadata": "[]"},
        "invalid_metadata_format",
        "/metadata",
    ),
    (
        "metadata-has-a-payload",
        POST,
        {"text": "x", "metadata": metadata()},
        {"text": "x", "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
        "/metadata",
    ),
    (
        "metadata-payload-is-an-object",
        POST,
        {"text": "x", "metadata": metadata()},
        {"text": "x", "metadata": {**metadata(), "event_payload": "x"}},
        "invalid_metadata_format",
        "/metadata/event_payload",
    ),
    (
        "metadata-type-is-text",
        POST,
        {"text": "x", "metadata": metadata()},
        {"text": "x", "metadata": {**metadata(), "event_type": 1}},
        "invalid_metadata_format",
        "/metadata/event_type",
    ),
    (
        "metadata-properties",
        POST,
        {"text": "x", "metadata": {**metadata(), "entities": []}},
        {"text": "x", "metadata": {**metadata(), "secret": 1}},
        "invalid_metadata_format",
        "/metadata",
    ),
    (
        "metadata-is-removed-by-updates-only",
        UPDATE,
        {"text": "x", "metadata": {}},
        {"text": "x", "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
        "/metadata",
    ),
    (
        "metadata-8-kB",
        POST,
        {"text": "x", "metadata": metadata(8000)},
        {"text": "x", "metadata": metadata(8192)},
        "metadata_too_large",
        "/metadata",
    ),
    (
        "response-type",
        "response_url",
        {"text": "x", "response_type": "in_channel"},
        {"text": "x", "response_type": "public"},
        "invalid_arguments",
        "/response_type",
    ),
    (
        "deleting-needs-no-text",
        "response_url",
        {"delete_original": True},
        {"delete_original": False},
        "no_text",
        None,
    ),
    (
        "acknowledged-type",
        "command_ack",
        {"text": "x", "response_type": "ephemeral"},
        {"text": "x", "response_type": 1},
        "invalid_arguments",
        "/response_type",
    ),
]


@pytest.mark.parametrize(("method", "good"), [row[1:3] for row in CASES], ids=[row[0] for row in CASES])
def test_a_message_that_keeps_the_rule_passes(method: str, good: Json) -> None:
    assert check_message(good, method) is None


@pytest.mark.parametrize(
    ("method", "bad", "code", "at"), [(row[1], *row[3:]) for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_message_that_breaks_the_rule_gets_slacks_code(
    method: str, bad: Json, code: str, at: str | None
) -> None:
    refusal = check_message(bad, method)
    assert refusal is not None
    assert refusal[0] == code
    assert [problem.pointer for problem in refusal[1][:1]] == ([at] if at else [])


def test_a_long_text_is_posted_and_only_cut() -> None:
    assert check_message({"text": "x" * 40001}, POST) is None


def test_a_broken_block_is_told_before_what_is_too_long() -> None:
    refusal = check_message({"blocks": [*[section("x" * 3000)] * 5, {"type": "spacer"}]})
    assert refusal is not None
    assert refusal[0] == "invalid_blocks"


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("<!channel> p95 is down", ["channel"]),
        ("Hello <!here|here> and <!everyone>", ["here", "everyone"]),
        ("<!date^1700000000^{date}|Tuesday> with <@U1> and <!subteam^S1>", []),
        ("&lt;!channel&gt; is how one writes it", []),
        ("<!channels>", []),
    ],
    ids=["channel", "labelled-and-two", "dates-and-people", "escaped", "another-word"],
)
def test_a_mention_of_everybody_is_found(text: str, whom: list[str]) -> None:
    found = check_mrkdwn_entities(text, "/text")
    assert [problem.message for problem in found] == [f"mentions everybody: @{name}" for name in whom]
    assert {problem.pointer for problem in found} <= {"/text"}


def broadcast(name: str) -> Json:
    part = {"type": "broadcast", "range": name}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}


@pytest.mark.parametrize(
    ("payload", "at"),
    [
        ({"text": "<!here>"}, ["/text"]),
        ({"markdown_text": "<!here>"}, ["/markdown_text"]),
        ({"text": "x", "blocks": [section("<!channel>")]}, ["/blocks/0/text/text"]),
        (
            {
                "text": "x",
                "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}}],
            },
            [],
        ),
        ({"text": "x", "blocks": [broadcast("everyone")]}, ["/blocks/0/elements/0/elements/0"]),
        ({"text": "x", "attachments": [{"text": "<!channel>"}]}, ["/attachments/0/text"]),
        ({"text": "ask @channel"}, []),
        ({"text": "ask @channel", "link_names": True}, ["/text"]),
        ({"text": "ask @here now", "parse": "full"}, ["/text"]),
        ({"text": "alice@channel.example", "parse": "full"}, []),
    ],
    ids=[
        "text",
        "markdown",
        "section",
        "plain-text-resolves-none",
        "rich-text",
        "attachment",
        "bare",
        "link-names",
        "parse-full",
        "address",
    ],
)
def test_mentions_of_everybody_are_found_in_a_whole_message(payload: Json, at: list[str]) -> None:
    assert [problem.pointer for problem in find_mass_mentions(payload)] == at
