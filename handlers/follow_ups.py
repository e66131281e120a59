"""Follow-ups: `/loop follow-up`, `/loop follow-ups`, their buttons and forms."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

from sqlmodel import Session

from bot.blocks.follow_ups import (
    REASON_TITLE,
    SHOWN,
    TITLE,
    added_message,
    asked_message,
    follow_up_form,
    follow_up_list,
    moved_message,
    not_doing_form,
    not_yours,
    taken_back_message,
)
from bot.blocks.views import answer_view
from bot.domain.dates import parse_date
from bot.domain.entities import UserRef
from bot.domain.follow_up import FollowUpMove, FollowUpView, parse_follow_up
from bot.domain.follow_up_text import salvage_follow_up
from bot.domain.message import Message, View
from bot.domain.requests import AddFollowUp, ListFollowUps, OpenFollowUpForm, Scope
from bot.errors import NotAllowedError, UserError
from bot.services.deciding import on_initiative
from bot.services.finding import find_initiative
from bot.services.follow_up_reminders import ask_owner
from bot.services.follow_ups import (
    FollowUpPage,
    add_follow_up,
    addable,
    list_follow_ups,
    movable,
    move_follow_up,
    seen_follow_up,
    take_back_follow_up,
)
from handlers.context import Click, CloseAll, Form, Incoming, Redrawn
from handlers.forms import choose_named, open_form


async def add(request: AddFollowUp, at: Incoming) -> Message:
    """`/loop follow-up "WHAT" owner @PERSON by DATE [for INITIATIVE]`."""
    if request.owner.id == at.deps.bot_user_id:
        raise UserError("I can't see to it myself. Name a person.", field="owner")
    now = at.deps.now()
    view = await at.deps.database.write(add_follow_up, at.actor, request, now)
    at.deps.wake.set()
    return added_message(view, now)


async def open_follow_up_form(request: OpenFollowUpForm, at: Incoming) -> None:
    """`/loop follow-up`: the form."""
    del request
    await open_form(at, TITLE, partial(_form, at, {}))


async def press_add(click: Click, at: Incoming) -> None:
    """[Add a follow-up]: the form, for the initiative of the message it stands on if there is one."""
    if not click.value:
        await open_form(at, TITLE, partial(_form, at, {}))
        return
    chosen = on_initiative(at.actor, int(click.value))

    async def build() -> View:
        initiative = await at.deps.database.read(find_initiative, chosen, None)
        return follow_up_form([initiative], user_id=at.actor.user_id, channel_id=at.actor.channel_id)

    await open_form(at, TITLE, build)


async def typed_form(at: Incoming, text: str) -> View:
    """Return the modal filled in with what could be read of a typed line."""
    filled = salvage_follow_up(text, at.deps.now().date())
    return await _form(at, await choose_named(at, filled))


async def submit_follow_up(form: Form, at: Incoming) -> CloseAll:
    """Store what the form says; the answer comes as a direct message."""
    initiative_id = int(form.values.get("initiative") or json.loads(form.metadata)["initiative"])
    owner = form.values.get("owner", "")
    if not owner:
        raise UserError("Choose who sees to it.", field="owner")
    text, due = parse_follow_up(form.values.get("text", "")), parse_date(form.values.get("due", ""))
    chosen = replace(at, actor=on_initiative(at.actor, initiative_id))
    return CloseAll(await add(AddFollowUp(text, UserRef(owner), due), chosen))


async def press_undo(click: Click, at: Incoming) -> Redrawn:
    """[Undo] under the answer of whoever added one."""
    view = await at.deps.database.write(take_back_follow_up, at.actor, int(click.value), at.deps.now())
    at.deps.wake.set()
    return Redrawn(taken_back_message(view))


async def show_list(request: ListFollowUps, at: Incoming) -> Message:
    """`/loop follow-ups [mine | all | for INITIATIVE]`: the open ones, worst first."""

    def load(session: Session) -> FollowUpPage:
        initiative_id = None
        if request.scope is Scope.INITIATIVE:
            initiative_id = find_initiative(session, at.actor, request.initiative).id
        return _load(session, at, request.scope, initiative_id, 0)

    return _listed(await at.deps.database.read(load), at)


async def press_more(click: Click, at: Incoming) -> Redrawn:
    """Replace the list by its next dozen."""
    return Redrawn(await _list_again(at, click.value))


async def press_move(click: Click, at: Incoming) -> Message | Redrawn | None:
    """[Done], [Snooze a week] and [Reopen] at once; [Not doing] after a form for the reason."""
    move, _, rest = click.value.partition(":")
    row_id, _, place = rest.partition(":")
    follow_up_id = int(row_id)
    try:
        if move == FollowUpMove.NOT_DOING:
            view = await at.deps.database.read(movable, at.actor, follow_up_id)
            if view.follow_up.is_open:
                await open_form(at, REASON_TITLE, partial(_reason_form, at, view))
                return None
        else:
            view = await _move(at, follow_up_id, FollowUpMove(move))
    except NotAllowedError as error:
        return not_yours(await at.deps.database.read(seen_follow_up, at.actor, follow_up_id), str(error))
    if place:
        return Redrawn(await _list_again(at, place, moved=view))
    return await _answer(click, at, moved_message(view, at.deps.now()))


async def submit_reason(form: Form, at: Incoming) -> CloseAll:
    """The form of [Not doing], sent."""
    follow_up_id = int(json.loads(form.metadata)["follow_up"])
    view = await _move(at, follow_up_id, FollowUpMove.NOT_DOING, reason=form.values.get("reason", ""))
    return CloseAll(moved_message(view, at.deps.now()))


async def press_ask(click: Click, at: Incoming) -> Redrawn:
    """[Ask the owner]: they get it by direct message, with its buttons."""
    asked = await at.deps.database.write(ask_owner, at.actor, int(click.value), at.deps.now())
    at.deps.wake.set()
    return Redrawn(asked_message(asked.view, asked.later))


async def _move(at: Incoming, follow_up_id: int, move: FollowUpMove, *, reason: str = "") -> FollowUpView:
    view = await at.deps.database.write(
        move_follow_up, at.actor, follow_up_id, move, at.deps.now(), reason=reason
    )
    at.deps.wake.set()
    return view


async def _answer(click: Click, at: Incoming, message: Message) -> Message | Redrawn | None:
    """Answer where the button stood: its modal or its own message; beside any other."""
    if click.view_id is not None and not at.on_home:
        await at.deps.slack.update_view(click.view_id, answer_view(message))
        return None
    if at.on_home:
        return message
    own = click.is_ephemeral or at.actor.channel_id.startswith("D")
    return Redrawn(message) if own else message


async def _list_again(at: Incoming, place: str, *, moved: FollowUpView | None = None) -> Message:
    page, _, name = place.partition(":")
    scope, _, initiative_id = name.partition(".")

    def load(session: Session) -> FollowUpPage:
        only = int(initiative_id) if initiative_id else None
        return _load(session, at, Scope(scope), only, int(page))

    return _listed(await at.deps.database.read(load), at, moved=moved)


def _load(session: Session, at: Incoming, scope: Scope, initiative_id: int | None, page: int) -> FollowUpPage:
    return list_follow_ups(
        session, at.actor, scope, at.deps.now(), initiative_id=initiative_id, page=page, size=SHOWN
    )


def _listed(found: FollowUpPage, at: Incoming, *, moved: FollowUpView | None = None) -> Message:
    return follow_up_list(
        found.views,
        found.scope,
        found.initiative,
        page=found.page,
        total=found.total,
        left=found.left,
        now=at.deps.now(),
        moved=moved,
    )


async def _form(at: Incoming, filled: dict[str, str]) -> View:
    initiatives = await at.deps.database.read(addable, at.actor)
    return follow_up_form(
        initiatives, user_id=at.actor.user_id, channel_id=at.actor.channel_id, filled=filled
    )


async def _reason_form(at: Incoming, view: FollowUpView) -> View:
    return not_doing_form(view, at.actor.channel_id)
