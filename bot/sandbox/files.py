"""files.*: the two-step upload and what became of it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.sandbox.calls import ApiError, Call, Method
from bot.sandbox.journal import Change
from bot.sandbox.model import Channel, JsonObject, Message
from bot.sandbox.state import Team

WRITE = ("files:write",)
LARGEST_BYTES = 20_000_000


@dataclass(slots=True, eq=False)
class File:
    """An uploaded file; ``content`` is None until the bytes came, ``shared_in`` the channels it is in."""

    id: str
    name: str
    length: int
    ticket: str
    title: str = ""
    content: bytes | None = None
    completed: bool = False
    deleted: bool = False
    shared_in: tuple[str, ...] = ()


class Files:
    """The file methods and the upload address over one workspace."""

    def __init__(self, team: Team) -> None:
        """Start with no files."""
        self.team = team
        self.files: dict[str, File] = {}

    def methods(self) -> tuple[Method, ...]:
        """Return this family's rows of the method table."""
        return (
            Method(
                "files.getUploadURLExternal",
                "P",
                4,
                self.get_upload_url,
                WRITE,
                ("filename", "length"),
                ("snippet_type", "alt_txt", "team_id"),
            ),
            Method(
                "files.completeUploadExternal",
                "PJ",
                4,
                self.complete,
                WRITE,
                ("files",),
                ("channel_id", "channels", "thread_ts", "initial_comment", "blocks", "team_id"),
            ),
            Method(
                "files.info",
                "G",
                4,
                self.info,
                ("files:read",),
                ("file",),
                ("cursor", "limit", "count", "page", "team_id"),
            ),
            Method("files.delete", "PJ", 3, self.delete, WRITE, ("file",), ("team_id",)),
        )

    def get_upload_url(self, call: Call) -> JsonObject:
        """Return where to send the bytes."""
        if not call.args.text("filename"):
            raise ApiError("invalid_arguments", messages=["missing required field: filename"])
        length = call.args.integer(
            "length", 0, minimum=1, maximum=LARGEST_BYTES, error="file_upload_size_restricted"
        )
        if len(call.args.text("alt_txt")) > 1000:
            raise ApiError("alt_txt_too_large")
        file = File(self.team.new_id("F"), call.args.text("filename"), length, secrets.token_urlsafe(16))
        self.files[file.id] = file
        return {"upload_url": f"{self.team.origin}/upload/v1/{file.ticket}", "file_id": file.id}

    async def receive(self, request: web.Request) -> web.Response:
        """Take the raw bytes (or one multipart part) of an announced file."""
        ticket = request.match_info["ticket"]
        file = next((file for file in self.files.values() if file.ticket == ticket), None)
        if file is None or file.content is not None:
            return web.Response(status=404, text="not found")
        if request.content_type == "multipart/form-data":
            part = next(iter((await request.post()).values()), None)
            content = part.file.read() if isinstance(part, web.FileField) else str(part or "").encode()
        else:
            content = await request.read()
        if len(content) != file.length:
            return web.Response(status=400, text=f"expected {file.length} bytes, got {len(content)}")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    def complete(self, call: Call) -> JsonObject:
        """Finish uploads and share them; the share message's ts is not told."""
        wanted: Any = call.args.structure("files", "invalid_arguments")
        if not isinstance(wanted, list) or not wanted:
            raise ApiError("invalid_arguments", messages=["missing required field: files"])
        files = [self._uploaded(entry) for entry in wanted]
        ids = call.args.ids("channels") + call.args.ids("channel_id")
        if len(ids) > 100:
            raise ApiError("channels_limit_exceeded")
        channels = [self._channel(channel_id) for channel_id in ids]
        for file in files:
            file.completed, file.shared_in = True, tuple(channel.id for channel in channels)
        for channel in channels:
            self._share(call, channel, files)
        self.team.journal.changed(Change("file"))
        return {"files": [{"id": file.id, "title": file.title or file.name} for file in files]}

    def info(self, call: Call) -> JsonObject:
        """Describe a file."""
        return {"file": self.describe(self._existing(call))}

    def delete(self, call: Call) -> JsonObject:
        """Delete a file."""
        self._existing(call).deleted = True
        return {}

    def describe(self, file: File) -> JsonObject:
        """Return a file as Slack writes it."""
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title or file.name,
            "size": file.length,
            "user": self.team.bot.id,
            "channels": list(file.shared_in),
        }

    def _share(self, call: Call, channel: Channel, files: list[File]) -> None:
        thread_ts = call.args.text("thread_ts")
        parent = self.team.find(channel.id, thread_ts) if thread_ts else None
        self.team.post(
            Message(
                channel,
                self.team.next_ts(channel.id),
                self.team.bot,
                call.args.text("initial_comment"),
                thread_ts=parent.ts if parent else None,
                subtype="file_share",
                files=[self.describe(file) for file in files],
            )
        )

    def _uploaded(self, entry: Any) -> File:
        if not isinstance(entry, dict) or set(entry) - {"id", "title", "highlight_type"}:
            extra = sorted(set(entry) - {"id", "title"}) if isinstance(entry, dict) else [json.dumps(entry)]
            raise ApiError(
                "invalid_arguments",
                messages=[f"invalid additional property: {extra[0]} [json-pointer:/files/0]"],
            )
        file = self.files.get(str(entry.get("id")))
        if file is None or file.completed:
            raise ApiError("file_not_found")
        if file.content is None:
            raise ApiError("file_update_failed")
        file.title = str(entry.get("title") or "")
        return file

    def _channel(self, channel_id: str) -> Channel:
        channel = self.team.channels.get(channel_id)
        if channel is None or not self.team.bot_sees(channel):
            raise ApiError("channel_not_found")
        if self.team.bot.id not in channel.members:
            raise ApiError("not_in_channel")
        return channel

    def _existing(self, call: Call) -> File:
        file = self.files.get(call.args.text("file"))
        if file is None or not file.completed:
            raise ApiError("file_not_found")
        if file.deleted:
            raise ApiError("file_deleted")
        return file
