"""Sealed answers: read under the prompt's key alone, and all of one length."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.answer import TEXT_LIMIT
from bot.domain.inbox import Inbox
from bot.domain.prompt import ONLY, PromptKind, Response
from bot.examples.world import World
from bot.seal import AnswerSeal, Seal, address_of, new_code, new_prompt_key
from bot.services.answering import answer_prompt
from bot.services.closing import close_prompt
from bot.services.sealing import seal_answers, unseal_response
from tests.answers import one
from tests.feedback_world import ALICE, TEAM, make_world

KEY = new_prompt_key()
WORLD = World()
SIGNS = ("a", "🎉", "\x00", '"')


@given(
    st.builds(
        Response,
        st.lists(st.text(max_size=40), max_size=3).map(tuple),
        st.none() | st.text(),
        st.none() | st.text(),
    )
)
def test_a_sealed_answer_is_read_back_under_its_key_only(response: Response) -> None:
    (sealed,) = seal_answers(KEY, WORLD.prompt(PromptKind.TEXT), {ONLY: response}).values()
    assert unseal_response(KEY, sealed) == response
    assert unseal_response(new_prompt_key(), sealed) is None


def test_an_answer_that_was_sealed_before_it_could_be_several_options_is_read() -> None:
    sealed = AnswerSeal(KEY).seal(b'["o2", "slow"]'.ljust(128))
    assert unseal_response(KEY, sealed) == Response(("o2",), None, "slow")


def test_which_questions_of_a_form_somebody_answered_is_sealed_too() -> None:
    form = WORLD.prompt(PromptKind.FORM)
    one = seal_answers(KEY, form, {"q1": Response(("1",))})
    other = seal_answers(KEY, form, {"q9": Response(value="12"), "q10": Response(text="never mind")})
    assert list(one) == list(other) == [question.id for question in form.form]
    assert [len(sealed) for sealed in one.values()] == [len(sealed) for sealed in other.values()]


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (PromptKind.SCALE, [Response(("1",)), Response(("5",))]),
        (PromptKind.CHOICE, [Response(("o1",)), Response(("o10",))]),
        (PromptKind.SEVERAL, [Response(("o1",)), Response(tuple(f"o{n:08}" for n in range(20)))]),
        (PromptKind.NUMBER, [Response(value="1"), Response(value="1" * 71)]),
        (PromptKind.TEXT, [Response(text=text) for text in ("a", *(sign * TEXT_LIMIT for sign in SIGNS))]),
    ],
    ids=lambda value: value.value if isinstance(value, PromptKind) else "",
)
def test_all_answers_to_a_kind_are_as_long_as_each_other(kind: PromptKind, answers: list[Response]) -> None:
    prompt = WORLD.prompt(kind)
    assert len({len(seal_answers(KEY, prompt, {ONLY: answer})[ONLY]) for answer in answers}) == 1


def test_a_written_answer_is_sealed_with_its_inbox() -> None:
    written = Response(text="slow", inbox=Inbox(address_of(new_code(), ONLY)))
    (sealed,) = seal_answers(KEY, WORLD.prompt(PromptKind.TEXT), {ONLY: written}).values()
    read = unseal_response(KEY, sealed)
    assert read is not None
    assert (read, read.inbox) == (written, written.inbox)


def test_an_answer_that_was_sealed_before_words_had_inboxes_is_read() -> None:
    sealed = AnswerSeal(KEY).seal(b'[["o2", "o3"], null, "slow"]'.ljust(512))
    read = unseal_response(KEY, sealed)
    assert read == Response(("o2", "o3"), None, "slow")
    assert read is not None
    assert read.inbox is None


def test_neither_the_length_of_words_nor_whether_there_are_any_shows() -> None:
    prompt = replace(WORLD.prompt(PromptKind.SEVERAL), comment=True)
    inbox = Inbox(address_of(new_code(), ONLY))
    every = tuple(f"o{n:08}" for n in range(20))
    answers = [Response(("o1",)), Response(("o1",), None, "a", inbox)]
    answers += [Response(every, None, sign * TEXT_LIMIT, inbox) for sign in SIGNS]
    assert len({len(seal_answers(KEY, prompt, {ONLY: each})[ONLY]) for each in answers}) == 1


async def test_answers_given_under_another_secret_key_are_counted_and_not_shown(database: Database) -> None:
    world = make_world(database)
    await world.know(ALICE)
    prompt = await world.ask(anonymous=True)
    for number in range(5):
        person = Actor(TEAM, f"U0PERSON{number}", "C0GENERAL")
        await answer_prompt(world.deps, person, prompt.id, one("4"))
    deps = replace(world.deps, seal=Seal("another secret, made after the first was lost"))
    view = await close_prompt(deps, ALICE, prompt.id)
    assert (view.tally.responses, view.tally.counts) == (5, None)
    assert "the secret key was changed" in view.tally.hidden_because
    assert all(row.sealed is None for row in await world.responses())
