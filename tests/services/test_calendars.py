"""Calendars of days off: read when they are given and each day, kept when a read fails, and never shown whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from sqlmodel import Session, select
from structlog.testing import capture_logs

from bot.blocks.days_off import days_off_message
from bot.db.calendar_links import linked_days
from bot.db.days_off import off_days
from bot.db.models import CalendarDayRow, CalendarLinkRow
from bot.db.people import save_person
from bot.deps import Database
from bot.domain.actor import Actor, Person
from bot.domain.dates import Iso
from bot.errors import NotAllowedError, SourceError, UnknownPersonError, UserError
from bot.seal import Seal
from bot.services.calendars import (
    EVERY,
    MOST_LINKS,
    TOLD_AFTER,
    remove_calendar,
    remove_calendar_of,
    take_calendar,
)
from bot.services.days_off import TeamCalendar, give_up_days_off, show_days_off
from bot.services.secrets import reseal
from bot.sources.jsonpath import Evaluator
from bot.sources.request import Fetched, Request
from jobs import calendars
from jobs.cleanup import Cleanup
from tests.progress_world import ALICE, BOB, MONDAY, TEAM, World
from tests.slack_double import buttons

URL = "https://calendar.example.com/private-5ecret/team.ics"
HOUR = timedelta(hours=1)


def ics(*days: str) -> bytes:
    parts = (
        "BEGIN:VEVENT",
        "UID:{0}",
        "DTSTAMP:20260101T000000Z",
        "DTSTART;VALUE=DATE:{1}",
        "END:VEVENT",
        "",
    )
    events = "".join("\r\n".join(parts).format(day, day.replace("-", "")) for day in days)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


class Web:
    """Answers every request with what the test says."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answer: bytes | SourceError | int = ics("2026-12-25", "2027-01-01")
        self.asked: list[Request] = []

    async def fetch(self, request: Request) -> Fetched:
        self.asked.append(request)
        if isinstance(self.answer, SourceError):
            raise self.answer
        status, body = (self.answer, b"") if isinstance(self.answer, int) else (200, self.answer)
        host = request.url.split("/")[2]
        return Fetched(status, {}, body, request.url, host, 0.1, self.world.moment)


class Scene:
    """A world with a web."""

    def __init__(self, database: Database) -> None:
        self.world = World(database)
        self.web = Web(self.world)
        self.world.deps = replace(
            self.world.deps, http=cast(Any, self.web), paths=Evaluator(workers=1, timeout_s=20)
        )

    async def take(self, url: str = URL, actor: Actor = ALICE) -> TeamCalendar:
        return await take_calendar(self.world.deps, actor, url)

    async def tick(self, moment: datetime) -> None:
        self.world.moment = moment
        await calendars.tick(self.world.deps, self.world.queue)
        await self.world.queue.idle()
        await self.world.settle()

    async def link(self) -> CalendarLinkRow:
        (row,) = await self.world.rows(CalendarLinkRow)
        return cast(CalendarLinkRow, row)

    async def days(self) -> list[str]:
        found = await self.world.deps.database.read(linked_days, TEAM)
        return sorted(day.isoformat() for day in found)


@pytest.fixture
async def scene(database: Database) -> AsyncIterator[Scene]:
    made = Scene(database)
    await made.world.set_scene()
    yield made
    await made.world.deps.paths.aclose()


def shown(calendar: TeamCalendar, now: datetime = MONDAY) -> str:
    return days_off_message(calendar.entries, calendar.today, calendar.links, now).text


async def test_a_calendar_is_read_at_once_and_its_days_are_off_for_schedules_too(scene: Scene) -> None:
    view = await scene.world.schedule("every Fri 09:00")
    scene.web.answer = ics("2026-11-27", "2026-12-25")
    calendar = await scene.take()
    assert await scene.world.deps.database.read(off_days, TEAM) == {date(2026, 11, 27), date(2026, 12, 25)}
    row = await scene.world.schedule_row()
    assert row.id == view.schedule.id
    assert row.due_at == datetime(2026, 12, 4, 8, tzinfo=UTC)
    text = shown(calendar)
    assert "Calendar from `calendar.example.com`" in text
    assert "2 days off, next Fri 27 Nov, Fri 25 Dec · read under 1 min ago · given by <@U0ALICE>" in text
    assert "5ecret" not in text


