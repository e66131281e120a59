"""Prompts by themselves: closed on time, drawn again when answers came, keys erased after the close."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import structlog

from bot.blocks.feedback import privacy_line, prompt_message
from bot.db.redraws import RedrawClaim, claim_redraws, delay_redraw, finish_redraw, give_up_redraw
from bot.deps import Deps, Priority
from bot.errors import DeliveryError
from bot.services.closing import claim_key_erasures, close_due, erase_keys
from bot.services.prompts import prompt_to_post
from jobs.queue import Queue

log = structlog.get_logger(__name__)

CLOSED_IN_A_TICK = 20
REDRAW_LEASE = timedelta(minutes=2)
"""Longer than a redraw waits for Slack's limits as a rule; if it waits longer, a second one does no harm."""
REDRAW_AGAIN = timedelta(seconds=30)


async def tick(deps: Deps, queue: Queue) -> None:
    """Close what is due, and start drawing and erasing what is due, as far as the queue has room."""
    await close_due(deps, limit=CLOSED_IN_A_TICK)
    if queue.room() > 0:
        due = await claim_key_erasures(deps)
        if due:
            queue.put("erase prompt keys", partial(erase, deps, due))
    room = queue.room()
    if room > 0:
        now = deps.now()
        claims = await deps.database.write(
            claim_redraws, deps.team_id, now=now, limit=room, lease_until=now + REDRAW_LEASE
        )
        for claim in claims:
            queue.put(f"redraw prompt {claim.prompt_id}", partial(run, deps, claim))


async def run(deps: Deps, claim: RedrawClaim) -> None:
    """Draw one claimed prompt's message as its answers stand now.

    What fails for now is tried again later; what Slack refuses for good is left with a log line.
    """
    try:
        view = await deps.database.read(prompt_to_post, claim.prompt_id)
        prompt = view.prompt
        assert prompt.ts is not None, "only posted prompts are claimed"
        message = prompt_message(prompt, view.tally, privacy_line(prompt, deps.database.dialect))
        await deps.slack.update(prompt.channel_id, prompt.ts, message, priority=Priority.REDRAW)
    except asyncio.CancelledError:
        await deps.database.write(delay_redraw, claim, deps.now())
        raise
    except DeliveryError as error:
        facts = {"prompt_id": claim.prompt_id, "error": error.error}
        if error.permanent:
            log.warning("prompt can't be redrawn", **facts)
            await deps.database.write(give_up_redraw, claim)
            return
        log.info("redraw put off", **facts)
        wait = max(REDRAW_AGAIN, timedelta(seconds=error.retry_after_s or 0))
        await deps.database.write(delay_redraw, claim, deps.now() + wait)
    else:
        await deps.database.write(finish_redraw, claim, deps.now())


async def erase(deps: Deps, prompt_ids: list[int]) -> None:
    """Erase closed prompts' keys from the database's files; tried again shortly when it was busy."""
    if not await erase_keys(deps, prompt_ids):
        log.info("keys not erased yet, the database was busy", prompts=len(prompt_ids))
