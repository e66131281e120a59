"""The live check: one of each kind of message is posted, changed, read back and deleted in a real channel."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.blocks.parts import context
from bot.deps import Posted, Priority
from bot.doctor import Finding, Mark
from bot.domain.message import Message
from bot.errors import DeliveryError, UserError
from bot.examples import World, all_examples, posted_examples
from bot.slack import SlackClient
from bot.slack.history import OUTBOX_EVENT

Report = Callable[[Finding], None]

IN_THREAD = frozenset({"status reply", "the rest of a long post"})
"""Examples that go to the thread of the first one, the progress post."""

CHANGED = "changed by the live check"

_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
_CHANNEL = re.compile(
    rf"(?P<id>{_CHANNEL_ID.pattern})"
    rf"|<#(?P<mention>{_CHANNEL_ID.pattern})(?:\|[^>]*)?>"
    rf"|https://[\w.-]+\.slack\.com/(?:archives|client/[TE][A-Z0-9]+)/(?P<link>{_CHANNEL_ID.pattern})(?:[/?].*)?"
)


def parse_channel(text: str) -> str:
    """Return the channel's Slack id.

    Args:
        text: The id, or the link that "Copy link" in Slack gives.

    Raises:
        UserError: it is neither.
    """
    match = _CHANNEL.fullmatch(text.strip())
    if match is None:
        raise UserError(
            f"“{text}” is no channel's id or link. Right-click the channel in Slack, choose Copy link, and "
            "give that (https://….slack.com/archives/C0123456789)."
        )
    return next(found for found in match.groups() if found)


@dataclass
class _Run:
    """What one live check has posted so far, and whether something was wrong."""

    slack: SlackClient
    channel_id: str
    report: Report
    posted: list[Posted] = field(default_factory=list)
    failed: bool = False
    can_read_back: bool = True

    def say(self, mark: Mark, about: str, text: str, next_step: str = "") -> None:
        self.failed |= mark is Mark.WRONG
        self.report(Finding(mark, about, text, next_step))


async def check_live(slack: SlackClient, channel_id: str, *, now: datetime, report: Report) -> bool:
    """Try every kind of message in a channel, and have Slack judge every layout; leave nothing behind.

    Args:
        slack: The client `loopmark run` would use.
        channel_id: Where to post, Slack id.
        now: Aware UTC; the examples are about this moment.
        report: Is told each step when it is done.

    Returns:
        True when Slack took everything.
    """
    run = _Run(slack, channel_id, report)
    try:
        user_id = await _enter(run)
        if user_id is None:
            return False
        world = World(user_id=user_id, channel_id=channel_id, now=now)
        try:
            await _post_each(run, world)
        finally:
            await _clean_up(run)
        await _validate_all(run, world)
    except DeliveryError as error:
        run.say(Mark.WRONG, "Slack", str(error))
    return not run.failed


async def _enter(run: _Run) -> str | None:
    """Return the bot's own user id, or None when it can't post in the channel."""
    identity = await run.slack.identity()
    channel = await run.slack.channel(run.channel_id)
    name = f"#{channel.name}" if channel.name else run.channel_id
    if channel.is_archived:
        run.say(Mark.WRONG, "channel", f"{name} is archived", "unarchive it or choose another one")
        return None
    if not channel.is_member and not run.channel_id.startswith("D"):
        run.say(Mark.WRONG, "channel", f"Loopmark is not in {name}", f"type `/invite @{identity.name}` there")
        return None
    run.say(Mark.RIGHT, "channel", f"{name} in {identity.team_name}")
    return identity.user_id


async def _post_each(run: _Run, world: World) -> None:
    parent: Posted | None = None
    for what, message in posted_examples(world).items():
        thread_ts = parent.ts if parent is not None and what in IN_THREAD else None
        posted = await _try_one(run, what, message, thread_ts)
        if parent is None:
            parent = posted


async def _try_one(run: _Run, what: str, message: Message, thread_ts: str | None) -> Posted | None:
    key = f"live-check:{secrets.token_hex(8)}"
    try:
        posted = await _post(run, message, thread_ts, key)
    except DeliveryError as error:
        run.say(Mark.WRONG, what, f"not posted: {error}")
        return None
    if thread_ts is not None and posted.thread_ts != thread_ts:
        run.say(Mark.WRONG, what, "posted, but not in the thread")
        return posted
    steps = ["posted in the thread" if thread_ts else "posted"]
    changed = replace(
        message,
        text=f"{message.text} ({CHANGED})",
        blocks=(*message.blocks, context(CHANGED)),
        fallback=None if message.fallback is None else (*message.fallback, context(CHANGED)),
    )
    try:
        await run.slack.update(run.channel_id, posted.ts, changed, priority=Priority.ANSWER)
        steps.append("changed")
        kept = await _read_back(run, posted)
    except DeliveryError as error:
        run.say(Mark.WRONG, what, f"{', '.join(steps)}, then: {error}")
        return posted
    if kept is None:
        run.say(Mark.RIGHT, what, ", ".join(steps))
        return posted
    problem = _difference(kept, changed, key)
    steps.append("read back")
    if not problem:
        run.say(Mark.RIGHT, what, ", ".join(steps))
    elif problem == _WITHOUT_CHART:
        run.say(Mark.NOTE, what, f"{', '.join(steps)}: {problem}", "posts carry sparklines all the same")
    else:
        run.say(Mark.WRONG, what, f"{', '.join(steps)}: {problem}")
    return posted


async def _post(run: _Run, message: Message, thread_ts: str | None, key: str) -> Posted:
    """Post, and note what has to be deleted even when the check is interrupted meanwhile."""
    posting = asyncio.ensure_future(run.slack.post(run.channel_id, message, thread_ts=thread_ts, key=key))
    try:
        posted = await asyncio.shield(posting)
    except asyncio.CancelledError:
        run.posted.append(await posting)
        raise
    run.posted.append(posted)
    return posted


async def _read_back(run: _Run, posted: Posted) -> Mapping[str, Any] | None:
    """Return the message as Slack keeps it, or None when the permission to look is missing."""
    if not run.can_read_back:
        return None
    try:
        kept = await run.slack.read_back(run.channel_id, posted.ts, thread_ts=posted.thread_ts)
    except DeliveryError as error:
        if error.error != "missing_scope":
            raise
        run.can_read_back = False
        run.say(
            Mark.NOTE,
            "reading back",
            "the optional history permission is missing, so nothing is read back",
            "without it a post whose answer is lost is held and its owner asked",
        )
        return None
    return kept or {}


_WITHOUT_CHART = "Slack took it without its chart"


def _difference(kept: Mapping[str, Any], sent: Message, key: str) -> str:
    """Return how what Slack keeps differs from what was sent in a way that matters, or nothing."""
    if not kept:
        return "it is not there"
    metadata = kept.get("metadata") or {}
    if metadata.get("event_type") != OUTBOX_EVENT or metadata.get("event_payload") != {"key": key}:
        return "its metadata is lost, by which a post is found again"
    types = [block.get("type") for block in kept.get("blocks") or ()]
    if types == [block["type"] for block in sent.blocks]:
        return "" if CHANGED in str(kept.get("blocks")) else "it shows the text before the change"
    if sent.fallback is not None and types == [block["type"] for block in sent.fallback]:
        return _WITHOUT_CHART
    return f"its layout is another one: {', '.join(map(str, types)) or 'no blocks'}"


async def _clean_up(run: _Run) -> None:
    """Delete whatever was posted, replies before the post they are in the thread of."""
    left = []
    for posted in reversed(run.posted):
        try:
            await run.slack.delete(run.channel_id, posted.ts)
        except DeliveryError as error:
            left.append(f"{posted.ts}: {error}")
    if left:
        run.say(Mark.WRONG, "cleaning up", "; ".join(left), "delete what is left by hand")
    elif run.posted:
        run.say(Mark.RIGHT, "cleaning up", f"{len(run.posted)} messages deleted")


async def _validate_all(run: _Run, world: World) -> None:
    examples = all_examples(world)
    run.say(Mark.NOTE, "layouts", f"asking Slack about {len(examples)} of them, at the pace it allows …")
    refused = 0
    for name, example in examples.items():
        problems = await run.slack.validate_blocks(example)
        if problems:
            refused += 1
            run.say(Mark.WRONG, name, "; ".join(problems), "please report this as a defect of Loopmark")
    if not refused:
        run.say(Mark.RIGHT, "layouts", f"Slack takes all {len(examples)}")