async def test_it_is_read_each_day_and_what_changed_counts(scene: Scene) -> None:
    await scene.take()
    scene.web.answer = ics("2026-12-24", "2026-12-25")
    await scene.tick(MONDAY + EVERY - timedelta(seconds=1))
    assert (len(scene.web.asked), await scene.days()) == (1, ["2026-12-25", "2027-01-01"])
    writes = scene.world.database.writes
    await scene.tick(MONDAY + EVERY - timedelta(seconds=1))
    assert scene.world.database.writes == writes, "a quiet tick writes nothing"
    await scene.tick(MONDAY + EVERY)
    assert (len(scene.web.asked), await scene.days()) == (2, ["2026-12-24", "2026-12-25"])
    assert (await scene.link()).due_at == MONDAY + 2 * EVERY


async def test_a_failed_read_keeps_the_days_and_is_told_once(scene: Scene) -> None:
    await scene.take()
    scene.web.answer = SourceError(
        "HTTP 503 from calendar.example.com", cause="status", host="calendar.example.com"
    )
    moment = MONDAY + EVERY
    for failures in range(1, 8):
        await scene.tick(moment)
        row = await scene.link()
        assert row.failures == failures
        assert row.due_at - moment == min(HOUR * 2 ** (failures - 1), EVERY)
        told = [sent.message for sent in scene.world.slack.to("U0ALICE")]
        assert len(told) == (0 if failures < TOLD_AFTER else 1)
        moment = row.due_at
    assert await scene.days() == ["2026-12-25", "2027-01-01"]
    assert "HTTP 503 from calendar.example.com. What it gave before counts on: 2 days off." in told[0].text
    assert buttons(told[0]) == {"Remove": ("remove_calendar", "1")}
    listed = await scene.world.deps.database.read(show_days_off, BOB, moment)
    assert "The last read failed: HTTP 503 from calendar.example.com." in shown(listed, moment)
    scene.web.answer = ics("2026-12-25")
    await scene.tick(moment)
    row = await scene.link()
    assert (row.failures, row.failure, row.is_told, row.due_at) == (0, "", False, moment + EVERY)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_an_address_that_gives_nothing_any_more_is_told_at_once(scene: Scene, status: int) -> None:
    await scene.take()
    scene.web.answer = status
    await scene.tick(MONDAY + EVERY)
    [sent] = scene.world.slack.to("U0ALICE")
    assert f"HTTP {status} from calendar.example.com: it gives no calendar" in sent.message.text
    assert await scene.days() == ["2026-12-25", "2027-01-01"]


async def test_whoever_left_is_told_nothing(scene: Scene) -> None:
    await scene.take()
    gone = Person(TEAM, "U0ALICE", "Alice", "Europe/Berlin", is_admin=False, is_deleted=True)
    await scene.world.deps.database.write(save_person, gone, MONDAY)
    scene.web.answer = 404
    await scene.tick(MONDAY + EVERY)
    assert scene.world.slack.to("U0ALICE") == []


async def test_what_was_removed_or_is_read_again_before_it_is_told_is_not_told(scene: Scene) -> None:
    await scene.take()
    scene.web.answer = 404
    scene.world.moment = MONDAY + EVERY
    await calendars.tick(scene.world.deps, scene.world.queue)
    await scene.world.queue.idle()
    scene.web.answer = ics("2026-12-25")
    await scene.take()
    await scene.world.settle()
    assert await scene.world.states() == [("calendar_failed", "dropped")]


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        pytest.param(b"<html>", "that is no calendar", id="a page"),
        pytest.param(ics(), "has no whole-day events in the next 400 days", id="no events"),
        pytest.param(ics("2020-12-25"), "has no whole-day events", id="only old ones"),
        pytest.param(ics("2026-11-20"), "has no whole-day events", id="only last week's"),
        pytest.param(404, "HTTP 404 from calendar.example.com", id="not there"),
        pytest.param(
            SourceError("refused: 10.0.0.1 is a private address", cause="address_refused", permanent=True),
            "refused: 10.0.0.1 is a private address. Nothing was saved", id="a private address",
        ),
    ],
)  # fmt: skip
async def test_what_gives_no_days_off_is_refused_and_nothing_is_saved(
    scene: Scene, answer: Any, because: str
) -> None:
    scene.web.answer = answer
    with pytest.raises(UserError, match=because) as refused:
        await scene.take()
    assert refused.value.field == "url"
    assert "5ecret" not in str(refused.value)
    assert await scene.world.rows(CalendarLinkRow) == []


async def test_who_is_not_known_is_asked_about_before_anything_is_fetched(database: Database) -> None:
    scene = Scene(database)
    await scene.world.set_scene(people=False)
    with pytest.raises(UnknownPersonError):
        await scene.take()
    assert scene.web.asked == []


