"""Open options: somebody who may answer adds an option; who it was is stored nowhere."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.db.prompts import find_prompt_row, lock_prompt, pack_options, to_prompt
from bot.db.redraws import ask_redraw
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.open_options import add_label
from bot.domain.prompt import Prompt
from bot.errors import UserError
from bot.services.answering import open_prompt
from bot.services.asking import new_option_id
from bot.services.membership import UnlookedError, look_for, require_audience

OTHERWISE = "no option can be added any more"


async def prompt_to_extend(deps: Deps, actor: Actor, prompt_id: int) -> Prompt:
    """Return a prompt somebody is about to add an option to.

    Raises:
        UserError: it is closed, takes no more options, or is not put to them.
    """

    def load(session: Session) -> Prompt:
        row = find_prompt_row(session, prompt_id)
        row = row if row is not None and row.team_id == actor.team_id else None
        prompt = open_prompt(session, row, deps.now(), OTHERWISE)
        _require_open(prompt)
        return prompt

    prompt = await deps.database.read(load)
    try:
        require_audience(prompt, actor.user_id, frozenset())
    except UnlookedError as unlooked:
        await look_for(deps, unlooked.channel_id, actor.user_id)
    return prompt


async def add_option(deps: Deps, actor: Actor, prompt_id: int, label: str) -> tuple[Prompt, str]:
    """Add an option to a prompt and return the prompt and the label; nobody's vote changes.

    Raises:
        UserError: field ``label``; or as `prompt_to_extend`.
    """
    await prompt_to_extend(deps, actor, prompt_id)
    prompt = await deps.database.write(_store, actor.team_id, prompt_id, label, deps.now())
    deps.wake.set()
    return prompt, prompt.options[-1].label


def _store(session: Session, team_id: str, prompt_id: int, label: str, now: datetime) -> Prompt:
    row = lock_prompt(session, team_id, prompt_id)
    prompt = open_prompt(session, row, now, OTHERWISE)
    assert row is not None
    _require_open(prompt)
    options = add_label(prompt.options, label, option_id=new_option_id())
    row.options = pack_options(options)
    ask_redraw(row, now)
    return to_prompt(row, prompt.channel_name)


def _require_open(prompt: Prompt) -> None:
    if not prompt.open_options:
        raise UserError(f"“{prompt.question}” takes no more options. Choose one of those shown.")
