"""Posts: what it costs to make a progress post, beside writing the finished message as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bot.blocks.progress import progress_message
from bot.examples.world import World

BUILT = 200
"""Posts in one stretch."""


@dataclass(frozen=True, slots=True)
class PostCost:
    """What was measured.

    Attributes:
        a_second: Posts made in a second, the median of the rounds.
        ratio: Times a post costs what writing it as JSON does, the median of the rounds.
        criteria: Lines of the post.
        characters: Length of its JSON.
    """

    a_second: float
    ratio: float
    criteria: int
    characters: int


def measure_posts(*, rounds: int) -> PostCost:
    """Make the same post again and again, in turn with the floor: `json.dumps` of its blocks."""
    post = World().post
    blocks = [dict(block) for block in progress_message(post).message.blocks]
    rates, ratios = [], []
    for _ in range(rounds):
        floor_s = _seconds(lambda: json.dumps(blocks))
        built_s = _seconds(lambda: progress_message(post))
        rates.append(BUILT / built_s)
        ratios.append(built_s / floor_s)
    return PostCost(median(rates), median(ratios), len(post.lines), len(json.dumps(blocks)))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(BUILT):
        work()
    return time.process_time() - began
