"""Examples of what is shown while a criterion is added: the form, the value found, the numbers at an address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from bot.blocks import adding, previews, setting, trying
from bot.domain.criterion import Criterion, SourceSpec
from bot.domain.goalpost import say_move
from bot.domain.message import Message, View
from bot.domain.preview import Preview, Replayed
from bot.domain.reading import Reading
from bot.domain.status import assess
from bot.examples.world import URL, World

Named = Iterator[tuple[str, Message | View]]

DRAFT = "0f3a9c"
PATH = "$.checkout['p95 <ms>']"
TYPED = "/criteria add Weekly signups >= 500 from 320 by 31 Dec source " + URL
FAILURE = "HTTP 401 from api.example.com"
NEXT_READ = "read every 1h, next 15:05 (Europe/Berlin)"


def examples(world: World) -> Named:
    """Yield the builder's name and what it makes."""
    initiative, line = world.initiative, world.post_lines[0].line
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
    yield (
        "adding.edit_form",
        adding.edit_form(
            3,
            initiative,
            user_id=world.user_id,
            channel_id=world.channel_id,
            filled=filled,
            baseline="640 ms",
        ),
    )
    moves = [say_move(goalpost.move, world.now, "Europe/Berlin") for goalpost in world.goalposts]
    many = [(number, f"criterion {number}") for number in range(1, 15)]
    yield "adding.which_to_edit", adding.which_to_edit(initiative, many)
    yield "adding.which_to_edit/none", adding.which_to_edit(initiative, [])
    for variant, moved in (("", moves), ("/name only", [])):
        yield (
            f"adding.edited_message{variant}",
            adding.edited_message(line, initiative, moved, next_read=NEXT_READ),
        )
        yield (
            f"adding.edited_view{variant}",
            adding.edited_view(line, initiative, moved, next_read=NEXT_READ),
        )
    json, query = SourceSpec("http_json", URL, PATH), SourceSpec("sql", options=(("query", "select <1>"),))
    yield "previews.reading_view", previews.reading_view(json)
    yield "previews.reading_answer", previews.reading_answer(json)
    yield "previews.reading_answer/sql", previews.reading_answer(query)
    criterion = replace(world.explained[0][0], source=json)
    preview = previewed(criterion, Reading(world.now, Decimal("830")), world)
    yield "previews.found_view", previews.found_view(preview, DRAFT)
    yield "previews.found_message", previews.found_message(preview, DRAFT)
    old = Reading(world.now - timedelta(days=2, hours=3), Decimal("1.4"))
    dated = previewed(replace(world.explained[1][0], source=query), old, world)
    for changes in (0, 1, 3):
        known = replace(dated, replayed=Replayed(changes, 1_412, timedelta(days=30)))
        yield f"previews.found_view/changed {changes} times", previews.found_view(known, DRAFT)
    yield "previews.found_message/sql", previews.found_message(known, DRAFT)
    for refused in (False, True):
        variant = "/refused" if refused else ""
        unread = ("p95 latency", FAILURE, DRAFT)
        yield f"previews.unread_view{variant}", previews.unread_view(*unread, refused=refused)
        yield (
            f"previews.unread_message{variant}",
            previews.unread_message(*unread, refused=refused, typed=TYPED),
        )
    secret_failure = "401 from api.example.com: the secret GRAFANA was refused"
    unread = ("p95 latency", secret_failure, DRAFT)
    yield "previews.unread_view/secret", previews.unread_view(*unread, refused=False, secret="GRAFANA")
    yield "previews.unread_message/secret", previews.unread_message(*unread, refused=False, secret="GRAFANA")
    yield "adding.added_message", adding.added_message(line, initiative, next_read=NEXT_READ)
    yield "adding.added_view", adding.added_view(line, initiative, next_read=NEXT_READ)
    numbers = [("<seconds>", f"$.steps[{place}].seconds", Decimal(place) / 3) for place in range(10)]
    yield "trying.numbers_found", trying.numbers_found(URL, numbers, more=4, draft_id=DRAFT)
    bare = trying.numbers_found(URL, [("", "$", Decimal(4))], more=0, draft_id=DRAFT, later=["math", "text"])
    yield "trying.numbers_found/bare", bare
    yield "trying.numbers_found/none", trying.numbers_found(URL, [], more=0, draft_id=DRAFT)
    yield "setting.set_form", setting.set_form(line, unit="ms", channel_id=world.channel_id)


def previewed(criterion: Criterion, reading: Reading, world: World) -> Preview:
    """Return what a criterion that is not saved yet would show of a reading."""
    report = assess(criterion, [reading], world.now)
    return Preview(criterion=criterion, reading=reading, report=report, now=world.now, replayed=None)
