"""Examples of what `/criteria`, `/initiative` and `help` show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from bot.blocks import (
    adding,
    answers,
    checkins,
    criteria,
    exporting,
    help,
    history,
    initiatives,
    recipes,
    secrets,
    sharing,
    strikes,
    tokens,
    views,
)
from bot.blocks.answers import said
from bot.blocks.parts import section
from bot.domain import secret
from bot.domain.criterion import CriterionState, Kind, SourceKind, Status
from bot.domain.gaps import Gap
from bot.domain.goalpost import tell_goalposts
from bot.domain.history import History, thin_out
from bot.domain.message import Message, View
from bot.domain.period import DEFAULT_PERIOD, resolve_period
from bot.domain.post import TREND
from bot.domain.prompt import PromptKind, PromptState
from bot.domain.reading import Origin, Reading
from bot.domain.recipe import search_recipes
from bot.domain.requests import Scope
from bot.domain.standing import worst
from bot.domain.strike import Struck
from bot.domain.usage import SUBCOMMANDS
from bot.examples.world import URL, World

Named = Iterator[tuple[str, Message | View]]

DRAFT = "0f3a9c"
PATH = "$.checkout['p95 <ms>']"
FAILURE = "HTTP 401 from api.example.com"


def examples(world: World) -> Named:
    """Yield the builder's name and what it makes."""
    yield from _secrets(world)
    yield from _showing(world)
    yield from _history(world)
    yield from _initiatives(world)
    yield from _shared()


def _secrets(world: World) -> Named:
    at = world.now - timedelta(days=3)
    stored = secret.Secret("GRAFANA", ("grafana.example.com", ".example.org"), world.user_id, at)
    given = secret.Secret("METRICS", ("metrics.internal",), None, None)
    several = [
        secret.Secret(f"KEY_{number}", (f"host-{number}.example.com",), world.user_id, at)
        for number in range(22)
    ]
    shown = partial(secrets.secrets_list, now=world.now, zone="Europe/Berlin")
    yield "secrets.secrets_list", shown([stored, given])
    yield "secrets.secrets_list/none", shown([])
    yield "secrets.secrets_list/unknown", shown([], asked="GRAFANA")
    yield "secrets.secrets_list/one", shown([stored], asked="GRAFANA")
    yield "secrets.secrets_list/long", shown(several)
    yield "secrets.secret_form", secrets.secret_form()
    yield "secrets.secret_form/change", secrets.secret_form("GRAFANA", stored.hosts, exists=True)
    yield "secrets.secret_saved", secrets.secret_saved(stored)
    every = search_recipes("")
    yield "recipes.recipes_list", recipes.recipes_list(every, "")
    yield "recipes.recipes_list/one", recipes.recipes_list(search_recipes("zendesk"), "zendesk")
    yield "recipes.recipes_list/some", recipes.recipes_list(search_recipes("down"), "down")
    yield "recipes.recipes_list/none", recipes.recipes_list(every, "<pypy>", ["pypi"], in_none=True)


def _showing(world: World) -> Named:
    initiative, lines = world.initiative, [each.line for each in world.post_lines]
    groups = [(initiative.name, worst(line.standing for line in lines), lines)]
    yield "criteria.criteria_list", criteria.criteria_list(groups, Scope.HERE, scope_value="here")
    long = [each.line for each in world.long_post.lines]
    many = [
        (initiative.name, worst(line.standing for line in long), long[criteria.SHOWN : 2 * criteria.SHOWN])
    ]
    yield (
        "criteria.criteria_list/long",
        criteria.criteria_list(
            many, Scope.ALL, scope_value="all", page=1, left=len(long) - 2 * criteria.SHOWN
        ),
    )
    for scope in Scope:
        yield f"criteria.criteria_list/no {scope.value}", criteria.criteria_list([], scope, scope_value="")
    by_hand = Reading(
        world.now - timedelta(hours=1), Decimal(910), Origin.MANUAL, by=world.user_id, note="after <it> broke"
    )
    for kind, state in (
        (SourceKind.HTTP_JSON, CriterionState.OPEN),
        (SourceKind.MANUAL, CriterionState.PAUSED),
        (SourceKind.SQL, CriterionState.OPEN),
        (SourceKind.PUSH, CriterionState.OPEN),
    ):
        line = replace(lines[0], standing=replace(lines[0].standing, state=state))
        details = criteria.criterion_details(
            line,
            initiative,
            source_kind=kind,
            url=URL,
            path=PATH,
            every="1h",
            readings=[*world.post_lines[0].readings, by_hand],
            changes=[(world.now - timedelta(hours=2), "holds", "breached")],
            unit="ms",
            now=world.now,
            zone="Europe/Berlin",
            moved=tell_goalposts(world.goalposts, world.now, "Europe/Berlin"),
        )
        yield f"criteria.criterion_details/{kind.value}", details
    yield "exporting.exported_message", exporting.exported_message(1, 1)
    sent = world.prompt(PromptKind.SCALE, state=PromptState.CLOSED)
    yield "exporting.results_exported_message", exporting.results_exported_message(sent, 12)
    yield "exporting.exported_message/progress", exporting.exported_message(12, 0)
    some, last = world.confidence[:2]
    yield "checkins.checked_in", checkins.checked_in(lines[1], some, valued=False)
    yield "checkins.checked_in/value", checkins.checked_in(lines[2], last, valued=True)
    form = partial(checkins.check_in_form, initiative_id=0, channel_id=world.channel_id)
    yield "checkins.check_in_form", form(lines[3:], by_hand=True, value="7.5", unit="calls")
    yield "checkins.check_in_form/several", form(lines, by_hand=True, value="", unit="")
    yield "checkins.check_in_form/read", form(lines[:1], by_hand=False, value="", unit="")
    yield "criteria.value_set", criteria.value_set(lines[0], Status.MET, Kind.GUARDRAIL)
    yield "criteria.checked", criteria.checked(lines[0], failure="")
    yield "criteria.checked/failed", criteria.checked(lines[1], failure=FAILURE)
    refused = "401 from api.example.com: the secret GRAFANA was refused"
    yield "criteria.checked/secret", criteria.checked(lines[0], failure=refused, secret="GRAFANA")
    made = partial(
        tokens.token_made,
        "p95 <latency>",
        address="https://loopmark.example.com/api/v1/criteria/0f3a9c0f3a9c0f3a/readings",
        token="lmk_" + "A" * 43,
        revoke_value="7:1",
    )
    yield "tokens.token_made", made(is_public=True, working=1)
    yield "tokens.token_made/on this computer only", made(is_public=False, working=2)
    yield "tokens.tokens_revoked", tokens.tokens_revoked("p95 <latency>", 1)
    yield "tokens.tokens_revoked/several", tokens.tokens_revoked("p95 <latency>", 3)
    yield from _links(world)
    for state in CriterionState:
        yield f"criteria.state_changed/{state.value}", criteria.state_changed("p95 <latency>", state)


