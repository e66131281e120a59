"""The loop clock: `/loop time` and `/loop decide`."""

from __future__ import annotations

import json
from functools import partial

from bot.blocks.decisions import TITLE, decide_form, decided_message
from bot.blocks.loop import loop_report_message
from bot.domain.decision import DecisionKind, parse_decision_reason
from bot.domain.message import Message, View
from bot.domain.requests import Decide, OpenDecideForm, ShowLoopTime
from bot.errors import UserError
from bot.services.deciding import decide, on_initiative, own_initiatives
from bot.services.looping import loop_report
from handlers.context import CloseAll, Form, Incoming
from handlers.forms import open_form


async def show_time(request: ShowLoopTime, at: Incoming) -> Message:
    """`/loop time [for INITIATIVE]`: how long the last ships took."""
    report = await at.deps.database.read(loop_report, at.actor, request.initiative)
    return loop_report_message(report.initiative, report.times, report.decide_by, at.deps.now())


async def decide_now(request: Decide, at: Incoming) -> Message | None:
    """`/loop decide keep|change|stop [for INITIATIVE] [because …]`."""
    decided = await at.deps.database.write(
        decide, at.actor, request.kind, request.initiative, request.reason, at.deps.now()
    )
    at.deps.wake.set()
    return decided_message(decided.initiative, decided.decision)


async def open_decide_form(request: OpenDecideForm, at: Incoming) -> None:
    """`/loop decide`: the form."""
    del request
    await open_form(at, TITLE, partial(_form, at))


async def submit_decision(form: Form, at: Incoming) -> CloseAll:
    """Store what the form says; the answer comes as a direct message."""
    typed = form.values.get("kind", "")
    if not typed:
        raise UserError("Choose what is decided: keep, change or stop.", field="kind")
    initiative_id = int(form.values.get("initiative") or json.loads(form.metadata)["initiative"])
    reason = parse_decision_reason(form.values.get("reason", ""))
    actor = on_initiative(at.actor, initiative_id)
    decided = await at.deps.database.write(decide, actor, DecisionKind(typed), None, reason, at.deps.now())
    at.deps.wake.set()
    return CloseAll(decided_message(decided.initiative, decided.decision))


async def _form(at: Incoming) -> View:
    initiatives = await at.deps.database.read(own_initiatives, at.actor)
    return decide_form(initiatives, channel_id=at.actor.channel_id)
