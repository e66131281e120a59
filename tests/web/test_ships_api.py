"""Ships that programs send: over HTTP into both databases, once for each key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot.db.models import InitiativeRow, OutboxRow, ShipRequestRow, ShipRow
from bot.deps import Database
from bot.domain.requests import MakeShipToken, RevokeShipTokens
from bot.errors import NotAllowedError, UserError
from bot.services.ship_tokens import make_ship_token, revoke_for_ships
from bot.services.tokens import MOST_TOKENS, draw_token
from bot.web.openapi import openapi, page
from bot.web.server import Readiness, make_web_app
from bot.web.ships import ANSWERS, EXAMPLES, PATH, read_ship
from jobs.cleanup import Cleanup
from tests.poll_world import ALICE, BOB, World

NAME = {"name": "New checkout form"}


class Pipeline:
    """A program that has a token."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        transport = httpx.ASGITransport(app=make_web_app(Readiness(), None, world.deps))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://loopmark")

    async def ship(self, body: object, **headers: str) -> httpx.Response:
        """Send a body: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.client.post(PATH, content=content, headers=sent)

    async def ships(self) -> list[ShipRow]:
        """Return what is stored."""
        return await self.world.deps.database.read(lambda session: list(session.exec(select(ShipRow))))


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    made = World(database)
    await made.set_scene()
    yield made
    await made.aclose()


async def pipeline_of(world: World) -> Pipeline:
    drawn = draw_token()
    await world.deps.database.write(make_ship_token, ALICE, MakeShipToken(), drawn, world.now())
    return Pipeline(world, drawn.text)


async def test_every_example_ships_and_is_announced(world: World) -> None:
    pipeline = await pipeline_of(world)
    for body in EXAMPLES.values():
        answer = await pipeline.ship(body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["name"] == "New checkout form"
    ships = await pipeline.ships()
    assert [(ship.by_user_id, ship.by_program) for ship in ships] == [("U0ALICE", True)] * 2
    assert [ship.link for ship in ships] == ["", "https://ci.example.com/runs/1840"]
    rows = await world.deps.database.read(lambda session: list(session.exec(select(OutboxRow.kind))))
    assert rows == ["ship", "ship"]


async def test_the_same_key_ships_once_and_with_another_body_nothing(world: World) -> None:
    pipeline = await pipeline_of(world)
    answers = await asyncio.gather(*(pipeline.ship(NAME, idempotency_key="run-1") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    other = await pipeline.ship({"name": "Something else"}, idempotency_key="run-1")
    assert other.status_code == 422
    assert other.json()["field"] == "Idempotency-Key"
    assert len(await pipeline.ships()) == 1
    world.moment += timedelta(days=3)
    await Cleanup().tick(world.deps)
    left = await world.deps.database.read(lambda session: list(session.exec(select(ShipRequestRow))))
    assert left == []


@pytest.mark.parametrize(
    ("body", "headers", "status", "field"),
    [
        pytest.param({}, {}, 422, "name", id="no name"),
        pytest.param({"name": 5}, {}, 422, "name", id="a name that is no text"),
        pytest.param({"name": " "}, {}, 422, "name", id="an empty name"),
        pytest.param({"name": "x" * 121}, {}, 422, "name", id="a long name"),
        pytest.param({"name": "x" + " " * 120}, {}, 422, "name", id="a name that is long as it is sent"),
        pytest.param({"name": "x", "link": "ftp://x"}, {}, 422, "link", id="no web address"),
        pytest.param({"name": "x", "link": "https://x|y"}, {}, 422, "link", id="a link that is none"),
        pytest.param({"name": "x", "when": 1}, {}, 422, "when", id="an unknown field"),
        pytest.param([], {}, 422, None, id="no object"),
        pytest.param(b"{", {}, 422, None, id="no JSON"),
        pytest.param(NAME, {"content_type": "text/plain"}, 415, None, id="not sent as JSON"),
        pytest.param(NAME, {"authorization": "Bearer lmk_" + "x" * 30}, 401, None, id="no such token"),
        pytest.param(NAME, {"authorization": "Basic eDp5"}, 401, None, id="no token"),
        pytest.param(NAME, {"idempotency_key": "a b"}, 422, "Idempotency-Key", id="no key"),
        pytest.param(b"{" + b" " * 1_000_001, {}, 413, None, id="too large"),
    ],
)
async def test_what_is_wrong_is_refused_in_one_sentence_and_stores_nothing(
    world: World, body: Any, headers: dict[str, str], status: int, field: str | None
) -> None:
    pipeline = await pipeline_of(world)
    answer = await pipeline.ship(body, **headers)
    assert answer.status_code == status, answer.text
    assert answer.json().get("field") == field
    assert len(answer.json()["error"]) > 10
    assert status in ANSWERS
    assert await pipeline.ships() == []


async def test_a_closed_initiative_takes_no_ship_and_a_revoked_token_does_nothing(world: World) -> None:
    pipeline = await pipeline_of(world)

    def close(session: Session) -> None:
        session.get_one(InitiativeRow, 1).state = "closed"

    def reopen(session: Session) -> None:
        session.get_one(InitiativeRow, 1).state = "open"

    await world.deps.database.write(close)
    assert (await pipeline.ship(NAME)).status_code == 409
    await world.deps.database.write(reopen)
    _, count = await world.deps.database.write(revoke_for_ships, ALICE, RevokeShipTokens(), world.now())
    assert count == 1
    assert (await pipeline.ship(NAME)).status_code == 401
    with pytest.raises(UserError, match="no such token"):
        await world.deps.database.write(revoke_for_ships, ALICE, RevokeShipTokens(), world.now())


async def test_a_token_is_for_the_owner_and_there_are_not_many(world: World) -> None:
    with pytest.raises(NotAllowedError, match="who ships for"):
        await world.deps.database.write(make_ship_token, BOB, MakeShipToken(), draw_token(), world.now())
    for _ in range(MOST_TOKENS):
        await pipeline_of(world)
    with pytest.raises(UserError, match="tokens already"):
        await pipeline_of(world)


def test_the_page_and_the_description_say_how_to_ship() -> None:
    described = openapi("https://loopmark.example.com")["paths"][PATH]["post"]
    assert set(described["responses"]) == {str(status) for status in ANSWERS}
    shown = page("https://loopmark.example.com")
    assert "https://loopmark.example.com/api/v1/ships" in shown
    assert "/loop token" in shown


@given(body=st.binary(max_size=40) | st.builds(lambda name: json.dumps({"name": name}).encode(), st.text()))
def test_any_body_is_a_ship_or_one_sentence(body: bytes) -> None:
    try:
        sent = read_ship(body)
    except UserError:
        return
    assert sent.name.strip()
    assert sent.link == ""
