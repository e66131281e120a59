"""A crowd: many people press answers on many prompts at once; some presses come twice, and some late."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.cases import FLOOR, Scene, signed
from benchmarks.kept import Acknowledged, Comparison, answers_of, compare, count_people
from benchmarks.load import Prepared
from benchmarks.loader import Loader, loading
from benchmarks.process import Running, started
from bot.db.engine import open_database
from bot.sandbox import Channel, Message, User, Workspace
from bot.sandbox.controls import action_entry, elements_of
from bot.sandbox.model import JsonObject
from bot.sandbox.server import TransportKind
from bot.seal import Seal

KINDS = ("scale", 'choice "Left" "Right" "Both"', "scale anonymous", 'choice "Red" "Green" "Blue" anonymous')
CHANNELS = 4
TWICE = 20
"""One press in so many is delivered twice."""
OUT_OF_ORDER = 40
"""A delivery comes up to so many places later than it was made."""
POSTED_WITHIN_S = 60.0
DRAWN_WITHIN_S = 180.0


@dataclass(frozen=True, slots=True)
class Button:
    """An answer that can be pressed: where it stands, and what it says by row ids."""

    message: Message
    block: JsonObject
    element: JsonObject
    prompt_id: int
    option_id: str


@dataclass(frozen=True, slots=True)
class Press:
    """One person's press on a button."""

    user: User
    button: Button


@dataclass(frozen=True, slots=True)
class CrowdResult:
    """What a crowd came to.

    Attributes:
        people: How many pressed.
        deliveries: Presses, those delivered twice counted twice.
        rates: Acknowledged a second, one for each stretch.
        ratios: The same beside bare acknowledgements in the stretch before, or nothing over sockets.
        waits_s: How long each acknowledgement took, ascending.
        comparison: What is stored beside what was acknowledged.
        drawn_s: Seconds from the last acknowledgement until every message showed the last state.
        receipts: How many private receipts had come by then.
        cpu_ms: Processor time of the bot for one press, all of its threads, in milliseconds.
        violations: Rules of Slack's that were broken, and errors it showed to people.
    """

    people: int
    deliveries: int
    rates: tuple[float, ...]
    ratios: tuple[float, ...]
    waits_s: tuple[float, ...]
    comparison: Comparison
    drawn_s: float
    receipts: int
    cpu_ms: float
    violations: tuple[str, ...]

    def wait_ms(self, percent: float) -> float:
        """Return how long an acknowledgement took that so many per cent stayed under, in milliseconds."""
        return 1000 * self.waits_s[min(len(self.waits_s) - 1, int(len(self.waits_s) * percent / 100))]


