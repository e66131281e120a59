"""`/criteria token` and `/loop token`: made, shown once, revoked."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks.tokens import ship_token_made, ship_tokens_revoked, token_made, tokens_revoked
from bot.domain.message import Message
from bot.domain.requests import MakeShipToken, MakeToken, RevokeShipTokens, RevokeTokens
from bot.services.ship_tokens import make_ship_token, revoke_for_ships
from bot.services.tokens import draw_token, make_token, revoke
from handlers.context import Click, Incoming, Redrawn
from handlers.criteria import chosen


async def make(request: MakeToken, at: Incoming) -> Message:
    """Make a token and show it, this once."""
    drawn = draw_token()
    made = await at.deps.database.write(make_token, at.actor, request, drawn, at.deps.now())
    settings = at.deps.settings
    return token_made(
        made.found.row.name,
        address=f"{settings.web_address}/api/v1/criteria/{made.public_key}/readings",
        token=drawn.text,
        is_public=settings.public_url is not None,
        working=made.working,
        revoke_value=f"{made.found.row.id}:{made.token_id}",
    )


async def revoke_all(request: RevokeTokens, at: Incoming) -> Message:
    """Make all tokens of a criterion useless."""
    found, count = await at.deps.database.write(revoke, at.actor, request, at.deps.now())
    return tokens_revoked(found.row.name, count)


async def press_revoke(click: Click, at: Incoming) -> Redrawn:
    """Make the token useless under which the button stands; the message that shows it goes."""
    criterion_id, _, token_id = click.value.partition(":")
    found, count = await at.deps.database.write(
        revoke, chosen(at, criterion_id).actor, RevokeTokens(name=""), at.deps.now(), token_id=int(token_id)
    )
    return Redrawn(tokens_revoked(found.row.name, count))


async def make_for_ships(request: MakeShipToken, at: Incoming) -> Message:
    """Make a token with which a program ships, and show it, this once."""
    drawn = draw_token()
    made = await at.deps.database.write(make_ship_token, at.actor, request, drawn, at.deps.now())
    settings = at.deps.settings
    return ship_token_made(
        made.initiative.name,
        address=f"{settings.web_address}/api/v1/ships",
        token=drawn.text,
        is_public=settings.public_url is not None,
        working=made.working,
        revoke_value=f"{made.initiative.id}:{made.token_id}",
    )


async def revoke_all_for_ships(request: RevokeShipTokens, at: Incoming) -> Message:
    """Make all tokens that ship for an initiative useless."""
    initiative, count = await at.deps.database.write(revoke_for_ships, at.actor, request, at.deps.now())
    return ship_tokens_revoked(initiative.name, count)


async def press_revoke_for_ships(click: Click, at: Incoming) -> Redrawn:
    """Make the token useless under which the button stands; the message that shows it goes."""
    initiative_id, _, token_id = click.value.partition(":")
    actor = replace(at.actor, chosen=(("initiative", int(initiative_id)),))
    initiative, count = await at.deps.database.write(
        revoke_for_ships, actor, RevokeShipTokens(), at.deps.now(), token_id=int(token_id)
    )
    return Redrawn(ship_tokens_revoked(initiative.name, count))
