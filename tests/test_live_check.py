"""The live check against the workspace on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.doctor import Finding, Mark
from bot.errors import UserError
from bot.examples import World, all_examples, posted_examples
from bot.live_check import check_live, parse_channel
from bot.sandbox import Channel, Workspace
from bot.settings import load_settings
from bot.slack import SlackClient, open_client

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
POSTED = len(posted_examples(World()))
EXAMPLES = len(all_examples(World()))


class Jumps:
    """A clock that jumps ahead whenever somebody would sleep, so that Slack's pace costs no time here."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now_s += seconds


@asynccontextmanager
async def client_of(workspace: Workspace) -> AsyncIterator[SlackClient]:
    """Yield the bot's client without its waits; the workspace keeps all rules but the rates."""
    workspace.limits.enabled = False
    settings = load_settings(
        _env_file=None, SLACK_BOT_TOKEN=workspace.bot_token, SLACK_API_URL=workspace.api_url
    )
    clock = Jumps()
    client = SlackClient(open_client(settings), now=lambda: NOW, sleep=clock.sleep, monotonic=clock.monotonic)
    try:
        yield client
    finally:
        await client.aclose()


async def check(workspace: Workspace, channel: Channel) -> tuple[bool, list[Finding]]:
    """Run the live check in a channel; return what it says in the end and each step."""
    findings: list[Finding] = []
    async with client_of(workspace) as client:
        return await check_live(client, channel.id, now=NOW, report=findings.append), findings


async def test_every_kind_of_message_is_posted_changed_read_back_and_deleted() -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")])
        healthy, findings = await check(workspace, channel)
        assert healthy
        tried = [finding for finding in findings if finding.text.startswith("posted")]
        assert len(tried) == POSTED
        assert {finding.mark for finding in tried} == {Mark.RIGHT}
        assert all(finding.text.endswith("changed, read back") for finding in tried)
        assert {finding.about for finding in tried if "in the thread" in finding.text} == {
            "status reply",
            "the rest of a long post",
        }
        assert workspace.messages(channel) == []
        assert len(workspace.calls("chat.postMessage")) == len(workspace.calls("chat.delete")) == POSTED
        assert len(workspace.calls("blocks.validate")) == EXAMPLES
        assert workspace.violations == []
    assert findings[-1] == Finding(Mark.RIGHT, "layouts", f"Slack takes all {EXAMPLES}")


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (lambda ws: ws.faults.error("chat.update", "edit_window_closed"), "no longer lets"),
        (lambda ws: ws.faults.error("chat.postMessage", "restricted_action"), "not posted"),
        (
            lambda ws: ws.faults.error("conversations.history", "channel_not_found"),
            "Slack knows no such channel",
        ),
    ],
    ids=["can't change", "can't post", "can't read back"],
)
async def test_one_failure_is_told_and_everything_is_cleaned_up(
    order: Callable[[Workspace], None], words: str
) -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")])
        order(workspace)
        healthy, findings = await check(workspace, channel)
        assert not healthy
        (wrong,) = [finding for finding in findings if finding.mark is Mark.WRONG]
        assert wrong.about == "progress post"
        assert words in wrong.text
        assert workspace.messages(channel) == []


async def test_what_can_t_be_deleted_is_named() -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")])
        workspace.faults.error("chat.delete", "cant_delete_message")
        healthy, findings = await check(workspace, channel)
        (left,) = workspace.messages(channel)
    assert not healthy
    (wrong,) = [finding for finding in findings if finding.mark is Mark.WRONG]
    assert (wrong.about, wrong.text.partition(":")[0]) == ("cleaning up", left.ts)


async def test_a_connection_that_breaks_half_way_leaves_nothing_behind() -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")])
        workspace.faults.drop_before("chat.update", times=1)
        healthy, _ = await check(workspace, channel)
        assert not healthy
        assert workspace.messages(channel) == []


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_interrupted_it_leaves_nothing_behind(method: str) -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")])
        # The answer comes late, so that the interruption falls between the message and its answer.
        workspace.faults.delay(method, 0.05, before=False)
        running = asyncio.create_task(check(workspace, channel))
        await workspace.wait_for(lambda: workspace.calls(method))
        await workspace.wait_for(lambda: workspace.messages(channel))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert workspace.messages(channel) == []


async def test_a_chart_slack_does_not_know_is_only_noted() -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")])
        workspace.faults.error("chat.postMessage", "invalid_blocks")
        workspace.faults.error("chat.update", "invalid_blocks")
        healthy, findings = await check(workspace, channel)
    assert healthy
    (noted,) = [finding for finding in findings if finding.about == "progress post"]
    assert noted.mark is Mark.NOTE
    assert "without its chart" in noted.text


async def test_without_the_history_permission_nothing_is_read_back_and_that_is_said_once() -> None:
    async with Workspace(optional_scopes=False) as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")])
        healthy, findings = await check(workspace, channel)
        assert workspace.messages(channel) == []
    assert healthy
    assert [finding.about for finding in findings].count("reading back") == 1
    assert not any("read back" in finding.text for finding in findings if finding.mark is Mark.RIGHT)


async def test_a_channel_the_bot_is_not_in_gets_the_invite_sentence() -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general", members=[workspace.add_user("Alice")], bot_is_member=False)
        healthy, findings = await check(workspace, channel)
        assert workspace.calls("chat.postMessage") == []
    assert not healthy
    (finding,) = findings
    assert finding.text == "Loopmark is not in #general"
    assert finding.next_step.lower() == "type `/invite @loopmark` there"


@pytest.mark.parametrize("kind", ["archived", "private and unseen"])
async def test_a_channel_nothing_can_be_posted_in_is_told(kind: str) -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel(
            "old",
            members=[workspace.add_user("Alice")],
            archived=kind == "archived",
            private=kind != "archived",
            bot_is_member=kind == "archived",
        )
        healthy, findings = await check(workspace, channel)
    assert not healthy
    assert [finding.mark for finding in findings] == [Mark.WRONG]


async def test_a_refused_token_is_told_in_words() -> None:
    async with Workspace() as workspace:
        channel = workspace.add_channel("general")
        workspace.revoke_tokens("token_revoked")
        healthy, findings = await check(workspace, channel)
    assert not healthy
    assert "SLACK_BOT_TOKEN" in findings[-1].text


@pytest.mark.parametrize(
    "typed",
    [
        "C0123456789",
        " C0123456789 ",
        "<#C0123456789|general>",
        "<#C0123456789>",
        "https://acme.slack.com/archives/C0123456789",
        "https://acme.slack.com/archives/C0123456789/p1700000000000100?thread_ts=1700000000.000100",
        "https://acme.enterprise.slack.com/archives/C0123456789",
        "https://app.slack.com/client/T0123456789/C0123456789",
    ],
)
def test_a_channel_is_taken_by_id_or_by_copied_link(typed: str) -> None:
    assert parse_channel(typed) == "C0123456789"


@pytest.mark.parametrize(
    "typed",
    ["", "general", "#general", "U0123456789", "https://example.com/archives/C0123456789", "C012 3456789"],
)
def test_what_is_no_channel_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(UserError, match="Copy link"):
        parse_channel(typed)
