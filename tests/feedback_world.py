"""A workspace in memory for the tests of feedback: a real database and seal, and a Slack that remembers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlmodel import Session, select

from bot.db.channels import save_channel
from bot.db.models import InitiativeRow, OutboxRow, PromptKeyRow, PromptRow, ResponseRow
from bot.db.people import save_person
from bot.deps import Database, Deps, Posted, Priority
from bot.domain.actor import Actor, Channel, Person
from bot.domain.message import Message, View
from bot.domain.names import fold
from bot.domain.prompt import Prompt, PromptKind
from bot.domain.reactions import Reactors
from bot.domain.requests import AskPrompt
from bot.errors import DeliveryError
from bot.sandbox.blockkit import check_message, check_view, find_mass_mentions
from bot.seal import Seal
from bot.services.asking import Asked, ask_prompt
from bot.services.prompts import mark_posted
from bot.settings import load_settings
from bot.tasks import TrackedTasks
from tests.slack_double import Whisper

TEAM = "T0ACME"
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ALICE = Actor(TEAM, "U0ALICE", "C0GENERAL", "general")
BOB = Actor(TEAM, "U0BOB", "C0GENERAL", "general")
CHARLIE = Actor(TEAM, "U0CHARLIE", "C0LEADS", "leads")

CHANNELS = {
    "C0GENERAL": Channel("C0GENERAL", "general", is_private=False, is_archived=False, is_member=True),
    "C0LEADS": Channel("C0LEADS", "leads", is_private=False, is_archived=False, is_member=True),
    "C0SECRET": Channel("C0SECRET", "secret", is_private=True, is_archived=False, is_member=True),
    "C0OUTSIDE": Channel("C0OUTSIDE", "outside", is_private=False, is_archived=False, is_member=False),
    "C0OLD": Channel("C0OLD", "old", is_private=False, is_archived=True, is_member=True),
}


@dataclass
class MemorySlack:
    """Takes what Slack would take, refuses what it would refuse, and remembers it."""

    posts: list[tuple[str, Message]] = field(default_factory=list)
    updates: list[tuple[str, str, Message, Priority]] = field(default_factory=list)
    answers: list[tuple[str, Message, bool]] = field(default_factory=list)
    opened: list[View] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    refusals: list[DeliveryError] = field(default_factory=list)
    whispers: list[Whisper] = field(default_factory=list)
    whisper_errors: list[DeliveryError] = field(default_factory=list)
    link_errors: list[DeliveryError] = field(default_factory=list)
    standing: dict[str, list[Reactors]] = field(default_factory=dict)
    asked_reactions: list[tuple[str, str]] = field(default_factory=list)
    reaction_errors: list[DeliveryError] = field(default_factory=list)
    clock: Callable[[], datetime] | None = None
    outsiders: set[tuple[str, str]] = field(default_factory=set)
    lookups: int = 0
    crowd: int = 0
    redraw_room: int = 100
    unreachable: bool = False
    on_update: Callable[[], Any] | None = None

    async def post(
        self,
        channel_id: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        key: str | None = None,  # noqa: ARG002  (the Protocol's signature)
        priority: Priority = Priority.DUE_POST,  # noqa: ARG002  (as above)
    ) -> Posted:
        """Take a message."""
        accept(message)
        self.posts.append((channel_id, message))
        return Posted(channel_id, f"{1795442400 + len(self.posts)}.000100", thread_ts)

    async def update(
        self, channel_id: str, ts: str, message: Message, *, priority: Priority = Priority.REDRAW
    ) -> None:
        """Take a redraw, or refuse it as told."""
        accept(message, "chat.update")
        if self.on_update is not None:
            await self.on_update()
        if self.refusals:
            raise self.refusals.pop(0)
        self.updates.append((channel_id, ts, message, priority))

    def room_to_redraw(self) -> int:
        """Have room for any."""
        return self.redraw_room

    async def delete(self, channel_id: str, ts: str) -> None:
        """Refuse: feedback deletes no message."""
        raise AssertionError(f"unexpected delete of {channel_id} {ts}")

    async def respond(
        self,
        response_url: str,
        message: Message,
        *,
        replace: bool = False,
        priority: Priority = Priority.ANSWER,  # noqa: ARG002  (nothing waits here)
    ) -> None:
        """Take a private answer."""
        accept(message)
        self.answers.append((response_url, message, replace))

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

    def slack_now(self) -> datetime:
        """Return Slack's time."""
        assert self.clock is not None
        return self.clock()

    async def open_view(self, trigger_id: str, view: View) -> str:
        """Open a modal."""
        assert trigger_id
        accept_view(view)
        self.opened.append(view)
        view_id = f"V{len(self.opened)}"
        self.views[view_id] = view
        return view_id

    async def push_view(self, trigger_id: str, view: View) -> str:
        """Open a modal on top."""
        return await self.open_view(trigger_id, view)

    async def update_view(self, view_id: str, view: View) -> None:
        """Replace an open modal."""
        accept_view(view)
        if view_id not in self.views:
            raise DeliveryError("the modal was closed", error="not_found", permanent=True)
        self.views[view_id] = view

    async def person(self, team_id: str, user_id: str) -> Person:
        """Know everybody."""
        return Person(team_id, user_id, user_id.removeprefix("U0").title(), "Europe/Berlin", is_admin=False)

    async def channel(self, channel_id: str) -> Channel:
        """Know the channels above."""
        if channel_id not in CHANNELS:
            raise DeliveryError("no such channel", error="channel_not_found", permanent=True)
        return CHANNELS[channel_id]

    async def members(self, channel_id: str) -> frozenset[str]:
        """Know Alice, Bob and Charlie, unless they are outsiders."""
        crowd = [f"U0X{number}" for number in range(self.crowd)]
        everyone = (ALICE.user_id, BOB.user_id, CHARLIE.user_id, *crowd)
        return frozenset(user for user in everyone if (channel_id, user) not in self.outsiders)

    async def do_not_disturb_until(self, user_id: str) -> datetime | None:
        """Refuse: feedback delivers nothing."""
        raise AssertionError(f"unexpected look for the do-not-disturb of {user_id}")

    async def is_member(self, channel_id: str, user_id: str) -> bool:
        """Take everybody for a member who is no outsider."""
        self.lookups += 1
        if self.unreachable:
            raise DeliveryError("Slack can't be asked.", error="timeout", permanent=False)
        return (channel_id, user_id) not in self.outsiders

    async def find_posted(
        self, channel_id: str, key: str, *, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """Refuse: looking back is the outbox's."""
        raise AssertionError(f"unexpected look for {key} in {channel_id} since {since} {thread_ts}")


class Clock:
    """The one clock, moved by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """The bundle with its parts at hand."""

    deps: Deps
    slack: MemorySlack
    clock: Clock
    tasks: TrackedTasks

    async def know(self, *actors: Actor) -> None:
        """Store people, and the channels as Slack describes them."""

        def store(session: Session) -> None:
            for actor in actors:
                name = actor.user_id.removeprefix("U0").title()
                person = Person(TEAM, actor.user_id, name, "Europe/Berlin", is_admin=False)
                save_person(session, person, NOW)
            for channel in CHANNELS.values():
                save_channel(session, TEAM, channel, NOW)

        await self.deps.database.write(store)

    async def start_initiative(self, name: str, channel_id: str = "C0GENERAL") -> int:
        """Store an open initiative at home in a channel and return its id."""

        def store(session: Session) -> int:
            row = InitiativeRow(
                team_id=TEAM,
                name=name,
                name_key=fold(name),
                owner_id=ALICE.user_id,
                channel_id=channel_id,
                zone="Europe/Berlin",
                starts_on=date(2026, 11, 1),
                ends_on=date(2026, 12, 12),
                created_by=ALICE.user_id,
                created_at=NOW,
            )
            session.add(row)
            session.flush()
            assert row.id is not None
            return row.id

        return await self.deps.database.write(store)

    async def ask(self, actor: Actor = ALICE, **request: Any) -> Prompt:
        """Ask a prompt and note that its message was posted."""
        given = {"question": "How clear is the new form?", "kind": PromptKind.SCALE, **request}
        asked = await ask_prompt(self.deps, actor, AskPrompt(**given))
        assert isinstance(asked, Asked)
        prompt = asked.prompt
        ts = f"{1795442400 + prompt.id}.000100"
        await self.deps.database.write(mark_posted, prompt.id, prompt.channel_id, ts)
        return replace(prompt, ts=ts)

    async def rows(self, table: type[Any]) -> list[Any]:
        """Return every row of a table."""

        def load(session: Session) -> list[Any]:
            return list(session.exec(select(table)).all())

        return await self.deps.database.read(load)

    async def responses(self) -> list[ResponseRow]:
        """Return every answer's row."""
        return await self.rows(ResponseRow)

    async def prompt_row(self, prompt_id: int) -> PromptRow:
        """Return a prompt's row."""
        rows = await self.rows(PromptRow)
        return next(cast(PromptRow, row) for row in rows if row.id == prompt_id)

    async def keys(self) -> list[PromptKeyRow]:
        """Return every key's row."""
        return await self.rows(PromptKeyRow)

    async def outbox(self) -> list[OutboxRow]:
        """Return every outbox row."""
        return await self.rows(OutboxRow)


def make_world(database: Database) -> World:
    """Return a workspace around a fresh database."""
    clock, tasks = Clock(NOW), TrackedTasks()
    slack = MemorySlack(clock=clock)
    deps = Deps(
        settings=load_settings(_env_file=None),
        database=database,
        slack=slack,
        # Feedback reads no source.
        http=cast(Any, None),
        paths=cast(Any, None),
        sources={},
        seal=Seal("a secret that only this test knows"),
        tasks=tasks,
        wake=asyncio.Event(),
        now=clock,
        random=random.Random(1),
        team_id=TEAM,
        bot_user_id="U0LOOPMARK",
        bot_name="Loopmark",
    )
    return World(deps, slack, clock, tasks)


def accept(message: Message, method: str = "chat.postMessage") -> None:
    """Fail where Slack would refuse a message or everybody would be pinged."""
    payload = {"channel": "C0GENERAL", "text": message.text, "blocks": list(message.blocks)}
    assert check_message(payload, method) is None
    assert find_mass_mentions(payload) == []


def accept_view(view: View) -> None:
    """Fail where Slack would refuse a view."""
    assert check_view(view) == []


def buttons(message: Message | View) -> dict[str, str]:
    """Return the buttons of a message or view: the text on each and its value."""
    blocks = message.blocks if isinstance(message, Message) else message["blocks"]
    return {
        element["text"]["text"]: element["value"]
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }
