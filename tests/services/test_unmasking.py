"""Two attackers with all they could get hold of find out no more about who answered what than by guessing."""

from __future__ import annotations

import io
import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import text
from sqlmodel import Session

from bot.db.sqlite import SqliteDatabase
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.prompt import PromptKind
from bot.log import set_up_logging
from bot.seal import Seal
from bot.services.answering import answer_prompt, withdraw_answer
from bot.services.closing import close_prompt
from bot.services.notes import add_note
from handlers.dispatch import register
from jobs.prompt import tick
from jobs.queue import LocalQueue
from tests.answers import one
from tests.feedback_world import ALICE, TEAM, World, make_world
from tests.unmasking import Evidence, Guesses, Snapshot, attack, count_right, luck, read_sqlite

PEOPLE = [f"U0M{number:02}" for number in range(40)]
OPTIONS = ("o1", "o2", "o3", "o4")
SEED = 20261124
ODDS = 1e-9
"""Chance that guesses without any knowledge are right so often, from which on they are no luck any more.

There are about 100 ways to guess, each looked at as a whole and for each of three prompts, so all are found no better
than chance unless something is known, or in one run of 2.5 million.
"""


@dataclass
class Played:
    """What was played, and what is left of it.

    Attributes:
        truth: (Prompt, person) → what they answered.
        moments: The database while the prompts were open, where it is a file.
        evidence: What is left after the close.
    """

    truth: Guesses
    moments: list[Snapshot]
    evidence: Evidence


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    root, kept, config = logging.getLogger(), {}, structlog.get_config()
    before, level = list(root.handlers), root.level
    for name in ("bot", "handlers", "jobs"):
        kept[name] = logging.getLogger(name).level
    stream = io.StringIO()
    set_up_logging("DEBUG", frozenset(), stream=stream, in_colour=False)
    yield stream
    root.handlers, root.level = before, level
    for name, was in kept.items():
        logging.getLogger(name).setLevel(was)
    structlog.configure(**config)


def assert_none_knows(evidence: Evidence, truth: Guesses) -> None:
    tried = attack(evidence)
    assert len(tried) > 20
    assert not tried.pop("hashes of every member"), "nobody is found under a hash by luck"
    assert sum(len(guesses) == len(truth) for guesses in tried.values()) > 10, "most ways name everybody"
    known = {
        f"{name}, prompts {prompts}": f"{count_right(some, truth)} of {len(some)}"
        for name, guesses in tried.items()
        for prompts in (evidence.prompts, *([prompt] for prompt in evidence.prompts))
        if luck(some := {who: answer for who, answer in guesses.items() if who[0] in prompts}, truth) < ODDS
    }
    assert known == {}


