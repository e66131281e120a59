"""What a listener is given: the dependencies, who asks, and what they typed, clicked or filled in."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.message import Message, View

R = TypeVar("R", contravariant=True)


class Pace(Enum):
    """Whether a listener answers in the acknowledgement or after it."""

    FAST = "fast"
    """Database work only; the answer is the acknowledgement."""

    SLOW = "slow"
    """Calls Slack or HTTP: acknowledged at once, the rest runs in `deps.tasks`."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What every listener gets beside the request itself.

    Attributes:
        deps: The bundle.
        actor: Who asks, and where.
        typed: The whole line as typed (`/criteria list`), or empty when nothing was typed.
        response_url: Where an answer that comes later goes (30 min, five times), or None in modals.
        trigger_id: Opens a modal within 3 s, once; or None.
        on_home: True for a click on the Home tab, whose answer is shown in a modal.
        answer_view_id: The modal that shows such an answer, for a click in it; or None.
    """

    deps: Deps
    actor: Actor
    typed: str = ""
    response_url: str | None = None
    trigger_id: str | None = None
    on_home: bool = False
    answer_view_id: str | None = None


@dataclass(frozen=True, slots=True)
class Click:
    """A press of a button or a choice in a menu.

    Attributes:
        action_id: Its name in the routes' table (what follows ``:`` in Slack's action_id is cut off).
        value: The button's value or the chosen option's value; empty when there is none.
        message_ts: The message it stands on, or None in views.
        thread_ts: The thread that message is in, or None.
        view_id: The modal it stands in, or None on messages.
        view_metadata: The modal's private_metadata, or empty.
        values: What the modal's inputs hold now, as in `Form.values`.
        is_ephemeral: True when only this person sees the message.
    """

    action_id: str
    value: str
    message_ts: str | None
    thread_ts: str | None
    view_id: str | None
    view_metadata: str
    values: Mapping[str, str]
    is_ephemeral: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted modal.

    Attributes:
        callback_id: Its name in the routes' table.
        values: block_id → what was filled in, as text (ids for pickers, the option's value for menus,
            comma-joined where several can be picked); an empty input is an empty text.
        metadata: The modal's private_metadata.
        view_id: Slack's id of the view.
    """

    callback_id: str
    values: Mapping[str, str]
    metadata: str
    view_id: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut chosen in a message's menu.

    Attributes:
        callback_id: Its name in the manifest and in the routes' table.
        text: The message's text as Slack has it, encoded; where it has none, what its attachments say or its files
            are called; possibly empty.
        message_ts: The message.
        author_id: Slack user id of who wrote it, or empty where a program did.
    """

    callback_id: str
    text: str
    message_ts: str
    author_id: str


@dataclass(frozen=True, slots=True)
class Redrawn:
    """An answer to a click that replaces the message clicked on (its buttons are gone afterwards)."""

    message: Message


@dataclass(frozen=True, slots=True)
class ShowView:
    """An answer to a submission: the modal now shows this view."""

    view: View


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """An answer to a submission: nothing is saved; block_id → the sentence under that input."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CloseAll:
    """An answer to a submission: all modals close; the message goes to the person privately."""

    message: Message | None = None


CommandListener = Callable[[Any, Incoming], Awaitable[Message | None]]
ClickListener = Callable[[Click, Incoming], Awaitable[Message | Redrawn | None]]
ShortcutListener = Callable[[Shortcut, Incoming], Awaitable[Message | None]]
FormListener = Callable[[Form, Incoming], Awaitable[ShowView | FieldErrors | CloseAll | None]]
EventListener = Callable[[Mapping[str, Any], Deps], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CommandRoute:
    """How a request is answered; `at_once` is shown while a slow listener works (None: nothing)."""

    listener: CommandListener
    pace: Pace = Pace.FAST
    at_once: str | None = None


@dataclass(frozen=True, slots=True)
class ClickRoute:
    """How a click is answered."""

    listener: ClickListener
    pace: Pace = Pace.FAST


def channel_of(metadata: str) -> str:
    """Return the channel a modal was opened from, which its private_metadata carries as JSON (`channel`)."""
    if not metadata.startswith("{"):
        return ""
    return str(json.loads(metadata).get("channel") or "")
