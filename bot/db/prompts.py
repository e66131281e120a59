"""Prompts: feedback questions put to a channel, and the keys of the anonymous ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_
from sqlmodel import Session, col, delete, select

from bot.db.counters import next_number
from bot.db.models import ChannelRow, PromptKeyRow, PromptRow
from bot.domain.actor import Actor
from bot.domain.audience import Reach, Shown
from bot.domain.prompt import Option, Prompt, PromptKind, PromptState, Question

# Built once: an answer needs all three, and building them takes as long as running them.
_LOCKED = (
    select(PromptRow)
    .where(col(PromptRow.id) == bindparam("prompt_id"), col(PromptRow.team_id) == bindparam("team_id"))
    .with_for_update()
    # Whoever looked at it before may have seen it as it was before somebody else's turn.
    .execution_options(populate_existing=True)
)
_NAME = select(ChannelRow.name).where(
    col(ChannelRow.team_id) == bindparam("team_id"), col(ChannelRow.channel_id) == bindparam("channel_id")
)
_KEY = select(PromptKeyRow.sealed).where(col(PromptKeyRow.prompt_id) == bindparam("prompt_id"))


def add_prompt(
    session: Session,
    *,
    team_id: str,
    question: str,
    kind: PromptKind,
    options: Sequence[Option],
    anonymous: bool,
    floor: int,
    channel_id: str,
    initiative_id: int | None,
    asked_by: str,
    zone: str,
    now: datetime,
    closes_at: datetime | None,
    close_after: int | None = None,
    series_id: int | None = None,
    reach: Reach = Reach.CHANNEL,
    named: Sequence[str] = (),
    results: Shown = Shown.LIVE,
    open_options: bool = False,
    comment: bool = False,
    form: Sequence[Question] = (),
    reactions: bool = False,
) -> PromptRow:
    """Store an open prompt under the workspace's next number and return its row, id included."""
    row = PromptRow(
        team_id=team_id,
        number=next_number(session, team_id, "prompt"),
        question=question,
        kind=kind.value,
        options=pack_options(options),
        anonymous=anonymous,
        floor=floor,
        channel_id=channel_id,
        initiative_id=initiative_id,
        asked_by=asked_by,
        zone=zone,
        created_at=now,
        closes_at=closes_at,
        close_after=close_after,
        series_id=series_id,
        reach=reach.value,
        named=list(named) or None,
        results=results.value,
        open_options=open_options,
        comment=comment,
        form=[pack_question(question) for question in form] or None,
        reactions=reactions,
    )
    session.add(row)
    session.flush()
    return row


def to_prompt(row: PromptRow, channel_name: str = "") -> Prompt:
    """Make the domain value."""
    assert row.id is not None
    return Prompt(
        id=row.id,
        number=row.number,
        question=row.question,
        kind=PromptKind(row.kind),
        options=_unpack_options(row.options),
        anonymous=row.anonymous,
        floor=row.floor,
        channel_id=row.channel_id,
        channel_name=channel_name,
        initiative_id=row.initiative_id,
        asked_by=row.asked_by,
        state=PromptState(row.state),
        created_at=row.created_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        zone=row.zone,
        ts=row.ts,
        close_after=row.close_after,
        series_id=row.series_id,
        reach=Reach(row.reach),
        named=tuple(row.named or ()),
        results=Shown(row.results),
        edited_at=row.edited_at,
        open_options=row.open_options,
        comment=row.comment,
        form=tuple(_unpack_question(packed) for packed in row.form or ()),
        people=row.people,
        reactions=row.reactions,
    )


def pack_options(options: Sequence[Option]) -> list[dict[str, str]]:
    """Return options as they are kept in a row."""
    return [{"id": option.id, "label": option.label} for option in options]


def pack_question(question: Question) -> dict[str, Any]:
    """Return a question of a form as it is kept in a row."""
    return {
        "id": question.id,
        "text": question.text,
        "kind": question.kind.value,
        "options": pack_options(question.options),
        "comment": question.comment,
        "optional": question.optional,
    }


def _unpack_question(packed: Mapping[str, Any]) -> Question:
    return Question(
        id=packed["id"],
        text=packed["text"],
        kind=PromptKind(packed["kind"]),
        options=_unpack_options(packed["options"]),
        comment=packed["comment"],
        optional=packed["optional"],
    )


def _unpack_options(packed: Sequence[Mapping[str, str]] | None) -> tuple[Option, ...]:
    return tuple(Option(id=option["id"], label=option["label"]) for option in packed or ())


def find_prompt_row(session: Session, prompt_id: int) -> PromptRow | None:
    """Return a prompt's row as it is stored now, or None."""
    return session.get(PromptRow, prompt_id)


def prompt_id_at(session: Session, team_id: str, channel_id: str, ts: str) -> int | None:
    """Return the row id of the prompt whose message this is and which takes reactions, or None."""
    return session.exec(
        select(PromptRow.id).where(
            col(PromptRow.team_id) == team_id,
            col(PromptRow.channel_id) == channel_id,
            col(PromptRow.ts) == ts,
            col(PromptRow.reactions).is_(True),
        )
    ).first()


def prompts_with_reactions(session: Session, team_id: str, limit: int) -> list[Prompt]:
    """Return the newest open prompts that are posted and take reactions."""
    rows = session.exec(
        select(PromptRow)
        .where(
            col(PromptRow.team_id) == team_id,
            col(PromptRow.state) == PromptState.OPEN,
            col(PromptRow.reactions).is_(True),
            col(PromptRow.ts).is_not(None),
        )
        .order_by(col(PromptRow.id).desc())
        .limit(limit)
    )
    return [to_prompt(row) for row in rows]


