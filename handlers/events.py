"""What Slack tells unasked: people who move or leave, channels renamed or archived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from bot.db.channels import change_channel
from bot.db.events import take_event
from bot.db.people import find_person, save_person
from bot.deps import Deps
from bot.domain.actor import Person
from bot.domain.zones import known_zone
from bot.services.leaving import hand_over


async def person_changed(body: Mapping[str, Any], deps: Deps) -> None:
    """A known person's name, zone and standing are current again; what somebody owned who has left is passed on."""
    user = body["event"]["user"]
    profile = user.get("profile") or {}
    person = Person(
        team_id=str(body["team_id"]),
        user_id=user["id"],
        name=profile.get("display_name") or user.get("real_name") or user.get("name") or "",
        zone=known_zone(user.get("tz")) or "UTC",
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_deleted=bool(user.get("deleted")),
    )

    def keep(session: Session) -> None:
        now = deps.now()
        if not take_event(session, body["team_id"], body["event_id"], now):
            return
        known = find_person(session, person.team_id, person.user_id)
        # Somebody may own a thing whom Slack was never asked about.
        if known or person.is_deleted:
            save_person(session, person, now)
        if person.is_deleted and (known is None or not known.is_deleted):
            hand_over(session, person.team_id, person.user_id, now)

    await deps.database.write(keep)
    if person.is_deleted:
        deps.wake.set()


async def channel_changed(body: Mapping[str, Any], deps: Deps) -> None:
    """A known channel's name, and whether anything can be posted there, are current again."""
    event = body["event"]
    channel = event["channel"]
    channel_id = channel["id"] if isinstance(channel, Mapping) else channel
    name = channel.get("name") if isinstance(channel, Mapping) else None
    archived = {"archive": True, "unarchive": False}.get(event["type"].rpartition("_")[2])
    left = event["type"] in {"channel_left", "group_left"}

    def keep(session: Session) -> None:
        if take_event(session, body["team_id"], body["event_id"], deps.now()):
            change_channel(
                session,
                body["team_id"],
                channel_id,
                name=name,
                is_archived=archived,
                is_member=False if left else None,
            )

    await deps.database.write(keep)


async def bot_joined(body: Mapping[str, Any], deps: Deps) -> None:
    """A known channel the bot was invited to can be posted in."""
    event = body["event"]
    if event.get("user") != deps.bot_user_id:
        return

    def keep(session: Session) -> None:
        if take_event(session, body["team_id"], body["event_id"], deps.now()):
            change_channel(session, body["team_id"], event["channel"], is_member=True)

    await deps.database.write(keep)
