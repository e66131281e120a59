"""Check-ins: the form, its answer, and how confident people are as lines of a progress post."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.blocks.lines import line_text
from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.parts import option, section, select_input, text_input
from bot.blocks.views import modal
from bot.domain.checkin import MOST, SENTENCE_LIMIT, Confidence
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message, View

FORM = "check_in"
TITLE = "Check in"

ROWS = 3
"""Criteria whose confidence a post shows, the least confident first; [Why?] and `/criteria show` have the others."""


def check_in_form(
    lines: Sequence[CriterionLine],
    *,
    initiative_id: int,
    by_hand: bool,
    value: str,
    unit: str,
    channel_id: str,
) -> View:
    """Return the modal in which a person says how confident they are.

    Args:
        lines: The criteria to choose from, the most likely first; one alone needs no choice.
        initiative_id: Row id of their initiative.
        by_hand: Whether a value may be given: one of them is set by hand.
        value: Its value now, as it is typed; filled in where there is one criterion alone. Possibly empty.
        unit: Of the value, where there is one criterion alone. Possibly empty.
        channel_id: Where the person is.
    """
    first, *others = lines
    choices = [option(line.name, str(line.criterion_id)) for line in lines]
    blocks: list[Block] = []
    if others:
        blocks.append(select_input("criterion", "Criterion", choices, initial=choices[0]))
    else:
        blocks.append(section(line_text(first)))
    if by_hand:
        blocks.append(
            text_input(
                "value",
                f"Value in {unit}" if unit else "Value",
                initial=value,
                placeholder="412",
                hint="Only for a criterion that is set by hand; empty leaves the value as it is.",
                optional=True,
                max_length=60,
            )
        )
    blocks.append(
        select_input(
            "confidence",
            "How confident are you that it will be met?",
            [option(_words_of(number), str(number)) for number in range(MOST, -1, -1)],
        )
    )
    blocks.append(
        text_input(
            "sentence",
            "Why, in one sentence",
            placeholder="The biggest customer is still on the old flow",
            optional=True,
            max_length=SENTENCE_LIMIT,
        )
    )
    metadata = {"channel": channel_id, "initiative": initiative_id, "criterion": first.criterion_id}
    return modal(TITLE, blocks, callback_id=FORM, submit="Save", metadata=json.dumps(metadata))


def checked_in(line: CriterionLine, confidence: Confidence, *, valued: bool) -> Message:
    """Return the answer to a check-in.

    Args:
        line: How the criterion reads now.
        confidence: What was said.
        valued: Whether a value came with it.
    """
    saved = f"Saved: *{escape(line.name)}*, confidence *{confidence.last.confidence}/{MOST}*{_before(confidence)}."
    rest = f"\n{line_text(line)}" if valued else ""
    text = f"{saved} It stands in the next progress post, with your name.{rest}"
    return Message(text=shorten(text, 3_900), blocks=(section(text),))


def confidence_rows(confidence: Sequence[Confidence]) -> list[str]:
    """Return the lines that say how confident people are, escaped; at most `ROWS` and how many more there are."""
    rows = [
        f"Confidence {each.last.confidence}/{MOST}{_before(each)} in {escape(each.name)}{_said(each)}"
        f"{person(each.last.by)}"
        for each in confidence[:ROWS]
    ]
    left = len(confidence) - len(rows)
    return [*rows, f"and {left} more in [Why?]"] if left else rows


def _before(confidence: Confidence) -> str:
    same = confidence.before is None or confidence.before == confidence.last.confidence
    return "" if same else f" (was {confidence.before})"


def _said(confidence: Confidence) -> str:
    sentence = confidence.last.sentence
    return f": “{escape(sentence)}”, " if sentence else ", "


def _words_of(number: int) -> str:
    words = {0: "0, it will not be met", 5: "5, could go either way", MOST: f"{MOST}, it will be met"}
    return words.get(number, str(number))
