"""`/initiative`: new, list, show and close."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.blocks.initiatives import (
    TITLE,
    broadcast_message,
    closed_message,
    confirm_close,
    initiative_details,
    initiatives_list,
    new_form,
    started_message,
)
from bot.domain.dates import parse_date
from bot.domain.entities import ChannelRef, UserRef
from bot.domain.message import Message, View
from bot.domain.names import parse_name
from bot.domain.requests import (
    Broadcast,
    CloseInitiative,
    ListInitiatives,
    NewInitiative,
    OpenInitiativeForm,
    ShowInitiative,
)
from bot.domain.salvage import salvage_initiative
from bot.domain.wallclock import day_at
from bot.services.initiatives import (
    InitiativeView,
    closable_initiative,
    close_initiative,
    list_initiatives,
    set_broadcast,
    show_initiative,
    start_initiative,
)
from bot.services.people import known_person
from bot.services.sharing import shared_with
from handlers.context import Click, CloseAll, Form, Incoming, Redrawn
from handlers.forms import open_form


async def start(request: NewInitiative, at: Incoming) -> Message:
    """Start an initiative typed on one line."""
    initiative = await start_initiative(at.deps, at.actor, request)
    return started_message(initiative, day_at(at.deps.now(), initiative.zone))


async def open_new_form(request: OpenInitiativeForm, at: Incoming) -> None:
    """Open the empty modal."""
    del request
    await open_form(at, TITLE, lambda: _form(at, {}))


async def press_new(click: Click, at: Incoming) -> None:
    """Open the empty modal from a button."""
    del click
    await open_form(at, TITLE, lambda: _form(at, {}))


async def typed_form(at: Incoming, text: str) -> View:
    """Return the modal filled in with what could be read of a typed line."""
    return await _form(at, salvage_initiative(text, at.deps.now().date()))


async def _form(at: Incoming, filled: dict[str, str]) -> View:
    await at.deps.database.read(known_person, at.actor)
    return new_form(user_id=at.actor.user_id, channel_id=at.actor.channel_id, filled=filled)


async def submit_new(form: Form, at: Incoming) -> CloseAll:
    """Start the initiative typed in the modal; the answer comes as a direct message."""
    values = form.values
    request = NewInitiative(
        name=parse_name(values["name"], what="initiative"),
        due=parse_date(values["due"]),
        channel=ChannelRef(values["channel"], "") if values.get("channel") else None,
        owner=UserRef(values["owner"]) if values.get("owner") else None,
    )
    initiative = await start_initiative(at.deps, at.actor, request, outcome=values.get("outcome", ""))
    return CloseAll(started_message(initiative, day_at(at.deps.now(), initiative.zone)))


async def show_all(request: ListInitiatives, at: Incoming) -> Message:
    """Answer with the open initiatives the person may see."""
    del request
    now = at.deps.now()

    def load(session: Session) -> tuple[str, list[InitiativeView]]:
        return known_person(session, at.actor).zone, list_initiatives(session, at.actor, now)

    zone, views = await at.deps.database.read(load)
    return initiatives_list(
        [(view.initiative, view.standing, len(view.lines)) for view in views], day_at(now, zone)
    )


async def show(request: ShowInitiative, at: Incoming) -> Message:
    """Answer with one initiative as it stands."""
    now = at.deps.now()

    def load(session: Session) -> tuple[InitiativeView, list[tuple[str, datetime]]]:
        view = show_initiative(session, at.actor, request.name, now)
        return view, shared_with(session, view.initiative.id, now)

    view, links = await at.deps.database.read(load)
    today = day_at(now, view.initiative.zone)
    return initiative_details(
        view.initiative, view.lines, view.standing, today, view.timeline, view.iteration, links=links
    )


async def broadcast(request: Broadcast, at: Incoming) -> Message:
    """Show status changes in the channel as well, or in the thread alone."""
    initiative = await at.deps.database.write(set_broadcast, at.actor, request.name, request.on)
    return broadcast_message(initiative)


async def close(request: CloseInitiative, at: Incoming) -> Message:
    """Ask whether an initiative is to be closed."""
    view = await at.deps.database.read(closable_initiative, at.actor, request.name, at.deps.now())
    return confirm_close(view.initiative)


async def press_close(click: Click, at: Incoming) -> Redrawn:
    """Close the initiative that was asked about."""
    initiative = await at.deps.database.write(close_initiative, at.actor, int(click.value), at.deps.now())
    return Redrawn(closed_message(initiative))
