"""What happened, in order: traffic, broken rules, and who waits for a change."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from bot.sandbox.model import JsonObject, Message, View

T = TypeVar("T")

KEPT_RECORDS = 2_000
KEPT_CHANGES = 1_000

Direction = Literal["to_bot", "from_bot"]
ChangeKind = Literal[
    "message",
    "message_changed",
    "message_deleted",
    "ephemeral",
    "ephemeral_changed",
    "view",
    "home",
    "reaction",
    "channel",
    "traffic",
    "violation",
    "failure",
    "file",
    "clock",
]


@dataclass(slots=True)
class Record:
    """One exchange: ``kind`` is the API method, ``response_url``, or the payload's type.

    ``answer`` is None until one came; ``error`` is Slack's code (``operation_timeout`` and so on);
    ``elapsed_ms`` is measured on the real clock; ``violations`` are the rules broken while it went on.
    """

    number: int
    at: datetime
    direction: Direction
    kind: str
    payload: JsonObject
    answer: JsonObject | None = None
    error: str | None = None
    elapsed_ms: float | None = None
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """Something a person looking at the workspace could notice."""

    kind: ChangeKind
    message: Message | None = None
    view: View | None = None
    user_id: str | None = None
    record: Record | None = None
    text: str = ""


class Journal:
    """Keeps the last exchanges and wakes whoever waits."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty; ``now`` stamps the records."""
        self.records: deque[Record] = deque(maxlen=KEPT_RECORDS)
        self.violations: list[str] = []
        self.failures: list[str] = []
        self._now = now
        self._count = 0
        self._callbacks: list[Callable[[Change], None]] = []
        self._waiting: set[asyncio.Future[None]] = set()

    def begin(self, direction: Direction, kind: str, payload: JsonObject) -> Record:
        """Return a new record that is already in the list; finish it with ``end``."""
        self._count += 1
        record = Record(self._count, self._now(), direction, kind, payload)
        self.records.append(record)
        return record

    def end(
        self,
        record: Record,
        *,
        answer: JsonObject | None = None,
        error: str | None = None,
        elapsed_s: float = 0.0,
    ) -> None:
        """Complete a record and tell everyone."""
        record.answer, record.error, record.elapsed_ms = answer, error, elapsed_s * 1000
        self.changed(Change("traffic", record=record))

    def violate(self, rule: str) -> None:
        """Record a broken rule that Slack itself answers with no error."""
        if len(self.violations) < KEPT_RECORDS:
            self.violations.append(rule)
        if self.records:
            self.records[-1].violations.append(rule)
        self.changed(Change("violation", text=rule))

    def fail(self, words: str) -> None:
        """Record an error that Slack itself showed to a person because the bot did not answer."""
        if len(self.failures) < KEPT_RECORDS:
            self.failures.append(words)
        self.changed(Change("failure", text=words))

    def changed(self, change: Change) -> None:
        """Call the callbacks and let every waiter look again."""
        for callback in list(self._callbacks):
            callback(change)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    def on_change(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``callback`` on the event loop for each change; return the function that stops it."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def changes(self) -> AsyncIterator[Change]:
        """Yield changes as they happen; a reader that falls far behind loses the oldest."""
        kept: deque[Change] = deque(maxlen=KEPT_CHANGES)
        stop = self.on_change(kept.append)
        try:
            while True:
                while kept:
                    yield kept.popleft()
                await self._next_change()
        finally:
            stop()

    async def wait_for(
        self, look: Callable[[], T | None], timeout_s: float, what: str = "the condition"
    ) -> T:
        """Return the first truthy result of ``look``, tried now and after each change.

        Raises:
            TimeoutError: after ``timeout_s`` real seconds; its text lists the last exchanges.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        while True:
            found = look()
            if found:
                return found
            try:
                async with asyncio.timeout_at(until):
                    await self._next_change()
            except TimeoutError:
                # A change may have come in the same turn of the loop as the timeout.
                if found := look():
                    return found
                raise TimeoutError(f"waited {timeout_s:g} s for {what}\n{self.story()}") from None

    async def _next_change(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    def story(self, last: int = 15) -> str:
        """Return the last exchanges and all broken rules as readable lines, for failure messages."""
        lines = []
        for record in list(self.records)[-last:]:
            arrow = "→ bot" if record.direction == "to_bot" else "← bot"
            outcome = record.error or ("…" if record.elapsed_ms is None else "ok")
            lines.append(f"  {arrow} {record.kind}: {outcome} {str(record.payload)[:300]}")
        lines.extend(f"  violation: {rule}" for rule in self.violations)
        lines.extend(f"  shown: {words}" for words in self.failures)
        return "\n".join(["last exchanges:", *lines])
