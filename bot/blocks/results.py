"""What one person sees of prompts privately: results, the channel's list, and the question before a close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest

from bot.blocks.inboxes import with_reply
from bot.blocks.mrkdwn import channel, escape, person, shorten
from bot.blocks.outcomes import (
    Trends,
    comment_blocks,
    lay_charts,
    outcome_blocks,
    outcome_charts,
    outcome_text,
    say_often,
)
from bot.blocks.parts import actions, button, confirm, context, section
from bot.blocks.phrases import (
    TEXT_LIMIT,
    closed_at,
    closing,
    count_answers,
    plural,
    quote,
    sections,
    short_question,
    strong,
)
from bot.blocks.quoted import escape_note, facts_of, quote_note
from bot.blocks.series import series_blocks
from bot.domain.durations import ago
from bot.domain.message import Block, Message
from bot.domain.note import Note
from bot.domain.prompt import Prompt, PromptKind, PromptState, Tally
from bot.domain.series import Series

COMMENTS_ON_A_PAGE = 12
ROOM_FOR_COMMENTS = 7000
"""Characters of written answers on one page: Slack refuses messages with more than about 12,000 in all."""
NOTE_SHOWN = 200
"""Characters of a note in a list, which stays within 12,000 in all whatever is escaped."""


def results_message(
    prompt: Prompt,
    tally: Tally,
    trends: Trends = (),
    *,
    offset: int = 0,
    unasked: Sequence[str] = (),
    place: int | None = None,
    may_reply: bool = False,
) -> Message:
    """Return a prompt's results for one person; written answers come in full and in pages.

    Args:
        prompt: The prompt.
        tally: What may be shown of its answers.
        trends: How a wave compares with those before, question by question.
        offset: Written answers on the pages before.
        unasked: Sentences on people who got no direct message.
        place: Which question of a form is shown alone, counted from 0; None for all of them, as when it is gone.
        may_reply: Whether this person may reply to what was written anonymously.
    """
    if place is not None and place < len(prompt.form):
        trend = trends[place : place + 1]
        return _one_result(
            prompt.about(prompt.form[place]), tally.parts[place], trend, offset, (), place, may_reply
        )
    if prompt.kind is PromptKind.FORM:
        return _form_results(prompt, tally, trends, unasked)
    return _one_result(prompt, tally, trends, offset, unasked, None, may_reply)


def _one_result(
    prompt: Prompt,
    tally: Tally,
    trends: Trends,
    offset: int,
    unasked: Sequence[str],
    place: int | None,
    may_reply: bool,
) -> Message:
    above: list[Block] = [section(_head(prompt))]
    charts: Sequence[Block] = ()
    if offset == 0:
        above += outcome_blocks(prompt, tally, trends)
        often = say_often(tally.texts or ())
        above += [context(each) for each in (*unasked, *([often] if often else []))]
        charts = outcome_charts(prompt, tally, trends)
    blocks: list[Block] = []
    texts = (tally.texts or ())[offset:]
    room, shown = ROOM_FOR_COMMENTS, 0
    inboxes = tally.inboxes[offset:] if may_reply else ()
    for text, inbox in zip_longest(texts[:COMMENTS_ON_A_PAGE], inboxes[:COMMENTS_ON_A_PAGE]):
        quoted = quote(text)
        if shown and len(quoted) > room:
            break
        quotation = sections(quoted.split("\n"))
        blocks += quotation if inbox is None else with_reply(quotation, prompt, inbox, text)
        room, shown = room - len(quoted), shown + 1
    left = len(texts) - shown
    if left:
        following = min(COMMENTS_ON_A_PAGE, left)
        label = f"Next {following} of {left} more written {plural(left, 'answer')}"
        value = f"{prompt.id}:{offset + shown}" + ("" if place is None else f":{place}")
        blocks.append(actions(button(f"Next {following}", "more_answers", value, label=label)))
    text = " ".join([escape(prompt.question), outcome_text(prompt, tally, trends), *unasked])
    return Message(shorten(text, TEXT_LIMIT), *lay_charts(above, charts, blocks))


def _form_results(prompt: Prompt, tally: Tally, trends: Trends, unasked: Sequence[str]) -> Message:
    """Return the outcome of every question of a form, with a button to see each by itself."""
    above = [section(_head(prompt)), *outcome_blocks(prompt, tally, trends)]
    above += [context(each) for each in unasked]
    buttons = [
        button(
            f"Question {place}",
            f"results:{place}",
            f"{prompt.id}:0:{place - 1}",
            label=f"See question {place} alone: {question.text}",
        )
        for place, (question, part) in enumerate(zip(prompt.form, tally.parts, strict=True), start=1)
        if part.counts or part.texts
    ]
    below = [actions(*buttons)] if buttons and not tally.hidden_because else []
    text = " ".join([escape(prompt.question), outcome_text(prompt, tally, trends), *unasked])
    return Message(
        shorten(text, TEXT_LIMIT), *lay_charts(above, outcome_charts(prompt, tally, trends), below)
    )


def _head(prompt: Prompt) -> str:
    return f"{strong(prompt.question)}\n#{prompt.number} in {channel(prompt.channel_id)} · {_ends(prompt)}"


def shared_message(prompt: Prompt, tally: Tally) -> Message:
    """Return what came of a closed prompt, as a message of its own for the channel."""
    head = f"Results of {strong(prompt.question)}"
    facts = f"#{prompt.number} · closed {closed_at(prompt)} · asked by {person(prompt.asked_by)}"
    text = f"Results of “{escape(prompt.question)}” {outcome_text(prompt, tally)}"
    outcome = (*outcome_blocks(prompt, tally), *comment_blocks(prompt, tally))
    return Message(text=shorten(text, TEXT_LIMIT), blocks=(section(head), *outcome, context(facts)))


def list_message(
    prompts: Sequence[tuple[Prompt, Tally]],
    notes: Sequence[Note],
    *,
    offset: int,
    total: int,
    notes_total: int,
    now: datetime,
    series: Sequence[Series] = (),
) -> Message:
    """Return one page of a channel's prompts, and with the first page its latest notes.

    Args:
        prompts: The page, open ones first.
        notes: The channel's latest notes, newest first.
        offset: Prompts on the pages before.
        total: Prompts the channel has had.
        notes_total: Notes typed in the channel.
        now: Aware UTC.
        series: What is asked again and again there, for the first page.
    """
    if not prompts and not notes and not series and offset == 0:
        text = (
            "No feedback in this channel yet. Type what you think after `/feedback`, or ask: "
            '`/feedback ask "How clear is it?" scale`.'
        )
        return Message(text=text, blocks=(section(text),))
    blocks, lines = series_blocks(series, now)
    for prompt, tally in prompts:
        answers = count_answers(tally.responses)
        line = f"#{prompt.number} {short_question(prompt)} · {answers} · {_ends(prompt)}"
        lines.append(line)
        label = f"See results of prompt #{prompt.number}"
        see = button("See results", "results", str(prompt.id), label=label)
        blocks.append(section(line, accessory=see))
    left = total - offset - len(prompts)
    if left > 0:
        following = min(len(prompts), left)
        label = f"Next {following} of {left} more {plural(left, 'prompt')}"
        following_page = str(offset + len(prompts))
        blocks.append(actions(button(f"Next {following}", "more_prompts", following_page, label=label)))
    if notes:
        some = notes_total > len(notes)
        heading = f"Latest notes ({len(notes)} of {notes_total})" if some else "Notes"
        blocks.append(section(f"*{heading}*"))
        lines.append(f"{heading}:")
    for note in notes:
        age = f"{person(note.author_id)}, {ago(now - note.created_at)} ago{facts_of(note)}"
        blocks += (section(quote_note(note, shorten(note.text, NOTE_SHOWN))), context(age))
        lines.append(f"“{escape_note(note, shorten(note.text, NOTE_SHOWN))}” {age}")
    return Message(text=shorten("\n".join(lines), TEXT_LIMIT), blocks=tuple(blocks))


def close_question(prompt: Prompt, tally: Tally) -> Message:
    """Ask whether a prompt is to be closed, and say what that means."""
    text = (
        f"Close “{short_question(prompt)}” (#{prompt.number})? {count_answers(tally.responses)} so far; "
        "nobody can answer afterwards."
    )
    if prompt.anonymous and tally.responses < prompt.floor:
        text += f" It has fewer than {prompt.floor} answers, so its results would never be shown."
    close = button(
        "Close prompt", "close_prompt", str(prompt.id), style="danger", label=f"Close prompt #{prompt.number}"
    )
    return Message(text=text, blocks=(section(text), actions(close)))


def close_button(prompt: Prompt) -> Block:
    """Return a button that closes a prompt after one more question."""
    sure = confirm("Close this prompt?", "Nobody can answer afterwards.", "Close prompt", danger=True)
    return button(
        "Close prompt", "close_prompt", str(prompt.id), confirm=sure, label=f"Close prompt #{prompt.number}"
    )


def _ends(prompt: Prompt) -> str:
    if prompt.state is PromptState.CLOSED:
        return f"closed {closed_at(prompt)}"
    ends = closing(prompt)
    return f"open, {ends}" if ends else "open"
