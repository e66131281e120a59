"""Examples of follow-ups: their list, reminder, forms and answers, and where they stand in digests and on Home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.blocks import digests, follow_ups, home
from bot.domain.digest import Digest, DigestEntry
from bot.domain.follow_up import FollowUpAsked, FollowUpState, FollowUpView
from bot.domain.home import Home
from bot.domain.initiative import InitiativeState
from bot.domain.message import Message, View
from bot.domain.requests import Scope
from bot.examples.world import World

Named = Iterator[tuple[str, Message | View]]


def examples(world: World) -> Named:
    """Yield the builder's name and what it makes."""
    yield from _answers(world)
    yield from _lists(world)
    yield from _forms(world)
    yield from _elsewhere(world)


def posted(world: World) -> Mapping[str, Message]:
    """Return what is posted, by what people call it."""
    asked = FollowUpAsked(world.follow_up(due_in=0))
    return {"reminder of a follow-up": follow_ups.follow_up_message(asked, world.now)}


def _of_closed(world: World, due_in: int) -> FollowUpView:
    view = world.follow_up(2, due_in=due_in)
    return replace(view, initiative=replace(view.initiative, state=InitiativeState.CLOSED))


def _closed(world: World, state: FollowUpState, reason: str = "") -> FollowUpView:
    view = world.follow_up()
    closed = replace(view.follow_up, state=state, reason=reason, closed_by=world.user_id, closed_at=world.now)
    return replace(view, follow_up=closed)


def _snoozed(world: World) -> FollowUpView:
    view = world.follow_up(3, due_in=-2)
    return replace(view, follow_up=replace(view.follow_up, snoozed_until=world.now + timedelta(days=6)))


def _answers(world: World) -> Named:
    view, now = world.follow_up(), world.now
    due = FollowUpAsked(world.follow_up(due_in=0))
    yield "follow_ups.follow_up_message", follow_ups.follow_up_message(due, now)
    asked = FollowUpAsked(_of_closed(world, -3), world.user_id)
    yield "follow_ups.follow_up_message/asked", follow_ups.follow_up_message(asked, now)
    private = replace(due.view, initiative=replace(due.view.initiative, private=True))
    hidden = follow_ups.follow_up_message(FollowUpAsked(private), now)
    yield "follow_ups.follow_up_message/private", hidden
    yield "follow_ups.added_message", follow_ups.added_message(view, now)
    yield "follow_ups.taken_back_message", follow_ups.taken_back_message(view)
    moved = {
        "done": _closed(world, FollowUpState.DONE),
        "not doing": _closed(world, FollowUpState.NOT_DOING, "the <old> checkout is switched off"),
        "snoozed": _snoozed(world),
        "reopened": world.follow_up(due_in=-1),
    }
    for name, each in moved.items():
        yield f"follow_ups.moved_message/{name}", follow_ups.moved_message(each, now)
    sentence = "Only its owner, the initiative's owner or a workspace admin can change the follow-up “<x>”."
    yield "follow_ups.not_yours", follow_ups.not_yours(view, sentence)
    yield "follow_ups.asked_message", follow_ups.asked_message(view)
    later = follow_ups.asked_message(view, "24 Nov 08:00 (Europe/Berlin)")
    yield "follow_ups.asked_message/later", later


def _lists(world: World) -> Named:
    views = [
        world.follow_up(due_in=-3),
        world.follow_up(1),
        _of_closed(world, 9),
        _snoozed(world),
    ]
    listed = follow_ups.follow_up_list(
        views,
        Scope.MINE,
        None,
        page=0,
        total=4,
        left=0,
        now=world.now,
        moved=_closed(world, FollowUpState.DONE),
    )
    yield "follow_ups.follow_up_list", listed
    many = [world.follow_up(number) for number in range(12)]
    long = follow_ups.follow_up_list(
        many, Scope.INITIATIVE, world.initiative, page=0, total=30, left=18, now=world.now
    )
    yield "follow_ups.follow_up_list/many", long
    for scope in (Scope.HERE, Scope.ALL):
        none = follow_ups.follow_up_list([], scope, None, page=0, total=0, left=0, now=world.now)
        yield f"follow_ups.follow_up_list/nothing {scope}", none


def _forms(world: World) -> Named:
    both = [world.initiative, replace(world.initiative, id=1, name="Other")]
    empty = follow_ups.follow_up_form(both[:1], user_id=world.user_id, channel_id=world.channel_id)
    yield "follow_ups.follow_up_form", empty
    filled = {"text": "Write the runbook", "owner": "U0BOB", "due": "2026-12-12", "initiative": "1"}
    form = follow_ups.follow_up_form(both, user_id=world.user_id, channel_id=world.channel_id, filled=filled)
    yield "follow_ups.follow_up_form/filled", form
    yield "follow_ups.not_doing_form", follow_ups.not_doing_form(world.follow_up(), world.channel_id)


def _elsewhere(world: World) -> Named:
    due = tuple(world.follow_up(number, due_in=number - 3) for number in range(9))
    entries = (DigestEntry(world.post, follow_ups=due), DigestEntry(world.post_of(())))
    digest = Digest(entries, since=None, now=world.now)
    yield "digests.digest_message/follow-ups", digests.digest_message(digest, number=3).message
    yield "digests.digest_details/follow-ups", digests.digest_details(digest).message
    long = replace(due[0].follow_up, text="Tell <everybody> & their support teams " * 7)
    many = (replace(due[0], follow_up=long),) * 40
    crowded = replace(digest, entries=(replace(entries[0], follow_ups=many),))
    yield "digests.digest_details/many follow-ups", digests.digest_details(crowded).message
    mine = Home((), (), (), 1, 1, world.now, "Europe/Berlin", follow_ups=due)
    yield "home.home_view/follow-ups", home.home_view(mine)
