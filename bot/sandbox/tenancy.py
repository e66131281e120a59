"""What administrators and time do to a workspace: archiving, renaming, leaving, uninstalling."""

from __future__ import annotations

from bot.sandbox.journal import Change
from bot.sandbox.model import Channel, JsonObject, User
from bot.sandbox.server import Server
from bot.sandbox.socket import WARNING_GRACE_S


class Tenancy:
    """Changes that come from outside the app, each with the event Slack sends for it."""

    def __init__(self, server: Server) -> None:
        """Act on this workspace."""
        self._server = server
        self._team = server.team

    # ── channels ───────────────────────────────────────────────────────────────────────────────

    def archive(self, channel: Channel, by: User | None = None) -> None:
        """Archive a channel."""
        channel.archived = True
        self._channel_event(channel, "archive", {"channel": channel.id, "user": by.id if by else "USLACKBOT"})

    def unarchive(self, channel: Channel, by: User | None = None) -> None:
        """Bring a channel back."""
        channel.archived = False
        self._channel_event(
            channel, "unarchive", {"channel": channel.id, "user": by.id if by else "USLACKBOT"}
        )

    def rename(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        channel.name = name
        self._channel_event(
            channel,
            "rename",
            {
                "channel": {
                    "id": channel.id,
                    "name": name,
                    "name_normalized": name,
                    "created": channel.created_s,
                    "is_channel": channel.kind == "public",
                    "is_mpim": False,
                },
            },
        )

    def join(self, channel: Channel, user: User, inviter: User | None = None) -> None:
        """Make a person (or the bot) a member."""
        channel.members.add(user.id)
        self._membership_event("member_joined_channel", channel, user, inviter)

    def leave(self, channel: Channel, user: User) -> None:
        """Take a person out."""
        channel.members.discard(user.id)
        self._membership_event("member_left_channel", channel, user, None)

    def invite_bot(self, channel: Channel, inviter: User | None = None) -> None:
        """Invite the bot, as ``/invite`` does."""
        self.join(channel, self._team.bot, inviter)

    def remove_bot(self, channel: Channel) -> None:
        """Take the bot out of a channel."""
        channel.members.discard(self._team.bot.id)
        name = "channel_left" if channel.kind == "public" else "group_left"
        self._emit(name, {"channel": channel.id, "actor_id": "USLACKBOT"})

    # ── people ─────────────────────────────────────────────────────────────────────────────────

    def change_zone(self, user: User, tz: str | None) -> None:
        """Move a person to another zone."""
        user.tz = tz
        self._user_event(user)

    def deactivate(self, user: User) -> None:
        """Close a person's account."""
        user.deleted = True
        self._user_event(user)

    # ── the app ────────────────────────────────────────────────────────────────────────────────

    def revoke_tokens(self, error: str = "account_inactive", *, app_token_too: bool = False) -> None:
        """Make the bot token (and the app-level one) answer with this error from now on, without a word."""
        installation = self._team.installation
        installation.dead_tokens[installation.bot_token] = error
        if app_token_too:
            installation.dead_tokens[installation.app_token] = error

    def uninstall(self) -> None:
        """Remove the app: its token dies first, then both events come in either order."""
        self.revoke_tokens()
        events: list[tuple[str, JsonObject]] = [
            ("app_uninstalled", {}),
            ("tokens_revoked", {"tokens": {"oauth": [], "bot": [self._team.bot.id]}}),
        ]
        self._team.rng.shuffle(events)
        for name, body in events:
            self._emit(name, body)

    # ── sockets ────────────────────────────────────────────────────────────────────────────────

    async def refresh_sockets(self) -> None:
        """Ask the bot to reconnect, as Slack does every few hours, and close the old sockets."""
        await self._server.sockets.disconnect("refresh_requested")

    async def warn_sockets(self, grace_s: float = WARNING_GRACE_S) -> None:
        """Announce the end of the sockets and close those that remain after the grace."""
        await self._server.sockets.disconnect("warning", grace_s=grace_s)

    async def disable_socket_mode(self) -> None:
        """Switch Socket Mode off: sockets close with ``link_disabled`` and no ticket is given any more."""
        self._team.installation.link_disabled = True
        await self._server.sockets.disconnect("link_disabled")

    def cut_sockets(self) -> None:
        """Break every socket without a closing frame."""
        self._server.sockets.cut()

    def deafen_sockets(self) -> None:
        """Leave the sockets of this moment open but silent: nothing is heard, said or ponged."""
        self._server.sockets.deafen()

    def drop_pongs(self, count: int = 1) -> None:
        """Swallow the next pongs of every open socket."""
        for connection in self._server.sockets.connections:
            connection.dropped_pongs += count

    @property
    def open_sockets(self) -> int:
        """How many sockets are open now."""
        return len(self._server.sockets.connections)

    @property
    def sockets_opened(self) -> int:
        """How many sockets were ever opened."""
        return self._server.sockets.opened

    def _channel_event(self, channel: Channel, what: str, body: JsonObject) -> None:
        self._team.journal.changed(Change("channel", text=channel.id))
        if self._team.bot.id in channel.members:
            family = "channel" if channel.kind == "public" else "group"
            self._emit(f"{family}_{what}", body)

    def _membership_event(self, name: str, channel: Channel, user: User, inviter: User | None) -> None:
        self._team.journal.changed(Change("channel", text=channel.id))
        if self._team.bot.id not in channel.members:
            return
        body: JsonObject = {
            "user": user.id,
            "channel": channel.id,
            "team": self._team.id,
            "channel_type": "C" if channel.kind == "public" else "G",
        }
        self._emit(name, body | ({"inviter": inviter.id} if inviter else {}))

    def _user_event(self, user: User) -> None:
        self._emit("user_change", {"user": self._server.people.describe(user)})

    def _emit(self, name: str, body: JsonObject) -> None:
        self._team.emit(name, {"type": name, **body, "event_ts": self._team.next_ts("events")})
