"""Sealed answers: read under the prompt's key alone, and all of one length."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.prompt import PromptKind, Response
from bot.seal import Seal, new_prompt_key
from bot.services.answering import TEXT_LIMIT, answer_prompt
from bot.services.closing import close_prompt
from bot.services.sealing import ROOM_FOR_TEXT, room_for, seal_response, unseal_response
from tests.feedback_world import ALICE, TEAM, make_world

KEY = new_prompt_key()
SIGNS = ("a", "🎉", "\x00", '"')


@given(st.builds(Response, option_id=st.none() | st.text(max_size=40), text=st.none() | st.text()))
def test_a_sealed_answer_is_read_back_under_its_key_only(response: Response) -> None:
    sealed = seal_response(KEY, response, ROOM_FOR_TEXT)
    assert unseal_response(KEY, sealed) == response
    assert unseal_response(new_prompt_key(), sealed).is_empty


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (PromptKind.SCALE, [Response("1"), Response("5")]),
        (PromptKind.CHOICE, [Response("o1"), Response("o10")]),
        (PromptKind.TEXT, [Response(text=text) for text in ("a", *(sign * TEXT_LIMIT for sign in SIGNS))]),
    ],
    ids=lambda value: value.value if isinstance(value, PromptKind) else "",
)
def test_all_answers_to_a_kind_are_as_long_as_each_other(kind: PromptKind, answers: list[Response]) -> None:
    assert len({len(seal_response(KEY, answer, room_for(kind))) for answer in answers}) == 1


async def test_answers_given_under_another_secret_key_are_counted_and_not_shown(database: Database) -> None:
    world = make_world(database)
    await world.know(ALICE)
    prompt = await world.ask(anonymous=True)
    for number in range(5):
        person = Actor(TEAM, f"U0PERSON{number}", "C0GENERAL")
        await answer_prompt(world.deps, person, prompt.id, Response("4"))
    deps = replace(world.deps, seal=Seal("another secret, made after the first was lost"))
    view = await close_prompt(deps, ALICE, prompt.id)
    assert (view.tally.responses, view.tally.counts) == (5, None)
    assert "the secret key was changed" in view.tally.hidden_because
    assert all(row.sealed is None for row in await world.responses())
