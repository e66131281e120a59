"""Inboxes: a code shows its words and their reply. That only reads, so nothing says who opened one, or when.

A mark or a deletion at that moment would stand in the database's log beside what people do under their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from bot.db.inboxes import asked_with_inboxes, find_inboxes
from bot.db.models import ResponseRow
from bot.db.prompts import find_prompt_row
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.inbox import Inbox, Opened, last_day
from bot.domain.prompt import Prompt
from bot.errors import UserError
from bot.seal import address_of, unseal_reply
from bot.services.prompts import view_of
from bot.services.replying import is_over, written_in

NOTHING_OPENS = (
    "No inbox opens with that code. Compare it with your receipt: an inbox opens once its prompt has closed, the code "
    "of an answer that was sent again or withdrawn opens nothing, and an inbox is gone 90 days after the close or, "
    "with a reply in it, 90 days after that."
)
"""One and the same whatever the cause, so that it tells nothing about any code."""


@dataclass(frozen=True, slots=True)
class OpenedInbox:
    """What a code opens.

    Attributes:
        prompt: The prompt.
        answers: One or more, in the order of its questions.
    """

    prompt: Prompt
    answers: tuple[Opened, ...]


async def open_inbox(deps: Deps, actor: Actor, code: str) -> OpenedInbox:
    """Return the words a code was given for, each with what was replied to it.

    Args:
        deps: The bundle.
        actor: Who asks; only their workspace is looked at.
        code: As `bot.domain.inbox.parse_code` returns it.

    Raises:
        UserError: the code opens nothing (field ``code``); the sentence never says why.
    """

    def load(session: Session) -> OpenedInbox:
        # A code's inboxes are found by trying the questions; one that was added to a form has an id of its own.
        addresses = [address_of(code, each) for each in asked_with_inboxes(session, actor.team_id)]
        rows = {row.question_id: row for row in find_inboxes(session, actor.team_id, addresses)}
        opened = _opened(session, deps, code, rows) if rows else None
        if opened is None or not opened.answers:
            raise UserError(NOTHING_OPENS, field="code")
        return opened

    return await deps.database.read(load)


def _opened(session: Session, deps: Deps, code: str, rows: Mapping[str, ResponseRow]) -> OpenedInbox:
    prompt_row = find_prompt_row(session, next(iter(rows.values())).prompt_id)
    assert prompt_row is not None
    view = view_of(session, prompt_row)
    prompt, answers = view.prompt, []
    assert prompt.closed_at is not None, "an inbox is stored at the close"
    shown = {each.inbox.address for each in written_in(view)}
    for question in prompt.questions:
        row = rows.get(question.id)
        if row is None or row.inbox is None or row.text is None:
            continue
        inbox = Inbox(row.inbox, row.replied_on)
        if is_over(inbox, prompt, deps.now()):
            continue
        answers.append(
            Opened(
                question=question.text,
                text=row.text,
                reply=None if row.reply is None else unseal_reply(code, question.id, row.reply),
                replied_on=row.replied_on,
                until=last_day(inbox, prompt.closed_at, prompt.zone),
                is_shown=row.inbox in shown,
            )
        )
    return OpenedInbox(prompt, tuple(answers))
