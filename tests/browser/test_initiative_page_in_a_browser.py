"""An initiative's page in a real browser: it can be read by everybody, on a phone, in the dark and on paper."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from sqlmodel import Session

from bot.db.checkins import add_check_in
from bot.db.engine import SqliteDatabase
from bot.db.goalposts import add_goalposts
from bot.domain.checkin import CheckIn
from bot.domain.goalpost import GoalpostField, Move
from bot.domain.requests import ShareInitiative
from bot.services.sharing import MadeLink, make_link
from bot.web.server import Readiness, make_web_app
from tests.databases import Databases
from tests.progress_world import ALICE, MONDAY, TEAM, World

pytestmark = [pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

ADDRESS = "http://127.0.0.1:3000"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG = "Merchants-who-finish-the-checkout-without-calling-us-even-once"

Read = Callable[..., Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page_and_client(
    program: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """Give a link to a page with everything a page can have, and what answers it."""
    del program
    database = SqliteDatabase(databases.sqlite(tmp_path_factory.mktemp("page")))
    world = World(database)
    await live_through(world)
    made = await world.deps.database.write(make_link, ALICE, ShareInitiative(), world.now())
    assert isinstance(made, MadeLink)
    link = made.link.address(ADDRESS, world.deps.seal.sign(made.link.signed_text(TEAM)))
    transport = httpx.ASGITransport(app=make_web_app(Readiness(), None, world.deps))
    async with httpx.AsyncClient(transport=transport) as client:
        yield link, client
    await database.close()


async def live_through(world: World) -> None:
    """Two weeks of readings with a gap, targets that moved, check-ins, and a criterion nobody reads."""
    await world.set_scene()
    latency = await world.add(longest_gap_s=8 * 3600)
    target = {"kind": "success", "baseline_typed": True, "due_on": MONDAY.date() + timedelta(days=20)}
    rising = {
        "direction": "at_least",
        "operator_typed": ">=",
        "target": Decimal(500),
        "baseline": Decimal(320),
    }
    signups = await world.add(LONG, unit="", **target, **rising)
    band = {
        "direction": "between",
        "operator_typed": "between",
        "target": Decimal(5),
        "target_high": Decimal(9),
    }
    calls = await world.add("Support calls", unit="calls", baseline=Decimal(20), **target, **band)
    await world.add("Errors")
    world.moment = MONDAY - timedelta(days=13)
    for place in range(78):
        if not 24 <= place < 36:
            await world.read(latency, 700 + place * 37 % 160)
        if place % 6 == 0:
            await world.read(signups, 320 + place * 2)
            await world.read(calls, str(20 - place / 8))
        world.forward(hours=4)
    world.moment = MONDAY

    def store(session: Session) -> None:
        for by, days, confidence in (("U0ALICE", 3, 8), ("U0BOB", 1, 7)):
            given = CheckIn(MONDAY - timedelta(days=days), by, confidence, "the biggest customer waits")
            add_check_in(session, TEAM, latency, given)
        for days, was, is_now in ((8, "950", "900"), (4, "900", "800")):
            move = Move(GoalpostField.TARGET, was, is_now)
            add_goalposts(session, TEAM, latency, [move], by="U0ALICE", now=MONDAY - timedelta(days=days))

    await world.deps.database.write(store)


@pytest.fixture
def reading(browser: Browser, page_and_client: tuple[str, httpx.AsyncClient]) -> Read:
    """Give what opens the page; at the end it fails on anything the browser complains about or asks for besides."""
    link, client = page_and_client

    @asynccontextmanager
    async def open_page(*, width: int = 1280, dark: bool = False, script: bool = True) -> AsyncIterator[Page]:
        wrong: list[str] = []

        async def answer(route: Route) -> None:
            if route.request.url != link:
                wrong.append(route.request.url)
            found = await client.get(route.request.url)
            await route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

        context = await browser.new_context(
            viewport={"width": width, "height": 1240 if width > 1000 else 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        try:
            page = await context.new_page()
            page.on("console", lambda message: wrong.append(message.text))
            await page.route("**/*", answer)
            opened = await page.goto(link)
            assert opened is not None
            assert opened.status == 200
            yield page
            assert wrong == []
        finally:
            await context.close()

    return open_page


LOOKS = [
    pytest.param(1280, False, "the-page", id="light"),
    pytest.param(1280, True, "", id="dark"),
    pytest.param(360, True, "the-page-on-a-phone", id="phone"),
]


@pytest.mark.parametrize(("width", "dark", "name"), LOOKS)
async def test_everybody_can_read_it(
    reading: Read, picture: Callable[[Page, str], Awaitable[Path]], width: int, dark: bool, name: str
) -> None:
    async with reading(width=width, dark=dark) as page:
        if name:
            await picture(page, name)
        await page.evaluate(AXE)
        await page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        found = await page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        told = [(one["help"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]
        assert told == []
        assert {"color-contrast", "svg-img-alt", "heading-order"} <= {one["id"] for one in found["passes"]}
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_on_a_phone_without_script_the_facts_and_a_chart_of_each_criterion_are_there(
    reading: Read,
) -> None:
    async with reading(width=360, script=False) as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Checkout rewrite")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Support calls"))
        await expect(row.get_by_role("cell").nth(1)).to_have_text("11 calls")
        charts = page.get_by_role("img", name=re.compile("Chart of "))
        await expect(charts).to_have_count(3)
        for chart in await charts.all():
            box = await chart.bounding_box()
            assert box is not None
            # Drawn for this width, so that letters keep their size.
            assert 320 <= box["width"] <= 328
        await page.get_by_text("The readings as a table").first.click()
        await expect(page.get_by_role("table", name="Readings of p95 latency")).to_be_visible()


async def test_on_paper_it_is_dark_on_light_and_says_as_of_when(reading: Read) -> None:
    async with reading(dark=True) as page:
        await page.emulate_media(media="print", color_scheme="dark")
        colours = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]"
        assert await page.locator("body").evaluate(colours) == ["rgb(255, 255, 255)", "rgb(29, 28, 29)"]
        await expect(page.get_by_text("As of 23 Nov 2026 09:00. Times in Europe/Berlin.")).to_be_visible()
        await expect(page.locator("details").first).to_be_hidden()
        await expect(page.locator("svg.wide").first).to_be_visible()
        assert (await page.pdf(format="A4")).startswith(b"%PDF")
