"""Replying to what was written anonymously, and opening a reply with its code."""

from __future__ import annotations

import json

from bot.blocks.inboxes import REPLY_TITLE, inbox_form, inbox_view, replied_view, reply_view
from bot.domain.inbox import KEPT, parse_code
from bot.domain.message import View
from bot.domain.requests import OpenInbox, OpenInboxForm
from bot.domain.wallclock import day_at
from bot.services.inboxes import open_inbox
from bot.services.replying import reply_to_words, words_to_reply
from handlers.context import Click, Form, Incoming, ShowView
from handlers.forms import open_form


async def press_reply(click: Click, at: Incoming) -> None:
    """[Reply] under words in the results of an anonymous prompt: the form."""
    prompt_id, _, address = click.value.partition(":")

    async def build() -> View:
        written = await words_to_reply(at.deps, at.actor, int(prompt_id), address)
        return reply_view(written.prompt, written.inbox, written.text)

    await open_form(at, REPLY_TITLE, build)


async def submit_reply(form: Form, at: Incoming) -> ShowView:
    """A reply, sent: it waits for whoever has the code, and nothing else happens."""
    about, reply = json.loads(form.metadata), form.values.get("reply", "")
    written = await reply_to_words(at.deps, at.actor, int(about["prompt"]), about["inbox"], reply)
    until = day_at(at.deps.now(), written.prompt.zone) + KEPT
    return ShowView(replied_view(written.text, reply, until))


async def show_inbox(request: OpenInbox, at: Incoming) -> None:
    """`/feedback inbox CODE`: one's own words with their reply, in a modal, which is gone when it is closed."""
    opened = await open_inbox(at.deps, at.actor, request.code)
    assert at.trigger_id is not None
    await at.deps.slack.open_view(at.trigger_id, inbox_view(opened.prompt, opened.answers))


async def open_inbox_form(_request: OpenInboxForm, at: Incoming) -> None:
    """`/feedback inbox`: asks for the code in a modal."""
    assert at.trigger_id is not None
    await at.deps.slack.open_view(at.trigger_id, inbox_form(at.actor.channel_id))


async def submit_code(form: Form, at: Incoming) -> ShowView:
    """A code typed in the form: what it opens."""
    opened = await open_inbox(at.deps, at.actor, parse_code(form.values.get("code", "")))
    return ShowView(inbox_view(opened.prompt, opened.answers))
