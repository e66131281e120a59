"""Examples of what `/criteria`, `/initiative` and `help` show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from bot.blocks import adding, answers, criteria, help, initiatives, secrets, setting, tokens, views
from bot.blocks.parts import section
from bot.domain import secret
from bot.domain.criterion import CriterionState, Kind, SourceKind, SourceSpec, Status
from bot.domain.message import Message, View
from bot.domain.reading import Origin, Reading
from bot.domain.requests import Scope
from bot.domain.standing import worst
from bot.domain.usage import SUBCOMMANDS
from bot.examples.world import URL, World

Named = Iterator[tuple[str, Message | View]]

DRAFT = "0f3a9c"
PATH = "$.checkout['p95 <ms>']"
TYPED = "/criteria add Weekly signups >= 500 from 320 by 31 Dec source " + URL
FAILURE = "HTTP 401 from api.example.com"
NEXT_READ = "read every 1h, next 15:05 (Europe/Berlin)"
MEANING = "830 ms is not at most 800 ms"


def examples(world: World) -> Named:
    """Yield the builder's name and what it makes."""
    yield from _adding(world)
    yield from _secrets(world)
    yield from _showing(world)
    yield from _initiatives(world)
    yield from _shared()


def _adding(world: World) -> Named:
    initiative, line = world.initiative, world.post_lines[0].line
    value = Decimal("830")
    filled = {
        "name": "p95 latency",
        "kind": "guardrail",
        "direction": "at_most",
        "target": "800",
        "unit": "ms",
        "due": "2026-12-12",
        "source": "http_json",
        "url": URL,
        "path": PATH,
        "options": "auth=bearer\ntoken={{secret:GRAFANA}}",
        "every": "15m",
    }
    form = partial(adding.add_form, [initiative], user_id=world.user_id, channel_id=world.channel_id)
    yield "adding.add_form", form()
    yield "adding.add_form/filled", form(filled=filled)
    json, query = SourceSpec("http_json", URL, PATH), SourceSpec("sql", options=(("query", "select <1>"),))
    yield "adding.reading_view", adding.reading_view(json)
    yield "adding.reading_answer", adding.reading_answer(json)
    yield "adding.reading_answer/sql", adding.reading_answer(query)
    found = ("p95 latency", value, "ms")
    yield "adding.found_view", adding.found_view(*found, json, MEANING, DRAFT)
    yield "adding.found_message", adding.found_message(*found, json, MEANING, DRAFT)
    yield "adding.found_message/sql", adding.found_message(*found, query, MEANING, DRAFT)
    for refused in (False, True):
        variant = "/refused" if refused else ""
        unread = ("p95 latency", FAILURE, DRAFT)
        yield f"adding.unread_view{variant}", adding.unread_view(*unread, refused=refused)
        yield (
            f"adding.unread_message{variant}",
            adding.unread_message(*unread, refused=refused, typed=TYPED),
        )
    secret_failure = "401 from api.example.com: the secret GRAFANA was refused"
    unread = ("p95 latency", secret_failure, DRAFT)
    yield "adding.unread_view/secret", adding.unread_view(*unread, refused=False, secret="GRAFANA")
    yield "adding.unread_message/secret", adding.unread_message(*unread, refused=False, secret="GRAFANA")
    yield "criteria.checked/secret", criteria.checked(line, failure=secret_failure, secret="GRAFANA")
    yield "adding.added_message", adding.added_message(line, initiative, next_read=NEXT_READ)
    yield "adding.added_view", adding.added_view(line, initiative, next_read=NEXT_READ)
    numbers = [(f"$.steps[{place}].seconds", Decimal(place) / 3) for place in range(10)]
    yield "adding.numbers_found", adding.numbers_found(URL, numbers, more=4, draft_id=DRAFT)
    yield "adding.numbers_found/none", adding.numbers_found(URL, [], more=0, draft_id=DRAFT)
    yield "setting.set_form", setting.set_form(line, unit="ms", channel_id=world.channel_id)


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
        )
        yield f"criteria.criterion_details/{kind.value}", details
    yield "criteria.value_set", criteria.value_set(lines[0], Status.MET, Kind.GUARDRAIL)
    yield "criteria.checked", criteria.checked(lines[0], failure="")
    yield "criteria.checked/failed", criteria.checked(lines[1], failure=FAILURE)
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
    for state in CriterionState:
        yield f"criteria.state_changed/{state.value}", criteria.state_changed("p95 <latency>", state)


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
        "initiatives.initiative_details/no criteria",
        initiatives.initiative_details(initiative, [], None, today),
    )
    listed = [(initiative, standing, 4), (initiative, None, 0)]
    yield "initiatives.initiatives_list", initiatives.initiatives_list(listed, today)
    yield "initiatives.initiatives_list/none", initiatives.initiatives_list([], today)
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
    yield "answers.refusal/4,000 characters", answers.refusal("That is too long.", typed="a & b <c> " * 400)
    yield "views.loading_view", views.loading_view(adding.TITLE)
    yield "views.sorry_view", views.sorry_view(adding.TITLE, "There is no initiative yet.")
    yield (
        "views.modal",
        views.modal("Title", [section("Text")], callback_id="x", submit="Save", metadata="{}"),
    )
