"""One of every message and view Loopmark shows, as JSON: reviewed as UI, and within Slack's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from bot.domain.message import Message, View
from bot.examples import World, all_examples
from bot.sandbox.blockkit import check_message, check_view, find_mass_mentions

EXAMPLES: Mapping[str, Message | View] = all_examples(World(now=datetime(2026, 11, 23, 14, 0, tzinfo=UTC)))


@pytest.mark.parametrize("name", EXAMPLES, ids=[name.replace("/", " ") for name in EXAMPLES])
def test_an_example_keeps_slacks_rules_and_reads_as_reviewed(name: str, snapshot: SnapshotAssertion) -> None:
    example = EXAMPLES[name]
    shown: object
    if isinstance(example, Message):
        shown = {"text": example.text, "blocks": example.blocks, "fallback": example.fallback}
        for blocks in (example.blocks, example.fallback):
            if blocks is not None:
                payload = {"text": example.text, "blocks": list(blocks)}
                assert check_message(payload) is None
                assert find_mass_mentions(payload) == []
        assert 0 < len(example.text) <= 4000
    else:
        shown = example
        assert check_view(example) == []
    assert shown == snapshot(extension_class=JSONSnapshotExtension)


def test_home_stays_within_slacks_hundred_blocks_whatever_waits() -> None:
    home = EXAMPLES["home.home_view/full"]
    assert not isinstance(home, Message)
    assert len(home["blocks"]) == 90
