"""The page draws what Slack draws: every message and form of the bot's, and every block there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.domain.message import Message as Built
from bot.examples import World, all_examples
from bot.sandbox import Channel, User, Workspace
from bot.sandbox.model import Message

pytestmark = [pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]


class Stage:
    """A channel into which anything can be put, refused by nobody."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.alice: User = workspace.add_user("Alice", is_admin=True)
        self.channel: Channel = workspace.add_channel("general", members=[self.alice])

    def show(self, text: str, blocks: list[dict[str, Any]] | None = None) -> str:
        team = self.workspace.server.team
        ts = team.next_ts(self.channel.id)
        team.post(Message(self.channel, ts, team.bot, text, blocks=blocks or []))
        return f'[data-key="message:{self.channel.id}:{ts}"]'

    @property
    def address(self) -> str:
        return f"{self.workspace.page_url}?as={self.alice.id}&panel=#{self.channel.id}"


@pytest_asyncio.fixture(loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    async with Workspace() as workspace:
        yield Stage(workspace)


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


ODD_BLOCKS: list[dict[str, Any]] = [
    {"type": "table", "rows": [[{"type": "raw_text", "text": "A"}], [{"type": "raw_text", "text": "one cell"}]]},
    {"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich", "style": {"bold": True}}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "an item"}]}]},
    ]},
    {"type": "markdown", "text": "# A heading\n\n- **strong** item\n- [a link](https://example.com)\n\n> quoted"},
    {"type": "alert", "text": plain("Take care"), "level": "warning"},
    {"type": "card", "title": plain("A card"), "body": plain("its body"), "actions": [
        {"type": "button", "action_id": "a", "text": plain("Press")}]},
    {"type": "container", "title": plain("A box"), "child_blocks": [{"type": "divider"},
        {"type": "section", "text": plain("inside")}]},
    {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": "f",
        "positive_button": {"text": plain("Good"), "value": "y"},
        "negative_button": {"text": plain("Bad"), "value": "n"}}]},
    {"type": "data_visualization", "title": "Shares", "chart": {"type": "pie", "segments": [
        {"label": "A", "value": 3}, {"label": "B", "value": 1}]}},
    {"type": "data_visualization", "title": "Bars", "chart": {"type": "bar", "axis_config": {"categories": ["x", "y"]},
        "series": [{"name": "s", "data": [{"label": "x", "value": -2}, {"label": "y", "value": 4}]}]}},
]  # fmt: skip


async def test_every_message_of_the_bot_is_drawn_whole(stage: Stage, opened: Any) -> None:
    for name, example in all_examples(World()).items():
        if isinstance(example, Built):
            stage.show(f"{name}: {example.text}", list(example.blocks))  # type: ignore[arg-type]
    page: Page = await opened(stage.address)
    await expect(page.get_by_test_id("message").last).to_be_visible()
    assert await page.locator("[data-unknown]").count() == 0


async def test_every_form_of_the_bot_is_drawn_whole(stage: Stage, opened: Any) -> None:
    modals = stage.workspace.server.modals
    page: Page = await opened(stage.address)
    for name, example in all_examples(World()).items():
        if isinstance(example, Built) or example["type"] == "home":
            continue
        modals.open(modals.use_trigger(modals.new_trigger(stage.alice)), dict(example))
        form = page.get_by_test_id("modal").last
        await expect(form, name).to_contain_text(example["title"]["text"])
        assert await form.locator("[data-unknown]").count() == 0, name
        unnamed = "[...document.querySelectorAll('[data-testid=modal] :is(input, select, textarea)')]"
        labelled = "(one.labels?.length || one.ariaLabel || one.closest('[aria-labelledby], label'))"
        assert await page.evaluate(f"{unnamed}.filter((one) => !{labelled}).length") == 0, name
        modals.close_all(stage.alice)
        await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_every_home_tab_of_the_bot_is_drawn_whole(stage: Stage, opened: Any) -> None:
    page: Page = await opened(stage.address.replace(f"#{stage.channel.id}", "#home"))
    for name, example in all_examples(World()).items():
        if isinstance(example, Built) or example["type"] != "home":
            continue
        stage.workspace.server.modals.publish(stage.alice, dict(example), "")
        titles = [block["text"]["text"] for block in example["blocks"] if block["type"] == "header"]
        for title in titles:
            await expect(page.get_by_test_id("home"), name).to_contain_text(title)
        assert await page.locator("[data-unknown]").count() == 0, name


async def test_every_other_block_is_drawn_and_an_unknown_one_says_so(stage: Stage, opened: Any) -> None:
    where = stage.show("odd", [*ODD_BLOCKS, {"type": "hologram", "text": "?"}])
    page: Page = await opened(stage.address)
    message = page.locator(where)
    for words in ("one cell", "an item", "A heading", "Take care", "its body", "inside", "Good"):
        await expect(message).to_contain_text(words)
    assert await message.locator("path.bk-slice").count() == 2
    bars = await message.locator("rect.bk-bar").all()
    assert [await bar.get_attribute("data-value") for bar in bars] == ["-2", "4"]
    tall = [float(await bar.get_attribute("height") or 0) for bar in bars]
    assert tall[1] == pytest.approx(2 * tall[0], abs=0.1)
    assert await message.locator("[data-unknown]").count() == 1
    await expect(message.locator("[data-unknown]")).to_contain_text("“hologram” is not drawn here")


@pytest.mark.parametrize(
    ("mrkdwn", "shown", "inside"),
    [
        ("*bold* and _slanted_ and ~gone~", "bold and slanted and gone", ["strong", "em", "s"]),
        ("`a * b * c`", "a * b * c", ["code"]),
        ("```one\ntwo```", "one\ntwo", ["pre code"]),
        ("&gt; said", "said", ["blockquote"]),
        ("<https://example.com|a label>", "a label", ["a[href='https://example.com'][rel~=noopener]"]),
        ("<!date^1772443800^{date_short} at {time}|then>", "Mar 2, 2026 at 10:30", ["time"]),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name", []),
        ("&lt;b&gt; &amp;amp; :tada: :nothing_known:", "<b> &amp; 🎉 :nothing_known:", []),
        ("<script>alert(1)</script>", "script", []),
        ("<javascript:alert(1)|press>", "press", []),
        ("<img src=x onerror=alert(1)>", "img src=x onerror=alert(1)", []),
    ],
)
async def test_mrkdwn_reads_as_in_slack_and_never_as_html(
    stage: Stage, opened: Any, mrkdwn: str, shown: str, inside: list[str]
) -> None:
    where = stage.show(
        "x", [{"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": mrkdwn}}]
    )
    page: Page = await opened(stage.address)
    block = page.locator(f"{where} [data-block-id=s]")
    await expect(block).to_contain_text(shown)
    for selector in inside:
        await expect(block.locator(selector)).to_have_count(1)
    assert await block.locator("script, img, [onerror], a[href^='javascript']").count() == 0


async def test_home_shows_what_the_bot_publishes_and_its_buttons_work(stage: Stage, opened: Any) -> None:
    page: Page = await opened(stage.address)
    blocks = [{"type": "header", "text": plain("What waits for you")}]
    stage.workspace.server.modals.publish(stage.alice, {"type": "home", "blocks": blocks}, "")
    await page.get_by_test_id("place").filter(has_text="Home").click()
    await expect(page.get_by_test_id("home")).to_contain_text("What waits for you")
