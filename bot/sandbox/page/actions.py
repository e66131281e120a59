"""What a person does on the page, done at their Slack client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.controls import element_at, filled_in
from bot.sandbox.model import Channel, JsonObject, Message, User, View
from bot.sandbox.outcome import Outcome
from bot.sandbox.page.documents import Documents, Notice
from bot.sandbox.person import Person

if TYPE_CHECKING:  # the workspace makes the page
    from bot.sandbox.workspace import Workspace

Request = Mapping[str, Any]

LONGEST_LINE = 12_000
"""Characters of a message or command; Slack's own composer ends there."""


class Refused(LookupError):
    """What was asked for can't be done; the text is one sentence for the person at the page."""


class Actions:
    """Everything that can be done on the page, by name."""

    def __init__(self, workspace: Workspace, documents: Documents) -> None:
        """Act in this workspace; what Slack itself says to people goes to the documents."""
        self._workspace = workspace
        self._team = workspace.server.team
        self._modals = workspace.server.modals
        self._documents = documents
        self._suggested: dict[tuple[str, str, str], dict[str, JsonObject]] = {}

    async def do(self, user: User, request: Request) -> JsonObject:
        """Do what the page asks for and return what came of it.

        Raises:
            Refused: it can't be done; one sentence.
        """
        work = _VERBS.get(str(request.get("do")))
        if work is None:
            raise Refused(f"The page asked for “{request.get('do')}”, which the sandbox does not know.")
        try:
            return await work(self, self._workspace.person(user), request)
        except Refused:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused(f"The page sent something the sandbox can't read ({error}).") from error
        except LookupError as error:
            raise Refused(_sentence(error)) from error

    # ── composer ───────────────────────────────────────────────────────────────────────────────

    async def _say(self, person: Person, request: Request) -> JsonObject:
        channel = self._channel(person.user, request)
        text = _line(request, "text")
        if channel.archived:
            raise Refused(f"#{channel.name} is archived, so nothing can be written there.")
        await person.post(channel, text, thread=self._thread(channel, request))
        return {}

    async def _command(self, person: Person, request: Request) -> JsonObject:
        channel = self._channel(person.user, request)
        line = _line(request, "line")
        outcome = await person.command(channel, line, thread=self._thread(channel, request))
        self._tell(person.user, outcome, line.split(maxsplit=1)[0], channel)
        return {}

    # ── messages and views ─────────────────────────────────────────────────────────────────────

    async def _press(self, person: Person, request: Request) -> JsonObject:
        place = self._place(person.user, request)
        outcome = await person.press(
            place, str(request["block_id"]), str(request["action_id"]), value=request.get("value")
        )
        self._tell(person.user, outcome, "That button", _channel_of(place))
        return {}

    async def _choose(self, person: Person, request: Request) -> JsonObject:
        place = self._place(person.user, request)
        block_id, action_id = str(request["block_id"]), str(request["action_id"])
        block, element = person.element(place, block_id, action_id)
        given = self._read_input(place, block, element, request.get("input"))
        outcome = await person.choose_in(place, block, element, given)
        self._tell(person.user, outcome, "That choice", _channel_of(place))
        return {}

    async def _suggest(self, person: Person, request: Request) -> JsonObject:
        place = self._place(person.user, request)
        block_id, action_id = str(request["block_id"]), str(request["action_id"])
        block, element = person.element(place, block_id, action_id)
        options = await person.suggest_in(place, block, element, str(request.get("typed", "")))
        known = self._suggested.setdefault((_place_id(place), block_id, action_id), {})
        known.update({str(option.get("value")): option for option in options})
        return {"options": options}

    async def _submit(self, person: Person, request: Request) -> JsonObject:
        view = self._view(person.user, str(request["view"]))
        for block_id, actions in dict(request.get("values") or {}).items():
            for action_id, given in dict(actions).items():
                block, element = element_at(view.blocks, block_id, action_id)
                entry = filled_in(element, self._read_input(view, block, element, given))
                view.values.setdefault(block_id, {})[action_id] = entry
        self._documents.busy_views.add(view.id)
        depth = len(self._modals.stacks[person.user.id])
        try:
            submission = await person.submit_view(view)
        finally:
            self._documents.busy_views.discard(view.id)
        after = len(self._modals.stacks[person.user.id])
        if submission.failed is not None:
            outcome = "failed"
        elif submission.by_block:
            outcome = "errors" if submission.sent else "invalid"
        elif submission.closed:
            outcome = "cleared" if depth > 1 and after == 0 else "closed"
        else:
            outcome = "pushed" if after > depth else "updated"
        return {"outcome": outcome, "errors": submission.by_block}

    async def _close_view(self, person: Person, request: Request) -> JsonObject:
        view = self._view(person.user, str(request["view"]))
        if view is not person.view:
            raise Refused("Another form lies on top of that one: close it first.")
        await person.close_view()
        return {}

    # ── around them ────────────────────────────────────────────────────────────────────────────

    async def _open_home(self, person: Person, _request: Request) -> JsonObject:
        if not self._team.installation.home_tab:
            raise Refused("The Home tab is switched off in the app's manifest.")
        await person.open_home()
        return {}

    async def _shortcut(self, person: Person, request: Request) -> JsonObject:
        outcome = await person.shortcut(str(request["callback_id"]))
        self._tell(person.user, outcome, "That shortcut", None)
        return {}

    async def _message_shortcut(self, person: Person, request: Request) -> JsonObject:
        message = self._message(person.user, str(request["channel"]), str(request["ts"]))
        outcome = await person.message_shortcut(str(request["callback_id"]), message)
        self._tell(person.user, outcome, "That shortcut", message.channel)
        return {}

    async def _react(self, person: Person, request: Request) -> JsonObject:
        message = self._message(person.user, str(request["channel"]), str(request["ts"]))
        if message.is_ephemeral:
            raise Refused("A message only you see takes no reactions.")
        name = str(request["name"]).strip(":")
        if not name:
            raise Refused("Choose an emoji first.")
        if bool(request["on"]):
            await person.react(message, name)
        else:
            await person.unreact(message, name)
        return {}

    async def _join(self, person: Person, request: Request) -> JsonObject:
        channel = self._seen_channel(person.user, request)
        if channel.archived:
            raise Refused(f"#{channel.name} is archived, so nobody can join it.")
        self._workspace.join(channel, person.user)
        return {}

    async def _leave(self, person: Person, request: Request) -> JsonObject:
        self._workspace.leave(self._channel(person.user, request), person.user)
        return {}

    async def _jump(self, _person: Person, _request: Request) -> JsonObject:
        clock = self._documents.clock
        if clock is None:
            raise Refused("This workspace's clock is the real one and can't be turned.")
        await clock.jump()
        return {}

    async def _set_rate(self, _person: Person, request: Request) -> JsonObject:
        clock, rate = self._documents.clock, float(request["rate"])
        if clock is None:
            raise Refused("This workspace's clock is the real one and can't be turned.")
        if not 1 <= rate <= 86_400:
            raise Refused("A clock can run in real time or faster, up to a day a second.")
        clock.set_rate(rate)
        return {}

    # ── inside ─────────────────────────────────────────────────────────────────────────────────

    def _tell(self, user: User, outcome: Outcome, what: str, channel: Channel | None) -> None:
        if outcome.refused is not None:
            text = outcome.refused
        elif outcome.error is not None:
            text = f'{what} failed with the error "{outcome.error}"'
        else:
            return
        notices = self._documents.notices
        number = notices[-1].number + 1 if notices else 1
        notices.append(Notice(number, self._team.now(), user.id, channel.id if channel else None, text))

    def _seen_channel(self, user: User, request: Request) -> Channel:
        wanted = str(request.get("channel"))
        for channel in self._documents.visible_channels(user):
            if channel.id == wanted:
                return channel
        raise Refused("There is no such channel, or you are not in it.")

    def _channel(self, user: User, request: Request) -> Channel:
        channel = self._seen_channel(user, request)
        if user.id not in channel.members:
            raise Refused(f"You are not in #{channel.name}: join it first.")
        return channel

    def _thread(self, channel: Channel, request: Request) -> Message | None:
        ts = request.get("thread_ts")
        if not ts:
            return None
        parent = self._team.find(channel.id, str(ts))
        if parent is None:
            raise Refused("That message is gone, and its thread with it.")
        return parent

    def _message(self, user: User, channel_id: str, ts: str) -> Message:
        channel = self._seen_channel(user, {"channel": channel_id})
        own = self._team.ephemerals[user.id]
        found = next(
            (one for one in own if one.ts == ts and one.channel is channel and not one.deleted), None
        )
        found = found or self._team.find(channel.id, ts)
        if found is None:
            raise Refused("That message is gone.")
        return found

    def _view(self, user: User, view_id: str) -> View:
        for view in self._modals.stacks[user.id]:
            if view.id == view_id:
                return view
        raise Refused("That form is closed.")

    def _place(self, user: User, request: Request) -> Message | View:
        place = request["place"]
        if "message" in place:
            channel_id, ts = place["message"]
            return self._message(user, str(channel_id), str(ts))
        if "view" in place:
            return self._view(user, str(place["view"]))
        home = self._modals.homes.get(user.id)
        if home is None:
            raise Refused("The Home tab is still empty.")
        return home

    def _read_input(self, place: Message | View, block: JsonObject, element: JsonObject, given: Any) -> Any:
        if given in ("", []):
            return None
        if element["type"] == "datetimepicker":
            return None if given is None else int(given)
        if "external" in str(element["type"]):
            key = (_place_id(place), str(block["block_id"]), str(element["action_id"]))
            known = self._suggested.get(key, {})
            shown = [*(element.get("initial_options") or []), element.get("initial_option")]
            known |= {str(option["value"]): option for option in shown if option}
            if isinstance(given, list):
                return [known.get(str(one), one) for one in given]
            return known.get(str(given), given)
        return given


