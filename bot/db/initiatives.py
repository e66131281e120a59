"""Initiatives: who sees which."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from bot.db.models import ChannelRow, InitiativeRow
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative, InitiativeState


def to_initiative(row: InitiativeRow, channel: ChannelRow | None) -> Initiative:
    """Make the domain value; a home channel nothing is known of counts as private."""
    assert row.id is not None
    return Initiative(
        id=row.id,
        name=row.name,
        outcome=row.outcome,
        owner_id=row.owner_id,
        channel_id=row.channel_id,
        channel_name=channel.name if channel else "",
        private=channel.is_private if channel else True,
        zone=row.zone,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=InitiativeState(row.state),
        created_at=row.created_at,
    )


def _joined(session: Session, *conditions: object) -> list[Initiative]:
    rows = session.exec(
        select(InitiativeRow, ChannelRow)
        .join(
            ChannelRow,
            and_(
                col(ChannelRow.team_id) == col(InitiativeRow.team_id),
                col(ChannelRow.channel_id) == col(InitiativeRow.channel_id),
            ),
            isouter=True,
        )
        .where(*conditions)  # type: ignore[arg-type]  # column expressions, which sqlmodel's stub narrows
        .order_by(col(InitiativeRow.id))
    )
    return [to_initiative(row, channel) for row, channel in rows]


def find_initiative_by_id(session: Session, team_id: str, initiative_id: int) -> Initiative | None:
    """Return an initiative of the workspace, open or closed, or None."""
    found = _joined(session, col(InitiativeRow.team_id) == team_id, col(InitiativeRow.id) == initiative_id)
    return found[0] if found else None


def initiatives_at_home(session: Session, team_id: str, channel_id: str) -> list[Initiative]:
    """Return the open initiatives whose home is a channel, oldest first."""
    return _joined(
        session,
        col(InitiativeRow.team_id) == team_id,
        col(InitiativeRow.channel_id) == channel_id,
        col(InitiativeRow.state) == InitiativeState.OPEN,
    )


def visible_initiatives(session: Session, actor: Actor, *, name_key: str | None = None) -> list[Initiative]:
    """Return the open initiatives a person may see from where they are, oldest first.

    One whose home channel is private is seen only from that channel and by its owner.

    Args:
        session: An open session.
        actor: Who looks, and from where.
        name_key: Only those with this folded name, or None for all.
    """
    conditions = [
        col(InitiativeRow.team_id) == actor.team_id,
        col(InitiativeRow.state) == InitiativeState.OPEN,
        or_(
            col(ChannelRow.is_private).is_(False),
            col(InitiativeRow.channel_id) == actor.channel_id,
            col(InitiativeRow.owner_id) == actor.user_id,
        ),
    ]
    if name_key is not None:
        conditions.append(col(InitiativeRow.name_key) == name_key)
    return _joined(session, *conditions)


def initiatives_by_ids(session: Session, team_id: str, ids: Iterable[int]) -> list[Initiative]:
    """Return the named initiatives of the workspace, open or closed, oldest first."""
    return _joined(session, col(InitiativeRow.team_id) == team_id, col(InitiativeRow.id).in_(list(ids)))


def known_teams(session: Session) -> list[str]:
    """Return the workspaces that have initiatives."""
    return list(session.exec(select(InitiativeRow.team_id).distinct()))
