"""The form in which a criterion is added, and what is shown when it was."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from bot.blocks.lines import line_summary, line_text
from bot.blocks.mrkdwn import escape, shorten
from bot.blocks.parts import (
    actions,
    button,
    context,
    input_block,
    option,
    section,
    select_input,
    text_input,
)
from bot.blocks.sources import LABELS
from bot.blocks.views import modal
from bot.domain.criterion import Direction, Kind, SourceKind
from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message, View
from bot.domain.options import TOTAL_LIMIT

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
EDIT_TITLE = "Edit a criterion"
CHOICES = 12


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
    name, *rest = _inputs(user_id, kinds, filled)
    return modal(
        TITLE,
        [name, select_input("initiative", "Initiative", choices, initial=chosen), *rest],
        callback_id="add_criterion",
        submit="Next",
        metadata=json.dumps({"channel": channel_id}),
    )


def edit_form(
    criterion_id: int,
    initiative: Initiative,
    *,
    user_id: str,
    channel_id: str,
    filled: Mapping[str, str],
    kinds: Collection[str] = tuple(SourceKind),
    baseline: str = "",
) -> View:
    """Return the modal in which a criterion is edited.

    Args:
        criterion_id: Row id.
        initiative: Where it belongs, which does not change.
        user_id: The person.
        channel_id: Where it was opened; carried along.
        filled: Field → text as it is now.
        kinds: Kinds of source there are.
        baseline: The value taken as baseline where none was typed, with its unit, or empty.
    """
    note = (
        "What you change about the target, baseline, unit, due date, kind or source is told with your name, in the "
        "thread and in the next post. Earlier verdicts stay as they were."
    )
    hint = f"Left empty, the first reading stays the baseline: {baseline}." if baseline else ""
    return modal(
        EDIT_TITLE,
        [
            context(f"*{escape(initiative.name)}*", note),
            *_inputs(user_id, kinds, filled, baseline_hint=hint),
        ],
        callback_id="edit_criterion",
        submit="Next",
        metadata=json.dumps({"channel": channel_id, "criterion": criterion_id}),
    )


def _inputs(
    user_id: str, kinds: Collection[str], filled: Mapping[str, str], *, baseline_hint: str = ""
) -> list[Block]:
    """Return the inputs a criterion is typed into, its name first."""
    owner: dict[str, object] = {
        "type": "users_select",
        "action_id": "owner",
        "initial_user": filled.get("owner") or user_id,
    }
    labels = {kind: LABELS.get(kind, kind) for kind in (*LABELS, *sorted(kinds)) if kind in kinds}
    due: dict[str, object] = {"type": "datepicker", "action_id": "due"}
    if filled.get("due"):
        due["initial_date"] = filled["due"]
    return [
        text_input("name", "Name", initial=filled.get("name", ""), placeholder="p95 latency", max_length=120),
        _menu("kind", "Kind", KINDS, filled),
        _menu("direction", "Better when", DIRECTIONS, filled, hint="Which values count as good."),
        text_input(
            "baseline",
            "Baseline",
            initial=filled.get("baseline", ""),
            optional=True,
            placeholder="320",
            hint=baseline_hint or "The value it starts from. Left empty, the first reading is taken.",
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
            hint="Needed for JSON, Prometheus and CSV. Not sure where the number is in JSON? /criteria try "
            "shows all it finds.",
        ),
        text_input(
            "path",
            "Value path",
            initial=filled.get("path", ""),
            optional=True,
            placeholder="$.signups.week",
            hint="For JSON: the JSONPath (RFC 9535) of the number in the answer.",
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
    ]


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


def added_message(line: CriterionLine, initiative: Initiative, *, next_read: str) -> Message:
    """Return the answer when a criterion was saved.

    Args:
        line: How it reads now.
        initiative: Where it belongs.
        next_read: When it is read next, with the zone, or what happens instead.
    """
    undo = button(
        "Undo", "change_criterion", f"archived:{line.criterion_id}", label=f"Undo adding {line.name}"
    )
    return _saved_message(line, initiative, [escape(line.sentence), escape(next_read)], undo)


def edited_message(
    line: CriterionLine, initiative: Initiative, moves: Sequence[str], *, next_read: str
) -> Message:
    """Return the answer when an edit was saved.

    Args:
        line: How the criterion reads now.
        initiative: Where it belongs.
        moves: Goalposts that were moved, plain texts; empty when there are none.
        next_read: When it is read next, with the zone, or what happens instead.
    """
    return _saved_message(line, initiative, [escape(line.sentence), *_said(moves), escape(next_read)])


def which_to_edit(initiative: Initiative, criteria: Sequence[tuple[int, str]]) -> Message:
    """Return the question which criterion of an initiative is to be edited.

    Args:
        initiative: Whose post it was asked from.
        criteria: (row id, name), in the order of the post; those beyond `CHOICES` are left to the command.
    """
    if not criteria:
        text = f"*{escape(initiative.name)}* has no criterion to edit yet."
        return Message(
            text=text,
            blocks=(section(text), actions(button("Add a criterion", "add_criterion", style="primary"))),
        )
    text = f"Which criterion of *{escape(initiative.name)}* do you want to edit?"
    buttons = [
        button(shorten(name, 70), f"edit_criterion:{criterion_id}", str(criterion_id), label=f"Edit {name}")
        for criterion_id, name in criteria[:CHOICES]
    ]
    more = len(criteria) - CHOICES
    notes = [context(f"and {more} more: `/criteria edit NAME`")] if more > 0 else []
    return Message(text=text, blocks=(section(text), actions(*buttons), *notes))


def _saved_message(
    line: CriterionLine, initiative: Initiative, details: Sequence[str], *more: Block
) -> Message:
    return Message(
        text=f"Saved on {escape(initiative.name)}: {line_summary(line)}. {details[-1]}",
        blocks=(
            section(f"Saved on *{escape(initiative.name)}*: {line_text(line)}"),
            context(*details),
            actions(button("Show", "show_criterion", str(line.criterion_id)), *more),
        ),
    )


def edited_view(line: CriterionLine, initiative: Initiative, moves: Sequence[str], *, next_read: str) -> View:
    """Return the modal when an edit was saved; same arguments as `edited_message`."""
    return modal(
        "Criterion saved",
        [
            section(f"*{escape(initiative.name)}*\n{line_text(line)}"),
            context(escape(line.sentence), *_said(moves), escape(next_read)),
        ],
        close="Done",
    )


def _said(moves: Sequence[str]) -> list[str]:
    return [f"Told in the thread and in the next post: {escape('; '.join(moves))}"] if moves else []


def added_view(line: CriterionLine, initiative: Initiative, *, next_read: str) -> View:
    """Return the modal when a criterion was saved."""
    return edited_view(line, initiative, (), next_read=next_read)
