"""[Try again] and [Move] under the notice that Slack would not take a scheduled post."""

from __future__ import annotations

import json

from bot.blocks.answers import said
from bot.blocks.refused import TITLE, move_form, moved_view, run_posted_again, runs_already
from bot.blocks.views import loading_view
from bot.deps import Priority
from bot.domain.message import Message, View
from bot.errors import DeliveryError, LoopmarkError, UserError
from bot.services.refused import GoneOn, movable, move, try_again
from handlers.context import Click, Form, Incoming, Redrawn, ShowView
from handlers.forms import open_form


async def press_try_again(click: Click, at: Incoming) -> Redrawn:
    """[Try again]: the refused post goes out now, and the schedule is active."""
    outcome = await try_again(at.deps, at.actor, int(click.value))
    return Redrawn(_answer(outcome, at, moved=False))


async def press_move(click: Click, at: Incoming) -> None:
    """[Move]: the form that asks for the channel."""
    told = {"channel": at.actor.channel_id, "ts": click.message_ts or ""}

    async def build() -> View:
        schedule, private = await at.deps.database.read(movable, at.actor, int(click.value))
        return move_form(schedule, private, told=told)

    await open_form(at, TITLE, build)


async def submit_move(form: Form, at: Incoming) -> ShowView:
    """The form, sent: the channel is asked about afterwards."""
    if not form.values.get("channel"):
        raise UserError("Choose the channel to post in.", field="channel")
    at.deps.tasks.spawn(_move(form, at), name="move schedule")
    return ShowView(loading_view(TITLE, "Moving …"))


async def _move(form: Form, at: Incoming) -> None:
    facts = json.loads(form.metadata)
    schedule_id, chosen = int(facts["schedule"]), form.values["channel"]
    told = {"channel": str(facts["channel"]), "ts": str(facts["ts"])}
    try:
        outcome = await move(at.deps, at.actor, schedule_id, chosen)
    except LoopmarkError as error:
        schedule, private = await at.deps.database.read(movable, at.actor, schedule_id)
        view = move_form(schedule, private, told=told, filled=chosen, problem=str(error))
        await _show(form.view_id, view, at, said(str(error)))
        return
    answer = _answer(outcome, at, moved=True)
    await _show(form.view_id, moved_view(answer), at, answer)
    try:
        await at.deps.slack.update(told["channel"], told["ts"], answer, priority=Priority.ANSWER)
    except DeliveryError as error:
        if error.error != "message_not_found":  # else they deleted the notice
            raise


async def _show(view_id: str, view: View, at: Incoming, otherwise: Message) -> None:
    """Show a view in the open modal; was it closed meanwhile, `otherwise` comes as a direct message."""
    try:
        await at.deps.slack.update_view(view_id, view)
    except DeliveryError as error:
        if error.error != "not_found":
            raise
        await at.deps.slack.post(at.actor.user_id, otherwise)


def _answer(outcome: GoneOn, at: Incoming, *, moved: bool) -> Message:
    now = at.deps.now()
    schedule = outcome.view.schedule
    if outcome.already:
        return runs_already(schedule, now)
    return run_posted_again(schedule, outcome.view.initiatives, now, messages=outcome.messages, moved=moved)
