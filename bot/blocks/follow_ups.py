"""What people see of follow-ups: the list, the reminder, forms, and the private answers around them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.blocks.mrkdwn import channel, escape, person, shorten
from bot.blocks.parts import (
    actions,
    button,
    confirm,
    context,
    input_block,
    option,
    overflow,
    section,
    select_input,
    text_input,
)
from bot.blocks.phrases import plural
from bot.blocks.views import modal
from bot.domain.follow_up import (
    REASON_LIMIT,
    TEXT_LIMIT,
    FollowUp,
    FollowUpAsked,
    FollowUpMove,
    FollowUpState,
    FollowUpView,
    show_weekday,
)
from bot.domain.initiative import Initiative
from bot.domain.message import Block, Message, View
from bot.domain.requests import Scope
from bot.domain.wallclock import day_at

FORM = "follow_up"
TITLE = "Add a follow-up"
REASON_FORM = "follow_up_reason"
REASON_TITLE = "Not doing it"
SHOWN = 12
"""Follow-ups in one answer; the others come with [Next 12]."""

EXAMPLE = '/loop follow-up "Write the runbook" owner @Alice by 12 Dec'

_VERBS = {
    FollowUpMove.DONE: "Done",
    FollowUpMove.SNOOZE: "Snooze a week",
    FollowUpMove.NOT_DOING: "Not doing",
}


def follow_up_message(asked: FollowUpAsked, now: datetime) -> Message:
    """Tell an owner, by direct message, that a follow-up of theirs is due, or that somebody asks about it."""
    view = asked.view
    what, due = _what(view), view.due_words(now)
    # Elsewhere nothing of a private initiative is listed.
    where = f" in {channel(view.initiative.channel_id)}" if view.initiative.private else ""
    if asked.by is None:
        text = f"{_sign(view, now)} A follow-up of yours is *{due}*: {what}."
    else:
        text = f"{person(asked.by)} asks: is {what} done? It is yours, and *{due}*."
    return Message(
        text=shorten(text, 3_900),
        blocks=(
            section(text),
            actions(*_moves(view.follow_up, primary=True)),
            context(f"`/loop follow-ups mine`{where} lists all of yours."),
        ),
    )


def added_message(view: FollowUpView, now: datetime) -> Message:
    """Return the answer when a follow-up was added, with [Undo]."""
    text = f"☐ Kept: {_what(view)}. {person(view.follow_up.owner_id)} sees to it, *{view.due_words(now)}*."
    rest = "It stands in digests from a week before; its owner is told once, on the day."
    sure = confirm("Undo it?", "It is as if it had never been added.", "Undo")
    undo = button("Undo", "undo_follow_up", str(view.follow_up.id), confirm=sure)
    return Message(text=f"{text} {rest}", blocks=(section(text), context(rest), actions(undo)))


def taken_back_message(view: FollowUpView) -> Message:
    """Return the answer when a follow-up was taken back; its text can be copied from it."""
    text = f"Taken back: {_what(view)} is no follow-up."
    return Message(text=text, blocks=(section(text),))


def moved_message(view: FollowUpView, now: datetime) -> Message:
    """Return where a follow-up stands after a press, with the way back."""
    return Message(text=_stands(view, now), blocks=tuple(_moved(view, now)))


def not_yours(view: FollowUpView, sentence: str) -> Message:
    """Refuse a press of somebody else's follow-up, with [Ask the owner].

    Args:
        view: The follow-up.
        sentence: Why, not escaped.
    """
    text = escape(sentence)
    owner = view.follow_up.owner_id
    ask = button("Ask the owner", "ask_follow_up", str(view.follow_up.id), label=f"Ask {view.follow_up.text}")
    return Message(text=text, blocks=(section(text), context(f"Its owner is {person(owner)}."), actions(ask)))


def asked_message(view: FollowUpView, later: str = "") -> Message:
    """Return the answer to [Ask the owner]; `later` says when they get it where that is not now."""
    what = f"{person(view.follow_up.owner_id)} by direct message about {_what(view)}, in your name"
    text = f"I asked {what}." if not later else f"I ask {what}, at {later}: until then they have quiet hours."
    return Message(text=text, blocks=(section(text),))


def follow_up_list(
    views: Sequence[FollowUpView],
    scope: Scope,
    initiative: Initiative | None,
    *,
    page: int,
    total: int,
    left: int,
    now: datetime,
    moved: FollowUpView | None = None,
) -> Message:
    """Return the answer to `/loop follow-ups`: one page of it.

    Args:
        views: The page, in order.
        scope: Which list was asked for.
        initiative: The only one it is about, or None.
        page: From 0.
        total: Follow-ups in the list.
        left: How many come after this page.
        now: Aware UTC.
        moved: What was just done to one of them, or None.
    """
    value = scope_value(scope, initiative)
    place = f"{page}:{value}"
    blocks: list[Block] = _moved(moved, now, place) if moved else []
    if total:
        head = f"{total} open {plural(total, 'follow-up')}{_where(scope, initiative)}"
    else:
        head = f"No open follow-ups{_where(scope, initiative)}."
    blocks.append(section(f"*{head}*" if total else head))
    blocks += [_row(view, now, place) for view in views]
    if not total:
        blocks.append(context(f"On one line: `{EXAMPLE}`"))
    add = add_follow_up_button(initiative) if initiative else button("Add a follow-up", "add_follow_up")
    following = button(f"Next {min(left, SHOWN)}", "more_follow_ups", f"{page + 1}:{value}")
    blocks.append(actions(add, *([following] if left > 0 else [])))
    text = "\n".join([head, *(_line(view, now) for view in views), *([f"and {left} more"] if left else [])])
    return Message(text=shorten(text, 3_900), blocks=tuple(blocks))


def scope_value(scope: Scope, initiative: Initiative | None) -> str:
    """Return a list's name as a button's value carries it: ``mine``, or ``initiative.12``."""
    return f"{scope}.{initiative.id}" if initiative else str(scope)


def follow_up_form(
    initiatives: Sequence[Initiative],
    *,
    user_id: str,
    channel_id: str,
    filled: Mapping[str, str] | None = None,
) -> View:
    """Return the modal in which a follow-up is added.

    Args:
        initiatives: To choose from, the most likely first; at least one, and one alone needs no choice.
        user_id: The person, proposed as owner.
        channel_id: Where it was opened.
        filled: Field → text to start with; ``initiative`` is a row id.
    """
    filled = filled or {}
    owner = {"type": "users_select", "action_id": "owner", "initial_user": filled.get("owner") or user_id}
    due: dict[str, object] = {"type": "datepicker", "action_id": "due"}
    if filled.get("due"):
        due["initial_date"] = filled["due"]
    blocks = [
        text_input(
            "text",
            "What is to be done?",
            initial=filled.get("text", ""),
            placeholder="Write the runbook",
            max_length=TEXT_LIMIT,
        ),
        input_block("owner", "Owner", owner, hint="Who sees to it. They are told once, on the day."),
        input_block("due", "By", due),
    ]
    if len(initiatives) == 1:
        blocks.append(section(f"For *{escape(initiatives[0].name)}*"))
    else:
        choices = {str(each.id): option(each.name, str(each.id), _home(each)) for each in initiatives[:100]}
        first = choices.get(filled.get("initiative", "")) or next(iter(choices.values()))
        blocks.append(select_input("initiative", "Initiative", list(choices.values()), initial=first))
    metadata = {"channel": channel_id, "initiative": initiatives[0].id}
    return modal(TITLE, blocks, callback_id=FORM, submit="Add", metadata=json.dumps(metadata))


def not_doing_form(view: FollowUpView, channel_id: str) -> View:
    """Return the modal that asks why a follow-up is not done."""
    return modal(
        REASON_TITLE,
        [
            section(_what(view)),
            text_input(
                "reason",
                "Why not, in one sentence",
                placeholder="The old checkout is switched off",
                max_length=REASON_LIMIT,
            ),
            context("It stands in the initiative's timeline."),
        ],
        callback_id=REASON_FORM,
        submit="Not doing it",
        metadata=json.dumps({"channel": channel_id, "follow_up": view.follow_up.id}),
    )


def follow_up_menu(follow_up: FollowUp, place: str = "") -> Block:
    """Return the menu of an open follow-up; `place` names the page of the list it stands in."""
    choices = [option(verb, _value(move, follow_up, place)) for move, verb in _VERBS.items()]
    return overflow(f"follow_up:{follow_up.id}", choices)


def follow_up_words(view: FollowUpView, now: datetime) -> str:
    """Return ``⚠️ *Write the runbook*: 3 d overdue`` as mrkdwn, with when a snoozed one comes back."""
    words = view.due_words(now)
    until = view.follow_up.snoozed_until
    if until is not None and view.follow_up.is_snoozed(now):
        zone = view.initiative.zone
        words += f", snoozed until {show_weekday(day_at(until, zone), day_at(now, zone))}"
    return f"{_sign(view, now)} *{escape(view.follow_up.text)}*: {words}"


def initiative_words(view: FollowUpView) -> str:
    """Return the initiative's name as mrkdwn, and that it is closed."""
    return f"{escape(view.initiative.name)}{' (closed)' if view.of_closed else ''}"


