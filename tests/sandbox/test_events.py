"""Which events reach the bot, and in what shape."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def events(socket_bot: Any) -> list[dict[str, Any]]:
    """Every event the bot gets."""
    kept: list[dict[str, Any]] = []
    for name in (
        "app_mention",
        "message",
        "reaction_added",
        "reaction_removed",
        "member_joined_channel",
        "channel_archive",
        "channel_left",
        "user_change",
        "app_uninstalled",
        "tokens_revoked",
    ):

        async def keep(event: dict[str, Any]) -> None:
            kept.append(event)

        socket_bot.app.event(name)(keep)
    return kept


async def test_a_mention_is_also_a_message(socket_bot: Any, events: list[dict[str, Any]]) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    message = await ws.person(cast.alice).post(cast.general, f"<@{ws.bot_user_id}> hello")
    await ws.drained()
    assert {event["type"] for event in events} == {"app_mention", "message"}
    assert {event["ts"] for event in events} == {message.ts}


async def test_channels_without_the_bot_stay_silent(socket_bot: Any, events: list[dict[str, Any]]) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    message = await ws.person(cast.charlie).post(cast.elsewhere, f"<@{ws.bot_user_id}>")
    await ws.person(cast.charlie).react(message, "eyes")
    ws.archive(cast.elsewhere)
    ws.join(cast.elsewhere, cast.bob)
    await ws.drained()
    assert events == []


async def test_what_is_not_subscribed_stays_silent(socket_bot: Any, events: list[dict[str, Any]]) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    await ws.person(cast.alice).post(cast.secret, "message.groups is not in the manifest")
    ws.archive(cast.secret)
    await ws.drained()
    assert events == []


async def test_the_workspaces_own_changes_are_told(socket_bot: Any, events: list[dict[str, Any]]) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    for change in (
        lambda: ws.invite_bot(cast.elsewhere, inviter=cast.alice),
        lambda: ws.archive(cast.general),
        lambda: ws.remove_bot(cast.elsewhere),
        lambda: ws.change_zone(cast.bob, "Asia/Tokyo"),
        lambda: ws.deactivate(cast.charlie),
    ):
        change()
        await ws.drained()
    assert [event["type"] for event in events] == [
        "member_joined_channel",
        "channel_archive",
        "channel_left",
        "user_change",
        "user_change",
    ]
    assert (events[0]["user"], events[0]["inviter"]) == (ws.bot_user_id, cast.alice.id)
    assert events[3]["user"]["tz"] == "Asia/Tokyo"
    assert events[4]["user"]["deleted"] is True


async def test_a_reaction_names_its_message(socket_bot: Any, events: list[dict[str, Any]]) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    await socket_bot.app.client.chat_postMessage(channel=cast.general.id, text="well?")
    (message,) = ws.messages(cast.general)
    await ws.person(cast.bob).react(message, "+1")
    await ws.drained()
    reaction = next(event for event in events if event["type"] == "reaction_added")
    assert reaction["item"] == {"type": "message", "channel": cast.general.id, "ts": message.ts}
    assert reaction["item_user"] == ws.bot_user_id


async def test_an_uninstalled_app_has_dead_tokens_before_it_hears_of_it(
    socket_bot: Any, events: list[dict[str, Any]]
) -> None:
    ws = socket_bot.cast.ws
    await socket_bot.app.client.auth_test()
    ws.uninstall()
    await ws.drained()
    with pytest.raises(Exception, match="account_inactive"):
        await socket_bot.app.client.auth_test()
    assert {event["type"] for event in events} <= {"app_uninstalled", "tokens_revoked"}
    assert {record.kind for record in ws.traffic} >= {"event app_uninstalled", "event tokens_revoked"}
    ws.rename(socket_bot.cast.general, "later")
    await ws.drained()
    assert not ws.calls("event channel_rename")


@pytest.mark.parametrize("name", ["+1", "+1::skin-tone-3", "keycap_ten"])
async def test_a_reaction_is_told_once_when_it_is_added_and_once_when_it_is_removed(
    socket_bot: Any, events: list[dict[str, Any]], name: str
) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    message = await ws.person(cast.alice).post(cast.general, "well?")
    bob = ws.person(cast.bob)
    for _ in range(2):
        await bob.react(message, name)
    for _ in range(2):
        await bob.unreact(message, name)
    await ws.drained()
    told = [event for event in events if event["type"].startswith("reaction_")]
    assert sorted(event["type"] for event in told) == ["reaction_added", "reaction_removed"]
    assert {(event["reaction"], event["user"]) for event in told} == {(name, cast.bob.id)}
    added, removed = sorted(told, key=lambda event: event["type"])
    assert added["event_ts"] < removed["event_ts"]


async def test_nobody_reacts_where_they_are_not_or_to_what_one_person_sees(socket_bot: Any) -> None:
    ws, cast = socket_bot.cast.ws, socket_bot.cast
    message = await ws.person(cast.charlie).post(cast.elsewhere, "here")
    with pytest.raises(LookupError, match="is not in"):
        await ws.person(cast.bob).react(message, "eyes")
    client = socket_bot.app.client
    await client.chat_postEphemeral(channel=cast.general.id, user=cast.alice.id, text="psst")
    [seen] = ws.ephemerals(cast.alice)
    with pytest.raises(LookupError, match="takes no reactions"):
        await ws.person(cast.alice).react(seen, "eyes")
