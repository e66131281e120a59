"""Asking for feedback: as one line, or in a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.blocks.asked import asked_message, asked_view
from bot.blocks.asking import TITLE, AskValues, ask_view, read_values
from bot.blocks.privacy import anonymity, named_privacy, privacy_line
from bot.blocks.series import planned_message, planned_view
from bot.blocks.views import loading_view
from bot.domain.asked import check_remind
from bot.domain.audience import Reach, Shown, check_named, check_shown
from bot.domain.entities import ChannelRef, Token, UserRef, quote, read_line, tokenize
from bot.domain.feedback import DEFAULT_FLOOR
from bot.domain.message import Message, View
from bot.domain.prompt import Prompt, PromptKind
from bot.domain.prompt_text import check_close_after, parse_floor
from bot.domain.quantities import parse_count, parse_duration
from bot.domain.reactions import check_reactions
from bot.domain.requests import AskPrompt, OpenAskForm
from bot.domain.rhythms import parse_every
from bot.domain.series import Series, check_rhythm
from bot.errors import DeliveryError, LoopmarkError, UserError
from bot.services.asking import Asked, AskedAgain, ask_prompt, only_initiative
from bot.services.people import known_person
from handlers.building import (
    add_question,
    move_question,
    read_asked,
    to_inputs,
    to_lines,
    to_one,
    typed_questions,
)
from handlers.context import Click, Form, Incoming, ShowView
from handlers.forms import open_form

_OTHER_WORDS = frozenset({"in", "closes", "anonymous", "floor", "reactions", *PromptKind})
"""Words of a typed line that are no part of its rhythm."""


async def ask(request: AskPrompt, at: Incoming) -> Message:
    """`/feedback ask "How clear is it?" scale …`: asked, and said where, until when and who sees what."""
    return _message(await ask_prompt(at.deps, at.actor, request), at)


async def open_ask_form(_request: OpenAskForm, at: Incoming) -> None:
    """`/feedback ask`: the form."""
    await open_form(at, TITLE, lambda: ask_view_of(at, AskValues(channel=at.actor.channel_id)))


async def ask_form(at: Incoming, text: str) -> View:
    """Return the form for a typed line, filled in as far as the line can be read."""
    return await ask_view_of(at, read_typed(text, at.actor.channel_id))


async def submit_ask(form: Form, at: Incoming) -> ShowView:
    """The form, sent: what is wrong with it is said at once; the channel is asked about afterwards."""
    values = read_values(form.values, form.metadata)
    request = read_request(values)
    await at.deps.database.read(known_person, at.actor)
    at.deps.tasks.spawn(_ask_from_form(form.view_id, values, request, at), name="ask from form")
    return ShowView(loading_view(TITLE, "Asking …"))


async def press_mode(click: Click, at: Incoming) -> None:
    """[Ask several questions], [Write them as text], [Show them as inputs] or [Ask one question]: the form that way."""
    turn = {"one": to_one, "blocks": to_inputs, "text": to_lines}[click.value]
    await _rebuild(click, at, turn)


async def press_add_question(click: Click, at: Incoming) -> None:
    """[Add a question] to a form that is put together."""
    await _rebuild(click, at, add_question)


async def press_question_menu(click: Click, at: Incoming) -> None:
    """A question's menu: moved up or down, or removed."""
    move, _, key = click.value.partition(":")
    await _rebuild(click, at, lambda values: move_question(values, move, int(key)))


async def _rebuild(click: Click, at: Incoming, turn: Callable[[AskValues], AskValues]) -> None:
    """Show the form with everything typed so far, turned into another one, or why that can't be."""
    assert click.view_id is not None
    values, problem = read_values(click.values, click.view_metadata), ""
    try:
        values = turn(values)
    except UserError as error:
        problem = str(error)
    await at.deps.slack.update_view(click.view_id, await ask_view_of(at, values, problem=problem))


async def _ask_from_form(view_id: str, values: AskValues, request: AskPrompt, at: Incoming) -> None:
    message: Message | None = None
    try:
        asked = await ask_prompt(at.deps, at.actor, request)
    except LoopmarkError as error:
        view = await ask_view_of(at, values, problem=str(error))
    else:
        view, message = _view(asked, at), _message(asked, at)
    try:
        await at.deps.slack.update_view(view_id, view)
    except DeliveryError as error:
        if error.error != "not_found":
            raise
        if message is not None:  # the form was closed meanwhile
            await at.deps.slack.post(at.actor.user_id, message)