def add_follow_up_button(initiative: Initiative) -> Block:
    """Return [Add a follow-up], which opens the form for an initiative."""
    label = f"Add a follow-up to {initiative.name}"
    return button("Add a follow-up", "add_follow_up", str(initiative.id), label=label)


def _moved(view: FollowUpView, now: datetime, place: str = "") -> list[Block]:
    follow_up = view.follow_up
    text = _stands(view, now)
    if follow_up.is_open and not follow_up.is_snoozed(now):
        return [section(text), actions(*_moves(follow_up, place))]
    word = "Take back" if follow_up.is_open else "Reopen"
    value = _value(FollowUpMove.REOPEN, follow_up, place)
    back = button(word, "follow_up:reopen", value, label=f"{word}: {follow_up.text}")
    return [section(text), actions(back)]


def _stands(view: FollowUpView, now: datetime) -> str:
    follow_up = view.follow_up
    by = f", by {person(follow_up.closed_by)}" if follow_up.closed_by else ""
    if follow_up.state is FollowUpState.DONE:
        return f"✅ Done: {_what(view)}{by}."
    if follow_up.state is FollowUpState.NOT_DOING:
        return f"🚫 Not doing: {_what(view)}{by}. “{escape(follow_up.reason)}”"
    if follow_up.snoozed_until is not None and follow_up.is_snoozed(now):
        zone = view.initiative.zone
        day = show_weekday(day_at(follow_up.snoozed_until, zone), day_at(now, zone))
        owner = person(follow_up.owner_id)
        return f"💤 Snoozed until {day}: {_what(view)}. Digests and Home leave it out, then I tell {owner} again."
    return f"{_sign(view, now)} Open: {_what(view)}, *{view.due_words(now)}*."


