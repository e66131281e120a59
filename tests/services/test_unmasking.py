"""Two attackers with all they could get hold of find out no more about who answered what than by guessing."""

from __future__ import annotations

import io
import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import text
from sqlmodel import Session

from bot.db.inboxes import asked_with_inboxes, find_inboxes
from bot.db.sqlite import SqliteDatabase
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.prompt import ONLY, PromptKind, Response
from bot.domain.requests import AskQuestion
from bot.log import set_up_logging
from bot.seal import Seal, address_of
from bot.services.answering import answer_prompt, withdraw_answer
from bot.services.closing import close_prompt
from bot.services.notes import add_note
from bot.services.prompts import prompt_to_post
from bot.services.replying import reply_to_words, written_in
from handlers.dispatch import register
from jobs.prompt import tick
from jobs.queue import LocalQueue
from tests.answers import one
from tests.feedback_world import ALICE, TEAM, World, make_world
from tests.unmasking import (
    LEFT_OUT,
    WORDS,
    Evidence,
    Guesses,
    Part,
    Snapshot,
    attack,
    count_right,
    luck,
    read_sqlite,
)

PEOPLE = [f"U0M{number:02}" for number in range(40)]
OPTIONS = ("o1", "o2", "o3", "o4")
QUESTIONS = (
    AskQuestion("One of four?", PromptKind.CHOICE, ("One", "Two", "Three", "Four"), comment=True),
    AskQuestion("And then?", PromptKind.CHOICE, ("One", "Two", "Three", "Four"), optional=True),
    AskQuestion("Why?", PromptKind.TEXT, optional=True),
)
SEED = 20261124
ODDS = 1e-9
"""Chance that guesses without any knowledge are right so often, from which on they are no luck any more.

There are about 700 ways to guess with the files at four moments, and fewer with what is left, each looked at as a whole
and for each of seven parts, so all are found no better than chance unless something is known, or in one run of 90,000.
"""


@dataclass
class Played:
    """What was played, and what is left of it.

    Attributes:
        truth: (Part of a prompt, person) → what they answered.
        moments: The database while the prompts were open, where it is a file.
        evidence: What is left after the close.
        codes: Person → the codes they got for words.
    """

    truth: Guesses
    moments: list[Snapshot]
    evidence: Evidence
    codes: dict[str, list[str]]


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
    answered = sum(answer != LEFT_OUT for answer in truth.values())
    assert sum(len(guesses) == answered for guesses in tried.values()) > 10, "most ways name everybody"
    known = {
        f"{name}, parts {parts}": f"{count_right(some, truth)} of {len(some)}"
        for name, guesses in tried.items()
        for parts in (evidence.parts, *([part] for part in evidence.parts))
        if luck(some := {who: answer for who, answer in guesses.items() if who[0] in parts}, truth) < ODDS
    }
    assert known == {}


