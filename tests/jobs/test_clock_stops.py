"""Stopping the clock: a tick under way ends first, and none begins afterwards."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import cast

import pytest

from bot.deps import Deps
from jobs.clock import Clock


class Tick:
    """A tick that takes until it is allowed to end, and counts how often it began and ended."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.under_way = asyncio.Event()
        self.begun = self.ended = 0

    async def __call__(self) -> None:
        self.begun += 1
        self.under_way.set()
        await self.may_end.wait()
        self.ended += 1


@pytest.mark.parametrize("woken", [True, False], ids=["fired by a wake-up", "fired by the pace"])
async def test_a_tick_under_way_ends_before_the_clock_has_stopped(
    woken: bool, caplog: pytest.LogCaptureFixture
) -> None:
    wake, tick = asyncio.Event(), Tick()
    # All the clock asks of its dependencies.
    deps = cast(Deps, SimpleNamespace(wake=wake, settings=SimpleNamespace(tick_s=60.0 if woken else 0.01)))
    clock = Clock(deps, {"slow": tick})
    clock.start()
    if woken:
        wake.set()
    async with asyncio.timeout(5):
        await tick.under_way.wait()
        stopping = asyncio.create_task(clock.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        tick.may_end.set()
        with caplog.at_level(logging.ERROR):
            await stopping
    begun = tick.begun
    wake.set()
    await asyncio.sleep(0)
    assert tick.ended == tick.begun == begun
    assert caplog.records == []
