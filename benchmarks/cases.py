"""What is measured: a workspace with twenty criteria, and the commands people type in it."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from benchmarks.load import Prepared
from benchmarks.server import BARE_ANSWER
from bot.sandbox import Channel, User, Workspace
from bot.sandbox.model import JsonObject

CRITERIA = 20
VALUES = 10
"""Values each criterion is set to in turn; all leave its status as it is, as most values do."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line a person types, and what its answer contains."""

    text: str
    marker: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is measured.

    Attributes:
        name: As the tables show it.
        server: `bare` or `bot`: which of the servers in the process answers.
        lines: Typed one after the other, again from the start when they run out.
        aim: Least rate beside the floor's at 16 concurrent, or None for the floor itself.
    """

    name: str
    server: str
    lines: Sequence[Line]
    aim: float | None


FLOOR = Case("bare acknowledgement", "bare", (Line("/criteria help", BARE_ANSWER),), None)

CASES = (
    Case("/criteria help", "bot", (Line("/criteria help", "/criteria add"),), 0.8),
    Case("/criteria list", "bot", (Line("/criteria list", f"and {CRITERIA - 12} more"),), 0.3),
    Case(
        "/criteria set",
        "bot",
        tuple(
            Line(
                f'/criteria set "Signups {number}" {value} "by hand"',
                f"Saved: *Signups {number}* is *{value}",
            )
            for value in range(400, 400 + VALUES)
            for number in range(1, CRITERIA + 1)
        ),
        0.25,
    ),
)


SAVED = ("Saved", "Started")
"""Words of which one is in the answer to whatever the scene is made of."""


class SeedError(Exception):
    """The bot refused what the measurement starts from."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Alice in #general, and the workspace around them."""

    workspace: Workspace
    alice: User
    channel: Channel

    def payload(self, line: Line) -> JsonObject:
        """Return the form fields Slack sends for a line."""
        command, _, text = line.text.partition(" ")
        payload: JsonObject = self.workspace.server.payloads.command(
            self.alice, self.channel, command, text, f"{self.workspace.api_url}response-to-nobody"
        )
        return payload

    def prepared(self, case: Case, url: str) -> list[Prepared]:
        """Return a case's requests as they go on the wire, signed now."""
        return [
            signed(self.payload(line), url, self.workspace.signing_secret, line.marker) for line in case.lines
        ]


def set_scene(workspace: Workspace) -> Scene:
    """Put Alice into #general; call it before the bot starts."""
    alice = workspace.add_user("Alice", tz="Europe/Berlin")
    return Scene(workspace, alice, workspace.add_channel("general", members=[alice]))


def add_by_hand(number: int) -> str:
    """Return the line that adds a criterion whose values people give."""
    return f'/criteria add "Signups {number}" >= 500 from 320 by in 6 weeks source manual'


async def seed(scene: Scene, lines: Sequence[str]) -> None:
    """Let Alice start an initiative and then type these lines, each answered before the next.

    Raises:
        SeedError: the bot answered one of them with anything else than what it saved.
    """
    person = scene.workspace.person(scene.alice)
    first = f'/initiative new "Checkout rewrite" by in 6 weeks in {scene.channel.mention}'
    for line in (first, *lines):
        outcome = await person.command(scene.channel, line)
        try:
            await scene.workspace.wait_for(
                lambda outcome=outcome: any(word in outcome.text for word in SAVED), timeout_s=10.0
            )
        except TimeoutError:
            raise SeedError(f"{line}: {outcome.error or outcome.text}") from None


def signed(payload: JsonObject, url: str, secret: str, marker: str) -> Prepared:
    """Return a payload as Slack posts it to an address, signed with the time of now."""
    parts = urlsplit(url)
    body = urlencode(payload).encode()
    timestamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {parts.path} HTTP/1.1\r\n"
        f"Host: {parts.netloc}\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Accept-Encoding: gzip,deflate\r\n"
        "Accept: application/json,*/*\r\n"
        f"X-Slack-Signature: v0={digest}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        "\r\n"
    )
    return Prepared(head.encode() + body, marker.encode())
