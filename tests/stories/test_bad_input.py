"""Bad input: one clear sentence, privately, with what was typed repeated, and nothing changed."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, func, select

from bot.db.models import CriterionRow, InitiativeRow, NoteRow, PromptRow, ReadingRow, ScheduleRow
from tests.stories.conftest import Stage

TABLES = (InitiativeRow, CriterionRow, ReadingRow, ScheduleRow, PromptRow, NoteRow)

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


def count_rows(session: Session) -> dict[str, int]:
    return {table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in TABLES}


async def set_scene(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    await stage.settle()
    await stage.says(
        stage.alice, stage.general, "/criteria add p95 latency <= 300 ms by 12 Dec source manual"
    )
    await stage.settle()


ADD = "/criteria add Signups >= 500 by 12 Dec source manual"

REFUSED = {
    "unknown initiative": (f"{ADD} for Chekout rewrite", ["no open initiative", "“Checkout rewrite”"]),
    "unknown criterion": ("/criteria show p95 latencies", ["no criterion", "“p95 latency”"]),
    "target without a number": (
        "/criteria add Signups >= by 12 Dec source manual",
        ["no number", "For example"],
    ),
    "no date": ("/criteria add Signups >= 500 source manual", ["no date"]),
    "no source": ("/criteria add Signups >= 500 by 12 Dec", ["no way to get a value"]),
    "baseline equals target": (
        "/criteria add Signups >= 500 from 500 by 12 Dec source manual",
        ["baseline equals the target"],
    ),
    "number readable two ways": ("/criteria add Signups >= 1,5 by 12 Dec source manual", ["1.5", "15"]),
    "date in the past": ("/criteria add Signups >= 500 by 2026-11-01 source manual", ["in the past"]),
    "unreadable date": ("/criteria add Signups >= 500 by 45 Foo source manual", ["45 Foo"]),
    "date readable two ways": ("/criteria add Signups >= 500 by 12/11 source manual", ["12 Nov", "11 Dec"]),
    "unknown unit of time": (f"{ADD} every 5 fortnights", ["fortnights"]),
    "address that is not http": ("/criteria add Signups >= 5 by 12 Dec source ftp://example.com/x", ["http"]),
    "unknown source": (
        "/criteria add Signups >= 5 by 12 Dec source jira",
        ["There is no source called “jira”; there are: ", "http_json, manual"],
    ),
    "options where there are none": (f"{ADD} with method=POST", ["takes no options"]),
    "option without a text": (f"{ADD} with method=", ["The option method has no text"]),
    "name that is taken": (
        "/criteria add P95 LATENCY <= 5 by 12 Dec source manual",
        ["already has a criterion"],
    ),
    "value that is no number": ("/criteria set p95 latency fast", ["value"]),
    "channel as text": (
        "/progress schedule every Mon 09:00 in #nowhere",
        ["hoose the channel from Slack's list"],
    ),
    "schedule without a time": ("/progress schedule every Mon", ["time"]),
}


async def test_bad_input_gets_one_sentence_and_changes_nothing(stage: Stage) -> None:
    await set_scene(stage)
    before = await stage.loopmark.deps.database.read(count_rows)
    posts = len(stage.posts(stage.general))
    # One stage for all of them: since nothing is changed, none can be in another's way.
    for what, (line, words) in REFUSED.items():
        outcome = await stage.alice.command(stage.general, line)
        await stage.settle()
        shown = "\n".join(message.shown for message in outcome.messages)
        for word in words:
            assert word in shown, what
        assert line.split(" ", 2)[2] in shown.replace("&gt;", ">").replace("&lt;", "<"), what
        assert await stage.loopmark.deps.database.read(count_rows) == before, what
        assert len(stage.posts(stage.general)) == posts, what


async def test_a_refused_address_can_not_be_saved(stage: Stage) -> None:
    await set_scene(stage)
    before = await stage.loopmark.deps.database.read(count_rows)
    outcome = await stage.alice.command(
        stage.general, "/criteria add Keys >= 5 by 12 Dec source http://169.254.169.254/latest path $.x"
    )
    await stage.settle()
    shown = outcome.messages[-1].shown
    assert "never read" in shown
    assert "Save anyway" not in shown
    assert await stage.loopmark.deps.database.read(count_rows) == before


UNREADABLE = {
    "no such host": ("http://metrics.invalid/x", None, 200, "does not resolve"),
    "unauthorised": (None, "{}", 401, "HTTP 401"),
    "not there": (None, "{}", 404, "HTTP 404"),
    "server error": (None, "{}", 500, "HTTP 500"),
    "not JSON": (None, "<html>", 200, "JSON"),
    "nothing at the path": (None, '{"other": 1}', 200, "$.value"),
    "a list": (None, '{"value": [1, 2]}', 200, "list"),
    "text": (None, '{"value": "fast"}', 200, "fast"),
    "NaN": (None, '{"value": NaN}', 200, "NaN"),
    "too large a number": (None, '{"value": 1e999999}', 200, "too large"),
    "over 5 MB": (None, '{"value": "' + "x" * 5_300_000 + '"}', 200, "5 MB"),
}


@pytest.mark.parametrize(("url", "body", "status", "cause"), UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_source_that_can_not_be_read_shows_why_and_can_be_saved_anyway(
    stage: Stage, url: str | None, body: str | None, status: int, cause: str
) -> None:
    await set_scene(stage)
    stage.metrics.text, stage.metrics.status = body, status
    url = url or f"{stage.metrics.address}/stats"
    outcome = await stage.alice.command(
        stage.general, f"/criteria add Speed >= 5 by 12 Dec source {url} path $.value"
    )
    await stage.settle()
    assert cause.casefold() in outcome.messages[-1].shown.casefold()
    assert "Speed" not in await stage.says(stage.alice, stage.general, "/criteria list")
    await stage.alice.click(outcome.messages[-1], "Save anyway")
    await stage.settle()
    assert "Speed" in await stage.says(stage.alice, stage.general, "/criteria list")


async def test_a_channel_the_bot_is_not_in_is_named_with_the_next_step(stage: Stage) -> None:
    outcome = await stage.alice.command(stage.lonely, '/initiative new "Quiet" by 12 Dec')
    await stage.settle()
    assert "/invite @" in outcome.messages[-1].shown
    assert "Quiet" in outcome.messages[-1].shown


async def test_an_archived_channel_is_refused(stage: Stage) -> None:
    await set_scene(stage)
    old = stage.workspace.add_channel("old", members=[stage.alice_user], archived=True)
    outcome = await stage.alice.command(stage.general, f"/progress schedule every Mon 09:00 in {old.mention}")
    await stage.settle()
    assert "archived" in outcome.messages[-1].shown


async def test_an_unknown_channel_is_refused(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(
        stage.general, "/progress schedule every Mon 09:00 in <#C0NOSUCH00|ghosts>"
    )
    await stage.settle()
    assert "can't see" in outcome.messages[-1].shown


async def test_two_with_the_same_name_are_offered_as_buttons(stage: Stage) -> None:
    for channel, name in ((stage.general, "Checkout rewrite"), (stage.leads, "Search")):
        await stage.says(stage.alice, channel, f'/initiative new "{name}" by 12 Dec')
        await stage.settle()
        await stage.says(stage.alice, channel, "/criteria add Speed >= 5 by 12 Dec source manual")
    elsewhere = stage.workspace.add_channel("elsewhere", members=[stage.alice_user])
    outcome = await stage.alice.command(elsewhere, "/criteria set Speed 7")
    assert "More than one criterion" in outcome.message.shown
    await stage.alice.click(outcome.message, "Speed · Search")
    await stage.settle()
    assert "7" in await stage.says(stage.alice, stage.leads, "/criteria list")
    assert "7" not in await stage.says(stage.alice, stage.general, "/criteria list")


ODD_TEXTS = {
    "4,000 characters": "x" * 3_980,
    "emoji": "the form 🙈 is 🐌",
    "right to left": "הטופס מבלבל",
    "smart quotes": "the “new” form’s text",
    "ampersands": "a & b < c > d &amp; &lt;!channel&gt;",
    "mass mention": "hello <!channel> and <!here>",
}


async def test_odd_text_is_kept_whole_and_pings_nobody(stage: Stage) -> None:
    await set_scene(stage)

    def last_note(session: Session) -> str:
        return session.exec(select(NoteRow.text).order_by(col(NoteRow.id).desc()).limit(1)).one()

    former = ""
    for what, text in ODD_TEXTS.items():
        outcome = await stage.alice.command(stage.general, f"/feedback {text}")
        await stage.settle()
        assert outcome.error is None, what
        kept = await stage.loopmark.deps.database.read(last_note)
        assert kept, what
        assert kept != former, what
        assert "<!channel>" not in outcome.message.text, what
        former = kept


async def test_a_line_that_was_refused_opens_as_a_form(stage: Stage) -> None:
    await set_scene(stage)
    outcome = await stage.alice.command(
        stage.general,
        "/criteria add Signups >= 1,5 ms by 12 Dec source https://example.com/x path $.a "
        "with body='[1, 2]' method=POST every 15m",
    )
    await stage.alice.click(outcome.message, "Open as form")
    view = await stage.alice.wait_view(lambda view: "Better when" in view.shown)
    values = {
        block["block_id"]: block["element"] for block in view.body["blocks"] if block["type"] == "input"
    }
    assert values["name"]["initial_value"] == "Signups"
    assert values["target"]["initial_value"] == "1,5"
    assert values["unit"]["initial_value"] == "ms"
    assert values["url"]["initial_value"] == "https://example.com/x"
    assert values["path"]["initial_value"] == "$.a"
    assert values["options"]["initial_value"] == "body=[1, 2]\nmethod=POST"
    assert values["due"]["initial_date"] == "2026-12-12"
    assert values["every"]["initial_value"] == "15m"
