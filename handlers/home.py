"""The Home tab: published when somebody opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.deps import Deps
from bot.domain.actor import Actor
from bot.services.home import NOWHERE, open_home


async def opened(body: Mapping[str, Any], deps: Deps) -> None:
    """Somebody opened Home; the same opening told twice publishes once more, which changes nothing."""
    event = body["event"]
    if event.get("tab", "home") == "home":
        await open_home(deps, Actor(str(body["team_id"]), str(event["user"]), NOWHERE))
