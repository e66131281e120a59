"""Closing: no answer is taken any more, and of an anonymous prompt nobody can be found out any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.askings import people_asked
from bot.db.erasures import claim_erasures, delay_erasures, finish_erasures
from bot.db.homes import redraw_homes
from bot.db.models import PromptRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.prompts import delete_key, due_prompts, find_prompt_row, lock_prompt, to_prompt
from bot.db.reactions import forget_reactions
from bot.db.redraws import ask_redraw
from bot.db.responses import count_people, delete_other_questions, forget_respondents
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.audience import Shown
from bot.domain.feedback import is_open
from bot.domain.prompt import Prompt, PromptState
from bot.domain.requests import ClosePrompt, PromptResults
from bot.errors import NotAllowedError, UserError
from bot.seal import Seal
from bot.services.inviting import unasked
from bot.services.prompts import PromptView, closed_since, find_prompt, view_of, with_trends
from bot.services.replying import may_reply
from bot.services.sealing import unsealer

ERASE_AGAIN = timedelta(seconds=2)
"""Wait before the next try when somebody was reading; on SQLite a reader is gone within milliseconds."""

ERASE_LEASE = timedelta(minutes=5)
"""PostgreSQL rewrites the tables meanwhile."""


async def prompt_to_close(deps: Deps, actor: Actor, request: ClosePrompt) -> PromptView:
    """Return the prompt a person is about to close; nothing is closed yet.

    Raises:
        UserError: none fits, or it is closed already.
        AmbiguousError: several fit.
        NotAllowedError: somebody else asked it.
    """

    def load(session: Session) -> PromptView:
        prompt = find_prompt(session, actor, number=request.number, title=request.title, open_only=True)
        row = find_prompt_row(session, prompt.id)
        assert row is not None
        view = view_of(session, row)
        _require_closable(view.prompt, actor, deps.now())
        return view

    return await deps.database.read(load)


async def close_prompt(deps: Deps, actor: Actor, prompt_id: int) -> PromptView:
    """Close a prompt now and return what may be shown of its answers.

    Raises:
        UserError: it is gone or closed already.
        NotAllowedError: somebody else asked it.
    """

    def close(session: Session) -> PromptView:
        row = lock_prompt(session, actor.team_id, prompt_id)
        if row is None:
            raise UserError("That prompt is gone.")
        now = deps.now()
        _require_closable(view_of(session, row).prompt, actor, now)
        close_row(session, deps.seal, row, now)
        view = view_of(session, row)
        return replace(view, may_reply=may_reply(session, view.prompt, actor.user_id))

    view = await deps.database.write(close)
    deps.wake.set()
    return view


async def prompt_results(deps: Deps, actor: Actor, request: PromptResults) -> PromptView:
    """Return what may be shown of a prompt's answers now; one whose closing time has passed is closed first.

    Raises:
        UserError: none fits.
        AmbiguousError: several fit.
    """

    def load(session: Session) -> PromptView:
        prompt = find_prompt(session, actor, number=request.number, title=request.title)
        row = find_prompt_row(session, prompt.id)
        assert row is not None
        view = with_trends(session, view_of(session, row, actor.user_id))
        view = replace(view, may_reply=may_reply(session, view.prompt, actor.user_id))
        if prompt.asked_by != actor.user_id:
            return view
        return replace(view, unasked=unasked(session, prompt.id, cap=deps.settings.prompts_per_week))

    view = await deps.database.read(load)
    if view.prompt.state is PromptState.OPEN and not is_open(view.prompt, deps.now()):
        await deps.database.write(_close_if_due, deps.seal, deps.team_id, view.prompt.id, deps.now())
        deps.wake.set()
        view = await deps.database.read(load)
    return view


async def close_due(deps: Deps, *, limit: int) -> int:
    """Close up to `limit` prompts whose closing time has come, each in its own transaction.

    Returns:
        How many were closed here.
    """
    ids = await deps.database.read(due_prompts, deps.team_id, deps.now(), limit=limit)
    closed = 0
    for prompt_id in ids:
        closed += await deps.database.write(_close_if_due, deps.seal, deps.team_id, prompt_id, deps.now())
    return closed


async def claim_key_erasures(deps: Deps) -> list[int]:
    """Take the closed anonymous prompts whose key's bytes may still lie in the database's files."""
    now = deps.now()
    return await deps.database.write(claim_erasures, deps.team_id, now=now, lease_until=now + ERASE_LEASE)


async def erase_keys(deps: Deps, prompt_ids: list[int]) -> bool:
    """Make deleted keys and rewritten answers unreadable in the database's files.

    Returns:
        False when the database was busy; it is tried again.
    """
    gone = await deps.database.scrub("prompt_key") and await deps.database.scrub("response")
    if gone:
        await deps.database.write(finish_erasures, prompt_ids)
    else:
        await deps.database.write(delay_erasures, prompt_ids, deps.now() + ERASE_AGAIN)
    return gone


def _close_if_due(session: Session, seal: Seal, team_id: str, prompt_id: int, now: datetime) -> bool:
    row = lock_prompt(session, team_id, prompt_id)
    if row is None or row.state == PromptState.CLOSED or row.closes_at is None or row.closes_at > now:
        return False
    close_row(session, seal, row, now)
    return True


def close_row(session: Session, seal: Seal, row: PromptRow, now: datetime) -> None:
    """Close an open prompt that is held (`lock_prompt`): no answer after this counts, and none leads to a person."""
    assert row.id is not None
    row.state = PromptState.CLOSED.value
    row.closed_at = now if row.closes_at is None else min(now, row.closes_at)
    if row.reactions and row.ts is not None:
        forget_reactions(session, row.team_id, row.channel_id, row.ts)
    if row.anonymous:
        unseal = unsealer(session, seal, row)
        prompt = to_prompt(row)
        # Who answered what was asked no more at the end still counts among those who answered.
        row.people = count_people(session, prompt)
        delete_other_questions(session, row.id, [question.id for question in prompt.questions])
        delete_key(session, row.id)
        forget_respondents(session, row.id, unseal)
        row.erase_at = now
    ask_redraw(row, now)
    redraw_homes(session, row.team_id, people_asked(session, row.id), now)
    if row.results == Shown.SHARED and row.ts is not None:
        add_to_outbox(
            session,
            team_id=row.team_id,
            key=f"prompt_results:{row.id}",
            kind=OutboxKind.PROMPT_RESULTS,
            channel_id=row.channel_id,
            facts={"prompt_id": row.id},
            now=now,
        )


def _require_closable(prompt: Prompt, actor: Actor, now: datetime) -> None:
    if prompt.asked_by != actor.user_id:
        raise NotAllowedError(
            f"Only whoever asked “{prompt.question}” can close it.", owner_id=prompt.asked_by
        )
    if not is_open(prompt, now):
        raise UserError(f"{closed_since(prompt, now)}. Type `/feedback results #{prompt.number}` to see it.")
