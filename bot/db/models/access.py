"""Access: secrets, tokens and links, and what came with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from bot.db.models.table import Table, moment
from bot.db.types import JSONText


class SecretRow(Table, table=True):
    """What sources may send but nobody may see again; sealed, and bound to the hosts it is sent to."""

    __tablename__ = "secret"

    team_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    """Upper case, as in ``{{secret:GRAFANA}}``."""
    sealed: bytes
    hosts: Any = Field(default=None, sa_type=JSONText)
    """Hosts and .suffixes it may be sent to; never empty."""
    changed_by: str
    changed_at: datetime = moment()


class TokenRow(Table, table=True):
    """Lets a program push readings of one criterion; only its digest is kept."""

    __tablename__ = "token"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    criterion_id: int = Field(foreign_key="criterion.id", index=True)
    digest: str = Field(unique=True)
    """SHA-256 of the token in hex; the token has 256 random bits, so no salt is needed."""
    created_by: str
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)
    used_at: datetime | None = moment(nullable=True)


class PageLinkRow(Table, table=True):
    """Lets whoever has the link read an initiative's page; the signature in the link is stored nowhere."""

    __tablename__ = "page_link"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id", index=True)
    created_by: str
    created_at: datetime = moment()
    ends_at: datetime = moment()
    """To the second, since the link says it in whole seconds."""
    revoked_at: datetime | None = moment(nullable=True)


class ShipTokenRow(Table, table=True):
    """Lets a program ship for one initiative; only its digest is kept."""

    __tablename__ = "ship_token"

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    initiative_id: int = Field(foreign_key="initiative.id", index=True)
    digest: str = Field(unique=True)
    """As a criterion's token: see TokenRow."""
    created_by: str
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)
    used_at: datetime | None = moment(nullable=True)


class ShipRequestRow(Table, table=True):
    """A request that shipped, under its token and Idempotency-Key, so that a repeated one ships once."""

    __tablename__ = "ship_request"

    token_id: int = Field(foreign_key="ship_token.id", primary_key=True)
    key: str = Field(primary_key=True)
    team_id: str
    digest: str
    """SHA-256 of the request's body in hex: the same key with another body is an error."""
    answered: Any = Field(default=None, sa_type=JSONText)
    at: datetime = moment()


class PushedRow(Table, table=True):
    """A request that pushed readings, under its Idempotency-Key, so that a repeated one changes nothing."""

    __tablename__ = "pushed"

    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True)
    key: str = Field(primary_key=True)
    team_id: str
    digest: str
    """SHA-256 of the request's body in hex: the same key with another body is an error."""
    answered: Any = Field(default=None, sa_type=JSONText)
    at: datetime = moment()
