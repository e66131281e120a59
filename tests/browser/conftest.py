"""A real browser on the sandbox's page, and the demo in it as a visitor finds it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright

from bot.demo import Demo, open_demo
from bot.sandbox import User

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""A Wednesday, 15:00 in Berlin."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
MISSING = (
    "no browser was found, so the page was not tried: install one (apt-get install chromium), "
    "or name it in LOOPMARK_TEST_BROWSER"
)

Open = Callable[..., Awaitable[Page]]


def find_browser() -> str | None:
    """Return the program of a browser of Chromium's kind, or None."""
    return os.environ.get("LOOPMARK_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def program() -> str:
    """Give the browser's program."""
    found = find_browser()
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(program: str) -> AsyncIterator[Browser]:
    """Give a running browser."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory, program: str) -> AsyncIterator[Demo]:
    """Give the demo with its week set up; the bot ticks by itself, the clock stands until it is turned."""
    del program
    async with open_demo(tmp_path_factory.mktemp("demo"), now=lambda: NOW) as opened:
        await opened.set_up(lambda: NOW)
        opened.loopmark.clock.start()
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser) -> AsyncIterator[Open]:
    """Give what opens a page; at the end it fails on errors in the console and requests that leave this machine."""
    wrong: list[str] = []

    async def keep_here(route: Route) -> None:
        if not route.request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:")):
            wrong.append(f"asked for {route.request.url}")
            await route.abort()
            return
        await route.continue_()

    async with AsyncExitStack() as stack:

        async def open_page(
            address: str, *, width: int = 1280, height: int = 860, dark: bool = False
        ) -> Page:
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(8_000)
            page = await context.new_page()
            await page.route("**/*", keep_here)
            page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
            page.on(
                "console",
                lambda message: wrong.append(message.text) if message.type == "error" else None,
            )
            await page.goto(address)
            await page.wait_for_selector(".app:not(.loading)")
            return page

        yield open_page
    assert wrong == []


@pytest.fixture
def address(demo: Demo) -> Callable[..., str]:
    """Give the address of the page for a person and a place."""

    def make(user: User, place: str = "", panel: str = "") -> str:
        return f"{demo.workspace.page_url}?as={user.id}&panel={panel}#{place}"

    return make


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Page, str], Awaitable[Path]]:
    """Give what takes a picture of a page, into docs/pictures when LOOPMARK_TEST_PICTURES says so."""
    wanted = os.environ.get("LOOPMARK_TEST_PICTURES")
    folder = Path(wanted) if wanted else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)

    async def take(page: Page, name: str) -> Path:
        path = folder / f"{name}.png"
        await page.screenshot(path=path, animations="disabled")
        assert path.stat().st_size > 10_000
        return path

    return take
