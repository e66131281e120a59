"""Readings that programs push: over HTTP into both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot.db.criteria import Found
from bot.db.models import CriterionRow, PushedRow, ReadingRow, TokenRow
from bot.db.sqlite import SqliteDatabase
from bot.deps import Database
from bot.domain.criterion import SourceKind
from bot.domain.requests import MakeToken, RevokeTokens
from bot.errors import NotAllowedError, UserError
from bot.services.tokens import MOST_TOKENS, NewToken, draw_token, make_token, revoke
from bot.web.openapi import ANSWERS, EXAMPLES, openapi
from bot.web.pushed_body import MOST_READINGS, read_pushed
from bot.web.rates import BURST, Rates
from bot.web.server import Readiness, make_web_app
from jobs.cleanup import Cleanup
from tests.poll_world import ALICE, BOB, START, World

PUSH = {"source_kind": SourceKind.PUSH, "source_url": None, "source_path": None, "due_at": None} | {
    "readings_needed": 1,
    "every_typed": "7d",
    "longest_gap_s": 604_800,
}


class Program:
    """A program that has a token."""

    def __init__(self, world: World, client: httpx.AsyncClient, token: NewToken, criterion_id: int) -> None:
        self.world = world
        self.client = client
        self.token = token
        self.criterion_id = criterion_id

    async def push(
        self, body: object, *, token: str | None = None, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """Send a body: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {
            "authorization": f"Bearer {token or self.token.text}",
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.client.post(
            f"/api/v1/criteria/{key or self.token.public_key}/readings", content=content, headers=sent
        )

    async def readings(self) -> list[ReadingRow]:
        """Return what is stored, by time."""
        return await self.world.deps.database.read(
            lambda session: list(session.exec(select(ReadingRow).order_by("at", "id")))
        )


async def world_of(database: Database) -> World:
    world = World(database)
    await world.set_scene()
    return world


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    made = await world_of(database)
    yield made
    await made.aclose()


@pytest.fixture
async def world_on_sqlite(sqlite_database: SqliteDatabase) -> AsyncIterator[World]:
    made = await world_of(sqlite_database)
    yield made
    await made.aclose()


async def start(world: World, **columns: object) -> Program:
    criterion_id = await world.add(**(PUSH | columns))  # type: ignore[arg-type]  # columns of any type
    token = draw_token()
    await world.deps.database.write(make_token, ALICE, MakeToken("p95 latency"), token, world.now())
    transport = httpx.ASGITransport(app=make_web_app(Readiness(), None, world.deps))
    return Program(
        world, httpx.AsyncClient(transport=transport, base_url="http://loopmark"), token, criterion_id
    )


@pytest.fixture
async def program(world: World) -> AsyncIterator[Program]:
    made = await start(world)
    yield made
    await made.client.aclose()


@pytest.fixture
async def on_sqlite(world_on_sqlite: World) -> AsyncIterator[Program]:
    """For what makes no difference between the databases."""
    made = await start(world_on_sqlite)
    yield made
    await made.client.aclose()


async def test_a_pushed_reading_is_stored_judged_and_its_change_waits_to_be_posted(program: Program) -> None:
    answer = await program.push({"value": 250})
    assert answer.status_code == 201
    assert answer.json() == {
        "stored": 1,
        "criterion": "p95 latency",
        "state": "open",
        "status": "met",
        "sentence": answer.json()["sentence"],
    }
    assert (await program.push({"value": 412.5, "note": "build 9"})).json()["status"] == "missed"
    world = program.world
    assert await world.changes() == [("no_data", "met"), ("met", "missed")]
    assert [kind for kind, _ in await world.outbox()] == ["status_reply", "status_reply"]
    assert world.deps.wake.is_set()
    stored = await program.readings()
    assert [(row.value, row.origin, row.note) for row in stored] == [
        (Decimal(250), "pushed", ""),
        (Decimal("412.5"), "pushed", "build 9"),
    ]
    assert (await world.row(program.criterion_id)).baseline == Decimal(250)


async def test_the_newest_reading_by_its_own_time_decides_whatever_comes_last(program: Program) -> None:
    several = [
        {"value": 100, "at": "2026-11-23T07:59:00Z"},
        {"value": 900, "at": "2026-11-20T09:00:00+01:00"},
        {"value": 800, "at": "2026-11-21T08:00:00Z"},
    ]
    answer = await program.push({"readings": several})
    assert (answer.json()["stored"], answer.json()["status"]) == (3, "met")
    assert (await program.push({"value": 999, "at": "2026-11-22T08:00:00Z"})).json()["status"] == "met"
    assert [int(row.value) for row in await program.readings()] == [900, 800, 999, 100]
    assert (await program.world.row(program.criterion_id)).baseline == Decimal(900)


async def test_a_repeated_request_stores_nothing_twice(program: Program) -> None:
    first, second = await asyncio.gather(
        *(program.push({"value": 250}, Idempotency_Key="build-9") for _ in range(2))
    )
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert len(await program.readings()) == 1
    other = await program.push({"value": 251}, Idempotency_Key="build-9")
    assert other.status_code == 422
    assert other.json()["field"] == "Idempotency-Key"
    assert (await program.push({"value": 251}, Idempotency_Key="build-10")).status_code == 201
    assert len(await program.readings()) == 2


async def test_a_key_is_forgotten_after_two_days(on_sqlite: Program) -> None:
    await on_sqlite.push({"value": 250}, Idempotency_Key="build-9")
    world = on_sqlite.world

    async def kept() -> int:
        return len(await world.deps.database.read(lambda session: list(session.exec(select(PushedRow)))))

    world.moment = START + timedelta(days=1)
    await Cleanup().tick(world.deps)
    assert await kept() == 1
    world.moment = START + timedelta(days=2, minutes=1)
    await Cleanup().tick(world.deps)
    assert await kept() == 0


BAD: list[tuple[str, Any, str]] = [
    ("no value", {}, "value"),
    ("text", {"value": "412"}, "value"),
    ("a boolean", {"value": True}, "value"),
    ("null", {"value": None}, "value"),
    ("a list", [412], "body"),
    ("a bare number", 412, "body"),
    ("not JSON", b'{"value": 4', "body"),
    ("nothing", b"", "body"),
    ("NaN", b'{"value": NaN}', "body"),
    ("41 digits", b'{"value": ' + b"1" * 41 + b"}", "value"),
    ("a huge exponent", b'{"value": 1e999999}', "value"),
    ("a nesting bomb", b"[" * 200_000, "body"),
    ("no offset", {"value": 1, "at": "2026-11-23T08:00:00"}, "at"),
    ("no time", {"value": 1, "at": "yesterday"}, "at"),
    ("a number for a time", {"value": 1, "at": 1_795_000_000}, "at"),
    ("the future", {"value": 1, "at": "2026-11-23T08:05:01Z"}, "at"),
    ("before all time", {"value": 1, "at": "0001-01-01T00:00:00+14:00"}, "at"),
    ("eleven years back", {"value": 1, "at": "2015-11-23T08:00:00Z"}, "at"),
    ("a number for a note", {"value": 1, "note": 5}, "note"),
    ("a long note", {"value": 1, "note": "x" * 2001}, "note"),
    ("an unknown field", {"value": 1, "unit": "ms"}, "unit"),
    ("no readings", {"readings": []}, "readings"),
    ("too many readings", {"readings": [{"value": 1}] * (MOST_READINGS + 1)}, "readings"),
    ("something beside readings", {"readings": [{"value": 1}], "value": 2}, "body"),
    ("a bad one among readings", {"readings": [{"value": 1}, {"value": "x"}]}, "readings[1].value"),
    ("a reading that is none", {"readings": [5]}, "readings[0]"),
]


@pytest.mark.parametrize(("body", "field"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_a_bad_body_is_one_sentence_about_one_field(body: Any, field: str) -> None:
    with pytest.raises(UserError) as caught:
        read_pushed(body if isinstance(body, bytes) else json.dumps(body).encode(), START)
    assert caught.value.field == field
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 300


async def test_of_a_bad_body_nothing_is_stored(on_sqlite: Program) -> None:
    answer = await on_sqlite.push({"readings": [{"value": 1}, {"value": "x"}]})
    assert answer.status_code == 422
    assert answer.json()["field"] == "readings[1].value"
    assert await on_sqlite.readings() == []


@settings(max_examples=200)
@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(repr).map(str.encode)
)
def test_no_body_raises_anything_but_a_sentence(body: bytes) -> None:
    try:
        found = read_pushed(body, START)
    except UserError as error:
        found = [error.field]
    assert all(found)


def test_a_fraction_stays_exact_and_five_minutes_ahead_are_taken() -> None:
    [reading] = read_pushed(b'{"value": 0.1000000000000000000000000001, "at": "2026-11-23T08:05:00Z"}', START)
    assert str(reading.value) == "0.1000000000000000000000000001"
    assert reading.at == START + timedelta(minutes=5)


def test_a_time_may_be_written_in_small_letters() -> None:
    [reading] = read_pushed(b'{"value": 1, "at": "2026-11-23t07:00:00z"}', START)
    assert reading.at == START - timedelta(hours=1)


async def refused(program: Program, how: str) -> httpx.Response:
    """Send a request that is refused."""
    body = {"value": 1}
    match how:
        case "no token":
            return await program.push(body, authorization="")
        case "an unknown token":
            return await program.push(body, token=draw_token().text)
        case "basic":
            return await program.push(body, authorization="Basic YWxpY2U6cHc=")
        case "another key":
            return await program.push(body, key="0f3a9c0f3a9c0f3a")
        case "a form":
            return await program.push(b"value=1", content_type="application/x-www-form-urlencoded")
        case "too large":
            return await program.push(b'{"value": 1}' + b" " * 1_000_001)
        case _:
            return await program.push(body, Idempotency_Key="x" * 201)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("no token", 401),
        ("an unknown token", 401),
        ("basic", 401),
        ("another key", 404),
        ("a form", 415),
        ("too large", 413),
        ("a long key", 422),
    ],
)
async def test_what_is_refused_says_why_in_one_sentence(on_sqlite: Program, how: str, status: int) -> None:
    answer = await refused(on_sqlite, how)
    assert answer.status_code == status
    assert status in ANSWERS
    assert answer.json()["error"]
    assert on_sqlite.token.text not in answer.text
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert await on_sqlite.readings() == []