def lock_prompt(session: Session, team_id: str, prompt_id: int) -> PromptRow | None:
    """Return a prompt of the workspace, held until the transaction ends.

    Answers and the close take their turn on it: no answer is written after the close, on any worker.
    """
    return session.scalars(_LOCKED, {"prompt_id": prompt_id, "team_id": team_id}).first()


def team_of(session: Session, prompt_id: int) -> str:
    """Return the Slack workspace id of a prompt that exists."""
    return session.get_one(PromptRow, prompt_id).team_id


def channel_name_of(session: Session, row: PromptRow) -> str:
    """Return the name of the channel a prompt was posted in, without ``#``, possibly empty."""
    name: str | None = session.scalar(_NAME, {"team_id": row.team_id, "channel_id": row.channel_id})
    return name or ""


def visible_prompts(
    session: Session, actor: Actor, *, number: int | None = None, state: PromptState | None = None
) -> list[Prompt]:
    """Return the prompts a person may see from where they are, newest first.

    One in a private channel is seen only from that channel and by whoever asked it.
    """
    seen = or_(
        col(ChannelRow.is_private).is_(False),
        col(PromptRow.channel_id) == actor.channel_id,
        col(PromptRow.asked_by) == actor.user_id,
    )
    conditions = [col(PromptRow.team_id) == actor.team_id, seen]
    if number is not None:
        conditions.append(col(PromptRow.number) == number)
    if state is not None:
        conditions.append(col(PromptRow.state) == state)
    return _joined(session, conditions)


def prompts_in_channel(
    session: Session, team_id: str, channel_id: str, *, offset: int = 0, limit: int | None = None
) -> list[Prompt]:
    """Return a channel's prompts, open ones first and newest first within each."""
    conditions = [col(PromptRow.team_id) == team_id, col(PromptRow.channel_id) == channel_id]
    return _joined(session, conditions, offset=offset, limit=limit)


def count_prompts_in_channel(session: Session, team_id: str, channel_id: str) -> int:
    """Return how many prompts a channel has had."""
    return session.exec(
        select(func.count()).where(col(PromptRow.team_id) == team_id, col(PromptRow.channel_id) == channel_id)
    ).one()


def _joined(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, offset: int = 0, limit: int | None = None
) -> list[Prompt]:
    rows = session.exec(
        select(PromptRow, ChannelRow)
        .join(
            ChannelRow,
            and_(
                col(ChannelRow.team_id) == col(PromptRow.team_id),
                col(ChannelRow.channel_id) == col(PromptRow.channel_id),
            ),
            isouter=True,
        )
        .where(*conditions)
        # "open" sorts after "closed".
        .order_by(col(PromptRow.state).desc(), col(PromptRow.number).desc())
        .offset(offset)
        .limit(limit)
    )
    return [to_prompt(row, channel.name if channel else "") for row, channel in rows]


def due_prompts(session: Session, team_id: str, now: datetime, *, limit: int) -> list[int]:
    """Return the ids of open prompts whose closing time has come, earliest first."""
    ids = session.exec(
        select(PromptRow.id)
        .where(
            col(PromptRow.state) == PromptState.OPEN,
            col(PromptRow.closes_at) <= now,
            col(PromptRow.team_id) == team_id,
        )
        .order_by(col(PromptRow.closes_at))
        .limit(limit)
    )
    return [prompt_id for prompt_id in ids if prompt_id is not None]


def closed_anonymous(session: Session, team_id: str, question: Question) -> list[Prompt]:
    """Return the closed anonymous prompts that may have asked a question, in the order they closed; every form may."""
    rows = session.exec(
        select(PromptRow)
        .where(
            col(PromptRow.team_id) == team_id,
            or_(
                and_(col(PromptRow.question) == question.text, col(PromptRow.kind) == question.kind.value),
                col(PromptRow.kind) == PromptKind.FORM.value,
            ),
            col(PromptRow.anonymous).is_(True),
            col(PromptRow.state) == PromptState.CLOSED,
        )
        .order_by(col(PromptRow.closed_at), col(PromptRow.id))
    )
    return [to_prompt(row) for row in rows]


def add_key(session: Session, team_id: str, prompt_id: int, sealed: bytes) -> None:
    """Store an anonymous prompt's key, encrypted."""
    session.add(PromptKeyRow(prompt_id=prompt_id, team_id=team_id, sealed=sealed))


def find_key(session: Session, prompt_id: int) -> bytes | None:
    """Return an open anonymous prompt's key, encrypted; None once it is deleted."""
    sealed: bytes | None = session.scalar(_KEY, {"prompt_id": prompt_id})
    return sealed


def open_keys(session: Session, team_id: str) -> list[tuple[int, bytes]]:
    """Return the row ids of a workspace's open anonymous prompts, each with its key, encrypted."""
    rows = session.exec(
        select(PromptKeyRow.prompt_id, PromptKeyRow.sealed).where(col(PromptKeyRow.team_id) == team_id)
    )
    return [(prompt_id, sealed) for prompt_id, sealed in rows]


def delete_key(session: Session, prompt_id: int) -> None:
    """Delete an anonymous prompt's key; its bytes are gone from the files after `Database.scrub`."""
    session.exec(delete(PromptKeyRow).where(col(PromptKeyRow.prompt_id) == prompt_id))
