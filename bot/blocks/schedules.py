"""Schedules: what people see of when progress posts go where."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks.mrkdwn import channel, escape, person, shorten
from bot.blocks.parts import actions, button, confirm, context, input_block, option, section, text_input
from bot.blocks.views import modal
from bot.domain.cadence import Weekday
from bot.domain.days_off import OnDaysOff
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.post_schedule import PostOnly, Schedule, ScheduleScope, ScheduleState
from bot.domain.requests import ScheduleChange
from bot.domain.rhythms import EXAMPLES
from bot.domain.wallclock import day_at, show_day, wall_at

TITLE = "Schedule progress"
FORM = "schedule_progress"
SHOWN = 12
"""Schedules in one answer; the others come with [Next 12]."""

LISTED = 850
"""Characters of one schedule in a list; twelve of them fit into a message."""

NAMED = 8
"""Initiatives named in one answer; of more the number is said."""


ONLY = {
    PostOnly.ALWAYS: "Every time",
    PostOnly.CHANGED: "Only if something changed",
    PostOnly.STATUS: "Only if a status changed",
}
"""What the form says of each."""


SCOPES = {
    ScheduleScope.NAMED: "Those chosen below, or at home in the channel",
    ScheduleScope.MINE: "All of mine, as one digest",
    ScheduleScope.ALL: "All initiatives, as one digest",
}
"""What the form says of each."""


ON_DAYS_OFF = {
    OnDaysOff.SKIP: "Skip the team's days off",
    OnDaysOff.MOVE: "Move to the next working day",
}
"""What the form says of each."""


def next_runs_text(schedule: Schedule, now: datetime, count: int = 2) -> str:
    """Return ``next: Mon 30 Nov 09:00, Mon 7 Dec 09:00 (Europe/Berlin)``."""
    today, zone = day_at(now, schedule.zone), ZoneInfo(schedule.zone)
    runs = []
    for run in schedule.runs(now, count):
        wall = wall_at(run, zone)
        # strftime's names of days follow the machine's locale.
        day = tuple(Weekday)[wall.weekday()]
        runs.append(f"{day} {show_day(wall.date(), today)} {wall:%H:%M}")
    return f"next: {', '.join(runs)} ({escape(schedule.zone)})"


def scheduled_message(
    schedule: Schedule, initiatives: Sequence[Initiative], now: datetime, *, in_modal: bool = False
) -> Message:
    """Return the answer when a schedule was created; without buttons in a modal, which takes no answers."""
    text = (
        f"Schedule #{schedule.number}: {what_it_posts(schedule, initiatives)} in {channel(schedule.channel_id)} "
        f"{escape(schedule.cadence_text)}{_only(schedule)}."
    )
    runs = next_runs_text(schedule, now, 5)
    return Message(
        text=shorten(f"{text} {runs}", 3_900),
        blocks=(section(text), context(runs), *(() if in_modal else (actions(*_buttons(schedule)),))),
    )


def schedules_list(
    views: Sequence[tuple[Schedule, Sequence[Initiative], int]],
    now: datetime,
    *,
    page: int = 0,
    left_out: Sequence[tuple[str, str]] = (),
) -> Message:
    """Return the answer to `/progress list`.

    Args:
        views: (schedule, initiatives it posts that the person may see, how many more it posts), by number.
        now: Aware UTC.
        page: Which dozen, from 0.
        left_out: (initiative's name, until when in words) of those that somebody snoozed in this channel.
    """
    if not views:
        text = "No schedule posts here yet."
        return Message(
            text=text,
            blocks=(
                section(text),
                context("On one line: `/progress schedule every Mon 09:00`"),
                actions(button("Schedule progress posts", "schedule_progress", style="primary")),
            ),
        )
    shown = views[page * SHOWN : (page + 1) * SHOWN]
    blocks: list[Block] = []
    texts = []
    for schedule, initiatives, hidden in shown:
        when = _paused_text(schedule) or next_runs_text(schedule, now)
        # The names come last, since they are what may have to be cut off.
        rhythm = f"{escape(schedule.cadence_text)}{_only(schedule)}"
        text = (
            f"*#{schedule.number}* {rhythm} in {channel(schedule.channel_id)} · "
            f"set up by {person(schedule.created_by)}\n{when}\n{what_it_posts(schedule, initiatives, hidden)}"
        )
        text = shorten(text, LISTED)
        texts.append(text)
        blocks += [section(text, block_id=f"schedule:{schedule.id}"), actions(*_buttons(schedule))]
    if left_out:
        names = ", ".join(f"*{escape(shorten(name, 80))}* until {until}" for name, until in left_out[:NAMED])
        more = f" and {len(left_out) - NAMED} more" if len(left_out) > NAMED else ""
        blocks.append(context(f"Snoozed here: {names}{more}"))
        texts.append(f"Snoozed here: {names}{more}")
    left = len(views) - (page + 1) * SHOWN
    last = [button("Schedule progress posts", "schedule_progress")]
    if left > 0:
        last.append(button(f"Next {min(left, SHOWN)}", "more_schedules", str(page + 1)))
        texts.append(f"and {left} more")
    blocks.append(actions(*last))
    return Message(text=shorten("\n".join(texts), 3_900), blocks=tuple(blocks))


def schedule_changed(schedule: Schedule, to: ScheduleChange, now: datetime) -> Message:
    """Return the answer to pause, resume and remove."""
    named = f"#{schedule.number} ({escape(schedule.cadence_text)} in {channel(schedule.channel_id)})"
    if to is ScheduleChange.REMOVE:
        text = f"Removed schedule {named}. It posts no more."
        return Message(text=text, blocks=(section(text),))
    if to is ScheduleChange.PAUSE:
        text = f"Paused schedule {named}. It posts nothing until it is resumed."
        return Message(text=text, blocks=(section(text), actions(*_buttons(schedule))))
    text, runs = f"Schedule {named} posts again.", next_runs_text(schedule, now)
    return Message(text=f"{text} {runs}", blocks=(section(text), context(runs), actions(*_buttons(schedule))))


def private_warning(private: Sequence[Initiative], channel_id: str, value: str) -> Message:
    """Return the question before private initiatives are scheduled into another channel.

    Args:
        private: The initiatives whose home is private.
        channel_id: Where they would be shown.
        value: Of the button that confirms.
    """
    lives = "lives in a private channel" if len(private) == 1 else "live in private channels"
    text = (
        f"{_names(private)} {lives}. Everyone in {channel(channel_id)} would see the posts: the criteria, "
        "their values and their charts. Nothing is scheduled yet."
    )
    confirming = button("Schedule it anyway", "confirm_schedule", value, style="danger")
    return Message(text=shorten(text, 3_900), blocks=(section(text), actions(confirming)))


def schedule_form(
    initiatives: Sequence[Initiative],
    *,
    zone: str,
    channel_id: str,
    filled: Mapping[str, str] | None = None,
    problem: str = "",
) -> View:
    """Return the modal in which a schedule is typed.

    Args:
        initiatives: Those to choose from, at most 100 of them are shown.
        zone: The person's IANA zone, to start with.
        channel_id: Where it was opened, proposed to post in; empty or a direct message for none.
        filled: Field → text to start with; ``initiatives`` are row ids joined by commas.
        problem: What was wrong with it when it was sent before, one plain sentence.
    """
    filled = filled or {}
    place: dict[str, Any] = {
        "type": "conversations_select",
        "action_id": "channel",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    proposed = filled.get("channel") or channel_id
    if proposed and not proposed.startswith("D"):
        place["initial_conversation"] = proposed
    blocks: list[Block] = [section(f"⚠️ {escape(problem)}", block_id="problem")] if problem else []
    blocks += [
        text_input(
            "every",
            "When",
            initial=filled.get("every", ""),
            placeholder="every Mon 09:00",
            hint=f"Like {EXAMPLES}.",
            max_length=150,
        ),
        input_block("channel", "Channel", place, hint="I need to be in it."),
    ]
    chosen = filled.get("only") or PostOnly.ALWAYS
    blocks.append(
        input_block(
            "only",
            "Post",
            {
                "type": "static_select",
                "action_id": "only",
                "options": [option(label, only) for only, label in ONLY.items()],
                "initial_option": option(ONLY[PostOnly(chosen)], chosen),
            },
        )
    )
    scope = filled.get("scope") or ScheduleScope.NAMED
    blocks.append(
        input_block(
            "scope",
            "Of",
            {
                "type": "static_select",
                "action_id": "scope",
                "options": [option(label, each) for each, label in SCOPES.items()],
                "initial_option": option(SCOPES[ScheduleScope(scope)], scope),
            },
        )
    )
    rule = filled.get("on_days_off") or OnDaysOff.SKIP
    blocks.append(
        input_block(
            "on_days_off",
            "On days off",
            {
                "type": "static_select",
                "action_id": "on_days_off",
                "options": [option(label, each) for each, label in ON_DAYS_OFF.items()],
                "initial_option": option(ON_DAYS_OFF[OnDaysOff(rule)], rule),
            },
            hint="`/loop days off` shows which these are.",
        )
    )
    if initiatives:
        blocks.append(_initiatives_input(initiatives, filled.get("initiatives", "")))
    blocks.append(
        text_input(
            "zone",
            "Zone",
            initial=filled.get("zone") or zone,
            placeholder="Europe/Berlin",
            hint="Its clocks say when it is time to post.",
            max_length=60,
        )
    )
    return modal(
        TITLE, blocks, callback_id=FORM, submit="Schedule", metadata=json.dumps({"channel": channel_id})
    )


def answer_view(message: Message, channel_id: str) -> View:
    """Return an answer as what the modal shows in place of its form."""
    return modal(TITLE, message.blocks, close="Close", metadata=json.dumps({"channel": channel_id}))


def _initiatives_input(initiatives: Sequence[Initiative], chosen: str) -> Block:
    options = {str(each.id): option(each.name, str(each.id)) for each in initiatives[:100]}
    element: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": "initiatives",
        "options": list(options.values()),
    }
    initial = [options[each] for each in dict.fromkeys(chosen.split(",")) if each in options]
    if initial:
        element["initial_options"] = initial
    hint = (
        "Several make one digest. Empty: those whose home is that channel, or, if it is home to none, those of the "
        "channel you are in."
    )
    return input_block("initiatives", "Initiatives", element, hint=hint, optional=True)


def _buttons(schedule: Schedule) -> list[Block]:
    named = f"schedule #{schedule.number}"
    if schedule.state is ScheduleState.PAUSED:
        first = button("Resume", "change_schedule", f"resume:{schedule.id}", label=f"Resume {named}")
    else:
        first = button("Pause", "change_schedule", f"pause:{schedule.id}", label=f"Pause {named}")
    remove = button(
        "Remove",
        "change_schedule:remove",
        f"remove:{schedule.id}",
        label=f"Remove {named}",
        confirm=confirm("Remove this schedule?", f"#{schedule.number} posts no more.", "Remove", danger=True),
    )
    return [first, button("Test", "test_schedule", str(schedule.id), label=f"Test {named}"), remove]


def _only(schedule: Schedule) -> str:
    only = "" if schedule.only is PostOnly.ALWAYS else f", only if {schedule.only}"
    return f"{only}, moving days off" if schedule.calendar.rule is OnDaysOff.MOVE else only


def _paused_text(schedule: Schedule) -> str:
    if schedule.state is ScheduleState.ACTIVE:
        return ""
    because = f": {escape(shorten(schedule.paused_because, 300))}" if schedule.paused_because else ""
    return f"⏸️ paused{because}"


def what_it_posts(schedule: Schedule, initiatives: Sequence[Initiative], hidden: int = 0) -> str:
    """Return ``progress of *Checkout rewrite*``; `hidden` is how many more it posts that the reader may not see."""
    named = [_names(initiatives)] if initiatives else []
    if hidden:
        named.append("1 private initiative" if hidden == 1 else f"{hidden} private initiatives")
    now = " and ".join(named)
    if schedule.scope is ScheduleScope.ALL:
        return f"a digest of all initiatives (now {now or 'none'})"
    if schedule.scope is ScheduleScope.MINE:
        return f"a digest of {person(schedule.created_by)}'s initiatives (now {now or 'none'})"
    if schedule.is_digest and now:
        return f"a digest of {now}"
    if schedule.initiative_ids:
        return f"progress of {now}" if now else "no progress, since none of its initiatives is open"
    return f"progress of every initiative at home there (now {now or 'none'})"


def _names(initiatives: Sequence[Initiative]) -> str:
    names = [f"*{escape(each.name)}*" for each in initiatives[:NAMED]]
    if len(initiatives) > NAMED:
        names.append(f"{len(initiatives) - NAMED} more")
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
