"""Ships, and what people said of them with one tap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from bot.db.models import NoteRow, ShipRow, ShipVoteRow
from bot.db.redraws import ask_redraw
from bot.domain.ship import Ship, Thumb


def add_ship(
    session: Session,
    *,
    team_id: str,
    initiative_id: int,
    channel_id: str,
    name: str,
    by: str,
    now: datetime,
    by_program: bool = False,
    link: str = "",
    reactions: bool = False,
) -> Ship:
    """Store a ship and return it."""
    row = ShipRow(
        team_id=team_id,
        initiative_id=initiative_id,
        channel_id=channel_id,
        name=name,
        by_user_id=by,
        at=now,
        by_program=by_program,
        link=link,
        reactions=reactions,
    )
    session.add(row)
    session.flush()
    return to_ship(row)


def find_ship_row(
    session: Session, team_id: str, ship_id: int, *, for_update: bool = False
) -> ShipRow | None:
    """Return a ship's row, taken back or not, or None."""
    row = session.get(ShipRow, ship_id, with_for_update=for_update)
    return row if row is not None and row.team_id == team_id else None


def ship_id_at(session: Session, team_id: str, channel_id: str, ts: str) -> int | None:
    """Return the row id of the ship whose announcement this is and under which reactions count, or None."""
    return session.exec(
        select(ShipRow.id).where(
            col(ShipRow.team_id) == team_id,
            col(ShipRow.channel_id) == channel_id,
            col(ShipRow.ts) == ts,
            col(ShipRow.reactions).is_(True),
        )
    ).first()


def messages_of_ships(session: Session, team_id: str, since: datetime, limit: int) -> list[tuple[str, str]]:
    """Return (channel, ts) of the newest announcements since a moment (aware UTC) under which reactions count."""
    rows = session.exec(
        select(ShipRow.channel_id, ShipRow.ts)
        .where(
            col(ShipRow.team_id) == team_id,
            col(ShipRow.at) >= since,
            col(ShipRow.reactions).is_(True),
            col(ShipRow.taken_back_at).is_(None),
            col(ShipRow.ts).is_not(None),
        )
        .order_by(col(ShipRow.id).desc())
        .limit(limit)
    )
    return [(channel_id, ts) for channel_id, ts in rows if ts is not None]


def ships_since(session: Session, initiative_id: int, since: datetime) -> list[Ship]:
    """Return an initiative's ships from a moment (aware UTC) on, oldest first, those taken back left out."""
    rows = session.exec(
        select(ShipRow)
        .where(
            col(ShipRow.initiative_id) == initiative_id,
            col(ShipRow.at) >= since,
            col(ShipRow.taken_back_at).is_(None),
        )
        .order_by(col(ShipRow.at), col(ShipRow.id))
    )
    return [to_ship(row) for row in rows]


def last_ships(session: Session, initiative_id: int, limit: int) -> list[Ship]:
    """Return an initiative's last ships, oldest first, those taken back left out."""
    rows = session.exec(
        select(ShipRow)
        .where(col(ShipRow.initiative_id) == initiative_id, col(ShipRow.taken_back_at).is_(None))
        .order_by(col(ShipRow.at).desc(), col(ShipRow.id).desc())
        .limit(limit)
    ).all()
    return [to_ship(row) for row in reversed(rows)]


def mark_ship_posted(session: Session, ship_id: int, ts: str, now: datetime) -> None:
    """Store where a ship is announced; one that was taken back meanwhile is drawn again."""
    row = session.get_one(ShipRow, ship_id)
    row.ts = ts
    if row.taken_back_at is not None:
        ask_redraw(row, now)


def count_votes(session: Session, ship_id: int) -> Mapping[Thumb, int]:
    """Return how many said what of a ship; what nobody said is 0."""
    rows = session.execute(
        select(ShipVoteRow.thumb, func.count())
        .where(col(ShipVoteRow.ship_id) == ship_id)
        .group_by(ShipVoteRow.thumb)
    )
    found = {Thumb(thumb): count for thumb, count in rows}
    return {thumb: found.get(thumb, 0) for thumb in Thumb}


def count_notes_on(session: Session, ship_id: int) -> int:
    """Return how many notes were left on a ship."""
    return session.exec(select(func.count()).where(col(NoteRow.ship_id) == ship_id)).one()


def find_vote(session: Session, ship_id: int, user_id: str) -> Thumb | None:
    """Return what somebody said of a ship, or None."""
    row = session.get(ShipVoteRow, (ship_id, user_id))
    return Thumb(row.thumb) if row else None


def save_vote(
    session: Session, team_id: str, ship_id: int, user_id: str, thumb: Thumb, now: datetime
) -> None:
    """Store what somebody says of a ship, over what they said before; the moment of the first stays."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(ShipVoteRow)
        .values(team_id=team_id, ship_id=ship_id, user_id=user_id, thumb=thumb.value, at=now)
        .on_conflict_do_update(index_elements=["ship_id", "user_id"], set_={"thumb": thumb.value})
    )


def delete_vote(session: Session, ship_id: int, user_id: str) -> bool:
    """Take back what somebody said of a ship; False when they had said nothing."""
    return bool(
        session.exec(
            delete(ShipVoteRow).where(
                col(ShipVoteRow.ship_id) == ship_id, col(ShipVoteRow.user_id) == user_id
            )
        ).rowcount
    )


def to_ship(row: ShipRow) -> Ship:
    """Make the domain value of a row."""
    assert row.id is not None
    return Ship(
        id=row.id,
        initiative_id=row.initiative_id,
        name=row.name,
        at=row.at,
        by=row.by_user_id,
        by_program=row.by_program,
        link=row.link,
        taken_back=row.taken_back_at is not None,
        reactions=row.reactions,
    )
