"""A crowd answers at once: nothing lost, nothing doubled, and a command's answer does not wait behind its receipts."""

from __future__ import annotations

import asyncio
import random

import pytest

from benchmarks.crowd import measure_crowd
from benchmarks.kept import Acknowledged, Kept, compare
from bot.sandbox import Channel, Message, Workspace
from bot.sandbox.server import TransportKind
from tests.soak.conftest import Process, connected, typed


@pytest.mark.soak
@pytest.mark.parametrize(("transport", "people", "prompts"), [("http", 1_000, 20), ("socket", 300, 8)])
async def test_a_crowd_answering_at_once_loses_no_vote_and_doubles_none(
    transport: TransportKind, people: int, prompts: int
) -> None:
    came_to = await measure_crowd(
        people=people, prompts=prompts, transport=transport, stretches=1, seconds=0.5
    )
    assert came_to.deliveries > 2 * people
    assert came_to.comparison.answers > people
    assert came_to.comparison.lost == ()
    assert came_to.comparison.doubled == ()
    assert came_to.violations == ()
    print(  # noqa: T201  (figures of the soak run)
        f"{came_to.deliveries} presses of {people} people over {transport}, acknowledged after "
        f"{came_to.wait_ms(50):.0f} ms (p50), {came_to.wait_ms(99):.0f} ms (p99)"
    )


@pytest.mark.soak
async def test_a_commands_answer_does_not_wait_behind_a_crowds_receipts(
    workspace: Workspace, process: Process
) -> None:
    people = [workspace.add_user(f"Person {number}", tz="Europe/Berlin") for number in range(150)]
    general = workspace.add_channel("general", members=people)
    asker = workspace.person(people[0])
    await process.start()
    await connected(workspace)
    await typed(asker, general, '/feedback ask "How clear is it?" scale')
    await workspace.wait_for(lambda: bool(asked(workspace, general)), timeout_s=20)
    [prompt] = asked(workspace, general)

    chance = random.Random(11)
    clicks = [(person, str(chance.randint(1, 5))) for person in people for _ in range(2)]
    chance.shuffle(clicks)
    outcomes = await asyncio.gather(
        *(workspace.person(person).click(prompt, answer) for person, answer in clicks)
    )
    assert all(outcome.error is None for outcome in outcomes)
    assert "150 answers" in await typed(asker, general, "/feedback results #1")


def asked(workspace: Workspace, channel: Channel) -> list[Message]:
    return [message for message in workspace.messages(channel) if "How clear is it?" in message.shown]


def press(option_id: str, sent_s: float, acknowledged_s: float) -> Acknowledged:
    return Acknowledged("U0BOB", 1, option_id, sent_s, acknowledged_s)


@pytest.mark.parametrize(
    ("presses", "kept", "lost", "doubled"),
    [
        ([press("a", 0, 1)], ["a"], 0, 0),
        ([press("a", 0, 1)], [], 1, 0),
        ([press("a", 0, 1)], ["b"], 1, 0),
        ([press("a", 0, 1)], ["a", "a"], 0, 1),
        ([press("a", 0, 1), press("b", 2, 3)], ["b"], 0, 0),
        ([press("a", 0, 1), press("b", 2, 3)], ["a"], 1, 0),
        ([press("a", 0, 3), press("b", 2, 4)], ["a"], 0, 0),
        ([press("a", 0, 3), press("b", 2, 4)], ["b"], 0, 0),
        ([], ["a"], 0, 1),
    ],
    ids=[
        "kept",
        "lost",
        "another one",
        "twice",
        "the last",
        "the first",
        "raced",
        "raced too",
        "nobody pressed",
    ],
)
def test_what_is_kept_is_compared_with_what_was_acknowledged(
    presses: list[Acknowledged], kept: list[str], lost: int, doubled: int
) -> None:
    found = compare(presses, [Kept("U0BOB", 1, option_id) for option_id in kept])
    assert (len(found.lost), len(found.doubled)) == (lost, doubled)


def test_an_answer_of_nobodys_is_one_too_many() -> None:
    assert len(compare([press("a", 0, 1)], [Kept("U0BOB", 1, "a"), Kept(None, 1, "a")]).doubled) == 1
