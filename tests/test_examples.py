"""Every message and view has an example, and Slack's rules hold for each."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping

import pytest

import bot.blocks
from bot.domain.message import Message
from bot.examples import World, all_examples, posted_examples
from bot.sandbox.blockkit import check_message, check_view, find_mass_mentions

EXAMPLES = all_examples(World())
POSTED = posted_examples(World())

SHOWN = {"Message", "View", "Laid"}
"""What a builder of something people see returns, by its annotation."""


def builders() -> list[str]:
    """Return module.function of everything in bot.blocks that makes a whole message or view."""
    found = []
    for info in pkgutil.iter_modules(bot.blocks.__path__):
        module = importlib.import_module(f"bot.blocks.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and inspect.signature(function).return_annotation in SHOWN:
                found.append(f"{info.name}.{name}")
    return found


@pytest.mark.parametrize("builder", builders())
def test_every_builder_has_an_example(builder: str) -> None:
    assert builder in {name.partition("/")[0] for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_within_slack_s_limits(name: str) -> None:
    example = EXAMPLES[name]
    if isinstance(example, Message):
        assert_taken(example)
    else:
        assert check_view(dict(example)) == []


@pytest.mark.parametrize("what", POSTED)
def test_every_posted_example_is_within_slack_s_limits(what: str) -> None:
    assert_taken(POSTED[what])


def test_an_initiative_s_name_can_ping_nobody() -> None:
    named = World(name="<!channel> <@U0BOB> rewrite")
    for name, example in all_examples(named).items():
        shown = (
            {"text": example.text, "blocks": list(example.blocks)}
            if isinstance(example, Message)
            else example
        )
        assert find_mass_mentions(shown) == [], name
        assert "<@U0BOB>" not in _mrkdwn_of(shown), name


def assert_taken(message: Message) -> None:
    """Assert that Slack would take a message, and what stands in when it refuses its charts."""
    assert message.text
    for blocks in (message.blocks, message.fallback):
        if blocks is not None:
            assert check_message({"text": message.text, "blocks": list(blocks)}) is None


def _mrkdwn_of(value: object) -> str:
    """Return all texts in which Slack resolves mentions (plain_text is not one)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        plain = value.get("type") == "plain_text"
        return (
            ""
            if plain
            else " ".join(_mrkdwn_of(part) for key, part in value.items() if key != "private_metadata")
        )
    return " ".join(map(_mrkdwn_of, value)) if isinstance(value, list | tuple) else ""