def _links(world: World) -> Named:
    made = partial(
        sharing.link_made,
        world.initiative,
        address=f"https://loopmark.example.com/i/7?link=12&until=1798620000&signature={'0f' * 32}",
        link_id=12,
        ends_at=world.now + timedelta(days=30),
        now=world.now,
        zone="Europe/Berlin",
    )
    yield "sharing.link_made", made(working=1)
    yield "sharing.link_made/several", made(working=3)
    yield "sharing.share_warning", sharing.share_warning(world.initiative, timedelta(days=30))
    yield "sharing.links_revoked", sharing.links_revoked(world.initiative, 1, 0)
    yield "sharing.links_revoked/some", sharing.links_revoked(world.initiative, 2, 1)
    yield "sharing.links_revoked/more", sharing.links_revoked(world.initiative, 1, 4)


def _history(world: World) -> Named:
    now, hour = world.now, timedelta(hours=1)
    post_line = world.post_lines[0]
    by_hand = Reading(
        now - timedelta(minutes=3), Decimal("1e-7"), Origin.MANUAL, by=world.user_id, note="after <it> broke"
    )
    pushed = Reading(now - timedelta(minutes=2), Decimal(-4), Origin.PUSHED, note="build 12")
    some = History(
        post_line=post_line,
        source_kind=SourceKind.HTTP_JSON,
        stretch=resolve_period(DEFAULT_PERIOD, now, "Europe/Berlin"),
        readings=(*post_line.readings, by_hand, pushed),
        older=0,
        bounds=(Decimal(640), Decimal(910)),
        looked_from=None,
        gaps=(
            Gap(now - 90 * hour, now - 82 * hour, "HTTP 401 from <api>.example.com"),
            Gap(now - 30 * hour, now - 26 * hour),
            Gap(now - 5 * hour, None, "no such host: api.example.com"),
        ),
        changes=(
            (now - 2 * hour, Status.MET, Status.MISSED),
            (now - 80 * hour, Status.SOURCE_BROKEN, Status.MET),
        ),
        last_at=pushed.at,
        now=now,
        zone="Europe/Berlin",
    )
    yield "history.history_message", history.history_message(some)
    moved = replace(some, goalposts=world.goalposts, post_line=replace(post_line, goalposts=world.goalposts))
    yield "history.history_message/moved goalposts", history.history_message(moved)
    struck = tuple(
        Struck(
            number,
            Reading(now - number * 9 * hour, Decimal(4120 + number)),
            now - hour,
            world.user_id,
            "the <probe> broke",
        )
        for number in range(1, 8)
    )
    yield "history.history_message/struck readings", history.history_message(replace(some, struck=struck))
    readings = [(number, each) for number, each in enumerate(reversed(some.readings[-5:]))]
    choose = partial(strikes.choose_reading, unit="ms", now=now, zone="Europe/Berlin")
    form = partial(strikes.strike_form, unit="ms", now=now, zone="Europe/Berlin")
    line = post_line.line
    yield "strikes.choose_reading", choose(line, readings)
    yield "strikes.strike_form", form(line, 7, by_hand, channel_id=world.channel_id)
    yield "strikes.struck_message", strikes.struck_message(line, 7, by_hand, unit="ms")
    yield "strikes.restored_message", strikes.restored_message(line, by_hand, unit="ms")
    many = tuple(
        Reading(now - hour * back, Decimal(500 + back % 7 * 60), note="") for back in reversed(range(150))
    )
    long = replace(
        some,
        post_line=replace(post_line, readings=thin_out(many, TREND)),
        readings=many[-history.SIZE :],
        older=6_050,
        looked_from=now - 4000 * hour,
        gaps=tuple(Gap(now - back * 9 * hour, now - (back * 9 - 4) * hour) for back in range(14, 0, -1)),
        changes=tuple(
            (now - back * hour, *((Status.MET, Status.MISSED) if back % 2 else (Status.MISSED, Status.MET)))
            for back in range(1, 14)
        ),
    )
    yield "history.history_message/long", history.history_message(long)
    none = replace(some, readings=(), bounds=None, gaps=some.gaps[-1:], changes=())
    yield "history.history_message/none in the period", history.history_message(none)
    for kind in (SourceKind.HTTP_JSON, SourceKind.MANUAL, SourceKind.PUSH):
        empty = replace(none, gaps=(), last_at=None, source_kind=kind)
        yield f"history.history_message/none, {kind.value}", history.history_message(empty)
    standing = replace(post_line.line.standing, state=CriterionState.PAUSED)
    paused = replace(post_line, line=replace(post_line.line, standing=standing))
    empty = replace(none, gaps=(), last_at=None, post_line=paused)
    yield "history.history_message/none, paused", history.history_message(empty)


