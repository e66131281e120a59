"""`/criteria export`, `/progress export`, `/feedback export` and [Export]: files, by direct message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.blocks.exporting import exported_message, results_exported_message
from bot.domain.actor import Actor
from bot.domain.message import Message
from bot.domain.requests import ExportCriteria, ExportProgress, ExportResponses
from bot.services.exporting import (
    Export,
    criteria_export,
    criteria_export_of,
    progress_export,
    progress_export_of,
    send_export,
    send_results,
)
from handlers.context import Incoming


async def export_criteria(request: ExportCriteria, at: Incoming) -> Message:
    """`/criteria export [NAME]`: every reading, as CSV and as JSON."""
    return await _send(at, lambda session, actor, now: criteria_export(session, actor, request.name, now))


async def export_progress(request: ExportProgress, at: Incoming) -> Message:
    """`/progress export [for NAME]`: where every criterion stands now."""
    return await _send(
        at, lambda session, actor, now: progress_export(session, actor, request.initiative, now)
    )


async def export_readings_of(initiative_id: int, at: Incoming) -> Message:
    """Every reading of an initiative, chosen in the menu of a post."""
    return await _send(at, lambda session, actor, now: criteria_export_of(session, actor, initiative_id, now))


async def export_progress_of(initiative_id: int, at: Incoming) -> Message:
    """Where an initiative stands, chosen in the menu of a post."""
    return await _send(at, lambda session, actor, now: progress_export_of(session, actor, initiative_id, now))


async def export_responses(request: ExportResponses, at: Incoming) -> Message:
    """`/feedback export [#12]`: what results show, as CSV and as JSON."""
    view = await send_results(at.deps, at.actor, request)
    return results_exported_message(view.prompt, view.tally.responses)


async def _send(at: Incoming, load: Callable[[Session, Actor, datetime], Export]) -> Message:
    export = await send_export(at.deps, at.actor, load)
    return exported_message(export.criteria, export.readings)
