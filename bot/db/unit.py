"""A unit of work: one function, run on a database thread, whose outcome goes back to its event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from sqlmodel import Session


class Unit:
    """One function waiting for, or coming back from, a database thread.

    Made on an event loop; `run` is called on the database thread, `deliver` brings the outcome back.
    """

    __slots__ = ("alone", "args", "error", "fn", "future", "is_settled", "kwargs", "loop", "value")

    def __init__(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        alone: bool = False,
    ) -> None:
        """Keep the function for later.

        Args:
            fn: Called as ``fn(session, *args, **kwargs)``; an `alone` unit is called without any session.
            args: Passed on.
            kwargs: Passed on.
            alone: Must run outside of every transaction.
        """
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.fn = fn
        self.args = args
        self.kwargs = kwargs or {}
        self.alone = alone
        self.value: Any = None
        self.error: BaseException | None = None
        self.is_settled = False

    def run(self, session: Session) -> Any:
        """Call the function and return what it returns."""
        return self.fn(session, *self.args, **self.kwargs)

    def fail(self, error: BaseException) -> None:
        """Make `error` the outcome."""
        # A future refuses StopIteration, because it would end the coroutine that awaits it.
        if isinstance(error, StopIteration):
            error = RuntimeError(f"a unit of work raised {error!r}")
        self.error = error
        self.value = None

    async def outcome(self) -> Any:
        """Wait for the outcome; when the caller is cancelled nobody hears of it."""
        return await self.future

    async def true_outcome(self) -> Any:
        """Wait for the outcome even when the caller is cancelled meanwhile.

        Raises:
            asyncio.CancelledError: the caller was cancelled; only raised once the unit has run, with what
                the unit raised as its cause.
        """
        try:
            return await self.future
        except asyncio.CancelledError as cancelled:
            while not self.is_settled:
                if self.future.cancelled():
                    self.future = self.loop.create_future()
                with suppress(asyncio.CancelledError):
                    # Neither raises the outcome nor cancels the future when the caller is cancelled again.
                    await asyncio.wait([self.future])
            if not self.future.cancelled():
                self.future.exception()  # else asyncio logs it as never looked at
            raise cancelled from self.error


def deliver(units: Iterable[Unit]) -> None:
    """Bring outcomes back to the event loops that wait for them, with one wake-up per loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Unit]] = {}
    for unit in units:
        by_loop.setdefault(unit.loop, []).append(unit)
    for loop, theirs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, theirs)
        except RuntimeError:
            if not loop.is_closed():
                raise


def _settle(units: Iterable[Unit]) -> None:
    for unit in units:
        unit.is_settled = True
        if unit.future.done():
            continue
        if unit.error is None:
            unit.future.set_result(unit.value)
        else:
            unit.future.set_exception(unit.error)
