"""Reading the source of a criterion that is being added, before it counts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db.drafts import claim_drafts, draft_due, release_drafts
from bot.db.models import DraftRow
from bot.deps import Deps
from bot.domain.preview import Preview
from bot.errors import SourceError, UserError
from bot.services.adding import Added, DraftState, Proposal, save_proposal, to_proposal
from bot.services.polling import lease_length, read_source
from bot.services.previews import make_preview


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """The right to read one draft's source.

    Attributes:
        draft_id: The draft.
        lease_token: Proves the claim.
    """

    draft_id: str
    lease_token: str


@dataclass(frozen=True, slots=True)
class DraftOutcome:
    """What reading a draft's source came to.

    Attributes:
        proposal: The draft as it is stored now, with the value or the cause.
        added: The saved criterion, when a typed line could be saved at once; else None.
        refusal: Why a typed line could not be saved although its source was read, or None.
        preview: What a form's criterion would show, or None where its source was not read or it is saved.
    """

    proposal: Proposal
    added: Added | None
    refusal: UserError | None = None
    preview: Preview | None = None


async def claim_reading_drafts(deps: Deps, limit: int) -> list[DraftClaim]:
    """Take drafts whose source is to be read; nothing is written when there are none."""
    now = deps.now()
    if not await deps.database.read(draft_due, deps.team_id, DraftState.READING, now):
        return []
    claims = []
    for _ in range(limit):
        token = secrets.token_hex(16)
        draft_ids = await deps.database.write(
            claim_drafts,
            deps.team_id,
            state=DraftState.READING,
            now=now,
            limit=1,
            lease_until=now + lease_length(deps),
            lease_token=token,
        )
        if not draft_ids:
            break
        claims.append(DraftClaim(draft_id=draft_ids[0], lease_token=token))
    return claims


async def read_draft(deps: Deps, claim: DraftClaim) -> DraftOutcome | None:
    """Read a draft's source and keep what was found with it.

    A line typed in full is saved at once when its source can be read; a form waits for [Save].

    Returns:
        None when the claim was lost meanwhile.
    """
    proposal = await deps.database.read(_proposal, claim.draft_id)
    found: dict[str, str]
    try:
        observed = await read_source(deps, proposal.request.source, channel_id=proposal.initiative.channel_id)
        found = {"value": str(observed.value), "at": observed.at.isoformat()}
    except SourceError as error:
        found = {"failure": str(error)}
        if error.cause == "address_refused":
            found["refused"] = "yes"
    kept = await deps.database.write(_keep, claim, found, deps.now())
    if kept is None:
        return None
    if kept.state is DraftState.READ and kept.view_id is None:
        try:
            added = await deps.database.write(save_proposal, kept.actor, claim.draft_id, deps)
        except UserError as error:
            return DraftOutcome(proposal=kept, added=None, refusal=error)
        deps.wake.set()
        return DraftOutcome(proposal=kept, added=added)
    preview = None
    if kept.state is DraftState.READ:
        preview = await deps.database.read(make_preview, kept, deps)
    return DraftOutcome(proposal=kept, added=None, preview=preview)


async def give_draft_back(deps: Deps, claim: DraftClaim) -> None:
    """Make a claimed draft due again, unread."""
    await deps.database.write(release_drafts, claim.lease_token)


def _proposal(session: Session, draft_id: str) -> Proposal:
    return to_proposal(session, session.get_one(DraftRow, draft_id))


def _keep(session: Session, claim: DraftClaim, found: dict[str, str], now: datetime) -> Proposal | None:
    row = session.get(DraftRow, claim.draft_id, with_for_update=True)
    if row is None or row.lease_token != claim.lease_token or row.expires_at <= now:
        return None
    row.found = found
    row.state = DraftState.FAILED if "failure" in found else DraftState.READ
    row.due_at = row.lease_until = row.lease_token = None
    session.add(row)
    return to_proposal(session, row)
