"""One person at their Slack client: typing, pressing, filling in, reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox import blockkit
from bot.sandbox.commandline import CommandLine
from bot.sandbox.controls import action_entry, element_at, elements_of, filled_in, find_element
from bot.sandbox.delivery import Ack
from bot.sandbox.forms import Forms
from bot.sandbox.journal import Change
from bot.sandbox.model import Channel, JsonObject, Message, User, View
from bot.sandbox.outcome import Outcome, Submission
from bot.sandbox.server import Server


class Person:
    """Drives one member of the workspace; what they see is read from the workspace itself."""

    def __init__(self, server: Server, user: User, line: CommandLine) -> None:
        """Sit down as this user; everyone shares the command line, which encodes texts in turn."""
        self.user = user
        self._server = server
        self._journal = server.journal
        self._modals = server.modals
        self._line = line
        self._forms = Forms(server, user)

    # ── the composer ───────────────────────────────────────────────────────────────────────────

    async def command(self, channel: Channel, line: str, *, thread: Message | None = None) -> Outcome:
        """Type a whole line (``/criteria list``) and press Enter.

        Args:
            channel: Where; the person must be in it.
            line: As typed; chosen mentions are written as entities (``user.mention``, ``channel.mention``).
            thread: A message whose thread's composer is used; Slack refuses commands there.
        """
        self._must_be_in(channel)
        return await self._line.enter(self.user, channel, line, in_thread=thread is not None)

    async def post(self, channel: Channel, text: str, *, thread: Message | None = None) -> Message:
        """Write an ordinary message; naming the bot mentions it."""
        self._must_be_in(channel)
        team = self._server.team
        message = Message(
            channel,
            team.next_ts(channel.id),
            self.user,
            text,
            thread_ts=(thread.thread_ts or thread.ts) if thread is not None else None,
        )
        team.post(message)
        if f"<@{team.bot.id}" in text and channel.kind != "im" and team.bot.id in channel.members:
            team.emit(
                "app_mention",
                {
                    **team.payload(message),
                    "type": "app_mention",
                    "channel": channel.id,
                    "event_ts": message.ts,
                },
            )
        return message

    async def react(self, message: Message, name: str) -> None:
        """Put an emoji under a message; once a person and emoji, as Slack does."""
        self._must_be_in(message.channel)
        if message.is_ephemeral:
            raise LookupError("a message that only one person sees takes no reactions")
        people = message.reactions.setdefault(name, [])
        if self.user.id in people:
            return
        people.append(self.user.id)
        self._reacted("reaction_added", message, name)

    async def unreact(self, message: Message, name: str) -> None:
        """Take one's emoji away from under a message."""
        if self.user.id not in message.reactions.get(name, []):
            return
        message.reactions[name].remove(self.user.id)
        self._reacted("reaction_removed", message, name)

    def _reacted(self, event: str, message: Message, name: str) -> None:
        self._journal.changed(Change("reaction", message=message))
        team = self._server.team
        if team.bot.id in message.channel.members:
            team.emit(
                event,
                {
                    "type": event,
                    "user": self.user.id,
                    "reaction": name,
                    "item_user": message.user.id,
                    "item": {"type": "message", "channel": message.channel.id, "ts": message.ts},
                    "event_ts": team.next_ts(message.channel.id),
                },
            )

    # ── messages and views ─────────────────────────────────────────────────────────────────────

    async def click(
        self, place: Message | View, wanted: str, value: str | None = None, *, confirm: bool = True
    ) -> Outcome:
        """Press a button, by its text or action_id (and its value where several look alike).

        Args:
            place: The message or view it stands in.
            wanted: The button.
            value: The button's value.
            confirm: What to answer if the button asks; False presses Cancel and nothing is sent.

        Raises:
            LookupError: no such button, or it is not there any more.
        """
        block, element = find_element(self._blocks(place), wanted, value=value)
        if "confirm" in element and not confirm:
            return Outcome(self._journal, opened=element.get("url"))
        # Two feedback buttons are one element: the text on one of them tells which is meant.
        which = wanted if value is None and element["type"] == "feedback_buttons" else value
        return await self._press(place, block, element, which)

    async def press(
        self, place: Message | View, block_id: str, action_id: str, *, value: str | None = None
    ) -> Outcome:
        """Press the button with these ids; of two feedback buttons the one with this value.

        Raises:
            LookupError: it is no button, or not there any more.
        """
        block, element = self.element(place, block_id, action_id)
        return await self._press(place, block, element, value)

    def element(self, place: Message | View, block_id: str, action_id: str) -> tuple[JsonObject, JsonObject]:
        """Return what can be pressed or filled in there under these ids, with its block.

        Raises:
            LookupError: it is not there any more, or this person does not see it.
        """
        return element_at(self._blocks(place), block_id, action_id)

    async def _press(
        self, place: Message | View, block: JsonObject, element: JsonObject, value: str | None
    ) -> Outcome:
        if element["type"] not in ("button", "workflow_button", "icon_button", "feedback_buttons"):
            raise LookupError(f"{element['action_id']!r} is a {element['type']}, not a button")
        outcome = Outcome(self._journal, opened=element.get("url"))
        if element["type"] == "feedback_buttons":
            pair = (element["positive_button"], element["negative_button"])
            chosen = next((one for one in pair if value in (one["value"], one["text"]["text"])), pair[0])
            element = {**element, "text": chosen["text"], "value": chosen["value"]}
        return await self._act(place, action_entry(block, element, None, self._action_ts(place)), outcome)

    async def click_view(self, wanted: str, value: str | None = None) -> Outcome:
        """Press a button in the modal in front."""
        return await self.click(self._front(), wanted, value)

    async def choose(self, place: Message | View, wanted: str, option: Any) -> Outcome:
        """Choose in a select, picker, overflow menu, radio buttons or checkboxes, or type into an input.

        Args:
            place: The message or view it stands in.
            wanted: action_id, label or placeholder.
            option: An option's text or value, a User, Channel or id, a date, text; a list for several.
        """
        block, element = find_element(self._blocks(place), wanted)
        if element["type"] in ("external_select", "multi_external_select") and isinstance(option, str):
            options = await self.suggest(place, wanted, option)
            element = {**element, "options": options}
        return await self.choose_in(place, block, element, option)

    async def choose_in(
        self, place: Message | View, block: JsonObject, element: JsonObject, option: Any
    ) -> Outcome:
        """Choose in, or type into, an element of this block, as `choose` does."""
        state = filled_in(element, option)
        if element["type"] != "overflow":
            values = place.values if isinstance(place, View) else place.inputs.setdefault(self.user.id, {})
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
        outcome = Outcome(self._journal)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return outcome
        return await self._act(place, action_entry(block, element, state, self._action_ts(place)), outcome)

    async def suggest(self, place: Message | View, wanted: str, typed: str) -> list[JsonObject]:
        """Type into an external select and return the options the bot offers."""
        block, element = find_element(self._blocks(place), wanted)
        return await self.suggest_in(place, block, element, typed)

    async def suggest_in(
        self, place: Message | View, block: JsonObject, element: JsonObject, typed: str
    ) -> list[JsonObject]:
        """Type into this external select and return the options the bot offers."""
        payload = self._server.payloads.suggestion(
            self.user, place, block["block_id"], element["action_id"], typed
        )
        ack = await self._server.delivery.send("interactive", payload)
        self._note(Outcome(self._journal), ack, "block_suggestion")
        body = ack.body or {}
        problems = blockkit.check_suggestions(body) if ack.error is None else []
        if problems:
            self._journal.violate(f"block_suggestion: {problems[0].text}")
            return []
        groups = body.get("option_groups") or [{"options": body.get("options") or []}]
        return [option for group in groups for option in group["options"]]

    # ── modals ─────────────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> View | None:
        """The modal in front, or None."""
        return self._modals.top(self.user)

    @property
    def views(self) -> list[View]:
        """Every open modal of the stack, the one in front last."""
        return list(self._modals.stacks[self.user.id])

    async def wait_view(self, looks_right: Callable[[View], object] = bool, timeout_s: float = 5.0) -> View:
        """Return the modal in front once it looks right."""

        def look() -> View | None:
            view = self.view
            return view if view is not None and looks_right(view) else None

        return await self._journal.wait_for(look, timeout_s, "a modal")

    async def fill(self, values: Mapping[str, Any]) -> None:
        """Fill in inputs of the modal in front, by label or block_id, without submitting."""
        for wanted, value in values.items():
            await self.choose(self._front(), wanted, value)

    async def submit(self, values: Mapping[str, Any] | None = None) -> Submission:
        """Fill in the modal in front and press its submit button.

        Slack's own checks come first (required, lengths, numbers, addresses); if they fail nothing is sent.
        """
        await self.fill(values or {})
        return await self._forms.submit(self._front())

    async def submit_view(self, view: View) -> Submission:
        """Press the submit button of this open modal, filled in as it stands."""
        return await self._forms.submit(view)

    async def close_view(self) -> None:
        """Close the modal in front, or the whole stack where the view says so."""
        await self._forms.close(self._front())

    # ── shortcuts and Home ─────────────────────────────────────────────────────────────────────

    async def shortcut(self, callback_id: str) -> Outcome:
        """Start a global shortcut from the menu."""
        self._declared(callback_id, "global")
        outcome = Outcome(self._journal)
        return await self._interact(self._server.payloads.shortcut(self.user, callback_id), outcome)

    async def message_shortcut(self, callback_id: str, message: Message) -> Outcome:
        """Start a message shortcut from a message's menu."""
        self._declared(callback_id, "message")
        outcome = Outcome(self._journal)
        url = self._server.responses.new_url("actions", self.user, message.channel)
        url.seen.append(outcome.messages.append)
        payload = self._server.payloads.message_shortcut(
            self.user, callback_id, message, self._server.responses.address(url)
        )
        return await self._interact(payload, outcome)

    async def open_home(self) -> None:
        """Open the app's Home tab."""
        team = self._server.team
        channel = team.direct_channel(self.user)
        home = self._modals.homes.get(self.user.id)
        event: JsonObject = {
            "type": "app_home_opened",
            "user": self.user.id,
            "tab": "home",
            "channel": channel.id if channel else "",
            "event_ts": team.next_ts("home"),
        }
        if home is not None:
            event["view"] = self._modals.payload(home)
        team.emit("app_home_opened", event)

    # ── inside ─────────────────────────────────────────────────────────────────────────────────

    async def _act(self, place: Message | View, entry: JsonObject, outcome: Outcome) -> Outcome:
        if isinstance(place, View):
            return await self._interact(self._server.payloads.view_action(self.user, place, entry), outcome)
        url = self._server.responses.new_url("actions", self.user, place.channel, place)
        url.seen.append(outcome.messages.append)
        address = self._server.responses.address(url)
        return await self._interact(
            self._server.payloads.message_action(self.user, place, entry, address), outcome
        )

    def _action_ts(self, place: Message | View) -> str:
        """Return the moment of a press; in a channel in the order of its messages and reactions."""
        return self._server.team.next_ts(place.channel.id if isinstance(place, Message) else "actions")

    async def _interact(self, payload: JsonObject, outcome: Outcome) -> Outcome:
        ack = await self._server.delivery.send("interactive", payload)
        self._note(outcome, ack, str(payload["type"]))
        if ack.body:
            self._journal.violate(f"{payload['type']}: a body in the acknowledgement, which Slack ignores")
        return outcome

    def _note(self, outcome: Outcome, ack: Ack, what: str) -> None:
        outcome.elapsed_s, outcome.error = ack.elapsed_s, ack.error
        if ack.error is not None:
            self._journal.fail(f'{self.user.name}: {what} failed with the error "{ack.error}"')

    def _blocks(self, place: Message | View) -> list[JsonObject]:
        gone = place.closed if isinstance(place, View) else place.deleted
        if gone:
            raise LookupError("it is not there any more")
        if isinstance(place, View):
            if place.user is not self.user:
                raise LookupError(f"{place.user.name} sees it, not {self.user.name}")
        elif place.only_for is not None and place.only_for is not self.user:
            raise LookupError(f"only {place.only_for.name} sees it")
        else:
            self._must_be_in(place.channel)
        return place.blocks

    def _front(self) -> View:
        view = self.view
        if view is None:
            raise LookupError(f"{self.user.name} has no modal open\n{self._journal.story()}")
        return view

    def _must_be_in(self, channel: Channel) -> None:
        if self.user.id not in channel.members:
            raise LookupError(f"{self.user.name} is not in #{channel.name}")

    def _declared(self, callback_id: str, kind: str) -> None:
        entry = self._server.team.installation.shortcuts.get(callback_id)
        if entry is None or entry.kind != kind:
            raise LookupError(f"the manifest declares no {kind} shortcut {callback_id}")

    def buttons(self, place: Message | View) -> list[str]:
        """Return the texts of the buttons in a message or view, in order."""
        return [
            element["text"]["text"]
            for _, element in elements_of(self._blocks(place))
            if element["type"] == "button"
        ]