async def play(world: World, logs: io.StringIO, folder: Path | None) -> Played:
    """Have people answer two choices, one question in words and a form, each of them doing named things in between.

    Everybody has a day of their own, the hardest case; some change their answer or withdraw it first.
    """
    dealer = random.Random(SEED)
    await world.know(ALICE)
    options = {"kind": PromptKind.CHOICE, "options": ("One", "Two", "Three", "Four")}
    first = await world.ask(anonymous=True, question="One of four?", **options)
    second = await world.ask(anonymous=True, question="And now?", **options)
    words = await world.ask(anonymous=True, question="In words?", kind=PromptKind.TEXT)
    form = await world.ask(anonymous=True, question="A form", kind=PromptKind.FORM, questions=QUESTIONS)
    named = await world.ask(question="With names?")
    prompts = [first.id, second.id, words.id, form.id]
    parts: list[Part] = [(first.id, ONLY), (second.id, ONLY), (words.id, ONLY + WORDS)]
    parts += [(form.id, each) for each in ("q1", "q1" + WORDS, "q2", "q3" + WORDS)]
    truth: dict[tuple[Part, str], str] = {}
    for part in parts:
        may_be_left_out = part[0] == form.id and part[1] != "q1"
        dealt = list(OPTIONS * (len(PEOPLE) // len(OPTIONS)))
        dealt[:8] = [LEFT_OUT] * 8 if may_be_left_out else dealt[:8]
        dealer.shuffle(dealt)
        truth |= {(part, who): answer for who, answer in zip(PEOPLE, dealt, strict=True)}
    lengths = dealer.sample(range(2, 400), len(PEOPLE))
    app = await bolt(world)
    moments: list[Snapshot] = []
    codes: dict[str, list[str]] = {}
    for place, who in enumerate(dealer.sample(PEOPLE, len(PEOPLE))):
        world.clock.advance(hours=24)
        actor = Actor(TEAM, who, "C0GENERAL", "general")
        if place % 5 == 0:
            await press(app, actor, first.id, dealer.choice(OPTIONS))
        if place % 7 == 0:
            await answer_prompt(world.deps, actor, words.id, one(text="never mind"))
            await withdraw_answer(world.deps, actor, words.id)
        await press(app, actor, first.id, truth[(first.id, ONLY), who])
        await press(app, actor, second.id, truth[(second.id, ONLY), who])

        def write(answer: str, length: int = lengths[place]) -> str | None:
            return None if answer == LEFT_OUT else f"{answer} {'x' * length} {dealer.getrandbits(64):x}"

        in_words = one(text=write(truth[(words.id, ONLY + WORDS), who]))
        answered = [await answer_prompt(world.deps, actor, words.id, in_words)]
        said = {part: truth[(form.id, part), who] for part in ("q1", "q1" + WORDS, "q2", "q3" + WORDS)}
        answers = {
            "q1": Response((said["q1"],), None, write(said["q1" + WORDS])),
            "q2": Response(() if said["q2"] == LEFT_OUT else (said["q2"],)),
            "q3": Response(text=write(said["q3" + WORDS])),
        }
        answered.append(await answer_prompt(world.deps, actor, form.id, answers))
        codes[who] = [each.code for each in answered if each.code is not None]
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
    return Played(truth, moments, left_of(world, parts, logs), codes)


async def open_replies(
    world: World, played: Played, logs: io.StringIO, *, leaves_marks: bool = False
) -> None:
    """Have Alice reply to everything that was written, and everybody open their replies on a day of their own.

    With `leaves_marks` each reply is deleted as it is opened, as it might be if opening wrote anything.
    """
    await reply_to_all(world, sorted({prompt for prompt, _ in played.evidence.parts}))
    app, opened = await bolt(world), 0
    for who in random.Random(SEED + 1).sample(PEOPLE, len(PEOPLE)):
        world.clock.advance(hours=24)
        actor = Actor(TEAM, who, "C0GENERAL", "general")
        await add_note(world.deps, actor, "still confusing")
        for code in played.codes[who]:
            await open_with(app, world, actor, code)
            opened += 1
            if leaves_marks:
                await world.deps.database.write(delete_replies, code)
        await tick_once(world)
    assert sum("Whoever asked replied" in str(view) for view in world.slack.opened) == opened > len(PEOPLE)
    played.evidence = left_of(world, played.evidence.parts, logs)
    for code in (code for codes in played.codes.values() for code in codes):
        assert code not in played.evidence.logs
        assert not any(code in message for message in played.evidence.messages)


def left_of(world: World, parts: Sequence[Part], logs: io.StringIO) -> Evidence:
    """Return what is left of it all outside of the database."""
    messages = [str(each) for _, each in world.slack.posts]
    messages += [f"{ts} {message}" for _, ts, message, _ in world.slack.updates]
    return Evidence(PEOPLE, parts, [], logs.getvalue(), messages)


async def reply_to_all(world: World, prompt_ids: Sequence[int]) -> None:
    """Have Alice reply to everything that was written, in the order in which she sees it."""
    for prompt_id in prompt_ids:
        view = await world.deps.database.read(prompt_to_post, prompt_id)
        for written in written_in(view):
            await reply_to_words(
                world.deps, ALICE, prompt_id, written.inbox.address, f"About {written.text[:9]}"
            )


async def open_with(app: AsyncApp, world: World, actor: Actor, code: str) -> None:
    body = {
        "command": "/feedback",
        "text": f"inbox {code}",
        "team_id": actor.team_id,
        "user_id": actor.user_id,
        "channel_id": actor.channel_id,
        "channel_name": actor.channel_name,
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.example/typed",
    }
    answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert answer.status == 200
    await world.tasks.idle()


def delete_replies(session: Session, code: str) -> None:
    for row in find_inboxes(
        session, TEAM, [address_of(code, each) for each in asked_with_inboxes(session, TEAM)]
    ):
        row.reply = None


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
    played.moments.append(read_sqlite(sqlite_database.file, tmp_path / "closed"))
    await open_replies(world, played, logs)
    after = read_sqlite(sqlite_database.file, tmp_path / "after")
    evidence = replace(played.evidence, snapshots=[*played.moments, after])
    assert played.moments[1].states, "else the write-ahead log was not looked at"
    assert len(after.states) > len(PEOPLE), "else the notes beside the replies were not"
    assert len(evidence.messages) > len(PEOPLE)
    assert_none_knows(evidence, played.truth)

    # The same attacker with the secret key finds everybody, by hashes and by the order of commits alone, so what
    # protects people is the seal, not an attacker who does not know how to look.
    key = Seal("a secret that only this test knows")
    known = attack(replace(evidence, snapshots=played.moments[1:2], seal=key))
    everybody = sum(answer != LEFT_OUT for answer in played.truth.values())
    assert count_right(known["hashes of every member"], played.truth) == everybody
    order = known["moment 0, as they came against notes as they came until moment 0"]
    assert luck(order, played.truth) < ODDS


async def test_a_reply_that_was_deleted_as_it_is_opened_would_give_people_away(
    sqlite_database: SqliteDatabase, logs: io.StringIO, tmp_path: Path
) -> None:
    """What an attacker needs is a mark at that moment, so there is none (docs/decisions/0045)."""
    world = make_world(sqlite_database)
    played = await play(world, logs, None)
    await open_replies(world, played, logs, leaves_marks=True)
    after = read_sqlite(sqlite_database.file, tmp_path / "after")
    known = attack(replace(played.evidence, snapshots=[after]))
    order = known["moment 0, as they changed against last notes as they came until moment 0"]
    [words] = [part for part in played.evidence.parts if part[1] == ONLY + WORDS]
    found = {who: answer for who, answer in order.items() if who[0] == words}
    assert count_right(found, played.truth) == len(PEOPLE)
    assert luck(found, played.truth) < ODDS


async def test_after_the_close_nobody_is_found_with_the_secret_key(
    database: Database, logs: io.StringIO, tmp_path: Path
) -> None:
    """What is kept after the close, the secret key included, does no better than chance.

    On PostgreSQL these are the tables in the order of their rows; its write-ahead log is not Loopmark's to erase.
    """
    world = make_world(database)
    played = await play(world, logs, None)
    closed = await snapshot_of(database, tmp_path / "closed")
    assert len(closed.states) <= 1, "all that is left in the log is that the keys are erased"
    prompts = {prompt for prompt, _ in played.evidence.parts}
    stored_answers = sum(row["prompt_id"] in prompts for row in closed.responses)
    assert stored_answers == sum(answer != LEFT_OUT for answer in played.truth.values())
    key = Seal("a secret that only this test knows")
    assert_none_knows(replace(played.evidence, snapshots=[closed], seal=key), played.truth)

    await open_replies(world, played, logs)
    opened = await snapshot_of(database, tmp_path / "opened")
    assert any(row["reply"] for row in opened.responses)
    assert_none_knows(replace(played.evidence, snapshots=[closed, opened], seal=key), played.truth)


async def snapshot_of(database: Database, folder: Path) -> Snapshot:
    """Return a database as it is now."""
    if isinstance(database, SqliteDatabase):
        return read_sqlite(database.file, folder)
    return await database.read(stored)


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
