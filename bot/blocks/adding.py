"""What people see while they add a criterion: the form, the value found, the cause when there is none."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from bot.blocks.lines import line_summary, line_text
from bot.blocks.mrkdwn import code, code_blocks, escape, shorten
from bot.blocks.parts import (
    actions,
    button,
    change_secret,
    context,
    input_block,
    option,
    section,
    select_input,
    text_input,
)
from bot.blocks.sources import LABELS, what_is_read, where_found
from bot.blocks.views import modal
from bot.domain.criterion import Direction, Kind, SourceKind, SourceSpec
from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message, View
from bot.domain.options import TOTAL_LIMIT
from bot.domain.values import show_value

KINDS = {
    Kind.SUCCESS: "Success: reach the target by the due date",
    Kind.GUARDRAIL: "Guardrail: must hold all the time",
}
DIRECTIONS = {
    Direction.AT_LEAST: "at least (≥)",
    Direction.AT_MOST: "at most (≤)",
    Direction.ABOVE: "above (>)",
    Direction.BELOW: "below (<)",
    Direction.BETWEEN: "between two values",
}
TITLE = "Add a criterion"
SAVE_ANYWAY = "You can save it anyway: it is tried again by itself and shows no value until it works."
NOT_ALLOWED = "Nothing was saved. Change the address, or set the values by hand."


def add_form(
    initiatives: Sequence[Initiative],
    *,
    user_id: str,
    channel_id: str,
    kinds: Collection[str] = tuple(SourceKind),
    filled: Mapping[str, str] | None = None,
) -> View:
    """Return the modal in which a criterion is typed.

    Args:
        initiatives: Those to choose from, the channel's first; at least one.
        user_id: The person, proposed as owner.
        channel_id: Where it was opened; carried along.
        kinds: Kinds of source there are.
        filled: Field → text to start with, from what was typed before.
    """
    filled = filled or {}
    choices = [option(initiative.name, str(initiative.id)) for initiative in initiatives[:100]]
    chosen = next((choice for choice in choices if choice["value"] == filled.get("initiative")), None)
    if chosen is None and (len(choices) == 1 or initiatives[0].channel_id == channel_id):
        chosen = choices[0]
    owner: dict[str, object] = {
        "type": "users_select",
        "action_id": "owner",
        "initial_user": filled.get("owner") or user_id,
    }
    labels = {kind: LABELS.get(kind, kind) for kind in (*LABELS, *sorted(kinds)) if kind in kinds}
    due: dict[str, object] = {"type": "datepicker", "action_id": "due"}
    if filled.get("due"):
        due["initial_date"] = filled["due"]
    return modal(
        TITLE,
        [
            text_input(
                "name", "Name", initial=filled.get("name", ""), placeholder="p95 latency", max_length=120
            ),
            select_input("initiative", "Initiative", choices, initial=chosen),
            _menu("kind", "Kind", KINDS, filled),
            _menu("direction", "Better when", DIRECTIONS, filled, hint="Which values count as good."),
            text_input(
                "baseline",
                "Baseline",
                initial=filled.get("baseline", ""),
                optional=True,
                placeholder="320",
                hint="The value it starts from. Left empty, the first reading is taken.",
                max_length=60,
            ),
            text_input(
                "target",
                "Target",
                initial=filled.get("target", ""),
                placeholder="500",
                hint="A number, like 1,000 or 2.5k; for between two: 5 and 9.",
                max_length=120,
            ),
            text_input(
                "unit", "Unit", initial=filled.get("unit", ""), optional=True, placeholder="ms", max_length=40
            ),
            input_block(
                "due", "Due date", due, optional=True, hint="Needed for success; a guardrail can do without."
            ),
            input_block("owner", "Owner", owner),
            _menu("source", "Metric source", labels, filled),
            text_input(
                "url",
                "URL",
                initial=filled.get("url", ""),
                optional=True,
                placeholder="https://api.example.com/stats",
                hint="Needed for JSON. Not sure where the number is? /criteria try shows all it finds.",
            ),
            text_input(
                "path",
                "Value path",
                initial=filled.get("path", ""),
                optional=True,
                placeholder="$.signups.week",
                hint="JSONPath (RFC 9535) of the number in the answer.",
                max_length=1000,
            ),
            text_input(
                "options",
                "Options",
                initial=filled.get("options", ""),
                optional=True,
                multiline=True,
                placeholder="method=POST",
                hint="One name=text on each line, like query.team=search. /criteria help says where those of "
                "each source are listed.",
                max_length=TOTAL_LIMIT,
            ),
            text_input(
                "every",
                "Check every",
                initial=filled.get("every", ""),
                optional=True,
                placeholder="1h",
                hint="15m, 6h, day 09:00, weekday 09:00. Left empty: every hour, or weekly when set by hand.",
                max_length=100,
            ),
        ],
        callback_id="add_criterion",
        submit="Next",
        metadata=json.dumps({"channel": channel_id}),
    )


def _menu(
    field: str,
    label: str,
    choices: Mapping[Kind, str] | Mapping[Direction, str] | Mapping[str, str],
    filled: Mapping[str, str],
    *,
    hint: str = "",
) -> Block:
    options = [option(text, str(value)) for value, text in choices.items()]
    initial = next((choice for choice in options if choice["value"] == filled.get(field)), options[0])
    return select_input(field, label, options, initial=initial, hint=hint)


def reading_view(source: SourceSpec) -> View:
    """Return what the modal shows while the source is read."""
    return modal(TITLE, [section(f"Reading {what_is_read(source)} …")], close="Close")


def reading_answer(source: SourceSpec) -> Message:
    """Return the first answer to a line with a source: it is being read."""
    text = f"Reading {what_is_read(source)} …"
    return Message(text=text, blocks=(section(text),))


def _value_found(value: Decimal, unit: str, source: SourceSpec, verdict: str) -> str:
    return f"Found *{escape(show_value(value, unit))}* {where_found(source)}.\n{escape(verdict)}"


def found_view(name: str, value: Decimal, unit: str, source: SourceSpec, verdict: str, draft_id: str) -> View:
    """Return the modal that shows the value found, with [Save].

    Args:
        name: The criterion's.
        value: What was read.
        unit: Of the value.
        source: Where it was read.
        verdict: What the value would mean now, one sentence.
        draft_id: The draft that is saved.
    """
    return modal(
        TITLE,
        [
            section(f"*{escape(name)}*"),
            section(_value_found(value, unit, source, verdict)),
            context("Nothing counts before you save."),
            actions(button("Change", "change_draft", draft_id)),
        ],
        callback_id="save_criterion",
        submit="Save",
        metadata=json.dumps({"draft": draft_id}),
    )


def unread_view(name: str, failure: str, draft_id: str, *, refused: bool, secret: str | None = None) -> View:
    """Return the modal that shows why the source could not be read.

    It has [Save anyway] and [Change]; a refused address can only be changed. When a secret is the cause it
    has [Change secret] too.
    """
    return modal(
        TITLE,
        [
            section(f"*{escape(name)}* could not be read: {escape(failure)}."),
            context(NOT_ALLOWED if refused else SAVE_ANYWAY),
            actions(button("Change", "change_draft", draft_id), *change_secret(secret)),
        ],
        callback_id="save_criterion",
        submit=None if refused else "Save anyway",
        metadata=json.dumps({"draft": draft_id}),
    )


def found_message(
    name: str, value: Decimal, unit: str, source: SourceSpec, verdict: str, draft_id: str
) -> Message:
    """Return the value found as a message, where the modal was closed meanwhile."""
    text = f"*{escape(name)}*: {_value_found(value, unit, source, verdict)}"
    return Message(
        text=text,
        blocks=(
            section(text),
            context("Nothing counts before you save."),
            actions(
                button("Save", "save_draft", draft_id, style="primary"),
                button("Change", "change_draft", draft_id),
            ),
        ),
    )


def unread_message(
    name: str, failure: str, draft_id: str, *, refused: bool, typed: str = "", secret: str | None = None
) -> Message:
    """Return why the source could not be read as a message, with the buttons of `unread_view`."""
    text = f"⚠️ *{escape(name)}* is not saved; its source could not be read: {escape(failure)}."
    buttons = [button("Change", "change_draft", draft_id), *change_secret(secret)]
    if not refused:
        buttons.insert(0, button("Save anyway", "save_draft", draft_id))
    return Message(
        text=text,
        blocks=(
            section(text),
            *(section(piece) for piece in code_blocks(typed)),
            context(NOT_ALLOWED if refused else SAVE_ANYWAY),
            actions(*buttons),
        ),
    )


def added_message(line: CriterionLine, initiative: Initiative, *, next_read: str) -> Message:
    """Return the answer when a criterion was saved.

    Args:
        line: How it reads now.
        initiative: Where it belongs.
        next_read: When it is read next, with the zone, or what happens instead.
    """
    text = f"Saved on *{escape(initiative.name)}*: {line_text(line)}"
    return Message(
        text=f"Saved on {escape(initiative.name)}: {line_summary(line)}. {escape(next_read)}",
        blocks=(
            section(text),
            context(escape(line.sentence), escape(next_read)),
            actions(
                button("Show", "show_criterion", str(line.criterion_id)),
                button(
                    "Undo",
                    "change_criterion",
                    f"archived:{line.criterion_id}",
                    label=f"Undo adding {line.name}",
                ),
            ),
        ),
    )


def added_view(line: CriterionLine, initiative: Initiative, *, next_read: str) -> View:
    """Return the modal when a criterion was saved."""
    return modal(
        "Criterion saved",
        [
            section(f"*{escape(initiative.name)}*\n{line_text(line)}"),
            context(escape(line.sentence), escape(next_read)),
        ],
        close="Done",
    )


def numbers_found(
    url: str,
    numbers: Sequence[tuple[str, Decimal]],
    *,
    more: int,
    draft_id: str,
) -> Message:
    """Return the answer to `/criteria try`: the numbers in the body, each with its path and [Use this].

    Args:
        url: What was fetched.
        numbers: (path, value), in the order of the body.
        more: How many more there are.
        draft_id: Draft that keeps them; a button's value is its id and the number's place.
    """
    head = f"Numbers found at {code(shorten(url, 500))}:"
    if not numbers:
        text = f"{code(shorten(url, 500))} answered with JSON, but there is no number in it."
        return Message(text=text, blocks=(section(text),))
    blocks: list[Block] = [section(head)]
    for index, (path, value) in enumerate(numbers):
        blocks.append(
            section(
                f"{code(shorten(path, 300))}  *{escape(show_value(value))}*",
                block_id=f"found:{index}",
                accessory=button("Use this", "use_number", f"{draft_id}:{index}", label=f"Use {path}"),
            )
        )
    if more:
        blocks.append(context(f"and {more} more; name the path yourself to use one of them"))
    text = head + "\n" + "\n".join(f"{code(path)} {escape(show_value(value))}" for path, value in numbers)
    return Message(text=shorten(text, 3900), blocks=tuple(blocks))
