"""What people get who are asked by name: the prompt as a direct message, with a button to answer it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.mrkdwn import channel, person, shorten
from bot.blocks.parts import button, context, section
from bot.blocks.phrases import TEXT_LIMIT, closing, short_question, spoken, strong
from bot.blocks.privacy import privacy_line
from bot.domain.message import Block, Message
from bot.domain.prompt import Prompt


def asked_of_you(prompts: Sequence[tuple[Prompt, bool]], dialect: str) -> Message:
    """Ask somebody to answer prompts that name them, or remind them, each with its privacy line.

    Args:
        prompts: Open ones, at least one, each with whether this reminds of it.
        dialect: ``sqlite`` or ``postgresql``, for the privacy line.
    """
    blocks: list[Block] = []
    lines = []
    for prompt, reminds in prompts:
        lead = _lead(prompt) if reminds else "You are asked"
        privacy = privacy_line(prompt, dialect)
        facts = f"#{prompt.number} · asked by {person(prompt.asked_by)} in {channel(prompt.channel_id)}"
        ends = closing(prompt)
        facts += f" · {ends}" if ends else ""
        blocks += [
            section(f"{lead}: {strong(prompt.question)}", accessory=answer_button(prompt)),
            context(facts),
            context(privacy),
        ]
        lines.append(f"{lead}: “{short_question(prompt)}” {facts}. {privacy}")
    return Message(text=shorten(" ".join(lines), TEXT_LIMIT), blocks=tuple(blocks))


def _lead(prompt: Prompt) -> str:
    """Return how a reminder begins; of an anonymous prompt everybody gets it, whoever answered."""
    return "If you have not answered yet" if prompt.anonymous else "Your answer is still missing"


def answer_button(prompt: Prompt) -> Block:
    """Return [Answer], which shows a prompt's options, or its form, to whoever presses it."""
    label = spoken(f"Answer: {prompt.question}")
    return button("Answer", f"answer_prompt:{prompt.id}", str(prompt.id), style="primary", label=label)
