"""Answering: one answer for each person and question, counted once, changed or withdrawn while the prompt is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot.db.homes import redraw_homes
from bot.db.models import PromptRow
from bot.db.prompts import channel_name_of, find_prompt_row, lock_prompt, to_prompt
from bot.db.reactions import note_click
from bot.db.redraws import ask_redraw
from bot.db.responses import answers_of, count_people, delete_answers, save_answers
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.answer import check_answers
from bot.domain.audience import Shown
from bot.domain.feedback import is_open
from bot.domain.inbox import Inbox
from bot.domain.prompt import ONLY, Answers, Prompt, PromptKind, PromptState, Response
from bot.domain.wallclock import day_at
from bot.errors import ConfigError, LoopmarkError, UserError
from bot.seal import Seal, address_of, new_code, respondent
from bot.services.closing import close_row
from bot.services.membership import UnlookedError, look_for, look_there, require_audience
from bot.services.prompts import closed_since
from bot.services.sealing import seal_answers, unseal_key, unseal_response


@dataclass(frozen=True, slots=True)
class Answered:
    """A person's standing with a prompt; seen by that person only, and kept nowhere.

    Attributes:
        prompt: The prompt; closed when these answers were those it closes after.
        answers: Their answers as they count now; empty when there are none.
        former: The answers they replaced; empty when there were none.
        code: Opens what is replied to the words in anonymous answers that were stored just now; else None.
    """

    prompt: Prompt
    answers: Answers
    former: Answers
    code: str | None = field(default=None, repr=False)


async def answer_prompt(deps: Deps, actor: Actor, prompt_id: int, answers: Answers) -> Answered:
    """Count a person's answers, over those they gave before; the last ones a prompt waits for close it.

    Raises:
        UserError: the prompt is closed (its closing time counts, not the timer), or the answers do not
            fit it (`check_answers`), or it is not put to them; nothing is stored then.
    """
    return await _take(deps, actor, prompt_id, lambda _former: answers)


async def press_option(deps: Deps, actor: Actor, prompt_id: int, option_id: str) -> Answered:
    """Count the option somebody pressed; the comment that went with another one stays.

    Raises:
        UserError: as `answer_prompt`.
    """

    return await _take(deps, actor, prompt_id, pressed(option_id))


def pressed(option_id: str) -> Callable[[Answers], Answers]:
    """Return what makes an answer of an option somebody pressed: it keeps the comment they gave before."""

    def answer(former: Answers) -> Answers:
        before = former.get(ONLY, Response())
        return {ONLY: Response((option_id,), None, before.text)}

    return answer


async def prompt_to_answer(deps: Deps, actor: Actor, prompt_id: int) -> Prompt:
    """Return an open prompt as it is asked now.

    Raises:
        UserError: it is gone or closed.
    """

    def load(session: Session) -> Prompt:
        row = find_prompt_row(session, prompt_id)
        row = row if row is not None and row.team_id == actor.team_id else None
        return open_prompt(session, row, deps.now(), "your answer was not counted")

    return await deps.database.read(load)


async def withdraw_answer(deps: Deps, actor: Actor, prompt_id: int) -> Answered:
    """Count a person's answers no more.

    Raises:
        UserError: the prompt is closed.
    """
    return await _take(deps, actor, prompt_id, None)


async def own_answer(deps: Deps, actor: Actor, prompt_id: int, *, to_answer: bool = False) -> Answered:
    """Return a person's own answers to an open prompt.

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
        mine = _find(session, prompt_id, _name(actor, key), key)
        return Answered(prompt, mine, {})

    found = await deps.database.read(load)
    if to_answer:
        try:
            require_audience(found.prompt, actor.user_id, frozenset())
        except UnlookedError as unlooked:
            await look_for(deps, unlooked.channel_id, actor.user_id)
    return found


async def _take(
    deps: Deps, actor: Actor, prompt_id: int, answer: Callable[[Answers], Answers] | None
) -> Answered:
    """Write what `answer` makes of the answers a person gave before; None withdraws them."""
    now, member_of = deps.now(), frozenset[str]()
    if answer is not None and actor.channel_id[:1] in {"C", "G"}:
        # Nearly every answer comes from the channel itself, whose members are known: one write does then.
        member_of = await look_there(deps, actor)
    try:
        written = await deps.database.write(_write, deps.seal, actor, prompt_id, answer, member_of, now)
    except UnlookedError as unlooked:
        member_of = await look_for(deps, unlooked.channel_id, actor.user_id)
        written = await deps.database.write(_write, deps.seal, actor, prompt_id, answer, member_of, now)
    answered, redraw_at = written
    if redraw_at is not None and redraw_at <= deps.now():
        deps.wake.set()
    return answered