async def test_an_address_given_twice_is_one_and_ten_are_the_most(scene: Scene) -> None:
    await scene.take()
    await scene.take(actor=BOB)
    assert (await scene.link()).by_user_id == "U0ALICE"
    for number in range(1, MOST_LINKS):
        await scene.take(f"https://calendar{number}.example.com/a.ics")
    with pytest.raises(UserError, match="read from 10 calendars, which is the most"):
        await scene.take("https://one-more.example.com/a.ics")
    await scene.take()
    assert len(await scene.world.rows(CalendarLinkRow)) == MOST_LINKS


async def test_whoever_gave_it_and_admins_remove_it_with_its_days(scene: Scene) -> None:
    await scene.take()
    database = scene.world.deps.database
    with pytest.raises(
        NotAllowedError, match=r"whoever gave the calendar from calendar\.example\.com"
    ) as refused:
        await database.write(remove_calendar, BOB, 1, MONDAY)
    assert refused.value.owner_id == "U0ALICE"
    await database.write(remove_calendar, ALICE, 1, MONDAY)
    assert (await scene.days(), await scene.world.rows(CalendarLinkRow)) == ([], [])
    await database.write(remove_calendar, ALICE, 1, MONDAY)  # pressed twice
    await scene.take()
    await scene.world.set_admin("U0BOB", True)
    await database.write(remove_calendar_of, BOB, "calendar.example.com", MONDAY)
    assert await scene.days() == []


async def test_a_calendar_is_named_by_its_host_to_remove_it(scene: Scene) -> None:
    database = scene.world.deps.database
    with pytest.raises(
        UserError, match=r"No calendar comes from example\.org\. Days off are read from nowhere yet"
    ):
        await database.write(remove_calendar_of, ALICE, "example.org", MONDAY)
    await scene.take()
    await scene.take("https://calendar.example.com/other.ics")
    with pytest.raises(UserError, match=r"2 calendars come from calendar\.example\.com"):
        await database.write(remove_calendar_of, ALICE, "calendar.example.com", MONDAY)


async def test_another_workspace_can_not_remove_it(scene: Scene) -> None:
    await scene.take()
    stranger = replace(ALICE, team_id="T0OTHER")
    person = Person("T0OTHER", "U0ALICE", "Alice", "Europe/Berlin", is_admin=True)
    await scene.world.deps.database.write(save_person, person, MONDAY)
    await scene.world.deps.database.write(remove_calendar, stranger, 1, MONDAY)
    assert len(await scene.days()) == 2


async def test_a_day_of_a_calendar_is_taken_out_there(scene: Scene) -> None:
    await scene.take()
    with pytest.raises(UserError, match=r"25 Dec comes from the calendar from calendar\.example\.com"):
        await scene.world.deps.database.write(give_up_days_off, ALICE, Iso(date(2026, 12, 25)), MONDAY)


async def test_what_was_removed_while_it_was_read_stays_removed(scene: Scene) -> None:
    await scene.take()
    scene.world.moment = MONDAY + EVERY
    [(link_id, sealed)] = await calendars.claim_calendars(scene.world.deps, 5)
    assert await calendars.claim_calendars(scene.world.deps, 5) == []
    await scene.world.deps.database.write(remove_calendar, ALICE, link_id, MONDAY)
    for scene.web.answer in (ics("2026-12-25"), 404):
        await calendars.read_again(scene.world.deps, link_id, sealed)
    assert await scene.days() == []


async def test_the_address_is_sealed_moves_to_a_new_key_and_its_loss_is_told(scene: Scene) -> None:
    await scene.take()
    before = (await scene.link()).sealed
    assert b"5ecret" not in before
    world = scene.world
    assert await reseal(cast(Any, world.deps.database), Seal("a newer key", "a key for tests only")) == 1
    after = (await scene.link()).sealed
    assert Seal("a newer key").unseal(after).decode() == URL
    await scene.tick(MONDAY + EVERY)
    assert "its address can't be read with this secret key" in (await scene.link()).failure
    assert len(world.slack.to("U0ALICE")) == 1


async def test_neither_the_address_nor_what_stands_in_the_calendar_is_logged(scene: Scene) -> None:
    with capture_logs() as logged:
        await scene.take()
        scene.web.answer = 404
        await scene.tick(MONDAY + EVERY)
    assert "5ecret" not in str(logged)
    assert all(request.secret_elsewhere for request in scene.web.asked)


async def test_days_that_are_long_over_are_forgotten(scene: Scene) -> None:
    await scene.take()
    scene.world.moment = datetime(2027, 3, 30, tzinfo=UTC)
    await Cleanup().tick(scene.world.deps)

    def load(session: Session) -> list[date]:
        return list(session.exec(select(CalendarDayRow.day)))

    assert await scene.world.deps.database.read(load) == [date(2027, 1, 1)]
