"""Prompts by themselves: closed on time, drawn again when answers came, keys erased after the close."""

from __future__ import annotations

from functools import partial

import structlog

from bot.blocks.feedback import prompt_message
from bot.blocks.privacy import privacy_line
from bot.db.models import PromptRow
from bot.db.redraws import RedrawClaim
from bot.deps import Deps, Priority
from bot.services.closing import claim_key_erasures, close_due, erase_keys
from bot.services.prompts import prompt_to_post
from jobs import redraw
from jobs.queue import Queue

log = structlog.get_logger(__name__)

CLOSED_IN_A_TICK = 20


async def tick(deps: Deps, queue: Queue) -> None:
    """Close what is due, and start drawing and erasing what is due, as far as the queue has room."""
    await close_due(deps, limit=CLOSED_IN_A_TICK)
    if queue.room() > 0:
        due = await claim_key_erasures(deps)
        if due:
            queue.put("erase prompt keys", partial(erase, deps, due))
    for claim in await redraw.claim_due(deps, queue, PromptRow):
        queue.put(f"redraw prompt {claim.key}", partial(run, deps, claim))


async def run(deps: Deps, claim: RedrawClaim) -> None:
    """Draw one claimed prompt's message as its answers stand now."""
    await redraw.draw_once(deps, claim, partial(_draw, deps, claim))


async def _draw(deps: Deps, claim: RedrawClaim) -> None:
    [prompt_id] = claim.key
    view = await deps.database.read(prompt_to_post, prompt_id)
    prompt = view.prompt
    assert prompt.ts is not None, "only posted prompts are claimed"
    message = prompt_message(prompt, view.tally, privacy_line(prompt, deps.database.dialect), view.trends)
    await deps.slack.update(prompt.channel_id, prompt.ts, message, priority=Priority.REDRAW)


async def erase(deps: Deps, prompt_ids: list[int]) -> None:
    """Erase closed prompts' keys from the database's files; tried again shortly when it was busy."""
    if not await erase_keys(deps, prompt_ids):
        log.info("keys not erased yet, the database was busy", prompts=len(prompt_ids))