def _place_id(place: Message | View) -> str:
    return place.id if isinstance(place, View) else f"{place.channel.id}:{place.ts}"


def _channel_of(place: Message | View) -> Channel | None:
    return None if isinstance(place, View) else place.channel


def _line(request: Request, key: str) -> str:
    text = str(request[key]).strip()
    if not text:
        raise Refused("There is nothing to send yet.")
    if len(text) > LONGEST_LINE:
        raise Refused(f"That is {len(text):,} characters; {LONGEST_LINE:,} is the most.")
    return text


def _sentence(error: LookupError) -> str:
    text = str(error.args[0] if error.args else error).partition("\n")[0].strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!")) else ".")


_VERBS: dict[str, Callable[[Actions, Person, Request], Awaitable[JsonObject]]] = {
    "say": Actions._say,
    "command": Actions._command,
    "press": Actions._press,
    "choose": Actions._choose,
    "suggest": Actions._suggest,
    "submit": Actions._submit,
    "close_view": Actions._close_view,
    "open_home": Actions._open_home,
    "shortcut": Actions._shortcut,
    "message_shortcut": Actions._message_shortcut,
    "react": Actions._react,
    "join": Actions._join,
    "leave": Actions._leave,
    "jump": Actions._jump,
    "set_rate": Actions._set_rate,
}
