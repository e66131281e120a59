"""Prompts: found by number or title, seen with what may be shown of their answers, posted once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.db import notes, prompts
from bot.db.models import PromptRow
from bot.db.responses import count_people, responses_of
from bot.db.series import earlier_waves, series_in_channel
from bot.deps import Deps
from bot.domain.actor import Actor
from bot.domain.feedback import suppress, tally
from bot.domain.names import fold, nearest
from bot.domain.note import Note
from bot.domain.prompt import Prompt, PromptKind, PromptState, Question, Tally
from bot.domain.series import Series
from bot.domain.trend import MOST_WAVES, Trend, trend_of
from bot.domain.wallclock import show_moment
from bot.errors import AmbiguousError, UserError
from bot.services.kin import is_given_away

PAGE = 12
"""Prompts on one page of a list, and written answers on one page of results."""

NOTES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PromptView:
    """A prompt with what may be shown of its answers.

    Attributes:
        prompt: The prompt.
        tally: What may be shown of its answers.
        trends: How each question of a wave compares with the waves before it; empty for other prompts.
        unasked: Sentences on people who got no direct message, for whoever asked alone.
        may_reply: Whether whoever looks may reply to what was written.
    """

    prompt: Prompt
    tally: Tally
    trends: tuple[Trend | None, ...] = ()
    unasked: tuple[str, ...] = ()
    may_reply: bool = False


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a channel's list shows.

    Attributes:
        prompts: One page, open ones first.
        offset: How many come before this page.
        total: How many prompts the channel has had.
        notes: The channel's latest notes, newest first; empty on later pages.
        notes_total: How many notes were typed in the channel.
        series: What is asked again and again in the channel; empty on later pages.
    """

    prompts: tuple[PromptView, ...]
    offset: int
    total: int
    notes: tuple[Note, ...]
    notes_total: int
    series: tuple[Series, ...] = ()


def view_of(session: Session, row: PromptRow, viewer: str = "") -> PromptView:
    """Return a prompt as it is stored now, with what may be shown of its answers.

    The stored state decides: a prompt whose closing time has passed counts as open until it is closed,
    which happens within a tick, and at once for whoever asks for its results. `viewer` is the Slack user id of
    the one person who looks, or empty where others see it too.
    """
    prompt = prompts.to_prompt(row, prompts.channel_name_of(session, row))
    view = _view(session, prompt, viewer)
    return with_trends(session, view) if prompt.state is PromptState.CLOSED else view


def with_trends(session: Session, view: PromptView) -> PromptView:
    """Return a wave of a series with what it and those before it came to; any other prompt as it is."""
    prompt = view.prompt
    if prompt.series_id is None or view.trends:
        return view
    team_id = prompts.team_of(session, prompt.id)
    rows = earlier_waves(session, team_id, prompt.series_id, before=prompt.number, limit=MOST_WAVES - 1)
    before = [_view(session, prompts.to_prompt(row)) for row in reversed(rows)]
    waves = [(each.prompt, each.tally) for each in (*before, view)]
    if prompt.kind is not PromptKind.FORM:
        return replace(view, trends=(trend_of(waves),))
    return replace(view, trends=tuple(_trend_of_question(waves, question) for question in prompt.form))


def _trend_of_question(waves: Sequence[tuple[Prompt, Tally]], question: Question) -> Trend | None:
    """Return how a question of a form was answered wave by wave; waves that did not ask it are left out."""
    asked = [
        (prompt.about(each), part)
        for prompt, tally in waves
        for each, part in zip(prompt.form, tally.parts, strict=True)
        if each.id == question.id and each.kind is question.kind
    ]
    return trend_of(asked)


def _view(session: Session, prompt: Prompt, viewer: str = "") -> PromptView:
    # At its creation an open prompt is open whatever its closing time; a closed one is closed at any moment.
    # The answers come in the order of their random ids, so a shuffle that repeats (a page after the other)
    # shows nothing that a fresh one would hide.
    rng = random.Random(prompt.id)
    responses, people = responses_of(session, prompt.id), count_people(session, prompt)
    shown = tally(prompt, responses, people, prompt.created_at, rng, for_asker=viewer == prompt.asked_by)
    if prompt.anonymous and shown.counts is not None:
        shown = _suppressed(session, prompt, shown)
    return PromptView(prompt, shown)


def _suppressed(session: Session, prompt: Prompt, shown: Tally) -> Tally:
    """Return what is shown of an anonymous prompt without what other results would tell apart."""

    def suppressed(question: Question, part: Tally) -> Tally:
        if question.kind is PromptKind.TEXT or part.counts is None:
            return part
        return suppress(part, prompt.floor) if is_given_away(session, prompt, question) else part

    if prompt.kind is PromptKind.FORM:
        pairs = zip(prompt.form, shown.parts, strict=True)
        return replace(shown, parts=tuple(suppressed(*pair) for pair in pairs))
    return suppressed(prompt.questions[0], shown)


