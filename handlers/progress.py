"""`/progress`: a preview only the caller sees, [Post here], and why a post says what it says."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence

from sqlmodel import Session

from bot.blocks.notices import held_decided
from bot.blocks.progress import lines_page, look_message, more_initiatives, posted_here, preview_message
from bot.blocks.why import PAGE, why_message
from bot.db.posts import said_until
from bot.domain.message import Message
from bot.domain.post import ProgressPost
from bot.domain.requests import PreviewProgress
from bot.services.delivery import decide_held
from bot.services.progress import explain_post, post_here, post_of, preview, seen_initiative
from handlers.context import Click, Incoming, Redrawn
from handlers.editing import edit_one_of
from handlers.exporting import export_progress_of, export_readings_of
from handlers.snoozing import snooze

AT_ONCE = 4
"""Private messages in one answer; Slack takes five answers to one command or click."""


async def show_preview(request: PreviewProgress, at: Incoming, offset: int = 0) -> Message:
    """`/progress [for NAME]`: each initiative's post as it would be now, with [Post here]."""
    posts = await at.deps.database.read(preview, at.actor, request.initiative, at.deps.now())
    messages = [
        preview_message(post, press=secrets.token_hex(8), channel_id=at.actor.channel_id)
        for post in posts[offset : offset + AT_ONCE]
    ]
    return await answer_each(
        at, messages, left=len(posts) - offset - AT_ONCE, value=f"preview:{offset + AT_ONCE}"
    )


async def answer_each(at: Incoming, messages: Sequence[Message], *, left: int, value: str) -> Message:
    """Show one person several messages; the last is returned as the answer.

    Args:
        at: Who sees them.
        messages: At most `AT_ONCE`.
        left: How many more there are; none when it is not above zero.
        value: Of the button that goes on.
    """
    *before, last = [*messages, more_initiatives(left, value)] if left > 0 else messages
    for message in before:
        assert at.response_url is not None
        await at.deps.slack.respond(at.response_url, message)
    return last


async def press_post_here(click: Click, at: Incoming) -> Redrawn:
    """[Post here]: put into the outbox once, however often it is pressed."""
    initiative_id, _, press = click.value.partition(":")
    added = await post_here(at.deps, at.actor, int(initiative_id), press)
    return Redrawn(posted_here(at.actor.channel_id, added=added))


async def press_why(click: Click, at: Incoming) -> Message:
    """[Why?]: for each criterion the sentence, the rule, the forecast and the last readings, for this person only."""
    initiative_id, _, typed_offset = click.value.partition(":")
    now, offset = at.deps.now(), int(typed_offset or 0)
    why = await at.deps.database.read(
        explain_post, at.actor, int(initiative_id), now, offset=offset, looked_at=PAGE
    )
    return why_message(
        why.initiative,
        [(each.criterion, each.line, each.every) for each in why.explained],
        offset=offset,
        now=now,
        zone=why.zone,
        forecasts=why.forecasts,
    )


async def press_more(click: Click, at: Incoming) -> Message:
    """[Next 12] under a preview: the lines that did not fit."""
    initiative_id, _, offset = click.value.partition(":")

    def load(session: Session) -> ProgressPost:
        initiative = seen_initiative(session, at.actor, int(initiative_id))
        return post_of(session, initiative, at.deps.now())

    return lines_page(await at.deps.database.read(load), int(offset))


async def press_menu(click: Click, at: Incoming) -> Message | None:
    """A choice in the menu of a progress post: snooze it, edit a criterion, or export its initiative."""
    what, _, initiative_id = click.value.partition(":")
    choices: dict[str, Callable[[int, Incoming], Awaitable[Message | None]]] = {
        "snooze": snooze,
        "edit": edit_one_of,
        "readings": export_readings_of,
        "progress": export_progress_of,
    }
    return await choices[what](int(initiative_id), at)


async def press_look(click: Click, at: Incoming) -> Message:
    """A choice under a digest: one initiative's post, for this person only."""

    def load(session: Session) -> ProgressPost:
        initiative = seen_initiative(session, at.actor, int(click.value))
        since = said_until(session, initiative.id, at.actor.channel_id)
        return post_of(session, initiative, at.deps.now(), since=since)

    return look_message(await at.deps.database.read(load))


async def press_held(click: Click, at: Incoming) -> Redrawn:
    """[It is there] or [Post it again] under the question about a message nobody could look for."""
    decision, _, outbox_id = click.value.partition(":")
    again = decision == "again"
    decided = await decide_held(at.deps, at.actor.user_id, int(outbox_id), again=again)
    return Redrawn(held_decided(again=again, decided=decided))