def _row(view: FollowUpView, now: datetime, place: str) -> Block:
    owner = person(view.follow_up.owner_id)
    text = f"{follow_up_words(view, now)}\n_{initiative_words(view)}_ · {owner}"
    return section(
        text, block_id=f"follow_up:{view.follow_up.id}", accessory=follow_up_menu(view.follow_up, place)
    )


def _line(view: FollowUpView, now: datetime) -> str:
    return f"{follow_up_words(view, now).replace('*', '')} ({initiative_words(view)})"


def _what(view: FollowUpView) -> str:
    return f"*{escape(view.follow_up.text)}* of *{initiative_words(view)}*"


def _where(scope: Scope, initiative: Initiative | None) -> str:
    if initiative is not None:
        return f" of {escape(initiative.name)}"
    return {Scope.HERE: " in this channel", Scope.MINE: " of yours"}.get(scope, " you can see")


def _sign(view: FollowUpView, now: datetime) -> str:
    if view.follow_up.is_snoozed(now):
        return "💤"
    return "⚠️" if view.is_overdue(now) else "☐"


def _value(move: FollowUpMove, follow_up: FollowUp, place: str) -> str:
    return f"{move}:{follow_up.id}" + (f":{place}" if place else "")


def _moves(follow_up: FollowUp, place: str = "", *, primary: bool = False) -> list[Block]:
    return [
        button(
            verb,
            f"follow_up:{move}",
            _value(move, follow_up, place),
            style="primary" if primary and move is FollowUpMove.DONE else None,
            label=f"{verb}: {follow_up.text}",
        )
        for move, verb in _VERBS.items()
    ]


def _home(initiative: Initiative) -> str:
    return f"#{initiative.channel_name}" if initiative.channel_name else ""
