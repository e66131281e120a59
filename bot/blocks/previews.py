"""What people see of a criterion before it is saved: its value and what it means, or why there is none."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.blocks.adding import TITLE
from bot.blocks.mrkdwn import code_blocks, escape
from bot.blocks.parts import actions, button, change_secret, context, section
from bot.blocks.sources import what_is_read, where_found
from bot.blocks.views import modal
from bot.domain.criterion import SourceSpec
from bot.domain.durations import ago
from bot.domain.message import Message, View
from bot.domain.preview import Preview, Replayed
from bot.domain.standing import mark, word
from bot.domain.values import show_value
from bot.domain.wallclock import show_moment

SAVE_ANYWAY = "You can save it anyway: it is tried again by itself and shows no value until it works."
NOT_ALLOWED = "Nothing was saved. Change the address, or set the values by hand."
NOTHING_YET = "Nothing counts before you save."
OLD = timedelta(minutes=2)
"""From which age on a value has a date of its own; a younger one is as old as its read."""


def reading_view(source: SourceSpec, title: str = TITLE) -> View:
    """Return what the modal shows while the source is read."""
    return modal(title, [section(f"Reading {what_is_read(source)} …")], close="Close")


def reading_answer(source: SourceSpec) -> Message:
    """Return the first answer to a line with a source: it is being read."""
    text = f"Reading {what_is_read(source)} …"
    return Message(text=text, blocks=(section(text),))


def found_view(preview: Preview, draft_id: str, title: str = TITLE) -> View:
    """Return the modal that shows the value found and what it means, with [Save].

    Args:
        preview: What the criterion would show.
        draft_id: The draft that is saved.
        title: Of the modal it stands in.
    """
    return modal(
        title,
        [
            section(f"*{escape(preview.criterion.name)}*"),
            section(_value_found(preview)),
            section(_meaning(preview)),
            context(*_notes(preview)),
            actions(button("Change", "change_draft", draft_id)),
        ],
        callback_id="save_criterion",
        submit="Save",
        metadata=json.dumps({"draft": draft_id}),
    )


def found_message(preview: Preview, draft_id: str) -> Message:
    """Return the value found as a message, where the modal was closed meanwhile."""
    text = f"*{escape(preview.criterion.name)}*: {_value_found(preview)}\n{_meaning(preview)}"
    return Message(
        text=text,
        blocks=(
            section(text),
            context(*_notes(preview)),
            actions(
                button("Save", "save_draft", draft_id, style="primary"),
                button("Change", "change_draft", draft_id),
            ),
        ),
    )


def _value_found(preview: Preview) -> str:
    criterion, reading = preview.criterion, preview.reading
    found = f"Found *{escape(show_value(reading.value, criterion.unit))}* {where_found(criterion.source)}."
    age = preview.now - reading.at
    if age < OLD:
        return found
    at = show_moment(reading.at, preview.now, criterion.zone)
    return f"{found} It is of {at} ({criterion.zone}), {ago(age)} old."


def _meaning(preview: Preview) -> str:
    status = preview.report.status
    words = escape(word(status, preview.criterion.kind))
    return f"It would show {mark(status)} *{words}* now: {escape(preview.report.sentence)}."


def _notes(preview: Preview) -> list[str]:
    replayed = [_say_replayed(preview.replayed)] if preview.replayed else []
    return [*replayed, NOTHING_YET]


def _say_replayed(replayed: Replayed) -> str:
    times = {0: "not have changed status", 1: "have changed status once"}.get(
        replayed.changes, f"have changed status {replayed.changes} times"
    )
    return (
        f"On the {replayed.readings:,} readings there are of this source it would {times} "
        f"in the last {ago(replayed.over)}."
    )


def unread_view(
    name: str, failure: str, draft_id: str, *, refused: bool, secret: str | None = None, title: str = TITLE
) -> View:
    """Return the modal that shows why the source could not be read.

    It has [Save anyway] and [Change]; a refused address can only be changed. When a secret is the cause it
    has [Change secret] too.
    """
    return modal(
        title,
        [
            section(f"*{escape(name)}* could not be read: {escape(failure)}."),
            context(*_next_steps(refused=refused, secret=secret)),
            actions(button("Change", "change_draft", draft_id), *change_secret(secret)),
        ],
        callback_id="save_criterion",
        submit=None if refused else "Save anyway",
        metadata=json.dumps({"draft": draft_id}),
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
            context(*_next_steps(refused=refused, secret=secret)),
            actions(*buttons),
        ),
    )


def _next_steps(*, refused: bool, secret: str | None) -> list[str]:
    by_admin = [] if secret is None else [f"A workspace admin can change the secret {secret}."]
    return [*by_admin, NOT_ALLOWED if refused else SAVE_ANYWAY]
