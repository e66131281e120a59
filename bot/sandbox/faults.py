"""Trouble that can be ordered in advance: what goes wrong with the next calls, sockets and events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["drop_before", "drop_after", "delay", "status", "ratelimited", "error"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with one call.

    ``amount`` is seconds for a delay and for ratelimited, the HTTP status for status; ``code`` is the
    error code. ``before`` tells a delay to come before the call takes effect.
    """

    kind: FaultKind
    amount: float = 0.0
    code: str = ""
    before: bool = True


class Faults:
    """Faults in waiting, per Web API method (``*`` is any method), and for events."""

    def __init__(self) -> None:
        """Nothing goes wrong yet."""
        self._next: dict[str, deque[Fault]] = {}
        self.duplicated_events = 0
        self.held_events: list[Callable[[], None]] | None = None

    def drop_before(self, method: str, times: int = 1) -> None:
        """Cut the connection of the next calls before they take effect."""
        self._add(method, Fault("drop_before"), times)

    def drop_after(self, method: str, times: int = 1) -> None:
        """Cut the connection of the next calls after they took effect: the caller can't tell.

        slack_sdk repeats a call once by itself after a cut connection, so its default client needs
        ``times=2`` to see it, and the message is then there twice.
        """
        self._add(method, Fault("drop_after"), times)

    def delay(self, method: str, seconds: float, times: int = 1, *, before: bool = True) -> None:
        """Answer the next calls late; with ``before=False`` they take effect at once all the same."""
        self._add(method, Fault("delay", amount=seconds, before=before), times)

    def server_error(self, method: str, times: int = 1, status: int = 500) -> None:
        """Answer the next calls with an HTTP error and no effect."""
        self._add(method, Fault("status", amount=status), times)

    def ratelimited(self, method: str, retry_after_s: int = 1, times: int = 1) -> None:
        """Answer the next calls with 429 and this Retry-After."""
        self._add(method, Fault("ratelimited", amount=retry_after_s), times)

    def error(self, method: str, code: str, times: int = 1) -> None:
        """Answer the next calls with ``ok: false`` and this error code, without effect."""
        self._add(method, Fault("error", code=code), times)

    def duplicate_events(self, times: int = 1) -> None:
        """Deliver each of the next events a second time under the same event_id."""
        self.duplicated_events += times

    def hold_events(self) -> None:
        """Keep events back until ``release_events``."""
        self.held_events = []

    def release_events(self) -> None:
        """Deliver what was kept back, the latest first."""
        held, self.held_events = self.held_events or [], None
        for deliver in reversed(held):
            deliver()

    def clear(self) -> None:
        """Forget every fault in waiting."""
        self._next.clear()
        self.duplicated_events = 0
        self.release_events()

    def take(self, method: str) -> Fault | None:
        """Return and use up the next fault for this method, if any."""
        for key in (method, "*"):
            queue = self._next.get(key)
            if queue:
                return queue.popleft()
        return None

    def _add(self, method: str, fault: Fault, times: int) -> None:
        self._next.setdefault(method, deque()).extend([fault] * times)