async def play(world: World, logs: io.StringIO, folder: Path | None) -> Played:
    """Have people answer two choices and one question in words, each of them doing named things in between.

    Everybody has a day of their own, the hardest case; some change their answer or withdraw it first.
    """
    dealer = random.Random(SEED)
    await world.know(ALICE)
    options = {"kind": PromptKind.CHOICE, "options": ("One", "Two", "Three", "Four")}
    first = await world.ask(anonymous=True, question="One of four?", **options)
    second = await world.ask(anonymous=True, question="And now?", **options)
    words = await world.ask(anonymous=True, question="In words?", kind=PromptKind.TEXT)
    named = await world.ask(question="With names?")
    prompts = [first.id, second.id, words.id]
    truth: dict[tuple[int, str], str] = {}
    for prompt_id in prompts:
        dealt = list(OPTIONS * (len(PEOPLE) // len(OPTIONS)))
        dealer.shuffle(dealt)
        truth |= {(prompt_id, who): answer for who, answer in zip(PEOPLE, dealt, strict=True)}
    lengths = dealer.sample(range(2, 400), len(PEOPLE))
    app = await bolt(world)
    moments: list[Snapshot] = []
    for place, who in enumerate(dealer.sample(PEOPLE, len(PEOPLE))):
        world.clock.advance(hours=24)
        actor = Actor(TEAM, who, "C0GENERAL", "general")
        if place % 5 == 0:
            await press(app, actor, first.id, dealer.choice(OPTIONS))
        if place % 7 == 0:
            await answer_prompt(world.deps, actor, words.id, one(text="never mind"))
            await withdraw_answer(world.deps, actor, words.id)
        await press(app, actor, first.id, truth[first.id, who])
        await press(app, actor, second.id, truth[second.id, who])
        written = f"{truth[words.id, who]} {'x' * lengths[place]} {dealer.getrandbits(64):x}"
        await answer_prompt(world.deps, actor, words.id, one(text=written))
        await answer_prompt(world.deps, actor, named.id, one("4"))
        await add_note(world.deps, actor, "the new form is confusing")
        await tick_once(world)
        if folder is not None and place in (len(PEOPLE) // 2, len(PEOPLE) - 1):
            moments.append(read_sqlite(world.deps.database.file, folder / f"moment {place}"))  # type: ignore[attr-defined]  # SQLite
    for prompt_id in prompts:
        await close_prompt(world.deps, ALICE, prompt_id)
    for _ in range(50):
        await tick_once(world)
        world.clock.advance(seconds=timedelta(minutes=6).total_seconds())
        if all([(await world.prompt_row(prompt_id)).key_erased for prompt_id in prompts]):
            break
    else:
        pytest.fail("the keys could not be erased")
    messages = [str(each) for _, each in world.slack.posts]
    messages += [f"{ts} {message}" for _, ts, message, _ in world.slack.updates]
    return Played(truth, moments, Evidence(PEOPLE, prompts, [], logs.getvalue(), messages))


async def bolt(world: World) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-1", bot_user_id="U0LOOPMARK")

    app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)
    register(app, world.deps)
    return app


async def press(app: AsyncApp, actor: Actor, prompt_id: int, option_id: str) -> None:
    action = {"type": "button", "action_id": f"vote:{option_id}", "value": f"{prompt_id}:{option_id}"}
    body = {
        "type": "block_actions",
        "team": {"id": actor.team_id},
        "user": {"id": actor.user_id},
        "trigger_id": "1.2.3",
        "actions": [{**action, "block_id": "b"}],
        "channel": {"id": actor.channel_id, "name": actor.channel_name},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": actor.channel_id},
        "response_url": "https://hooks.example/pressed",
    }
    answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert answer.status == 200


async def tick_once(world: World) -> None:
    queue = LocalQueue(size=8)
    await tick(world.deps, queue)
    await queue.idle()
    await world.tasks.idle()


async def test_without_the_secret_key_nobody_is_found_at_any_time(
    sqlite_database: SqliteDatabase, logs: io.StringIO, tmp_path: Path
) -> None:
    """The database's files at three moments, the logs and all messages but receipts do no better than chance."""
    world = make_world(sqlite_database)
    played = await play(world, logs, tmp_path)
    after = read_sqlite(sqlite_database.file, tmp_path / "after")
    evidence = replace(played.evidence, snapshots=[*played.moments, after])
    assert played.moments[-1].states, "else the write-ahead log was not looked at"
    assert len(evidence.messages) > len(PEOPLE)
    assert_none_knows(evidence, played.truth)

    # The same attacker with the secret key finds everybody, by hashes and by the order of commits alone, so what
    # protects people is the seal, not an attacker who does not know how to look.
    key = Seal("a secret that only this test knows")
    known = attack(replace(evidence, snapshots=played.moments[-1:], seal=key))
    assert count_right(known["hashes of every member"], played.truth) == len(played.truth)
    order = known["moment 0, as they came against notes as they came until moment 0"]
    assert luck(order, played.truth) < ODDS


async def test_after_the_close_nobody_is_found_with_the_secret_key(
    database: Database, logs: io.StringIO, tmp_path: Path
) -> None:
    """What is kept after the close, the secret key included, does no better than chance.

    On PostgreSQL these are the tables in the order of their rows; its write-ahead log is not Loopmark's to erase.
    """
    world = make_world(database)
    played = await play(world, logs, None)
    if isinstance(database, SqliteDatabase):
        after = read_sqlite(database.file, tmp_path / "after")
        assert len(after.states) <= 1, "all that is left in the log is that the keys are erased"
    else:
        after = await database.read(stored)
    assert sum(row["prompt_id"] in played.evidence.prompts for row in after.responses) == len(played.truth)
    key = Seal("a secret that only this test knows")
    assert_none_knows(replace(played.evidence, snapshots=[after], seal=key), played.truth)


def stored(session: Session) -> Snapshot:
    """Return the tables in the order of their rows on disk, and what is in them as bytes."""
    connection = session.connection()
    rows = {
        table: [
            dict(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY ctid")).mappings()
        ]
        for table in ("response", "note")
    }
    keys = [bytes(sealed) for sealed in connection.execute(text("SELECT sealed FROM prompt_key")).scalars()]
    return Snapshot(rows["response"], rows["note"], b"".join(keys))
