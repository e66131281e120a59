"""From Slack's payloads to the listeners of handlers/routes.py, and back to acknowledgements.

One Bolt listener per payload kind: Bolt tries its listeners one after the other, so forty of them would
make each command three times slower (docs/decisions/0006). Bolt runs with process_before_response: the
acknowledgement leaves when the Bolt listener ends, so nothing may raise after `ack` and whatever takes
longer is handed to `deps.tasks`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse

from bot.blocks.answers import said
from bot.blocks.views import ANSWER, answer_view
from bot.deps import Deps, Priority
from bot.domain.actor import Actor
from bot.domain.commands import parse
from bot.domain.message import Message
from bot.errors import DeliveryError, LoopmarkError, UnknownPersonError
from bot.services.people import learn_person
from handlers import routes
from handlers.context import (
    Click,
    CloseAll,
    FieldErrors,
    Form,
    Incoming,
    Pace,
    Redrawn,
    Shortcut,
    ShowView,
    channel_of,
)
from handlers.errors import SORRY, explain, explain_in_form
from handlers.messages import moment_of, words_in, writer_of

log = structlog.get_logger(__name__)
EVERYTHING = re.compile("")

Outcome = Message | Redrawn | None


def register(app: AsyncApp, deps: Deps) -> None:
    """Make Bolt hand every payload to the routes' table."""
    app.command(EVERYTHING)(_on_command(deps))
    app.action(EVERYTHING)(_on_action(deps))
    app.view(EVERYTHING)(_on_submission(deps))
    app.event(EVERYTHING)(_on_event(deps))
    app.shortcut(EVERYTHING)(_on_shortcut(deps))
    # Nothing of Loopmark's sends these. Left unhandled they would get no acknowledgement over Socket Mode,
    # and Slack would show the person an error.
    app.view_closed(EVERYTHING)(_acknowledge)
    app.options(EVERYTHING)(_offer_nothing)
    app.error(_on_error)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


async def _offer_nothing(ack: AsyncAck) -> None:
    await ack(options=[])


def _on_command(deps: Deps) -> Callable[..., Awaitable[BoltResponse]]:
    async def on_command(body: Mapping[str, Any]) -> BoltResponse:
        message = await answer_command(deps, body)
        # What `ack` would make of it, without its walk through every block in search of Slack's own classes.
        return BoltResponse(status=200, body=_payload(message) if message else "")

    return on_command


async def answer_command(deps: Deps, body: Mapping[str, Any]) -> Message | None:
    """Answer a slash command; None means that the answer comes later, through its response_url."""
    command = str(body["command"]).removeprefix("/").removeprefix(deps.settings.command_prefix)
    text = str(body.get("text") or "")
    at = Incoming(
        deps=deps,
        actor=Actor(
            team_id=str(body["team_id"]),
            user_id=str(body["user_id"]),
            channel_id=str(body["channel_id"]),
            channel_name=str(body.get("channel_name") or ""),
        ),
        typed=f"/{command} {text}".rstrip(),
        response_url=str(body.get("response_url") or "") or None,
        trigger_id=str(body.get("trigger_id") or "") or None,
    )
    return await run_typed(command, text, at)


async def run_typed(command: str, text: str, at: Incoming) -> Message | None:
    """Carry out a command line; None means that the answer comes later, through the response_url."""
    try:
        request = parse(command, text)
        route = routes.COMMANDS[type(request)]
        if route.pace is Pace.SLOW:
            _answer_later(at, lambda: route.listener(request, at), name=type(request).__name__)
            return said(route.at_once) if route.at_once else None
        try:
            return await route.listener(request, at)
        except UnknownPersonError as unknown:
            _answer_later(
                at, lambda: route.listener(request, at), name=type(request).__name__, unknown=unknown
            )
            return None
    except LoopmarkError as error:
        return await explain(error, at)


def _answer_later(
    at: Incoming,
    work: Callable[[], Awaitable[Outcome]],
    *,
    name: str,
    unknown: UnknownPersonError | None = None,
    priority: Priority = Priority.ANSWER,
) -> None:
    async def run() -> None:
        answer = await _outcome(at, work, unknown)
        if answer is None:
            return
        if at.response_url:
            is_redrawn = isinstance(answer, Redrawn)
            await at.deps.slack.respond(
                at.response_url, _message(answer), replace=is_redrawn, priority=priority
            )
        elif at.on_home:
            await _show_on_home(at, _message(answer))
        elif at.answer_view_id:
            await _show_in_place(at, at.answer_view_id, _message(answer))

    at.deps.tasks.spawn(run(), name=name)