def read_request(values: AskValues) -> AskPrompt:
    """Return what a filled-in form asks for.

    Raises:
        UserError: a field can't be read; it is named by its input.
    """
    if values.floor.strip() and not values.anonymous:
        raise UserError("This is for anonymous prompts. Tick Anonymous, or leave it empty.", field="floor")
    floor = parse_floor(values.floor) if values.floor.strip() else DEFAULT_FLOOR
    close_after = parse_count(values.close_after) if values.close_after.strip() else None
    every = parse_every(values.every) if values.every.strip() else None
    if every is not None:
        check_rhythm(every)
    if values.anonymous:
        check_close_after(close_after, floor)
    people = tuple(UserRef(user_id) for user_id in values.people.split(",") if user_id)
    check_named([person.id for person in people], anonymous=values.anonymous, floor=floor, field="people")
    if people and values.reach == Reach.EVERYONE:
        raise UserError("Choose people here or everyone above, not both.", field="people")
    results = Shown(values.results) if values.results else None
    check_shown(results, anonymous=values.anonymous)
    closes_in = parse_duration(values.closes, field="closes") if values.closes.strip() else None
    check_remind(values.remind, closes_in)
    asked = read_asked(values)
    check_reactions(values.reactions, asked.kind, results, anonymous=values.anonymous)
    return replace(
        asked,
        anonymous=values.anonymous,
        floor=floor,
        channel=ChannelRef(values.channel) if values.channel else None,
        closes_in=closes_in,
        close_after=close_after,
        every=every,
        reach=Reach.NAMED if people else Reach(values.reach),
        people=people,
        results=results,
        remind=values.remind,
        reactions=values.reactions,
    )


def read_typed(text: str, channel_id: str) -> AskValues:
    """Return what can be read of a typed line, wrong parts as they were typed.

    Args:
        text: What followed `/feedback`, as Slack sent it.
        channel_id: Channel the form starts with when none was typed.
    """
    line = read_line(text)
    tokens = tokenize(line)
    form = typed_questions(line)
    cron = [tokens[place + 1] for place, token in enumerate(tokens[:-1]) if token.key == "cron"]
    quoted = [token.text for token in tokens if token.quoted and token not in cron]
    kind, floor, closes, close_after, anonymous = PromptKind.SCALE.value, "", "", "", False
    reach, people, results = Reach.CHANNEL.value, [], ""
    for place, token in enumerate(tokens):
        following = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if token.key in set(PromptKind):
            kind = token.key
        elif token.key == "anonymous":
            anonymous = True
        elif token.key == "floor":
            floor = following
        elif token.key == "in" and place and tokens[place - 1].key == "closes":
            closes = following
        elif token.key == "after" and place and tokens[place - 1].key == "closes":
            close_after = following
        elif token.key == "everyone" and place and tokens[place - 1].key == "to":
            reach = Reach.EVERYONE.value
        elif token.key == "results" and following.casefold() in set(Shown):
            results = following.casefold()
        elif isinstance(token.entity, UserRef):
            people.append(token.entity.id)
        elif isinstance(token.entity, ChannelRef):
            channel_id = token.entity.id
    return AskValues(
        mode="text" if form else "one",
        title=quoted[0] if form and quoted else "",
        lines=form,
        question=quoted[0] if quoted else "",
        kind=kind,
        options="\n".join(quoted[1:]),
        anonymous=anonymous,
        floor=floor,
        channel=channel_id,
        closes=closes,
        close_after=close_after,
        every=_typed_rhythm(tokens),
        reach=reach,
        people=",".join(dict.fromkeys(people)),
        results=results,
        open_options="open" in [token.key for token in tokens],
        remind="remind" in [token.key for token in tokens],
        comment="comment" in [token.key for token in tokens],
        reactions="reactions" in [token.key for token in tokens],
    )


def _typed_rhythm(tokens: Sequence[Token]) -> str:
    """Return what was typed as a rhythm, right or wrong, or nothing."""
    begins = next((place for place, token in enumerate(tokens) if token.key in ("every", "cron")), None)
    if begins is None:
        return ""
    words: list[str] = []
    for token in tokens[begins:]:
        if words and (token.key in _OTHER_WORDS or token.entity is not None):
            break
        words.append(quote(token.text) if token.quoted else token.text)
    return " ".join(words)


async def ask_view_of(at: Incoming, values: AskValues, *, problem: str = "") -> View:
    initiative = await at.deps.database.read(only_initiative, at.actor.team_id, values.channel)
    return ask_view(
        values,
        typed_in=at.actor.channel_id,
        anonymity=anonymity(at.deps.database.dialect, DEFAULT_FLOOR),
        initiative=initiative,
        problem=problem,
    )


def _message(asked: Asked | AskedAgain, at: Incoming) -> Message:
    if isinstance(asked, AskedAgain):
        privacy = _series_privacy(at, asked.series)
        return planned_message(asked.series, asked.initiative, privacy, at.deps.now())
    return asked_message(asked.prompt, asked.initiative, _privacy(at, asked.prompt), asked.unasked)


def _view(asked: Asked | AskedAgain, at: Incoming) -> View:
    if isinstance(asked, AskedAgain):
        privacy = _series_privacy(at, asked.series)
        return planned_view(TITLE, asked.series, asked.initiative, privacy, at.deps.now())
    return asked_view(asked.prompt, asked.initiative, _privacy(at, asked.prompt), asked.unasked)


def _privacy(at: Incoming, prompt: Prompt) -> str:
    return privacy_line(prompt, at.deps.database.dialect)


def _series_privacy(at: Incoming, series: Series) -> str:
    asks = series.request
    if asks.anonymous:
        return anonymity(at.deps.database.dialect, asks.floor)
    return named_privacy(
        asks.kind, asks.results or Shown.LIVE, comment=asks.comment, reactions=asks.reactions
    )
