"""`/criteria`: list, show, check, set, pause, resume and archive."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.blocks.criteria import SHOWN, checked, criteria_list, criterion_details, state_changed, value_set
from bot.blocks.setting import SET_TITLE, set_form
from bot.db.criteria import Found
from bot.domain.actor import Actor
from bot.domain.commands import parse
from bot.domain.criterion import BROUGHT, CriterionState, Kind, SourceKind, Status
from bot.domain.formatting import format as format_request
from bot.domain.goalpost import tell_goalposts
from bot.domain.message import Message, View
from bot.domain.quantities import parse_number
from bot.domain.requests import (
    ChangeCriterionState,
    CheckCriterion,
    ListCriteria,
    OpenCriteria,
    SetReading,
    ShowCriterion,
)
from bot.domain.secret import refused_secret
from bot.domain.standing import word
from bot.errors import UserError
from bot.services.criteria import change_state, list_criteria, set_reading, show_criterion
from bot.services.finding import find_criterion
from bot.services.lines import line_of_found
from bot.services.polling import poll_now
from handlers.context import Click, CloseAll, Form, Incoming, Redrawn
from handlers.forms import open_form


async def show_list(request: ListCriteria | OpenCriteria, at: Incoming, page: int = 0) -> Message:
    """Answer with the criteria asked for; bare `/criteria` is this channel's."""
    wanted = request if isinstance(request, ListCriteria) else ListCriteria()
    shown = await at.deps.database.read(list_criteria, at.actor, wanted, at.deps.now(), page=page, size=SHOWN)
    return criteria_list(
        shown.groups, shown.scope, scope_value=format_request(wanted), page=page, left=shown.left
    )


async def press_more(click: Click, at: Incoming) -> Redrawn:
    """Replace the list by its next dozen."""
    page, _, text = click.value.partition("|")
    request = parse("criteria", text)
    assert isinstance(request, ListCriteria)
    return Redrawn(await show_list(request, at, int(page)))


async def show(request: ShowCriterion, at: Incoming) -> Message:
    """Answer with one criterion and what led to its status."""
    now = at.deps.now()
    view = await at.deps.database.read(show_criterion, at.actor, request.name, now)
    row = view.found.row
    kind = Kind(row.kind)
    return criterion_details(
        view.line,
        view.found.initiative,
        source_kind=row.source_kind,
        url=row.source_url,
        path=row.source_path,
        every=row.every_typed.removeprefix("every "),
        readings=view.readings,
        changes=[
            (change.at, word(Status(change.from_status), kind), word(Status(change.to_status), kind))
            for change in view.changes
        ],
        unit=row.unit,
        now=now,
        zone=view.zone,
        moved=tell_goalposts(view.goalposts, now, view.zone),
        ships=view.ships,
        nudges=row.owner_id != at.actor.user_id and row.state == CriterionState.OPEN and not row.frozen,
    )


async def press_show(click: Click, at: Incoming) -> Message:
    """Show the criterion whose button was pressed."""
    return await show(ShowCriterion(name=""), chosen(at, click.value))


async def check(request: CheckCriterion, at: Incoming) -> Message:
    """Read a criterion's source now and say what was found."""
    found = await at.deps.database.read(find_criterion, at.actor, request.name)
    assert found.row.id is not None
    if found.row.source_kind in BROUGHT:
        how = "set by hand" if found.row.source_kind == SourceKind.MANUAL else "pushed by a program"
        raise UserError(
            f"“{found.row.name}” is {how}, so there is nothing to read. "
            f'Give its value: `/criteria set "{found.row.name}" 412`.',
            field="name",
        )
    outcome = await poll_now(at.deps, found.row.id)
    if outcome is None:
        raise UserError(f"“{found.row.name}” is being read at this moment. Look again with `/criteria show`.")
    return checked(
        line_of_found(outcome.found, at.deps.now()),
        failure=outcome.failure,
        secret=refused_secret(outcome.found.criterion.source, outcome.failure),
    )


async def press_check(click: Click, at: Incoming) -> Message:
    """Read the criterion whose button was pressed."""
    return await check(CheckCriterion(name=""), chosen(at, click.value))


async def set_value(request: SetReading, at: Incoming) -> Message:
    """Store a value a person gave and say what it means."""
    now = at.deps.now()
    outcome = await at.deps.database.write(set_reading, at.actor, request, now)
    if outcome.report.status is not outcome.former:
        at.deps.wake.set()
    found = outcome.found
    return value_set(line_of_found(found, now), outcome.former, Kind(found.row.kind))


async def press_set(click: Click, at: Incoming) -> None:
    """Open the modal in which a value is typed."""

    async def build() -> View:
        found = await at.deps.database.read(find_criterion, chosen(at, click.value).actor, "")
        return set_form(
            line_of_found(found, at.deps.now()), unit=found.row.unit, channel_id=at.actor.channel_id
        )

    await open_form(at, SET_TITLE, build)


async def submit_set(form: Form, at: Incoming) -> CloseAll:
    """Store the value typed in the modal; what it means comes as a direct message."""
    value = parse_number(form.values["value"], field="value")
    request = SetReading(name="", value=value, note=form.values.get("note", "").strip())
    at = chosen(at, str(json.loads(form.metadata)["criterion"]))
    return CloseAll(await set_value(request, at))


async def change(request: ChangeCriterionState, at: Incoming) -> Message:
    """Pause, resume or archive a criterion."""
    found: Found = await at.deps.database.write(change_state, at.actor, request, at.deps.now())
    at.deps.wake.set()
    return state_changed(found.row.name, request.to)


async def press_change_state(click: Click, at: Incoming) -> Redrawn:
    """Pause, resume or archive the criterion whose button was pressed."""
    to, _, criterion_id = click.value.partition(":")
    request = ChangeCriterionState(name="", to=CriterionState(to))
    return Redrawn(await change(request, chosen(at, criterion_id)))


def chosen(at: Incoming, criterion_id: str) -> Incoming:
    """Return the same request about the criterion with a row id."""
    actor: Actor = replace(at.actor, chosen=(("criterion", int(criterion_id)),))
    return replace(at, actor=actor)
