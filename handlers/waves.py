"""[Pause], [Resume] and [Stop] of prompts that are asked again and again, and the list of them."""

from __future__ import annotations

from bot.blocks.series import series_changed, series_list
from bot.db.series import series_in_channel
from bot.domain.message import Message
from bot.domain.requests import SeriesChange
from bot.services.waves import change_series
from handlers.context import Click, Incoming


async def press_change(click: Click, at: Incoming) -> Message:
    """[Pause], [Resume] or [Stop] beside a prompt that is asked again and again."""
    to, _, series_id = click.value.partition(":")
    wanted = SeriesChange(to)
    changed = await change_series(at.deps, at.actor, wanted, int(series_id))
    return series_changed(changed.series, wanted, at.deps.now(), revived=changed.revived)


async def more_series(click: Click, at: Incoming) -> Message:
    """[Next] under a list of prompts that are asked again and again."""
    several = await at.deps.database.read(series_in_channel, at.actor.team_id, at.actor.channel_id)
    return series_list(several, at.deps.now(), offset=int(click.value))
