"""Examples of a form whose questions are edited, and of an answer form that was overtaken by an edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bot.blocks import answering, privacy, prompt_editing, question_editing
from bot.domain.message import Message, View
from bot.domain.prompt import MOST_QUESTIONS, OWN_OPTIONS, Prompt, PromptKind, Question, Response
from bot.examples.world import World

ABOUT = {"question": "q1", "beneath": "V0", "closes": "2d", "values": {"question": "Sprint <pulse>"}}


def examples(world: World) -> Iterator[tuple[str, Message | View]]:
    """Yield the builder's name and what it makes."""
    form = world.prompt(PromptKind.FORM)
    flagged = tuple(
        replace(each, comment=each.kind is not PromptKind.TEXT, optional=place % 2 == 1)
        for place, each in enumerate(form.form)
    )
    form = replace(form, form=flagged, edited_at=world.now)
    yield from _beneath(world, form)
    yield from _one_question(form)
    given = {each.id: Response(text="Fewer <meetings>") for each in form.form if each.kind is PromptKind.TEXT}
    problem = "This was edited while you filled it in, so nothing was counted yet. New: “Goal?”."
    view = answering.answer_view(form, {}, privacy.privacy_line(form, "sqlite"), typed=given, problem=problem)
    yield "answering.answer_view/overtaken", view


def _beneath(world: World, form: Prompt) -> Iterator[tuple[str, Message | View]]:
    more = tuple(
        Question(f"q{place}", f"Question {place} " + "x" * 480, PromptKind.TEXT)
        for place in range(len(form.form) + 1, MOST_QUESTIONS + 1)
    )
    full = replace(form, form=(*form.form, *more)[:MOST_QUESTIONS])
    short = replace(form, form=form.form[:2])
    values = {"question": form.question, "closes": "2d", "close_after": "8"}
    show = partial(prompt_editing.edit_view, channel_id=world.channel_id, has_own_options=False, is_wave=True)
    saved = question_editing.saved_note("How <clear> is it?", next_waves=True)
    for words, prompt, said in (("a full form", full, ""), ("a short form", short, saved)):
        questions = question_editing.question_blocks(prompt)
        view = show(prompt, values, [world.initiative], questions=questions, said=said)
        yield f"prompt_editing.edit_view/{words}", view


def _one_question(form: Prompt) -> Iterator[tuple[str, Message | View]]:
    choice = next(each for each in form.form if each.kind is PromptKind.CHOICE)
    scale = next(each for each in form.form if each.kind is PromptKind.SCALE)
    show = partial(question_editing.question_view, form)
    for words, question, answers in (("", choice, 4), ("/nobody answered", scale, 0)):
        filled = {"question": question.text, "comment": "yes" if question.comment else ""}
        if question.kind in OWN_OPTIONS:
            filled |= {f"{prompt_editing.OPTION}{each.id}": each.label for each in question.options}
        removal = question_editing.removing(answers, has_answers=True, is_wave=True)
        yield (
            f"question_editing.question_view{words}",
            show(
                question, filled, ABOUT, is_answered=bool(answers), is_wave=True, removal=removal, removes="k"
            ),
        )
    removal = question_editing.removing(None, has_answers=True, is_wave=False)
    warning = prompt_editing.dropping([choice.options[0].label], None, is_anonymous=True)
    shown = show(
        choice,
        {"question": choice.text},
        ABOUT,
        is_answered=True,
        is_wave=False,
        removal=removal,
        removes=choice.id,
        confirmed=choice.options[0].id,
        warning=warning,
    )
    yield "question_editing.question_view/anonymous with a warning", shown
    for words, is_wave in (("", False), (" to a wave", True)):
        yield (
            f"question_editing.question_view/one more{words}",
            show(None, {}, ABOUT | {"question": ""}, is_answered=False, is_wave=is_wave),
        )
    for words, too in (("", False), ("/next waves", True)):
        view = question_editing.removed_view(choice.text, next_waves=too, about=ABOUT)
        yield f"question_editing.removed_view{words}", view
