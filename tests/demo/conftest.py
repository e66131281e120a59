"""The demo with its week set up, once for a module: it takes a few seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.demo import Demo, open_demo

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""A Wednesday, 15:00 in Berlin."""


@pytest.fixture(scope="module")
def now() -> datetime:
    """When the visitor comes."""
    return NOW


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory, now: datetime) -> AsyncIterator[Demo]:
    """Everything as a visitor finds it; the bot ticks only when told."""
    folder = tmp_path_factory.mktemp("demo")
    async with open_demo(folder, now=lambda: now) as opened:
        await opened.set_up(lambda: now)
        yield opened
