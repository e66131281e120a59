"""Messages drawn again because what they show has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog

from bot.blocks.outages import outage_message
from bot.blocks.progress import progress_message
from bot.db.models import HomeRow, OutageRow, PostRow
from bot.db.redraws import (
    Drawn,
    RedrawClaim,
    anything_to_redraw,
    claim_redraws,
    delay_redraw,
    finish_redraw,
    give_up_redraw,
)
from bot.deps import Deps, Priority
from bot.errors import DeliveryError
from bot.services.redrawing import outage_to_draw, post_to_draw
from jobs.queue import Queue

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than a redraw waits for Slack's limits as a rule; if it waits longer, a second one does no harm."""
AGAIN = timedelta(seconds=30)


async def tick(deps: Deps, queue: Queue) -> None:
    """Start drawing the progress posts and outages that are due, as far as the queue has room."""
    for claim in await claim_due(deps, queue, PostRow):
        queue.put(
            f"redraw post {claim.key}", partial(draw_once, deps, claim, partial(_draw_post, deps, claim))
        )
    for claim in await claim_due(deps, queue, OutageRow):
        queue.put(
            f"redraw outage {claim.key}", partial(draw_once, deps, claim, partial(_draw_outage, deps, claim))
        )


async def claim_due(deps: Deps, queue: Queue, of: type[Drawn]) -> list[RedrawClaim]:
    """Take what is due to be drawn again, the longest due first, as much as queue and Slack have room for.

    What waits for Slack's limits waits in its row: it is built from what is true when its turn comes, and a crowd's
    redraws leave the queue to posts. Home tabs have a limit of their own, which they wait for.
    """
    now, room = deps.now(), queue.room()
    if of is not HomeRow:
        room = min(room, deps.slack.room_to_redraw())
    if room <= 0 or not await deps.database.read(anything_to_redraw, of, deps.team_id, now):
        return []
    return await deps.database.write(
        claim_redraws, of, deps.team_id, now=now, limit=room, lease_until=now + LEASE
    )


async def draw_once(deps: Deps, claim: RedrawClaim, draw: Callable[[], Awaitable[None]]) -> None:
    """Draw one claimed message as things stand now.

    What fails for now is tried again later; what Slack refuses for good is left with a log line.
    """
    try:
        await draw()
    except asyncio.CancelledError:
        await deps.database.write(delay_redraw, claim, deps.now())
        raise
    except DeliveryError as error:
        facts = {"message": claim.table.__tablename__, "row": claim.key, "error": error.error}
        if error.permanent:
            log.warning("message can't be redrawn", **facts)
            await deps.database.write(give_up_redraw, claim)
            return
        log.info("redraw put off", **facts)
        wait = max(AGAIN, timedelta(seconds=error.retry_after_s or 0))
        await deps.database.write(delay_redraw, claim, deps.now() + wait)
    else:
        await deps.database.write(finish_redraw, claim, deps.now())


async def _draw_post(deps: Deps, claim: RedrawClaim) -> None:
    initiative_id, channel_id = claim.key
    to_draw = await deps.database.read(post_to_draw, initiative_id, channel_id, deps.now())
    if to_draw is not None:
        message = progress_message(to_draw.post).message
        await deps.slack.update(to_draw.channel_id, to_draw.ts, message, priority=Priority.REDRAW)


async def _draw_outage(deps: Deps, claim: RedrawClaim) -> None:
    [outage_id] = claim.key
    to_draw = await deps.database.read(outage_to_draw, outage_id)
    message = outage_message(to_draw.outage, starts_thread=not to_draw.in_thread)
    await deps.slack.update(to_draw.channel_id, to_draw.ts, message, priority=Priority.REDRAW)
