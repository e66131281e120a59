"""Inboxes: one reply to words written anonymously, opened by a code alone, with nobody found out and nothing sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.db.models import NoteRow, PromptRow, ResponseRow, SeriesRow, Table
from bot.db.prompts import pack_question
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.inbox import Opened
from bot.domain.prompt import Answers, Prompt, PromptKind, Question, Response
from bot.domain.requests import AskQuestion, PromptResults
from bot.errors import LoopmarkError, NotAllowedError, UserError
from bot.seal import Seal, new_code
from bot.services.answering import answer_prompt, press_option, withdraw_answer
from bot.services.closing import close_prompt, prompt_results
from bot.services.inboxes import open_inbox
from bot.services.notes import add_note, add_note_on
from bot.services.prompts import PromptView
from bot.services.replying import reply_to_words, words_to_reply, written_in
from jobs.cleanup import Cleanup
from tests.answers import one
from tests.feedback_world import ALICE, BOB, CHARLIE, TEAM, World, make_world

QUESTIONS = (
    AskQuestion("How clear is the goal?", PromptKind.SCALE, comment=True),
    AskQuestion("What should change?", PromptKind.TEXT, optional=True),
)


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


def person(number: int) -> Actor:
    return Actor(TEAM, f"U0P{number}", "C0GENERAL")


async def ask_words(world: World, **more: Any) -> Prompt:
    given = {
        "question": "What slowed you down?",
        "kind": PromptKind.TEXT,
        "anonymous": True,
        "floor": 3,
        **more,
    }
    return await world.ask(**given)


async def write(world: World, prompt: Prompt, actor: Actor, words: str | Answers) -> str:
    """Answer in words and return the code."""
    answers = one(text=words) if isinstance(words, str) else words
    code = (await answer_prompt(world.deps, actor, prompt.id, answers)).code
    assert code is not None
    return code


async def ask_and_write(world: World, **more: Any) -> tuple[Prompt, str]:
    """Ask, have Bob and two others answer in words, close, and return the prompt with Bob's code."""
    prompt = await ask_words(world, **more)
    code = await write(world, prompt, BOB, "The builds")
    for number in range(2):
        await write(world, prompt, person(number), f"Reviews {number}")
    await close_prompt(world.deps, ALICE, prompt.id)
    return prompt, code


async def results(world: World, actor: Actor = ALICE) -> PromptView:
    return await prompt_results(world.deps, actor, PromptResults())


async def address_of_words(world: World, words: str) -> str:
    found = [each.inbox.address for each in written_in(await results(world)) if each.text == words]
    return found[0]


async def opened(world: World, code: str, actor: Actor = BOB) -> Sequence[Opened]:
    return (await open_inbox(world.deps, actor, code)).answers


def every_cell(session: Session) -> list[str]:
    """Return every row of every table, as text."""
    return [
        str(dict(row))
        for table in Table.metadata.sorted_tables
        for row in session.connection().execute(text(f'SELECT * FROM "{table.name}"')).mappings()
    ]


async def test_a_reply_waits_for_whoever_has_the_code(world: World) -> None:
    prompt, code = await ask_and_write(world)
    [before] = await opened(world, code)
    assert (before.text, before.reply, before.is_shown) == ("The builds", None, True)
    assert before.until == date(2027, 2, 21)
    world.clock.advance(days=2)
    await reply_to_words(
        world.deps, ALICE, prompt.id, await address_of_words(world, "The builds"), " Fixed! "
    )
    for _ in range(2):
        [answer] = await opened(world, code)
        assert (answer.question, answer.text, answer.reply) == (
            "What slowed you down?",
            "The builds",
            "Fixed!",
        )
        assert (answer.replied_on, answer.until) == (date(2026, 11, 25), date(2027, 2, 23))


@pytest.mark.parametrize(
    ("request_", "answers"),
    [
        ({"anonymous": True}, one("4")),
        ({"anonymous": False, "floor": 5, "kind": PromptKind.TEXT}, one(text="slow")),
        ({"anonymous": False, "floor": 5, "comment": True}, one("4", text="slow")),
    ],
    ids=["no words", "words with a name", "a comment with a name"],
)
async def test_no_other_answer_gets_a_code(world: World, request_: dict[str, Any], answers: Answers) -> None:
    prompt = await world.ask(**request_)
    assert (await answer_prompt(world.deps, BOB, prompt.id, answers)).code is None
    await close_prompt(world.deps, ALICE, prompt.id)
    assert [row.inbox for row in await world.responses()] == [None]


