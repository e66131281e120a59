"""What a channel sees of a prompt: the question with its buttons, and after the close what came of it."""

from __future__ import annotations

from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.outcomes import (
    Trends,
    comment_blocks,
    lay_charts,
    outcome_blocks,
    outcome_charts,
    outcome_text,
    say_so_far,
)
from bot.blocks.parts import actions, button, context, section
from bot.blocks.phrases import TEXT_LIMIT, closed_at, closing, sections, spoken, strong, when
from bot.blocks.reacting import reactions_line
from bot.domain.audience import Reach
from bot.domain.message import Block, Message
from bot.domain.open_options import MOST_OPEN
from bot.domain.prompt import ONE_PRESS, Prompt, PromptKind, PromptState, Tally

NAMES_SHOWN = 10


def prompt_message(prompt: Prompt, tally: Tally, privacy: str, trends: Trends = ()) -> Message:
    """Return the message a prompt is in its channel, as it stands now.

    Args:
        prompt: The prompt; its state decides whether there are buttons or the outcome.
        tally: What may be shown of its answers.
        privacy: Who sees what, from `privacy_line`.
        trends: How a closed wave compares with those before, question by question.
    """
    question = section(strong(prompt.question), block_id=f"prompt_{prompt.id}")
    if prompt.state is PromptState.CLOSED:
        facts = f"#{prompt.number} · closed {closed_at(prompt)} · asked by {person(prompt.asked_by)}{_edited(prompt)}"
        text = f"{escape(prompt.question)} Closed. {outcome_text(prompt, tally, trends)}"
        above = (question, *outcome_blocks(prompt, tally, trends))
        below = (*comment_blocks(prompt, tally), context(facts))
        charts = outcome_charts(prompt, tally, trends)
        return Message(shorten(text, TEXT_LIMIT), *lay_charts(above, charts, below))
    ends = closing(prompt) or "open until it is closed"
    by = f"asked by {person(prompt.asked_by)}"
    facts = f"#{prompt.number} · {ends} · {by}{audience(prompt)}{_edited(prompt)}"
    so_far = say_so_far(prompt, tally)
    reactions = [line] if (line := reactions_line(prompt)) else []
    how = " ".join([_how(prompt), *reactions])
    text = f"{escape(prompt.question)} {how} {' '.join(so_far)} Prompt #{prompt.number}, {ends}. {privacy}"
    asked = [] if len(so_far) > 1 else _questions(prompt)
    above = (question, *sections([*asked, *so_far]))
    more = _more_buttons(prompt)
    facts_below = (*map(context, reactions), context(facts), context(privacy))
    below = (*([actions(*more)] if more else []), *facts_below)
    buttons = actions(*answer_buttons(prompt), block_id=f"answers_{prompt.id}")
    if prompt.kind is not PromptKind.THUMBS:
        return Message(shorten(text, TEXT_LIMIT), (*above, buttons, *below))
    # Slack's own thumbs; plain buttons where a workspace does not have them yet.
    return Message(shorten(text, TEXT_LIMIT), (*above, _thumbs(prompt), *below), (*above, buttons, *below))


def _edited(prompt: Prompt) -> str:
    return f" · edited {when(prompt.edited_at, prompt.zone)}" if prompt.edited_at else ""


def audience(prompt: Prompt) -> str:
    """Return who may answer (`` · anyone may answer``); nothing where that is the channel's members."""
    match prompt.reach:
        case Reach.CHANNEL:
            return ""
        case Reach.EVERYONE:
            return " · anyone may answer"
        case Reach.NAMED:
            shown = [person(user_id) for user_id in prompt.named[:NAMES_SHOWN]]
            left = len(prompt.named) - len(shown)
            return f" · for {', '.join(shown)}{f' and {left} more' if left else ''}"


def answer_buttons(prompt: Prompt, chosen: str | None = None) -> tuple[Block, ...]:
    """Return the buttons a prompt is answered with; the one chosen before stands out."""
    if prompt.kind not in ONE_PRESS:
        label = spoken(f"Answer: {prompt.question}")
        return (button("Answer", "answer_text", str(prompt.id), style="primary", label=label),)
    return tuple(
        button(
            option.label,
            f"vote:{option.id}",
            f"{prompt.id}:{option.id}",
            style="primary" if option.id == chosen else None,
            label=spoken(f"Answer {option.label}: {prompt.question}"),
        )
        for option in prompt.options
    )


def _thumbs(prompt: Prompt) -> Block:
    """Return Slack's own feedback buttons.

    Source: docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element.
    """
    up, down = (
        {
            # Slack draws the thumb itself.
            "text": {
                "type": "plain_text",
                "text": option.label.rstrip(" 👍👎") or option.label,
                "emoji": True,
            },
            "value": f"{prompt.id}:{option.id}",
            "accessibility_label": spoken(f"Answer {option.label}: {prompt.question}"),
        }
        for option in prompt.options
    )
    buttons = {
        "type": "feedback_buttons",
        "action_id": "vote",
        "positive_button": up,
        "negative_button": down,
    }
    return {"type": "context_actions", "block_id": f"answers_{prompt.id}", "elements": [buttons]}


def _more_buttons(prompt: Prompt) -> tuple[Block, ...]:
    """Return [Comment] where one can go with a press, and [Add an option] where one can be added."""
    found = []
    if prompt.comment and prompt.kind in ONE_PRESS:
        label = spoken(f"Answer with a comment: {prompt.question}")
        found.append(button("Answer with a comment", "answer_text", str(prompt.id), label=label))
    if prompt.open_options and len(prompt.options) < MOST_OPEN:
        label = spoken(f"Add an option to: {prompt.question}")
        found.append(button("Add an option", "add_option", str(prompt.id), label=label))
    return tuple(found)


def _questions(prompt: Prompt) -> list[str]:
    """Return what a form asks, one escaped line for each question."""
    return [
        f"{place}. {escape(shorten(question.text, 200))}{' (optional)' if question.optional else ''}"
        for place, question in enumerate(prompt.form, start=1)
    ]


def _how(prompt: Prompt) -> str:
    if prompt.kind is PromptKind.FORM:
        return f"Press Answer to answer {len(prompt.form)} questions: {' '.join(_questions(prompt))}"
    if prompt.kind not in ONE_PRESS:
        return (
            "Press Answer to write yours."
            if prompt.kind is PromptKind.TEXT
            else "Press Answer to give yours."
        )
    return f"Answer with a button: {', '.join(escape(option.label) for option in prompt.options)}."
