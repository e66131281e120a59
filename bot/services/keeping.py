"""Keeping: a message somebody marked, or with which they mentioned the bot, becomes a note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.db import notes
from bot.db.initiatives import find_initiative_by_id
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.kept_message import KeptMessage, kept_text
from bot.errors import DeliveryError
from bot.services.notes import NOTE_LIMIT, SavedNote, at_home

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is kept as a note.

    Attributes:
        saved: The note as it is stored.
        before: True when the person had kept it before; nothing was stored now.
    """

    saved: SavedNote
    before: bool


async def keep_message(deps: Deps, actor: Actor, message: KeptMessage) -> Kept:
    """Store a message as a note of whoever marked it, with its permalink; once for each person and message.

    It is on the channel's initiative if there is exactly one, and is seen where notes of that channel are.
    """
    kept = await deps.database.write(store_message, actor, message, deps.now())
    return await link_message(deps, kept, message.ts)


def store_message(session: Session, actor: Actor, message: KeptMessage, now: datetime) -> Kept:
    """Store a message as a note without its permalink, which Slack has to be asked for."""
    only, choices = at_home(session, actor)
    note, is_new = notes.keep_message(
        session,
        team_id=actor.team_id,
        channel_id=actor.channel_id,
        initiative_id=only.id if only else None,
        author_id=actor.user_id,
        text=kept_text(message.text, NOTE_LIMIT),
        now=now,
        message_ts=message.ts,
        # One's own words need no second name.
        said_by=None if message.said_by == actor.user_id else message.said_by,
    )
    if not is_new and only is not None and note.initiative_id is None:
        note = replace(note, initiative_id=only.id)
        notes.move_own_note(session, actor.team_id, actor.user_id, note.id, only.id)
    if is_new or note.initiative_id is None:
        return Kept(SavedNote(note, only, choices), before=not is_new)
    about = find_initiative_by_id(session, actor.team_id, note.initiative_id)
    return Kept(SavedNote(note, about, ()), before=True)


async def link_message(deps: Deps, kept: Kept, ts: str) -> Kept:
    """Give a kept message's note its permalink; it stays without when Slack can't say."""
    note = kept.saved.note
    if note.permalink:
        return kept
    try:
        permalink = await deps.slack.permalink(note.channel_id, ts)
    except DeliveryError as error:
        log.info("message kept without its link", cause=error.error)
        return kept
    await deps.database.write(notes.link_note, note.id, permalink)
    return Kept(replace(kept.saved, note=replace(note, permalink=permalink)), kept.before)
