"""Exporting: what somebody may see of criteria and of prompts as files, sent to their direct messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.db.criteria import Found, criteria_of, visible_criteria
from bot.db.goalposts import goalposts_since
from bot.db.history import changes_within, count_within, readings_within
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.export import Exported, File, export_criteria, export_progress, export_results
from bot.domain.requests import ExportResponses, PromptResults
from bot.errors import UserError
from bot.services.closing import prompt_results
from bot.services.finding import find_criterion, find_initiative
from bot.services.lines import by_need, standing_of
from bot.services.progress import seen_initiative
from bot.services.prompts import PromptView

MOST_READINGS = 100_000
"""Readings in one export: about 10 MB as JSON."""

MOST_CHANGES = 10_000
AHEAD = timedelta(days=1)
"""How far a reading may lie ahead of this clock and still be exported."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Export:
    """Files that are ready to be sent.

    Attributes:
        files: CSV and JSON.
        criteria: How many criteria are in them.
        readings: How many readings.
    """

    files: tuple[File, ...]
    criteria: int
    readings: int


def criteria_export(session: Session, actor: Actor, name: str | None, now: datetime) -> Export:
    """Return the readings of one criterion, or of all of the channel's, or else of all somebody sees.

    Raises:
        UserError: field ``name``; none has that name, there is none at all, or there are too many readings.
        AmbiguousError: several have that name.
    """
    wanted = _nearest(session, actor) if name is None else [find_criterion(session, actor, name)]
    return _readings(session, wanted, now)


def criteria_export_of(session: Session, actor: Actor, initiative_id: int, now: datetime) -> Export:
    """Return the readings of an initiative whose post somebody sees.

    Raises:
        UserError: it is not to be seen, has no criterion, or too many readings.
    """
    return _readings(session, criteria_of(session, seen_initiative(session, actor, initiative_id)), now)


def _readings(session: Session, wanted: Sequence[Found], now: datetime) -> Export:
    _refuse_nothing(wanted)
    end = now + AHEAD
    total = sum(count_within(session, each.criterion.id, BEGINNING, end) for each in wanted)
    if total > MOST_READINGS:
        raise UserError(
            f"That is {total:,} readings, and a file takes {MOST_READINGS:,} at most. "
            "Name one criterion: `/criteria export NAME`.",
            field="name",
        )
    exported = [_with_readings(session, each, end, MOST_READINGS) for each in wanted]
    return Export(export_criteria(exported, now), len(wanted), total)


def progress_export(session: Session, actor: Actor, name: str | None, now: datetime) -> Export:
    """Return where the criteria of an initiative, of the channel's, or else of all one sees stand now.

    Raises:
        UserError: field ``initiative``; none has that name, or there is no criterion.
        AmbiguousError: several have that name.
    """
    if name is None:
        return _progress(_nearest(session, actor), now)
    return _progress(criteria_of(session, find_initiative(session, actor, name)), now)


def progress_export_of(session: Session, actor: Actor, initiative_id: int, now: datetime) -> Export:
    """Return where the criteria of an initiative stand whose post somebody sees.

    Raises:
        UserError: it is not to be seen, or has no criterion.
    """
    return _progress(criteria_of(session, seen_initiative(session, actor, initiative_id)), now)


async def send_export(deps: Deps, actor: Actor, load: Callable[[Session, Actor, datetime], Export]) -> Export:
    """Send files to somebody's direct messages, at most once, and return what was sent.

    Raises:
        UserError: as `load` says.
        DeliveryError: Slack took no file; error ``missing_scope`` without the scope ``files:write``.
    """
    now = deps.now()
    export = await deps.database.read(lambda session: load(session, actor, now))
    await deps.slack.upload(actor.user_id, export.files, comment="Your export from Loopmark")
    return export


async def send_results(deps: Deps, actor: Actor, request: ExportResponses) -> PromptView:
    """Send what may be shown of a prompt's answers to somebody's direct messages, at most once; no name is in it.

    Raises:
        UserError: no prompt fits, or nothing of it may be shown (yet), which the sentence explains.
        AmbiguousError: several fit.
        DeliveryError: as `send_export` says.
    """
    view = await prompt_results(deps, actor, PromptResults(request.number, request.title))
    if view.tally.counts is None:
        raise UserError(f"There is nothing to export: {view.tally.hidden_because}")
    files = export_results(view.prompt, view.tally, deps.now())
    await deps.slack.upload(actor.user_id, files, comment="Your export from Loopmark")
    return view


def _progress(wanted: Sequence[Found], now: datetime) -> Export:
    _refuse_nothing(wanted)
    ordered = sorted(wanted, key=lambda each: (each.initiative.name, by_need(standing_of(each))))
    exported = [Exported(each.initiative, each.criterion, each.report) for each in ordered]
    return Export(export_progress(exported, now), len(wanted), 0)


def _nearest(session: Session, actor: Actor) -> Sequence[Found]:
    """Return the criteria at home in the channel somebody is in, or all they see where it has none."""
    seen = visible_criteria(session, actor)
    return [each for each in seen if each.initiative.channel_id == actor.channel_id] or seen


def _refuse_nothing(wanted: Sequence[Found]) -> None:
    if not wanted:
        raise UserError("There are no criteria to export yet. Add one: `/criteria add`.", field="name")


def _with_readings(session: Session, found: Found, end: datetime, most: int) -> Exported:
    criterion = found.criterion
    changes = changes_within(session, criterion.id, BEGINNING, end, most=MOST_CHANGES)
    return Exported(
        found.initiative,
        criterion,
        found.report,
        readings_within(session, criterion.id, BEGINNING, end, most=most),
        changes[::-1],
        goalposts_since(session, [criterion.id], BEGINNING).get(criterion.id, ()),
    )
