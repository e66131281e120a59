"""Examples of ships and of what the loop clock shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.blocks import decisions, digests, home, initiatives, iterations, loop, notes, progress, ships, tokens
from bot.domain.criterion import Condition, Direction
from bot.domain.decision import Decision, DecisionKind, DecisionLine, LineCondition, ToldDecision
from bot.domain.decision_card import DecisionCard
from bot.domain.digest import Digest, DigestEntry
from bot.domain.home import Home, HomeDecision
from bot.domain.iteration import Iteration, IterationView
from bot.domain.loop import LoopTime, Stamp
from bot.domain.message import Message, View
from bot.domain.ship import Ship, ShipView, Thumb
from bot.domain.timeline import Event, last_events
from bot.examples.world import World

Named = Iterator[tuple[str, Message | View]]


def examples(world: World) -> Named:
    """Yield the builder's name and what it makes."""
    yield from _ships(world)
    yield from _loops(world)
    yield from _lines(world)


def posted(world: World) -> Mapping[str, Message]:
    """Return what is posted, by what people call it."""
    return {
        "announcement of a ship": ships.ship_message(_view(world), world.now),
        "card of a decision": decisions.decision_card(_card(world), world.now),
        "reply about a decision": decisions.decision_reply(_told(world), starts_thread=False),
    }


def _ship(world: World, number: int = 0, *, days_ago: float = 0.2) -> Ship:
    name = "New checkout form <v2>" if number == 0 else f"Step {number}"
    return Ship(number, 0, name, world.now - timedelta(days=days_ago), world.user_id)


def _view(world: World) -> ShipView:
    return ShipView(_ship(world), world.initiative, ups=4, downs=1, notes=2)


def _ships(world: World) -> Named:
    view = _view(world)
    by_program = replace(view.ship, by_program=True, link="https://ci.example.com/runs/1840?a=1&b=2")
    yield "ships.ship_message", ships.ship_message(view, world.now)
    yield "ships.ship_message/program", ships.ship_message(ShipView(by_program, world.initiative), world.now)
    taken = replace(view, ship=replace(view.ship, taken_back=True))
    yield "ships.ship_message/taken back", ships.ship_message(taken, world.now)
    counting = replace(view, ship=replace(view.ship, reactions=True))
    yield "ships.ship_message/reactions", ships.ship_message(counting, world.now)
    yield "ships.shipped_message", ships.shipped_message(view.ship, world.initiative)
    yield "ships.taken_back_message", ships.taken_back_message(view.ship, world.initiative)
    yield "ships.vote_receipt", ships.vote_receipt(view.ship, Thumb.UP, Thumb.DOWN)
    for variant, thumb in (("", Thumb.DOWN), ("/withdrawn", None)):
        yield f"ships.vote_standing{variant}", ships.vote_standing(view.ship, thumb, Thumb.UP)
    yield "ships.vote_withdrawn", ships.vote_withdrawn(view.ship)
    form = ships.ship_form([world.initiative], channel_id=world.channel_id, name="New checkout form")
    yield "ships.ship_form", form
    yield "notes.note_form/ship", notes.note_form(world.initiative, world.channel_id, ship=view.ship)
    token = tokens.ship_token_made(
        world.name,
        address="http://localhost:3000/api/v1/ships",
        token="lmk_shown-once",
        is_public=False,
        working=2,
        revoke_value="0:0",
    )
    yield "tokens.ship_token_made", token
    yield "tokens.ship_tokens_revoked", tokens.ship_tokens_revoked(world.name, 1)
    facts = tuple(_ship(world, number, days_ago=number * 0.02) for number in range(7, 0, -1))
    lines = tuple(replace(each, ships=facts) for each in world.post_lines)
    shipped = replace(world.post_of(lines), ships=facts)
    yield "progress.progress_message/ships", progress.progress_message(shipped).message


def _told(world: World) -> ToldDecision:
    reason = "signups <doubled> & support calls did not"
    decision = Decision(0, DecisionKind.KEEP, reason, world.now, world.user_id, against=True)
    return ToldDecision(world.initiative, decision)


def _time(world: World, number: int, *hours: float | None, days_ago: float = 3) -> LoopTime:
    ship = _ship(world, number, days_ago=days_ago)
    signal, feedback, decision = (
        None if after is None else Stamp(ship.at + timedelta(hours=after)) for after in hours
    )
    return LoopTime(ship, signal, feedback, decision, DecisionKind.CHANGE if decision else None)