def prompt_to_post(session: Session, prompt_id: int) -> PromptView:
    """Return what the message of a prompt shows now.

    Raises:
        UserError: there is no such prompt.
    """
    row = prompts.find_prompt_row(session, prompt_id)
    if row is None:
        raise UserError("That prompt is gone.")
    return view_of(session, row)


def mark_posted(session: Session, prompt_id: int, channel_id: str, ts: str) -> None:
    """Keep where a prompt's message stands; a redraw that was asked for on the way can happen now."""
    row = prompts.find_prompt_row(session, prompt_id)
    if row is not None:
        row.channel_id, row.ts = channel_id, ts


def find_prompt(
    session: Session,
    actor: Actor,
    *,
    number: int | None = None,
    title: str | None = None,
    open_only: bool = False,
) -> Prompt:
    """Return the prompt that is meant.

    Args:
        session: An open session.
        actor: Who asks, from where, and what they chose among several.
        number: As in `#12`, or None.
        title: The question, or None; without either the channel's only open one is meant, or its latest
            closed one when none is open.
        open_only: Look among open ones when neither number nor title is given.

    Raises:
        UserError: none fits (with the nearest questions).
        AmbiguousError: several fit.
    """
    chosen = actor.choice("prompt")
    if chosen is not None:
        return _chosen(session, actor, chosen)
    if number is not None:
        found = prompts.visible_prompts(session, actor, number=number)
        if not found:
            raise UserError(f"There is no prompt #{number}. Type `/feedback list` to see this channel's.")
        return found[0]
    if title is not None:
        return _by_title(session, actor, title)
    here = prompts.prompts_in_channel(session, actor.team_id, actor.channel_id)
    still_open = [prompt for prompt in here if prompt.state is PromptState.OPEN]
    if still_open:
        return _only_one(still_open, "Which prompt do you mean?")
    if open_only or not here:
        what = "open prompt" if open_only else "prompt"
        raise UserError(f'This channel has no {what}. Ask one: `/feedback ask "How clear is it?" scale`.')
    return here[0]


def _chosen(session: Session, actor: Actor, prompt_id: int) -> Prompt:
    for prompt in prompts.visible_prompts(session, actor):
        if prompt.id == prompt_id:
            return prompt
    raise UserError("That prompt is gone. Type `/feedback list`.")


def _by_title(session: Session, actor: Actor, title: str) -> Prompt:
    seen = prompts.visible_prompts(session, actor)
    matches = _newest_waves([prompt for prompt in seen if fold(prompt.question) == fold(title)])
    here = [prompt for prompt in matches if prompt.channel_id == actor.channel_id]
    if matches:
        return _only_one(here or matches, f"More than one prompt asks “{title}”. Which one?")
    near = nearest(title, [prompt.question for prompt in seen])
    hint = "Did you mean " + " or ".join(f"“{question}”" for question in near) + "?" if near else ""
    raise UserError(f"There is no prompt “{title}”. {hint or 'Type `/feedback list` to see them.'}")


def _newest_waves(matches: Sequence[Prompt]) -> list[Prompt]:
    """Return prompts of one question without those that were asked again since."""
    newest: dict[int, int] = {}
    for prompt in matches:
        if prompt.series_id is not None:
            newest[prompt.series_id] = max(prompt.number, newest.get(prompt.series_id, 0))
    return [
        prompt for prompt in matches if prompt.series_id is None or newest[prompt.series_id] == prompt.number
    ]


def _only_one(candidates: Sequence[Prompt], question: str) -> Prompt:
    if len(candidates) == 1:
        return candidates[0]
    raise AmbiguousError(
        question,
        what="prompt",
        candidates=[(prompt.id, f"#{prompt.number} {prompt.question}") for prompt in candidates],
    )


def closed_since(prompt: Prompt, now: datetime) -> str:
    """Return the sentence part that says since when a prompt is closed, with its zone."""
    since = show_moment(prompt.closed_at or prompt.closes_at or now, now, prompt.zone)
    return f"“{prompt.question}” has been closed since {since} ({prompt.zone})"


async def list_feedback(deps: Deps, actor: Actor, *, offset: int = 0) -> Feedback:
    """Return one page of a channel's prompts, and with the first page its latest notes."""

    def load(session: Session) -> Feedback:
        where = (session, actor.team_id, actor.channel_id)
        page = prompts.prompts_in_channel(*where, offset=offset, limit=PAGE)
        latest = notes.notes_in_channel(*where, limit=NOTES_SHOWN) if offset == 0 else []
        return Feedback(
            prompts=tuple(_view(session, prompt) for prompt in page),
            offset=offset,
            total=prompts.count_prompts_in_channel(*where),
            notes=tuple(latest),
            notes_total=notes.count_notes_in_channel(*where),
            series=tuple(series_in_channel(*where)) if offset == 0 else (),
        )

    return await deps.database.read(load)
