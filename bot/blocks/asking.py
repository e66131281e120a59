"""The form a prompt is asked with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.blocks.kinds import KINDS
from bot.blocks.mrkdwn import escape
from bot.blocks.parts import context, input_block, option, section, select_input, text_input, tick_input
from bot.blocks.question_inputs import (
    LINES,
    QuestionValues,
    line_blocks,
    question_blocks,
    read_questions,
    several_button,
)
from bot.blocks.views import modal
from bot.domain.audience import MOST_NAMED, Reach, Shown
from bot.domain.initiative import Initiative
from bot.domain.message import Block, View
from bot.domain.prompt import PromptKind
from bot.domain.question_text import QUESTION_LIMIT

ASK_FORM = "ask_prompt"
TITLE = "Ask for feedback"

REACHES = {Reach.CHANNEL: "Members of the channel", Reach.EVERYONE: "Everyone who sees it"}
RESULTS = {
    Shown.LIVE: ("Live", "Counts show while it is open"),
    Shown.HIDDEN: ("Hidden", "Until it closes; you see them before"),
    Shown.SHARED: ("Shared", "Hidden, then posted when it closes"),
}


@dataclass(frozen=True, slots=True)
class AskValues:
    """What the form holds, as filled in: readable or not.

    Attributes:
        question: The question.
        kind: `PromptKind` value.
        options: One on each line.
        anonymous: Ticked.
        floor: Fewest answers, as typed.
        channel: Slack channel id, or empty.
        closes: Duration, as typed.
        close_after: Number of answers, as typed.
        every: When it is asked again, as typed.
        reach: `channel` or `everyone`; people go before it.
        people: Slack user ids, joined by commas.
        results: `Shown` value, or empty for what is usual.
        open_options: Ticked.
        comment: Ticked.
        remind: Ticked.
        reactions: Ticked.
        mode: ``one`` for one question; ``blocks`` and ``text`` for a form, by inputs or by lines.
        title: Of a form.
        questions: Of a form by inputs.
        lines: Of a form by lines, one question on each.
        generation: Grows whenever questions get new names, keys or lines.
    """

    question: str = ""
    kind: str = PromptKind.SCALE.value
    options: str = ""
    anonymous: bool = False
    floor: str = ""
    channel: str = ""
    closes: str = ""
    close_after: str = ""
    every: str = ""
    reach: str = Reach.CHANNEL.value
    people: str = ""
    results: str = ""
    open_options: bool = False
    comment: bool = False
    remind: bool = False
    reactions: bool = False
    mode: str = "one"
    title: str = ""
    questions: tuple[QuestionValues, ...] = ()
    lines: str = ""
    generation: int = 1


def ask_view(
    values: AskValues,
    *,
    typed_in: str,
    anonymity: str,
    initiative: Initiative | None = None,
    problem: str = "",
) -> View:
    """Return the form, filled in.

    Args:
        values: What it holds.
        typed_in: Slack channel id where it was opened.
        anonymity: What anonymous means here.
        initiative: What a prompt in that channel is about, or None.
        problem: Why the form could not be carried out, plain text, or empty.
    """
    blocks: list[Block] = []
    if problem:
        blocks.append(section(f"*Not asked yet:* {escape(problem)}"))
    if initiative is not None:
        blocks.append(context(f"About {escape(initiative.name)}, this channel's initiative."))
    blocks += [
        *_asked_inputs(values),
        _anonymous(values.anonymous, anonymity),
        text_input(
            "floor",
            "Results from how many answers",
            initial=values.floor,
            placeholder="5",
            hint="For an anonymous prompt; 3 or more.",
            optional=True,
            max_length=6,
        ),
        _channel(values.channel),
        _remind(values.remind),
        *audience_inputs(values.reach, values.people, values.results),
        text_input(
            "closes",
            "Closes in",
            initial=values.closes,
            placeholder="2d",
            hint="Like 30m, 4h or 2d; empty to keep it open until you close it.",
            optional=True,
            max_length=20,
        ),
        text_input(
            "close_after",
            "Closes after how many answers",
            initial=values.close_after,
            placeholder="5",
            hint="Empty to wait for no number of answers.",
            optional=True,
            max_length=6,
        ),
        text_input(
            "every",
            "Ask again",
            initial=values.every,
            placeholder="every Fri 15:00",
            hint="Days and one time, like every weekday 16:00; each is a prompt of its own. Empty to ask once, now.",
            optional=True,
            max_length=150,
        ),
    ]
    keys = [question.key for question in values.questions]
    about = {"channel": typed_in, "mode": values.mode, "keys": keys, "generation": values.generation}
    metadata = json.dumps(about)
    return modal(TITLE, blocks, callback_id=ASK_FORM, submit="Ask", metadata=metadata)


def _asked_inputs(values: AskValues) -> list[Block]:
    """Return the inputs for what is asked: one question, or the title and the questions of a form."""
    if values.mode != "one":
        title = text_input(
            "title", "Title", initial=values.title, placeholder="Sprint pulse", max_length=QUESTION_LIMIT
        )
        if values.mode == "blocks":
            return [title, *question_blocks(values.questions)]
        return [title, *line_blocks(values.lines, values.generation)]
    kinds = {kind.value: option(name, kind.value, about) for kind, (name, about) in KINDS.items()}
    chosen = kinds.get(values.kind, kinds[PromptKind.SCALE.value])
    return [
        text_input(
            "question",
            "Question",
            initial=values.question,
            placeholder="How clear is the new form?",
            max_length=QUESTION_LIMIT,
        ),
        select_input("kind", "Kind", list(kinds.values()), initial=chosen),
        text_input(
            "options",
            "Options",
            initial=values.options,
            hint="For a choice, several or emoji: 2 to 10 options, one on each line.",
            optional=True,
            multiline=True,
            max_length=1000,
        ),
        comment_input(ticked=values.comment),
        open_options_input(ticked=values.open_options),
        reactions_input(ticked=values.reactions),
        several_button(),
    ]


def audience_inputs(reach: str, people: str, results: str) -> tuple[Block, ...]:
    """Return the inputs that say who may answer and when results are seen."""
    reaches = [option(name, each.value) for each, name in REACHES.items()]
    chosen = next((each for each in reaches if each["value"] == reach), reaches[0])
    shown = [option("As usual", "usual", "Live; at the close if anonymous")]
    shown += [option(name, each.value, about) for each, (name, about) in RESULTS.items()]
    when = next((each for each in shown if each["value"] == results), shown[0])
    picker: dict[str, Any] = {
        "type": "multi_users_select",
        "action_id": "people",
        "max_selected_items": MOST_NAMED,
    }
    if people:
        picker["initial_users"] = people.split(",")
    hint = "Each gets a direct message, and nobody else can answer. Empty for those above."
    return (
        select_input("to", "Who may answer", reaches, initial=chosen),
        input_block("people", "Only these people", picker, hint=hint, optional=True),
        select_input("results", "Results", shown, initial=when),
    )


def comment_input(*, ticked: bool) -> Block:
    """Return the input that says whether a comment can go with an answer."""
    return tick_input("comment", "Comments", "A comment can go with an answer", ticked=ticked)


def open_options_input(*, ticked: bool) -> Block:
    """Return the input that says whether people may add options."""
    about = "People can add options"
    return tick_input("open_options", "More options", about, ticked=ticked, hint="For a choice.")


def reactions_input(*, ticked: bool) -> Block:
    """Return the input that says whether reactions are answers."""
    hint = (
        "Beside the buttons, for everything but text. They show who gave them, so not of an anonymous prompt."
    )
    return tick_input("reactions", "Reactions", "Reactions are answers", ticked=ticked, hint=hint)


def _anonymous(ticked: bool, anonymity: str) -> Block:
    return tick_input("anonymous", "Who sees what", "Anonymous", ticked=ticked, hint=anonymity)


def _remind(ticked: bool) -> Block:
    hint = "By direct message, half-way to the close; of an anonymous prompt everybody who was asked."
    return tick_input("remind", "Reminder", "Remind people once", ticked=ticked, hint=hint)


def _channel(channel_id: str) -> Block:
    element: dict[str, Any] = {
        "type": "conversations_select",
        "action_id": "channel",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    # A direct message is none of the picker's choices, and Slack refuses what is not.
    if channel_id[:1] in {"C", "G"}:
        element["initial_conversation"] = channel_id
    return input_block("channel", "Channel", element)


def read_values(values: Mapping[str, str], metadata: str) -> AskValues:
    """Return what a form holds.

    Args:
        values: Field → what is filled in.
        metadata: What the form remembers.
    """
    about = json.loads(metadata)
    return AskValues(
        mode=about["mode"],
        title=values.get("title", ""),
        questions=read_questions(values, about["keys"]),
        lines=values.get(f"{LINES}{about['generation']}", ""),
        generation=about["generation"],
        question=values.get("question", ""),
        kind=values.get("kind", "") or PromptKind.SCALE.value,
        options=values.get("options", ""),
        anonymous=bool(values.get("anonymous")),
        floor=values.get("floor", ""),
        channel=values.get("channel", ""),
        closes=values.get("closes", ""),
        close_after=values.get("close_after", ""),
        every=values.get("every", ""),
        reach=values.get("to", "") or Reach.CHANNEL.value,
        people=values.get("people", ""),
        open_options=bool(values.get("open_options")),
        comment=bool(values.get("comment")),
        remind=bool(values.get("remind")),
        reactions=bool(values.get("reactions")),
        results="" if values.get("results") == "usual" else values.get("results", ""),
    )
