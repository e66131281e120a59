"""Opening a modal: a loading view within the trigger's 3 s, then the form itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from sqlmodel import Session

from bot.blocks.views import loading_view, sorry_view
from bot.domain.message import View
from bot.errors import LoopmarkError, UnknownPersonError, UserError
from bot.services.finding import find_initiative
from bot.services.people import learn_person
from handlers.context import Incoming


async def open_form(
    at: Incoming, title: str, build: Callable[[], Awaitable[View]], *, on_top: bool = False
) -> None:
    """Open a modal for the person who asked; what goes wrong while it is built is said inside it.

    Args:
        at: Whose trigger is used.
        title: Title of the loading view, at most 24 characters.
        build: Makes the form; may read the database and ask Slack.
        on_top: Whether it was asked for in a modal, which stays beneath with all that was typed in it.

    Raises:
        DeliveryError: not even the loading view could be opened.
    """
    assert at.trigger_id is not None
    show = at.deps.slack.push_view if on_top else at.deps.slack.open_view
    view_id = await show(at.trigger_id, loading_view(title))
    try:
        try:
            view = await build()
        except UnknownPersonError as unknown:
            await learn_person(at.deps, at.actor.team_id, unknown.user_id)
            view = await build()
    except LoopmarkError as error:
        view = sorry_view(title, str(error))
    await at.deps.slack.update_view(view_id, view)


async def choose_named(at: Incoming, filled: Mapping[str, str]) -> dict[str, str]:
    """Return what a form starts with, the initiative by its row id in place of its typed name.

    One that is not found is left out: the form's menu shows which ones there are.
    """
    chosen = dict(filled)
    name = chosen.pop("initiative", None)
    if name:

        def load(session: Session) -> str:
            return str(find_initiative(session, at.actor, name).id)

        with suppress(UserError):
            chosen["initiative"] = await at.deps.database.read(load)
    return chosen
