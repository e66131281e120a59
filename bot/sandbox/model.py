"""What lives in the stand-in workspace: people, channels, messages, views.

These are mutable on purpose: a message a test holds shows its latest text after an update.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

JsonObject = dict[str, Any]
"""A Slack payload. The stand-in takes any JSON at its wire and checks it, so the type says no more."""

ChannelKind = Literal["public", "private", "im"]


@dataclass(slots=True, eq=False)
class User:
    """A person (or the bot) of the workspace; ``tz`` None means Slack sends no zone fields."""

    id: str
    name: str
    tz: str | None = None
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False
    dnd_s: tuple[int, int] | None = None
    """From when to when do-not-disturb runs or runs next, as its schedule says; None without one."""
    snoozed_until_s: int | None = None
    """Until when they paused notifications by hand."""

    @property
    def mention(self) -> str:
        """The entity Slack puts in place of a chosen ``@name``."""
        return f"<@{self.id}|{self.name.lower()}>"


@dataclass(slots=True, eq=False)
class Channel:
    """A conversation; for ``im`` the members are the person and the bot."""

    id: str
    name: str
    kind: ChannelKind
    members: set[str]
    created_s: int
    archived: bool = False

    @property
    def mention(self) -> str:
        """The entity Slack puts in place of a chosen ``#name``."""
        return f"<#{self.id}|{self.name}>"

    @property
    def event_type(self) -> str:
        """``channel_type`` of a message event here."""
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]


@dataclass(slots=True, eq=False)
class Message:
    """A message; ``only_for`` is the one person who sees it when it is ephemeral, else None.

    ``from_response_url`` marks what came by an acknowledgement or a response_url: those cannot be
    edited with chat.update. ``inputs`` holds what each person chose in the message's own selects.
    """

    channel: Channel
    ts: str
    user: User
    text: str
    blocks: list[JsonObject] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    metadata: JsonObject | None = None
    thread_ts: str | None = None
    reply_broadcast: bool = False
    only_for: User | None = None
    from_response_url: bool = False
    edits: int = 0
    deleted: bool = False
    subtype: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[JsonObject] = field(default_factory=list)
    inputs: dict[str, dict[str, dict[str, JsonObject]]] = field(default_factory=dict)

    @property
    def is_ephemeral(self) -> bool:
        """True when just one person sees it."""
        return self.only_for is not None

    @property
    def edited(self) -> bool:
        """True after the first update or replacement."""
        return self.edits > 0

    @property
    def shown(self) -> str:
        """All the words a person sees: the blocks' when there are any, else the text."""
        return "\n".join(block_words(self.blocks)) if self.blocks else self.text


@dataclass(slots=True, eq=False)
class View:
    """A modal or Home view as it stands; ``values`` is what the person has filled in so far."""

    id: str
    user: User
    body: JsonObject
    hash: str
    root_id: str
    previous_id: str | None
    values: dict[str, dict[str, JsonObject]]
    external_id: str = ""
    closed: bool = False

    @property
    def type(self) -> str:
        """``modal`` or ``home``."""
        return str(self.body["type"])

    @property
    def title(self) -> str:
        """The modal's title; empty for Home."""
        return str((self.body.get("title") or {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """The callback_id, empty when there is none."""
        return str(self.body.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        """The private_metadata, empty when there is none."""
        return str(self.body.get("private_metadata") or "")

    @property
    def blocks(self) -> list[JsonObject]:
        """The blocks, each with its block_id."""
        return list(self.body.get("blocks") or [])

    @property
    def shown(self) -> str:
        """All the words a person sees in it, one line a block part."""
        return "\n".join([self.title, *block_words(self.blocks)])


def block_words(value: Any) -> list[str]:
    """Return every visible text in these blocks, in order, as written (not unescaped)."""
    if isinstance(value, list):
        return [words for item in value for words in block_words(item)]
    if not isinstance(value, dict):
        return []
    words = [value["text"]] if isinstance(value.get("text"), str) else []
    skipped = {"value", "metadata", "private_metadata", "state"}
    return words + [found for key, item in value.items() if key not in skipped for found in block_words(item)]
