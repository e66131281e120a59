"""What a message may contain, checked once for every way a message arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox import blockkit
from bot.sandbox.calls import ApiError, Args
from bot.sandbox.model import JsonObject
from bot.sandbox.state import Team, with_generated_ids

KEPT_TEXT = 40_000


@dataclass(frozen=True, slots=True)
class Content:
    """A message's parts; None means the part was not sent."""

    text: str | None
    blocks: list[JsonObject] | None
    attachments: list[JsonObject] | None
    metadata: JsonObject | None
    truncated: bool = False


def read_content(team: Team, args: Args, *, method: str) -> Content:
    """Return the checked content of a message.

    Args:
        team: The workspace, for recording what Slack lets through but nobody should send.
        args: Arguments of the call, or the body of an acknowledgement or response_url post.
        method: Slack's method, ``response_url`` or ``command_ack``.

    Raises:
        ApiError: Slack would refuse the content.
    """
    refusal = blockkit.check_message(args.values, method)
    if refusal is not None:
        code, problems = refusal
        raise ApiError(code, messages=[p.text for p in problems], errors=[p.text for p in problems])
    text: str | None = None
    for name in ("markdown_text", "text"):
        if name in args:
            text = args.text(name)
    if not text and method != "chat.update":
        team.journal.violate(f"{method}: no top-level text for notifications and screen readers")
    blocks = _decoded(args, "blocks")
    for problem in blockkit.find_mass_mentions(args.values | ({"blocks": blocks} if blocks else {})):
        team.journal.violate(f"{method}: mass mention, {problem.text}")
    if args.flag("link_names") or args.text("parse") == "full":
        team.journal.violate(f"{method}: link_names or parse=full turns foreign text into mentions")
    return Content(
        text[:KEPT_TEXT] if text is not None else None,
        with_generated_ids(blocks) if blocks is not None else None,
        _decoded(args, "attachments"),
        _decoded(args, "metadata"),
        text is not None and len(text) > KEPT_TEXT,
    )


def _decoded(args: Args, name: str) -> Any:
    return args.structure(name, "invalid_arguments")
