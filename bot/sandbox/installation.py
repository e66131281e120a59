"""The app as installed in the workspace: what its manifest and its tokens allow."""

from __future__ import annotations

import secrets
from typing import Literal

from bot.manifest import (
    Command,
    Manifest,
    Shortcut,
    bot_events,
    bot_scopes,
    commands,
    optional_scopes,
    section,
    shortcuts,
)

TokenKind = Literal["bot", "app"]

EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "tokens_revoked": (),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_id_changed": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "user_change": ("users:read",),
    "team_join": ("users:read",),
    "dnd_updated_user": ("dnd:read",),
}
"""Scopes of which one is needed for each event (Slack's event reference pages)."""


class Installation:
    """Tokens, granted scopes and declared features of the one app in the workspace."""

    def __init__(self, manifest: Manifest, *, app_id: str, with_optional_scopes: bool = True) -> None:
        """Install the app.

        Args:
            manifest: The app manifest as data.
            app_id: ``A…``.
            with_optional_scopes: False as when an administrator left out every optional scope.
        """
        left_out = set() if with_optional_scopes else set(optional_scopes(manifest))
        self.app_id = app_id
        self.declared_scopes = bot_scopes(manifest)
        self.scopes: tuple[str, ...] = tuple(scope for scope in self.declared_scopes if scope not in left_out)
        self.commands: dict[str, Command] = {command.name: command for command in commands(manifest)}
        self.shortcuts: dict[str, Shortcut] = {entry.callback_id: entry for entry in shortcuts(manifest)}
        self.events = frozenset(bot_events(manifest))
        home = section(manifest, "features", "app_home")
        self.home_tab = bool(home.get("home_tab_enabled", False))
        self.messages_tab = bool(home.get("messages_tab_enabled", True))
        self.bot_name = str(section(manifest, "features", "bot_user").get("display_name", "Loopmark"))
        number = secrets.randbelow(10**12)
        self.bot_token = f"xoxb-{number:012d}-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{app_id}-{number:012d}-{secrets.token_hex(16)}"
        self.signing_secret = secrets.token_hex(16)
        self.verification_token = secrets.token_hex(12)
        self.used_scopes: set[str] = {"commands"} if self.commands else set()
        self.dead_tokens: dict[str, str] = {}
        self.link_disabled = False

    def token_kind(self, token: str) -> TokenKind | None:
        """Return what sort of token this is, or None when it is not one of this app's."""
        kinds: dict[str, TokenKind] = {self.bot_token: "bot", self.app_token: "app"}
        return kinds.get(token)

    def receives(self, event: str) -> bool:
        """Say whether Slack would send this event: subscribed to, and a fitting scope granted."""
        if event not in self.events:
            return False
        needed = EVENT_SCOPES.get(event, ())
        fitting = [scope for scope in needed if scope in self.scopes]
        self.used_scopes.update(fitting)
        return not needed or bool(fitting)

    def faults(self) -> list[str]:
        """Return what the manifest asks for that can never work: unknown events, events without a scope."""
        found = []
        if self.commands and "commands" not in self.declared_scopes:
            found.append("manifest: slash commands need the scope commands")
        for event in sorted(self.events):
            if event not in EVENT_SCOPES:
                found.append(f"manifest: the stand-in knows no event {event}")
            elif EVENT_SCOPES[event] and not any(
                scope in self.declared_scopes for scope in EVENT_SCOPES[event]
            ):
                found.append(f"manifest: {event} needs one of {', '.join(EVENT_SCOPES[event])}")
        for name in self.commands:
            if not (
                2 <= len(name) <= 32 and name.startswith("/") and name == name.lower() and " " not in name
            ):
                found.append(f"manifest: {name} is no valid command name")
        return found
