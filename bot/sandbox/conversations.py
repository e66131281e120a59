"""conversations.*: channels and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.calls import TS, ApiError, Call, Method, paged
from bot.sandbox.model import Channel, JsonObject, Message, User
from bot.sandbox.state import Team

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
OPEN = ("im:write", "mpim:write")
FAMILY = {"public": "channels", "private": "groups", "im": "im"}


class Conversations:
    """The conversations methods over one workspace."""

    def __init__(self, team: Team) -> None:
        """Work on this workspace."""
        self.team = team

    def methods(self) -> tuple[Method, ...]:
        """Return this family's rows of the method table."""
        page = ("cursor", "limit", "team_id")
        span = ("latest", "oldest", "inclusive", "include_all_metadata")
        return (
            Method(
                "conversations.info",
                "G",
                3,
                self.info,
                READ,
                ("channel",),
                ("include_locale", "include_num_members", "team_id"),
            ),
            Method("conversations.list", "G", 2, self.list, READ, (), (*page, "types", "exclude_archived")),
            Method("conversations.members", "G", 4, self.members, READ, ("channel",), page),
            Method(
                "conversations.open",
                "PJ",
                3,
                self.open,
                OPEN,
                (),
                ("channel", "users", "return_im", "prevent_creation", "team_id"),
            ),
            Method("conversations.join", "PJ", 3, self.join, ("channels:join",), ("channel",), ("team_id",)),
            Method(
                "conversations.leave",
                "PJ",
                3,
                self.leave,
                ("channels:manage", "groups:write"),
                ("channel",),
                ("team_id",),
            ),
            Method("conversations.history", "GJ", 3, self.history, HISTORY, ("channel",), (*page, *span)),
            Method("conversations.replies", "G", 3, self.replies, HISTORY, ("channel", "ts"), (*page, *span)),
        )

    def info(self, call: Call) -> JsonObject:
        """Describe a channel the bot can see."""
        channel = self._scoped(call, "read")
        body = describe_channel(self.team, channel)
        if call.args.flag("include_num_members"):
            body["num_members"] = len(channel.members)
        return {"channel": body}

    def list(self, call: Call) -> JsonObject:
        """List visible channels of the wanted types, public ones by default."""
        wanted = set(call.args.ids("types") or ["public_channel"])
        if wanted - {"public_channel", "private_channel", "im", "mpim"}:
            raise ApiError("invalid_types")
        named = {"public": "public_channel", "private": "private_channel", "im": "im"}
        channels = [
            describe_channel(self.team, channel)
            for channel in self.team.channels.values()
            if named[channel.kind] in wanted
            and self.team.bot_sees(channel)
            and not (channel.archived and call.args.flag("exclude_archived"))
            and f"{FAMILY[channel.kind]}:read" in self.team.installation.scopes
        ]
        page, metadata = paged(channels, call.args, default=100, maximum=999)
        return {"channels": page, "response_metadata": metadata}

    def members(self, call: Call) -> JsonObject:
        """List the member ids."""
        channel = self._scoped(call, "read")
        page, metadata = paged(sorted(channel.members), call.args, default=100, maximum=1000)
        return {"members": page, "response_metadata": metadata}

    def open(self, call: Call) -> JsonObject:
        """Open the direct messages with one person."""
        if "channel" in call.args:
            channel = call.channel()
            if channel.kind != "im":
                raise ApiError("method_not_supported_for_channel_type")
            return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
        users = [self._person(user_id) for user_id in call.args.ids("users")]
        if not users:
            raise ApiError("users_list_not_supplied")
        if len(users) > 8:
            raise ApiError("too_many_users")
        call.need_scope("im:write" if len(users) == 1 else "mpim:write")
        if len(users) > 1:
            raise ApiError("method_not_supported_for_channel_type")
        existing = self.team.direct_channel(users[0], create=False)
        if existing is None and call.args.flag("prevent_creation"):
            raise ApiError("channel_not_found")
        opened = existing or self.team.direct_channel(users[0])
        if opened is None:
            raise ApiError("channel_not_found")
        flags = {"no_op": True, "already_open": True} if existing else {}
        full = call.args.flag("return_im")
        return {**flags, "channel": describe_channel(self.team, opened) if full else {"id": opened.id}}

    def join(self, call: Call) -> JsonObject:
        """Make the bot a member of a public channel."""
        channel = call.channel()
        if channel.kind != "public":
            raise ApiError("method_not_supported_for_channel_type")
        if channel.archived:
            raise ApiError("is_archived")
        if self.team.bot.id not in channel.members:
            channel.members.add(self.team.bot.id)
        return {"channel": describe_channel(self.team, channel)}

    def leave(self, call: Call) -> JsonObject:
        """Take the bot out of a channel."""
        channel = call.channel()
        if channel.kind == "im":
            raise ApiError("method_not_supported_for_channel_type")
        if self.team.bot.id not in channel.members:
            return {"not_in_channel": True}
        channel.members.discard(self.team.bot.id)
        return {}

    def history(self, call: Call) -> JsonObject:
        """Return root messages and broadcast replies, latest first."""
        channel = self._scoped(call, "history")
        roots = [m for m in self.team.history(channel.id) if not m.thread_ts or m.reply_broadcast]
        wanted = list(reversed(self._between(call, roots)))
        page, metadata = paged(wanted, call.args, default=100, maximum=999)
        return {
            "messages": self._payloads(call, page),
            "has_more": bool(metadata["next_cursor"]),
            "pin_count": 0,
            "response_metadata": metadata,
        }

    def replies(self, call: Call) -> JsonObject:
        """Return a parent and then its replies, oldest first; the parent comes on every page."""
        channel = self._scoped(call, "history")
        parent = self.team.find(channel.id, call.ts("ts", "thread_not_found"))
        if parent is None:
            raise ApiError("thread_not_found")
        if parent.thread_ts:
            return {"messages": self._payloads(call, [parent]), "has_more": False}
        replies = self._between(call, self.team.replies(parent))
        page, metadata = paged(replies, call.args, default=999, maximum=1000)
        return {
            "messages": self._payloads(call, [parent, *page]),
            "has_more": bool(metadata["next_cursor"]),
            "response_metadata": metadata,
        }

    def _payloads(self, call: Call, messages: Sequence[Message]) -> Sequence[JsonObject]:
        with_metadata = call.args.flag("include_all_metadata")
        return [self.team.payload(message, with_metadata=with_metadata) for message in messages]

    def _between(self, call: Call, messages: Sequence[Message]) -> Sequence[Message]:
        oldest, latest = self._edge(call, "oldest", "0"), self._edge(call, "latest", "9" * 12)
        if call.args.flag("inclusive"):
            return [m for m in messages if oldest <= _micros(m.ts) <= latest]
        return [m for m in messages if oldest < _micros(m.ts) < latest]

    def _edge(self, call: Call, name: str, default: str) -> int:
        value = call.args.text(name, default) or default
        try:
            return _micros(value)
        except ValueError:
            raise ApiError(f"invalid_ts_{name}") from None

    def _scoped(self, call: Call, action: str) -> Channel:
        channel = call.channel()
        if action == "history" and self.team.bot.id not in channel.members:
            raise ApiError("not_in_channel")
        call.need_scope(f"{FAMILY[channel.kind]}:{action}")
        return channel

    def _person(self, user_id: str) -> User:
        user = self.team.users.get(user_id)
        if user is None or user.is_bot:
            raise ApiError("user_not_found")
        if user.deleted:
            raise ApiError("user_disabled")
        return user


def _micros(ts: str) -> int:
    """Read a ts or a bare epoch as microseconds, exactly."""
    if TS.fullmatch(ts):
        return int(ts.replace(".", ""))
    return int(float(ts) * 1_000_000)


def describe_channel(team: Team, channel: Channel) -> JsonObject:
    """Return a channel as conversations.info writes it."""
    body: JsonObject = {
        "id": channel.id,
        "created": channel.created_s,
        "is_im": channel.kind == "im",
        "is_archived": channel.archived,
        "context_team_id": team.id,
        "is_org_shared": False,
    }
    if channel.kind == "im":
        person = next((user_id for user_id in channel.members if user_id != team.bot.id), team.bot.id)
        return body | {"user": person, "is_user_deleted": team.users[person].deleted, "is_open": True}
    return body | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_private": channel.kind == "private",
        "is_mpim": False,
        "is_member": team.bot.id in channel.members,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "creator": "",
        "unlinked": 0,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }
