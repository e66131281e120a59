"""The page's server: who sees what, what can be done, and who is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import User, Workspace
from bot.sandbox.page import ClockState, GuideStep
from bot.slack.socket import SocketLink

Json = dict[str, Any]

FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "it", "min_length": 3},
        }
    ],
}
MENU: Json = {
    "type": "static_select",
    "action_id": "menu",
    "placeholder": {"type": "plain_text", "text": "Which"},
    "options": [{"text": {"type": "plain_text", "text": one}, "value": one} for one in ("A", "B")],
}


class Browser:
    """One open page: the documents it has, and what it asks for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.docs: dict[str, Any] = {}
        self._socket = socket
        self._number = 0
        self._answers: dict[int, Json] = {}

    async def _take(self) -> None:
        message = json.loads((await self._socket.receive()).data)
        if message["type"] == "done":
            self._answers[message["id"]] = message
            return
        self.docs |= message["put"]
        for key in message["gone"]:
            del self.docs[key]

    async def do(self, what: str, **request: Any) -> Json:
        self._number += 1
        await self._socket.send_json({"id": self._number, "do": what, **request})
        async with asyncio.timeout(5):
            while self._number not in self._answers:
                await self._take()
        return self._answers[self._number]

    async def until(self, prefix: str, words: str = "") -> Any:
        async with asyncio.timeout(5):
            while True:
                for key, doc in self.docs.items():
                    if key.startswith(prefix) and doc and words in json.dumps(doc, ensure_ascii=False):
                        return doc
                await self._take()


@asynccontextmanager
async def looking(workspace: Workspace, user: User, **headers: str) -> AsyncIterator[Browser]:
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.ws_connect(f"{workspace.page_url}live", params={"as": user.id}, headers=headers) as socket,
    ):
        browser = Browser(socket)
        await browser.until("me")
        yield browser


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as made:
        yield made


@pytest.fixture
async def bolt(workspace: Workspace) -> AsyncIterator[AsyncApp]:
    """Give a small bot of its own, so that each payload can be answered as a test needs it."""
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    app = AsyncApp(client=client, process_before_response=True)
    link = SocketLink(app, workspace.app_token)
    await link.start()
    yield app
    await link.stop(patience_s=0.1)


async def test_a_page_shows_what_this_person_may_see_and_nothing_of_others(workspace: Workspace) -> None:
    alice, charlie = workspace.add_user("Alice", is_admin=True), workspace.add_user("Charlie")
    workspace.add_channel("general", members=[alice])
    private = workspace.add_channel("leads", members=[alice], private=True)
    await workspace.person(alice).post(private, "only for leads")
    await workspace.person(alice).post(workspace.direct_channel(alice), "only for the bot")
    async with looking(workspace, alice) as hers, looking(workspace, charlie) as his:
        assert hers.docs["me"] == {
            "id": alice.id, "name": "Alice", "zone": "Europe/Berlin", "admin": True, "bot": False,
        }  # fmt: skip
        assert {one["name"] for one in hers.docs["people"] if one["pick"]} == {"Alice", "Charlie"}
        assert {one["command"] for one in hers.docs["app"]["commands"]} >= {"/criteria", "/feedback"}
        assert await hers.until("message:", "only for leads")
        assert await hers.until("message:", "only for the bot")
        places = {
            (doc["name"], doc["kind"], doc["member"])
            for key, doc in his.docs.items()
            if key[:8] == "channel:"
        }
        assert places == {("general", "channel", False), (workspace.server.team.bot.name, "im", True)}
        shown = {key: doc for key, doc in his.docs.items() if key != "app" and key[:9] != "exchange:"}
        assert "only for" not in json.dumps(shown)
        assert "leads" not in json.dumps(shown)


async def test_what_is_seen_by_one_person_only_reaches_only_their_page(
    workspace: Workspace, bolt: AsyncApp
) -> None:
    @bolt.command("/criteria")
    async def answer(ack: Any) -> None:
        await ack("just for you")

    alice, bob = workspace.add_user("Alice"), workspace.add_user("Bob")
    channel = workspace.add_channel("general", members=[alice, bob])
    async with looking(workspace, alice) as hers, looking(workspace, bob) as his:
        assert (await hers.do("command", channel=channel.id, line="/criteria"))["ok"]
        assert (await hers.until("message:", "just for you"))["ephemeral"] is True
        await workspace.person(alice).post(channel, "for everyone")
        await his.until("message:", "for everyone")
        assert not [key for key, doc in his.docs.items() if key[:8] == "message:" and doc["ephemeral"]]


async def test_a_change_sends_only_what_changed(workspace: Workspace) -> None:
    alice = workspace.add_user("Alice")
    channel = workspace.add_channel("general", members=[alice])
    message = await workspace.person(alice).post(channel, "first")
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.ws_connect(f"{workspace.page_url}live?as={alice.id}") as socket,
    ):
        first = json.loads((await socket.receive()).data)
        assert f"message:{channel.id}:{message.ts}" in first["put"]
        await workspace.person(alice).react(message, "eyes")
        second = json.loads((await socket.receive()).data)
    changed = {key for key in second["put"] if key[:9] != "exchange:"}
    assert changed == {f"message:{channel.id}:{message.ts}"}
    assert second["put"][f"message:{channel.id}:{message.ts}"]["reactions"] == [
        {"name": "eyes", "users": [alice.id]}
    ]


async def test_writing_threads_reactions_joining_and_leaving(workspace: Workspace) -> None:
    alice, bob = workspace.add_user("Alice"), workspace.add_user("Bob")
    channel = workspace.add_channel("general", members=[alice])
    async with looking(workspace, alice) as hers, looking(workspace, bob) as his:
        assert (await hers.do("say", channel=channel.id, text="<b>hello</b>"))["ok"]
        said = await hers.until("message:", "hello")
        assert (await hers.do("say", channel=channel.id, text="a reply", thread_ts=said["ts"]))["ok"]
        assert (await hers.until("message:", "a reply"))["thread_ts"] == said["ts"]
        assert (await hers.until(f"message:{channel.id}:{said['ts']}", '"replies": 1'))["latest_reply"]
        refused = await his.do("say", channel=channel.id, text="hi")
        assert (refused["ok"], refused["error"]) == (False, "You are not in #general: join it first.")
        assert (await his.do("join", channel=channel.id))["ok"]
        for on, people in ((True, [bob.id]), (True, [bob.id]), (False, [])):
            assert (await his.do("react", channel=channel.id, ts=said["ts"], name=":eyes:", on=on))["ok"]
            message = workspace.server.team.find(channel.id, said["ts"])
            assert message is not None
            assert message.reactions["eyes"] == people
        assert (await his.do("leave", channel=channel.id))["ok"]
        assert bob.id not in channel.members


async def test_a_command_in_a_thread_brings_slacks_own_words(workspace: Workspace) -> None:
    alice = workspace.add_user("Alice")
    channel = workspace.add_channel("general", members=[alice])
    parent = await workspace.person(alice).post(channel, "parent")
    async with looking(workspace, alice) as hers:
        await hers.do("command", channel=channel.id, line="/criteria list", thread_ts=parent.ts)
        assert (await hers.until("notice:"))["text"] == "/criteria is not supported in threads. Sorry!"
        await hers.do("command", channel=channel.id, line="/nonsense")
        assert await hers.until("notice:", "/nonsense is not a valid command")


async def test_a_late_bot_is_a_notice_and_a_late_exchange(workspace: Workspace, bolt: AsyncApp) -> None:
    @bolt.command("/criteria")
    async def never(ack: Any) -> None:
        del ack
        await asyncio.Event().wait()

    workspace.ack_limit_s = 0.05
    alice = workspace.add_user("Alice")
    channel = workspace.add_channel("general", members=[alice])
    async with looking(workspace, alice) as hers:
        await hers.do("command", channel=channel.id, line="/criteria list")
        assert (await hers.until("notice:"))["text"] == '/criteria failed with the error "operation_timeout"'
        exchange = await hers.until("exchange:", "/criteria list")
        assert (exchange["kind"], exchange["late"], exchange["ok"]) == ("command", True, False)
        assert exchange["who"] == "Alice"
        assert exchange["sent"]["token"] == "…"