async def _show_on_home(at: Incoming, answer: Message) -> None:
    """Show an answer in a modal, since Home has no response_url; or as a direct message when that is too late."""
    try:
        if at.trigger_id:
            await at.deps.slack.open_view(at.trigger_id, answer_view(answer))
            return
    except DeliveryError as error:
        log.info("answer not shown in a modal", cause=str(error))
    await at.deps.slack.post(at.actor.user_id, answer)


async def _show_in_place(at: Incoming, view_id: str, answer: Message) -> None:
    """Show an answer in the modal it was asked for in, unless that was closed.

    It may be the receipt of an anonymous answer, which must not stand in a message that is kept.
    """
    try:
        await at.deps.slack.update_view(view_id, answer_view(answer))
    except DeliveryError as error:
        log.info("answer not shown in a modal", cause=str(error))


async def _outcome(
    at: Incoming, work: Callable[[], Awaitable[Outcome]], unknown: UnknownPersonError | None = None
) -> Outcome:
    """Run a listener after the acknowledgement; whatever goes wrong becomes words."""
    try:
        if unknown:
            await learn_person(at.deps, at.actor.team_id, unknown.user_id)
        try:
            return await work()
        except UnknownPersonError as still_unknown:
            await learn_person(at.deps, at.actor.team_id, still_unknown.user_id)
            return await work()
    except LoopmarkError as error:
        return await explain(error, at)
    except Exception:  # the edge: a bug must become a sentence and a log line, not silence
        log.exception("listener failed")
        return said(SORRY)


