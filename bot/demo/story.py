"""What the people of the demo do: an initiative is started, measured, posted and given feedback on."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.demo.metrics import MetricServer
from bot.demo.screen import Screen
from bot.domain.wallclock import show_day
from bot.sandbox import Channel, Message, Outcome, User, Workspace

ANSWER_S = 10.0
"""Longest wait for the bot's answer, in real seconds."""


class Story:
    """Alice owns the initiative, Bob is on the team; both type and press as they would in Slack."""

    def __init__(self, workspace: Workspace, screen: Screen, *, metrics: MetricServer, now: datetime) -> None:
        """Bring the people and their channel into the workspace.

        Args:
            workspace: Empty so far.
            screen: Is told what they type and press.
            metrics: Its numbers are set off once they are read.
            now: When the story begins, aware UTC.
        """
        self._workspace = workspace
        self._screen = screen
        self._metrics = metrics
        ends = now.date() + timedelta(weeks=6)
        self._by = f"by {show_day(ends, ends)} {ends.year}"
        self._alice = workspace.add_user("Alice")
        self._bob = workspace.add_user("Bob")
        self._channel: Channel = workspace.add_channel("checkout", members=[self._alice, self._bob])
        for user in (self._alice, self._bob):
            screen.know(user.id, f"@{user.name}")
        screen.know(self._channel.id, f"#{self._channel.name}")

    async def play(self) -> None:
        """Set everything up; from then on things happen by themselves."""
        await self._measure()
        self._metrics.set_off()
        await self._post()
        await self._ask()

    async def _measure(self) -> None:
        here = self._channel.mention
        await self._slow(self._alice, f'/initiative new "Checkout rewrite" {self._by} in {here}')
        checkout = f"source {self._metrics.address}/checkout"
        for line in (
            f"Conversion >= 3.2 % from 2.9 {self._by} {checkout} path $.conversion.percent every 1m",
            f"p95 latency <= 800 ms guardrail {checkout} path $.latency.p95_ms every 1m",
            f"Refunds <= 1.2 % {self._by} source {self._metrics.address}/payments path $.refunds.percent every 1m",
        ):
            await self._slow(self._alice, f"/criteria add {line}", answers=2)
        await self._fast(self._alice, f"/criteria add Support calls <= 20 from 35 {self._by} source manual")

    async def _post(self) -> None:
        outcome = await self._fast(self._alice, "/progress")
        await self._press(self._alice, outcome.message, "Post here")
        await self._workspace.wait_for(lambda: self._workspace.messages(self._channel), ANSWER_S)
        await self._fast(self._alice, '/criteria set Support calls 31 "last week, by hand"')
        await self._fast(self._alice, "/progress schedule every 10m")

    async def _ask(self) -> None:
        await self._fast(self._bob, "/feedback the new form is confusing on a phone")
        before = len(self._workspace.messages(self._channel))
        await self._slow(self._alice, '/feedback ask "How clear is the new form?" scale closes in 20m')
        prompt = await self._workspace.wait_for(lambda: self._prompt_since(before), ANSWER_S)
        await self._press(self._bob, prompt, "2")
        await self._press(self._alice, prompt, "4")
        await self._press(self._bob, prompt, "3")

    def _prompt_since(self, count: int) -> Message | None:
        messages = self._workspace.messages(self._channel)[count:]
        return next((message for message in messages if "How clear is" in message.text), None)

    async def _fast(self, user: User, line: str) -> Outcome:
        """Type a line whose answer comes with the acknowledgement."""
        return await self._slow(user, line, answers=1)

    async def _slow(self, user: User, line: str, *, answers: int = 1) -> Outcome:
        """Type a line and wait for as many answers."""
        self._screen.typed(user, line)
        outcome = await self._workspace.person(user).command(self._channel, line)
        if outcome.acknowledged:
            await self._workspace.wait_for(lambda: len(outcome.messages) >= answers, ANSWER_S)
        return outcome

    async def _press(self, user: User, message: Message, button: str) -> None:
        self._screen.pressed(user, button)
        outcome = await self._workspace.person(user).click(message, button)
        if outcome.acknowledged:
            await self._workspace.wait_for(lambda: outcome.messages, ANSWER_S)
