"""Tokens with which programs ship: made once, shown once, revoked; and the ships they send, once for each key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.db.initiatives import find_initiative_by_id
from bot.db.ship_tokens import (
    add_ship_request,
    add_ship_token,
    count_ship_tokens,
    find_ship_request,
    find_ship_token,
    revoke_ship_tokens,
)
from bot.domain.actor import Actor
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.requests import MakeShipToken, RevokeShipTokens
from bot.errors import UserError
from bot.services.finding import find_initiative
from bot.services.people import known_person
from bot.services.permission import require_owner
from bot.services.pushing import ClosedError, ReusedKeyError, RevokedError
from bot.services.shipping import announce
from bot.services.tokens import MOST_TOKENS, NewToken, digest_of


@dataclass(frozen=True, slots=True)
class MadeShipToken:
    """A token that works now.

    Attributes:
        initiative: For which it ships.
        token_id: Row id, to revoke it by.
        working: How many tokens of the initiative work now, this one included.
    """

    initiative: Initiative
    token_id: int
    working: int


@dataclass(frozen=True, slots=True)
class SentShip:
    """A ship as a program sends it: what was shipped, and an address beside it or nothing."""

    name: str
    link: str = ""


def make_ship_token(
    session: Session, actor: Actor, request: MakeShipToken, drawn: NewToken, now: datetime
) -> MadeShipToken:
    """Let whoever knows a token ship for an initiative.

    Raises:
        UserError: no initiative has that name, or it has too many tokens.
        AmbiguousError: several have that name.
        NotAllowedError: the person neither owns it nor is an admin.
    """
    initiative = _own(session, actor, request.initiative)
    if count_ship_tokens(session, initiative.id) >= MOST_TOKENS:
        raise UserError(
            f"“{initiative.name}” has {MOST_TOKENS} tokens already. Revoke them first: "
            f'`/loop token revoke for "{initiative.name}"`.',
            field="initiative",
        )
    token_id = add_ship_token(
        session,
        team_id=actor.team_id,
        initiative_id=initiative.id,
        digest=digest_of(drawn.text),
        created_by=actor.user_id,
        now=now,
    )
    return MadeShipToken(initiative, token_id, count_ship_tokens(session, initiative.id))


def revoke_for_ships(
    session: Session, actor: Actor, request: RevokeShipTokens, now: datetime, *, token_id: int | None = None
) -> tuple[Initiative, int]:
    """Make an initiative's tokens useless, or only one of them; return the initiative and how many worked.

    Raises:
        UserError: no initiative has that name, or it has no token that works.
        AmbiguousError: several have that name.
        NotAllowedError: the person neither owns it nor is an admin.
    """
    initiative = _own(session, actor, request.initiative)
    revoked = revoke_ship_tokens(session, initiative.id, now, token_id=token_id)
    if not revoked:
        raise UserError(
            f"“{initiative.name}” has no such token that works. "
            f'Make one with `/loop token for "{initiative.name}"`.',
            field="initiative",
        )
    return initiative, revoked


def ship_token_works(session: Session, team_id: str, token: str) -> bool:
    """Say whether a token lets a program ship."""
    return find_ship_token(session, team_id, digest_of(token)) is not None


def ship_by_program(
    session: Session,
    team_id: str,
    token: str,
    sent: SentShip,
    now: datetime,
    *,
    key: str | None,
    digest: str,
) -> Mapping[str, Any]:
    """Store what a program shipped, have it announced, and return what the program is told.

    Args:
        session: An open session.
        team_id: Slack workspace id.
        token: As the program sent it.
        sent: What was shipped.
        now: Aware UTC.
        key: The request's Idempotency-Key, or None; the same key of the same token ships once.
        digest: Of the request's body; tells a repeated request from another one.

    Raises:
        RevokedError: the token does not work any more.
        ClosedError: the initiative is closed.
        ReusedKeyError: the key came with another body before.
    """
    # Held until the end, so that a request that is repeated at once finds what the first one wrote.
    row = find_ship_token(session, team_id, digest_of(token), for_update=True)
    if row is None:
        raise RevokedError("the token was revoked a moment ago")
    assert row.id is not None
    if key is not None and (before := find_ship_request(session, row.id, key)) is not None:
        if before.digest != digest:
            raise ReusedKeyError(
                "this Idempotency-Key came with another body before; send a new key with a new body"
            )
        answered: Mapping[str, Any] = before.answered
        return answered
    initiative = find_initiative_by_id(session, team_id, row.initiative_id)
    if initiative is None or initiative.state is InitiativeState.CLOSED:
        raise ClosedError("the initiative is closed; nothing is shipped for it any more")
    ship = announce(
        session, team_id, initiative, sent.name, by=row.created_by, now=now, by_program=True, link=sent.link
    )
    row.used_at = now
    session.add(row)
    answer = {
        # By name, as they are stored, so that a repeated request gets the same bytes.
        "initiative": initiative.name,
        "name": ship.name,
        "ship": ship.id,
        "shipped_at": now.isoformat(),
    }
    if key is not None:
        add_ship_request(
            session, team_id=team_id, token_id=row.id, key=key, digest=digest, answered=answer, now=now
        )
    return answer


def _own(session: Session, actor: Actor, name: str | None) -> Initiative:
    initiative = find_initiative(session, actor, name)
    require_owner(
        known_person(session, actor), initiative.owner_id, initiative, f"who ships for “{initiative.name}”"
    )
    return initiative