async def test_a_revoked_token_is_refused(program: Program) -> None:
    assert (await program.push({"value": 1})).status_code == 201
    world = program.world
    _, count = await world.deps.database.write(revoke, ALICE, RevokeTokens("p95 latency"), world.now())
    assert count == 1
    assert (await program.push({"value": 2})).status_code == 401
    with pytest.raises(UserError, match="no such token"):
        await world.deps.database.write(revoke, ALICE, RevokeTokens("p95 latency"), world.now())


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"state": "archived"}, "archived"),
        ({"frozen": True}, "verdict"),
        ({"source_kind": "manual"}, "manual"),
    ],
    ids=["archived", "judged for good", "another source"],
)
async def test_a_criterion_that_takes_no_readings_says_so(
    on_sqlite: Program, columns: dict[str, object], says: str
) -> None:
    await change(on_sqlite, columns)
    answer = await on_sqlite.push({"value": 1})
    assert answer.status_code == 409
    assert says in answer.json()["error"]


async def change(program: Program, columns: dict[str, object]) -> None:
    def apply(session: Session) -> None:
        row = session.get_one(CriterionRow, program.criterion_id)
        for name, value in columns.items():
            setattr(row, name, value)

    await program.world.deps.database.write(apply)


async def test_readings_of_a_paused_criterion_are_kept_and_not_judged(on_sqlite: Program) -> None:
    await change(on_sqlite, {"state": "paused"})
    answer = await on_sqlite.push({"value": 412})
    assert (answer.status_code, answer.json()["state"], answer.json()["status"]) == (201, "paused", "no_data")
    assert len(await on_sqlite.readings()) == 1
    assert await on_sqlite.world.changes() == []


