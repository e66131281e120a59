"""Adding an option to a prompt."""

from __future__ import annotations

import json

from bot.blocks.open_options import TITLE, option_added_view, option_view
from bot.domain.message import View
from bot.services.open_options import add_option, prompt_to_extend
from handlers.context import Click, Form, Incoming, ShowView
from handlers.forms import open_form


async def press_add(click: Click, at: Incoming) -> None:
    """[Add an option] under a prompt that takes more: the form."""

    async def build() -> View:
        return option_view(await prompt_to_extend(at.deps, at.actor, int(click.value)))

    await open_form(at, TITLE, build)


async def submit_option(form: Form, at: Incoming) -> ShowView:
    """An option, sent: added, and no vote."""
    prompt_id = int(json.loads(form.metadata)["prompt"])
    prompt, label = await add_option(at.deps, at.actor, prompt_id, form.values.get("label", ""))
    return ShowView(option_added_view(prompt, label))
