"""Editing a form's questions: answers follow ids, drops are confirmed, and of an anonymous form nothing is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from sqlmodel import Session

from bot.db.people import find_person, save_person
from bot.db.series import find_series
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.cadence import Weekday, Weekly
from bot.domain.export import export_results
from bot.domain.prompt import Answers, Prompt, PromptKind, Question, Response
from bot.domain.requests import AskPrompt, AskQuestion, PromptResults, SeriesChange
from bot.errors import NotAllowedError, UserError
from bot.services.answering import answer_prompt, own_answer, withdraw_answer
from bot.services.asking import AskedAgain, ask_prompt
from bot.services.closing import close_prompt, prompt_results
from bot.services.prompt_editing import Drops, EditedPrompt, find_editable_prompt
from bot.services.prompts import PromptView, prompt_to_post
from bot.services.question_editing import (
    EditableQuestion,
    QuestionEdit,
    edit_question,
    find_editable_question,
    remove_question,
)
from bot.services.waves import ask_wave, change_series
from tests.feedback_world import ALICE, BOB, CHARLIE, NOW, TEAM, World, make_world

QUESTIONS = (
    AskQuestion("How clear is the goal?", PromptKind.SCALE, comment=True),
    AskQuestion("What slows you down?", PromptKind.SEVERAL, ("Builds", "Reviews", "Meetings"), optional=True),
    AskQuestion("What should change?", PromptKind.TEXT, optional=True),
)
CLEAR = QuestionEdit("q1", "How clear is the goal?", PromptKind.SCALE, comment=True)
KEPT = (("o1", "Builds"), ("o2", "Reviews"), ("o3", "Meetings"))
SLOW = QuestionEdit("q2", "What slows you down?", PromptKind.SEVERAL, KEPT, optional=True)
MORE = QuestionEdit(None, "How many hours?", PromptKind.NUMBER, optional=True)
FULL: Answers = {
    "q1": Response(("4",), None, "better"),
    "q2": Response(("o1", "o2")),
    "q3": Response(text="Fewer meetings"),
}
CROWD = [Actor(TEAM, f"U0P{place}", "C0GENERAL") for place in range(8)]
EVERY_FRIDAY = Weekly((Weekday.FRI,), time(15))


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB, CHARLIE)
    return made


async def ask_form(world: World, **more: Any) -> Prompt:
    return await world.ask(
        **{"question": "Sprint pulse", "kind": PromptKind.FORM, "questions": QUESTIONS, **more}
    )


async def edit(
    world: World, prompt: Prompt, change: QuestionEdit, actor: Actor = ALICE
) -> EditedPrompt | Drops:
    return await world.deps.database.write(edit_question, actor, prompt.id, change, world.clock.now)


async def saved(world: World, prompt: Prompt, change: QuestionEdit) -> Prompt:
    outcome = await edit(world, prompt, change)
    assert isinstance(outcome, EditedPrompt)
    return outcome.prompt


async def remove(
    world: World, prompt: Prompt, question_id: str, actor: Actor = ALICE, **more: Any
) -> EditedPrompt | Drops:
    def run(session: Session) -> EditedPrompt | Drops:
        return remove_question(session, actor, prompt.id, question_id, world.clock.now, **more)

    return await world.deps.database.write(run)


async def found(world: World, prompt: Prompt, question_id: str | None) -> EditableQuestion:
    return await world.deps.database.read(
        find_editable_question, ALICE, prompt.id, question_id, world.clock.now
    )


async def answer(world: World, prompt: Prompt, *given: Answers) -> None:
    for actor, answers in zip(CROWD, given, strict=False):
        await answer_prompt(world.deps, actor, prompt.id, answers)


async def shown(world: World, prompt: Prompt) -> PromptView:
    return await world.deps.database.read(prompt_to_post, prompt.id)


async def asked_by(world: World, question_id: str) -> int:
    return sum(row.question_id == question_id for row in await world.responses())


# --- one question


async def test_answers_follow_a_question_that_is_worded_anew_and_the_message_is_drawn_again(
    world: World,
) -> None:
    prompt = await ask_form(world)
    await answer(world, prompt, FULL, {"q1": Response(("2",))})
    change = replace(CLEAR, text="How clear is it now?", comment=False, optional=True)
    after = await saved(world, prompt, change)
    assert after.form[0] == Question(
        "q1", "How clear is it now?", PromptKind.SCALE, prompt.form[0].options, optional=True
    )
    assert after.form[1:] == prompt.form[1:]
    clear, *_ = (await shown(world, prompt)).tally.parts
    assert (clear.responses, clear.mean) == (2, "3.0")
    row = await world.prompt_row(prompt.id)
    assert row.edited_at == NOW
    assert row.redraw_at is not None


async def test_votes_follow_a_renamed_option_and_a_removed_one_asks_first(world: World) -> None:
    prompt = await ask_form(world)
    await answer(
        world,
        prompt,
        FULL,
        {"q1": Response(("2",)), "q2": Response(("o1",))},
        {**FULL, "q2": Response(("o3",))},
    )
    options = (("o2", "Slow reviews"), ("o3", "Meetings"), (None, "Tools"))
    without = replace(SLOW, options=options)
    assert await edit(world, prompt, without) == Drops(("Builds",), 2, "o1:2")
    assert (await shown(world, prompt)).prompt.form == prompt.form, "nothing was changed"
    # Somebody chose it meanwhile: what was confirmed is not what would be dropped.
    await answer_prompt(world.deps, CROWD[5], prompt.id, FULL)
    outcome = await edit(world, prompt, replace(without, confirmed="o1:2"))
    assert outcome == Drops(("Builds",), 3, "o1:3")
    after = await saved(world, prompt, replace(without, confirmed="o1:3"))
    _, slow, _ = after.form
    new = slow.options[-1].id
    assert [option.label for option in slow.options] == ["Slow reviews", "Meetings", "Tools"]
    assert new not in {"o1", "o2", "o3"}
    parts = (await shown(world, prompt)).tally.parts
    assert parts[1].counts == (("o2", 2), ("o3", 1), (new, 0))


async def test_how_a_question_is_answered_changes_while_nobody_answered_that_question(world: World) -> None:
    prompt = await ask_form(world)
    await answer(world, prompt, {"q1": Response(("2",))})
    assert not (await found(world, prompt, "q2")).is_answered
    change = replace(SLOW, kind=PromptKind.CHOICE, options=((None, "Builds"), (None, "Nothing")))
    after = await saved(world, prompt, change)
    _, slow, _ = after.form
    # A new id: whoever still has the old form open answered something else.
    assert slow.id not in {"q1", "q2", "q3"}
    assert (slow.kind, [option.label for option in slow.options]) == (
        PromptKind.CHOICE,
        ["Builds", "Nothing"],
    )
    assert (await found(world, prompt, "q1")).is_answered
    with pytest.raises(UserError, match=r"somebody has answered. Remove it and add a question\.") as refused:
        await edit(world, prompt, replace(CLEAR, kind=PromptKind.SCORE))
    assert refused.value.field == "kind"


async def test_a_question_that_becomes_required_is_so_for_later_answers_alone(world: World) -> None:
    prompt = await ask_form(world)
    await answer(world, prompt, {"q1": Response(("2",))})
    await saved(world, prompt, replace(SLOW, optional=False))
    assert (await shown(world, prompt)).tally.responses == 1
    with pytest.raises(UserError, match="Answer this") as refused:
        await answer_prompt(world.deps, BOB, prompt.id, {"q1": Response(("2",))})
    assert refused.value.field == "answer_q2"


async def test_a_question_is_added_under_an_id_none_had_and_answered_from_then_on(world: World) -> None:
    prompt = await ask_form(world)
    await answer(world, prompt, FULL)
    after = await saved(world, prompt, MORE)
    *before, new = after.form
    assert tuple(before) == prompt.form
    assert new.id not in {"q1", "q2", "q3"}
    assert (await found(world, prompt, new.id)).is_answered is False
    await answer_prompt(world.deps, BOB, prompt.id, {**FULL, new.id: Response(value="3")})
    parts = (await shown(world, prompt)).tally.parts
    assert [part.responses for part in parts] == [2, 2, 2, 1]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        pytest.param(replace(SLOW, options=KEPT[:1]), "options", "needs 2 to 10", id="one option"),
        pytest.param(
            replace(SLOW, options=(("o1", "A"), (None, "a"))), "options", "are the same", id="two alike"
        ),
        pytest.param(
            replace(SLOW, text="how clear IS the goal?"), "question", "asks “how clear IS", id="asks the same"
        ),
        pytest.param(
            replace(MORE, text="What should change?"), "question", "Word this one", id="added, asks the same"
        ),
        pytest.param(replace(MORE, kind=PromptKind.TEXT, comment=True), "comment", "comment", id="comment"),
        pytest.param(
            replace(MORE, kind=PromptKind.EMOJI, options=((None, "no"), (None, "yes"))),
            "options",
            "is no emoji",
            id="no emoji",
        ),
        pytest.param(replace(SLOW, question_id="q9"), None, "That question is gone", id="gone"),
    ],
)
async def test_what_a_question_can_not_become_is_refused_in_a_sentence_and_changes_nothing(
    world: World, change: QuestionEdit, field: str | None, says: str
) -> None:
    prompt = await ask_form(world)
    with pytest.raises(UserError, match=says) as refused:
        await edit(world, prompt, change)
    assert refused.value.field == field
    assert (await world.prompt_row(prompt.id)).edited_at is None


async def test_a_form_takes_no_eleventh_question(world: World) -> None:
    asked = tuple(AskQuestion(f"Question {place}?", PromptKind.SCALE) for place in range(10))
    prompt = await ask_form(world, questions=asked)
    with pytest.raises(UserError, match="at most 10 questions"):
        await found(world, prompt, None)
    with pytest.raises(UserError, match="at most 10 questions"):
        await edit(world, prompt, MORE)


async def test_only_whoever_asked_or_an_admin_edits_questions_and_only_while_the_form_is_open(
    world: World,
) -> None:
    prompt = await ask_form(world)
    for actor in (BOB, CHARLIE):
        with pytest.raises(NotAllowedError) as refused:
            await edit(world, prompt, MORE, actor)
        assert refused.value.owner_id == ALICE.user_id
        with pytest.raises(NotAllowedError):
            await remove(world, prompt, "q3", actor)

    def promote(session: Session) -> None:
        person = find_person(session, TEAM, BOB.user_id)
        assert person is not None
        save_person(session, replace(person, is_admin=True), NOW)

    await world.deps.database.write(promote)
    assert isinstance(await edit(world, prompt, MORE, BOB), EditedPrompt)
    await close_prompt(world.deps, ALICE, prompt.id)
    with pytest.raises(UserError, match="can't be edited any more"):
        await edit(world, prompt, replace(MORE, text="Another?"))
    with pytest.raises(UserError, match="can't be edited any more"):
        await remove(world, prompt, "q3")
    with pytest.raises(UserError, match="gone"):
        await edit(world, replace(prompt, id=99), MORE)


# --- removing


async def test_removing_a_question_says_how_many_answers_go_and_drops_them(world: World) -> None:
    prompt = await ask_form(world)
    await answer(world, prompt, FULL, FULL, {"q1": Response(("1",))})
    assert (await found(world, prompt, "q2")).removal == Drops(("What slows you down?",), 2, "q2:2")
    assert await remove(world, prompt, "q2") == Drops(("What slows you down?",), 2, "q2:2")
    await answer_prompt(world.deps, BOB, prompt.id, FULL)
    assert isinstance(await remove(world, prompt, "q2", confirmed="q2:2"), Drops)
    outcome = await remove(world, prompt, "q2", confirmed="q2:3")
    assert isinstance(outcome, EditedPrompt)
    assert [question.id for question in outcome.prompt.form] == ["q1", "q3"]
    assert await asked_by(world, "q2") == 0
    view = await shown(world, prompt)
    assert (view.tally.responses, [part.responses for part in view.tally.parts]) == (4, [4, 3])
    for file in export_results(view.prompt, view.tally, NOW):
        assert b"Builds" not in file.content


async def test_removing_a_question_nobody_answered_needs_no_confirmation_but_one_has_to_stay(
    world: World,
) -> None:
    prompt = await ask_form(world)
    await answer(world, prompt, {"q1": Response(("1",))})
    for question_id in ("q2", "q3"):
        assert (await found(world, prompt, question_id)).removal is None
        assert isinstance(await remove(world, prompt, question_id), EditedPrompt)
    with pytest.raises(UserError, match="One question has to stay"):
        await remove(world, prompt, "q1", confirmed="q1:1")
    with pytest.raises(UserError, match="That question is gone"):
        await remove(world, prompt, "q2")
    assert await asked_by(world, "q1") == 1


# --- anonymous forms


@pytest.mark.parametrize("chose", [(), ("o1",)], ids=["nobody", "everybody"])
async def test_of_an_anonymous_form_an_edit_tells_and_touches_nothing(
    world: World, chose: tuple[str, ...]
) -> None:
    prompt = await ask_form(world, anonymous=True, floor=3)
    await answer(world, prompt, *[{"q1": Response(("2",)), "q2": Response(chose)}] * 4)
    before = [(row.id, row.question_id, row.sealed) for row in await world.responses()]
    without = replace(SLOW, options=KEPT[1:])
    assert await edit(world, prompt, without) == Drops(("Builds",), None, "o1")
    await saved(world, prompt, replace(without, confirmed="o1"))
    assert await remove(world, prompt, "q3") == Drops(("What should change?",), None, "q3")
    assert isinstance(await remove(world, prompt, "q3", confirmed="q3"), EditedPrompt)
    assert [(row.id, row.question_id, row.sealed) for row in await world.responses()] == before
    view = await shown(world, prompt)
    assert (view.tally.responses, view.tally.counts) == (4, None)
    with pytest.raises(UserError, match="somebody has answered"):
        await edit(world, prompt, replace(SLOW, kind=PromptKind.TEXT))


async def test_answers_to_a_removed_question_count_among_the_people_until_the_close_drops_them(
    world: World,
) -> None:
    optional = tuple(replace(each, optional=True) for each in QUESTIONS)
    prompt = await ask_form(world, anonymous=True, floor=3, questions=optional)
    clear, words = {"q1": Response(("4",))}, {"q3": Response(text="Fewer meetings")}
    await answer(world, prompt, clear, clear, clear | words, words)
    await remove(world, prompt, "q3", confirmed="q3")
    assert (await shown(world, prompt)).tally.responses == 4
    # Whoever answered nothing else may still change or withdraw, and is counted once.
    mine = await own_answer(world.deps, CROWD[3], prompt.id)
    assert mine.answers == words
    await answer_prompt(world.deps, CROWD[3], prompt.id, {"q1": Response(("1",))})
    await withdraw_answer(world.deps, CROWD[0], prompt.id)
    assert (await shown(world, prompt)).tally.responses == 3
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert view.tally.responses == view.prompt.people == 3
    first, second = view.tally.parts
    assert first.counts == (("1", 1), ("2", 0), ("3", 0), ("4", 2), ("5", 0))
    assert (second.counts, second.texts) == (None, None), "nobody answered it"
    rows = await world.responses()
    assert {row.question_id for row in rows} == {"q1"}
    assert not any(row.text or row.sealed for row in rows), "the answers to it are gone"
    for file in export_results(view.prompt, view.tally, NOW):
        assert b"meetings" not in file.content


async def test_people_stay_counted_when_all_they_answered_was_removed(world: World) -> None:
    optional = tuple(replace(each, optional=True) for each in QUESTIONS)
    prompt = await ask_form(world, anonymous=True, floor=3, questions=optional)
    words = {"q3": Response(text="Fewer meetings")}
    await answer(world, prompt, words, words, {"q1": Response(("4",))}, {"q1": Response(("3",))})
    await remove(world, prompt, "q3", confirmed="q3")
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert view.tally.responses == 4
    assert "fewer than 3" in view.tally.parts[0].hidden_because, "two answered what is left"


async def test_a_question_added_to_an_anonymous_form_is_held_to_the_floor_by_itself(world: World) -> None:
    prompt = await ask_form(world, anonymous=True, floor=3)
    await answer(world, prompt, *[{"q1": Response(("4",))}] * 3)
    after = await saved(world, prompt, replace(MORE, kind=PromptKind.ENPS))
    new = after.form[-1].id
    for actor in CROWD[3:5]:
        await answer_prompt(world.deps, actor, prompt.id, {"q1": Response(("5",)), new: Response(("9",))})
    view = await close_prompt(world.deps, ALICE, prompt.id)
    assert view.tally.responses == 5
    assert view.tally.parts[0].counts is not None
    assert "fewer than 3" in view.tally.parts[-1].hidden_because


# --- waves


async def first_wave(world: World, *questions: AskQuestion) -> tuple[int, Prompt]:
    request = AskPrompt("Sprint pulse", PromptKind.FORM, questions=questions or QUESTIONS, every=EVERY_FRIDAY)
    asked = await ask_prompt(world.deps, ALICE, request)
    assert isinstance(asked, AskedAgain)
    return asked.series.id, await next_wave(world, asked.series.id)


async def next_wave(world: World, series_id: int) -> Prompt:
    series = await world.deps.database.read(find_series, TEAM, series_id)
    assert series is not None
    world.clock.now = series.due_at or NOW
    await ask_wave(world.deps, series_id)
    return await world.deps.database.read(
        lambda session: find_editable_prompt(session, ALICE, world.clock.now).prompt
    )


def texts(prompt: Prompt) -> list[str]:
    return [question.text for question in prompt.form]


@pytest.mark.parametrize("too", [True, False], ids=["the next ones too", "this wave alone"])
async def test_an_edit_of_a_question_reaches_the_next_waves_when_it_says_so(world: World, too: bool) -> None:
    series_id, wave = await first_wave(world)
    change = replace(SLOW, text="What slowed you down?", options=(("o1", "Long builds"), *KEPT[1:]))
    outcome = await edit(world, wave, replace(change, next_waves=too))
    assert isinstance(outcome, EditedPrompt)
    assert outcome.next_waves is too
    await edit(world, wave, replace(MORE, next_waves=too))
    await remove(world, wave, "q3", next_waves=too)
    following = await next_wave(world, series_id)
    expected = (
        ["How clear is the goal?", "What slowed you down?", "How many hours?"]
        if too
        else [question.text for question in QUESTIONS]
    )
    assert texts(following) == expected
    assert following.form[1].options[0].label == ("Long builds" if too else "Builds")
    assert [question.comment for question in following.form[:2]] == [True, False]


async def test_a_tick_takes_along_that_edit_and_not_those_made_to_the_wave_alone(world: World) -> None:
    series_id, wave = await first_wave(world)
    await edit(world, wave, replace(CLEAR, text="How clear was this sprint's goal?"))
    await remove(world, wave, "q2")
    await edit(
        world,
        wave,
        QuestionEdit("q3", "What should change first?", PromptKind.TEXT, optional=True, next_waves=True),
    )
    following = await next_wave(world, series_id)
    assert texts(following) == ["How clear is the goal?", "What slows you down?", "What should change first?"]


async def test_a_trend_compares_the_same_question_after_another_was_removed(world: World) -> None:
    two = (AskQuestion("Goal?", PromptKind.SCALE), AskQuestion("Plan?", PromptKind.SCALE))
    series_id, wave = await first_wave(world, *two)
    await answer(world, wave, {"q1": Response(("1",)), "q2": Response(("5",))})
    await remove(world, wave, "q1", confirmed="q1:1", next_waves=True)
    following = await next_wave(world, series_id)
    assert [(question.id, question.text) for question in following.form] == [("q2", "Plan?")]
    await answer(world, following, {"q2": Response(("3",))})
    view = await prompt_results(world.deps, ALICE, PromptResults())
    (trend,) = view.trends
    assert trend is not None
    assert [str(each.value) for each in trend.waves] == ["5.0", "3.0"]


async def test_what_the_next_waves_can_not_ask_is_refused_and_changes_nothing(world: World) -> None:
    two = (AskQuestion("Goal?", PromptKind.SCALE), AskQuestion("Plan?", PromptKind.SCALE))
    _, wave = await first_wave(world, *two)
    goal = QuestionEdit("q1", "Aim?", PromptKind.SCALE)
    await edit(world, wave, goal)  # this wave alone: the next ones ask “Goal?” still
    plan = QuestionEdit("q2", "Goal?", PromptKind.SCALE, next_waves=True)
    with pytest.raises(UserError, match="The next waves ask “Goal\\?” already") as refused:
        await edit(world, wave, plan)
    assert refused.value.field == "next_waves"
    assert texts((await shown(world, wave)).prompt) == ["Aim?", "Plan?"]
    # Added to this wave alone, then the only one that is left of those the next waves ask is taken out.
    await edit(world, wave, MORE)
    await remove(world, wave, "q1", next_waves=True)
    with pytest.raises(UserError, match="the only question the next waves ask"):
        await remove(world, wave, "q2", next_waves=True)


async def test_a_stopped_series_is_left_as_it_is(world: World) -> None:
    series_id, wave = await first_wave(world)
    await change_series(world.deps, ALICE, SeriesChange.STOP, series_id)
    assert not (await found(world, wave, None)).is_wave
    outcome = await edit(world, wave, replace(MORE, next_waves=True))
    assert isinstance(outcome, EditedPrompt)
    assert not outcome.next_waves
