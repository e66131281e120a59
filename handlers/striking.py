"""`/criteria strike`: a reading is voided with a reason, and restored."""

from __future__ import annotations

import json

from sqlmodel import Session

from bot.blocks.strikes import STRIKE_TITLE, choose_reading, restored_message, strike_form, struck_message
from bot.db.criteria import Found
from bot.db.strikes import reading_by_id, to_reading
from bot.domain.criterion_text import parse_reason
from bot.domain.message import Message, View
from bot.domain.reading import Reading
from bot.domain.requests import StrikeReading
from bot.errors import UserError
from bot.services.editing import find_editable
from bot.services.lines import line_of_found
from bot.services.people import known_person
from bot.services.striking import Strike, find_reading, offer_readings, restore_reading, strike_reading
from handlers.context import Click, CloseAll, Form, Incoming, Redrawn
from handlers.criteria import chosen
from handlers.forms import open_form


async def strike(request: StrikeReading, at: Incoming) -> Message:
    """Void the reading that was named, or show the last ones to choose from."""
    deps, now = at.deps, at.deps.now()
    if request.reason:

        def void(session: Session) -> Strike:
            found, reading_id = find_reading(session, at.actor, request.name, request.value)
            return strike_reading(
                session, chosen(at, str(found.row.id)).actor, reading_id, request.reason, now
            )

        outcome = await deps.database.write(void)
        deps.wake.set()
        return _struck(outcome, at)

    def load(session: Session) -> tuple[Found, list[tuple[int, Reading]], str]:
        zone = known_person(session, at.actor).zone
        return *offer_readings(session, at.actor, request.name), zone

    found, readings, zone = await deps.database.read(load)
    line = line_of_found(found, now)
    return choose_reading(line, readings, unit=found.row.unit, now=now, zone=zone)


async def press_choose(click: Click, at: Incoming) -> Message:
    """Show the last readings of the criterion whose button was pressed."""
    return await strike(StrikeReading(name=""), chosen(at, click.value))


async def press_strike(click: Click, at: Incoming) -> None:
    """Open the form that asks why a reading does not count."""
    at, reading_id = _chosen_reading(click, at)
    now = at.deps.now()

    def load(session: Session) -> tuple[Found, Reading, str]:
        found = find_editable(session, at.actor, "")
        assert found.row.id is not None
        row = reading_by_id(session, found.row.id, reading_id)
        if row is None or row.struck_at is not None:
            raise UserError("That reading is struck already, or gone.")
        return found, to_reading(row), known_person(session, at.actor).zone

    async def build() -> View:
        found, reading, zone = await at.deps.database.read(load)
        return strike_form(
            line_of_found(found, now),
            reading_id,
            reading,
            unit=found.row.unit,
            now=now,
            zone=zone,
            channel_id=at.actor.channel_id,
        )

    await open_form(at, STRIKE_TITLE, build)


async def submit_strike(form: Form, at: Incoming) -> CloseAll:
    """Void the reading the form is about; what that means comes as a direct message."""
    reason = parse_reason(form.values.get("reason", ""))
    facts = json.loads(form.metadata)
    actor = chosen(at, str(facts["criterion"])).actor
    deps = at.deps
    outcome = await deps.database.write(strike_reading, actor, int(facts["reading"]), reason, deps.now())
    deps.wake.set()
    return CloseAll(_struck(outcome, at))


async def press_restore(click: Click, at: Incoming) -> Message | Redrawn:
    """Make a struck reading count again; an answer of its own is replaced, a history stays."""
    at, reading_id = _chosen_reading(click, at)
    outcome = await at.deps.database.write(restore_reading, at.actor, reading_id, at.deps.now())
    at.deps.wake.set()
    line = line_of_found(outcome.found, at.deps.now())
    return restored_message(line, outcome.reading, unit=outcome.found.row.unit)


def _chosen_reading(click: Click, at: Incoming) -> tuple[Incoming, int]:
    criterion_id, _, reading_id = click.value.partition(":")
    return chosen(at, criterion_id), int(reading_id)


def _struck(outcome: Strike, at: Incoming) -> Message:
    line = line_of_found(outcome.found, at.deps.now())
    return struck_message(line, outcome.reading_id, outcome.reading, unit=outcome.found.row.unit)
