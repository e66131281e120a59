"""Check-ins: `/criteria check-in` and [Check in], a person's confidence in a criterion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from sqlmodel import Session

from bot.blocks.checkins import TITLE, check_in_form, checked_in
from bot.db.criteria import Found
from bot.domain.checkin import parse_confidence, parse_sentence
from bot.domain.criterion import SourceKind
from bot.domain.message import View
from bot.domain.quantities import parse_number
from bot.domain.requests import CheckInCriterion
from bot.domain.values import show_value
from bot.services.checkins import check_in, criteria_to_check_in, criterion_to_check_in
from bot.services.lines import line_of_found
from handlers.context import Click, CloseAll, Form, Incoming
from handlers.criteria import chosen
from handlers.forms import open_form

CHOICES = 100
"""Criteria in one menu; Slack takes no more."""


async def open_check_in(request: CheckInCriterion, at: Incoming) -> None:
    """Open the form for one criterion; a name that fits none is told before there is a form."""
    found = await at.deps.database.read(criterion_to_check_in, at.actor, request.name)
    await open_form(at, TITLE, partial(_form, at, [found]))


async def press_check_in(click: Click, at: Incoming) -> None:
    """[Check in] on a progress post, of which one criterion is chosen, or beside one criterion."""
    what, _, row_id = click.value.partition(":")
    if what == "criterion":
        await open_check_in(CheckInCriterion(name=""), chosen(at, row_id))
        return

    async def build() -> View:
        criteria = await at.deps.database.read(criteria_to_check_in, at.actor, int(row_id))
        return await _form(at, criteria)

    await open_form(at, TITLE, build)


async def submit_check_in(form: Form, at: Incoming) -> CloseAll:
    """Store what was said; the answer comes as a private message."""
    about = json.loads(form.metadata)
    typed = form.values.get("value", "").strip()
    confidence = parse_confidence(form.values.get("confidence", ""))
    sentence = parse_sentence(form.values.get("sentence", ""))
    value = parse_number(typed, field="value") if typed else None
    now = at.deps.now()

    def store(session: Session) -> CloseAll:
        done = check_in(
            session,
            at.actor,
            about["initiative"],
            int(form.values.get("criterion") or about["criterion"]),
            confidence=confidence,
            sentence=sentence,
            value=value,
            now=now,
        )
        return CloseAll(checked_in(line_of_found(done.found, now), done.confidence, valued=value is not None))

    closed = await at.deps.database.write(store)
    at.deps.wake.set()
    return closed


async def _form(at: Incoming, criteria: Sequence[Found]) -> View:
    only = criteria[0].row if len(criteria) == 1 else None
    return check_in_form(
        [line_of_found(found, at.deps.now()) for found in criteria[:CHOICES]],
        initiative_id=criteria[0].initiative.id,
        by_hand=any(each.row.source_kind == SourceKind.MANUAL and not each.row.frozen for each in criteria),
        value="" if only is None or only.value is None else show_value(only.value, digits=None),
        unit="" if only is None else only.unit,
        channel_id=at.actor.channel_id,
    )