def _write(
    session: Session,
    seal: Seal,
    actor: Actor,
    prompt_id: int,
    answer: Callable[[Answers], Answers] | None,
    member_of: frozenset[str],
    now: datetime,
) -> tuple[Answered, datetime | None]:
    answered, redraw_at = write_answer(session, seal, actor, prompt_id, answer, member_of, now)
    prompt = answered.prompt
    if prompt.reactions and prompt.state is PromptState.OPEN:
        at = actor.acted_at or now
        note_click(session, actor.team_id, prompt.channel_id, prompt.ts, actor.user_id, at)
    return answered, redraw_at


def write_answer(
    session: Session,
    seal: Seal,
    actor: Actor,
    prompt_id: int,
    answer: Callable[[Answers], Answers] | None,
    member_of: frozenset[str],
    now: datetime,
) -> tuple[Answered, datetime | None]:
    """Store a person's answers, or none, under the prompt's rules, and say when its message is drawn again.

    Args:
        session: The session of a unit of work.
        seal: Opens the prompt's key.
        actor: Who answers.
        prompt_id: Row id.
        answer: Makes their answers of those they gave before; None withdraws them.
        member_of: Channels they are known to be in.
        now: Aware UTC.

    Raises:
        UserError: as `answer_prompt`; nothing was written then.
        UnlookedError: whether they are in the prompt's channel has to be looked up; nothing was written then.
    """
    row = lock_prompt(session, actor.team_id, prompt_id)
    outcome = "your answer was not counted" if answer else "your answer can't be withdrawn any more"
    prompt = open_prompt(session, row, now, outcome)
    assert row is not None
    if answer is not None:
        require_audience(prompt, actor.user_id, member_of)
    key = _key(session, seal, row)
    who = _name(actor, key)
    former = _find(session, prompt_id, who, key)
    answers = {} if answer is None else check_answers(prompt, answer(former))
    code = None
    if key is not None and any(each.text for each in answers.values()):
        # Also where they say the same as before: whoever lost their code gets another one this way.
        code = new_code()
        answers = _with_inboxes(answers, code)
    if former == answers and code is None:
        return Answered(prompt, answers, former), None
    _store(session, prompt, row.team_id, who, key, answers, now)
    if key is None and not (former and answers):
        # Of an anonymous prompt no row may say when somebody answered, this one neither.
        redraw_homes(session, row.team_id, [actor.user_id], now)
    if row.close_after is not None and count_people(session, prompt) >= row.close_after:
        close_row(session, seal, row, now)
        return Answered(to_prompt(row, prompt.channel_name), answers, former, code), now
    # A changed answer shows in a named prompt's counts only; an anonymous one shows how many answered.
    changed_only = bool(former and answers)
    if not changed_only or (prompt.results is Shown.LIVE and prompt.kind is not PromptKind.TEXT):
        ask_redraw(row, now)
    return Answered(prompt, answers, former, code), row.redraw_at


def _with_inboxes(answers: Mapping[str, Response], code: str) -> dict[str, Response]:
    """Return answers with an inbox for the words in each, which only the code leads to; the code is kept nowhere."""
    return {
        question_id: replace(each, inbox=Inbox(address_of(code, question_id))) if each.text else each
        for question_id, each in answers.items()
    }


def _store(
    session: Session,
    prompt: Prompt,
    team_id: str,
    who: str,
    key: bytes | None,
    answers: Answers,
    now: datetime,
) -> None:
    """Write a person's answers in place of those there were."""
    gone = [question.id for question in prompt.questions if question.id not in answers]
    if not answers:
        delete_answers(session, prompt.id, who)
        return
    if key is None and gone:
        delete_answers(session, prompt.id, who, gone)
    save_answers(
        session,
        team_id=team_id,
        prompt_id=prompt.id,
        respondent=who,
        answers=answers if key is None else seal_answers(key, prompt, answers),
        answered_on=day_at(now, prompt.zone),
    )


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


def _name(actor: Actor, key: bytes | None) -> str:
    """Return under which name a person's answers are kept: their own, or a keyed hash."""
    return actor.user_id if key is None else respondent(key, actor.user_id)


def _find(session: Session, prompt_id: int, who: str, key: bytes | None) -> dict[str, Response]:
    unseal = (lambda _sealed: None) if key is None else partial(unseal_response, key)
    return answers_of(session, prompt_id, who, unseal)


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
