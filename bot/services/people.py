"""People: their zone is known before a date or a time of theirs is read."""

from __future__ import annotations

from sqlmodel import Session

from bot.db.people import find_person, save_person
from bot.deps import Deps
from bot.domain.actor import Actor, Person
from bot.errors import UnknownPersonError


def known_person(session: Session, actor: Actor) -> Person:
    """Return the person who asks.

    Raises:
        UnknownPersonError: Slack was never asked about them; the edge calls `learn_person` and tries again.
    """
    person = find_person(session, actor.team_id, actor.user_id)
    if person is None:
        raise UnknownPersonError(actor.user_id)
    return person


async def learn_person(deps: Deps, team_id: str, user_id: str) -> Person:
    """Ask Slack about a person, store the answer and return it.

    Raises:
        DeliveryError: Slack could not be asked.
    """
    person = await deps.slack.person(team_id, user_id)
    await deps.database.write(save_person, person, deps.now())
    return person
