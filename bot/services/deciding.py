"""Deciding: keep, change or stop, told in the initiative's thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db.decisions import add_decision, open_line_row, to_decision
from bot.db.homes import redraw_homes
from bot.db.initiatives import find_initiative_by_id, visible_initiatives
from bot.db.iterations import running_row
from bot.db.models import DecisionRow
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.posts import redraw_posts
from bot.db.redraws import ask_redraw
from bot.domain.actor import Actor
from bot.domain.decision import AgainstLineError, Decision, DecisionKind, ToldDecision
from bot.domain.initiative import Initiative
from bot.errors import UserError
from bot.services.decision_lines import to_line
from bot.services.finding import find_initiative
from bot.services.people import known_person
from bot.services.permission import require_owner


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was stored."""

    initiative: Initiative
    decision: Decision


def decidable(session: Session, actor: Actor, name: str | None) -> Initiative:
    """Return an initiative somebody may decide on.

    Raises:
        UserError: none fits (with the nearest names).
        AmbiguousError: several fit.
        NotAllowedError: they neither own it nor are an admin.
        UnknownPersonError: Slack was never asked about them.
    """
    initiative = find_initiative(session, actor, name)
    require_owner(
        known_person(session, actor), initiative.owner_id, None, f"what is decided on “{initiative.name}”"
    )
    return initiative


def own_initiatives(session: Session, actor: Actor) -> list[Initiative]:
    """Return the initiatives somebody may decide on, those of the channel they are in first.

    Raises:
        UserError: there is none.
        UnknownPersonError: Slack was never asked about them.
    """
    person = known_person(session, actor)
    own = [
        each
        for each in visible_initiatives(session, actor)
        if each.owner_id == actor.user_id or person.is_admin
    ]
    if not own:
        raise UserError("You own no open initiative. Deciding is for its owner and workspace admins.")
    return sorted(own, key=lambda each: each.channel_id != actor.channel_id)


def decide(
    session: Session,
    actor: Actor,
    kind: DecisionKind,
    name: str | None,
    reason: str,
    now: datetime,
    *,
    line_id: int | None = None,
) -> Decided:
    """Store a decision and have it told in the thread of the initiative's post; it settles the decision line.

    Args:
        session: An open session.
        actor: Who decides, and where.
        kind: What is decided.
        name: The initiative's, or None for the channel's only one or the chosen one.
        reason: One line, possibly empty.
        now: Aware UTC.
        line_id: The line on whose card somebody pressed, or None.

    Raises:
        AgainstLineError: the decision line does not allow the choice, and no reason is given.
        UserError: no initiative fits.
        AmbiguousError: several fit.
        NotAllowedError: the person neither owns it nor is an admin.
        UnknownPersonError: Slack was never asked about them.
    """
    initiative = decidable(session, actor, name)
    row = open_line_row(session, initiative.id, for_update=True)
    if line_id is not None and (row is None or row.id != line_id):
        raise UserError("That was decided already. `/loop decide` takes another decision.")
    line = to_line(session, row) if row else None
    against = line is not None and kind not in line.allows()
    if line is not None and against and not reason:
        raise AgainstLineError(initiative, kind, line)
    decision = add_decision(
        session,
        team_id=actor.team_id,
        initiative_id=initiative.id,
        kind=kind,
        reason=reason,
        against=against,
        by=actor.user_id,
        now=now,
    )
    running = running_row(session, initiative.id, for_update=True)
    if running is not None:
        running.decision_id = decision.id
        session.add(running)
    if row is not None:
        row.decision_id, row.due_at = decision.id, None
        if row.ts is not None:
            ask_redraw(row, now)
        session.add(row)
    add_to_outbox(
        session,
        team_id=actor.team_id,
        key=f"decision:{decision.id}",
        kind=OutboxKind.DECISION,
        channel_id=initiative.channel_id,
        facts={"decision_id": decision.id},
        now=now,
    )
    redraw_posts(session, initiative.id, now)
    redraw_homes(session, actor.team_id, [initiative.owner_id], now)
    return Decided(initiative, decision)


def told_decision(session: Session, team_id: str, decision_id: int) -> ToldDecision:
    """Return the decision a message tells of; it is told whatever became of the initiative since."""
    row = session.get_one(DecisionRow, decision_id)
    initiative = find_initiative_by_id(session, team_id, row.initiative_id)
    assert initiative is not None, "initiatives are closed, never deleted"

    return ToldDecision(initiative, to_decision(row))


def on_initiative(actor: Actor, initiative_id: int) -> Actor:
    """Return somebody who chose an initiative."""
    return replace(actor, chosen=(("initiative", initiative_id),))
