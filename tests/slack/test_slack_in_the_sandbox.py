"""The client in the stand-in workspace, which refuses what Slack would refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.message import Message
from bot.errors import DeliveryError
from bot.sandbox import Workspace
from bot.settings import load_settings
from bot.slack import SlackClient, open_client
from tests.slack.conftest import NOW, FakeClock

LINE = {"type": "section", "block_id": "line", "text": {"type": "mrkdwn", "text": "p95 latency 412 ms"}}
MESSAGE = Message(text="Checkout rewrite: behind", blocks=(LINE,))
REPLY = Message(text="p95 latency: behind → on pace")
MARGIN = timedelta(minutes=5)


@asynccontextmanager
async def joined(ws: Workspace, clock: FakeClock) -> AsyncIterator[SlackClient]:
    settings = load_settings(_env_file=None, SLACK_BOT_TOKEN=ws.bot_token, SLACK_API_URL=ws.api_url)
    client = SlackClient(open_client(settings), now=lambda: NOW, sleep=clock.sleep, monotonic=clock.monotonic)
    try:
        yield client
    finally:
        await client.aclose()


@pytest.fixture
async def ws() -> AsyncIterator[Workspace]:
    async with Workspace(now=lambda: NOW) as workspace:
        yield workspace
        assert workspace.violations == []


@pytest.fixture
async def loopmark(ws: Workspace, clock: FakeClock) -> AsyncIterator[SlackClient]:
    async with joined(ws, clock) as client:
        yield client


async def test_a_message_is_posted_changed_read_back_and_deleted(
    ws: Workspace, loopmark: SlackClient
) -> None:
    leads = ws.add_channel("leads")

    posted = await loopmark.post(leads.id, MESSAGE, key="schedule-3")
    await loopmark.update(leads.id, posted.ts, Message(text="Checkout rewrite: on pace"))
    kept = await loopmark.read_back(leads.id, posted.ts)

    assert kept is not None
    assert kept["text"] == "Checkout rewrite: on pace"
    assert kept["metadata"]["event_payload"] == {"key": "schedule-3"}
    assert [message.text for message in ws.messages(leads)] == ["Checkout rewrite: on pace"]
    await loopmark.delete(leads.id, posted.ts)
    assert ws.messages(leads) == []
    assert await loopmark.read_back(leads.id, posted.ts) is None


async def test_a_post_that_was_taken_before_the_connection_broke_is_found_again(
    ws: Workspace, loopmark: SlackClient
) -> None:
    leads = ws.add_channel("leads")
    ws.faults.drop_after("chat.postMessage")

    with pytest.raises(DeliveryError) as failure:
        await loopmark.post(leads.id, MESSAGE, key="schedule-3")
    found = await loopmark.find_posted(leads.id, "schedule-3", since=loopmark.slack_now() - MARGIN)

    assert failure.value.unclear
    assert found is not None
    assert [message.ts for message in ws.messages(leads)] == [found.ts]


async def test_a_post_that_was_not_taken_is_not_found(ws: Workspace, loopmark: SlackClient) -> None:
    leads = ws.add_channel("leads")
    ws.faults.drop_before("chat.postMessage")

    with pytest.raises(DeliveryError) as failure:
        await loopmark.post(leads.id, MESSAGE, key="schedule-3")

    assert failure.value.unclear
    assert await loopmark.find_posted(leads.id, "schedule-3", since=loopmark.slack_now() - MARGIN) is None


async def test_a_reply_stands_in_its_thread_until_the_parent_is_gone(
    ws: Workspace, loopmark: SlackClient
) -> None:
    leads = ws.add_channel("leads")
    since = NOW - MARGIN
    parent = await loopmark.post(leads.id, MESSAGE)
    reply = await loopmark.post(leads.id, REPLY, thread_ts=parent.ts, key="change-1")

    assert reply.thread_ts == parent.ts
    assert await loopmark.find_posted(leads.id, "change-1", since=since, thread_ts=parent.ts) == reply

    lonely = await loopmark.post(leads.id, MESSAGE)
    await loopmark.delete(leads.id, lonely.ts)
    orphan = await loopmark.post(leads.id, REPLY, thread_ts=lonely.ts, key="change-2")

    assert orphan.thread_ts is None
    assert await loopmark.find_posted(leads.id, "change-2", since=since, thread_ts=lonely.ts) == orphan


async def test_without_the_history_scopes_nothing_can_be_read_back(clock: FakeClock) -> None:
    async with Workspace(now=lambda: NOW, optional_scopes=False) as ws, joined(ws, clock) as loopmark:
        leads = ws.add_channel("leads")

        with pytest.raises(DeliveryError) as refused:
            await loopmark.find_posted(leads.id, "k", since=NOW)

    assert refused.value.error == "missing_scope"
    assert "`channels:history`" in str(refused.value)


async def test_a_person_is_written_to_in_their_direct_messages(ws: Workspace, loopmark: SlackClient) -> None:
    bob = ws.add_user("Bob")

    posted = await loopmark.post(bob.id, MESSAGE)
    await loopmark.update(bob.id, posted.ts, REPLY)

    assert posted.channel_id == ws.direct_channel(bob).id
    assert [message.text for message in ws.direct_messages(bob)] == [REPLY.text]


async def test_people_and_channels_are_known(ws: Workspace, loopmark: SlackClient) -> None:
    alice, charlie = ws.add_user("Alice", is_admin=True), ws.add_user("Charlie", tz=None)
    leads = ws.add_channel("leads")
    old = ws.add_channel("old", archived=True)
    elsewhere = ws.add_channel("elsewhere", members=[charlie], bot_is_member=False)
    secret = ws.add_channel("secret", members=[charlie], private=True, bot_is_member=False)

    owner, guest = await loopmark.person(ws.team_id, alice.id), await loopmark.person(ws.team_id, charlie.id)
    channels = [await loopmark.channel(channel.id) for channel in (leads, old, elsewhere)]

    assert (owner.zone, owner.is_admin, guest.zone, guest.is_admin) == ("Europe/Berlin", True, "UTC", False)
    assert [(c.name, c.is_archived, c.is_member) for c in channels] == [
        ("leads", False, True),
        ("old", True, channels[1].is_member),
        ("elsewhere", False, False),
    ]
    with pytest.raises(DeliveryError) as unseen:
        await loopmark.channel(secret.id)
    assert unseen.value.error == "channel_not_found"


@pytest.mark.parametrize(
    ("kind", "error"),
    [("archived", "is_archived"), ("public", "not_in_channel"), ("private", "channel_not_found")],
)
async def test_a_post_where_it_cannot_go_is_refused_for_good(
    ws: Workspace, loopmark: SlackClient, kind: str, error: str
) -> None:
    channel = ws.add_channel(
        "there", private=kind == "private", archived=kind == "archived", bot_is_member=kind == "archived"
    )

    with pytest.raises(DeliveryError) as refused:
        await loopmark.post(channel.id, MESSAGE)

    assert (refused.value.error, refused.value.permanent) == (error, True)


async def test_the_identity_is_the_workspaces(ws: Workspace, loopmark: SlackClient) -> None:
    identity = await loopmark.identity()

    assert (identity.team_id, identity.user_id) == (ws.team_id, ws.bot_user_id)
    assert identity.name
    assert "chat:write" in identity.scopes


async def test_a_pause_slack_asks_for_is_kept(ws: Workspace, loopmark: SlackClient, clock: FakeClock) -> None:
    leads = ws.add_channel("leads")
    ws.faults.ratelimited("chat.postMessage", retry_after_s=30)

    await loopmark.post(leads.id, MESSAGE)

    assert clock.slept == pytest.approx([30.0])
    assert len(ws.messages(leads)) == 1


async def test_blocks_are_validated_without_posting(ws: Workspace, loopmark: SlackClient) -> None:
    broken = {**LINE, "text": {"type": "mrkdwn", "text": "x" * 3_001}}

    assert await loopmark.validate_blocks(MESSAGE) == ()
    problems = await loopmark.validate_blocks([broken])

    assert problems
    assert ws.calls("chat.postMessage") == []
    assert any("3001" in problem or "3000" in problem for problem in problems)


async def test_one_person_is_shown_a_message_and_what_slack_knows_of_another_is_said(
    ws: Workspace, loopmark: SlackClient
) -> None:
    alice, bob = ws.add_user("Alice"), ws.add_user("Bob")
    leads = ws.add_channel("leads", members=[alice])
    said = await ws.person(alice).post(leads, "too slow")
    await loopmark.whisper(leads.id, alice.id, MESSAGE, thread_ts=said.ts)
    [seen] = ws.ephemerals(alice)
    assert (seen.text, seen.thread_ts) == (MESSAGE.text, said.ts)
    with pytest.raises(DeliveryError) as refused:
        await loopmark.whisper(leads.id, bob.id, MESSAGE)
    assert refused.value.error == "user_not_in_channel"
    assert (await loopmark.permalink(leads.id, said.ts)).endswith(f"/p{said.ts.replace('.', '')}")
    await ws.person(alice).react(said, "+1::skin-tone-2")
    [reactors] = await loopmark.reactions(leads.id, said.ts)
    assert (reactors.name, reactors.users, reactors.is_whole) == ("+1::skin-tone-2", (alice.id,), True)
    with pytest.raises(DeliveryError) as unknown:
        await loopmark.permalink(leads.id, "1700000000.000001")
    assert unknown.value.error == "message_not_found"
