"""The form a prompt is asked with, and what whoever asked sees afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks.feedback import after_answers, short_question, spell_moment
from bot.blocks.mrkdwn import channel, escape, person
from bot.blocks.parts import actions, context, input_block, option, section, select_input, text_input
from bot.blocks.results import close_button
from bot.blocks.views import modal
from bot.domain.audience import MOST_NAMED, Reach, Shown
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.prompt import Prompt, PromptKind

ASK_FORM = "ask_prompt"
TITLE = "Ask for feedback"

KINDS = {
    PromptKind.SCALE: ("Scale", "A number from 1 to 5"),
    PromptKind.SCORE: ("Score", "A number from 0 to 10"),
    PromptKind.ENPS: ("eNPS", "A number from 0 to 10, told as a net promoter score"),
    PromptKind.THUMBS: ("Thumbs", "Up or down"),
    PromptKind.CHOICE: ("Choice", "One of your options"),
    PromptKind.TEXT: ("Text", "A few words of their own"),
}

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
        remind: Ticked.
        reactions: Ticked.
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
    remind: bool = False
    reactions: bool = False


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
    kinds = {kind.value: option(name, kind.value, about) for kind, (name, about) in KINDS.items()}
    chosen = kinds.get(values.kind, kinds[PromptKind.SCALE.value])
    blocks += [
        text_input(
            "question",
            "Question",
            initial=values.question,
            placeholder="How clear is the new form?",
            max_length=500,
        ),
        select_input("kind", "Kind", list(kinds.values()), initial=chosen),
        text_input(
            "options",
            "Options",
            initial=values.options,
            hint="For a choice: 2 to 10 options, one on each line.",
            optional=True,
            multiline=True,
            max_length=1000,
        ),
        _open_options(values.open_options),
        _reactions(values.reactions),
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
    metadata = json.dumps({"channel": typed_in})
    return modal(TITLE, blocks, callback_id=ASK_FORM, submit="Ask", metadata=metadata)


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


def asked_message(
    prompt: Prompt, initiative: Initiative | None, privacy: str, unasked: Sequence[str] = ()
) -> Message:
    """Tell whoever asked what was asked, when it closes and who sees what."""
    said = " ".join([_asked(prompt, initiative), *unasked])
    text = f"{said} {privacy}"
    return Message(text=text, blocks=(section(said), actions(close_button(prompt)), context(privacy)))


def asked_view(
    prompt: Prompt, initiative: Initiative | None, privacy: str, unasked: Sequence[str] = ()
) -> View:
    """Tell the same inside the form."""
    return modal(
        TITLE, [section(" ".join([_asked(prompt, initiative), *unasked])), context(privacy)], close="Done"
    )


def _asked(prompt: Prompt, initiative: Initiative | None) -> str:
    about = f" about {escape(initiative.name)}" if initiative else ""
    if prompt.named:
        about += f" and by direct message to {', '.join(person(each) for each in prompt.named)}"
    closes = [f"{spell_moment(prompt.closes_at, prompt.zone)} ({prompt.zone})"] if prompt.closes_at else []
    if prompt.close_after is not None:
        closes.append(after_answers(prompt.close_after))
    ends = (
        f"It closes {' or '.join(closes)}."
        if closes
        else f"It stays open until you type `/feedback close #{prompt.number}`."
    )
    return (
        f"Asking “{short_question(prompt)}” in {channel(prompt.channel_id)}{about}, as #{prompt.number}. "
        f"{ends} Results: `/feedback results #{prompt.number}`."
    )


def _anonymous(ticked: bool, anonymity: str) -> Block:
    tick = option("Anonymous", "yes")
    element: dict[str, Any] = {"type": "checkboxes", "action_id": "anonymous", "options": [tick]}
    if ticked:
        element["initial_options"] = [tick]
    return input_block("anonymous", "Who sees what", element, hint=anonymity, optional=True)


def _open_options(ticked: bool) -> Block:
    tick = option("People can add options", "yes")
    element: dict[str, Any] = {"type": "checkboxes", "action_id": "open_options", "options": [tick]}
    if ticked:
        element["initial_options"] = [tick]
    return input_block("open_options", "More options", element, hint="For a choice.", optional=True)


def _reactions(ticked: bool) -> Block:
    tick = option("Reactions are answers", "yes")
    element: dict[str, Any] = {"type": "checkboxes", "action_id": "reactions", "options": [tick]}
    if ticked:
        element["initial_options"] = [tick]
    hint = (
        "Beside the buttons, for everything but text. They show who gave them, so not of an anonymous prompt."
    )
    return input_block("reactions", "Reactions", element, hint=hint, optional=True)


def _remind(ticked: bool) -> Block:
    tick = option("Remind people once", "yes")
    element: dict[str, Any] = {"type": "checkboxes", "action_id": "remind", "options": [tick]}
    if ticked:
        element["initial_options"] = [tick]
    hint = "By direct message, half-way to the close; of an anonymous prompt everybody who was asked."
    return input_block("remind", "Reminder", element, hint=hint, optional=True)


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


def read_values(values: Mapping[str, str]) -> AskValues:
    """Return what a submitted form holds."""
    return AskValues(
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
        remind=bool(values.get("remind")),
        reactions=bool(values.get("reactions")),
        results="" if values.get("results") == "usual" else values.get("results", ""),
    )
