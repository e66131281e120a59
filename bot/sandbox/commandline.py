"""Slash commands: from the typed line to the answer the person sees."""

from __future__ import annotations

from bot.sandbox.calls import ApiError
from bot.sandbox.composer import EntityStyle, as_slack_sends, split_line
from bot.sandbox.model import Channel, JsonObject, User
from bot.sandbox.outcome import Outcome
from bot.sandbox.respond import ResponseUrl
from bot.sandbox.server import Server


class CommandLine:
    """Sends commands and shows their acknowledgements."""

    def __init__(self, server: Server, style: EntityStyle) -> None:
        """Encode command text in this style; ``alternate`` begins with the encoded one."""
        self._server = server
        self._style = style
        self._typed = 0

    async def enter(self, user: User, channel: Channel, line: str, *, in_thread: bool) -> Outcome:
        """Press Enter on a line; what Slack itself refuses never reaches the bot."""
        journal = self._server.journal
        outcome = Outcome(journal)
        name, text = split_line(line)
        command = self._server.team.installation.commands.get(name)
        if in_thread:
            outcome.refused = f"{name} is not supported in threads. Sorry!"
        elif channel.archived:
            outcome.refused = f"#{channel.name} is archived"
        elif command is None:
            outcome.refused = f"{name} is not a valid command"
        if outcome.refused or command is None:
            return outcome
        self._typed += 1
        encoded = self._style == "encoded" or (self._style == "alternate" and self._typed % 2 == 1)
        text = as_slack_sends(text, should_escape=command.should_escape, encoded=encoded)
        url = self._server.responses.new_url("commands", user, channel)
        url.seen.append(outcome.messages.append)
        address = self._server.responses.address(url)
        payload = self._server.payloads.command(user, channel, name, text, address)
        ack = await self._server.delivery.send("slash_commands", payload)
        outcome.elapsed_s, outcome.error = ack.elapsed_s, ack.error
        if ack.error is not None:
            journal.fail(f'{user.name}: {name} failed with the error "{ack.error}"')
        elif ack.body is not None:
            self._show(outcome, url, ack.body, line)
        return outcome

    def _show(self, outcome: Outcome, url: ResponseUrl, body: JsonObject, line: str) -> None:
        # An answer at the response_url may come before the acknowledgement itself.
        early, outcome.messages[:] = list(outcome.messages), []
        try:
            self._server.responses.deliver(url, body, method="command_ack", revealed=line)
        except ApiError as error:
            outcome.error = "dispatch_failed"
            reasons = "; ".join(error.messages)
            self._server.journal.violate(f"acknowledgement refused: {error.code} {reasons}")
            self._server.journal.fail(f'{url.user.name}: the answer failed with the error "{error.code}"')
        outcome.take_acknowledged()
        outcome.messages.extend(early)
