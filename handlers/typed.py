"""What was typed and did not work out: choose what was meant, open it as a form, or ask the owner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from bot.blocks.answers import said
from bot.blocks.mrkdwn import code_blocks, person
from bot.blocks.parts import section
from bot.domain.actor import Item
from bot.domain.commands import parse
from bot.domain.entities import readable
from bot.domain.message import Message, View
from bot.services.drafts import TypedDraft, typed_draft
from handlers.context import Click, CommandRoute, Incoming, Redrawn
from handlers.forms import open_form


@dataclass(frozen=True, slots=True)
class TypedForm:
    """The modal that can take a typed line.

    Attributes:
        title: Of the modal, at most 24 characters.
        build: Makes it from the text after the command, filled in as far as that can be read.
    """

    title: str
    build: Callable[[Incoming, str], Awaitable[View]]


async def choose(
    commands: Mapping[type[Any], CommandRoute], click: Click, at: Incoming
) -> Message | Redrawn | None:
    """Carry out the kept command with the thing that was chosen; its answer replaces the question."""
    what, row_id, draft_id = click.value.split(":", 2)
    draft = await typed_draft(at.deps, at.actor, draft_id)
    chosen = replace(
        at,
        actor=replace(
            at.actor,
            channel_id=draft.channel_id,
            chosen=(*at.actor.chosen, (cast("Item", what), int(row_id))),
        ),
        typed=_line(draft),
    )
    request = parse(draft.command, draft.text)
    answer = await commands[type(request)].listener(request, chosen)
    return Redrawn(answer) if answer else None


async def open_as_form(forms: Mapping[str, TypedForm], click: Click, at: Incoming) -> None:
    """Open the form for a kept command line, filled in with what could be read of it."""
    draft = await typed_draft(at.deps, at.actor, click.value)
    at = replace(at, actor=replace(at.actor, channel_id=draft.channel_id))
    form = forms[draft.command]
    await open_form(at, form.title, lambda: form.build(at, draft.text))


async def ask_owner(click: Click, at: Incoming) -> Message | Redrawn:
    """Tell the owner, by direct message, what somebody would like them to do."""
    owner_id, _, draft_id = click.value.partition(":")
    draft = await typed_draft(at.deps, at.actor, draft_id)
    line = readable(_line(draft))
    wish = f"{person(at.actor.user_id)} asks you to type this, which only you can do:"
    blocks = (section(wish), *(section(piece) for piece in code_blocks(line)))
    await at.deps.slack.post(owner_id, Message(text=f"{wish} {line}"[:3900], blocks=blocks))
    return Redrawn(said(f"I asked {person(owner_id)} by direct message."))


def _line(draft: TypedDraft) -> str:
    return f"/{draft.command} {draft.text}".rstrip()
