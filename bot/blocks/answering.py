"""What the person who answers sees privately: the receipt with Change and Withdraw, and the form to answer in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.blocks.feedback import answer_buttons
from bot.blocks.inboxes import NEW_CODE, code_line
from bot.blocks.mrkdwn import channel, escape, shorten
from bot.blocks.parts import actions, button, context, input_block, option, section, text_input
from bot.blocks.phrases import quote, sections, short_question, strong
from bot.blocks.views import modal
from bot.domain.answer import ANSWER, COMMENT, TEXT_LIMIT, label_of
from bot.domain.message import Block, Message, View
from bot.domain.prompt import (
    NUMBERS,
    ONLY,
    Answers,
    Option,
    Prompt,
    PromptKind,
    PromptState,
    Question,
    Response,
)

ANSWER_FORM = "answer_text"
TITLE = "Your answer"
MOST_TICKED = 10
"""Options that Slack shows as boxes or circles; more become a menu."""
QUOTED = 300
"""Characters of a comment that a receipt repeats in a sentence."""


def receipt_message(
    prompt: Prompt, answers: Answers, former: Answers, privacy: str, code: str | None = None
) -> Message:
    """Say that a choice counts, once, and how to change or withdraw it; or that it was the last one.

    `code` opens what is replied to an anonymous comment; None where there is none, or nothing was stored just now.
    """
    response = answers[ONLY]
    now = f"*{_said(prompt, response)}*{_comment(response)}"
    question = f"“{short_question(prompt)}”"
    if not former:
        text = f"Your answer to {question} is counted: {now}."
    elif former == answers:
        text = f"Your answer to {question} stays {now}. It counts once."
    else:
        text = f"Your answer to {question} is now {now}. It was {_said(prompt, former[ONLY])}."
    is_last = prompt.state is PromptState.CLOSED
    text += f" {_last(prompt)}" if is_last else ""
    said = [text, *_code(prompt, code)]
    more = [_comment_button(prompt, response)] if prompt.comment else []
    buttons = () if is_last else (_change_or_withdraw(prompt, *more),)
    blocks = (*map(section, said), *buttons, context(privacy))
    return Message(text=" ".join([*said, privacy]), blocks=blocks)


def standing_message(prompt: Prompt, answers: Answers, former: Answers, privacy: str) -> Message:
    """Say that a choice counts, or that it does no more."""
    if not answers:
        return withdrawn_message(prompt)
    return receipt_message(prompt, answers, former, privacy)


def change_message(prompt: Prompt, answers: Answers, privacy: str = "") -> Message:
    """Offer the options again, the one chosen before standing out, and the privacy line where one is given."""
    text = f"Choose your answer to “{short_question(prompt)}”."
    response = answers.get(ONLY)
    if response is not None:
        text += f" Now it is *{_said(prompt, response)}*{_comment(response)}."
    buttons = answer_buttons(prompt, chosen=response.option_ids[0] if response else None)
    said = (context(privacy),) if privacy else ()
    blocks = (section(text), actions(*buttons), *_new_code(prompt, answers), *said)
    return Message(text=text, blocks=blocks)


def withdrawn_message(prompt: Prompt) -> Message:
    """Say that an answer counts no more, and how to answer again."""
    text = _withdrawn(prompt)
    return Message(text=text, blocks=(section(text), actions(_again(prompt))))


def answer_view(
    prompt: Prompt, answers: Answers, privacy: str, *, typed: Answers | None = None, problem: str = ""
) -> View:
    """Return the form to answer a prompt in, filled in.

    Args:
        prompt: The prompt.
        answers: What was answered before.
        privacy: Who sees what.
        typed: What is filled in; None for what was answered before.
        problem: Why what was sent does not count yet, plain text, or empty.
    """
    blocks: list[Block] = []
    if problem:
        blocks.append(section(f"⚠️ {escape(problem)}"))
    if prompt.kind is PromptKind.FORM:
        blocks.append(section(strong(prompt.question)))
    for question in prompt.questions:
        given = (answers if typed is None else typed).get(question.id, Response())
        blocks.append(_input(question, given))
        if question.comment:
            hint = "Why? Optional."
            blocks.append(
                text_input(
                    f"{COMMENT}{question.id}",
                    "Comment"
                    if len(prompt.questions) == 1
                    else f"Comment on “{shorten(question.text, 100)}”",
                    initial=given.text or "",
                    hint=hint,
                    optional=True,
                    multiline=True,
                    max_length=TEXT_LIMIT,
                )
            )
    blocks += [*_new_code(prompt, answers), context(privacy)]
    if answers:
        blocks.append(actions(_withdraw(prompt)))
    return modal(
        TITLE,
        blocks,
        callback_id=ANSWER_FORM,
        submit="Change answer" if answers else "Send answer",
        metadata=metadata_of(prompt),
    )


def receipt_view(
    prompt: Prompt, answers: Answers, former: Answers, privacy: str, code: str | None = None
) -> View:
    """Say that answers count, once, and how to change or withdraw them; or that they were the last ones.

    `code` opens what is replied to anonymous words in them; None where there are none.
    """
    said = f"Your answer to “{short_question(prompt)}” is {'saved' if former else 'counted'}:"
    return modal(
        TITLE,
        [
            section(said),
            *_answer_blocks(prompt, answers),
            *map(section, _code(prompt, code)),
            section(_last(prompt)) if prompt.state is PromptState.CLOSED else _change_or_withdraw(prompt),
            context(privacy),
        ],
        close="Done",
        metadata=metadata_of(prompt),
    )


def withdrawn_view(prompt: Prompt) -> View:
    """Say that an answer counts no more, and how to answer again."""
    blocks = [section(_withdrawn(prompt)), actions(_again(prompt))]
    return modal(TITLE, blocks, close="Done", metadata=metadata_of(prompt))


def metadata_of(prompt: Prompt) -> str:
    """Return what a form for a prompt carries along; after an edit also when that was, as `edition_of` says."""
    about = {"channel": prompt.channel_id, "prompt": prompt.id}
    return json.dumps(about | ({"edited": edition_of(prompt)} if prompt.edited_at else {}))


def edition_of(prompt: Prompt) -> str:
    """Return a text that every edit of a prompt changes, empty before the first."""
    return prompt.edited_at.isoformat() if prompt.edited_at else ""


def _input(question: Question, given: Response) -> Block:
    """Return the input for one question; whether it may stay empty is the question's."""
    block_id = f"{ANSWER}{question.id}"
    match question.kind:
        case PromptKind.TEXT:
            return text_input(
                block_id,
                question.text,
                initial=given.text or "",
                optional=question.optional,
                multiline=True,
                max_length=TEXT_LIMIT,
            )
        case PromptKind.NUMBER:
            element: dict[str, Any] = {
                "type": "number_input",
                "action_id": block_id,
                "is_decimal_allowed": True,
            }
            if given.value is not None:
                element["initial_value"] = given.value
        case PromptKind.DATE:
            element = {"type": "datepicker", "action_id": block_id}
            if given.value is not None:
                element["initial_date"] = given.value
        case PromptKind.SEVERAL:
            element = _menu(block_id, question.options, "checkboxes", "multi_static_select")
            chosen = _options([each for each in question.options if each.id in given.option_ids])
            if chosen:
                element["initial_options"] = chosen
        case _:
            element = _menu(block_id, question.options, "radio_buttons", "static_select")
            chosen = _options([each for each in question.options if each.id in given.option_ids])
            if chosen:
                element["initial_option"] = chosen[0]
    return input_block(block_id, question.text, element, hint=_hint(question), optional=question.optional)


