"""The loop clock: `/loop time`, `/loop decide` and `/loop line`."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

from bot.blocks.decisions import LINE_TITLE, TITLE, decide_form, decided_message, line_form, line_written
from bot.blocks.iterations import iteration_started
from bot.blocks.loop import loop_report_message
from bot.domain.dates import parse_date
from bot.domain.decision import AgainstLineError, DecisionKind, LineCondition, parse_decision_reason
from bot.domain.entities import quote
from bot.domain.formatting import format_condition
from bot.domain.line_text import parse_half
from bot.domain.message import Message, View
from bot.domain.requests import Decide, OpenDecideForm, OpenLineForm, ShowLoopTime, StartIteration, WriteLine
from bot.domain.wallclock import day_at
from bot.errors import UserError
from bot.services.deciding import decidable, decide, on_initiative, own_initiatives
from bot.services.decision_lines import find_card, open_line, write_line
from bot.services.iterations import start_iteration
from bot.services.looping import loop_report
from handlers.context import Click, CloseAll, Form, Incoming
from handlers.forms import open_form


async def show_time(request: ShowLoopTime, at: Incoming) -> Message:
    """`/loop time [for INITIATIVE]`: how long the last ships took."""
    report = await at.deps.database.read(loop_report, at.actor, request.initiative)
    return loop_report_message(report.initiative, report.times, report.decide_by, at.deps.now())


async def decide_now(request: Decide, at: Incoming) -> Message | None:
    """`/loop decide keep|change|stop [for INITIATIVE] [because …]`; against the line a form asks why."""
    return await _decide(at, request)


async def press_decide(click: Click, at: Incoming) -> Message | None:
    """[Keep], [Change] or [Stop] on a decision card; against the line a form asks why."""
    line_id, _, kind = click.value.partition(":")
    card, _ = await at.deps.database.read(find_card, at.actor.team_id, int(line_id))
    chosen = replace(at, actor=on_initiative(at.actor, card.initiative.id))
    return await _decide(chosen, Decide(DecisionKind(kind)), line_id=int(line_id))


async def press_open_decide(click: Click, at: Incoming) -> None:
    """[Decide] on the Home tab: the form for one initiative."""
    actor = on_initiative(at.actor, int(click.value))

    async def build() -> View:
        initiative = await at.deps.database.read(decidable, actor, None)
        return decide_form([initiative], channel_id=at.actor.channel_id)

    await open_form(at, TITLE, build)


async def _decide(at: Incoming, request: Decide, *, line_id: int | None = None) -> Message | None:
    try:
        decided = await at.deps.database.write(
            decide, at.actor, request.kind, request.initiative, request.reason, at.deps.now(), line_id=line_id
        )
    except AgainstLineError as error:
        against = error

        async def build() -> View:
            return decide_form(
                [against.initiative],
                channel_id=at.actor.channel_id,
                kind=against.kind,
                against=f"The decision line: {against.line.words}.",
            )

        await open_form(at, TITLE, build)
        return None
    at.deps.wake.set()
    return decided_message(decided.initiative, decided.decision)


async def write_decision_line(request: WriteLine, at: Incoming) -> Message:
    """`/loop line keep if … stop if … decide by DATE [for INITIATIVE]`."""
    now = at.deps.now()
    written = await at.deps.database.write(write_line, at.actor, request, now)
    at.deps.wake.set()
    return line_written(written.initiative, written.line, now)


async def iterate(request: StartIteration, at: Incoming) -> Message:
    """`/loop iterate "GOAL" by DATE [for INITIATIVE]`."""
    now = at.deps.now()
    view = await at.deps.database.write(start_iteration, at.actor, request, now)
    at.deps.wake.set()
    return iteration_started(view, day_at(now, view.initiative.zone))


async def open_line_form(request: OpenLineForm, at: Incoming) -> None:
    """`/loop line`: the form."""
    del request

    async def build() -> View:
        initiatives = await at.deps.database.read(own_initiatives, at.actor)
        # With several to choose from, one's line in the fields could end up as another's.
        line = await at.deps.database.read(open_line, initiatives[0].id) if len(initiatives) == 1 else None
        return line_form(
            initiatives,
            channel_id=at.actor.channel_id,
            keep=_typed(line.keep) if line else "",
            stop=_typed(line.stop) if line else "",
            decide_by=line.decide_by.isoformat() if line else "",
        )

    await open_form(at, LINE_TITLE, build)


async def submit_line(form: Form, at: Incoming) -> CloseAll:
    """Store the line the form says; the answer comes as a direct message."""
    keep = parse_half(form.values.get("keep", ""), "keep")
    stop = parse_half(form.values.get("stop", ""), "stop")
    if keep is None and stop is None:
        raise UserError("Say what it hangs on: keep if, stop if or both.", field="keep")
    request = WriteLine(keep, stop, parse_date(form.values.get("decide_by", "")))
    actor = on_initiative(at.actor, int(form.values["initiative"]))
    return CloseAll(await write_decision_line(request, replace(at, actor=actor)))


def _typed(half: LineCondition | None) -> str:
    return "" if half is None else f"{quote(half.name)} {format_condition(half.condition)}"


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
