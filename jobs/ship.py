"""Announcements of ships, drawn again when people said something of them or they were taken back."""

from __future__ import annotations

from functools import partial

from bot.blocks.ships import ship_message
from bot.db.models import ShipRow
from bot.db.redraws import RedrawClaim
from bot.deps import Deps, Priority
from bot.services.shipping import posted_ship
from jobs import redraw
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Start drawing the announcements that are due, as far as the queue has room; a quiet tick writes nothing."""
    for claim in await redraw.claim_due(deps, queue, ShipRow):
        queue.put(f"redraw ship {claim.key}", partial(run, deps, claim))


async def run(deps: Deps, claim: RedrawClaim) -> None:
    """Draw one claimed announcement as things stand now."""
    await redraw.draw_once(deps, claim, partial(_draw, deps, claim))


async def _draw(deps: Deps, claim: RedrawClaim) -> None:
    [ship_id] = claim.key
    posted = await deps.database.read(posted_ship, deps.team_id, ship_id)
    message = ship_message(posted.view, deps.now())
    await deps.slack.update(posted.channel_id, posted.ts, message, priority=Priority.REDRAW)
