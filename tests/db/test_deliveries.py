"""The outbox: what may be claimed, in which order, and what a lost claim can no longer write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.db import deliveries
from bot.db.deliveries import OutboxClaim
from bot.db.models import OutboxRow
from bot.db.outbox import OutboxKind, OutboxState, add_to_outbox
from bot.deps import Database

TEAM = "T0ACME"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)


async def add(database: Database, key: str, channel_id: str = "C0GENERAL", team_id: str = TEAM) -> bool:
    return await database.write(
        add_to_outbox,
        team_id=team_id,
        key=key,
        kind=OutboxKind.STATUS_REPLY,
        channel_id=channel_id,
        facts={"status_change_id": 1},
        now=NOW,
    )


async def claim(
    database: Database, now: datetime = NOW, *, limit: int = 10, token: str = "mine"
) -> list[OutboxClaim]:
    return await database.write(
        deliveries.claim_outbox,
        TEAM,
        now=now,
        limit=limit,
        lease_until=now + timedelta(minutes=1),
        lease_token=token,
    )


async def row(database: Database) -> OutboxRow:
    return await database.read(lambda session: session.exec(select(OutboxRow)).one())


async def test_one_cause_is_one_message(database: Database) -> None:
    assert await add(database, "change:1") is True
    assert await add(database, "change:1") is False
    assert len(await claim(database)) == 1


async def test_two_who_add_the_same_cause_at_once_add_it_once(database: Database) -> None:
    added = await asyncio.gather(*(add(database, "change:1") for _ in range(8)))
    assert sorted(added) == [False] * 7 + [True]


async def test_only_the_oldest_message_of_each_channel_is_claimed(database: Database) -> None:
    for key, channel_id in (("a1", "A"), ("b1", "B"), ("a2", "A"), ("c1", "C")):
        await add(database, key, channel_id)
    assert [each.key for each in await claim(database)] == ["a1", "b1", "c1"]
    assert await claim(database, token="somebody else's") == []


async def test_a_message_that_has_to_wait_holds_back_the_ones_behind_it_and_no_other_channel(
    database: Database,
) -> None:
    for key, channel_id in (("a1", "A"), ("a2", "A"), ("b1", "B")):
        await add(database, key, channel_id)
    first, _ = await claim(database)
    await database.write(deliveries.put_off, first, until=LATER, because="ratelimited")
    assert await claim(database, token="next") == []
    assert await database.read(deliveries.anything_to_send, TEAM, NOW) is False
    assert [each.key for each in await claim(database, LATER)] == ["a1", "b1"]


async def test_no_more_is_claimed_than_there_is_room_for(database: Database) -> None:
    for number in range(5):
        await add(database, f"k{number}", f"C{number}")
    assert [each.key for each in await claim(database, limit=2)] == ["k0", "k1"]


async def test_other_workspaces_are_left_alone(database: Database) -> None:
    await add(database, "theirs", team_id="T0OTHER")
    assert await claim(database) == []


async def test_a_lease_that_ran_out_can_be_taken_over_and_the_first_claim_writes_nothing(
    database: Database,
) -> None:
    await add(database, "change:1")
    (slow,) = await claim(database, token="slow")
    (fast,) = await claim(database, LATER, token="fast")
    outcomes: list[Callable[[Session, OutboxClaim], Any]] = [
        lambda session, lost: deliveries.begin_attempt(
            session, lost, attempted_at=NOW, facts={}, lease_until=LATER
        ),
        lambda session, lost: deliveries.finish_sent(session, lost, ts="1.2", now=NOW),
        lambda session, lost: deliveries.finish_unsent(session, lost, OutboxState.FAILED, "no"),
        lambda session, lost: deliveries.put_off(session, lost, until=LATER, because="no"),
        lambda session, lost: deliveries.look_again(session, lost, until=LATER, because="no", looked=1),
        lambda session, lost: deliveries.give_back(session, lost),
    ]
    for outcome in outcomes:
        assert await database.write(outcome, slow) is False
    assert (await row(database)).lease_token == "fast"
    assert await database.write(deliveries.finish_sent, fast, ts="1.2", now=NOW) is True


async def test_an_attempt_is_remembered_until_its_outcome_is_known(database: Database) -> None:
    await add(database, "change:1")
    (mine,) = await claim(database)
    await database.write(
        deliveries.begin_attempt, mine, attempted_at=NOW, facts={"thread_ts": "1.2"}, lease_until=NOW
    )
    await database.write(deliveries.give_back, mine)
    (again,) = await claim(database, LATER)
    assert (again.attempted_at, again.attempts, again.facts) == (NOW, 1, {"thread_ts": "1.2"})
    await database.write(deliveries.put_off, again, until=LATER, because="ratelimited")
    (cleared,) = await claim(database, LATER)
    assert (cleared.attempted_at, cleared.attempts) == (None, 1)


@pytest.mark.parametrize("state", [OutboxState.FAILED, OutboxState.DROPPED, OutboxState.HELD])
async def test_a_message_that_is_not_sent_makes_way_for_the_next(
    database: Database, state: OutboxState
) -> None:
    await add(database, "first")
    await add(database, "second")
    (first,) = await claim(database)
    await database.write(deliveries.finish_unsent, first, state, "because")
    assert [each.key for each in await claim(database)] == ["second"]


async def test_many_workers_at_once_never_claim_the_same_message(database: Database) -> None:
    for number in range(12):
        await add(database, f"k{number}", f"C{number}")
    claims = await asyncio.gather(*(claim(database, limit=5, token=f"worker {n}") for n in range(8)))
    keys = [each.key for claimed in claims for each in claimed]
    assert len(keys) == len(set(keys))
    while len(keys) < 12:
        more = await claim(database, limit=5, token="the rest")
        assert more
        keys += [each.key for each in more]
    assert sorted(keys) == sorted(f"k{number}" for number in range(12))


async def test_only_the_first_of_several_that_wait_for_the_same_reason_is_the_first(
    database: Database,
) -> None:
    for number in range(4):
        await add(database, f"k{number}", f"C{number}")
    claims = await claim(database)

    def wait(session: Session, mine: OutboxClaim) -> bool:
        first = deliveries.is_first_to_wait(session, TEAM, "invalid_auth")
        deliveries.put_off(session, mine, until=LATER, because="invalid_auth")
        return first

    firsts = await asyncio.gather(*(database.write(wait, each) for each in claims))
    assert sorted(firsts) == [False, False, False, True]
