"""Drafts: nothing typed is lost to an error; it can be opened again as a form for a day."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from bot.db.drafts import add_draft, find_draft
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.errors import UserError

TYPED = "typed"
"""Kind of a draft that keeps a command line; its form is {"command": canonical name, "text": …}."""


@dataclass(frozen=True, slots=True)
class TypedDraft:
    """A kept command line.

    Attributes:
        command: Canonical command name without slash.
        text: What followed it, exactly as Slack sent it.
        channel_id: Where it was typed.
    """

    command: str
    text: str
    channel_id: str


async def keep_typed(deps: Deps, actor: Actor, command: str, text: str) -> str:
    """Keep a command line for a day and return the draft's id."""
    return await deps.database.write(add_draft, actor, TYPED, {"command": command, "text": text}, deps.now())


async def typed_draft(deps: Deps, actor: Actor, draft_id: str) -> TypedDraft:
    """Return a kept command line.

    Raises:
        UserError: it is older than a day or somebody else's.
    """

    def load(session: Session) -> TypedDraft | None:
        row = find_draft(session, actor, draft_id, deps.now())
        if row is None or row.kind != TYPED:
            return None
        return TypedDraft(command=row.form["command"], text=row.form["text"], channel_id=row.channel_id)

    draft = await deps.database.read(load)
    if draft is None:
        raise UserError("What you typed is kept for a day, and this is older. Please type it again.")
    return draft