async def test_a_token_has_a_bound_that_time_lifts(on_sqlite: Program) -> None:
    world = on_sqlite.world
    codes = [(await on_sqlite.push(b"x")).status_code for _ in range(BURST + 1)]
    assert codes == [422] * BURST + [429]
    answer = await on_sqlite.push({"value": 1})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    world.moment += timedelta(seconds=1)
    assert (await on_sqlite.push({"value": 1})).status_code == 201


def test_one_keys_requests_do_not_count_for_another() -> None:
    rates = Rates()
    assert not any(rates.take("a", START) for _ in range(BURST))
    assert rates.take("a", START) == timedelta(seconds=1)
    assert not rates.take("b", START)


async def test_a_token_is_stored_as_a_digest_only(world_on_sqlite: World) -> None:
    program = await start(world_on_sqlite)
    await program.client.aclose()
    [row] = await world_on_sqlite.deps.database.read(lambda session: list(session.exec(select(TokenRow))))
    assert program.token.text not in repr(row)
    assert len(row.digest) == 64


async def test_only_whoever_may_change_a_criterion_makes_and_revokes_its_tokens(on_sqlite: Program) -> None:
    write, now = on_sqlite.world.deps.database.write, on_sqlite.world.now()
    with pytest.raises(NotAllowedError):
        await write(make_token, BOB, MakeToken("p95 latency"), draw_token(), now)
    with pytest.raises(NotAllowedError):
        await write(revoke, BOB, RevokeTokens("p95 latency"), now)


