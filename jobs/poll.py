"""Reading sources when they are due."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial
from urllib.parse import urlsplit

import structlog

from bot.db.polls import Claim, anything_due
from bot.deps import Deps
from bot.services.judging import judge_by_time
from bot.services.polling import claim_polls, give_back, longest_read, poll_claimed
from jobs.queue import Queue

log = structlog.get_logger(__name__)


class HostLimit:
    """Lets only so many reads go to one host at the same time; the others wait in order."""

    def __init__(self, per_host: int) -> None:
        """Start with nobody reading.

        Args:
            per_host: Reads of one host at the same time.
        """
        self._per_host = per_host
        self._gates: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))

    def gate(self, url: str | None) -> asyncio.Semaphore:
        """Return what to hold while a URL is read."""
        return self._gates[urlsplit(url).hostname or "" if url else ""]


async def tick(deps: Deps, queue: Queue, hosts: HostLimit) -> None:
    """Judge what time alone changed, and start reading what is due, as far as the queue has room."""
    to_read, to_judge = await deps.database.read(anything_due, deps.team_id, deps.now())
    if to_judge:
        await judge_by_time(deps)
    room = queue.room()
    if not to_read or room <= 0:
        return
    for claim in await claim_polls(deps, room):
        queue.put(f"poll {claim.criterion_id}", partial(run, deps, hosts, claim))


async def run(deps: Deps, hosts: HostLimit, claim: Claim) -> None:
    """Read one claimed criterion at its own moment and write down what came of it.

    A claim that waited too long for its host, or is cancelled at shutdown, is given back unread.
    """
    try:
        early_s = (claim.due_at - deps.now()).total_seconds()
        if early_s > 0:
            await asyncio.sleep(early_s)
        async with hosts.gate(claim.source.url):
            if deps.now() + longest_read(deps) > claim.lease_until:
                await give_back(deps, claim)
                return
            outcome = await poll_claimed(deps, claim)
    except asyncio.CancelledError:
        await give_back(deps, claim)
        raise
    if outcome is None:
        log.info("claim lost, result thrown away", criterion_id=claim.criterion_id)
    elif outcome.failure:
        log.info("read failed", criterion_id=claim.criterion_id, cause=outcome.failure)
