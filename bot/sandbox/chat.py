"""chat.*: posting, updating, deleting, scheduling."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from bot.sandbox.calls import TS, ApiError, Call, Method
from bot.sandbox.content import Content, read_content
from bot.sandbox.model import Channel, JsonObject, Message
from bot.sandbox.state import Team

WRITE = ("chat:write",)
CONTENT = ("text", "blocks", "attachments", "markdown_text", "metadata")
STYLE = (
    "mrkdwn",
    "parse",
    "link_names",
    "unfurl_links",
    "unfurl_media",
    "username",
    "icon_emoji",
    "icon_url",
)
UPDATE_TEXT_LIMIT = 4_000
FARTHEST_S = 120 * 24 * 3600
SCHEDULED_PER_5_MIN = 30


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message Slack will post later; ``post_at_s`` is an epoch."""

    id: str
    channel: Channel
    post_at_s: int
    content: Content
    thread_ts: str | None


class Chat:
    """The chat methods over one workspace."""

    def __init__(self, team: Team) -> None:
        """Start with nothing scheduled."""
        self.team = team
        self.scheduled: dict[str, Scheduled] = {}

    def methods(self) -> tuple[Method, ...]:
        """Return this family's rows of the method table."""
        place = ("thread_ts", "reply_broadcast")
        return (
            Method(
                "chat.postMessage",
                "PJ",
                "S",
                self.post_message,
                WRITE,
                ("channel",),
                (*CONTENT, *STYLE, *place, "team_id"),
                per_channel=True,
            ),
            Method(
                "chat.postEphemeral",
                "PJ",
                4,
                self.post_ephemeral,
                WRITE,
                ("channel", "user"),
                (*CONTENT, *STYLE, "thread_ts", "team_id"),
            ),
            Method(
                "chat.update",
                "PJ",
                3,
                self.update,
                WRITE,
                ("channel", "ts"),
                (*CONTENT, "reply_broadcast", "file_ids", "parse", "link_names", "team_id"),
            ),
            Method("chat.delete", "PJ", 3, self.delete, WRITE, ("channel", "ts"), ("as_user", "team_id")),
            Method(
                "chat.getPermalink", "G", "S", self.permalink, (), ("channel", "message_ts"), ("team_id",)
            ),
            Method(
                "chat.scheduleMessage",
                "PJ",
                3,
                self.schedule,
                WRITE,
                ("channel", "post_at"),
                (*CONTENT, *STYLE, *place, "team_id"),
            ),
            Method(
                "chat.deleteScheduledMessage",
                "PJ",
                3,
                self.unschedule,
                WRITE,
                ("channel", "scheduled_message_id"),
                ("team_id", "as_user"),
            ),
            Method(
                "chat.scheduledMessages.list",
                "PJ",
                3,
                self.list_scheduled,
                (),
                (),
                ("channel", "cursor", "latest", "limit", "oldest", "team_id"),
            ),
        )

    def post_message(self, call: Call) -> JsonObject:
        """Post where the bot may write; a user id means its direct messages."""
        channel = self._writable(call, open_direct=True)
        content = self._content(call, "chat.postMessage")
        message = self._post(channel, content, self._thread(call))
        message.reply_broadcast = call.args.flag("reply_broadcast")
        return {"channel": channel.id, "ts": message.ts, "message": self.team.payload(message)}

    def post_ephemeral(self, call: Call) -> JsonObject:
        """Show a message to one member of the channel only; it is not kept and can't be updated."""
        channel = self._writable(call)
        user = self.team.users.get(call.args.text("user"))
        if user is None or user.id not in channel.members:
            raise ApiError("user_not_in_channel")
        content = self._content(call, "chat.postEphemeral")
        message = self._message(channel, content)
        message.only_for = user
        message.thread_ts = self._thread(call)
        self.team.post(message)
        return {"message_ts": message.ts}

    def update(self, call: Call) -> JsonObject:
        """Replace parts of an own message: text alone removes blocks, blocks alone keep the text."""
        channel = call.channel()
        message = self._own(call, channel, "cant_update_message")
        if message.from_response_url:
            raise ApiError("cant_update_message")
        if channel.archived:
            raise ApiError("is_inactive")
        if len(call.args.text("text")) > UPDATE_TEXT_LIMIT:
            raise ApiError("msg_too_long")
        content = read_content(self.team, call.args, method="chat.update")
        before = self.team.payload(message)
        if content.text is not None:
            message.text = content.text
            message.blocks = []
        if content.blocks is not None:
            message.blocks = content.blocks
        if content.attachments is not None:
            message.attachments = content.attachments
        if content.metadata is not None:
            message.metadata = content.metadata or None
        self.team.changed(message, before)
        return {
            "channel": channel.id,
            "ts": message.ts,
            "text": message.text,
            "message": self.team.payload(message),
        }

    def delete(self, call: Call) -> JsonObject:
        """Delete an own message."""
        channel = call.channel()
        message = self._own(call, channel, "cant_delete_message")
        if channel.archived:
            raise ApiError("cant_delete_message")
        self.team.delete(message)
        return {"channel": channel.id, "ts": message.ts}

    def permalink(self, call: Call) -> JsonObject:
        """Return the address of a message."""
        channel = call.channel()
        message = self.team.find(channel.id, call.ts("message_ts"))
        if message is None:
            raise ApiError("message_not_found")
        link = f"https://{self.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
        if message.thread_ts:
            link += "?" + urlencode({"thread_ts": message.thread_ts, "cid": channel.id})
        return {"channel": channel.id, "permalink": link}

    def schedule(self, call: Call) -> JsonObject:
        """Keep a message for later, at most 120 days ahead."""
        channel = self._writable(call, open_direct=True)
        post_at_s = call.args.integer("post_at", 0, minimum=1, maximum=10**11, error="invalid_time")
        if post_at_s <= self.team.epoch_s():
            raise ApiError("time_in_past")
        if post_at_s > self.team.epoch_s() + FARTHEST_S:
            raise ApiError("time_too_far")
        near = [
            s for s in self.scheduled.values() if s.channel is channel and abs(s.post_at_s - post_at_s) <= 300
        ]
        if len(near) >= SCHEDULED_PER_5_MIN:
            raise ApiError("restricted_too_many")
        content = self._content(call, "chat.scheduleMessage")
        entry = Scheduled(self.team.new_id("Q"), channel, post_at_s, content, self._thread(call))
        self.scheduled[entry.id] = entry
        return {
            "channel": channel.id,
            "scheduled_message_id": entry.id,
            "post_at": post_at_s,
            "message": {"text": content.text or "", "bot_id": self.team.bot_id, "type": "delayed_message"},
        }

    def unschedule(self, call: Call) -> JsonObject:
        """Forget a message that was not posted yet."""
        entry = self.scheduled.get(call.args.text("scheduled_message_id"))
        if entry is None or entry.channel is not call.channel():
            raise ApiError("invalid_scheduled_message_id")
        del self.scheduled[entry.id]
        return {}

    def list_scheduled(self, call: Call) -> JsonObject:
        """Return what is still to be posted."""
        wanted = call.channel() if "channel" in call.args else None
        entries = [
            {
                "id": entry.id,
                "channel_id": entry.channel.id,
                "post_at": entry.post_at_s,
                "date_created": self.team.epoch_s(),
                "text": entry.content.text or "",
            }
            for entry in self.scheduled.values()
            if wanted is None or entry.channel is wanted
        ]
        return {"scheduled_messages": entries, "response_metadata": {"next_cursor": ""}}

    def post_due(self) -> None:
        """Post every scheduled message whose time has come on the workspace's clock."""
        now_s = self.team.epoch_s()
        for entry in [entry for entry in self.scheduled.values() if entry.post_at_s <= now_s]:
            del self.scheduled[entry.id]
            self._post(entry.channel, entry.content, entry.thread_ts)

    def _content(self, call: Call, method: str) -> Content:
        if any(name in call.args for name in ("username", "icon_emoji", "icon_url")):
            call.need_scope("chat:write.customize")
        content = read_content(self.team, call.args, method=method)
        if content.truncated:
            call.warnings.append("message_truncated")
        return content

    def _writable(self, call: Call, *, open_direct: bool = False) -> Channel:
        team, wanted = self.team, call.args.text("channel")
        user = team.users.get(wanted) if open_direct else None
        if user is not None and not user.is_bot and not user.deleted:
            opened = team.direct_channel(user)
            channel = opened if opened is not None else call.channel()
        else:
            channel = call.channel()
        if channel.kind == "im" and not team.installation.messages_tab:
            raise ApiError("messages_tab_disabled")
        if team.bot.id not in channel.members and (
            "chat:write.public" not in team.installation.scopes or channel.archived
        ):
            raise ApiError("is_archived" if channel.archived else "not_in_channel")
        if channel.archived:
            raise ApiError("is_archived")
        return channel

    def _thread(self, call: Call) -> str | None:
        thread_ts = call.args.values.get("thread_ts")
        if thread_ts is None or thread_ts == "":
            return None
        if not isinstance(thread_ts, str) or not TS.fullmatch(thread_ts):
            raise ApiError("invalid_thread_ts")
        return thread_ts

    def _message(self, channel: Channel, content: Content) -> Message:
        return Message(
            channel,
            self.team.next_ts(channel.id),
            self.team.bot,
            content.text or "",
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            metadata=content.metadata or None,
        )

    def _post(self, channel: Channel, content: Content, thread_ts: str | None) -> Message:
        message = self._message(channel, content)
        parent = self.team.find(channel.id, thread_ts) if thread_ts else None
        # Seen on Slack: an unknown parent is no error, the message just lands at the root.
        if parent is not None:
            message.thread_ts = parent.thread_ts or parent.ts
            if parent.thread_ts:
                self.team.journal.violate("chat.postMessage: thread_ts is a reply's, not the parent's")
        return self.team.post(message)

    def _own(self, call: Call, channel: Channel, refusal: str) -> Message:
        message = self.team.find(channel.id, call.ts("ts"))
        if message is None:
            raise ApiError("message_not_found")
        if message.user is not self.team.bot:
            raise ApiError(refusal)
        return message
