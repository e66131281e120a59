"""A small Slack in memory: it checks what it is given, remembers it, and fails as it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.deps import Posted, Priority
from bot.domain.actor import Channel, Person
from bot.domain.export import File
from bot.domain.message import Message, View
from bot.domain.reactions import Reactors
from bot.errors import DeliveryError
from bot.sandbox.blockkit import check_message, check_view, find_mass_mentions

CHANNELS = (
    Channel("C0GENERAL", "general", is_private=False, is_archived=False, is_member=True),
    Channel("C0LEADS", "leads", is_private=False, is_archived=False, is_member=True),
    Channel("C0SECRET", "secret", is_private=True, is_archived=False, is_member=True),
    Channel("C0OUTSIDE", "outside", is_private=False, is_archived=False, is_member=False),
    Channel("C0OLD", "old", is_private=False, is_archived=True, is_member=True),
)


class CrashError(BaseException):
    """The process ends here: nothing may catch it."""


@dataclass(frozen=True)
class Sent:
    """A message that is in Slack."""

    channel_id: str
    ts: str
    at: datetime
    thread_ts: str | None
    key: str | None
    message: Message
    priority: Priority
    in_channel: bool = True


@dataclass(frozen=True)
class Whisper:
    """A message that one person sees in a channel."""

    channel_id: str
    user_id: str
    message: Message
    thread_ts: str | None
    priority: Priority


@dataclass(frozen=True)
class Answer:
    """What came of the next call of `post`.

    Attributes:
        taken: Whether the message is in Slack afterwards.
        raised: What the caller gets instead of an answer, or None.
    """

    taken: bool
    raised: BaseException | None = None


def refused(error: str, *, permanent: bool = True, retry_after_s: float | None = None) -> Answer:
    """Slack says no."""
    sentence = f"Slack says {error}: do something about it."
    return Answer(
        False, DeliveryError(sentence, error=error, permanent=permanent, retry_after_s=retry_after_s)
    )


def unclear(*, taken: bool) -> Answer:
    """The answer is lost on the way."""
    return Answer(taken, DeliveryError("No answer.", error="timeout", permanent=False, unclear=True))


CRASH_AFTER_SENDING = Answer(True, CrashError())
CRASH_BEFORE_SENDING = Answer(False, CrashError())


class RecordingSlack:
    """Implements bot.deps.Slack.

    Attributes:
        sent: Every message that is in Slack, oldest first.
        script: What comes of the next posts, in order; afterwards they are taken.
        looks: Keys that were looked for.
        look_errors: What the next looks raise.
        responses: (response_url, message, replaces the original) of private answers.
        views: view id → view of the open modals.
        uploads: (where, files) of every upload.
        homes: user id → view of their Home tab.
        published: How often a Home tab was published.
        whispers: What one person was shown in a channel.
        whisper_errors: What the next whispers raise.
        link_errors: What the next questions for a permalink raise.
        standing: ts → the reactions under that message.
        asked_reactions: Messages whose reactions were asked for.
        reaction_errors: What the next questions for them raise.
        do_not_disturb: user id → until when it runs for them, from now on.
        dnd_error: What asking for it raises, or None.
        dnd_looks: Of whom it was asked.
        on_post: Awaited in every post before anything comes of it.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty, with the channels above."""
        self._now = now
        self.channels = {channel.channel_id: channel for channel in CHANNELS}
        self.admins: set[str] = set()
        self.sent: list[Sent] = []
        self.script: list[Answer] = []
        self.looks: list[str] = []
        self.look_errors: list[DeliveryError] = []
        self.responses: list[tuple[str, Message, bool]] = []
        self.views: dict[str, View] = {}
        self.uploads: list[tuple[str, tuple[File, ...]]] = []
        self.homes: dict[str, View] = {}
        self.published = 0
        self.whispers: list[Whisper] = []
        self.whisper_errors: list[DeliveryError] = []
        self.link_errors: list[DeliveryError] = []
        self.standing: dict[str, list[Reactors]] = {}
        self.asked_reactions: list[tuple[str, str]] = []
        self.reaction_errors: list[DeliveryError] = []
        self.redraw_room = 100
        self.deleted: set[str] = set()
        self.do_not_disturb: dict[str, datetime] = {}
        self.dnd_error: DeliveryError | None = None
        self.dnd_looks: list[str] = []
        self.skew = timedelta()
        self.on_post: Callable[[], Awaitable[object]] | None = None

    def to(self, channel_id: str) -> list[Sent]:
        """Return what is in one channel, oldest first."""
        return [sent for sent in self.sent if sent.channel_id == channel_id]

    async def post(
        self,
        channel_id: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        key: str | None = None,
        priority: Priority = Priority.DUE_POST,
    ) -> Posted:
        """Take a message, or do what the script says."""
        accept(message)
        if self.on_post is not None:
            await self.on_post()
        answer = self.script.pop(0) if self.script else Answer(True)
        posted = Posted(channel_id, "", None)
        if answer.taken:
            parent = thread_ts if thread_ts is not None and self._stands(channel_id, thread_ts) else None
            ts = f"{self.slack_now().timestamp():.0f}.{len(self.sent) + 1:06d}"
            shown_in_channel = parent is None or broadcast
            self.sent.append(
                Sent(channel_id, ts, self.slack_now(), parent, key, message, priority, shown_in_channel)
            )
            posted = Posted(channel_id, ts, parent)
        if answer.raised is not None:
            raise answer.raised
        return posted

    def _stands(self, channel_id: str, ts: str) -> bool:
        return ts not in self.deleted and any(sent.ts == ts for sent in self.to(channel_id))

    async def find_posted(
        self, channel_id: str, key: str, *, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """Look where Slack would: among the replies, else at the root."""
        self.looks.append(key)
        if self.look_errors:
            raise self.look_errors.pop(0)
        where = thread_ts if thread_ts is not None and self._stands(channel_id, thread_ts) else None
        for sent in self.to(channel_id):
            if sent.key == key and sent.at >= since and sent.thread_ts == where:
                return Posted(channel_id, sent.ts, sent.thread_ts)
        return None

    async def update(
        self, channel_id: str, ts: str, message: Message, *, priority: Priority = Priority.REDRAW
    ) -> None:
        """Replace a message."""
        del priority
        accept(message, "chat.update")
        for place, sent in enumerate(self.sent):
            if (sent.channel_id, sent.ts) == (channel_id, ts):
                self.sent[place] = Sent(
                    channel_id, ts, sent.at, sent.thread_ts, sent.key, message, sent.priority
                )
                return
        raise DeliveryError("That message is gone.", error="message_not_found", permanent=True)

    def room_to_redraw(self) -> int:
        """Have room for any."""
        return self.redraw_room

    async def delete(self, channel_id: str, ts: str) -> None:
        """Delete a message."""
        del channel_id
        self.deleted.add(ts)

    async def respond(
        self,
        response_url: str,
        message: Message,
        *,
        replace: bool = False,
        priority: Priority = Priority.ANSWER,  # noqa: ARG002  (nothing waits here)
    ) -> None:
        """Take a private answer."""
        accept(message, "response_url")
        self.responses.append((response_url, message, replace))

    async def whisper(
        self,
        channel_id: str,
        user_id: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        priority: Priority = Priority.ANSWER,
    ) -> None:
        """Show a message to one person."""
        accept(message, "chat.postEphemeral")
        if self.whisper_errors:
            raise self.whisper_errors.pop(0)
        self.whispers.append(Whisper(channel_id, user_id, message, thread_ts, priority))

    async def permalink(self, channel_id: str, ts: str) -> str:
        """Know every message, unless it is told to fail."""
        if self.link_errors:
            raise self.link_errors.pop(0)
        return f"https://acme.slack.com/archives/{channel_id}/p{ts.replace('.', '')}"

    async def reactions(self, channel_id: str, ts: str) -> list[Reactors]:
        """Say what the test put there."""
        self.asked_reactions.append((channel_id, ts))
        if self.reaction_errors:
            raise self.reaction_errors.pop(0)
        return self.standing.get(ts, [])

    async def open_view(self, trigger_id: str, view: View) -> str:
        """Open a modal."""
        assert trigger_id
        assert check_view(view) == []
        view_id = f"V{len(self.views) + 1}"
        self.views[view_id] = view
        return view_id

    async def push_view(self, trigger_id: str, view: View) -> str:
        """Open a modal on top."""
        return await self.open_view(trigger_id, view)

    async def update_view(self, view_id: str, view: View) -> None:
        """Replace an open modal."""
        assert check_view(view) == []
        if view_id not in self.views:
            raise DeliveryError("The form was closed.", error="not_found", permanent=True)
        self.views[view_id] = view

    async def upload(self, channel_id: str, files: Sequence[File], *, comment: str) -> None:
        """Take files."""
        assert comment
        self.uploads.append((channel_id, tuple(files)))

    async def publish_home(self, user_id: str, view: View) -> None:
        """Show somebody's Home tab."""
        assert check_view(view) == []
        self.homes[user_id] = view
        self.published += 1

    async def person(self, team_id: str, user_id: str) -> Person:
        """Know everybody; they live in Berlin."""
        name = user_id.removeprefix("U0").title()
        return Person(team_id, user_id, name, "Europe/Berlin", is_admin=user_id in self.admins)

    async def channel(self, channel_id: str) -> Channel:
        """Know the channels above."""
        if channel_id not in self.channels:
            raise DeliveryError("Slack knows no such channel.", error="channel_not_found", permanent=True)
        return self.channels[channel_id]

    async def members(self, channel_id: str) -> frozenset[str]:
        """Know Alice and Bob in every channel."""
        assert channel_id in self.channels
        return frozenset({"U0ALICE", "U0BOB"})

    async def is_member(self, channel_id: str, user_id: str) -> bool:
        """Take everybody for a member."""
        return bool(channel_id and user_id)

    async def do_not_disturb_until(self, user_id: str) -> datetime | None:
        """Say what the test says, or fail as it says."""
        self.dnd_looks.append(user_id)
        if self.dnd_error is not None:
            raise self.dnd_error
        ends = self.do_not_disturb.get(user_id)
        return ends if ends is not None and ends > self.slack_now() else None

    def slack_now(self) -> datetime:
        """Return Slack's time."""
        return self._now() + self.skew


def accept(message: Message, method: str = "chat.postMessage") -> None:
    """Fail where Slack would refuse a message, with charts or without, or everybody would be pinged."""
    for blocks in (message.blocks, message.fallback):
        if blocks is None:
            continue
        payload = {"channel": "C0GENERAL", "text": message.text, "blocks": list(blocks)}
        assert check_message(payload, method) is None, check_message(payload, method)
        assert find_mass_mentions(payload) == []
    assert 0 < len(message.text) <= 4_000


def buttons(shown: Message | View) -> dict[str, tuple[str, str]]:
    """Return the buttons of a message or view: text → (action_id, value)."""
    blocks: Any = shown.blocks if isinstance(shown, Message) else shown["blocks"]
    return {
        element["text"]["text"]: (element["action_id"], element.get("value", ""))
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }
