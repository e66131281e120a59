"""Who may change what: the item's owner, the initiative's owner and workspace admins."""

from __future__ import annotations

from bot.domain.actor import Person
from bot.domain.initiative import Initiative
from bot.errors import NotAllowedError


def require_owner(person: Person, owner_id: str, initiative: Initiative | None, what: str) -> None:
    """Make sure a person may change an item.

    Args:
        person: Who asks.
        owner_id: Slack user id of the item's owner.
        initiative: The initiative it belongs to, whose owner may too, or None.
        what: The item as the sentence names it, e.g. ``the criterion “p95 latency”``.

    Raises:
        NotAllowedError: they are neither owner nor admin.
    """
    allowed = {owner_id} | ({initiative.owner_id} if initiative else set())
    if person.user_id in allowed or person.is_admin:
        return
    raise NotAllowedError(
        f"Only its owner, the initiative's owner or a workspace admin can change {what}.", owner_id=owner_id
    )
