"""Home tabs: published when they are opened and when their facts change."""

from __future__ import annotations

from functools import partial

from bot.blocks.home import home_view
from bot.db.models import HomeRow
from bot.db.redraws import RedrawClaim
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.errors import UnknownPersonError
from bot.services.home import NOWHERE, home_of
from bot.services.people import learn_person
from jobs.queue import Queue
from jobs.redraw import claim_due, draw_once


async def tick(deps: Deps, queue: Queue) -> None:
    """Start publishing the Home tabs that are due, as far as the queue has room."""
    for claim in await claim_due(deps, queue, HomeRow):
        queue.put(f"home {claim.key}", partial(draw_once, deps, claim, partial(_publish, deps, claim)))


async def _publish(deps: Deps, claim: RedrawClaim) -> None:
    team_id, user_id = claim.key
    actor = Actor(team_id, user_id, NOWHERE)
    try:
        home = await deps.database.read(home_of, actor, deps.now())
    except UnknownPersonError:
        await learn_person(deps, team_id, user_id)
        home = await deps.database.read(home_of, actor, deps.now())
    await deps.slack.publish_home(user_id, home_view(home))