async def test_while_a_prompt_is_open_the_inbox_is_sealed_with_the_words(world: World) -> None:
    prompt = await ask_words(world)
    code = await write(world, prompt, BOB, "The builds")
    [row] = await world.responses()
    assert (row.inbox, row.reply, row.replied_on) == (None, None, None)
    with pytest.raises(UserError, match="No inbox opens"):
        await opened(world, code)


async def test_an_answer_that_is_sent_again_gets_a_new_code_and_the_one_before_is_void(world: World) -> None:
    prompt = await ask_words(world)
    first = await write(world, prompt, BOB, "The builds")
    same = await write(world, prompt, BOB, "The builds")
    last = await write(world, prompt, BOB, "The slow builds")
    for number in range(2):
        await write(world, prompt, person(number), "Reviews")
    await close_prompt(world.deps, ALICE, prompt.id)
    for void in (first, same):
        with pytest.raises(UserError, match="No inbox opens"):
            await opened(world, void)
    assert [each.text for each in await opened(world, last)] == ["The slow builds"]


async def test_a_comment_has_an_inbox_and_keeps_one_when_another_option_is_pressed(world: World) -> None:
    prompt = await world.ask(anonymous=True, floor=3, comment=True)
    first = await write(world, prompt, BOB, one("4", text="nearly there"))
    pressed = await press_option(world.deps, BOB, prompt.id, "5")
    assert pressed.code not in (None, first)
    for number in range(3):
        await write(world, prompt, person(number), one("3", text="hm"))
    await close_prompt(world.deps, ALICE, prompt.id)
    rows = await world.responses()
    assert all((row.inbox is not None) == (row.text is not None) for row in rows), "never with the choice"
    assert [each.text for each in await opened(world, pressed.code or "")] == ["nearly there"]


async def test_one_code_opens_the_words_to_several_questions_which_nothing_else_holds_together(
    world: World,
) -> None:
    prompt = await world.ask(
        question="Sprint pulse", kind=PromptKind.FORM, questions=QUESTIONS, anonymous=True, floor=3
    )
    full = {"q1": Response(("4",), None, "better"), "q2": Response(text="Fewer meetings")}
    codes = [await write(world, prompt, actor, full) for actor in (BOB, person(0), person(1))]
    await write(world, prompt, person(2), {"q1": Response(("2",), None, "worse")})
    await close_prompt(world.deps, ALICE, prompt.id)
    inboxes = [row.inbox for row in await world.responses() if row.inbox]
    assert len(set(inboxes)) == len(inboxes) == 4 + 3
    await reply_to_words(world.deps, ALICE, prompt.id, await address_of_words(world, "worse"), "Why?")
    mine = await opened(world, codes[0])
    assert [(each.question, each.text) for each in mine] == [
        ("How clear is the goal?", "better"),
        ("What should change?", "Fewer meetings"),
    ]
    assert [each.reply for each in mine] == [None, None]


async def test_words_to_a_question_that_was_added_later_are_opened_too(world: World) -> None:
    prompt = await ask_words(world, question="Sprint pulse", kind=PromptKind.FORM, questions=QUESTIONS)
    added = Question("q1f2e3d4c", "What else?", PromptKind.TEXT)

    def add(session: Session) -> None:
        row = session.get_one(PromptRow, prompt.id)
        row.form = [*row.form, pack_question(added)]

    await world.deps.database.write(add)
    for number in range(3):
        said = {"q1": Response(("4",)), added.id: Response(text=f"More of it {number}")}
        code = await write(world, prompt, person(number), said)
    await close_prompt(world.deps, ALICE, prompt.id)
    assert [each.text for each in await opened(world, code)] == ["More of it 2"]


async def test_an_inbox_takes_one_reply(world: World) -> None:
    prompt, code = await ask_and_write(world)
    address = await address_of_words(world, "The builds")
    await reply_to_words(world.deps, ALICE, prompt.id, address, "Fixed!")
    for again in (
        reply_to_words(world.deps, ALICE, prompt.id, address, "Not fixed!"),
        words_to_reply(world.deps, ALICE, prompt.id, address),
    ):
        with pytest.raises(UserError, match="There is a reply to that answer already"):
            await again
    assert [each.reply for each in await opened(world, code)] == ["Fixed!"]


