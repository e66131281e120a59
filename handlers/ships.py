"""Ships: `/loop ship`, the shortcut on a message, and one-tap feedback under the announcement."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.blocks.notes import FORM_TITLE, note_form
from bot.blocks.ships import (
    TITLE,
    ship_form,
    shipped_message,
    taken_back_message,
    vote_receipt,
    vote_withdrawn,
)
from bot.domain.entities import read_line
from bot.domain.message import Message, View
from bot.domain.names import NAME_LIMIT, parse_name
from bot.domain.requests import OpenShipForm, ShipChange
from bot.domain.ship import Thumb
from bot.services.shipping import ship_change, ship_to_note, shippable, take_back, vote_on, withdraw_vote
from handlers.context import Click, CloseAll, Form, Incoming, Redrawn, Shortcut
from handlers.forms import open_form


async def ship(request: ShipChange, at: Incoming) -> Message:
    """`/loop ship "New checkout form" [for INITIATIVE]`: stored, and announced in the home channel."""
    shipped = await at.deps.database.write(ship_change, at.actor, request, at.deps.now())
    at.deps.wake.set()
    return shipped_message(shipped.ship, shipped.initiative)


async def open_ship_form(request: OpenShipForm, at: Incoming) -> None:
    """`/loop ship`: the form."""
    del request
    await open_form(at, TITLE, partial(_form, at, ""))


async def mark_as_shipped(shortcut: Shortcut, at: Incoming) -> None:
    """[Mark as shipped] in a message's menu: the form, with the message's first line in it."""
    first = next((line for line in shortcut.text.splitlines() if line.strip()), "")
    await open_form(at, TITLE, partial(_form, at, read_line(first).show_inline()[:NAME_LIMIT]))


async def submit_ship(form: Form, at: Incoming) -> CloseAll:
    """Store what the form says; the answer comes as a direct message."""
    name = parse_name(form.values.get("name", ""), what="ship")
    chosen = replace(at.actor, chosen=(("initiative", int(form.values["initiative"])),))
    change = ShipChange(name, reactions=bool(form.values.get("reactions")))
    return CloseAll(await ship(change, replace(at, actor=chosen)))


async def press_take_back(click: Click, at: Incoming) -> Message | Redrawn:
    """[Take back] under the answer of whoever shipped, or under the announcement of what a program shipped."""
    taken = await at.deps.database.write(take_back, at.actor, int(click.value), at.deps.now())
    at.deps.wake.set()
    said = taken_back_message(taken.ship, taken.initiative)
    # An announcement is drawn again by itself; an answer of one's own is replaced.
    private = click.is_ephemeral or at.actor.channel_id.startswith("D")
    return Redrawn(said) if private else said


async def press_vote(click: Click, at: Incoming) -> Message:
    """A thumb under the announcement: counted once, with a receipt."""
    ship_id, _, thumb = click.value.partition(":")
    voted = await at.deps.database.write(vote_on, at.actor, int(ship_id), Thumb(thumb), at.deps.now())
    at.deps.wake.set()
    return vote_receipt(voted.ship, Thumb(thumb), voted.former)


async def press_withdraw(click: Click, at: Incoming) -> Redrawn:
    """[Withdraw] on a receipt."""
    voted = await at.deps.database.write(withdraw_vote, at.actor, int(click.value), at.deps.now())
    at.deps.wake.set()
    return Redrawn(vote_withdrawn(voted.ship))


async def press_say_more(click: Click, at: Incoming) -> None:
    """[Say more]: the form for a note on the ship."""

    async def build() -> View:
        found = await at.deps.database.read(ship_to_note, at.actor, int(click.value))
        return note_form(found.initiative, at.actor.channel_id, ship=found.ship)

    await open_form(at, FORM_TITLE, build)


async def _form(at: Incoming, name: str) -> View:
    initiatives = await at.deps.database.read(shippable, at.actor)
    return ship_form(initiatives, channel_id=at.actor.channel_id, name=name)
