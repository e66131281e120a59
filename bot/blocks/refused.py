"""Refused runs: the notice to whoever set up the schedule, the form that moves it, and what came of either."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.blocks.mrkdwn import channel, escape, shorten
from bot.blocks.notices import full_stop, notice
from bot.blocks.parts import button, confirm, context, input_block, section
from bot.blocks.schedules import next_runs_text, what_it_posts
from bot.blocks.views import modal
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.post_schedule import Schedule

TITLE = "Move a schedule"
FORM = "move_schedule"


def schedule_paused(schedule: Schedule, because: str, *, refused: bool) -> Message:
    """Tell whoever set up a schedule that it is paused, why, and what to do.

    Args:
        schedule: The schedule.
        because: What Slack's refusal means and what to do about it, or why there is nothing to post.
        refused: True when there is a post that Slack would not take.
    """
    named = f"schedule #{schedule.number}"
    text = (
        f"I paused {named} ({escape(schedule.cadence_text)} in "
        f"{channel(schedule.channel_id)}): {escape(full_stop(because))} "
    )
    remove = button(
        "Remove",
        "change_schedule:remove",
        f"remove:{schedule.id}",
        label=f"Remove {named}",
        confirm=confirm("Remove this schedule?", f"#{schedule.number} posts no more.", "Remove", danger=True),
    )
    if not refused:
        return notice(
            f"{text}Start it again once that is put right, or remove it.",
            button("Resume", "change_schedule", f"resume:{schedule.id}", style="primary"),
            remove,
        )
    return notice(
        f"{text}Once that is put right, Try again posts what was refused and goes on from there. "
        "Move posts it, and all that follows, in another channel.",
        button("Try again", "try_run_again", str(schedule.id), style="primary", label=f"Try {named} again"),
        button("Move", "move_schedule", str(schedule.id), label=f"Move {named} to another channel"),
        remove,
    )


def move_form(
    schedule: Schedule,
    private: Sequence[Initiative],
    *,
    told: Mapping[str, str],
    filled: str = "",
    problem: str = "",
) -> View:
    """Return the modal that asks where a schedule posts from now on.

    Args:
        schedule: The schedule.
        private: The initiatives it posts whose home is private; whoever is in the new channel will see them.
        told: The notice the button stands on (`channel`, `ts`), which is redrawn afterwards.
        filled: The channel chosen before, or empty.
        problem: What was wrong with it, one plain sentence.
    """
    blocks: list[Block] = [section(f"⚠️ {escape(problem)}", block_id="problem")] if problem else []
    blocks.append(
        section(
            f"Schedule #{schedule.number} ({escape(schedule.cadence_text)}) posts in "
            f"{channel(schedule.channel_id)}. What was refused and all that "
            "follows goes to the channel you choose."
        )
    )
    place: dict[str, object] = {
        "type": "conversations_select",
        "action_id": "channel",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if filled:
        place["initial_conversation"] = filled
    blocks.append(input_block("channel", "Channel", place, hint="I need to be in it."))
    if private:
        names = shorten(", ".join(f"*{escape(each.name)}*" for each in private), 600)
        blocks.append(
            context(f"🔒 {names}: the home is private. Everybody in the channel you choose will see it.")
        )
    return modal(
        TITLE,
        blocks,
        callback_id=FORM,
        submit="Move",
        metadata=json.dumps({"schedule": schedule.id, **told}),
    )


def run_posted_again(
    schedule: Schedule, initiatives: Sequence[Initiative], now: datetime, *, messages: int, moved: bool
) -> Message:
    """Return what the notice says once the schedule is active again.

    Args:
        schedule: As it is now.
        initiatives: What it posts, as far as the person may see it.
        now: Aware UTC.
        messages: How many refused messages go out now.
        moved: True when it posts in another channel than before.
    """
    where = channel(schedule.channel_id)
    begins = f"Moved: schedule #{schedule.number} posts" if moved else f"Schedule #{schedule.number} posts"
    text = f"{begins} {what_it_posts(schedule, initiatives)} in {where} {escape(schedule.cadence_text)}. "
    if messages == 0:
        text += "Nothing of what was refused is left to post."
    else:
        text += f"What was refused goes out {'there ' if moved else ''}now."
    return notice(text, note=next_runs_text(schedule, now))


def runs_already(schedule: Schedule, now: datetime) -> Message:
    """Return what the notice says when somebody was faster."""
    text = f"Schedule #{schedule.number} in {channel(schedule.channel_id)} is running again already."
    return notice(text, note=next_runs_text(schedule, now))


def moved_view(message: Message) -> View:
    """Return an answer as what the modal shows in place of its form."""
    return modal(TITLE, message.blocks, close="Close")
