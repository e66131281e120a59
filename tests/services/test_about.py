"""What is kept about a person: every column that can hold a user id is listed, and what is counted is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import LargeBinary, String, text
from sqlmodel import Session
from sqlmodel.sql.sqltypes import AutoString

from bot.db.about import KEPT, count_kept
from bot.db.models import Table
from bot.db.types import DecimalText, JSONText
from bot.deps import Database
from bot.seal import Seal
from bot.services.about import stored_about
from bot.services.answering import answer_prompt
from bot.services.closing import close_prompt
from bot.services.notes import add_note
from tests.answers import one
from tests.feedback_world import ALICE, BOB, TEAM, World, make_world

NOBODY = frozenset(
    {
        *(
            "team_id",
            "check_ins",
            "channel_id",
            "id",
            "key",
            "ts",
            "lease_token",
            "digest",
            "event_id",
            "message_ts",
            "permalink",
            "public_key",
            "view_id",
        ),
        *(
            "name",
            "name_key",
            "kind",
            "state",
            "zone",
            "response_url",
            "outcome",
            "direction",
            "operator_typed",
            "unit",
            "reach",
            "because",
            "results",
        ),
        *(
            "source_kind",
            "source_url",
            "source_path",
            "source_options",
            "every_typed",
            "settled",
            "status",
            "sentence",
        ),
        *(
            "last_failure",
            "origin",
            "note",
            "struck_reason",
            "field",
            "before",
            "after",
            "from_status",
            "to_status",
        ),
        *(
            "cadence",
            "paused_because",
            "post_only",
            "scope",
            "missed",
            "last_error",
            "question",
            "options",
            "option_ids",
            "form",
            "value",
            "question_id",
            "text",
            "inbox",
        ),
        *("found", "what", "hosts", "host", "answered", "failure", "thread_ts", "back_as"),
        *("reason", "link", "keep_if", "stop_if", "goal", "thumb", "on_days_off"),
    }
)
"""Names of columns that hold no user id: other ids, words of Loopmark's own, and what people typed.

A column with another name, or one of `KEPT`, says in bot/db/about.py what it keeps of a person.
"""


def test_every_column_that_can_hold_a_user_id_is_listed_or_known_to_hold_none() -> None:
    listed = {(kept.table, kept.column) for kept in KEPT}
    assert len(listed) == len(KEPT)
    unknown = [
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | AutoString | JSONText)
        and not isinstance(column.type, DecimalText)
        and column.name not in NOBODY
        and (table.name, column.name) not in listed
    ]
    assert unknown == [], (
        "say in bot/db/about.py what this keeps of a person, or here that it keeps nobody's id"
    )
    assert [
        f"{table}.{column}" for table, column in listed if column not in Table.metadata.tables[table].c
    ] == []


def test_bytes_are_sealed_and_hold_no_id() -> None:
    blobs = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert blobs == {
        "calendar_link.sealed", "prompt_key.sealed", "response.sealed", "response.reply", "secret.sealed",
    }  # fmt: skip


@pytest.fixture
async def world(database: Database) -> World:
    made = make_world(database)
    await made.know(ALICE, BOB)
    return made


def cells_with(session: Session, user_id: str) -> set[tuple[str, str]]:
    """Return the columns in which a user id stands somewhere, found by looking at every cell."""
    found = set()
    for table in Table.metadata.sorted_tables:
        for row in session.connection().execute(text(f'SELECT * FROM "{table.name}"')).mappings():
            found |= {(table.name, name) for name, value in row.items() if user_id in str(value)}
    return found


async def test_what_is_counted_is_what_stands_in_the_tables(world: World) -> None:
    await world.start_initiative("Checkout rewrite")
    named, anonymous = await world.ask(), await world.ask(BOB, anonymous=True)
    for prompt in (named, anonymous):
        await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    await add_note(world.deps, BOB, "hm")
    cells = await world.deps.database.read(cells_with, BOB.user_id)
    counted = await world.deps.database.read(count_kept, TEAM, BOB.user_id)
    assert {(kept.table, kept.column): count for kept, count in counted} == dict.fromkeys(cells, 1)
    assert {table for table, _ in cells} == {"person", "note", "prompt", "response"}
    stored = await stored_about(world.deps, BOB)
    assert (stored.zone, stored.hidden) == ("Europe/Berlin", 1)
    assert len(stored.rows) == len(cells)
    assert await world.deps.database.read(count_kept, "T0OTHER", BOB.user_id) == []


async def test_answers_to_anonymous_prompts_are_counted_until_the_close(world: World) -> None:
    prompt = await world.ask(anonymous=True)
    await answer_prompt(world.deps, BOB, prompt.id, one("4"))
    assert (await stored_about(world.deps, ALICE)).hidden == 0
    lost = replace(world.deps, seal=Seal("another secret, made after the first was lost"))
    assert (await stored_about(lost, BOB)).hidden == 0
    assert (await stored_about(world.deps, BOB)).hidden == 1
    await close_prompt(world.deps, ALICE, prompt.id)
    assert (await stored_about(world.deps, BOB)).hidden == 0


async def test_an_id_inside_of_json_is_counted_whole(world: World) -> None:
    def store(session: Session) -> None:
        for key, who in (("a", "U0BOB"), ("b", "U0BOBBY"), ("c", "U_BOB")):
            session.connection().execute(
                text(
                    "INSERT INTO outbox (team_id, key, kind, channel_id, facts, state, created_at, attempts, looked, "
                    "last_error) VALUES (:team, :key, 'held', 'C1', :facts, 'sent', '2026-11-23', 0, 0, '')"
                ),
                {"team": TEAM, "key": key, "facts": f'{{"by":"{who}"}}'},
            )

    await world.deps.database.write(store)
    for user_id in ("U0BOB", "U0BOBBY", "U_BOB"):
        counted = dict(await world.deps.database.read(count_kept, TEAM, user_id))
        assert [count for kept, count in counted.items() if kept.column == "facts"] == [1]
