"""A visitor at the demo's page: each thing the page says to try, done in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from bot.demo import Demo

pytestmark = [pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]


async def send(page: Page, channel: str, line: str) -> None:
    box = page.get_by_role("textbox", name=f"Message #{channel}, or type /")
    await box.fill(line)
    await box.press("Enter")
    await expect(box).to_have_value("")


async def test_a_visitor_sees_the_week_that_was(demo: Demo, opened, address, picture) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.alice, demo.cast.leads.id, "guide"))
    post = page.get_by_test_id("message").filter(has_text="Checkout").last
    await expect(post).to_contain_text("Conversion")
    assert await page.locator("[data-unknown]").count() == 0
    await expect(page.get_by_test_id("guide")).to_contain_text("Add a criterion")
    await expect(page.get_by_test_id("clock")).to_contain_text("15:0")
    await picture(page, "the-weekly-post")


async def test_a_chart_is_drawn_with_the_points_of_its_block(demo: Demo, opened, address) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.alice, demo.cast.leads.id))
    charts = [
        (message, block)
        for message in demo.workspace.messages(demo.cast.leads)
        for block in message.blocks
        if block["type"] == "data_visualization"
    ]
    assert charts
    message, block = charts[-1]
    where = f'[data-key="message:{demo.cast.leads.id}:{message.ts}"] .bk-chart'
    shown = page.locator(where).last
    # Read at one moment: the chart is drawn again when it gets another width.
    low, high, drawn = await shown.locator("svg.bk-chart-svg").evaluate(
        """svg => [Number(svg.dataset.low), Number(svg.dataset.high), [...svg.querySelectorAll("g[data-series]")].map(
            (group) => [group.dataset.series, [...group.querySelectorAll("circle")].map(
                (one) => [Number(one.dataset.value), Number(one.getAttribute("cy"))])])]"""
    )
    asked = [
        (one["name"], [float(point["value"]) for point in one["data"]]) for one in block["chart"]["series"]
    ]
    assert [(name, [value for value, _ in points]) for name, points in drawn] == asked
    heights = [tuple(point) for _, points in drawn for point in points]
    (value_a, y_a), (value_b, y_b) = min(heights), max(heights)
    assert low <= value_a < value_b <= high
    per_unit = (y_a - y_b) / (value_b - value_a)
    assert per_unit > 0
    for value, y in heights:
        assert y == pytest.approx(y_a - (value - value_a) * per_unit, abs=0.05)
    names = await shown.locator("table thead th").all_text_contents()
    assert names[1:] == [series["name"] for series in block["chart"]["series"]]


async def test_a_criterion_is_added_through_the_form(demo: Demo, opened, address, picture) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.alice, demo.cast.checkout.id))
    await send(page, "checkout", "/criteria add")
    form = page.get_by_test_id("modal")
    await expect(form).to_contain_text("Add a criterion")
    await expect(form.get_by_label("Name")).to_be_visible()
    await picture(page, "the-form")
    await page.get_by_test_id("modal-submit").click()
    empty = form.locator("[data-block-id=name]")
    await expect(empty.locator(".field-error")).to_be_visible()
    await expect(empty.get_by_label("Name")).to_have_attribute("aria-invalid", "true")

    await form.get_by_label("Name").fill("Signups by form")
    await form.get_by_label("Target").fill("about five")
    await form.get_by_label("Due date").fill("2026-12-31")
    await form.get_by_label("URL").fill(f"{demo.metrics.address}/signups")
    await form.get_by_label("Value path").fill("$.signups.total")
    await page.get_by_test_id("modal-submit").click()
    wrong = form.locator("[data-block-id=target]")
    await expect(wrong.locator(".field-error")).to_contain_text("about five")
    assert await form.get_by_label("Name").input_value() == "Signups by form"

    await form.get_by_label("Target").fill("1,000,000")
    await page.get_by_test_id("modal-submit").click()
    await expect(form).to_contain_text("Found", timeout=8_000)
    await picture(page, "the-value-found")
    await page.get_by_test_id("modal-submit").click()
    await expect(form).to_contain_text("Signups by form")
    await page.get_by_test_id("modal-close").click()
    await expect(form).to_have_count(0)
    await send(page, "checkout", "/criteria list")
    await expect(page.get_by_test_id("message").last).to_contain_text("Signups by form")


async def test_three_people_answer_and_the_fifth_answer_opens_the_results(  # type: ignore[no-untyped-def]
    demo: Demo, opened, address, picture
) -> None:
    alice, bob, kofi = demo.cast.played
    first = await opened(address(alice, demo.cast.checkout.id))
    await send(first, "checkout", '/feedback ask "Which name?" choice "Basket" "Cart" closes after 3 answers')
    for number, (user, option) in enumerate(((alice, "Basket"), (bob, "Cart"), (kofi, "Cart")), 1):
        page = await opened(address(user, demo.cast.checkout.id))
        prompt = page.get_by_test_id("message").filter(has=page.get_by_role("button", name="Cart"))
        if number == 1:  # pressed twice in a row: it is one answer
            button = prompt.get_by_role("button", name=option)
            await button.dblclick()
        else:
            await prompt.get_by_role("button", name=option).click()
        await expect(page.get_by_test_id("message").filter(has_text="is counted").last).to_be_visible()
        if number < 3:
            await expect(prompt).to_contain_text(f"{number} answer", timeout=8_000)
    prompt = first.get_by_test_id("message").filter(has_text="2 of 3").first
    await expect(prompt).to_contain_text("2 of 3", timeout=8_000)
    await expect(prompt).to_contain_text("closed")

    anonymous = await opened(address(kofi, demo.cast.general.id))
    asked = anonymous.get_by_test_id("message").filter(has_text="4 answers").last
    await expect(asked).to_contain_text("anonymous", ignore_case=True)
    await picture(anonymous, "the-anonymous-prompt")
    await asked.get_by_role("button").nth(1).click()
    closed = anonymous.get_by_test_id("message").filter(has_text="5 answers").last
    await expect(closed).to_contain_text("closed", timeout=8_000)
    await picture(anonymous, "the-results")


async def test_feedback_is_given_by_reactions_mentions_and_the_menu_of_a_message(  # type: ignore[no-untyped-def]
    demo: Demo, opened, address
) -> None:
    page = await opened(address(demo.cast.bob, demo.cast.checkout.id))
    await send(page, "checkout", '/feedback ask "How was it?" scale reactions')
    asked = page.get_by_test_id("message").filter(has_text="Reactions count too").last
    await asked.hover()
    await asked.get_by_role("button", name="Add a reaction").click()
    menu = page.get_by_test_id("menu")
    await expect(menu.locator("[data-key]").first).to_have_attribute("data-key", "one")
    await menu.locator("[data-key=four]").click()
    await expect(page.get_by_test_id("message").filter(has_text="is counted").last).to_contain_text("4")
    await expect(asked).to_contain_text("1 answer", timeout=8_000)
    await asked.locator(".reaction.mine").click()
    await expect(page.get_by_test_id("message").filter(has_text="is withdrawn").last).to_be_visible()

    box = page.get_by_role("textbox", name="Message #checkout, or type /")
    await box.press_sequentially("@Loopm")
    await box.press("Enter")
    await box.press_sequentially("the address step is odd")
    await box.press("Enter")
    saved = page.get_by_test_id("message").filter(has_text="Saved as a note").last
    await expect(saved).to_contain_text("the address step is odd")

    said = page.get_by_test_id("message").filter(has_text="the address step is odd").first
    await said.hover()
    await said.get_by_test_id("message-menu").click()
    await page.get_by_test_id("menu").locator("[data-key=keep_as_feedback]").click()
    again = page.get_by_test_id("message").filter(has_text="You kept that message before").last
    await expect(again).to_be_visible()


async def test_a_thread_opens_beside_its_channel(demo: Demo, opened, address, picture) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.bob, demo.cast.checkout.id))
    await page.get_by_test_id("open-thread").last.click()
    thread = page.get_by_test_id("thread")
    await expect(thread.get_by_test_id("message").nth(1)).to_be_visible()
    await picture(page, "a-thread")
    await thread.get_by_role("textbox", name="Reply in the thread").fill("/criteria list")
    await thread.get_by_role("textbox", name="Reply in the thread").press("Enter")
    await expect(page.get_by_text("/criteria is not supported in threads. Sorry!").first).to_be_visible()


async def test_the_traffic_says_what_was_sent_and_answered(demo: Demo, opened, address, picture) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.alice, demo.cast.checkout.id, "traffic"))
    await send(page, "checkout", "/criteria help")
    exchange = page.get_by_test_id("exchange").filter(has_text="/criteria help").first
    await expect(exchange).to_contain_text("ms")
    await picture(page, "the-traffic")


async def test_the_next_weekly_post_can_be_seen_now(demo: Demo, opened, address) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.alice, demo.cast.leads.id))

    def posts() -> int:
        return len([one for one in demo.workspace.messages(demo.cast.leads) if not one.thread_ts])

    before = posts()
    await expect(page.get_by_test_id("jump")).to_contain_text("leads")
    await page.get_by_test_id("jump").click()
    await expect(page.get_by_test_id("clock")).to_contain_text("Mon 30 Nov", timeout=15_000)
    await demo.workspace.wait_for(lambda: posts() > before)
    newest = [one for one in demo.workspace.messages(demo.cast.leads) if not one.thread_ts][-1]
    await expect(page.locator(f'[data-key="message:{demo.cast.leads.id}:{newest.ts}"]')).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_on_a_phone_everything_fits(demo: Demo, opened, address, picture, dark: bool) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.kofi, demo.cast.leads.id), width=390, height=844, dark=dark)
    await expect(page.get_by_test_id("message").last).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await picture(page, f"a-phone-{'dark' if dark else 'light'}")
    await page.get_by_test_id("open-drawer").click()
    await page.get_by_test_id("place").filter(has_text="checkout").click()
    await expect(page).to_have_url(re.compile(f"#{demo.cast.checkout.id}"))
    await send(page, "checkout", "/criteria add")
    await expect(page.get_by_test_id("modal")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_it_can_be_used_with_the_keyboard_alone(demo: Demo, opened, address) -> None:  # type: ignore[no-untyped-def]
    page = await opened(address(demo.cast.bob, demo.cast.search.id))
    await page.get_by_role("textbox", name="Message #search, or type /").focus()
    await page.keyboard.type("/crit")
    await expect(page.get_by_role("option").filter(has_text="/criteria").first).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("add")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    form = page.get_by_test_id("modal")
    await expect(form).to_be_visible()
    focused = "document.querySelector('[data-testid=modal]').contains(document.activeElement)"
    for _ in range(40):
        assert await page.evaluate(focused)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
