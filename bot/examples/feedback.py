"""Examples of prompts, of what whoever answers sees, and of notes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.blocks import (
    answering,
    asked,
    asking,
    feedback,
    inboxes,
    inviting,
    note_states,
    notes,
    open_options,
    privacy,
    prompt_editing,
    results,
    series,
)
from bot.blocks.question_inputs import QuestionValues
from bot.blocks.reacting import not_counted
from bot.db import about
from bot.domain.audience import Reach, Shown
from bot.domain.feedback import suppress, tally
from bot.domain.inbox import EXAMPLE, Inbox, Opened
from bot.domain.message import Message, View
from bot.domain.note import CLOSED as CLOSED_NOTES
from bot.domain.note import NoteState
from bot.domain.prompt import ONLY, Option, Prompt, PromptKind, PromptState, Question, Response, Tally
from bot.domain.requests import SeriesChange
from bot.domain.series import SeriesState
from bot.domain.trend import trend_of
from bot.examples.world import FORM_KINDS, World

Named = Iterator[tuple[str, Message | View]]

OPEN, CLOSED = PromptState.OPEN, PromptState.CLOSED
KEPT = tuple((kept.words, number) for number, kept in enumerate(about.KEPT, start=1))
"""As if every table had rows of one's own: the longest this gets."""
WRITTEN = ("The address step is clear now.", "<Too many> fields & no way back", "Fine " * 300)


def examples(world: World) -> Named:
    """Yield the builder's name and what it makes."""
    yield from _prompts(world)
    yield from _answers(world)
    yield from _inboxes(world)
    yield from _private(world)
    yield from _notes(world)
    yield from _series(world)
    yield from _editing(world)


def posted(world: World) -> Mapping[str, Message]:
    """Return what is posted, by what people call it."""
    opened = world.prompt(PromptKind.SCALE, anonymous=True)
    closed = world.prompt(PromptKind.CHOICE, state=CLOSED)
    return {
        "prompt": _message(world, opened),
        "prompt with words": _message(world, world.prompt(PromptKind.TEXT)),
        "closed prompt": _message(world, closed),
    }


def _message(world: World, prompt: Prompt) -> Message:
    return feedback.prompt_message(prompt, _tally(world, prompt), _privacy(prompt))


def _privacy(prompt: Prompt) -> str:
    return privacy.privacy_line(prompt, "sqlite")


def _tally(world: World, prompt: Prompt) -> Tally:
    given = {question.id: _responses(question) for question in prompt.questions}
    people = max(len(responses) for responses in given.values())
    return tally(prompt, given, people, world.now, random.Random(0))


def _responses(question: Question) -> Sequence[Response]:
    match question.kind:
        case PromptKind.TEXT:
            return [Response(text=text) for text in WRITTEN * 5]
        case PromptKind.NUMBER:
            return [Response(value=value) for value in ("3", "4.5", "4", "12", "0", "3.25")]
        case PromptKind.DATE:
            return [Response(value=f"2026-12-{day:02}") for day in (1, 4, 4, *range(7, 19))]
        case PromptKind.SEVERAL:
            ids = [option.id for option in question.options]
            return [Response(tuple(ids[: 1 + place % len(ids)])) for place in range(6)]
        case _:
            places = [place % len(question.options) for place in (0, 1, 1, 2, 3, 1)]
            return [Response((question.options[place].id,)) for place in places]


def _prompts(world: World) -> Named:
    for kind in PromptKind:
        for anonymous in (False, True):
            for state in PromptState:
                prompt = world.prompt(kind, anonymous=anonymous, state=state)
                words = f"{kind.value} {'anonymous ' if anonymous else ''}{state.value}"
                yield f"feedback.prompt_message/{words}", _message(world, prompt)
                yield (
                    f"results.results_message/{words}",
                    results.results_message(prompt, _tally(world, prompt)),
                )

    named = replace(
        world.prompt(PromptKind.CHOICE), reach=Reach.NAMED, named=(world.user_id,) * 12, results=Shown.HIDDEN
    )
    everyone = replace(world.prompt(PromptKind.TEXT), reach=Reach.EVERYONE, results=Shown.SHARED)
    for words, prompt in (("for some", named), ("for everyone", everyone)):
        yield f"feedback.prompt_message/{words}", _message(world, prompt)
    opened = replace(world.prompt(PromptKind.CHOICE), open_options=True)
    yield "feedback.prompt_message/open options", _message(world, opened)
    many = tuple(Option(f"o{place}", f"Option {place} " + "x" * 60) for place in range(1, 21))
    full = replace(opened, options=many)
    yield (
        "feedback.prompt_message/full",
        feedback.prompt_message(full, Tally(0, (), (), None, ""), "Who sees what."),
    )
    for kind in (PromptKind.THUMBS, PromptKind.SCORE, PromptKind.CHOICE):
        reacting = replace(world.prompt(kind), reactions=True)
        yield f"feedback.prompt_message/reactions, {kind.value}", _message(world, reacting)
    crowded = replace(full, reactions=True, options=tuple(replace(each, label="&" * 75) for each in many))
    yield (
        "feedback.prompt_message/reactions, full",
        feedback.prompt_message(crowded, Tally(0, (), (), None, ""), "Who sees what."),
    )
    yield "reacting.not_counted", not_counted("That prompt closed <today>, so your answer was not counted.")
    yield "open_options.option_view", open_options.option_view(opened)
    yield "open_options.option_added_view", open_options.option_added_view(opened, "A <third> way")
    unnamed = world.prompt(PromptKind.SCALE, anonymous=True)
    yield "inviting.asked_of_you", inviting.asked_of_you(((named, False),), "sqlite")
    yield (
        "inviting.asked_of_you/several",
        inviting.asked_of_you(((named, True), (unnamed, True), (everyone, False)), "postgresql"),
    )
    said = ("2 people were not reminded: they had 3 prompts this week.",)
    yield (
        "results.results_message/unasked",
        results.results_message(named, _tally(world, named), unasked=said),
    )
    yield "asked.asked_message/unasked", asked.asked_message(named, None, _privacy(named), said)
    form = world.prompt(PromptKind.FORM, state=CLOSED)
    parts = _tally(world, form)
    for place in range(len(form.form)):
        name = f"results.results_message/question {place + 1} of a form"
        yield name, results.results_message(form, parts, place=place)
    waves = [trend_of([(form.about(form.form[0]), parts.parts[0])] * 3), *[None] * 9]
    yield "feedback.prompt_message/a closed wave of a form", feedback.prompt_message(form, parts, "", waves)
    for kind in (PromptKind.CHOICE, PromptKind.TEXT, PromptKind.FORM):
        closed = world.prompt(kind, state=CLOSED)
        yield f"results.shared_message/{kind.value}", results.shared_message(closed, _tally(world, closed))
    counted = replace(world.prompt(PromptKind.SCALE), close_after=8)
    for words, prompt in (("and a time", counted), ("alone", replace(counted, closes_at=None))):
        yield f"feedback.prompt_message/close after {words}", _message(world, prompt)


def _answers(world: World) -> Named:
    choice = replace(world.prompt(PromptKind.CHOICE), comment=True)
    first, second = ({ONLY: Response((option.id,))} for option in choice.options[:2])
    commented = {ONLY: Response((choice.options[1].id,), None, WRITTEN[1])}
    says = _privacy(choice)
    for variant, former in (("", {}), ("/same", first), ("/changed", second)):
        message = answering.receipt_message(choice, first, former, says)
        yield f"answering.receipt_message{variant}", message
    last = replace(choice, state=CLOSED, close_after=6)
    yield "answering.receipt_message/last", answering.receipt_message(last, first, {}, says)
    yield "answering.receipt_message/comment", answering.receipt_message(choice, commented, first, says)
    for variant, given in (("", first), ("/withdrawn", {})):
        standing = answering.standing_message(choice, given, second, says)
        yield f"answering.standing_message{variant}", standing
    yield "answering.change_message", answering.change_message(choice, first)
    yield "answering.change_message/on Home", answering.change_message(choice, {}, "Who sees what.")
    yield "answering.withdrawn_message", answering.withdrawn_message(choice)
    for prompt, given in (
        (world.prompt(PromptKind.TEXT), {ONLY: Response(text=WRITTEN[1])}),
        (choice, commented),
        (world.prompt(PromptKind.FORM), _form_answers(world.prompt(PromptKind.FORM))),
    ):
        words, says = f"/{prompt.kind}", _privacy(prompt)
        yield f"answering.answer_view{words}", answering.answer_view(prompt, {}, says)
        yield f"answering.answer_view{words} again", answering.answer_view(prompt, given, says)
        yield f"answering.receipt_view{words}", answering.receipt_view(prompt, given, {}, says)
        yield f"answering.receipt_view{words} changed", answering.receipt_view(prompt, given, given, says)
        last = replace(prompt, state=CLOSED, close_after=6)
        yield f"answering.receipt_view{words} last", answering.receipt_view(last, given, {}, says)
    yield "answering.withdrawn_view", answering.withdrawn_view(world.prompt(PromptKind.TEXT))
    crowded = tuple(Option(f"o{place}", f"Option {place}") for place in range(1, 21))
    many = replace(world.prompt(PromptKind.SEVERAL), options=crowded)
    chosen = {ONLY: Response(("o1", "o20"))}
    yield "answering.answer_view/many options", answering.answer_view(many, chosen, _privacy(many))


def _form_answers(prompt: Prompt) -> dict[str, Response]:
    """Return an answer to every question of a form but the last."""
    return {question.id: _responses(question)[1] for question in prompt.form[:-1]}


def _inboxes(world: World) -> Named:
    today = world.now.date()
    waiting, replied = Inbox("A" * 43), Inbox("B" * 43, today)
    commented = replace(world.prompt(PromptKind.CHOICE, anonymous=True), comment=True)
    given = {ONLY: Response((commented.options[1].id,), None, WRITTEN[1])}
    says = _privacy(commented)
    yield (
        "answering.receipt_message/with a code",
        answering.receipt_message(commented, given, {}, says, EXAMPLE),
    )
    yield "answering.change_message/with a code", answering.change_message(commented, given)
    text = world.prompt(PromptKind.TEXT, anonymous=True)
    again = answering.answer_view(text, {ONLY: Response(text=WRITTEN[1])}, says)
    yield "answering.answer_view/with a code", again
    for words, prompt in (("", text), (" last", replace(text, state=CLOSED, close_after=6))):
        receipt = answering.receipt_view(prompt, {ONLY: Response(text=WRITTEN[1])}, {}, says, EXAMPLE)
        yield f"answering.receipt_view/with a code{words}", receipt
    closed = world.prompt(PromptKind.TEXT, anonymous=True, state=CLOSED)
    shown = replace(_tally(world, closed), inboxes=(waiting, replied, None, *[waiting] * 12))
    page = results.results_message(closed, shown, may_reply=True)
    yield "results.results_message/with replies", page
    yield "inboxes.reply_view", inboxes.reply_view(closed, waiting, WRITTEN[1])
    until = today + timedelta(days=90)
    yield "inboxes.replied_view", inboxes.replied_view(WRITTEN[1], "We hear <you> & fix it", until)
    yield "inboxes.inbox_form", inboxes.inbox_form(world.channel_id)
    answer = Opened("What is missing?", WRITTEN[1], None, None, until, is_shown=True)
    with_reply = replace(answer, reply="We hear <you> & fix it", replied_on=today)
    for words, answers in (
        ("", [with_reply]),
        ("no reply yet", [answer]),
        ("no reply can come", [replace(answer, is_shown=False)]),
        ("several", [replace(with_reply, reply="&" * 400, text="&" * 400)] * 10),
    ):
        name = f"inboxes.inbox_view/{words}".rstrip("/")
        yield name, inboxes.inbox_view(closed, answers)


def _private(world: World) -> Named:
    prompt = world.prompt(PromptKind.CHOICE, anonymous=True)
    values = asking.AskValues(
        question=prompt.question,
        kind=PromptKind.CHOICE.value,
        options="Keep it\nChange it",
        anonymous=True,
        floor="8",
        channel=world.channel_id,
        closes="2d",
        close_after="8",
    )
    anonymity = privacy.anonymity("sqlite", 5)
    form = partial(asking.ask_view, typed_in=world.channel_id, anonymity=anonymity)
    yield "asking.ask_view", form(asking.AskValues())
    filled = form(values, initiative=world.initiative, problem="Two options at least.")
    yield "asking.ask_view/filled", filled
    several = tuple(
        QuestionValues(key, f"How <clear> is {key}?", kind.value, "Yes\nNo" * (key % 2), key > 3, key > 6)
        for key, kind in enumerate((*FORM_KINDS, PromptKind.TEXT)[:10], start=1)
    )
    building = replace(values, mode="blocks", title="Sprint pulse", questions=several, generation=11)
    yield "asking.ask_view/several questions", form(building)
    one = replace(building, questions=several[:1])
    yield "asking.ask_view/one of several", form(one)
    lines = replace(building, mode="text", lines="How clear is it? scale comment\nWhat should change?")
    yield "asking.ask_view/lines", form(lines, problem="Question 2: no.")
    yield "asked.asked_message", asked.asked_message(prompt, world.initiative, _privacy(prompt))
    counted = replace(prompt, close_after=8)
    yield "asked.asked_message/close after", asked.asked_message(counted, None, _privacy(prompt))
    yield "asked.asked_view", asked.asked_view(prompt, None, _privacy(prompt))
    yield "results.close_question", results.close_question(prompt, _tally(world, prompt))
    rows = [(prompt, _tally(world, prompt))] * 12
    page = results.list_message(rows, [world.note] * 5, offset=0, total=30, notes_total=40, now=world.now)
    yield "results.list_message", page
    yield (
        "results.list_message/none",
        results.list_message([], [], offset=0, total=0, notes_total=0, now=world.now),
    )


def _series(world: World) -> Named:
    running = world.series()
    paused = replace(running, state=SeriesState.PAUSED, due_at=None)
    by_itself = replace(
        paused, paused_because="That channel is archived: unarchive it or choose another one."
    )
    stopped = replace(paused, state=SeriesState.STOPPED)
    says = privacy.anonymity("sqlite", 5)
    planned = partial(series.planned_message, privacy=says, now=world.now)
    yield "series.planned_message", planned(running, world.initiative)
    yield (
        "series.planned_message/no end of its own",
        planned(replace(running, request=replace(running.request, closes_in=None)), None),
    )
    yield "series.planned_view", series.planned_view(asking.TITLE, running, None, says, world.now)
    listed = [running, paused, by_itself] * 4
    prompt = world.prompt(PromptKind.SCALE)
    wave = replace(prompt, series_id=1, closes_at=None)
    yield (
        "results.list_message/asked again",
        results.list_message(
            [(wave, _tally(world, wave))], [], offset=0, total=1, notes_total=0, now=world.now, series=listed
        ),
    )
    yield "feedback.prompt_message/a wave", _message(world, wave)
    past = [
        replace(
            world.prompt(PromptKind.SCALE, state=CLOSED),
            number=n,
            closed_at=world.now - timedelta(weeks=9 - n),
        )
        for n in range(1, 10)
    ]
    tallies = [_tally(world, each) for each in past]
    tallies[6] = suppress(tallies[6], 5)
    trend = trend_of(list(zip(past, tallies, strict=True)))
    yield "results.results_message/a wave", results.results_message(past[-1], tallies[-1], (trend,))
    last = feedback.prompt_message(past[-1], tallies[-1], _privacy(past[-1]), (trend,))
    yield "feedback.prompt_message/a closed wave", last
    yield "series.series_list", series.series_list(listed, world.now, offset=8)
    refused = "Only whoever asks “How clear is it?” or a workspace admin can change when it is asked."
    yield "series.series_refused", series.series_refused(refused, SeriesChange.PAUSE, 1)
    for to, wished in ((SeriesChange.PAUSE, running), (SeriesChange.RESUME, paused)):
        yield f"series.series_wish/{to}", series.series_wish(wished, to, world.user_id)
    yield "series.series_list/none", series.series_list([], world.now, offset=8)
    for to, after in zip(SeriesChange, (paused, running, stopped), strict=True):
        yield f"series.series_changed/{to}", series.series_changed(after, to, world.now)
    yield (
        "series.series_changed/revived",
        series.series_changed(running, SeriesChange.RESUME, world.now, revived=True),
    )
    yield "series.series_paused", series.series_paused(by_itself, by_itself.paused_because)
    for words, each in (("", running), ("/paused", by_itself)):
        yield f"series.series_passed{words}", series.series_passed(each, world.user_id, world.now)


def _editing(world: World) -> Named:
    for anonymous in (False, True):
        prompt = replace(world.prompt(PromptKind.CHOICE, anonymous=anonymous), edited_at=world.now)
        filled = {"question": prompt.question, "kind": prompt.kind.value, "floor": "5", "closes": "2d"}
        filled |= {f"{prompt_editing.OPTION}{each.id}": each.label for each in prompt.options}
        form = partial(
            prompt_editing.edit_view, prompt, filled, channel_id=world.channel_id, has_own_options=True
        )
        words = "/anonymous" if anonymous else ""
        yield f"prompt_editing.edit_view{words}", form([world.initiative], is_wave=True)
        warning = prompt_editing.dropping(["Keep <it>"], 2, is_anonymous=anonymous)
        yield (
            f"prompt_editing.edit_view{words or '/named'} with a warning",
            form([], is_wave=False, confirmed="1:2", warning=warning),
        )
        yield f"feedback.prompt_message/edited{words}", _message(world, prompt)
        saved = prompt_editing.edited_prompt_view(prompt, next_waves=anonymous)
        yield f"prompt_editing.edited_prompt_view{words}", saved


def _notes(world: World) -> Named:
    initiative, note = world.initiative, world.note
    several = [replace(initiative, id=number) for number in range(3)]
    yield "notes.note_form", notes.note_form(initiative, world.channel_id)
    yield "notes.note_message", notes.note_message(note, initiative, ())
    yield "notes.note_message/several", notes.note_message(note, None, several)
    yield "notes.note_message/none", notes.note_message(note, None, ())
    link = "https://acme.slack.com/archives/C0GENERAL/p1795442400000100"
    words = f"<@{world.user_id}> the new form is <confusing>:\n`if (a < b)`"
    kept = replace(note, text=words, message_ts="1795442400.000100", said_by=world.user_id, permalink=link)
    yield "notes.note_message/kept", notes.note_message(kept, initiative, ())
    for words, each in (
        ("no link", replace(kept, permalink="", said_by="")),
        ("own words", replace(kept, said_by=None)),
    ):
        yield f"notes.note_message/kept before, {words}", notes.note_message(each, None, several, before=True)
    yield "notes.mention_usage", notes.mention_usage(world.user_id)
    yield "notes.undone_message", notes.undone_message(note)
    states = [replace(note, state=state, moved_by=world.user_id, reason="not <now>") for state in NoteState]
    states[0] = note
    page = note_states.notes_message(tuple(states * 2), None, offset=8, total=20, now=world.now)
    yield "note_states.notes_message", page
    one = note_states.notes_message((note,), NoteState.NEW, offset=0, total=1, now=world.now)
    yield "note_states.notes_message/one state", one
    none = note_states.notes_message((), NoteState.ACTED_ON, offset=0, total=0, now=world.now)
    yield "note_states.notes_message/none", none
    quoting = note_states.notes_message((kept,), None, offset=0, total=1, now=world.now)
    yield "note_states.notes_message/kept", quoting
    yield (
        "note_states.note_moved/kept",
        note_states.note_moved(kept, NoteState.ACTED_ON, "one field less", world.user_id),
    )
    listed = results.list_message([], [kept], offset=0, total=0, notes_total=1, now=world.now)
    yield "results.list_message/kept", listed
    mine = note_states.new_notes_message
    yield (
        "note_states.new_notes_message",
        mine(world.initiative, tuple(states), offset=0, total=20, now=world.now),
    )
    yield "note_states.new_notes_message/none", mine(world.initiative, (), offset=0, total=0, now=world.now)
    yield "note_states.answered_message", note_states.answered_message(states[1], world.now)
    for state, moved in zip(list(NoteState)[1:], states[1:], strict=True):
        name = f"note_states.note_moved/{state}"
        yield name, note_states.note_moved(moved, state, moved.reason, world.user_id)
    for state in CLOSED_NOTES:
        yield f"note_states.reason_form/{state}", note_states.reason_form(note, state, world.channel_id)
    anonymity = privacy.anonymity("sqlite", 5)
    yield "notes.privacy_message", notes.privacy_message("Europe/Berlin", KEPT, 2, anonymity)
    yield "notes.privacy_message/unknown", notes.privacy_message("", (), 0, anonymity)
