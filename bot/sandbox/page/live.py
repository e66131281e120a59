"""The page's routes, and one WebSocket for each page that is open."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import weakref
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.journal import Change
from bot.sandbox.model import JsonObject, User
from bot.sandbox.page.actions import Actions, Refused
from bot.sandbox.page.assets import read_asset, refuse_strangers
from bot.sandbox.page.documents import Documents, changes

if TYPE_CHECKING:  # the workspace makes the page
    from bot.sandbox.workspace import Workspace

COALESCED_S = 0.05
"""Changes that come closer together than this are sent as one."""

MOST_ACTIONS = 50
"""Actions of one page under way at the same time."""

LONGEST_REQUEST_BYTES = 1_000_000


class Page:
    """The workspace in a browser: static files, the state of one person, and what they do."""

    def __init__(self, workspace: Workspace) -> None:
        """Show this workspace; nothing is served before its server starts."""
        self.documents = Documents(workspace.server)
        self._workspace = workspace
        self._actions = Actions(workspace, self.documents)
        self._open: weakref.WeakSet[web.WebSocketResponse] = weakref.WeakSet()

    def add_to(self, app: web.Application) -> None:
        """Add the page's routes."""
        app.router.add_get("/", self._index)
        app.router.add_get("/live", self._live)
        app.router.add_get("/page/file/{file}", self._file)
        app.router.add_get("/page/{name}", self._asset)
        app.on_shutdown.append(self._close)

    async def _index(self, request: web.Request) -> web.Response:
        refuse_strangers(request)
        return read_asset("index.html")

    async def _asset(self, request: web.Request) -> web.Response:
        refuse_strangers(request)
        return read_asset(request.match_info["name"])

    async def _file(self, request: web.Request) -> web.Response:
        refuse_strangers(request)
        user = self._user(request)
        file = self._workspace.server.files.files.get(request.match_info["file"])
        visible = {channel.id for channel in self.documents.visible_channels(user)}
        if file is None or file.deleted or not file.completed or not visible & set(file.shared_in):
            raise web.HTTPNotFound(text="There is no such file, or it was not shared with you.\n")
        return web.Response(
            body=file.content or b"",
            content_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{_quoted(file.name)}",
                "Content-Security-Policy": "sandbox",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        refuse_strangers(request)
        user = self._user(request)
        # Made before the first look, as Slack makes it: the page always has a place to write to the bot.
        self._workspace.direct_channel(user)
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=LONGEST_REQUEST_BYTES, compress=False)
        await socket.prepare(request)
        self._open.add(socket)
        changed = asyncio.Event()
        changed.set()

        def notice(_change: Change) -> None:
            changed.set()

        stop_listening = self._workspace.on_change(notice)
        under_way: set[asyncio.Task[None]] = set()
        sending = asyncio.create_task(self._send_changes(socket, user, changed), name="page state")
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and len(under_way) < MOST_ACTIONS:
                    task = asyncio.create_task(self._act(socket, user, message.data, changed))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
        finally:
            stop_listening()
            sending.cancel()
            await asyncio.gather(sending, *under_way, return_exceptions=True)
        return socket

    async def _send_changes(self, socket: web.WebSocketResponse, user: User, changed: asyncio.Event) -> None:
        sent: dict[str, str] = {}
        while not socket.closed:
            await changed.wait()
            changed.clear()
            now = self.documents.of(user)
            message = changes(sent, now)
            sent = now
            if message is not None:
                # A page that reads slowly makes this wait, and skips the states in between.
                await socket.send_str(message)
            await asyncio.sleep(COALESCED_S)

    async def _act(
        self, socket: web.WebSocketResponse, user: User, text: str, changed: asyncio.Event
    ) -> None:
        answer: JsonObject = {"type": "done", "id": None}
        try:
            request = json.loads(text)
            answer["id"] = request["id"]
        except (ValueError, TypeError, KeyError):
            answer |= {"ok": False, "error": "The page sent something the sandbox can't read."}
        else:
            try:
                answer |= {"ok": True, "result": await self._actions.do(user, request)}
            except Refused as refused:
                answer |= {"ok": False, "error": str(refused)}
        changed.set()
        if not socket.closed:
            await socket.send_json(answer)

    def _user(self, request: web.Request) -> User:
        people = self.documents.people()
        wanted = request.query.get("as", "")
        for user in people:
            if user.id == wanted or not wanted:
                return user
        raise web.HTTPNotFound(text="There is nobody of that id in this workspace.\n")

    async def _close(self, _app: web.Application) -> None:
        for socket in set(self._open):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the sandbox stops")


def _quoted(name: str) -> str:
    return "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in name)
