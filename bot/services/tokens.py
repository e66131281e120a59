"""Tokens: made once, shown once, revoked; each lets a program push readings of one criterion."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db.criteria import Found
from bot.db.tokens import add_token, count_tokens, revoke_tokens
from bot.domain.actor import Actor
from bot.domain.criterion import SourceKind
from bot.domain.requests import MakeToken, RevokeTokens
from bot.errors import UserError
from bot.services.finding import find_criterion
from bot.services.people import known_person
from bot.services.permission import require_owner

MOST_TOKENS = 5
"""Tokens of one criterion that work at the same time; two are needed to change one without a gap."""

_MARK = "lmk_"  # lets people and secret scanners recognise one


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that nobody has seen yet, with the key its criterion gets if it has none.

    Attributes:
        text: What the program sends; shown once, stored nowhere.
        public_key: Names the criterion in the address.
    """

    text: str
    public_key: str


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token that works now.

    Attributes:
        found: Its criterion.
        token_id: Row id, to revoke it by.
        public_key: Names the criterion in the address.
        working: How many tokens of the criterion work now, this one included.
    """

    found: Found
    token_id: int
    public_key: str
    working: int


def draw_token() -> NewToken:
    """Return a new random token of 256 bits and a new random key.

    Drawn outside the unit of work, which may run several times.
    """
    return NewToken(text=_MARK + secrets.token_urlsafe(32), public_key=secrets.token_hex(8))


def digest_of(token: str) -> str:
    """Return what is stored of a token: SHA-256 in hex, enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_token(
    session: Session, actor: Actor, request: MakeToken, drawn: NewToken, now: datetime
) -> MadeToken:
    """Let whoever knows a token push readings of a criterion.

    Raises:
        UserError: no criterion has that name, its source is not `push`, or it has too many tokens.
        AmbiguousError: several have that name.
        NotAllowedError: the person may not change it.
    """
    found = _own(session, actor, request.name)
    row = found.row
    assert row.id is not None
    if row.source_kind != SourceKind.PUSH:
        raise UserError(
            f"“{row.name}” gets its values from the source {row.source_kind}, so nothing can be pushed to it. "
            "Add a criterion with `source push` for that.",
            field="name",
        )
    if count_tokens(session, row.id) >= MOST_TOKENS:
        raise UserError(
            f"“{row.name}” has {MOST_TOKENS} tokens already. Revoke them first: "
            f'`/criteria token "{row.name}" revoke`.',
            field="name",
        )
    row.public_key = row.public_key or drawn.public_key
    session.add(row)
    token = add_token(
        session,
        team_id=row.team_id,
        criterion_id=row.id,
        digest=digest_of(drawn.text),
        created_by=actor.user_id,
        now=now,
    )
    assert token.id is not None
    return MadeToken(
        found=found,
        token_id=token.id,
        public_key=row.public_key,
        working=count_tokens(session, row.id),
    )


def revoke(
    session: Session, actor: Actor, request: RevokeTokens, now: datetime, *, token_id: int | None = None
) -> tuple[Found, int]:
    """Make a criterion's tokens useless, or only one of them; return the criterion and how many worked.

    Raises:
        UserError: no criterion has that name, or it has no token that works.
        AmbiguousError: several have that name.
        NotAllowedError: the person may not change it.
    """
    found = _own(session, actor, request.name)
    assert found.row.id is not None
    revoked = revoke_tokens(session, found.row.id, now, token_id=token_id)
    if not revoked:
        raise UserError(
            f"“{found.row.name}” has no such token that works. "
            f'Make one with `/criteria token "{found.row.name}"`.',
            field="name",
        )
    return found, revoked


def _own(session: Session, actor: Actor, name: str) -> Found:
    found = find_criterion(session, actor, name)
    require_owner(
        known_person(session, actor),
        found.row.owner_id,
        found.initiative,
        f"the criterion “{found.row.name}”",
    )
    return found