def _on_action(deps: Deps) -> Callable[..., Awaitable[None]]:
    async def on_action(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        click, at = read_click(deps, body)
        route = routes.CLICKS.get(click.action_id)
        if route is not None:
            if route.pace is Pace.SLOW:
                _answer_later(at, lambda: route.listener(click, at), name=click.action_id)
            else:
                # The work (a vote, say) is done before the acknowledgement; only the receipt comes after it,
                # since Slack ignores what the acknowledgement of a click carries.
                answer = await _outcome(at, lambda: route.listener(click, at))
                if answer is not None:
                    _answer_later(at, lambda: _ready(answer), name=click.action_id, priority=Priority.RECEIPT)
        await ack()

    return on_action


async def _ready(answer: Outcome) -> Outcome:
    return answer


def read_click(deps: Deps, body: Mapping[str, Any]) -> tuple[Click, Incoming]:
    """Read a `block_actions` payload; absent parts (ephemerals, views) come out as None or empty."""
    action = body["actions"][0]
    container = body.get("container") or {}
    view = body.get("view") or {}
    channel = body.get("channel") or {}
    state = (view.get("state") or body.get("state") or {}).get("values") or {}
    click = Click(
        action_id=str(action.get("action_id", "")).partition(":")[0],
        value=_value(action),
        message_ts=container.get("message_ts"),
        thread_ts=container.get("thread_ts") or (body.get("message") or {}).get("thread_ts"),
        view_id=view.get("id"),
        view_metadata=view.get("private_metadata") or "",
        values=_values(state),
        is_ephemeral=bool(container.get("is_ephemeral")),
    )
    actor = Actor(
        team_id=_team_id(body),
        user_id=body["user"]["id"],
        channel_id=channel.get("id") or container.get("channel_id") or channel_of(click.view_metadata),
        channel_name=channel.get("name") or "",
        acted_at=moment_of(action.get("action_ts")),
    )
    at = Incoming(
        deps=deps,
        actor=actor,
        response_url=body.get("response_url"),
        trigger_id=body.get("trigger_id"),
        on_home=view.get("type") == "home",
        answer_view_id=view.get("id") if view.get("callback_id") == ANSWER else None,
    )
    return click, at


def _on_shortcut(deps: Deps) -> Callable[..., Awaitable[None]]:
    async def on_shortcut(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        shortcut, at = read_shortcut(deps, body)
        listener = routes.SHORTCUTS.get(shortcut.callback_id)
        if listener is not None:
            # Each opens a form or answers through the response_url; an acknowledgement carries nothing.
            _answer_later(at, lambda: listener(shortcut, at), name=shortcut.callback_id)
        await ack()

    return on_shortcut


def read_shortcut(deps: Deps, body: Mapping[str, Any]) -> tuple[Shortcut, Incoming]:
    """Read a `message_action` payload; a global shortcut's has no message and no channel."""
    message, channel = body.get("message") or {}, body.get("channel") or {}
    shortcut = Shortcut(
        callback_id=str(body.get("callback_id") or ""),
        text=words_in(message),
        message_ts=str(body.get("message_ts") or message.get("ts") or ""),
        author_id=writer_of(message),
    )
    actor = Actor(
        team_id=_team_id(body),
        user_id=body["user"]["id"],
        channel_id=channel.get("id") or "",
        channel_name=channel.get("name") or "",
    )
    at = Incoming(
        deps=deps, actor=actor, response_url=body.get("response_url"), trigger_id=body.get("trigger_id")
    )
    return shortcut, at


def _on_submission(deps: Deps) -> Callable[..., Awaitable[BoltResponse]]:
    async def on_submission(ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse:
        answer = await answer_submission(deps, body)
        if isinstance(answer, FieldErrors):
            return await ack(response_action="errors", errors=dict(answer.errors))
        if isinstance(answer, ShowView):
            return await ack(response_action="update", view=dict(answer.view))
        if isinstance(answer, CloseAll):
            return await ack(response_action="clear")
        return await ack()

    return on_submission


async def answer_submission(deps: Deps, body: Mapping[str, Any]) -> ShowView | FieldErrors | CloseAll | None:
    """Answer a submitted modal; what is wrong comes back under the input it is about."""
    view = body["view"]
    form = Form(
        callback_id=view["callback_id"],
        values=_values((view.get("state") or {}).get("values") or {}),
        metadata=view.get("private_metadata") or "",
        view_id=view["id"],
    )
    at = Incoming(
        deps=deps,
        actor=Actor(team_id=_team_id(body), user_id=body["user"]["id"], channel_id=channel_of(form.metadata)),
        trigger_id=body.get("trigger_id"),
    )
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    listener = routes.FORMS[form.callback_id]
    try:
        try:
            answer = await listener(form, at)
        except UnknownPersonError as unknown:
            await learn_person(deps, at.actor.team_id, unknown.user_id)
            answer = await listener(form, at)
    except LoopmarkError as error:
        return explain_in_form(error, frozenset(inputs), inputs[0])
    if isinstance(answer, CloseAll) and answer.message is not None:
        message = answer.message

        async def tell() -> None:
            await deps.slack.post(at.actor.user_id, message)

        deps.tasks.spawn(tell(), name=f"{form.callback_id} answer")
    return answer


def _on_event(deps: Deps) -> Callable[..., Awaitable[None]]:
    async def on_event(body: Mapping[str, Any]) -> None:
        listener = routes.EVENTS.get(body["event"]["type"])
        if listener is not None:
            await listener(body, deps)

    return on_event


async def _on_error(error: Exception, body: Mapping[str, Any]) -> BoltResponse:
    """Turn a bug into a 200 with a sentence where Slack shows one; never into a failed acknowledgement."""
    log.error("request failed", kind=body.get("type") or body.get("command"), exc_info=error)
    if body.get("type") == "view_submission":
        inputs = [block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input"]
        if inputs:
            return BoltResponse(status=200, body={"response_action": "errors", "errors": {inputs[0]: SORRY}})
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": SORRY})
    if body.get("type") == "event_callback":
        # Slack sends it again: the event's row was not written.
        return BoltResponse(status=500, body="")
    return BoltResponse(status=200, body="")


def _payload(message: Message) -> dict[str, Any]:
    payload: dict[str, Any] = {"response_type": "ephemeral", "text": message.text}
    if message.blocks:
        payload["blocks"] = list(message.blocks)
    return payload


def _message(answer: Message | Redrawn) -> Message:
    return answer.message if isinstance(answer, Redrawn) else answer


def _team_id(body: Mapping[str, Any]) -> str:
    team = body.get("team") or {}
    return str(team.get("id") or body["user"].get("team_id") or "")


def _values(state: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, str]:
    return {
        block_id: _value(next(iter(elements.values()))) for block_id, elements in state.items() if elements
    }


def _value(element: Mapping[str, Any]) -> str:
    """Return what an element holds as text, whichever of Slack's shapes it has."""
    for key in (
        "value",
        "selected_date",
        "selected_time",
        "selected_user",
        "selected_channel",
        "selected_conversation",
    ):
        if element.get(key) is not None:
            return str(element[key])
    if element.get("selected_option"):
        return str(element["selected_option"]["value"])
    if element.get("selected_options"):
        return ",".join(str(option["value"]) for option in element["selected_options"])
    for key in ("selected_users", "selected_channels", "selected_conversations"):
        if element.get(key):
            return ",".join(cast("list[str]", element[key]))
    return ""
