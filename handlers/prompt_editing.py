"""`/feedback edit`: the form of a prompt, filled in; what would be dropped is said before it is saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.blocks.prompt_editing import (
    NO_INITIATIVE,
    OPTION,
    TITLE,
    dropping,
    edit_view,
    edited_prompt_view,
)
from bot.blocks.question_editing import question_blocks
from bot.domain.audience import Reach, Shown
from bot.domain.formatting import format_duration
from bot.domain.message import View
from bot.domain.prompt import OWN_OPTIONS, Option, Prompt, PromptKind
from bot.domain.prompt_text import parse_floor
from bot.domain.quantities import parse_count, parse_duration
from bot.domain.question_text import parse_question
from bot.domain.reactions import ANSWERED_BY_REACTION
from bot.domain.requests import EditPrompt
from bot.errors import UserError
from bot.services.audience_editing import AudienceEdit, know_new_people
from bot.services.prompt_editing import (
    Drops,
    Editable,
    PromptEdit,
    edit_prompt,
    find_editable_prompt,
)
from handlers.context import Form, Incoming, ShowView
from handlers.forms import open_form

_MINUTE = timedelta(minutes=1)


async def open_edit(request: EditPrompt, at: Incoming) -> None:
    """`/feedback edit [#12]`: who may not edit it is told before there is a form."""

    def find(session: Session) -> Editable:
        return find_editable_prompt(
            session, at.actor, at.deps.now(), number=request.number, title=request.title
        )

    found = await at.deps.database.read(find)

    async def build() -> View:
        return form_view(found, filled_of(found.prompt, at.deps.now()), at)

    await open_form(at, TITLE, build)


async def submit_edit(form: Form, at: Incoming) -> ShowView:
    """The form, sent: saved, or shown again with what would be dropped."""
    about = json.loads(form.metadata)
    prompt_id = int(about["prompt"])
    chosen = replace(at.actor, chosen=(("prompt", prompt_id),))
    asked = await at.deps.database.read(find_editable_prompt, chosen, at.deps.now())
    wanted = read_edit(asked.prompt, form.values, about).audience
    assert wanted is not None
    await know_new_people(at.deps, at.actor.team_id, asked.prompt, wanted)
    cap = at.deps.settings.prompts_per_week

    def save(session: Session) -> View:
        now = at.deps.now()
        found = find_editable_prompt(session, chosen, now)
        change = read_edit(found.prompt, form.values, about)
        outcome = edit_prompt(session, at.actor, prompt_id, change, now, cap=cap)
        if not isinstance(outcome, Drops):
            return edited_prompt_view(outcome.prompt, next_waves=outcome.next_waves)
        warning = dropping(outcome.labels, outcome.answers, is_anonymous=found.prompt.anonymous)
        values = {**form.values, "closes_before": about["closes"]}
        return form_view(found, values, at, confirmed=outcome.key, warning=warning)

    view = await at.deps.database.write(save)
    at.deps.wake.set()
    return ShowView(view)


def filled_of(prompt: Prompt, now: datetime) -> dict[str, str]:
    """Return what the form starts with."""
    left = max(prompt.closes_at - now, _MINUTE) if prompt.closes_at else None
    return {
        "question": prompt.question,
        "kind": prompt.kind.value,
        "comment": "yes" if prompt.comment else "",
        **{f"{OPTION}{option.id}": option.label for option in prompt.options},
        "floor": str(prompt.floor),
        "closes": format_duration(left) if left else "",
        "close_after": str(prompt.close_after or ""),
        "initiative": str(prompt.initiative_id or NO_INITIATIVE),
        "to": prompt.reach.value,
        "people": ",".join(prompt.named),
        "results": prompt.results.value,
        "open_options": "yes" if prompt.open_options else "",
        "reactions": "yes" if prompt.reactions else "",
    }


def read_edit(prompt: Prompt, values: Mapping[str, str], about: Mapping[str, str]) -> PromptEdit:
    """Return what a filled-in form changes.

    Args:
        prompt: As it is stored.
        values: The form's.
        about: What the form remembers: `closes` as it was filled in, and what is `confirmed`.

    Raises:
        UserError: field ``question``, ``floor``, ``closes`` or ``close_after`` can't be read.
    """
    kind = PromptKind(values.get("kind") or prompt.kind)
    closes, floor = values.get("closes", "").strip(), values.get("floor", "").strip()
    close_after, initiative = values.get("close_after", "").strip(), values.get("initiative", "")
    return PromptEdit(
        question=parse_question(values.get("question", "")),
        kind=kind,
        options=read_options(prompt.options if prompt.kind in OWN_OPTIONS else (), kind, values),
        floor=parse_floor(floor) if floor else None,
        comment=bool(values.get("comment")),
        closes_in=parse_duration(closes, field="closes") if closes else None,
        keeps_closing_time=closes == about["closes"],
        close_after=parse_count(close_after) if close_after else None,
        initiative_id=_initiative_id(prompt, initiative),
        audience=_read_audience(prompt, kind, values),
        next_waves=bool(values.get("next_waves")),
        confirmed=about["confirmed"],
    )


def _read_audience(prompt: Prompt, kind: PromptKind, values: Mapping[str, str]) -> AudienceEdit:
    people = tuple(filter(None, values.get("people", "").split(",")))
    reach = values.get("to", "")
    if people and reach == Reach.EVERYONE:
        raise UserError("Choose people here or everyone above, not both.", field="people")
    results = values.get("results", "") or prompt.results.value
    usual = Shown.HIDDEN if prompt.anonymous else Shown.LIVE
    return AudienceEdit(
        # Emptied of people, one that named them is for the channel's members again.
        reach=Reach.NAMED if people else Reach.EVERYONE if reach == Reach.EVERYONE else Reach.CHANNEL,
        people=people,
        results=usual if results == "usual" else Shown(results),
        # An input stands in the form only where the prompt can have it.
        open_options=bool(values.get("open_options")) and kind in (PromptKind.CHOICE, PromptKind.SEVERAL),
        reactions=bool(values.get("reactions")) and kind in ANSWERED_BY_REACTION,
    )


def read_options(
    former: Sequence[Option], kind: PromptKind, values: Mapping[str, str]
) -> tuple[tuple[str | None, str], ...]:
    """Return the options a filled-in form names: (id or None for a new one, label); emptied ones are left out.

    Args:
        former: The options whoever asked named before.
        kind: How it is answered from now on.
        values: The form's.
    """
    if kind not in OWN_OPTIONS:
        return ()
    # One that was added after the form was opened has no input in it, and stays.
    named: list[tuple[str | None, str]] = [
        (option.id, values.get(f"{OPTION}{option.id}", option.label)) for option in former
    ]
    named += [(None, line) for line in values.get("options", "").splitlines()]
    return tuple((option_id, label) for option_id, label in named if label.strip())


def _initiative_id(prompt: Prompt, chosen: str) -> int | None:
    if not chosen:
        return prompt.initiative_id
    return None if chosen == NO_INITIATIVE else int(chosen)


def form_view(
    found: Editable,
    values: Mapping[str, str],
    at: Incoming,
    *,
    confirmed: str = "",
    warning: str = "",
    said: str = "",
) -> View:
    """Return the form of a prompt, filled in, as `edit_view` says."""
    return edit_view(
        found.prompt,
        values,
        found.initiatives,
        channel_id=at.actor.channel_id,
        has_own_options=found.prompt.kind in OWN_OPTIONS,
        is_wave=found.series is not None,
        confirmed=confirmed,
        warning=warning,
        questions=question_blocks(found.prompt),
        said=said,
    )