async def test_buttons_menus_and_forms_work_as_in_slack(workspace: Workspace, bolt: AsyncApp) -> None:
    seen: list[Any] = []

    @bolt.action("open")
    async def open_form(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @bolt.action("menu")
    async def chosen(ack: Any, action: Json) -> None:
        await ack()
        seen.append(action["selected_option"]["value"])

    @bolt.view("form")
    async def submitted(ack: Any, view: Json) -> None:
        name = view["state"]["values"]["name"]["it"]["value"]
        if name == "taken":
            await ack(response_action="errors", errors={"name": "That name is taken."})
            return
        seen.append(name)
        await ack()

    alice = workspace.add_user("Alice")
    channel = workspace.add_channel("general", members=[alice])
    team = workspace.server.team
    button = {"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": "Open"}}
    await bolt.client.chat_postMessage(
        channel=channel.id,
        text="a form",
        blocks=[{"type": "actions", "block_id": "b", "elements": [button, MENU]}],
    )
    message = next(iter(team.history(channel.id)))
    place = {"message": [channel.id, message.ts]}
    async with looking(workspace, alice) as hers:
        assert (await hers.do("choose", place=place, block_id="b", action_id="menu", input="B"))["ok"]
        assert seen == ["B"]
        chosen_there = (await hers.until("message:", '"inputs": {"b"'))["inputs"]["b"]["menu"]
        assert chosen_there["selected_option"]["value"] == "B"
        assert (await hers.do("press", place=place, block_id="b", action_id="open"))["ok"]
        async with asyncio.timeout(5):
            while not hers.docs["modals"]:
                await hers._take()
        view = hers.docs["modals"][0]["id"]
        for typed, outcome, under in (
            ("", "invalid", ["name"]),
            ("ab", "invalid", ["name"]),
            ("taken", "errors", ["name"]),
            ("Conversion", "closed", []),
        ):
            answer = await hers.do("submit", view=view, values={"name": {"it": typed}})
            assert (answer["result"]["outcome"], list(answer["result"]["errors"])) == (outcome, under)
        assert seen == ["B", "Conversion"]
        gone = await hers.do("submit", view=view, values={})
        assert gone["error"] == "That form is closed."
        lost = await hers.do("press", place=place, block_id="b", action_id="nothing")
        assert lost["error"] == "That is not there any more."


async def test_a_broken_rule_stands_in_the_exchange_that_broke_it(
    workspace: Workspace, bolt: AsyncApp
) -> None:
    alice = workspace.add_user("Alice")
    async with looking(workspace, alice) as hers:
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await bolt.client.chat_postMessage(channel="C0", text="x")
        workspace.server.journal.violate("a rule")
        assert (await hers.until("exchange:", "a rule"))["ok"] is False


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "dance"}, "does not know"),
        ({"do": "say"}, "There is no such channel"),
        ({"do": "say", "channel": "{channel}", "text": "  "}, "nothing to send"),
        ({"do": "say", "channel": "{channel}", "text": "x" * 12_001}, "12,000 is the most"),
        ({"do": "say", "channel": "{channel}", "text": "x", "thread_ts": "1.2"}, "That message is gone"),
        ({"do": "press", "place": {"view": "V1"}, "block_id": "b", "action_id": "a"}, "That form is closed"),
        ({"do": "press", "place": {"home": True}, "block_id": "b", "action_id": "a"}, "still empty"),
        (
            {"do": "press", "place": {"message": ["C", "1"]}, "block_id": "", "action_id": ""},
            "no such channel",
        ),
        ({"do": "close_view", "view": "V1"}, "That form is closed"),
        ({"do": "jump"}, "can't be turned"),
        ({"do": "set_rate", "rate": 60}, "can't be turned"),
        ({"do": "shortcut", "callback_id": "none"}, "declares no global shortcut"),
        ({"do": "react", "channel": "{channel}", "ts": "1", "name": "x", "on": True}, "That message is gone"),
        ({"do": "submit"}, "The page sent something"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["do"],
)
async def test_what_can_not_be_done_is_one_sentence(
    workspace: Workspace, request_: Json, sentence: str
) -> None:
    alice = workspace.add_user("Alice")
    channel = workspace.add_channel("general", members=[alice])
    if request_.get("channel"):
        request_ = request_ | {"channel": channel.id}
    async with looking(workspace, alice) as hers:
        answer = await hers.do(request_["do"], **{key: item for key, item in request_.items() if key != "do"})
    assert answer["ok"] is False
    assert sentence in answer["error"]
    assert "\n" not in answer["error"]


