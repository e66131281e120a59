"""Answering: one answer for each person, counted once, changed or withdrawn while the prompt is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db.homes import redraw_homes
from bot.db.models import PromptRow
from bot.db.prompts import channel_name_of, find_prompt_row, lock_prompt, to_prompt
from bot.db.redraws import ask_redraw
from bot.db.responses import count_responses, delete_response, find_response_row, save_response
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.audience import Shown
from bot.domain.feedback import is_open
from bot.domain.prompt import Prompt, PromptKind, Response
from bot.domain.wallclock import day_at
from bot.errors import ConfigError, LoopmarkError, UserError
from bot.seal import Seal, respondent
from bot.services.closing import close_row
from bot.services.membership import UnlookedError, look_for, look_there, require_audience
from bot.services.prompts import closed_since
from bot.services.sealing import room_for, seal_response, unseal_key, unseal_response

TEXT_LIMIT = 2000
"""Most characters of a written answer; each fits a message whole."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A person's standing with a prompt; seen by that person only, and kept nowhere.

    Attributes:
        prompt: The prompt; closed when this answer was the one it closes after.
        response: Their answer as it counts now, or None.
        former: The answer it replaced, or None.
    """

    prompt: Prompt
    response: Response | None
    former: Response | None = None


async def answer_prompt(deps: Deps, actor: Actor, prompt_id: int, response: Response) -> Answered:
    """Count a person's answer, over the one they gave before; the last one a prompt waits for closes it.

    Raises:
        UserError: the prompt is closed (its closing time counts, not the timer), or the answer does not
            fit it (field ``text``), or it is not put to them; nothing is stored then.
    """
    return await _take(deps, actor, prompt_id, response)


async def withdraw_answer(deps: Deps, actor: Actor, prompt_id: int) -> Answered:
    """Count a person's answer no more.

    Raises:
        UserError: the prompt is closed.
    """
    return await _take(deps, actor, prompt_id, None)


async def own_answer(deps: Deps, actor: Actor, prompt_id: int, *, to_answer: bool = False) -> Answered:
    """Return a person's own answer to an open prompt.

    Args:
        deps: The bundle.
        actor: Who asks.
        prompt_id: Row id.
        to_answer: Whether they are about to answer, so that somebody it is not put to is told before they type.

    Raises:
        UserError: the prompt is closed, or not put to them.
    """

    def load(session: Session) -> Answered:
        row = find_prompt_row(session, prompt_id)
        row = row if row is not None and row.team_id == actor.team_id else None
        prompt = open_prompt(session, row, deps.now(), "nothing can be answered any more")
        assert row is not None
        key = _key(session, deps.seal, row)
        who = actor.user_id if key is None else respondent(key, actor.user_id)
        return Answered(prompt, _find(session, prompt_id, who, key))

    found = await deps.database.read(load)
    if to_answer:
        try:
            require_audience(found.prompt, actor.user_id, frozenset())
        except UnlookedError as unlooked:
            await look_for(deps, unlooked.channel_id, actor.user_id)
    return found


async def _take(deps: Deps, actor: Actor, prompt_id: int, response: Response | None) -> Answered:
    now, member_of = deps.now(), frozenset[str]()
    if response is not None and actor.channel_id[:1] in {"C", "G"}:
        # Nearly every answer comes from the channel itself, whose members are known: one write does then.
        member_of = await look_there(deps, actor)
    try:
        written = await deps.database.write(_write, deps.seal, actor, prompt_id, response, member_of, now)
    except UnlookedError as unlooked:
        member_of = await look_for(deps, unlooked.channel_id, actor.user_id)
        written = await deps.database.write(_write, deps.seal, actor, prompt_id, response, member_of, now)
    answered, redraw_at = written
    if redraw_at is not None and redraw_at <= deps.now():
        deps.wake.set()
    return answered


def _write(
    session: Session,
    seal: Seal,
    actor: Actor,
    prompt_id: int,
    response: Response | None,
    member_of: frozenset[str],
    now: datetime,
) -> tuple[Answered, datetime | None]:
    row = lock_prompt(session, actor.team_id, prompt_id)
    outcome = "your answer was not counted" if response else "your answer can't be withdrawn any more"
    prompt = open_prompt(session, row, now, outcome)
    assert row is not None
    if response is not None:
        require_audience(prompt, actor.user_id, member_of)
        _check(prompt, response)
    key = _key(session, seal, row)
    who = actor.user_id if key is None else respondent(key, actor.user_id)
    former = _find(session, prompt_id, who, key)
    if former == response:
        return Answered(prompt, response, former), None
    if response is None:
        delete_response(session, prompt_id, who)
    else:
        save_response(
            session,
            team_id=row.team_id,
            prompt_id=prompt_id,
            respondent=who,
            response=response if key is None else Response(),
            sealed=None if key is None else seal_response(key, response, room_for(prompt.kind)),
            answered_on=day_at(now, row.zone),
        )
    if key is None and (former is None or response is None):
        # Of an anonymous prompt no row may say when somebody answered, this one neither.
        redraw_homes(session, row.team_id, [actor.user_id], now)
    if row.close_after is not None and count_responses(session, prompt_id) >= row.close_after:
        close_row(session, seal, row, now)
        return Answered(to_prompt(row, prompt.channel_name), response, former), now
    # A changed answer shows in a named prompt's counts only; an anonymous one shows how many answered.
    changed_only = former is not None and response is not None
    if not changed_only or (prompt.results is Shown.LIVE and prompt.kind is not PromptKind.TEXT):
        ask_redraw(row, now)
    return Answered(prompt, response, former), row.redraw_at


def open_prompt(session: Session, row: PromptRow | None, now: datetime, otherwise: str) -> Prompt:
    """Return a prompt that takes answers at a moment (aware UTC); `otherwise` says what a close means.

    Raises:
        UserError: it is gone or closed.
    """
    if row is None:
        raise UserError("That prompt is gone, so it can't be answered.")
    prompt = to_prompt(row, channel_name_of(session, row))
    if not is_open(prompt, now):
        raise UserError(f"{closed_since(prompt, now)}, so {otherwise}.")
    return prompt


def _check(prompt: Prompt, response: Response) -> None:
    if prompt.kind is PromptKind.TEXT:
        if not (response.text or "").strip():
            raise UserError("Type your answer, or close this without sending.", field="text")
        if len(response.text or "") > TEXT_LIMIT:
            raise UserError(f"An answer has at most {TEXT_LIMIT:,} characters. Shorten it.", field="text")
    elif response.option_id not in {option.id for option in prompt.options}:
        raise UserError(f"That is no option of “{prompt.question}” any more. Choose one of those shown now.")


def _find(session: Session, prompt_id: int, who: str, key: bytes | None) -> Response | None:
    row = find_response_row(session, prompt_id, who)
    if row is None:
        return None
    if key is None or row.sealed is None:
        return Response(option_id=row.option_id, text=row.text)
    return unseal_response(key, row.sealed)


def _key(session: Session, seal: Seal, row: PromptRow) -> bytes | None:
    """Return the key of an open anonymous prompt; None for one that is not anonymous."""
    if not row.anonymous:
        return None
    try:
        return unseal_key(session, seal, row)
    except ConfigError as error:
        raise LoopmarkError(
            f"Answers to prompt #{row.number} can't be counted: it was asked under another secret key. "
            "Tell whoever runs Loopmark."
        ) from error
