"""The team's days off: entered, shown, and left alone by schedules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import Stage


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_schedules_leave_the_days_off_alone_or_move(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    outcome = await stage.alice.command(stage.general, "/progress schedule every weekday 10:00")
    await stage.settle()
    assert "next: Mon 23 Nov 10:00, Tue 24 Nov 10:00, Wed 25 Nov 10:00" in outcome.messages[-1].shown
    assert "has no days off" in await stage.says(stage.alice, stage.general, "/loop days off")
    said = await stage.says(stage.alice, stage.general, "/loop days off 2026-11-24 to 2026-11-25")
    assert "Tue 24 Nov to Wed 25 Nov" in said
    listed = await stage.says(stage.alice, stage.general, "/progress list")
    assert "next: Mon 23 Nov 10:00, Thu 26 Nov 10:00" in listed
    outcome = await stage.alice.command(stage.general, "/progress schedule every Tue 11:00 moving days off")
    await stage.settle()
    assert "moving days off" in outcome.messages[-1].shown
    assert "next: Thu 26 Nov 11:00, Tue 1 Dec 11:00" in outcome.messages[-1].shown

    posted = len(stage.workspace.messages(stage.general))
    await stage.pass_time(timedelta(days=3), step=timedelta(hours=6))
    # Monday's only, until Thursday 09:00.
    assert len(stage.workspace.messages(stage.general)) == posted + 1
    await stage.pass_time(timedelta(hours=3))
    assert len(stage.workspace.messages(stage.general)) == posted + 3

    await stage.says(stage.alice, stage.general, "/loop days off 1 Dec")
    refused = await stage.says(stage.bob, stage.general, "/loop days off remove 1 Dec")
    outcome = await stage.alice.command(stage.general, "/loop days off")
    await stage.alice.click(outcome.messages[-1], "Remove")
    await stage.settle()
    assert "has no days off" in await stage.says(stage.alice, stage.general, "/loop days off")
    assert "Only whoever entered days off" in refused
    for typed, why in (
        ("days off 2026-11-30 to 2026-11-29", "before they begin"),
        ("days off 1 Dec to 1 May", "at once is the most"),
        ("days off remove 3 Dec", "is no day off"),
        ("days", "typed so"),
        ("days off 1 Dec 2 Dec", "I can't read"),
    ):
        assert why in await stage.says(stage.alice, stage.general, f"/loop {typed}")


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
BEGIN:VEVENT
UID:1@example.com
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20261124
DTEND;VALUE=DATE:20261126
SUMMARY:Company days
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_days_off_come_from_a_calendar_and_go_with_it(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 24 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.general, "/progress schedule every weekday 10:00")
    await stage.settle()
    stage.metrics.text = ICS
    address = f"{stage.metrics.address}/private-5ecret/team.ics"
    outcome = await stage.alice.command(stage.general, f"/loop days off from {address}")
    await stage.settle()
    said = outcome.messages[-1].shown
    assert "Calendar from `127.0.0.1`* · 2 days off, next Tue 24 Nov, Wed 25 Nov" in said
    assert "5ecret" not in said
    listed = await stage.says(stage.bob, stage.general, "/progress list")
    assert "next: Mon 23 Nov 10:00, Thu 26 Nov 10:00" in listed
    await stage.says(stage.bob, stage.general, "/loop days off")
    await stage.settle()
    refused = await stage.says(stage.bob, stage.general, "/loop days off remove 127.0.0.1")
    assert "Only whoever gave the calendar from 127.0.0.1 or a workspace admin can remove it." in refused

    stage.metrics.text = None
    stage.metrics.body, stage.metrics.status = {}, 404
    await stage.pass_time(timedelta(days=1, hours=1))
    [notice] = stage.workspace.direct_messages(stage.alice_user)
    assert (
        "The calendar from `127.0.0.1`, which you gave for the team's days off, can't be read" in notice.shown
    )
    await stage.alice.click(notice, "Remove")
    await stage.settle()
    assert "has no days off" in notice.shown
    for typed, why in (
        ("from", "Say from which address"),
        ("from team.ics", "is not an http or https address"),
        ("from ftp://calendar.example.com/team.ics", "is not an http or https address"),
        ("from https://calendar.example.com/team.ics every day", "after that address"),
        ("from https://10.0.0.7/team.ics", "refused"),
        (f"from {stage.metrics.address}/none.ics", "Nothing was saved"),
        ("remove calendar.example.com", "No calendar comes from calendar.example.com"),
    ):
        outcome = await stage.alice.command(stage.general, f"/loop days off {typed}")
        await stage.settle()
        assert any(why in message.shown for message in outcome.messages), (typed, outcome.messages)