class Turnable:
    """A clock that goes where it is told."""

    def __init__(self) -> None:
        self.at, self.rate = datetime(2026, 3, 2, 9, tzinfo=UTC), 1.0

    def state(self) -> ClockState:
        return ClockState(self.at, self.rate, self.at + timedelta(days=7), "the weekly post")

    async def jump(self) -> None:
        self.at += timedelta(days=7)

    def set_rate(self, rate: float) -> None:
        self.rate = rate


async def test_clock_and_guide_are_shown_and_the_clock_is_turned(workspace: Workspace) -> None:
    alice = workspace.add_user("Alice")
    workspace.page.documents.clock = clock = Turnable()
    workspace.page.documents.guide = lambda: [GuideStep("a", "Try it", "Type it.", clock.rate > 1)]
    async with looking(workspace, alice) as hers:
        assert hers.docs["clock"]["next"] == {"at": "2026-03-09T09:00:00+00:00", "what": "the weekly post"}
        assert (await hers.do("jump"))["ok"]
        assert (await hers.do("set_rate", rate=60))["ok"]
        assert (await hers.until("clock", '"rate": 60'))["now"] == "2026-03-09T09:00:00+00:00"
        assert (await hers.until("guide", "true"))[0]["done"] is True
        assert "real time or faster" in (await hers.do("set_rate", rate=0.5))["error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "attacker.example"}, 403),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
    ids=["own page", "localhost", "another name", "another origin", "no origin at all"],
)
@pytest.mark.parametrize("path", ["", "live", "page/app.js", "page/file/F1"])
async def test_other_pages_in_the_browser_get_nothing(
    workspace: Workspace, headers: dict[str, str], status: int, path: str
) -> None:
    workspace.add_user("Alice")
    async with (
        aiohttp.ClientSession(trust_env=False, headers=headers) as session,
        session.get(f"{workspace.page_url}{path}") as response,
    ):
        if status == 403:
            assert response.status == 403
        else:
            assert response.status == {"live": 400, "page/file/F1": 404}.get(path, 200)
            if path in ("", "page/app.js"):
                assert "default-src 'self'" in response.headers["Content-Security-Policy"]
                assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fcontrol.py", "__init__.py", "live.PY", ".js"])
async def test_only_the_pages_own_files_are_served(workspace: Workspace, name: str) -> None:
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.get(f"{workspace.page_url}page/{name}") as response,
    ):
        assert response.status == 404


async def test_a_file_goes_only_to_those_it_was_shared_with(workspace: Workspace, bolt: AsyncApp) -> None:
    alice, charlie = workspace.add_user("Alice"), workspace.add_user("Charlie")
    private = workspace.add_channel("leads", members=[alice], private=True)
    if "files:write" not in workspace.server.team.installation.scopes:
        workspace.server.team.installation.scopes += ("files:write",)
    await bolt.client.files_upload_v2(channel=private.id, content="a,b\n1,2\n", filename="readings.csv")
    (file_id,) = workspace.server.files.files
    async with aiohttp.ClientSession(trust_env=False) as session:
        for user, status in ((alice, 200), (charlie, 404)):
            async with session.get(f"{workspace.page_url}page/file/{file_id}?as={user.id}") as response:
                assert response.status == status
                if status == 200:
                    assert await response.text() == "a,b\n1,2\n"
                    assert "attachment" in response.headers["Content-Disposition"]


async def test_the_first_free_port_is_taken(workspace: Workspace) -> None:
    taken = workspace.server.port
    async with Workspace(port=(taken, 0)) as second:
        assert second.server.port not in (0, taken)
    with pytest.raises(OSError, match="in use"):
        async with Workspace(port=taken):
            pass
