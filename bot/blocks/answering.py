"""What the person who answers sees privately: the receipt with Change and Withdraw, the form for words."""

from __future__ import annotations

import json

from bot.blocks.feedback import answer_buttons, label_of, quote, sections, short_question, strong
from bot.blocks.mrkdwn import channel
from bot.blocks.parts import actions, button, context, section, text_input
from bot.blocks.views import modal
from bot.domain.message import Block, Message, View
from bot.domain.prompt import Prompt, PromptState, Response

ANSWER_FORM = "answer_text"
TITLE = "Your answer"


def receipt_message(prompt: Prompt, response: Response, former: Response | None, privacy: str) -> Message:
    """Say that a choice counts, once, and how to change or withdraw it; or that it was the last one."""
    now = f"*{label_of(prompt, response.option_id)}*"
    question = f"“{short_question(prompt)}”"
    if former is None:
        text = f"Your answer to {question} is counted: {now}."
    elif former == response:
        text = f"Your answer to {question} stays {now}. It counts once."
    else:
        text = f"Your answer to {question} is now {now}. It was {label_of(prompt, former.option_id)}."
    if prompt.state is PromptState.CLOSED:
        text += f" {_last(prompt)}"
        return Message(text=f"{text} {privacy}", blocks=(section(text), context(privacy)))
    blocks = (section(text), _change_or_withdraw(prompt), context(privacy))
    return Message(text=f"{text} {privacy}", blocks=blocks)


def change_message(prompt: Prompt, response: Response | None, privacy: str = "") -> Message:
    """Offer the options again, the one chosen before standing out, and the privacy line where one is given."""
    text = f"Choose your answer to “{short_question(prompt)}”."
    if response is not None:
        text += f" Now it is *{label_of(prompt, response.option_id)}*."
    buttons = answer_buttons(prompt, chosen=response.option_id if response else None)
    said = (context(privacy),) if privacy else ()
    return Message(text=text, blocks=(section(text), actions(*buttons), *said))


def withdrawn_message(prompt: Prompt) -> Message:
    """Say that an answer counts no more, and how to answer again."""
    text = _withdrawn(prompt)
    return Message(text=text, blocks=(section(text), actions(_again(prompt))))


def answer_view(prompt: Prompt, response: Response | None, privacy: str) -> View:
    """Return the form for a written answer, with the one given before filled in."""
    blocks: list[Block] = [
        section(strong(prompt.question)),
        text_input(
            "text",
            "Your answer",
            initial=(response.text or "") if response else "",
            multiline=True,
            max_length=2000,
        ),
        context(privacy),
    ]
    if response is not None:
        blocks.append(actions(_withdraw(prompt)))
    return modal(
        TITLE,
        blocks,
        callback_id=ANSWER_FORM,
        submit="Change answer" if response else "Send answer",
        metadata=metadata_of(prompt),
    )


def receipt_view(prompt: Prompt, response: Response, former: Response | None, privacy: str) -> View:
    """Say that a written answer counts, once, and how to change or withdraw it; or that it was the last one."""
    said = f"Your answer to “{short_question(prompt)}” is {'counted' if former is None else 'saved'}:"
    return modal(
        TITLE,
        [
            section(said),
            *sections(quote(response.text or "").split("\n")),
            section(_last(prompt)) if prompt.state is PromptState.CLOSED else _change_or_withdraw(prompt),
            context(privacy),
        ],
        close="Done",
        metadata=metadata_of(prompt),
    )


def withdrawn_view(prompt: Prompt) -> View:
    """Say that a written answer counts no more, and how to answer again."""
    blocks = [section(_withdrawn(prompt)), actions(_again(prompt))]
    return modal(TITLE, blocks, close="Done", metadata=metadata_of(prompt))


def metadata_of(prompt: Prompt) -> str:
    """Return what a form for a prompt carries along."""
    return json.dumps({"channel": prompt.channel_id, "prompt": prompt.id})


def _withdrawn(prompt: Prompt) -> str:
    return f"Your answer to “{short_question(prompt)}” is withdrawn and not counted any more."


def _last(prompt: Prompt) -> str:
    return f"It was the last one needed, so the prompt is closed: see {channel(prompt.channel_id)}."


def _change_or_withdraw(prompt: Prompt) -> Block:
    label = f"Change your answer to prompt #{prompt.number}"
    return actions(button("Change", "change", str(prompt.id), label=label), _withdraw(prompt))


def _withdraw(prompt: Prompt) -> Block:
    label = f"Withdraw your answer to prompt #{prompt.number}"
    return button("Withdraw", "withdraw", str(prompt.id), label=label)


def _again(prompt: Prompt) -> Block:
    return button("Answer again", "change", str(prompt.id), label=f"Answer prompt #{prompt.number} again")
