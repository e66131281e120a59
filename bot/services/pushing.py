"""Pushing: readings a program sends are stored and judged in one transaction, once for each Idempotency-Key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.db.criteria import Found
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow
from bot.db.pushed import add_pushed, find_pushed
from bot.db.readings import add_readings
from bot.db.tokens import find_token
from bot.domain.criterion import CriterionState, SourceKind, Status
from bot.domain.initiative import InitiativeState
from bot.domain.reading import Reading
from bot.errors import UserError
from bot.services.judging import judge
from bot.services.tokens import digest_of


@dataclass(frozen=True, slots=True)
class Pushed:
    """What pushing readings came to.

    Attributes:
        answer: What the program is told, as JSON.
        changed: True when the status became another one.
    """

    answer: Mapping[str, Any]
    changed: bool


class RevokedError(UserError):
    """The token was revoked a moment ago."""


class ClosedError(UserError):
    """The criterion takes no readings any more."""


class ReusedKeyError(UserError):
    """The Idempotency-Key came with another body before."""


def find_pushable(session: Session, team_id: str, token: str) -> str | None:
    """Return the public key of the criterion a token is for, or None when the token does not work."""
    found = find_token(session, team_id, digest_of(token))
    return found[1].public_key if found else None


def push_readings(
    session: Session,
    team_id: str,
    token: str,
    readings: Sequence[Reading],
    now: datetime,
    *,
    key: str | None,
    digest: str,
) -> Pushed:
    """Store readings of the criterion a token is for, judge it, and return what the program is told.

    While the criterion is paused its readings are kept and not judged.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        token: As the program sent it.
        readings: At least one, with aware times.
        now: Aware UTC.
        key: The request's Idempotency-Key, or None.
        digest: Of the request's body; tells a repeated request from another one.

    Raises:
        RevokedError: the token does not work any more.
        ClosedError: the criterion is archived, its initiative is closed, its verdict is taken, or its source
            is no longer `push`.
        ReusedKeyError: the key came with another body before.
    """
    found_token = find_token(session, team_id, digest_of(token))
    if found_token is None:
        raise RevokedError("the token was revoked a moment ago")
    token_row, row = found_token
    # Held until the end, so that a request that is repeated at once finds what the first one wrote.
    session.exec(
        select(CriterionRow)
        .where(col(CriterionRow.id) == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    assert row.id is not None
    if key is not None and (before := find_pushed(session, row.id, key)) is not None:
        if before.digest != digest:
            raise ReusedKeyError(
                "this Idempotency-Key came with another body before; send a new key with a new body"
            )
        return Pushed(answer=before.answered, changed=False)
    found = _open(session, row)
    former = Status(row.status)
    if row.baseline is None:
        row.baseline = min(readings, key=lambda reading: reading.at).value
    add_readings(session, team_id, [(row.id, reading) for reading in readings])
    if row.state == CriterionState.OPEN:
        judge(session, found, now)
    token_row.used_at = now
    session.add_all([row, token_row])
    answer = {
        "stored": len(readings),
        "criterion": row.name,
        "state": row.state,
        "status": row.status,
        "sentence": row.sentence,
    }
    if key is not None:
        add_pushed(
            session,
            team_id=team_id,
            criterion_id=row.id,
            key=key,
            digest=digest,
            answered=answer,
            now=now,
        )
    return Pushed(answer=answer, changed=row.status != former)


def _open(session: Session, row: CriterionRow) -> Found:
    initiative = find_initiative_by_id(session, row.team_id, row.initiative_id)
    if row.source_kind != SourceKind.PUSH:
        raise ClosedError(f"the criterion's source is {row.source_kind} now, so nothing can be pushed to it")
    if (
        row.state == CriterionState.ARCHIVED
        or initiative is None
        or initiative.state is InitiativeState.CLOSED
    ):
        raise ClosedError(
            "the criterion is archived or its initiative is closed; it takes no readings any more"
        )
    if row.frozen:
        raise ClosedError(
            "the criterion's verdict was taken on its due date and stays; add a new one to go on"
        )
    return Found(row=row, initiative=initiative)
