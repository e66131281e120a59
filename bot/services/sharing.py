"""Sharing: links to an initiative's page, made by those who may see it, ended by time or revoked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.initiatives import find_initiative_by_id
from bot.db.models import PageLinkRow
from bot.db.page_links import add_page_link, find_page_link, revoke_page_links, working_page_links
from bot.db.people import find_person
from bot.domain.actor import Actor, Person
from bot.domain.initiative import Initiative
from bot.domain.page_link import PageLink
from bot.domain.requests import ShareInitiative, UnshareInitiative
from bot.errors import NotAllowedError, UserError
from bot.services.finding import find_initiative
from bot.services.people import known_person

MOST_LINKS = 20
"""Links of one initiative that work at the same time: more than anybody keeps an eye on."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that works now.

    Attributes:
        initiative: Whose page it shows.
        link: The link, not signed yet.
        working: How many links of the initiative work now, this one included.
        zone: IANA zone of whoever made it.
    """

    initiative: Initiative
    link: PageLink
    working: int
    zone: str


@dataclass(frozen=True, slots=True)
class ShareWarning:
    """What has to be confirmed before a link is made: the initiative's home is private.

    Attributes:
        initiative: The initiative.
        length: How long the link would work.
    """

    initiative: Initiative
    length: timedelta


@dataclass(frozen=True, slots=True)
class Unshared:
    """Links that work no more.

    Attributes:
        initiative: Whose page they showed.
        count: How many worked until now.
        left: How many others still work.
    """

    initiative: Initiative
    count: int
    left: int


def make_link(
    session: Session, actor: Actor, request: ShareInitiative, now: datetime, *, confirmed: bool = False
) -> MadeLink | ShareWarning:
    """Let whoever has a link read an initiative's page, and return the link.

    Args:
        session: An open session.
        actor: Who asks, and from where.
        request: What was typed.
        now: Aware UTC.
        confirmed: True when the person saw the warning about a private home.

    Returns:
        The link, or what the person has to confirm first (nothing is stored then).

    Raises:
        UserError: none has that name, or it has too many links.
        AmbiguousError: several have that name.
        NotAllowedError: its home is private, and somebody else asks.
        UnknownPersonError: Slack was never asked about the person, whose zone the page has.
    """
    person = known_person(session, actor)
    initiative = find_initiative(session, actor, request.name)
    if initiative.private and initiative.owner_id != person.user_id:
        raise NotAllowedError(
            f"“{initiative.name}” lives in a private channel. Only its owner can make a link to its page.",
            owner_id=initiative.owner_id,
        )
    if len(working_page_links(session, initiative.id, now)) >= MOST_LINKS:
        raise UserError(
            f"“{initiative.name}” has {MOST_LINKS} links already. Revoke them first: "
            f'`/initiative unshare "{initiative.name}"`.',
            field="initiative",
        )
    if initiative.private and not confirmed:
        return ShareWarning(initiative, request.length)
    row = add_page_link(
        session,
        team_id=actor.team_id,
        initiative_id=initiative.id,
        created_by=person.user_id,
        now=now,
        ends_at=(now + request.length).replace(microsecond=0),
    )
    assert row.id is not None
    return MadeLink(
        initiative=initiative,
        link=PageLink(initiative.id, row.id, row.ends_at),
        working=len(working_page_links(session, initiative.id, now)),
        zone=person.zone,
    )


def shared_with(session: Session, initiative_id: int, now: datetime) -> list[tuple[str, datetime]]:
    """Return who made each link to an initiative's page that works, and until when, those that end last first."""
    return [(row.created_by, row.ends_at) for row in working_page_links(session, initiative_id, now)]


def unshare(session: Session, actor: Actor, request: UnshareInitiative, now: datetime) -> Unshared:
    """Make the links to an initiative's page useless: all for its owner and admins, their own for others.

    Raises:
        UserError: none has that name, or no link of it works that they can revoke.
        AmbiguousError: several have that name.
        UnknownPersonError: Slack was never asked about the person.
    """
    person = known_person(session, actor)
    initiative = find_initiative(session, actor, request.name)
    whose = None if _may_revoke_all(person, initiative) else person.user_id
    count = revoke_page_links(session, initiative.id, now, created_by=whose)
    left = len(working_page_links(session, initiative.id, now))
    if not count:
        raise UserError(_nothing_to_revoke(initiative, left), field="initiative")
    return Unshared(initiative, count, left)


def unshare_link(session: Session, actor: Actor, link_id: int, now: datetime) -> Unshared:
    """Make one link useless.

    Raises:
        UserError: it works no more already, or is somebody else's.
        UnknownPersonError: Slack was never asked about the person.
    """
    person = known_person(session, actor)
    row = find_page_link(session, actor.team_id, link_id, now)
    if row is None:
        raise UserError("That link works no more already.")
    initiative = find_initiative_by_id(session, actor.team_id, row.initiative_id)
    assert initiative is not None, "initiatives are never deleted"
    if row.created_by != person.user_id and not _may_revoke_all(person, initiative):
        raise NotAllowedError(
            "Only whoever made a link, the initiative's owner or a workspace admin can revoke it.",
            owner_id=initiative.owner_id,
        )
    count = revoke_page_links(session, initiative.id, now, link_id=link_id)
    return Unshared(initiative, count, len(working_page_links(session, initiative.id, now)))


def opened_link(
    session: Session, team_id: str, link: PageLink, now: datetime
) -> tuple[PageLinkRow, Initiative, Person] | None:
    """Return what a link that works stands for, with whoever made it; None when it works no more.

    A home that became private, or another owner, ends the links of all but the owner; somebody who is deactivated
    has no links any more.
    """
    row = find_page_link(session, team_id, link.link_id, now)
    if row is None or row.initiative_id != link.initiative_id:
        return None
    initiative = find_initiative_by_id(session, team_id, row.initiative_id)
    maker = find_person(session, team_id, row.created_by)
    if initiative is None or maker is None or maker.is_deleted:
        return None
    if initiative.private and initiative.owner_id != maker.user_id:
        return None
    return row, initiative, maker


def chosen_initiative(actor: Actor, initiative_id: int) -> Actor:
    """Return the same person, who picked the initiative with a row id."""
    return replace(actor, chosen=(("initiative", initiative_id),))


def _may_revoke_all(person: Person, initiative: Initiative) -> bool:
    return person.is_admin or initiative.owner_id == person.user_id


def _nothing_to_revoke(initiative: Initiative, left: int) -> str:
    if left:
        others = "1 link of somebody else's works" if left == 1 else f"{left} links of other people's work"
        return f"You made no link to “{initiative.name}” that works. {others}: its owner can revoke all."
    return (
        f'“{initiative.name}” has no link that works. Make one with `/initiative share "{initiative.name}"`.'
    )
