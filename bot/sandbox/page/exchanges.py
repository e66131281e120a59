"""The traffic as people read it: what the bot was sent, what it answered, and which rule it broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.journal import Record
from bot.sandbox.model import JsonObject
from bot.sandbox.state import Team

HIDDEN = frozenset({"token", "bot_access_token"})
"""Keys whose values nobody needs to see on a screen that may be shared."""

_KINDS = {
    "block_actions": "action",
    "view_submission": "submission",
    "view_closed": "submission",
    "block_suggestion": "suggestion",
    "shortcut": "shortcut",
    "message_action": "shortcut",
}


def exchange_document(record: Record, team: Team) -> JsonObject:
    """Return what the page shows of one exchange."""
    to_bot = record.direction == "to_bot"
    return {
        "n": record.number,
        "at": record.at.isoformat(),
        "kind": _kind(record),
        "title": _title(record, team),
        "who": _who(record.payload, team) if to_bot else "",
        "ms": None if record.elapsed_ms is None else round(record.elapsed_ms, 1),
        "ok": record.error is None and not record.violations,
        "error": record.error or "",
        "violations": list(record.violations),
        "sent": _shown(record.payload),
        "answered": _shown(record.answer),
        "late": to_bot and record.error == "operation_timeout",
    }


def _kind(record: Record) -> str:
    if record.direction == "from_bot":
        return "response_url" if record.kind == "response_url" else "call"
    if record.kind.startswith("/"):
        return "command"
    return "event" if record.kind.startswith("event ") else _KINDS.get(record.kind, "action")


def _title(record: Record, team: Team) -> str:
    payload = record.payload
    if record.direction == "from_bot":
        channel = team.channels.get(str(payload.get("channel") or payload.get("channel_id") or ""))
        where = "" if channel is None or channel.kind == "im" else f" #{channel.name}"
        return f"{record.kind}{where}"
    view = str(((payload.get("view") or {}).get("title") or {}).get("text") or "")
    match record.kind:
        case kind if kind.startswith("/"):
            return f"{kind} {payload.get('text', '')}".strip()
        case "block_actions":
            return _press(payload["actions"][0])
        case "view_submission":
            return f"form “{view}” sent"
        case "view_closed":
            return f"form “{view}” closed"
        case "block_suggestion":
            return f"suggestions for “{payload.get('value', '')}”"
        case "shortcut" | "message_action":
            return f"shortcut {payload.get('callback_id', '')}"
        case kind:
            return kind


def _press(action: Mapping[str, Any]) -> str:
    words = action.get("text")
    label = words.get("text") if isinstance(words, dict) else action.get("action_id")
    return f"{str(action['type']).replace('_', ' ')} “{label}”"


def _who(payload: Mapping[str, Any], team: Team) -> str:
    user = payload.get("user")
    event = payload.get("event") or {}
    user_id = (
        payload.get("user_id") or (user.get("id") if isinstance(user, dict) else user) or event.get("user")
    )
    known = team.users.get(str(user_id))
    return known.name if known is not None else ""


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: "…" if key in HIDDEN and item else _shown(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_shown(item) for item in value]
    return value