@pytest.mark.parametrize(("reply", "sentence"), [(" \n ", "Type your reply"), ("x" * 2001, "at most 2,000")])
async def test_a_reply_that_cannot_be_is_refused_and_stores_nothing(
    world: World, reply: str, sentence: str
) -> None:
    prompt, _ = await ask_and_write(world)
    with pytest.raises(UserError, match=sentence) as caught:
        await reply_to_words(world.deps, ALICE, prompt.id, await address_of_words(world, "The builds"), reply)
    assert caught.value.field == "reply"
    assert not any(row.reply for row in await world.responses())


async def test_only_whoever_asked_may_reply(world: World) -> None:
    prompt, _ = await ask_and_write(world)
    address = await address_of_words(world, "The builds")
    assert (await results(world)).may_reply
    for actor in (BOB, CHARLIE):
        with pytest.raises(NotAllowedError, match="Only whoever asked"):
            await reply_to_words(world.deps, actor, prompt.id, address, "hm")
        with pytest.raises(NotAllowedError, match="Only whoever asked"):
            await words_to_reply(world.deps, actor, prompt.id, address)
    assert not (await results(world, BOB)).may_reply
    elsewhere = replace(ALICE, team_id="T0OTHER")
    with pytest.raises(UserError, match="That prompt is gone"):
        await reply_to_words(world.deps, elsewhere, prompt.id, address, "hm")


async def test_whoever_a_series_passed_to_may_reply_too(world: World) -> None:
    prompt, code = await ask_and_write(world)

    def pass_on(session: Session) -> None:
        series = SeriesRow(
            team_id=TEAM,
            line='ask "What slowed you down?" text',
            channel_id="C0GENERAL",
            cadence="every Fri 15:00",
            zone="UTC",
            asked_by=BOB.user_id,
            created_at=world.clock.now,
        )
        session.add(series)
        session.flush()
        session.get_one(PromptRow, prompt.id).series_id = series.id

    address = await address_of_words(world, "The builds")
    await world.deps.database.write(pass_on)
    await reply_to_words(world.deps, BOB, prompt.id, address, "Fixed!")
    assert [each.reply for each in await opened(world, code)] == ["Fixed!"]
    with pytest.raises(NotAllowedError):
        await reply_to_words(world.deps, CHARLIE, prompt.id, address, "hm")


async def test_words_that_results_hide_get_no_reply(world: World) -> None:
    prompt = await ask_words(world, floor=5)
    code = await write(world, prompt, BOB, "The builds")
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert view.tally.inboxes == ()
    [row] = await world.responses()
    with pytest.raises(UserError, match="while results are shown"):
        await reply_to_words(world.deps, ALICE, prompt.id, row.inbox or "", "Is that you, Bob?")
    [answer] = await opened(world, code)
    assert not answer.is_shown


async def test_wrong_void_withdrawn_old_and_other_teams_codes_get_one_and_the_same_answer(
    world: World,
) -> None:
    prompt = await ask_words(world)
    withdrawn = await write(world, prompt, person(9), "never mind")
    await withdraw_answer(world.deps, person(9), prompt.id)
    void = await write(world, prompt, BOB, "The builds")
    code = await write(world, prompt, BOB, "The builds")
    for number in range(2):
        await write(world, prompt, person(number), "Reviews")
    sentences = set()

    async def refused(tried: str, actor: Actor = BOB) -> None:
        with pytest.raises(UserError) as caught:
            await opened(world, tried, actor)
        sentences.add((str(caught.value), caught.value.field))

    await refused(code)
    await close_prompt(world.deps, ALICE, prompt.id)
    for tried in (withdrawn, void, new_code()):
        await refused(tried)
    await refused(code, replace(BOB, team_id="T0OTHER"))
    world.clock.advance(days=92)
    await refused(code)
    [(sentence, field)] = sentences
    assert field == "code"
    assert code not in sentence