def _menu(block_id: str, options: Sequence[Option], ticked: str, menu: str) -> dict[str, Any]:
    kind = ticked if len(options) <= MOST_TICKED else menu
    return {"type": kind, "action_id": block_id, "options": _options(options)}


def _options(options: Sequence[Option]) -> list[Block]:
    return [option(each.label, each.id) for each in options]


def _hint(question: Question) -> str:
    if (numbers := NUMBERS.get(question.kind)) is not None:
        return f"{numbers[0]} is lowest, {numbers[-1]} is highest."
    return "Any number of them." if question.kind is PromptKind.SEVERAL else ""


def _answer_blocks(prompt: Prompt, answers: Answers) -> tuple[Block, ...]:
    """Return a person's answers, each under its question where there are several."""
    lines: list[str] = []
    for question in prompt.questions:
        response = answers.get(question.id)
        if prompt.kind is PromptKind.FORM:
            lines.append(strong(shorten(question.text, 150)))
        if response is None:
            lines.append("Not answered.")
            continue
        if question.kind is not PromptKind.TEXT:
            lines.append(_said(prompt.about(question), response))
        lines += quote(response.text).split("\n") if response.text else []
    return sections(lines)


def _said(prompt: Prompt, response: Response) -> str:
    """Return an answer without its comment, escaped."""
    said = [label_of(prompt, option_id) for option_id in response.option_ids]
    said += [label_of(prompt, response.value)] if response.value is not None else []
    return escape(", ".join(said))


def _comment(response: Response) -> str:
    return f" (“{escape(shorten(response.text, QUOTED))}”)" if response.text else ""


def _code(prompt: Prompt, code: str | None) -> list[str]:
    return [] if code is None else [code_line(code, is_open=prompt.state is PromptState.OPEN)]


def _new_code(prompt: Prompt, answers: Answers) -> list[Block]:
    """Return what happens to the code of words given before, which the form or the choice covers up."""
    if not prompt.anonymous or not any(each.text for each in answers.values()):
        return []
    return [context(NEW_CODE)]


def _withdrawn(prompt: Prompt) -> str:
    return f"Your answer to “{short_question(prompt)}” is withdrawn and not counted any more."


def _last(prompt: Prompt) -> str:
    return f"It was the last one needed, so the prompt is closed: see {channel(prompt.channel_id)}."


def _change_or_withdraw(prompt: Prompt, *more: Block) -> Block:
    label = f"Change your answer to prompt #{prompt.number}"
    return actions(*more, button("Change", "change", str(prompt.id), label=label), _withdraw(prompt))


def _comment_button(prompt: Prompt, response: Response) -> Block:
    """Return the button that opens the form, where the comment stands beside the answer."""
    text = "Change the comment" if response.text else "Add a comment"
    return button(
        text, "answer_text", str(prompt.id), label=f"{text} on your answer to prompt #{prompt.number}"
    )


def _withdraw(prompt: Prompt) -> Block:
    label = f"Withdraw your answer to prompt #{prompt.number}"
    return button("Withdraw", "withdraw", str(prompt.id), label=label)


def _again(prompt: Prompt) -> Block:
    return button("Answer again", "change", str(prompt.id), label=f"Answer prompt #{prompt.number} again")
