"""Profiles: what Slack tells of people and channels, as Loopmark keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.actor import Channel, Person
from bot.domain.zones import known_zone


def to_person(team_id: str, user: Mapping[str, Any]) -> Person:
    """Return the person a `user` object of users.info describes.

    Bots, guests and deactivated people come without a zone; theirs is UTC, as is one not known here.
    """
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), profile.get("real_name"), user.get("name"))
    return Person(
        team_id=team_id,
        user_id=str(user["id"]),
        name=next((name for name in names if name), str(user["id"])),
        zone=known_zone(user.get("tz")) or "UTC",
        is_admin=any(user.get(flag) for flag in ("is_admin", "is_owner", "is_primary_owner")),
        is_deleted=bool(user.get("deleted")),
    )


def to_channel(info: Mapping[str, Any]) -> Channel:
    """Return the channel conversations.info describes; the bot is in its direct messages."""
    is_direct = bool(info.get("is_im"))
    return Channel(
        channel_id=str(info["id"]),
        name=str(info.get("name") or ""),
        is_private=is_direct or bool(info.get("is_private") or info.get("is_mpim")),
        is_archived=bool(info.get("is_archived")),
        is_member=is_direct or bool(info.get("is_member", info.get("is_mpim"))),
    )