def _initiatives(world: World) -> Named:
    initiative, today = world.initiative, world.now.date()
    lines = [each.line for each in world.post_lines]
    standing = world.post.standing
    form = partial(initiatives.new_form, user_id=world.user_id, channel_id=world.channel_id)
    filled = {"name": "Checkout rewrite", "due": "2026-12-12", "outcome": "Nobody calls us."}
    yield "initiatives.new_form", form()
    yield "initiatives.new_form/filled", form(filled=filled)
    yield "initiatives.started_message", initiatives.started_message(initiative, today)
    yield (
        "initiatives.initiative_details",
        initiatives.initiative_details(initiative, lines, standing, today),
    )
    yield (
        "initiatives.initiative_details/long",
        initiatives.initiative_details(
            initiative, [each.line for each in world.long_post.lines], standing, today
        ),
    )
    yield (
        "initiatives.initiative_details/shared",
        initiatives.initiative_details(
            initiative,
            lines[:1],
            standing,
            today,
            links=[(world.user_id, world.now + timedelta(days=30 - place)) for place in range(6)],
        ),
    )
    yield (
        "initiatives.initiative_details/no criteria",
        initiatives.initiative_details(initiative, [], None, today),
    )
    listed = [(initiative, standing, 4), (initiative, None, 0)]
    yield "initiatives.initiatives_list", initiatives.initiatives_list(listed, today)
    yield "initiatives.initiatives_list/none", initiatives.initiatives_list([], today)
    loud = replace(initiative, broadcasts=True)
    yield "initiatives.broadcast_message", initiatives.broadcast_message(initiative)
    yield "initiatives.broadcast_message/on", initiatives.broadcast_message(loud)
    yield (
        "initiatives.initiative_details/broadcast",
        initiatives.initiative_details(loud, lines, standing, today),
    )
    yield "initiatives.confirm_close", initiatives.confirm_close(initiative)
    yield "initiatives.closed_message", initiatives.closed_message(initiative)


def _shared() -> Named:
    for command in SUBCOMMANDS:
        yield f"help.usage/{command}", help.usage(command, None, "")
    yield "help.usage/unknown word", help.usage("criteria", "lsit", "lm-")
    yield "answers.said", answers.said("On its way.")
    yield (
        "answers.refusal",
        answers.refusal(
            "There is no criterion “p59”. Did you mean “p95 latency”?",
            typed="/criteria show p59",
            example="/criteria show p95 latency",
            form_draft_id=DRAFT,
            candidates=[("1", "p95 latency · Checkout rewrite"), ("2", "p95 latency · Search")],
            ask_owner="criterion:1",
        ),
    )
    yield (
        "answers.refusal/secret",
        answers.refusal(
            "401 from api.example.com: the secret GRAFANA was refused.",
            typed="/criteria try",
            secret="GRAFANA",
        ),
    )
    yield "answers.refusal/4,000 characters", answers.refusal("That is too long.", typed="a & b <c> " * 400)
    yield "views.loading_view", views.loading_view(adding.TITLE)
    yield "views.sorry_view", views.sorry_view(adding.TITLE, "There is no initiative yet.")
    yield "views.answer_view", views.answer_view(said("“p95 latency” is paused."))
    yield (
        "views.modal",
        views.modal("Title", [section("Text")], callback_id="x", submit="Save", metadata="{}"),
    )