def _loops(world: World) -> Named:
    by_day = replace(_time(world, 2, 2, 0, None, days_ago=2), feedback=Stamp(world.now, by_day=True))
    times = (_time(world, 1, 3, 26, 60, days_ago=9), by_day, _time(world, 0, None, 5, None, days_ago=1))
    decide_by = world.initiative.ends_on
    message = loop.loop_report_message(world.initiative, times, decide_by, world.now)
    yield "loop.loop_report_message", message
    yield "loop.loop_report_message/nothing", loop.loop_report_message(world.initiative, (), None, world.now)
    many = [_time(world, number, 1, None, None, days_ago=number) for number in range(20, 0, -1)]
    yield "loop.loop_report_message/many", loop.loop_report_message(world.initiative, many, None, world.now)
    post = replace(world.post, loop=times[2], decide_by=decide_by)
    yield "progress.progress_message/loop", progress.progress_message(post).message
    told = _told(world)
    yield "decisions.decision_reply", decisions.decision_reply(told, starts_thread=True)
    yield "decisions.decided_message", decisions.decided_message(world.initiative, told.decision)
    both = [world.initiative, replace(world.initiative, id=1, name="Other")]
    yield "decisions.decide_form", decisions.decide_form(both, channel_id=world.channel_id)


def _card(world: World) -> DecisionCard:
    def half(place: int, value: str | None, bound: str, direction: Direction) -> LineCondition:
        line = world.post_lines[place]
        known = None if value is None else Decimal(value)
        return LineCondition(
            place, f"{line.line.name} <x>", Condition(direction, Decimal(bound)), line.unit, known
        )

    keep = half(2, "3.4", "3.2", Direction.AT_LEAST)
    stop = half(0, "830", "900", Direction.ABOVE)
    line = DecisionLine(0, keep, stop, world.now.date(), world.user_id)
    return DecisionCard(world.initiative, line, _time(world, 0, 3, 26, None))


def _lines(world: World) -> Named:
    card = _card(world)
    yield "decisions.decision_card", decisions.decision_card(card, world.now)
    assert card.line.keep is not None
    unknown = replace(card.line, keep=replace(card.line.keep, value=None), stop=None)
    yield (
        "decisions.decision_card/no value",
        decisions.decision_card(replace(card, line=unknown, loop=None), world.now),
    )
    decided = replace(card, line=replace(card.line, decision=_told(world).decision))
    yield "decisions.decision_card/decided", decisions.decision_card(decided, world.now)
    yield "decisions.line_written", decisions.line_written(world.initiative, card.line, world.now)
    yield (
        "decisions.line_form",
        decisions.line_form(
            [world.initiative], channel_id=world.channel_id, keep="Conversion >= 3.2", decide_by="2026-12-12"
        ),
    )
    against = decisions.decide_form(
        [world.initiative],
        channel_id=world.channel_id,
        kind=DecisionKind.STOP,
        against=f"The decision line: {card.line.words}.",
    )
    yield "decisions.decide_form/against", against
    overdue = world.now.date() - timedelta(days=3)
    post = replace(world.post, decide_by=overdue)
    digest = Digest((DigestEntry(post),), since=None, now=world.now)
    yield "digests.digest_message/debt", digests.digest_message(digest, number=3).message
    waiting = HomeDecision(0, world.name, overdue, "Europe/Berlin")
    empty = Home((), (), (), 1, 0, world.now, "Europe/Berlin", decisions=(waiting,))
    yield "home.home_view/decision", home.home_view(empty)
    day = timedelta(days=1)
    events = [
        Event(world.now - 16 * day, "🏁", "started"),
        Event(world.now - 3 * day, "🚀", "shipped New checkout form <v2>", world.user_id),
        Event(world.now - 2 * day, "❌", "p95 latency: holds → breached"),
        Event(world.now - day, "🥅", "p95 latency: target 700 → 800", world.user_id),
        Event(world.now, "⚖️", "decided keep, against the decision line: “signups doubled”", world.user_id),
    ]
    lines = [each.line for each in world.post_lines]
    standing = world.post.standing
    today = world.now.date()
    step = Iteration(0, "Cut the address step <2>", today - 5 * day, today + 3 * day, world.user_id)
    iteration = IterationView(world.initiative, step, ships=1, feedback=7, readings=120)
    yield (
        "initiatives.initiative_details/timeline",
        initiatives.initiative_details(
            world.initiative, lines, standing, today, last_events(events, 4), iteration
        ),
    )
    yield "iterations.iteration_started", iterations.iteration_started(iteration, today)
