"""The one place where an exception becomes words for the person who asked."""

from __future__ import annotations

import structlog

from bot.blocks.answers import refusal
from bot.domain.entities import readable
from bot.domain.message import Message
from bot.errors import AmbiguousError, LoopmarkError, NotAllowedError, RefusedSecretError, UserError
from bot.services.drafts import keep_typed
from handlers.context import FieldErrors, Incoming

log = structlog.get_logger(__name__)

FORM_WORDS = {
    "criteria": "add",
    "initiative": "new",
    "progress": "schedule",
    "feedback": "ask",
    "loop": "follow-up",
}
"""Command → the first word after which there is a form that can take what was typed."""

SORRY = "Something went wrong on my side, and nothing was changed. Please try again; the log says more."


async def explain(error: LoopmarkError, at: Incoming) -> Message:
    """Return the private answer to a request that could not be carried out.

    What was typed is repeated and kept for a day, so that nothing is lost.
    """
    command, text = split_line(at.typed)
    draft_id: str | None = None
    has_form = command in FORM_WORDS and text.split(" ", 1)[0].casefold() == FORM_WORDS[command]
    if at.typed and (has_form or isinstance(error, AmbiguousError | NotAllowedError)):
        draft_id = await keep_typed(at.deps, at.actor, command, text)
    candidates: list[tuple[str, str]] = []
    ask_owner = None
    if isinstance(error, AmbiguousError) and draft_id:
        candidates = [(f"{error.what}:{row_id}:{draft_id}", label) for row_id, label in error.candidates]
    if isinstance(error, NotAllowedError) and draft_id:
        ask_owner = f"{error.owner_id}:{draft_id}"
    if not isinstance(error, UserError):
        log.warning("request failed", error=str(error), kind=type(error).__name__)
    return refusal(
        str(error),
        typed=readable(at.typed) if not isinstance(error, UserError) or error.repeatable else "",
        example=error.example if isinstance(error, UserError) else None,
        form_draft_id=draft_id if has_form and isinstance(error, UserError) and not candidates else None,
        candidates=candidates,
        ask_owner=ask_owner,
        secret=error.secret if isinstance(error, RefusedSecretError) else None,
    )


def explain_in_form(error: LoopmarkError, inputs: frozenset[str], first_input: str) -> FieldErrors:
    """Return the error as a sentence under the input it is about.

    Args:
        error: What went wrong; its field is the block_id of an input.
        inputs: block_ids of the modal's inputs.
        first_input: Where a sentence goes that is about no single input.
    """
    field = error.field if isinstance(error, UserError) else None
    if isinstance(error, AmbiguousError):
        names = ", ".join(label for _, label in error.candidates)
        return FieldErrors({field if field in inputs and field else first_input: f"{error} {names}"[:2000]})
    return FieldErrors({field if field and field in inputs else first_input: str(error)})


def split_line(typed: str) -> tuple[str, str]:
    """Split a typed line into the canonical command name and what follows it."""
    command, _, text = typed.partition(" ")
    return command.removeprefix("/"), text
