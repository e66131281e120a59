"""A message as a whole: which error Slack would answer, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.sandbox.rules.blocklist import inspect_blocks, inspect_text
from bot.sandbox.rules.problems import Inspection, Problem

MARKDOWN_TEXT_CHARS = 12_000
UPDATE_TEXT_CHARS = 4_000
TEXT_CHARS = 40_000
"""Code points of ``text``: chat.postMessage cuts the rest off with a warning, others refuse."""

MAX_ATTACHMENTS = 100
ATTACHMENT_BLOCKS = 20
METADATA_BYTES = 8_192
"""Not documented; about 8 KB were seen."""

_OWN_CODES = {"only_one_table_allowed": "invalid_attachments", "msg_blocks_too_long": "msg_blocks_too_long"}

Refusal = tuple[str, list[Problem]]
"""Slack's error code and the reasons, which may be none."""


def check_message(payload: Mapping[str, object], method: str = "chat.postMessage") -> Refusal | None:
    """Return the error code Slack would answer to a message with its problems, or None when it is fine.

    Args:
        payload: The call's arguments or the body of an answer; ``blocks``, ``attachments`` and ``metadata``
            may be JSON text, as in a form.
        method: Slack's method, or ``response_url`` or ``command_ack``.

    Source: docs.slack.dev/reference/methods/chat.postMessage and its neighbours.
    """
    if payload.get("delete_original") is True and method == "response_url":
        return None
    for part in (_answer_problem, _text_problem, _metadata_problem):
        refusal = part(payload, method)
        if refusal:
            return refusal
    return _blocks_problem(payload)


def _answer_problem(payload: Mapping[str, object], method: str) -> Refusal | None:
    kind = payload.get("response_type")
    if method not in ("response_url", "command_ack") or kind in (None, "ephemeral", "in_channel"):
        return None
    return "invalid_arguments", [
        Problem(
            "invalid_enum",
            "must be a valid enum value",
            "/response_type",
            "ephemeral, in_channel",
            "response_type",
        )
    ]


def _text_problem(payload: Mapping[str, object], method: str) -> Refusal | None:
    for name in ("text", "markdown_text"):
        if not isinstance(payload.get(name, ""), (str, type(None))):
            problem = Problem("wrong_type", "must provide a string", f"/{name}", "string", name)
            return "invalid_arguments", [problem]
    text, markdown = str(payload.get("text") or ""), str(payload.get("markdown_text") or "")
    blocks, attachments = payload.get("blocks"), payload.get("attachments")
    if markdown and (text or _given(blocks)):
        return "markdown_text_conflict", []
    if len(markdown) > MARKDOWN_TEXT_CHARS:
        code = "msg_blocks_too_long" if method == "chat.postMessage" else "msg_too_long"
        return code, [_too_long("markdown_text", MARKDOWN_TEXT_CHARS)]
    if not (text.strip() or markdown.strip() or _given(blocks) or _given(attachments)):
        # An update may change metadata or files alone.
        kept = method == "chat.update" and not {"metadata", "file_ids"}.isdisjoint(payload)
        return None if kept else ("no_text", [])
    limit = UPDATE_TEXT_CHARS if method == "chat.update" else TEXT_CHARS
    if len(text) > limit and method in ("chat.update", "chat.postEphemeral", "chat.scheduleMessage"):
        return "msg_too_long", [_too_long("text", limit)]
    return None


def _given(value: object) -> bool:
    """Return whether blocks or attachments were sent at all; an empty list is as good as none."""
    return value not in (None, "", "[]", [], ())


def _too_long(name: str, limit: int) -> Problem:
    return Problem("too_long", f"must be less than {limit + 1} characters", f"/{name}", limit, name)


def _metadata_problem(payload: Mapping[str, object], method: str) -> Refusal | None:
    metadata = _decoded(payload.get("metadata"))
    if metadata is None or (metadata == {} and method == "chat.update"):
        return None
    if not isinstance(metadata, Mapping):
        return "invalid_metadata_format", [
            Problem("wrong_type", "must provide an object", "/metadata", "object")
        ]
    problems = [
        Problem("missing_field", f"missing required field: {name}", "/metadata", None, name)
        for name in ("event_type", "event_payload")
        if name not in metadata
    ] + [
        Problem("additional_property", f"invalid additional property: {name}", "/metadata", None, str(name))
        for name in metadata
        if name not in ("event_type", "event_payload", "entities")
    ]
    if not isinstance(metadata.get("event_type", ""), str):
        problems.append(
            Problem("wrong_type", "must provide a string", "/metadata/event_type", "string", "event_type")
        )
    if not isinstance(metadata.get("event_payload", {}), Mapping):
        problems.append(
            Problem(
                "wrong_type", "must provide an object", "/metadata/event_payload", "object", "event_payload"
            )
        )
    if problems:
        return "invalid_metadata_format", problems
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > METADATA_BYTES:
        too_large = Problem(
            "too_large", f"must be less than {METADATA_BYTES + 1} bytes", "/metadata", METADATA_BYTES
        )
        return "metadata_too_large", [too_large]
    return None


def _decoded(value: object) -> object:
    """Return a structure that came as JSON text; text that is no JSON stays text."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return value


def _objects(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, Mapping) for item in value)


def _blocks_problem(payload: Mapping[str, object]) -> Refusal | None:
    blocks, attachments = _decoded(payload.get("blocks")), _decoded(payload.get("attachments"))
    if blocks is not None and not _objects(blocks):
        return "invalid_blocks_format", [
            Problem("wrong_type", "must provide an array of objects", "/blocks", "array")
        ]
    if attachments is not None and not _objects(attachments):
        wrong = Problem("wrong_type", "must provide an array of objects", "/attachments", "array")
        return "invalid_attachments", [wrong]
    seen = Inspection("message")
    if blocks is not None:
        inspect_blocks(blocks, "/blocks", seen)
        if any(problem.code not in _OWN_CODES for problem in seen.problems):
            return "invalid_blocks", seen.problems
    refusal = _attachments_problem(attachments, seen)
    if refusal:
        return refusal
    inspect_text("/blocks", seen)
    return (_OWN_CODES[seen.problems[0].code], seen.problems) if seen.problems else None


def _attachments_problem(attachments: object, seen: Inspection) -> Refusal | None:
    if not isinstance(attachments, (list, tuple)):
        return None
    if len(attachments) > MAX_ATTACHMENTS:
        text = f"no more than {MAX_ATTACHMENTS} items allowed"
        return "too_many_attachments", [Problem("too_many_items", text, "/attachments", MAX_ATTACHMENTS)]
    for index, attachment in enumerate(attachments):
        blocks = attachment.get("blocks")
        if blocks is None:
            continue
        at = f"/attachments/{index}/blocks"
        if isinstance(blocks, (list, tuple)) and len(blocks) > ATTACHMENT_BLOCKS:
            seen.add(
                "too_many_items", f"no more than {ATTACHMENT_BLOCKS} items allowed", at, ATTACHMENT_BLOCKS
            )
        else:
            inspect_blocks(blocks, at, seen)
    if any(problem.code not in _OWN_CODES for problem in seen.problems):
        return "invalid_attachments", seen.problems
    return None
