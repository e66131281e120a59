"""`/initiative share` and `unshare`: links to an initiative's page."""

from __future__ import annotations

from datetime import timedelta

from bot.blocks.sharing import link_made, links_revoked, share_warning
from bot.domain.message import Message
from bot.domain.requests import ShareInitiative, UnshareInitiative
from bot.errors import UserError
from bot.services.sharing import ShareWarning, chosen_initiative, make_link, unshare, unshare_link
from handlers.context import Click, Incoming, Redrawn


async def share(request: ShareInitiative, at: Incoming) -> Message:
    """Make a link and show it, or ask first where the initiative's home is private."""
    return await _share(request, at, confirmed=False)


async def press_share(click: Click, at: Incoming) -> Redrawn:
    """Make the link that was asked about."""
    initiative_id, _, seconds = click.value.partition(":")
    request = ShareInitiative(length=timedelta(seconds=int(seconds)))
    chosen = Incoming(at.deps, chosen_initiative(at.actor, int(initiative_id)))
    return Redrawn(await _share(request, chosen, confirmed=True))


async def unshare_all(request: UnshareInitiative, at: Incoming) -> Message:
    """Make the links to an initiative's page useless."""
    done = await at.deps.database.write(unshare, at.actor, request, at.deps.now())
    return links_revoked(done.initiative, done.count, done.left)


async def press_revoke(click: Click, at: Incoming) -> Redrawn:
    """Make the link useless under which the button stands; the message that shows it goes."""
    done = await at.deps.database.write(unshare_link, at.actor, int(click.value), at.deps.now())
    return Redrawn(links_revoked(done.initiative, done.count, done.left))


async def _share(request: ShareInitiative, at: Incoming, *, confirmed: bool) -> Message:
    deps = at.deps
    if deps.settings.public_url is None:
        raise UserError(
            "There is no address at which people reach the page: whoever runs Loopmark has to set LOOPMARK_PUBLIC_URL."
        )
    now = deps.now()
    made = await deps.database.write(make_link, at.actor, request, now, confirmed=confirmed)
    if isinstance(made, ShareWarning):
        return share_warning(made.initiative, made.length)
    signature = deps.seal.sign(made.link.signed_text(deps.team_id))
    return link_made(
        made.initiative,
        address=made.link.address(deps.settings.web_address, signature),
        link_id=made.link.link_id,
        ends_at=made.link.ends_at,
        working=made.working,
        now=now,
        zone=made.zone,
    )
