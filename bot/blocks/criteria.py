"""What `/criteria` answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks.goalposts import goalpost_rows
from bot.blocks.lines import line_summary, line_text
from bot.blocks.mrkdwn import code, escape, person, shorten
from bot.blocks.parts import actions, button, change_secret, confirm, context, section
from bot.blocks.readings import origin_text
from bot.blocks.ships import ships_block
from bot.domain.criterion import BROUGHT, CriterionState, Kind, SourceKind, Status
from bot.domain.goalpost import ToldGoalposts
from bot.domain.initiative import Initiative
from bot.domain.line import CriterionLine
from bot.domain.message import Block, Message
from bot.domain.reading import Reading
from bot.domain.requests import Scope
from bot.domain.ship import Ship
from bot.domain.standing import Standing, headline, mark, word
from bot.domain.values import show_value
from bot.domain.wallclock import show_moment

EXAMPLE = "Weekly signups >= 500 by 31 Dec source https://api.example.com/stats path $.signups.week"

SHOWN = 12
"""Criteria in one answer; the others come with [Next 12]."""


def criteria_list(
    groups: Sequence[tuple[str, Standing | None, Sequence[CriterionLine]]],
    scope: Scope,
    *,
    scope_value: str,
    page: int = 0,
    left: int = 0,
) -> Message:
    """Return the answer to `/criteria` and `/criteria list`: one page of it.

    Args:
        groups: What stands on the page: each initiative's name, where it stands in all, and its lines, in order.
        scope: Which list was asked for.
        scope_value: Value of the [Next 12] button without the page; names the list again.
        page: Which dozen, from 0.
        left: How many criteria come after this page.
    """
    if not groups:
        return _nothing(scope)
    blocks: list[Block] = []
    for name, standing, lines in groups:
        blocks.append(section(f"*{escape(name)}* · {headline(standing)}"))
        blocks += [section(line_text(line), block_id=f"criterion:{line.criterion_id}") for line in lines]
    buttons = [button("Add", "add_criterion", style="primary")]
    if left > 0:
        buttons.append(button(f"Next {min(left, SHOWN)}", "list_more", f"{page + 1}|{scope_value}"))
    blocks.append(actions(*buttons))
    text = "\n".join(f"{escape(name)} — {line_summary(line)}" for name, _, lines in groups for line in lines)
    if left > 0:
        text += f"\nand {left} more"
    return Message(text=shorten(text, 3900), blocks=tuple(blocks))


def _nothing(scope: Scope) -> Message:
    text = {
        Scope.HERE: "No criteria in this channel yet. A criterion says what success means as a number.",
        Scope.MINE: "You own no criteria yet.",
        Scope.PERSON: "They own no criteria you can see.",
        Scope.BEHIND: "Nothing is behind or missed. 🎉",
        Scope.ALL: "There are no criteria you can see yet.",
        Scope.INITIATIVE: "This initiative has no criteria yet.",
    }[scope]
    blocks: list[Block] = [section(text)]
    if scope in (Scope.HERE, Scope.ALL, Scope.INITIATIVE):
        blocks.append(context(f"On one line: {code('/criteria add ' + EXAMPLE)}"))
    return Message(
        text=text, blocks=(*blocks, actions(button("Add a criterion", "add_criterion", style="primary")))
    )


def criterion_details(
    line: CriterionLine,
    initiative: Initiative,
    *,
    source_kind: str,
    url: str | None,
    path: str | None,
    every: str,
    readings: Sequence[Reading],
    changes: Sequence[tuple[datetime, str, str]],
    unit: str,
    now: datetime,
    zone: str,
    moved: Sequence[ToldGoalposts] = (),
    ships: Sequence[Ship] = (),
    nudges: bool = False,
) -> Message:
    """Return the answer to `/criteria show NAME`.

    Args:
        line: How it reads now.
        initiative: Its initiative.
        source_kind: Where its values come from.
        url: Address read, or None.
        path: Path read, or None.
        every: How often, as text.
        readings: Its last readings, oldest first.
        changes: Its last status changes, newest first: (when, from, to), in words.
        unit: Of the values.
        now: Aware UTC.
        zone: The reader's IANA zone.
        moved: Goalposts that were moved last, newest first.
        ships: What was shipped last, oldest first.
        nudges: Whether the reader may nudge its owner.
    """
    source = "values are set by hand"
    if source_kind == SourceKind.HTTP_JSON:
        source = (
            f"{code(shorten(url or '', 300))} at {code(shorten(path or '$', 200))}, every {escape(every)}"
        )
    elif source_kind == SourceKind.PUSH:
        source = "values are pushed by a program"
    elif source_kind != SourceKind.MANUAL:
        address = f" {code(shorten(url, 300))}" if url else ""
        source = f"{escape(source_kind)}{address}, every {escape(every)}"
    facts = [
        f"{escape(initiative.name)}",
        f"owner {person(line.owner_id)}",
        line.due and f"due {line.due.removeprefix('by ')}",
    ]
    blocks: list[Block] = [
        section(line_text(line)),
        section(f"_{escape(line.sentence)}_"),
        context(" · ".join(fact for fact in facts if fact), source),
    ]
    if readings:
        last = [
            f"{_when(reading, now, zone)}  *{escape(show_value(reading.value, unit))}*{origin_text(reading)}"
            for reading in readings[-5:]
        ]
        blocks.append(section("*Last readings*\n" + "\n".join(reversed(last))))
    if changes:
        rows = [
            f"{show_moment(at, now, zone)}  {escape(before)} → *{escape(after)}*"
            for at, before, after in changes
        ]
        blocks.append(section("*Last changes*\n" + "\n".join(rows)))
    if moved:
        blocks.append(section("*Moved goalposts*\n" + "\n".join(goalpost_rows(moved))))
    if ships:
        blocks.append(ships_block(ships, now, zone))
    blocks.append(actions(*_criterion_buttons(line, source_kind, nudges=nudges)))
    return Message(text=shorten(f"{line_summary(line)}. {escape(line.sentence)}", 3900), blocks=tuple(blocks))


def _criterion_buttons(line: CriterionLine, source_kind: str, *, nudges: bool) -> list[Block]:
    value = str(line.criterion_id)
    buttons = []
    if source_kind not in BROUGHT:
        buttons.append(button("Check now", "check_criterion", value, label=f"Check {line.name} now"))
    buttons.append(button("Set a value", "set_value", value, label=f"Set a value of {line.name}"))
    check_in = f"criterion:{value}"
    buttons.append(button("Check in", "check_in", check_in, label=f"Check in on {line.name}"))
    if nudges:
        buttons.append(button("Nudge", "nudge", value, label=f"Ask the owner of {line.name} for a check-in"))
    buttons.append(button("Edit", "edit_criterion", value, label=f"Edit {line.name}"))
    buttons.append(button("History", "show_history", value, label=f"History of {line.name}"))
    if line.standing.state is CriterionState.PAUSED:
        buttons.append(button("Resume", "change_criterion:resume", f"open:{value}"))
    else:
        buttons.append(button("Pause", "change_criterion:pause", f"paused:{value}"))
    buttons.append(
        button(
            "Archive",
            "change_criterion:archive",
            f"archived:{value}",
            style="danger",
            confirm=confirm(
                "Archive this criterion?",
                f"“{line.name}” is read and posted no more. Its readings are kept.",
                "Archive",
                danger=True,
            ),
        )
    )
    return buttons


def _when(reading: Reading, now: datetime, zone: str) -> str:
    return show_moment(reading.at, now, zone)


def value_set(line: CriterionLine, former: Status, kind: Kind) -> Message:
    """Return the answer to `/criteria set`: what was stored and what it means."""
    changed = "" if former is line.standing.status else f" (was {escape(word(former, kind))})"
    means = f"{escape(line.words)}{changed}"
    text = f"{mark(line.standing.status)} Saved: *{escape(line.name)}* is *{escape(line.value)}*, {means}."
    return Message(text=text, blocks=(section(text), context(escape(line.sentence))))


def checked(line: CriterionLine, *, failure: str, secret: str | None = None) -> Message:
    """Return the answer to `/criteria check`: the value read now, or why there is none.

    Args:
        line: How it reads now.
        failure: Why it could not be read, or empty.
        secret: The secret that was to blame, for [Change secret], or None.
    """
    if failure:
        text = f"⚠️ *{escape(line.name)}* could not be read: {escape(failure)}."
        detail = "It is tried again by itself. Change its address or path if that is the cause."
        if secret:
            detail = f"It is tried again by itself. A workspace admin can change the secret {secret}."
        buttons = [actions(*change_secret(secret))] if secret else []
        return Message(text=text, blocks=(section(text), section(line_text(line)), context(detail), *buttons))
    text = f"Read just now: *{escape(line.name)}* is *{escape(line.value)}*, {escape(line.words)}."
    return Message(text=text, blocks=(section(text), context(escape(line.sentence))))


def state_changed(name: str, to: CriterionState) -> Message:
    """Return the answer to pause, resume and archive."""
    shown = f"“{name}”"
    text = {
        CriterionState.OPEN: f"{shown} is read and judged again.",
        CriterionState.PAUSED: f"{shown} is paused: it is not read, judged or counted until you resume it.",
        CriterionState.ARCHIVED: f"{shown} is archived. Its readings are kept; the name is free again.",
    }[to]
    return Message(text=escape(text), blocks=(section(escape(text)),))