async def measure_crowd(
    *,
    people: int,
    prompts: int,
    transport: TransportKind = "http",
    concurrent: int = 64,
    stretches: int = 4,
    seconds: float = 1.0,
    seed: int = 11,
) -> CrowdResult:
    """Let a crowd answer: each person twice, a changed answer or one to another prompt.

    Over HTTP the load comes from a process of its own and takes turns with bare acknowledgements. Over sockets it
    comes from the stand-in workspace, which is a part of what is measured then.

    Args:
        people: How many.
        prompts: Asked in four channels, by turns named and anonymous, on a scale and by choice.
        transport: How the bot hears of it.
        concurrent: Presses under way at the same time.
        stretches: Parts of the load between which bare acknowledgements are measured.
        seconds: Length of a stretch of bare acknowledgements.
        seed: For who presses what and when.
    """
    chance = random.Random(seed)
    async with Workspace(transport=transport) as workspace:
        workspace.limits.enabled = False
        users = [workspace.add_user(f"Person {number}") for number in range(people)]
        channels = [workspace.add_channel(f"team-{number}", members=users) for number in range(CHANNELS)]
        async with started(workspace) as server:
            if transport == "http":
                workspace.request_url = server.says["bot"] + "/slack/events"
            else:
                await workspace.wait_for(lambda: workspace.open_sockets > 0, timeout_s=POSTED_WITHIN_S)
            buttons = await _ask(workspace, users[0], channels, prompts)
            presses = plan(users, buttons, chance)
            size = -(-len(presses) // stretches)
            parts = [presses[start : start + size] for start in range(0, len(presses), size)]
            run = _Run([], [], [], 0.0)
            # Somebody is the first everywhere, and the bot learns then who the members of the channel are.
            await _press_all(workspace, [Press(users[0], first) for first, *_ in buttons], 1, run)
            if transport == "http":
                async with loading() as loader:
                    await _over_http(workspace, server, loader, parts, concurrent, seconds, run)
            else:
                await _over_sockets(workspace, server, parts, concurrent, run)
            return await _result(workspace, server, users, buttons, run)


@dataclass(slots=True)
class _Run:
    acknowledged: list[Acknowledged]
    rates: list[float]
    ratios: list[float]
    cpu_s: float


async def _ask(
    workspace: Workspace, asker: User, channels: Sequence[Channel], prompts: int
) -> list[list[Button]]:
    """Ask the prompts and return the buttons of each."""
    person = workspace.person(asker)
    for number in range(prompts):
        line = f'/feedback ask "Question {number}?" {KINDS[number % len(KINDS)]}'
        outcome = await person.command(channels[number // len(KINDS) % len(channels)], line)
        if outcome.error is not None:
            raise RuntimeError(f"{line}: {outcome.error}")

    def posted() -> list[list[Button]] | None:
        found = [
            buttons
            for channel in channels
            for message in workspace.messages(channel)
            if (buttons := _buttons(message))
        ]
        return found if len(found) == prompts else None

    return await workspace.wait_for(posted, timeout_s=POSTED_WITHIN_S)


def _buttons(message: Message) -> list[Button]:
    found = []
    for block, element in elements_of(message.blocks):
        prompt_id, _, option_id = str(element.get("value", "")).partition(":")
        if element["type"] == "button" and option_id and prompt_id.isdigit():
            found.append(Button(message, block, element, int(prompt_id), option_id))
    return found


def plan(users: Sequence[User], buttons: Sequence[Sequence[Button]], chance: random.Random) -> list[Press]:
    """Return who presses what, as it is delivered: every person twice, some deliveries twice, in another order."""
    made: list[tuple[float, Press]] = []
    for place, user in enumerate(chance.sample(users, len(users))):
        first = chance.choice(buttons)
        second = first if chance.random() < 0.5 else chance.choice(buttons)
        for prompt in (first, second):
            press = Press(user, chance.choice(prompt))
            for _ in range(2 if chance.randrange(TWICE) == 0 else 1):
                made.append((2 * place + chance.uniform(0, OUT_OF_ORDER), press))
    made.sort(key=lambda each: each[0])
    return [press for _, press in made]


async def _over_http(
    workspace: Workspace,
    server: Running,
    loader: Loader,
    parts: Sequence[Sequence[Press]],
    concurrent: int,
    seconds: float,
    run: _Run,
) -> None:
    bot, bare = (server.says[name] + "/slack/events" for name in ("bot", "bare"))
    scene = Scene(workspace, parts[0][0].user, parts[0][0].button.message.channel)
    await loader.send(bare, scene.prepared(FLOOR, bare), concurrent=concurrent, seconds=seconds)  # warm-up
    for part in parts:
        floor = await loader.send(bare, scene.prepared(FLOOR, bare), concurrent=concurrent, seconds=seconds)
        requests = [_prepare(workspace, press, bot) for press in part]
        before_s = server.cpu_s()
        piece = await loader.send(bot, requests, concurrent=concurrent)
        run.cpu_s += server.cpu_s() - before_s
        run.rates.append(piece.rate)
        run.ratios.append(piece.rate / floor.rate)
        run.acknowledged += [
            _acknowledged(part[span.place], span.sent_s, span.answered_s) for span in piece.spans
        ]


def _prepare(workspace: Workspace, press: Press, url: str) -> Prepared:
    message = press.button.message
    responses = workspace.server.responses
    address = responses.address(responses.new_url("actions", press.user, message.channel, message))
    action_ts = workspace.server.team.next_ts(message.channel.id)
    entry = action_entry(press.button.block, press.button.element, None, action_ts)
    payload = workspace.server.payloads.message_action(press.user, message, entry, address)
    return signed({"payload": json.dumps(payload)}, url, workspace.signing_secret, "")


async def _over_sockets(
    workspace: Workspace, server: Running, parts: Sequence[Sequence[Press]], concurrent: int, run: _Run
) -> None:
    before_s = server.cpu_s()
    for part in parts:
        began_s = time.perf_counter()
        await _press_all(workspace, part, concurrent, run)
        run.rates.append(len(part) / (time.perf_counter() - began_s))
    run.cpu_s = server.cpu_s() - before_s


async def _press_all(workspace: Workspace, presses: Sequence[Press], concurrent: int, run: _Run) -> None:
    """Let the stand-in workspace deliver these, so many at the same time."""
    room = asyncio.Semaphore(concurrent)

    async def send(press: Press) -> None:
        async with room:
            sent_s = time.perf_counter()
            button = press.button
            outcome = await workspace.person(press.user).press(
                button.message, button.block["block_id"], button.element["action_id"]
            )
            if outcome.error is not None:
                raise RuntimeError(f"not acknowledged: {outcome.error}")
            run.acknowledged.append(_acknowledged(press, sent_s, time.perf_counter()))

    await asyncio.gather(*(send(press) for press in presses))


def _acknowledged(press: Press, sent_s: float, answered_s: float) -> Acknowledged:
    button = press.button
    return Acknowledged(press.user.id, button.prompt_id, button.option_id, sent_s, answered_s)


def _shows(message: Message, answers: int) -> bool:
    found = re.search(r"^([\d,]+) answers? so far", message.shown, re.MULTILINE)
    return (int(found[1].replace(",", "")) if found else 0) == answers


async def _result(
    workspace: Workspace,
    server: Running,
    users: Sequence[User],
    buttons: Sequence[Sequence[Button]],
    run: _Run,
) -> CrowdResult:
    presses = len(run.acknowledged)
    people = count_people(run.acknowledged)
    began_s = time.perf_counter()

    def drawn() -> bool:
        return all(_shows(first.message, people[first.prompt_id]) for first, *_ in buttons)

    await workspace.wait_for(drawn, timeout_s=DRAWN_WITHIN_S)
    drawn_s = time.perf_counter() - began_s
    database = open_database(server.environment["DATABASE_URL"], readers=1)
    try:
        seal = Seal(server.environment["LOOPMARK_SECRET_KEY"])
        kept = await database.read(answers_of, seal, [user.id for user in users])
    finally:
        await database.close()
    return CrowdResult(
        people=len(users),
        deliveries=presses,
        rates=tuple(run.rates),
        ratios=tuple(run.ratios),
        waits_s=tuple(sorted(press.acknowledged_s - press.sent_s for press in run.acknowledged)),
        comparison=compare(run.acknowledged, kept),
        drawn_s=drawn_s,
        receipts=sum(len(workspace.ephemerals(user)) for user in users),
        cpu_ms=1000 * run.cpu_s / presses,
        violations=(*workspace.violations, *workspace.failures),
    )


CROWD_ROWS: Sequence[tuple[str, Callable[[CrowdResult], str], str]] = (
    (
        "presses delivered, for so many answers",
        lambda it: f"{it.deliveries:,} / {it.comparison.answers:,}",
        "",
    ),
    ("acknowledged a second", lambda it: f"{median(it.rates):,.0f}", ""),
    ("beside bare acknowledgements", lambda it: f"{median(it.ratios):.2f}" if it.ratios else "", "≥ 0.25"),
    ("acknowledged after (p50)", lambda it: f"{it.wait_ms(50):,.0f} ms", ""),
    ("acknowledged after (p99)", lambda it: f"{it.wait_ms(99):,.0f} ms", "< 1,000 ms"),
    ("processor time of the bot for a press", lambda it: f"{it.cpu_ms:.2f} ms", ""),
    ("lost", lambda it: str(len(it.comparison.lost)), "0"),
    ("doubled", lambda it: str(len(it.comparison.doubled)), "0"),
    ("every message shows the last state after", lambda it: f"{it.drawn_s:.0f} s", ""),
    ("receipts by then", lambda it: f"{it.receipts:,}", ""),
)
"""Rows of the report: what, what was seen, and the aim."""
