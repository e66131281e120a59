"""Initiatives' pages: what they say, and which links show them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape

import httpx
import pytest
from sqlmodel import Session

from bot.db.checkins import add_check_in
from bot.db.goalposts import add_goalposts
from bot.db.models import CriterionRow, InitiativeRow, PageLinkRow
from bot.db.people import save_person
from bot.db.readings import add_readings
from bot.deps import Database
from bot.domain.actor import Actor, Person
from bot.domain.checkin import CheckIn
from bot.domain.goalpost import GoalpostField, Move
from bot.domain.reading import Reading
from bot.domain.requests import ShareInitiative, UnshareInitiative
from bot.errors import NotAllowedError, UserError
from bot.seal import Seal
from bot.services.initiatives import close_initiative
from bot.services.pages import LOOKED_AT, POINTS
from bot.services.sharing import (
    MOST_LINKS,
    MadeLink,
    ShareWarning,
    make_link,
    unshare,
    unshare_link,
)
from bot.web.initiative_page import GONE
from bot.web.server import Readiness, make_web_app
from bot.web.style import STYLE
from tests.progress_world import ALICE, BOB, CHARLIE, MONDAY, TEAM, World

ADDRESS = "https://loopmark.example.com"


class Reader:
    """Somebody with a browser and no Slack."""

    def __init__(self, world: World) -> None:
        """Open the web app."""
        self.world = world
        transport = httpx.ASGITransport(app=make_web_app(Readiness(), None, world.deps))
        self.client = httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    async def link(self, actor: Actor = ALICE, *, days: int = 30, confirmed: bool = False) -> MadeLink:
        """Have a link made."""
        request = ShareInitiative("Checkout rewrite", timedelta(days=days))
        made = await self.world.deps.database.write(
            make_link, actor, request, self.world.now(), confirmed=confirmed
        )
        assert isinstance(made, MadeLink)
        return made

    def address(self, made: MadeLink) -> str:
        """Return a link as its maker got it."""
        signature = self.world.deps.seal.sign(made.link.signed_text(TEAM))
        return made.link.address(ADDRESS, signature)

    async def open(self, address: str) -> httpx.Response:
        """Open an address."""
        return await self.client.get(address)

    async def read(self, made: MadeLink | None = None) -> str:
        """Open a page that is there, and return its text as people see it."""
        answer = await self.open(self.address(made or await self.link()))
        assert answer.status_code == 200
        return seen(answer.text)


def seen(html: str) -> str:
    """Return the text of a page without its tags."""
    body = html.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def reader_in(database: Database) -> AsyncIterator[Reader]:
    world = World(database)
    await world.set_scene()
    reader = Reader(world)
    yield reader
    await reader.client.aclose()


@pytest.fixture
async def reader(database: Database) -> AsyncIterator[Reader]:
    async for made in reader_in(database):
        yield made


@pytest.fixture
async def on_sqlite(sqlite_database: Database) -> AsyncIterator[Reader]:
    """For what makes no difference between the databases."""
    async for made in reader_in(sqlite_database):
        yield made


async def test_a_good_link_shows_the_facts_of_the_post(reader: Reader) -> None:
    world = reader.world
    latency = await world.add()
    signups = await world.add(
        "Weekly <signups>", kind="success", direction="at_least", operator_typed=">=", target=Decimal(500),
        baseline=Decimal(320), baseline_typed=True, unit="", due_on=MONDAY.date() + timedelta(days=20),
    )  # fmt: skip
    world.moment = MONDAY - timedelta(days=10)
    for day in range(11):
        await world.read(latency, 640 + day * 20)
        await world.read(signups, 320 + day * 8)
        world.forward(days=1)
    world.moment = MONDAY

    def store(session: Session) -> None:
        checked = CheckIn(MONDAY - timedelta(days=1), "U0BOB", 7, "the <biggest> customer waits")
        add_check_in(session, TEAM, latency, checked)
        move = Move(GoalpostField.TARGET, "900", "800")
        add_goalposts(session, TEAM, latency, [move], by="U0ALICE", now=MONDAY - timedelta(days=4))

    await world.deps.database.write(store)
    answer = await reader.open(reader.address(await reader.link()))
    assert answer.status_code == 200
    page = seen(answer.text)
    for told in (
        "Checkout rewrite week 3 of 6 · ❌ guardrail breached",
        "9 Nov to 20 Dec, owner Alice.",
        "As of 23 Nov 2026 09:00 . Times in Europe/Berlin.",
        "p95 latency ❌ breached for 1 d 840 ms guardrail <= 800 ms +140 ms under 1 min ago",
        "840 ms is not at most 800 ms.",
        "Weekly <signups> 🟢 on pace 400 target >= 500 by 13 Dec, was 320 +56 under 1 min ago",
        "Forecast: meets the target about 5 Dec",
        "7/10 in p95 latency: “the <biggest> customer waits”, Bob, 22 Nov 09:00",
        "target 900 → 800, Alice, 19 Nov",
        "no data → holds",
        "holds → breached",
        "This link works until 23 Dec 09:00",
    ):
        assert told in page, page
    assert "<signups>" not in answer.text
    assert "<biggest>" not in answer.text
    assert answer.text.count('<svg viewBox="0 0 720') == 2


async def test_a_page_loads_and_keeps_nothing_and_runs_no_script(on_sqlite: Reader) -> None:
    latency = await on_sqlite.world.add()
    await on_sqlite.world.read(latency, 640)
    answer = await on_sqlite.open(on_sqlite.address(await on_sqlite.link()))
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert f"<style>{STYLE}</style>" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "<script" not in answer.text
    assert not re.search(r"(?:src|href)=\"(?!#)", answer.text)
    assert " style=" not in answer.text


async def test_an_initiative_without_criteria_and_one_without_readings_have_a_page(on_sqlite: Reader) -> None:
    assert "No criteria yet." in await on_sqlite.read()
    await on_sqlite.world.add()
    page = await on_sqlite.read()
    assert "❔ no data – guardrail <= 800 ms – none yet" in page.replace("Value ", "")
    assert "No readings yet." in page


async def test_a_criterion_with_too_many_readings_to_load_is_drawn_whole(on_sqlite: Reader) -> None:
    world = on_sqlite.world
    latency = await world.add()

    def store(session: Session) -> None:
        start, count = MONDAY - timedelta(days=14), LOOKED_AT + 500
        each = timedelta(days=14) / count
        add_readings(
            session,
            TEAM,
            [(latency, Reading(start + each * place, Decimal(place))) for place in range(count)],
        )

    await world.deps.database.write(store)
    answer = await on_sqlite.open(on_sqlite.address(await on_sqlite.link()))
    page = seen(answer.text)
    drawn = re.search(r"Chart of p95 latency: (\d+) readings", answer.text)
    assert drawn is not None
    assert POINTS * 0.9 < int(drawn[1]) <= POINTS
    assert "Each point is the last reading of its part of the time." in page
    assert "Gaps before 12 Nov 04:12" in page
    rows = re.findall(r"<td><time[^>]*>(\d+ Nov)", answer.text)
    assert (rows[0], rows[-1]) == ("23 Nov", "9 Nov")


BROKEN = [
    ("i/1?", "i/2?"),
    ("link=1&", "link=2&"),
    ("until=", "until=1"),
    ("signature=", "signature=0"),
    ("signature=", "sign="),
    ("i/1?", "i/x?"),
]


@pytest.mark.parametrize(("part", "changed"), BROKEN, ids=[f"{one} to {other}" for one, other in BROKEN])
async def test_a_link_that_was_changed_shows_nothing(on_sqlite: Reader, part: str, changed: str) -> None:
    await on_sqlite.world.start("Search")
    good = on_sqlite.address(await on_sqlite.link())
    assert (await on_sqlite.open(good)).status_code == 200
    bad = good.replace(part, changed)
    assert bad != good
    assert_gone(await on_sqlite.open(bad))


def assert_gone(answer: httpx.Response) -> None:
    """It says one sentence, the same for every cause."""
    assert answer.status_code == 404
    assert seen(answer.text) == f"Not there {GONE}"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_link_longer_signed_than_stored_shows_nothing(on_sqlite: Reader) -> None:
    made = await on_sqlite.link()
    link = replace(made.link, link_id=made.link.link_id + 1)
    assert_gone(await on_sqlite.open(on_sqlite.address(replace(made, link=link))))
    another = replace(made.link, initiative_id=await on_sqlite.world.start("Search"))
    assert_gone(await on_sqlite.open(on_sqlite.address(replace(made, link=another))))


async def test_a_link_ends_by_itself(reader: Reader) -> None:
    made = await reader.link(days=2)
    address = reader.address(made)
    reader.world.forward(days=2, seconds=-1)
    assert (await reader.open(address)).status_code == 200
    reader.world.forward(seconds=1)
    assert_gone(await reader.open(address))


async def test_a_revoked_link_shows_nothing_and_the_others_still_do(reader: Reader) -> None:
    one, other = await reader.link(), await reader.link(BOB)
    done = await reader.world.deps.database.write(unshare_link, ALICE, one.link.link_id, reader.world.now())
    assert (done.count, done.left) == (1, 1)
    assert_gone(await reader.open(reader.address(one)))
    assert (await reader.open(reader.address(other))).status_code == 200
    with pytest.raises(UserError, match="works no more already"):
        await reader.world.deps.database.write(unshare_link, ALICE, one.link.link_id, reader.world.now())


async def test_the_owner_revokes_all_links_and_others_their_own(reader: Reader) -> None:
    write, now = reader.world.deps.database.write, reader.world.now()
    alices, bobs = await reader.link(), await reader.link(BOB)
    with pytest.raises(UserError, match=r"You made no link .* 2 links of other people's work"):
        await write(unshare, CHARLIE, UnshareInitiative("Checkout rewrite"), now)
    with pytest.raises(NotAllowedError):
        await write(unshare_link, BOB, alices.link.link_id, now)
    done = await write(unshare, BOB, UnshareInitiative("Checkout rewrite"), now)
    assert (done.count, done.left) == (1, 1)
    await reader.link(BOB)
    done = await write(unshare, ALICE, UnshareInitiative("Checkout rewrite"), now)
    assert (done.count, done.left) == (2, 0)
    for made in (alices, bobs):
        assert_gone(await reader.open(reader.address(made)))
    with pytest.raises(UserError, match="has no link that works"):
        await write(unshare, ALICE, UnshareInitiative("Checkout rewrite"), now)


async def test_only_its_owner_shares_an_initiative_with_a_private_home_after_a_warning(
    reader: Reader,
) -> None:
    world = reader.world
    bobs, alices = await reader.link(BOB), await reader.link()
    await world.make_private("C0GENERAL")
    with pytest.raises(NotAllowedError, match="Only its owner"):
        await reader.link(BOB)
    with pytest.raises(UserError, match="There is no open initiative"):
        await reader.link(CHARLIE)
    before = await world.count(PageLinkRow)
    asked = await world.deps.database.write(make_link, ALICE, ShareInitiative(), world.now())
    assert isinstance(asked, ShareWarning)
    assert await world.count(PageLinkRow) == before
    assert (await reader.open(reader.address(await reader.link(confirmed=True)))).status_code == 200
    # What others made while it was open to all shows it no more.
    assert_gone(await reader.open(reader.address(bobs)))
    assert (await reader.open(reader.address(alices))).status_code == 200
    await world.change(InitiativeRow, 1, owner_id="U0BOB")
    assert_gone(await reader.open(reader.address(alices)))


async def test_links_of_somebody_who_left_work_no_more(on_sqlite: Reader) -> None:
    made = await on_sqlite.link(BOB)
    gone = Person(TEAM, "U0BOB", "Bob", "Europe/Berlin", False, is_deleted=True)
    await on_sqlite.world.deps.database.write(save_person, gone, MONDAY)
    assert_gone(await on_sqlite.open(on_sqlite.address(made)))


async def test_a_closed_initiative_keeps_its_page_until_the_link_ends(on_sqlite: Reader) -> None:
    made = await on_sqlite.link()
    await on_sqlite.world.deps.database.write(close_initiative, ALICE, 1, on_sqlite.world.now())
    assert "Checkout rewrite closed ·" in await on_sqlite.read(made)


async def test_a_link_lives_as_long_as_the_secret_key_it_was_signed_with(on_sqlite: Reader) -> None:
    made = await on_sqlite.link()
    address = on_sqlite.address(made)
    world = on_sqlite.world
    for keys, status in ((("another key", "a key for tests only"), 200), (("another key",), 404)):
        world.deps = replace(world.deps, seal=Seal(*keys))
        assert (await Reader(world).open(address)).status_code == status


async def test_an_initiative_has_so_many_links_and_no_more(on_sqlite: Reader) -> None:
    for _ in range(MOST_LINKS):
        await on_sqlite.link(days=1)
    with pytest.raises(UserError, match=f"has {MOST_LINKS} links already"):
        await on_sqlite.link()
    on_sqlite.world.forward(days=1)
    assert (await on_sqlite.link()).working == 1


async def test_reading_a_page_writes_nothing(on_sqlite: Reader) -> None:
    address = on_sqlite.address(await on_sqlite.link())
    before = on_sqlite.world.database.writes
    assert (await on_sqlite.open(address)).status_code == 200
    assert on_sqlite.world.database.writes == before


async def test_archived_criteria_are_not_on_the_page_and_paused_ones_say_so(on_sqlite: Reader) -> None:
    world = on_sqlite.world
    paused, archived = await world.add("Errors"), await world.add("Old thing")
    await world.read(paused, 5)
    await world.change(CriterionRow, paused, state="paused")
    await world.change(CriterionRow, archived, state="archived")
    page = await on_sqlite.read()
    assert "Errors ⏸️ paused 5 ms" in page
    assert "Old thing" not in page
