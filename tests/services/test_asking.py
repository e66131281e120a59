"""Asking: stored with its key and its outbox row in one go, or refused in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.models import PromptRow
from bot.deps import Database
from bot.domain.entities import ChannelRef
from bot.domain.prompt import PromptKind, PromptState
from bot.domain.requests import AskPrompt
from bot.errors import UnknownPersonError, UserError
from bot.services.asking import ask_prompt
from bot.services.closing import close_prompt
from bot.services.prompts import mark_posted, prompt_to_post
from tests.feedback_world import ALICE, BOB, NOW, World, make_world

SCALE = AskPrompt("How clear is the new form?", PromptKind.SCALE)


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE)
    return made


async def test_a_prompt_and_its_message_are_stored_together_and_the_clock_is_woken(world: World) -> None:
    asked = await ask_prompt(world.deps, ALICE, replace(SCALE, closes_in=timedelta(days=2)))
    (row,) = await world.outbox()
    assert (row.kind, row.channel_id, row.key) == ("prompt", "C0GENERAL", f"prompt:{asked.prompt.id}")
    assert row.facts == {"prompt_id": asked.prompt.id}
    assert row.due_at == NOW
    assert world.deps.wake.is_set()
    assert asked.prompt.closes_at == NOW + timedelta(days=2)
    assert asked.prompt.zone == "Europe/Berlin"
    assert asked.prompt.ts is None


async def test_only_anonymous_prompts_have_a_key_and_it_is_sealed(world: World) -> None:
    await ask_prompt(world.deps, ALICE, SCALE)
    assert await world.keys() == []
    await ask_prompt(world.deps, ALICE, replace(SCALE, anonymous=True))
    (key,) = await world.keys()
    plain = world.deps.seal.unseal(key.sealed)
    assert len(plain) == 32
    assert plain not in key.sealed


async def test_prompts_are_numbered_in_turn(world: World) -> None:
    numbers = [(await ask_prompt(world.deps, ALICE, SCALE)).prompt.number for _ in range(3)]
    assert numbers == [1, 2, 3]


@pytest.mark.parametrize(
    ("request_", "options"),
    [
        (SCALE, ["1", "2", "3", "4", "5"]),
        (replace(SCALE, kind=PromptKind.THUMBS), ["up", "down"]),
        (replace(SCALE, kind=PromptKind.CHOICE, options=("A", "B")), ["o1", "o2"]),
        (replace(SCALE, kind=PromptKind.TEXT), []),
    ],
    ids=lambda value: value.kind.value if isinstance(value, AskPrompt) else "",
)
async def test_each_kind_has_its_options(world: World, request_: AskPrompt, options: list[str]) -> None:
    asked = await ask_prompt(world.deps, ALICE, request_)
    assert [option.id for option in asked.prompt.options] == options


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        pytest.param(ChannelRef("C0NOWHERE", "nowhere"), "I can't see #nowhere", id="unknown"),
        pytest.param(ChannelRef("C0OUTSIDE", "outside"), "`/invite @Loopmark`", id="the bot is not in it"),
        pytest.param(ChannelRef("C0OLD", "old"), "#old is archived", id="archived"),
    ],
)
async def test_a_channel_nothing_can_be_posted_in_is_refused_and_nothing_is_stored(
    world: World, channel: ChannelRef, words: str
) -> None:
    with pytest.raises(UserError, match=words) as refused:
        await ask_prompt(world.deps, ALICE, replace(SCALE, channel=channel, anonymous=True))
    assert refused.value.field == "channel"
    assert await world.rows(PromptRow) == []
    assert await world.keys() == []
    assert await world.outbox() == []


async def test_in_a_direct_message_a_channel_has_to_be_named(world: World) -> None:
    there = replace(ALICE, channel_id="D0ALICE", channel_name="directmessage")
    with pytest.raises(UserError, match="Add `in`"):
        await ask_prompt(world.deps, there, SCALE)
    asked = await ask_prompt(world.deps, there, replace(SCALE, channel=ChannelRef("C0LEADS")))
    assert asked.prompt.channel_name == "leads"


async def test_a_floor_under_three_is_refused(world: World) -> None:
    with pytest.raises(UserError, match="floor can't be 2") as refused:
        await ask_prompt(world.deps, ALICE, replace(SCALE, anonymous=True, floor=2))
    assert refused.value.field == "floor"


async def test_someone_slack_was_never_asked_about_is_asked_about_first(world: World) -> None:
    with pytest.raises(UnknownPersonError):
        await ask_prompt(world.deps, BOB, SCALE)


async def test_a_prompt_is_about_the_only_initiative_where_it_is_asked(world: World) -> None:
    checkout = await world.start_initiative("Checkout rewrite", "C0LEADS")
    asked = await ask_prompt(world.deps, ALICE, replace(SCALE, channel=ChannelRef("C0LEADS")))
    assert asked.prompt.initiative_id == checkout
    here = replace(ALICE, channel_id="C0LEADS")
    elsewhere = await ask_prompt(world.deps, here, replace(SCALE, channel=ChannelRef("C0GENERAL")))
    assert elsewhere.prompt.initiative_id == checkout
    await world.start_initiative("Search", "C0LEADS")
    assert (await ask_prompt(world.deps, here, SCALE)).initiative is None


async def test_a_private_initiative_is_not_taken_into_another_channel(world: World) -> None:
    await world.start_initiative("Quiet work", "C0SECRET")
    there = replace(ALICE, channel_id="C0SECRET")
    assert (await ask_prompt(world.deps, there, SCALE)).initiative is not None
    outside = await ask_prompt(world.deps, there, replace(SCALE, channel=ChannelRef("C0GENERAL")))
    assert outside.initiative is None


async def test_a_prompt_closed_before_it_was_posted_is_drawn_again_once_it_stands(world: World) -> None:
    asked = await ask_prompt(world.deps, ALICE, SCALE)
    await close_prompt(world.deps, ALICE, asked.prompt.id)
    await world.deps.database.write(mark_posted, asked.prompt.id, "C0GENERAL", "1795442400.000100")
    row = await world.prompt_row(asked.prompt.id)
    assert row.ts == "1795442400.000100"
    assert row.redraw_at is not None
    view = await world.deps.database.read(prompt_to_post, asked.prompt.id)
    assert view.prompt.state is PromptState.CLOSED
