"""About a person: exactly what is stored of whoever asks, read from the tables."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from bot.db.about import count_kept
from bot.db.people import find_person
from bot.db.prompts import open_keys
from bot.db.responses import has_answered
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.errors import ConfigError
from bot.seal import respondent


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of one person.

    Attributes:
        zone: Their IANA zone as Slack said it, or empty where it was never asked.
        rows: What their rows are, and how many of each there are.
        hidden: Answers to open anonymous prompts that are theirs, found as Loopmark finds them for [Change].
    """

    zone: str
    rows: tuple[tuple[str, int], ...]
    hidden: int


async def stored_about(deps: Deps, actor: Actor) -> Stored:
    """Return what is kept of the person who asks."""

    def count(session: Session) -> Stored:
        person = find_person(session, actor.team_id, actor.user_id)
        return Stored(
            zone=person.zone if person else "",
            rows=tuple(
                (kept.words, rows) for kept, rows in count_kept(session, actor.team_id, actor.user_id)
            ),
            hidden=_hidden(session, deps, actor),
        )

    return await deps.database.read(count)


def _hidden(session: Session, deps: Deps, actor: Actor) -> int:
    found = 0
    for prompt_id, sealed in open_keys(session, actor.team_id):
        try:
            key = deps.seal.unseal(sealed)
        except ConfigError:
            continue  # asked under a secret key that is lost: nobody can find an answer any more
        found += has_answered(session, prompt_id, respondent(key, actor.user_id))
    return found
