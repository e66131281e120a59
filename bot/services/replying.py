"""Replying: whoever asked an anonymous prompt answers what somebody wrote, without learning who that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db.inboxes import put_reply
from bot.db.prompts import find_prompt_row, team_of
from bot.db.series import find_series
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.answer import TEXT_LIMIT
from bot.domain.inbox import Inbox, last_day
from bot.domain.prompt import Prompt, PromptKind, PromptState
from bot.domain.wallclock import day_at
from bot.errors import NotAllowedError, UserError
from bot.seal import seal_reply
from bot.services.prompts import PromptView, view_of


@dataclass(frozen=True, slots=True)
class Written:
    """Words somebody wrote to an anonymous prompt, as whoever asked sees them.

    Attributes:
        prompt: The prompt, as if it asked this question alone.
        text: What was written.
        inbox: Where a reply to it waits.
    """

    prompt: Prompt
    text: str
    inbox: Inbox


def may_reply(session: Session, prompt: Prompt, user_id: str) -> bool:
    """Say whether somebody may reply to what a prompt was answered: whoever asked, or asks its series by now."""
    if not prompt.anonymous or prompt.state is not PromptState.CLOSED:
        return False
    if prompt.asked_by == user_id or prompt.series_id is None:
        return prompt.asked_by == user_id
    series = find_series(session, team_of(session, prompt.id), prompt.series_id)
    return series is not None and series.asked_by == user_id


def written_in(view: PromptView) -> list[Written]:
    """Return the written answers that a prompt's results show and that have an inbox, question by question."""
    prompt, tally = view.prompt, view.tally
    parts = tally.parts if prompt.kind is PromptKind.FORM else (tally,)
    return [
        Written(prompt.about(question), text, inbox)
        for question, part in zip(prompt.questions, parts, strict=True)
        for text, inbox in zip(part.texts or (), part.inboxes, strict=False)
        if inbox is not None
    ]


async def words_to_reply(deps: Deps, actor: Actor, prompt_id: int, address: str) -> Written:
    """Return the words somebody is about to reply to.

    Raises:
        UserError: they have no inbox any more, or there is a reply already, or their results are hidden.
        NotAllowedError: somebody else asked the prompt.
    """

    def load(session: Session) -> Written:
        return _find(session, actor, prompt_id, address, deps.now())

    return await deps.database.read(load)


async def reply_to_words(deps: Deps, actor: Actor, prompt_id: int, address: str, reply: str) -> Written:
    """Put a reply into the inbox of what somebody wrote; nobody is told, and nothing reads it but their code.

    Raises:
        UserError: there are no words in the reply, or too many (field ``reply``), or as `words_to_reply`.
        NotAllowedError: somebody else asked the prompt.
    """
    reply = reply.strip()
    if not reply:
        raise UserError("Type your reply, or close this without sending.", field="reply")
    if len(reply) > TEXT_LIMIT:
        raise UserError(f"A reply has at most {TEXT_LIMIT:,} characters. Shorten it.", field="reply")

    def put(session: Session) -> Written:
        now = deps.now()
        found = _find(session, actor, prompt_id, address, now)
        sealed = seal_reply(address, reply)
        if not put_reply(session, prompt_id, address, sealed, day_at(now, found.prompt.zone)):
            raise _replied()
        return found

    return await deps.database.write(put)


def _find(session: Session, actor: Actor, prompt_id: int, address: str, now: datetime) -> Written:
    row = find_prompt_row(session, prompt_id)
    if row is None or row.team_id != actor.team_id:
        raise UserError("That prompt is gone, so nothing in it can be replied to.")
    view = view_of(session, row)
    prompt = view.prompt
    if not may_reply(session, prompt, actor.user_id):
        raise NotAllowedError(
            f"Only whoever asked “{prompt.question}” can reply to what was written.", owner_id=prompt.asked_by
        )
    found = next((each for each in written_in(view) if each.inbox.address == address), None)
    if found is None or is_over(found.inbox, prompt, now):
        raise UserError(
            "That answer can't be replied to any more: a reply can come until 90 days after the close, "
            "and while results are shown."
        )
    if found.inbox.replied_on is not None:
        raise _replied()
    return found


def is_over(inbox: Inbox, prompt: Prompt, now: datetime) -> bool:
    """Say whether the time of an inbox of a closed prompt is over, whether it has been deleted yet or not."""
    assert prompt.closed_at is not None
    return day_at(now, prompt.zone) > last_day(inbox, prompt.closed_at, prompt.zone)


def _replied() -> UserError:
    return UserError(
        "There is a reply to that answer already. It has room for one, and nobody can read it again but whoever "
        "has the code.",
        field="reply",
    )
