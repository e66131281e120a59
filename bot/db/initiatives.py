"""Initiatives: who sees which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlmodel import Session

from bot.db.models import Table
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative, InitiativeState

_INITIATIVE = Table.metadata.tables["initiative"]
_CHANNEL = Table.metadata.tables["channel"]

INITIATIVE = (
    _INITIATIVE.c.id.label("initiative_id"),
    _INITIATIVE.c.name.label("initiative_name"),
    _INITIATIVE.c.outcome,
    _INITIATIVE.c.owner_id.label("initiative_owner_id"),
    _INITIATIVE.c.channel_id,
    _CHANNEL.c.name.label("channel_name"),
    _CHANNEL.c.is_private,
    _INITIATIVE.c.zone,
    _INITIATIVE.c.starts_on,
    _INITIATIVE.c.ends_on,
    _INITIATIVE.c.state.label("initiative_state"),
    _INITIATIVE.c.created_at.label("initiative_created_at"),
    _INITIATIVE.c.broadcasts,
    _INITIATIVE.c.check_ins,
)
"""What `to_initiative` reads. Columns of the tables: through the object mapper they cost several times as much."""

WITH_HOME = _INITIATIVE.outerjoin(
    _CHANNEL,
    and_(_CHANNEL.c.team_id == _INITIATIVE.c.team_id, _CHANNEL.c.channel_id == _INITIATIVE.c.channel_id),
)
"""Initiatives with their home channels; an outer join, since nothing may be known of the channel."""

SEEN = and_(
    _INITIATIVE.c.team_id == bindparam("team_id"),
    or_(
        _CHANNEL.c.is_private.is_(False),
        _INITIATIVE.c.channel_id == bindparam("from_channel_id"),
        _INITIATIVE.c.owner_id == bindparam("user_id"),
    ),
)
"""Open or closed, and seen from where a person is: a private channel's only from there and by its owner."""

VISIBLE = and_(SEEN, _INITIATIVE.c.state == InitiativeState.OPEN)
"""Open, and seen from where a person is."""

SEEN_IDS = select(_INITIATIVE.c.id).select_from(WITH_HOME).where(SEEN)
"""The row ids of those; takes the parameters of `seen_by`."""

# Statements are built once: building one takes longer than SQLite takes to answer it.
_JOINED = select(*INITIATIVE).select_from(WITH_HOME).order_by(_INITIATIVE.c.id)
_OF_TEAM = _JOINED.where(_INITIATIVE.c.team_id == bindparam("team_id"))
_BY_ID = _OF_TEAM.where(_INITIATIVE.c.id == bindparam("id"))
_BY_IDS = _OF_TEAM.where(_INITIATIVE.c.id.in_(bindparam("ids", expanding=True)))
_AT_HOME = _OF_TEAM.where(
    _INITIATIVE.c.channel_id == bindparam("channel_id"), _INITIATIVE.c.state == InitiativeState.OPEN
)
_VISIBLE = _JOINED.where(VISIBLE)
_VISIBLE_BY_NAME = _VISIBLE.where(_INITIATIVE.c.name_key == bindparam("name_key"))


def to_initiative(row: Row[Any]) -> Initiative:
    """Make the domain value of a row with the columns of `INITIATIVE`.

    A home channel nothing is known of counts as private.
    """
    return Initiative(
        id=row.initiative_id,
        name=row.initiative_name,
        outcome=row.outcome,
        owner_id=row.initiative_owner_id,
        channel_id=row.channel_id,
        channel_name=row.channel_name or "",
        private=row.is_private is not False,
        zone=row.zone,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=InitiativeState(row.initiative_state),
        created_at=row.initiative_created_at,
        broadcasts=row.broadcasts,
        check_ins=row.check_ins,
    )


def seen_by(actor: Actor) -> dict[str, object]:
    """Return the parameters of `SEEN` and `VISIBLE` for a person and where they are."""
    return {"team_id": actor.team_id, "from_channel_id": actor.channel_id, "user_id": actor.user_id}


def _initiatives(session: Session, statement: Select[Any], **parameters: object) -> list[Initiative]:
    return [to_initiative(row) for row in session.execute(statement, parameters)]


def find_initiative_by_id(session: Session, team_id: str, initiative_id: int) -> Initiative | None:
    """Return an initiative of the workspace, open or closed, or None."""
    found = _initiatives(session, _BY_ID, team_id=team_id, id=initiative_id)
    return found[0] if found else None


def initiatives_at_home(session: Session, team_id: str, channel_id: str) -> list[Initiative]:
    """Return the open initiatives whose home is a channel, oldest first."""
    return _initiatives(session, _AT_HOME, team_id=team_id, channel_id=channel_id)


def visible_initiatives(session: Session, actor: Actor, *, name_key: str | None = None) -> list[Initiative]:
    """Return the open initiatives a person may see from where they are, oldest first.

    One whose home channel is private is seen only from that channel and by its owner.

    Args:
        session: An open session.
        actor: Who looks, and from where.
        name_key: Only those with this folded name, or None for all.
    """
    if name_key is None:
        return _initiatives(session, _VISIBLE, **seen_by(actor))
    return _initiatives(session, _VISIBLE_BY_NAME, name_key=name_key, **seen_by(actor))


def sees_initiative(session: Session, actor: Actor, initiative_id: int) -> bool:
    """Say whether a person sees an initiative, open or closed, from where they are."""
    seen = SEEN_IDS.where(_INITIATIVE.c.id == initiative_id)
    return session.execute(seen, seen_by(actor)).first() is not None


def initiatives_by_ids(session: Session, team_id: str, ids: Iterable[int]) -> list[Initiative]:
    """Return the named initiatives of the workspace, open or closed, oldest first."""
    return _initiatives(session, _BY_IDS, team_id=team_id, ids=list(ids))


def known_teams(session: Session) -> list[str]:
    """Return the workspaces that have initiatives."""
    return list(session.scalars(select(_INITIATIVE.c.team_id).distinct()))


def open_initiatives(session: Session, team_id: str, *, owner_id: str | None = None) -> list[Initiative]:
    """Return the open initiatives of a workspace, or of one owner, oldest first, whoever may see them."""
    mine = [] if owner_id is None else [_INITIATIVE.c.owner_id == owner_id]
    open_ones = (
        select(_INITIATIVE.c.id)
        .where(_INITIATIVE.c.team_id == team_id, _INITIATIVE.c.state == InitiativeState.OPEN.value, *mine)
        .order_by(_INITIATIVE.c.id)
    )
    return initiatives_by_ids(session, team_id, session.scalars(open_ones).all())
