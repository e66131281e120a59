"""An initiative's page in a real browser: it can be read by everybody, on a phone, in the dark and on paper."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.demo import Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Read = Callable[..., Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def link(demo: Demo) -> str:
    """Give a link to the demo's initiative, as Alice gets it in Slack."""
    alice = demo.workspace.person(demo.cast.alice)
    outcome = await alice.command(demo.cast.checkout, "/initiative share")
    found = re.search(r"http://127\.0\.0\.1:\d+/i/[^\s>|]+", html.unescape(outcome.messages[-1].shown))
    assert found is not None, outcome.messages[-1].shown
    # The demo of the tests listens on whatever port is free, so that its settings can't name it.
    return found[0].replace("http://127.0.0.1:0", demo.web)


@pytest.fixture
def reading(browser: Browser, link: str) -> Read:
    """Give what opens the page; at the end it fails on anything the browser complains about or fetches beside it."""

    @asynccontextmanager
    async def open_page(*, width: int = 1280, dark: bool = False, script: bool = True) -> AsyncIterator[Page]:
        wrong: list[str] = []
        context = await browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        try:
            page = await context.new_page()
            page.on("console", lambda message: wrong.append(message.text))
            page.on("request", lambda request: request.url == link or wrong.append(request.url))
            answer = await page.goto(link)
            assert answer is not None
            assert answer.status == 200
            yield page
            assert wrong == []
        finally:
            await context.close()

    return open_page


LOOKS = pytest.mark.parametrize(
    ("width", "dark"),
    [(1280, False), (1280, True), (360, False), (360, True)],
    ids=["wide light", "wide dark", "phone light", "phone dark"],
)


@LOOKS
async def test_it_can_be_used_by_everybody(
    reading: Read, picture: Callable[[Page, str], Awaitable[Path]], width: int, dark: bool
) -> None:
    async with reading(width=width, dark=dark) as page:
        await page.evaluate(AXE)
        for opened in (False, True):
            await page.locator("details").evaluate_all(
                f"all => all.forEach(one => one.open = {str(opened).lower()})"
            )
            found = await page.evaluate("rules => axe.run({runOnly: rules})", RULES)
            told = [
                (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]])
                for one in found["violations"]
            ]
            assert told == []
            assert len(found["passes"]) > 15
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.locator("details").evaluate_all("all => all.forEach(one => one.open = false)")
        await picture(
            page, f"an-initiative-s-page-{'phone' if width == 360 else 'wide'}-{'dark' if dark else 'light'}"
        )


@pytest.mark.parametrize("width", [1280, 360])
async def test_without_script_the_facts_and_one_chart_of_each_criterion_are_there(
    reading: Read, width: int
) -> None:
    async with reading(width=width, script=False) as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Checkout rewrite")
        row = page.get_by_role("row").filter(has_text="Conversion")
        await expect(row.get_by_role("cell").nth(1)).to_contain_text("%")
        charts = page.get_by_role("img", name=re.compile("Chart of Conversion: .* readings"))
        await expect(charts).to_have_count(1)
        box = await charts.bounding_box()
        assert box is not None
        assert 300 < box["width"] <= width
        await page.get_by_text("What the chart of Conversion shows").click()
        await expect(page.get_by_role("table", name="Readings of Conversion")).to_be_visible()


async def test_letters_in_a_chart_are_as_large_on_a_phone(reading: Read) -> None:
    async with reading(width=360) as page:
        tall = await page.locator("svg.narrow text.day").first.evaluate(
            "text => text.getBoundingClientRect().height"
        )
        assert tall >= 12


async def test_on_paper_it_is_dark_on_light_and_says_as_of_when(reading: Read, tmp_path: Path) -> None:
    async with reading(dark=True) as page:
        await page.emulate_media(media="print", color_scheme="dark")
        colours = await page.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        )
        assert colours == ["rgb(255, 255, 255)", "rgb(29, 28, 29)"]
        await expect(page.get_by_text(re.compile(r"As of \d+ Nov 2026"))).to_be_visible()
        await expect(page.locator("details").first).to_be_hidden()
        await expect(page.locator("svg.wide").first).to_be_visible()
        paper = tmp_path / "page.pdf"
        await page.pdf(path=paper, format="A4")
        assert paper.read_bytes().count(b"/Type /Page\n") <= 6
