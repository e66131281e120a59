"""Closed answers: what the `feedback` source may see of a prompt, for one criterion."""

from __future__ import annotations

from sqlmodel import Session, col, select

from bot.db.models import ChannelRow, CriterionRow, InitiativeRow, PromptRow
from bot.db.series import latest_wave
from bot.deps import Database
from bot.domain.prompt import Prompt, PromptState, Tally
from bot.services.prompts import view_of


class ClosedAnswers:
    """Looks at prompts as somebody in the criterion's home channel could."""

    def __init__(
        self, database: Database, team_id: str, *, criterion_id: int | None, channel_id: str | None
    ) -> None:
        """Look for one criterion.

        Args:
            database: Units of database work.
            team_id: Slack workspace id.
            criterion_id: Row id, or None while it is not saved yet.
            channel_id: Home channel of its initiative, where it is not saved yet; else None.
        """
        self._database = database
        self._team_id = team_id
        self._criterion_id = criterion_id
        self._channel_id = channel_id

    async def closed(self, number: int) -> tuple[Prompt, Tally] | None:
        """Return a prompt with what its results show, or None where it can't be seen from the home channel.

        A wave stands for its series: the wave that was asked last of those that have closed is read.

        The floor is kept by `bot.domain.feedback.tally`, the same that makes the results people see.
        """
        return await self._database.read(self._load, number)

    def _load(self, session: Session, number: int) -> tuple[Prompt, Tally] | None:
        row = session.exec(
            select(PromptRow).where(col(PromptRow.team_id) == self._team_id, col(PromptRow.number) == number)
        ).first()
        if row is None:
            return None
        channel = session.get(ChannelRow, (row.team_id, row.channel_id))
        # A channel nobody asked Slack about may be private.
        if (channel is None or channel.is_private) and row.channel_id != self._home(session):
            return None
        if row.series_id is not None:
            closed = latest_wave(session, self._team_id, row.series_id, state=PromptState.CLOSED)
            row = row if closed is None else closed
        view = view_of(session, row)
        return view.prompt, view.tally

    def _home(self, session: Session) -> str | None:
        if self._criterion_id is None:
            return self._channel_id
        return session.exec(
            select(InitiativeRow.channel_id)
            .join(CriterionRow, col(CriterionRow.initiative_id) == col(InitiativeRow.id))
            .where(col(CriterionRow.id) == self._criterion_id)
        ).first()
