"""Reactions: what Slack told of those under messages where they count; kept while they do."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, delete, select

from bot.db.models import ReactionRow
from bot.domain.reactions import CLICK, Reacted


def reactions_by(session: Session, team_id: str, channel_id: str, ts: str, user_id: str) -> list[Reacted]:
    """Return what is known of one person's reactions under a message."""
    rows = session.exec(
        select(ReactionRow).where(
            col(ReactionRow.team_id) == team_id,
            col(ReactionRow.channel_id) == channel_id,
            col(ReactionRow.ts) == ts,
            col(ReactionRow.user_id) == user_id,
        )
    )
    return [Reacted(row.name, row.added_at, row.removed_at) for row in rows]


def reactions_under(session: Session, team_id: str, channel_id: str, ts: str) -> dict[str, list[Reacted]]:
    """Return what is known of the reactions under a message, by Slack user id."""
    rows = session.exec(
        select(ReactionRow).where(
            col(ReactionRow.team_id) == team_id,
            col(ReactionRow.channel_id) == channel_id,
            col(ReactionRow.ts) == ts,
        )
    )
    known: dict[str, list[Reacted]] = {}
    for row in rows:
        known.setdefault(row.user_id, []).append(Reacted(row.name, row.added_at, row.removed_at))
    return known


def save_reaction(
    session: Session, team_id: str, channel_id: str, ts: str, user_id: str, reacted: Reacted
) -> None:
    """Store what is known of one reaction, in a unit of work that holds the prompt or ship."""
    row = session.get(ReactionRow, (team_id, channel_id, ts, user_id, reacted.name))
    if row is None:
        row = ReactionRow(team_id=team_id, channel_id=channel_id, ts=ts, user_id=user_id, name=reacted.name)
    row.added_at, row.removed_at = reacted.added_at, reacted.removed_at
    session.add(row)


def note_click(
    session: Session, team_id: str, channel_id: str, ts: str | None, user_id: str, at: datetime
) -> None:
    """Remember when somebody pressed a button last, so that a reaction from before changes nothing any more.

    Args:
        session: A unit of work that holds the prompt or ship.
        team_id: Slack workspace id.
        channel_id: Of the message.
        ts: The message; None while it is not posted, and nobody can have reacted.
        user_id: Who pressed.
        at: When, by Slack's clock, aware UTC.
    """
    if ts is None:
        return
    former = session.get(ReactionRow, (team_id, channel_id, ts, user_id, CLICK))
    if former is None or former.added_at is None or former.added_at < at:
        save_reaction(session, team_id, channel_id, ts, user_id, Reacted(CLICK, at))


def forget_reactions(session: Session, team_id: str, channel_id: str, ts: str) -> None:
    """Forget the reactions under a message where they count no more."""
    session.exec(
        delete(ReactionRow).where(
            col(ReactionRow.team_id) == team_id,
            col(ReactionRow.channel_id) == channel_id,
            col(ReactionRow.ts) == ts,
        )
    )