async def test_opening_an_inbox_writes_nothing(world: World) -> None:
    prompt, code = await ask_and_write(world)
    await reply_to_words(world.deps, ALICE, prompt.id, await address_of_words(world, "The builds"), "Fixed!")
    before = await world.deps.database.read(every_cell)
    await opened(world, code)
    with pytest.raises(UserError):
        await opened(world, new_code())
    assert await world.deps.database.read(every_cell) == before


async def test_nothing_that_is_stored_reads_a_reply_not_even_with_the_secret_key(world: World) -> None:
    prompt, code = await ask_and_write(world)
    await reply_to_words(world.deps, ALICE, prompt.id, await address_of_words(world, "The builds"), "Fixed!")
    [row] = [row for row in await world.responses() if row.reply]
    cells = "\n".join(await world.deps.database.read(every_cell))
    assert "Fixed!" not in cells
    assert code.replace("-", "") not in cells.replace("-", "")
    assert ALICE.user_id not in str(row), "who replied is whoever asked, and is not stored again"
    with pytest.raises(LoopmarkError):
        Seal("a secret that only this test knows").unseal(row.reply or b"")


async def test_an_inbox_is_gone_ninety_days_after_the_close_or_after_its_reply(world: World) -> None:
    prompt, code = await ask_and_write(world)
    answered = await address_of_words(world, "The builds")
    unanswered = await address_of_words(world, "Reviews 0")
    world.clock.advance(days=90)
    await reply_to_words(world.deps, ALICE, prompt.id, answered, "Fixed!")
    world.clock.advance(days=1)
    with pytest.raises(UserError, match="can't be replied to any more"):
        await reply_to_words(world.deps, ALICE, prompt.id, unanswered, "Which?")
    world.clock.advance(days=89)
    assert [each.reply for each in await opened(world, code)] == ["Fixed!"]
    world.clock.advance(days=1)
    with pytest.raises(UserError, match="No inbox opens"):
        await opened(world, code)


async def test_inboxes_that_are_over_are_deleted_together_and_the_words_stay(world: World) -> None:
    prompt, code = await ask_and_write(world)
    world.clock.advance(days=60)
    await reply_to_words(world.deps, ALICE, prompt.id, await address_of_words(world, "The builds"), "Fixed!")
    later = await ask_words(world, question="And now?")
    await write(world, later, BOB, "still the builds")

    async def kept(after: timedelta) -> list[tuple[str | None, bool, bool]]:
        world.clock.now += after
        await Cleanup().tick(world.deps)
        rows: list[ResponseRow] = [row for row in await world.responses() if row.prompt_id == prompt.id]
        return sorted((row.text, row.inbox is not None, row.reply is not None) for row in rows)

    everything = [("Reviews 0", True, False), ("Reviews 1", True, False), ("The builds", True, True)]
    assert await kept(timedelta(days=30)) == everything
    without = [("Reviews 0", False, False), ("Reviews 1", False, False), ("The builds", True, True)]
    assert await kept(timedelta(days=3)) == without
    assert [each.reply for each in await opened(world, code)] == ["Fixed!"]
    assert await kept(timedelta(days=60)) == [(words, False, False) for words, *_ in without]
    assert len(written_in(await results(world))) == 0


async def test_words_that_were_answered_before_there_were_inboxes_have_none(world: World) -> None:
    await ask_and_write(world)

    def forget(session: Session) -> None:
        session.connection().execute(text("UPDATE response SET inbox = NULL"))

    await world.deps.database.write(forget)
    view = await results(world)
    assert len(view.tally.texts or ()) == 3
    assert written_in(view) == []


@pytest.mark.parametrize(
    "words",
    [
        "inbx 7KX3-9QPM-H2TV-0ABC",
        "inbx 7kx39qpmh2tv0abc",
        "reply 7kx3 9qpm h2tv 0abc",
        "my code 7KX3-9QPM-H2TV-0ABC opens nothing, why?",
    ],
)
async def test_a_code_never_becomes_a_note_which_carries_a_name(world: World, words: str) -> None:
    initiative_id = await world.start_initiative("Checkout rewrite")
    for saved in (add_note(world.deps, BOB, words), add_note_on(world.deps, BOB, initiative_id, words)):
        with pytest.raises(UserError, match="not saved as a note") as caught:
            await saved
        assert caught.value.field == "text"
    assert await world.rows(NoteRow) == []
