"""Asking: a prompt is checked, stored with its key, and put into the outbox in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.db.initiatives import initiatives_at_home
from bot.db.outbox import OutboxKind, add_to_outbox
from bot.db.prompts import add_key, add_prompt, to_prompt
from bot.db.series import add_series
from bot.deps import Deps
from bot.domain.actor import Actor, Channel, Person
from bot.domain.asked import check_remind
from bot.domain.audience import Shown, check_named, check_shown
from bot.domain.feedback import validate_floor
from bot.domain.initiative import Initiative
from bot.domain.prompt import Option, Prompt, PromptKind, Question
from bot.domain.reactions import check_reactions
from bot.domain.requests import AskPrompt
from bot.domain.series import Series
from bot.errors import UserError
from bot.seal import Seal, new_prompt_key
from bot.services.channels import check_channel
from bot.services.inviting import check_people, invite, plan_reminders, unasked, whom_to_remind
from bot.services.people import known_person

SCALE = tuple(Option(id=str(step), label=str(step)) for step in range(1, 6))
SCORE = tuple(Option(id=str(step), label=str(step)) for step in range(11))
THUMBS = (Option(id="up", label="Thumbs up 👍"), Option(id="down", label="Thumbs down 👎"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt that was stored and is on its way.

    Attributes:
        prompt: The prompt.
        initiative: What it is about, or None when that is the channel alone.
        unasked: Sentences on people who get no direct message now, or none.
    """

    prompt: Prompt
    initiative: Initiative | None
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A series that was stored; its first wave is asked at its first run.

    Attributes:
        series: The series.
        initiative: What it is about, or None when that is the channel alone.
    """

    series: Series
    initiative: Initiative | None


async def ask_prompt(deps: Deps, actor: Actor, request: AskPrompt) -> Asked | AskedAgain:
    """Store a prompt and have it posted in its channel, now or at each run of its rhythm.

    Args:
        deps: The bundle.
        actor: Who asks, and where.
        request: As read by bot/domain/prompt_text.py, which knows its limits.

    Raises:
        UserError: field ``floor``, ``channel``, ``to`` or ``results``; nothing is stored then.
        UnknownPersonError: Slack was never asked for the person's zone.
        DeliveryError: Slack could not be asked about the channel.
    """
    validate_floor(request.floor)
    named = [named.id for named in request.people]
    check_named(named, anonymous=request.anonymous, floor=request.floor)
    check_shown(request.results, anonymous=request.anonymous)
    check_remind(request.remind, request.closes_in)
    check_reactions(request.reactions, request.kind, request.results, anonymous=request.anonymous)
    person = await deps.database.read(known_person, actor)
    channel = await _channel(deps, actor, request)
    await check_people(deps, actor.team_id, request.people)
    # Of a prompt that is asked again, those are reminded who are there when a wave is asked.
    reminds = request.remind and request.every is None
    remind = reminds and await whom_to_remind(deps, channel.channel_id, actor.user_id, request.people)
    cap = deps.settings.prompts_per_week
    asked = await deps.database.write(
        _store, deps.seal, actor, person, channel, request, deps.now(), remind=remind or (), cap=cap
    )
    deps.wake.set()
    return asked


async def _channel(deps: Deps, actor: Actor, request: AskPrompt) -> Channel:
    if request.channel is not None:
        return await check_channel(deps, actor.team_id, request.channel.id, name=request.channel.name)
    if actor.channel_id[:1] not in {"C", "G"}:
        raise UserError(
            "Prompts are asked in channels. Add `in`, type # and choose the channel from Slack's list.",
            field="channel",
        )
    # What Slack sends as the name of a private channel in a command.
    name = "" if actor.channel_name == "privategroup" else actor.channel_name
    return await check_channel(deps, actor.team_id, actor.channel_id, name=name)


def _store(
    session: Session,
    seal: Seal,
    actor: Actor,
    person: Person,
    channel: Channel,
    request: AskPrompt,
    now: datetime,
    *,
    remind: Sequence[str],
    cap: int,
) -> Asked | AskedAgain:
    initiative = initiative_of(session, actor, channel)
    if request.every is None:
        return put_prompt(session, seal, person, channel, request, initiative, now, remind=remind, cap=cap)
    series = add_series(
        session,
        team_id=actor.team_id,
        request=request,
        cadence=request.every,
        channel=channel,
        initiative_id=initiative.id if initiative else None,
        asked_by=actor.user_id,
        zone=person.zone,
        now=now,
    )
    return AskedAgain(series, initiative)


def put_prompt(
    session: Session,
    seal: Seal,
    asker: Person,
    channel: Channel,
    request: AskPrompt,
    initiative: Initiative | None,
    now: datetime,
    *,
    remind: Sequence[str],
    cap: int,
    series_id: int | None = None,
    key: str | None = None,
    form: Sequence[Question] | None = None,
) -> Asked:
    """Store an open prompt, with its key when it is anonymous, and its message.

    Args:
        session: An open session.
        seal: Encrypts the prompt's key.
        asker: Who asks; times are shown in their zone.
        channel: Where.
        request: What; its channel and rhythm do not matter here.
        initiative: What it is about, or None.
        now: Aware UTC.
        remind: Slack user ids of those who get a reminder.
        cap: Messages that ask which a person gets in a week at most.
        series_id: Row id of the series it is a wave of, or None.
        key: Of its message in the outbox, unique; None for one made of the prompt's id.
        form: The questions of a form under ids they had before; None for new ones.
    """
    row = add_prompt(
        session,
        team_id=asker.team_id,
        question=request.question,
        kind=request.kind,
        options=options_of(request.kind, request.options),
        anonymous=request.anonymous,
        floor=request.floor,
        channel_id=channel.channel_id,
        initiative_id=initiative.id if initiative else None,
        asked_by=asker.user_id,
        zone=asker.zone,
        now=now,
        closes_at=now + request.closes_in if request.closes_in else None,
        close_after=request.close_after,
        series_id=series_id,
        reach=request.reach,
        named=[named.id for named in request.people],
        results=request.results or (Shown.HIDDEN if request.anonymous else Shown.LIVE),
        open_options=request.open_options,
        comment=request.comment,
        form=questions_of(request) if form is None else form,
        reactions=request.reactions,
    )
    prompt = to_prompt(row, channel.name)
    if prompt.anonymous:
        add_key(session, asker.team_id, prompt.id, seal.seal(new_prompt_key()))
    add_to_outbox(
        session,
        team_id=asker.team_id,
        key=key or f"prompt:{prompt.id}",
        kind=OutboxKind.PROMPT,
        channel_id=channel.channel_id,
        facts={"prompt_id": prompt.id},
        now=now,
    )
    invite(session, prompt, asker.team_id, now, cap=cap)
    if remind:
        plan_reminders(session, prompt, asker.team_id, remind, now)
    return Asked(prompt, initiative, unasked(session, prompt.id, cap=cap))


def initiative_of(session: Session, actor: Actor, channel: Channel) -> Initiative | None:
    """Return the initiative a prompt is about: the only one at home where it is asked, or where it was typed.

    One whose home is private is not taken along into another channel.
    """
    there = only_initiative(session, actor.team_id, channel.channel_id)
    here = only_initiative(session, actor.team_id, actor.channel_id)
    return there or (here if here is not None and not here.private else None)


def only_initiative(session: Session, team_id: str, channel_id: str) -> Initiative | None:
    """Return the initiative a channel is home to, or None when there is none or several."""
    here = initiatives_at_home(session, team_id, channel_id)
    return here[0] if len(here) == 1 else None


def options_of(kind: PromptKind, labels: Sequence[str] = ()) -> tuple[Option, ...]:
    """Return what can be chosen of a question, each under an id of its own; `labels` are those whoever asks named."""
    match kind:
        case PromptKind.SCALE:
            return SCALE
        case PromptKind.SCORE | PromptKind.ENPS:
            return SCORE
        case PromptKind.THUMBS:
            return THUMBS
        case _:
            return tuple(Option(id=f"o{place}", label=label) for place, label in enumerate(labels, start=1))


def questions_of(request: AskPrompt) -> tuple[Question, ...]:
    """Return the questions of a form, each under an id of its own; none for another prompt."""
    return tuple(
        Question(
            id=f"q{place}",
            text=asked.text,
            kind=asked.kind,
            options=options_of(asked.kind, asked.options),
            comment=asked.comment,
            optional=asked.optional,
        )
        for place, asked in enumerate(request.questions, start=1)
    )


def new_option_id() -> str:
    """Return an id that no option had before: answers to one that was removed may still be there, sealed."""
    return f"o{secrets.token_hex(4)}"


def new_question_id() -> str:
    """Return an id that no question had before: answers to one that was removed may still be there, sealed."""
    return f"q{secrets.token_hex(4)}"
