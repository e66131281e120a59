"""The questions of a form while it is put together: as inputs one below the other, or one on each line of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks.kinds import KINDS
from bot.blocks.parts import actions, button, input_block, option, overflow, section, select_input, text_input
from bot.domain.message import Block
from bot.domain.prompt import MOST_QUESTIONS, PromptKind

LINES = "lines_"
"""What the name of the input for lines begins with; a number that changes with its text follows, since Slack keeps
what was typed into an input of the same name."""


@dataclass(frozen=True, slots=True)
class QuestionValues:
    """What the inputs of one question hold, as filled in: readable or not.

    Attributes:
        key: Tells it from the others while the form is open, wherever it is moved.
        text: The question.
        kind: `PromptKind` value.
        options: One on each line.
        comment: Ticked.
        optional: Ticked.
    """

    key: int
    text: str = ""
    kind: str = PromptKind.SCALE.value
    options: str = ""
    comment: bool = False
    optional: bool = False

    def field(self, what: str) -> str:
        """Return the name of one of its inputs: ``text``, ``kind``, ``options`` or ``more``."""
        return f"k{self.key}_{what}"


def question_blocks(questions: Sequence[QuestionValues]) -> list[Block]:
    """Return the inputs of the questions, each with a menu to move or remove it, and what else can be done."""
    blocks = [block for place, each in enumerate(questions) for block in _inputs(each, place, len(questions))]
    add = [button("Add a question", "ask_more", "more")] if len(questions) < MOST_QUESTIONS else []
    switch = [_mode("Write them as text", "text"), _mode("Ask one question", "one")]
    return [*blocks, actions(*add, *switch, block_id="form_tools")]


def line_blocks(lines: str, generation: int) -> list[Block]:
    """Return the input for one question on each line, and what else can be done."""
    return [
        text_input(
            f"{LINES}{generation}",
            "Questions",
            initial=lines,
            placeholder="How clear is the goal? scale comment",
            hint=(
                "One on each line, and how it is answered: scale, score, enps, thumbs, emoji, number, date, text, "
                'choice "A" "B" or several "A" "B"; then comment, optional. A line without any is answered in words.'
            ),
            multiline=True,
        ),
        actions(
            _mode("Show them as inputs", "blocks"), _mode("Ask one question", "one"), block_id="form_tools"
        ),
    ]


def several_button() -> Block:
    """Return what makes the form ask several questions."""
    return actions(_mode("Ask several questions", "blocks"), block_id="form_tools")


def read_questions(values: Mapping[str, str], keys: Sequence[int]) -> tuple[QuestionValues, ...]:
    """Return what the inputs of the questions hold, in the order of their keys."""

    def read(key: int) -> QuestionValues:
        blank = QuestionValues(key)
        more = values.get(blank.field("more"), "").split(",")
        return QuestionValues(
            key,
            text=values.get(blank.field("text"), ""),
            kind=values.get(blank.field("kind"), "") or blank.kind,
            options=values.get(blank.field("options"), ""),
            comment="comment" in more,
            optional="optional" in more,
        )

    return tuple(read(key) for key in keys)


def _inputs(question: QuestionValues, place: int, count: int) -> list[Block]:
    kinds = {kind.value: option(name, kind.value, about) for kind, (name, about) in KINDS.items()}
    ticks = {
        "comment": option("With a comment", "comment"),
        "optional": option("May be left out", "optional"),
    }
    ticked = [ticks[name] for name in ticks if getattr(question, name)]
    more: dict[str, Any] = {
        "type": "checkboxes",
        "action_id": question.field("more"),
        "options": list(ticks.values()),
    }
    if ticked:
        more["initial_options"] = ticked
    return [
        section(
            f"*Question {place + 1}*",
            block_id=question.field("head"),
            accessory=_menu(question, place, count),
        ),
        text_input(question.field("text"), "Question", initial=question.text, max_length=500),
        select_input(
            question.field("kind"),
            "Kind",
            list(kinds.values()),
            initial=kinds.get(question.kind, kinds[PromptKind.SCALE.value]),
        ),
        text_input(
            question.field("options"),
            "Options",
            initial=question.options,
            hint="For a choice, several or emoji: one on each line.",
            optional=True,
            multiline=True,
            max_length=1000,
        ),
        input_block(question.field("more"), "More", more, optional=True),
    ]


def _menu(question: QuestionValues, place: int, count: int) -> Block | None:
    """Return the menu to move or remove a question; a form keeps its last one."""
    if count < 2:
        return None
    moves = [("Move up", "up")] if place else []
    moves += [("Move down", "down")] if place < count - 1 else []
    choices = [option(text, f"{move}:{question.key}") for text, move in (*moves, ("Remove", "remove"))]
    return overflow("question_menu", choices)


def _mode(text: str, mode: str) -> Block:
    return button(text, f"ask_mode:{mode}", mode)
