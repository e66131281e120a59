"""Finding what a name means: first in the channel where one types, then in all the person may see."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from bot.db.criteria import Found, visible_criteria
from bot.db.initiatives import initiatives_at_home, visible_initiatives
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative
from bot.domain.names import fold, nearest
from bot.errors import AmbiguousError, UserError


def find_initiative(session: Session, actor: Actor, name: str | None) -> Initiative:
    """Return the initiative that is meant.

    Args:
        session: An open session.
        actor: Who asks, from where, and what they chose among several.
        name: As typed, or None for the channel's only one.

    Raises:
        UserError: field ``initiative``; none has that name (with the nearest), or the channel is home to none.
        AmbiguousError: field ``initiative``; several fit.
    """
    chosen = actor.choice("initiative")
    if chosen is not None:
        for initiative in visible_initiatives(session, actor):
            if initiative.id == chosen:
                return initiative
        raise UserError("That initiative is closed or gone. Type `/initiative list`.", field="initiative")
    if name is None:
        here = initiatives_at_home(session, actor.team_id, actor.channel_id)
        if not here:
            raise UserError(
                "This channel is home to no initiative. Name one with `for NAME`, or start one: "
                '`/initiative new "Checkout rewrite" by 31 Dec`.',
                field="initiative",
            )
        return _only_one(here, "Which initiative do you mean?")
    matches = visible_initiatives(session, actor, name_key=fold(name))
    in_channel = [initiative for initiative in matches if initiative.channel_id == actor.channel_id]
    if matches:
        return _only_one(in_channel or matches, f"More than one initiative is called “{name}”. Which one?")
    names = [initiative.name for initiative in visible_initiatives(session, actor)]
    raise UserError(
        f"There is no open initiative “{name}”. {_nearest_names(name, names, '/initiative list')}",
        field="initiative",
    )


def find_criterion(session: Session, actor: Actor, name: str) -> Found:
    """Return the criterion that is meant, with its initiative.

    Raises:
        UserError: field ``name``; none has that name (with the nearest).
        AmbiguousError: field ``name``; several fit.
    """
    chosen = actor.choice("criterion")
    if chosen is not None:
        for found in visible_criteria(session, actor):
            if found.row.id == chosen:
                return found
        raise UserError("That criterion is archived or gone. Type `/criteria list`.", field="name")
    matches = visible_criteria(session, actor, name_key=fold(name))
    in_channel = [found for found in matches if found.initiative.channel_id == actor.channel_id]
    matches = in_channel or matches
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise AmbiguousError(
            f"More than one criterion is called “{name}”. Which one?",
            what="criterion",
            candidates=[
                (found.criterion.id, f"{found.row.name} · {found.initiative.name}") for found in matches
            ],
            field="name",
        )
    names = [found.row.name for found in visible_criteria(session, actor)]
    raise UserError(
        f"There is no criterion “{name}”. {_nearest_names(name, names, '/criteria list all')}", field="name"
    )


def _only_one(initiatives: Sequence[Initiative], question: str) -> Initiative:
    if len(initiatives) == 1:
        return initiatives[0]
    raise AmbiguousError(
        question,
        what="initiative",
        candidates=[
            (initiative.id, f"{initiative.name} · #{initiative.channel_name}") for initiative in initiatives
        ],
        field="initiative",
    )


def _nearest_names(name: str, names: Sequence[str], command: str) -> str:
    near = nearest(name, names)
    if near:
        return "Did you mean " + " or ".join(f"“{candidate}”" for candidate in near) + "?"
    return f"Type `{command}` to see them."
