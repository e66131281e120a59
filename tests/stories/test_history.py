"""A criterion's history, as people ask for it: readings, a broken night, pages, periods and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session

from bot.db.readings import add_readings
from bot.domain.reading import Reading
from bot.sandbox import Message
from tests.stories.conftest import Stage

sockets_only = pytest.mark.parametrize("transport", ["socket"], indirect=True)
pytestmark = sockets_only


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    stage.metrics.body = {"p95": 412}
    await stage.says(
        stage.alice,
        stage.general,
        f"/criteria add p95 latency <= 500 ms guardrail source {stage.metrics.address} path $.p95 every 15m",
    )
    await stage.settle()


async def history(stage: Stage, text: str) -> Message:
    outcome = await stage.bob.command(stage.general, f"/criteria history {text}")
    await stage.settle()
    return outcome.messages[-1]


def block(message: Message, kind: str) -> dict[str, Any]:
    return next(each for each in message.blocks if each["type"] == kind)


def times(message: Message) -> list[str]:
    return [row[0]["text"] for row in block(message, "data_table")["rows"][1:]]


async def test_readings_a_broken_spell_and_changes_are_seen_in_the_readers_zone(stage: Stage) -> None:
    await set_scene(stage)
    await stage.pass_time(timedelta(minutes=46), step=timedelta(minutes=15))
    stage.metrics.status = 401
    await stage.pass_time(timedelta(hours=2), step=timedelta(minutes=5))
    lasting = await history(stage, "p95 latency")
    assert "03:45 – now" in lasting.shown
    assert "HTTP 401" in lasting.shown
    stage.metrics.status, stage.metrics.body = 200, {"p95": 612}
    await stage.pass_time(timedelta(hours=1), step=timedelta(minutes=15))

    message = await history(stage, "P95 Latency last 1d")
    # Bob is in New York, where the Monday began at 03:00.
    assert "Times in America/New_York." in message.shown
    chart = block(message, "data_visualization")
    assert [series["name"] for series in chart["chart"]["series"]] == ["readings", "guardrail ≤ 500 ms"]
    assert times(message)[-1] == "03:00"
    assert times(message) == sorted(times(message), reverse=True)
    assert "lowest 412 ms, highest 612 ms" in message.shown
    [gap] = [line for line in message.shown.splitlines() if "HTTP 401" in line]
    assert gap.startswith("03:45 – 0")
    assert "source broken → *holds*" in message.shown
    assert "holds → *breached*" in message.shown


async def test_what_does_not_fit_comes_page_by_page_and_nothing_twice(stage: Stage) -> None:
    await set_scene(stage)

    def store(session: Session) -> None:
        start = stage.clock.moment - timedelta(hours=10)
        readings = [Reading(start + timedelta(minutes=minute), Decimal(minute)) for minute in range(150)]
        add_readings(session, stage.loopmark.deps.team_id, [(1, reading) for reading in readings])

    await stage.loopmark.deps.database.write(store)
    page = await history(stage, "p95 latency")
    assert "and 51 older" in page.shown
    newest = times(page)
    await stage.bob.click(page, "Older")
    await stage.settle()
    oldest = times(page)
    assert (len(newest), len(oldest)) == (100, 51)
    assert not set(newest) & set(oldest)
    assert "older;" not in page.shown


async def test_an_empty_history_says_what_to_do(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/criteria add Calls <= 9 guardrail source manual")
    empty = await history(stage, "Calls")
    assert "has no readings yet" in empty.shown
    await stage.bob.click(empty, "Set a value")
    await stage.bob.wait_view(lambda view: "Value" in view.shown)
    await stage.says(stage.alice, stage.general, "/criteria set Calls 7")
    await stage.pass_time(timedelta(days=2))
    before = await history(stage, "Calls last 1d")
    assert "no reading in the last 1 d" in before.shown
    assert "23 Nov 03:00" in before.shown


async def test_the_button_of_a_criterion_shows_its_history(stage: Stage) -> None:
    await set_scene(stage)
    await stage.pass_time(timedelta(minutes=16))
    outcome = await stage.alice.command(stage.general, "/criteria show p95 latency")
    await stage.settle()
    pressed = await stage.alice.click(outcome.messages[-1], "History")
    await stage.settle()
    shown = pressed.messages[-1]
    assert "The last 30 d: 2 readings" in shown.shown
    assert "Europe/Berlin" in shown.shown


REFUSED = {
    "": "Say which criterion you mean",
    "p59 latency": "Did you mean “p95 latency”?",
    "p95 latency last 400d": "out of bounds: from 1m to 366d",
    "p95 latency last 3y": "is no unit of time I know",
    "p95 latency from 12/11 to 20/11": "reads two ways",
    "p95 latency from 7 Nov to 1 Nov": "ends before it begins",
    "p95 latency from tomorrow": "still to come",
    "p95 latency from 1 Nov until 3 Nov": "I can't read “until 3 Nov” in that period",
}


async def test_a_name_or_period_that_cannot_be_read_is_one_sentence_with_what_was_typed(stage: Stage) -> None:
    await set_scene(stage)
    for text, says in REFUSED.items():
        refused = await history(stage, text)
        assert says in refused.shown
        assert f"/criteria history {text}".strip() in refused.shown


async def test_a_private_initiatives_history_is_not_felt_elsewhere(stage: Stage) -> None:
    await stage.says(stage.alice, stage.secret, '/initiative new "New office" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.secret, "/criteria add Desks <= 9 guardrail source manual")
    outcome = await stage.charlie.command(stage.general, "/criteria history Desks")
    await stage.settle()
    assert "There is no criterion “Desks”. Type" in outcome.messages[-1].shown