async def test_a_criterion_has_five_tokens_at_most_and_keeps_its_key(on_sqlite: Program) -> None:
    write, now = on_sqlite.world.deps.database.write, on_sqlite.world.now()
    for _ in range(MOST_TOKENS - 1):
        made = await write(make_token, ALICE, MakeToken("p95 latency"), draw_token(), now)
        assert made.public_key == on_sqlite.token.public_key
    with pytest.raises(UserError, match="5 tokens already"):
        await write(make_token, ALICE, MakeToken("p95 latency"), draw_token(), now)
    await write(revoke, ALICE, RevokeTokens("p95 latency"), now, token_id=made.token_id)
    assert (
        await write(make_token, ALICE, MakeToken("p95 latency"), draw_token(), now)
    ).working == MOST_TOKENS


async def test_only_a_criterion_whose_source_is_push_gets_a_token(world_on_sqlite: World) -> None:
    criterion_id = await world_on_sqlite.add()
    found: Found = await world_on_sqlite.found(criterion_id)
    with pytest.raises(UserError, match="source http_json"):
        await world_on_sqlite.deps.database.write(
            make_token, ALICE, MakeToken(found.row.name), draw_token(), world_on_sqlite.now()
        )


async def test_the_page_loads_nothing_and_shows_what_the_description_says(on_sqlite: Program) -> None:
    page = await on_sqlite.client.get("/docs")
    assert page.status_code == 200
    assert "src=" not in page.text
    assert page.text.count("href=") == 1
    assert 'href="/openapi.json"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    described = (await on_sqlite.client.get("/openapi.json")).json()
    assert described == openapi("http://127.0.0.1:3000")
    assert described["servers"] == [{"url": "http://127.0.0.1:3000"}]


def test_the_address_in_the_description_is_the_public_one_where_there_is_one(world_on_sqlite: World) -> None:
    settings = world_on_sqlite.deps.settings.model_copy(update={"public_url": "https://loop.example.com/"})
    assert replace(world_on_sqlite.deps, settings=settings).settings.web_address == "https://loop.example.com"


@pytest.mark.parametrize("name", EXAMPLES)
async def test_every_example_of_the_description_is_taken(on_sqlite: Program, name: str) -> None:
    answer = await on_sqlite.push(EXAMPLES[name])
    assert answer.status_code == 201, answer.text
