"""[Pause], [Resume] and [Stop] of prompts that are asked again and again, and the list of them."""

from __future__ import annotations

from bot.blocks.answers import said
from bot.blocks.mrkdwn import person
from bot.blocks.series import series_changed, series_list, series_refused, series_wish
from bot.db.series import series_in_channel
from bot.domain.message import Message
from bot.domain.requests import SeriesChange
from bot.errors import NotAllowedError
from bot.services.waves import asked_series, change_series
from handlers.context import Click, Incoming, Redrawn


async def press_change(click: Click, at: Incoming) -> Message:
    """[Pause], [Resume] or [Stop] beside a prompt that is asked again and again."""
    to, _, series_id = click.value.partition(":")
    wanted = SeriesChange(to)
    try:
        changed = await change_series(at.deps, at.actor, wanted, int(series_id))
    except NotAllowedError as error:
        # Nothing was typed that could be passed on, so the refusal says itself what is wished for.
        return series_refused(str(error), wanted, int(series_id))
    return series_changed(changed.series, wanted, at.deps.now(), revived=changed.revived)


async def ask_owner(click: Click, at: Incoming) -> Redrawn:
    """[Ask the owner] under a refusal: whoever asks it gets the wish, with the buttons that fulfil it."""
    to, _, series_id = click.value.partition(":")
    series = await at.deps.database.read(asked_series, at.actor, int(series_id))
    await at.deps.slack.post(series.asked_by, series_wish(series, SeriesChange(to), at.actor.user_id))
    return Redrawn(said(f"I asked {person(series.asked_by)} by direct message."))


async def more_series(click: Click, at: Incoming) -> Message:
    """[Next] under a list of prompts that are asked again and again."""
    several = await at.deps.database.read(series_in_channel, at.actor.team_id, at.actor.channel_id)
    return series_list(several, at.deps.now(), offset=int(click.value))
