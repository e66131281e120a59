"""Forms and the other kinds: answered as a whole, each question by itself in what is shown."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from bot.db.models import PromptRow
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.export import export_results
from bot.domain.prompt import ONLY, Answers, Prompt, PromptKind, Response
from bot.domain.requests import AskQuestion, PromptResults
from bot.errors import UserError
from bot.services.answering import answer_prompt, own_answer, press_option, withdraw_answer
from bot.services.closing import close_prompt, prompt_results
from bot.services.prompts import PromptView, prompt_to_post
from tests.feedback_world import ALICE, BOB, NOW, TEAM, World, make_world

QUESTIONS = (
    AskQuestion("How clear is the goal?", PromptKind.SCALE, comment=True),
    AskQuestion("What slows you down?", PromptKind.SEVERAL, ("Builds", "Reviews"), optional=True),
    AskQuestion("How many hours?", PromptKind.NUMBER, optional=True),
    AskQuestion("What should change?", PromptKind.TEXT, optional=True),
)
FULL: Answers = {
    "q1": Response(("4",), None, "better"),
    "q2": Response(("o1", "o2")),
    "q3": Response(value="2.5"),
    "q4": Response(text="Fewer meetings"),
}


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


async def ask_form(world: World, **more: object) -> Prompt:
    return await world.ask(question="Sprint pulse", kind=PromptKind.FORM, questions=QUESTIONS, **more)


async def shown(world: World, prompt: Prompt) -> PromptView:
    return await world.deps.database.read(prompt_to_post, prompt.id)


def person(number: int) -> Actor:
    return Actor(TEAM, f"U0P{number}", "C0GENERAL")


async def test_a_form_is_answered_changed_and_withdrawn_as_a_whole(world: World) -> None:
    prompt = await ask_form(world)
    assert [question.id for question in prompt.questions] == ["q1", "q2", "q3", "q4"]
    await answer_prompt(world.deps, BOB, prompt.id, FULL)
    assert {row.question_id: row.respondent for row in await world.responses()} == dict.fromkeys(
        FULL, "U0BOB"
    )
    changed = await answer_prompt(world.deps, BOB, prompt.id, {"q1": Response(("2",))})
    assert (changed.former, changed.answers) == (FULL, {"q1": Response(("2",))})
    assert [row.question_id for row in await world.responses()] == ["q1"]
    assert (await own_answer(world.deps, BOB, prompt.id)).answers == {"q1": Response(("2",))}
    await withdraw_answer(world.deps, BOB, prompt.id)
    assert await world.responses() == []


async def test_each_question_of_a_form_is_counted_by_itself(world: World) -> None:
    prompt = await ask_form(world)
    await answer_prompt(world.deps, BOB, prompt.id, FULL)
    await answer_prompt(world.deps, ALICE, prompt.id, {"q1": Response(("2",)), "q3": Response(value="4")})
    view = await shown(world, prompt)
    clear, slow, hours, change = view.tally.parts
    assert view.tally.responses == 2
    assert (clear.responses, clear.mean, clear.texts) == (2, "3.0", ("better",))
    assert (slow.responses, slow.counts) == (1, (("o1", 1), ("o2", 1)))
    assert (hours.mean, hours.median, hours.ends) == ("3.25", "3.25", ("2.5", "4"))
    assert (change.responses, change.texts) == (1, ("Fewer meetings",))


async def test_a_form_that_lacks_an_answer_stores_nothing(world: World) -> None:
    prompt = await ask_form(world)
    with pytest.raises(UserError, match="Answer this") as caught:
        await answer_prompt(world.deps, BOB, prompt.id, {"q4": Response(text="Fewer meetings")})
    assert caught.value.field == "answer_q1"
    assert await world.responses() == []


async def test_a_form_counts_people_and_closes_with_the_last_of_them(world: World) -> None:
    prompt = await ask_form(world, close_after=2)
    first = await answer_prompt(world.deps, BOB, prompt.id, FULL)
    last = await answer_prompt(world.deps, ALICE, prompt.id, FULL)
    assert (first.prompt.state.value, last.prompt.state.value) == ("open", "closed")


async def test_an_open_anonymous_form_keeps_a_sealed_row_for_every_question(world: World) -> None:
    prompt = await ask_form(world, anonymous=True)
    await answer_prompt(world.deps, BOB, prompt.id, {"q1": Response(("2",))})
    rows = await world.responses()
    assert sorted(row.question_id for row in rows) == ["q1", "q2", "q3", "q4"]
    assert all(row.sealed and row.option_ids is row.value is row.text is None for row in rows)
    assert (await own_answer(world.deps, BOB, prompt.id)).answers == {"q1": Response(("2",))}


async def test_nothing_holds_the_answers_of_one_person_together_after_an_anonymous_close(
    world: World,
) -> None:
    prompt = await ask_form(world, anonymous=True, floor=3)
    for number in range(3):
        await answer_prompt(world.deps, person(number), prompt.id, FULL)
    await answer_prompt(world.deps, person(3), prompt.id, {"q1": Response(("1",))})
    view = await close_prompt(world.deps, ALICE, prompt.id)
    rows = await world.responses()
    assert len({row.respondent for row in rows}) == len({row.id for row in rows}) == len(rows)
    assert not any(row.option_ids and row.text for row in rows), "a comment beside its answer"
    assert sorted(row.question_id for row in rows).count("q1") == 4 + 3, "four answers, three comments"
    assert "q2" in {row.question_id for row in rows}
    assert view.tally.responses == view.prompt.people == 4
    clear, slow, hours, change = view.tally.parts
    assert (clear.responses, clear.counts) == (4, (("1", 1), ("2", 0), ("3", 0), ("4", 3), ("5", 0)))
    assert clear.texts == ("better",) * 3
    assert (slow.counts, change.texts) == ((("o1", 3), ("o2", 3)), ("Fewer meetings",) * 3)
    assert (hours.mean, hours.ends) == ("2.5", None)


async def test_a_question_of_a_form_is_held_to_the_floor_by_itself(world: World) -> None:
    prompt = await ask_form(world, anonymous=True, floor=3)
    for number in range(2):
        await answer_prompt(world.deps, person(number), prompt.id, FULL)
    await answer_prompt(world.deps, person(2), prompt.id, {"q1": Response(("1",))})
    view = await close_prompt(world.deps, ALICE, prompt.id)
    clear, *others = view.tally.parts
    assert clear.counts is not None
    assert clear.texts is None, "two comments"
    assert all("fewer than 3" in part.hidden_because for part in others)
    for file in export_results(view.prompt, view.tally, NOW):
        assert b"better" not in file.content
        assert b"Fewer meetings" not in file.content


async def test_a_question_stays_hidden_when_another_of_its_form_would_leave_a_few_people(
    world: World,
) -> None:
    pair = tuple(AskQuestion(text, PromptKind.SCALE, optional=True) for text in ("Goal?", "Plan?"))
    prompt = await world.ask(question="Two", kind=PromptKind.FORM, questions=pair, anonymous=True, floor=3)
    for number in range(5):
        both = {"q1": Response(("4",)), "q2": Response(("4",))}
        await answer_prompt(
            world.deps, person(number), prompt.id, both if number else {"q1": Response(("1",))}
        )
    first, second = (await close_prompt(world.deps, ALICE, prompt.id)).tally.parts
    assert first.counts is not None
    assert "with other results" in second.hidden_because


async def test_a_form_that_was_asked_before_gives_nobody_away(world: World) -> None:
    asked = (AskQuestion("Goal?", PromptKind.SCALE),)
    views = []
    for people in (5, 6):
        prompt = await world.ask(
            question="One", kind=PromptKind.FORM, questions=asked, anonymous=True, floor=3
        )
        for number in range(people):
            await answer_prompt(world.deps, person(number), prompt.id, {"q1": Response(("4",))})
        views.append(await close_prompt(world.deps, ALICE, prompt.id))
    assert views[0].tally.parts[0].counts is not None
    assert views[1].tally.parts[0].counts is None


async def test_means_of_numbers_are_not_shown_where_they_would_give_somebody_away(world: World) -> None:
    views = []
    for people in (4, 5):
        prompt = await world.ask(question="Hours?", kind=PromptKind.NUMBER, anonymous=True, floor=3)
        for number in range(people):
            await answer_prompt(world.deps, person(number), prompt.id, {ONLY: Response(value=f"{number}.5")})
        views.append(await close_prompt(world.deps, ALICE, prompt.id))
    assert (views[0].tally.mean, views[1].tally.mean) == ("2", None)


async def test_another_press_keeps_the_comment_that_was_given(world: World) -> None:
    prompt = await world.ask(comment=True)
    await answer_prompt(world.deps, BOB, prompt.id, {ONLY: Response(("4",), None, "nearly there")})
    pressed = await press_option(world.deps, BOB, prompt.id, "5")
    assert pressed.answers == {ONLY: Response(("5",), None, "nearly there")}


async def test_dates_are_counted_by_day(world: World) -> None:
    prompt = await world.ask(question="When?", kind=PromptKind.DATE)
    for actor, day in ((BOB, "2026-12-04"), (ALICE, "2026-12-01"), (person(1), "2026-12-04")):
        await answer_prompt(world.deps, actor, prompt.id, {ONLY: Response(value=day)})
    assert (await shown(world, prompt)).tally.counts == (("2026-12-01", 1), ("2026-12-04", 2))


async def test_waves_of_a_form_compare_question_by_question(world: World) -> None:
    async def wave(*answers: str) -> PromptView:
        prompt = await ask_form(world)

        def join(session: Session) -> None:
            session.get_one(PromptRow, prompt.id).series_id = 1

        await world.deps.database.write(join)
        for number, answer in enumerate(answers):
            await answer_prompt(world.deps, person(number), prompt.id, {"q1": Response((answer,))})
        return await close_prompt(world.deps, ALICE, prompt.id)

    await wave("2", "4")
    view = await wave("4", "5")
    clear, slow, *_ = view.trends
    assert clear is not None
    assert [str(each.value) for each in clear.waves] == ["3.0", "4.5"]
    assert slow is None, "nobody answered it"
    assert (await prompt_results(world.deps, ALICE, PromptResults())).trends == view.trends
