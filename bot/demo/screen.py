"""The channel as it happens, line by line in a terminal: who typed what, and what the bot answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from bot.demo.layout import to_lines
from bot.sandbox import Change, Message, User, Workspace

_PERSON = Style(color="yellow", bold=True)
_BOT = Style(color="cyan", bold=True)
_FAINT = Style(dim=True)
_TROUBLE = Style(color="red", bold=True)

_INDENT = 7

_KEPT = 500
"""Messages whose lines are remembered, to tell later what an edit changed."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What was printed of a message; holding the message keeps its id from being given to another."""

    message: Message
    lines: frozenset[str]
    clock: str


class Screen:
    """Prints what people looking at the workspace would see; nothing it prints is drawn over later."""

    def __init__(
        self, console: Console, workspace: Workspace, *, now: Callable[[], datetime], zone: str
    ) -> None:
        """Print to a console.

        Args:
            console: Colours, widths and escapes are its business.
            workspace: Whose people and channels have names.
            now: The demo's clock, for the time beside each line.
            zone: IANA zone of that time.
        """
        self._console = console
        self._workspace = workspace
        self._now = now
        self._zone = ZoneInfo(zone)
        self._names: dict[str, str] = {workspace.bot_user_id: "@Loopmark"}
        self._shown: dict[int, _Shown] = {}

    def know(self, identifier: str, name: str) -> None:
        """Show a Slack id as this name from now on (``@Alice``, ``#checkout``)."""
        self._names[identifier] = name

    def say(self, words: str) -> None:
        """Print a line of the demo's own."""
        self._print(Text(words or " ", _FAINT), 0)

    def typed(self, user: User, line: str) -> None:
        """Print what a person typed, mentions as they see them."""
        for identifier, name in self._names.items():
            line = line.replace(f"<#{identifier}|{name.removeprefix('#')}>", name)
        self._head(Text(user.name, _PERSON), Text(f"  {line}"))

    def pressed(self, user: User, button: str) -> None:
        """Print which button a person pressed."""
        self._head(Text(user.name, _PERSON), Text(f"  presses [{button}]"))

    def show(self, change: Change) -> None:
        """Print what a change in the workspace looks like; most have nothing to see."""
        match change.kind:
            case "message" | "ephemeral":
                if change.message is not None and change.message.user.is_bot:
                    self._show_new(change.message)
            case "message_changed" | "ephemeral_changed":
                if change.message is not None and change.message.user.is_bot:
                    self._show_edited(change.message)
            case "message_deleted":
                if change.message is not None and id(change.message) in self._shown:
                    self._head(Text("Loopmark", _BOT), Text("  deleted a message", _FAINT))
            case "violation" | "failure":
                self._head(Text("trouble", _TROUBLE), Text(f"  {change.text}"))
            case _:
                pass

    def _show_new(self, message: Message) -> None:
        where = self._names.get(message.channel.id, f"#{message.channel.name}")
        indent = _INDENT
        if message.only_for is not None:
            note = f"  only {message.only_for.name} sees this"
        elif message.channel.kind == "im":
            note = "  direct message"
        elif message.thread_ts is not None and message.thread_ts != message.ts:
            note, indent = f"  {where}, in the thread", _INDENT + 4
        else:
            note = f"  {where}"
        lines = to_lines(message.text, message.blocks, self._names)
        self._remember(message, lines, self._clock())
        self._head(Text("Loopmark", _BOT), Text(note, _FAINT))
        self._body(lines, indent)

    def _show_edited(self, message: Message) -> None:
        lines = to_lines(message.text, message.blocks, self._names)
        former = self._shown.get(id(message))
        self._remember(message, lines, former.clock if former else self._clock())
        changed = [line for line in lines if former is None or line.plain not in former.lines]
        if not changed:
            return
        which = f"its message of {former.clock}" if former else "a message"
        seen_by = f", which only {message.only_for.name} sees" if message.only_for else ""
        self._head(Text("Loopmark", _BOT), Text(f"  changed {which}{seen_by}; now it reads", _FAINT))
        self._body(changed, _INDENT)

    def _remember(self, message: Message, lines: list[Text], clock: str) -> None:
        self._shown[id(message)] = _Shown(message, frozenset(line.plain for line in lines), clock)
        while len(self._shown) > _KEPT:
            del self._shown[next(iter(self._shown))]

    def _head(self, who: Text, what: Text) -> None:
        self._print(Text.assemble((f"{self._clock()}  ", _FAINT), who, what), 0)

    def _body(self, lines: list[Text], indent: int) -> None:
        for line in lines:
            self._print(line, indent)

    def _print(self, line: Text, indent: int) -> None:
        if self._console.is_terminal:
            self._console.print(Padding(line, (0, 0, 0, indent), expand=False))
        else:
            # A file or a pipe gets each line whole, whatever width a terminal would have.
            self._console.print(Text(" " * indent).append_text(line), soft_wrap=True)

    def _clock(self) -> str:
        return f"{self._now().astimezone(self._zone):%H:%M}"
