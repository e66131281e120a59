"""Decision lines by themselves: asked about on their day, and their cards drawn again once decided."""

from __future__ import annotations

from functools import partial

from bot.blocks.decisions import decision_card
from bot.db.models import DecisionLineRow
from bot.db.redraws import RedrawClaim
from bot.deps import Deps, Priority
from bot.services.decision_lines import ask_due, find_card
from jobs import redraw
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Ask about what is due, and start drawing the cards that are due; a quiet tick writes nothing."""
    await ask_due(deps)
    for claim in await redraw.claim_due(deps, queue, DecisionLineRow):
        queue.put(f"redraw decision card {claim.key}", partial(run, deps, claim))


async def run(deps: Deps, claim: RedrawClaim) -> None:
    """Draw one claimed card as things stand now."""
    await redraw.draw_once(deps, claim, partial(_draw, deps, claim))


async def _draw(deps: Deps, claim: RedrawClaim) -> None:
    [line_id] = claim.key
    card, row = await deps.database.read(find_card, deps.team_id, line_id)
    assert row.ts is not None, "only posted cards are claimed"
    message = decision_card(card, deps.now())
    await deps.slack.update(row.channel_id, row.ts, message, priority=Priority.REDRAW)
