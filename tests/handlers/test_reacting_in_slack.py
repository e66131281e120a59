"""Reactions as Slack tells of them: what is passed over, and what the person is told privately."""

from __future__ import annotations

from typing import Any

import pytest

from bot.db.models import ReactionRow
from bot.db.sqlite import SqliteDatabase
from bot.deps import Priority
from bot.domain.prompt import Prompt, PromptKind
from bot.errors import DeliveryError
from bot.services.closing import close_prompt
from handlers.messages import moment_of
from handlers.reacting import reacted
from tests.feedback_world import ALICE, BOB, NOW, TEAM, World, buttons, make_world


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> World:
    made = make_world(sqlite_database)
    await made.know(ALICE, BOB)
    return made


@pytest.fixture
async def prompt(world: World) -> Prompt:
    return await world.ask(kind=PromptKind.THUMBS, reactions=True)


async def tell(world: World, prompt: Prompt, event_type: str = "reaction_added", **event: Any) -> None:
    """Send what Slack would, with some parts different."""
    body = {
        "team_id": TEAM,
        "event_id": event.pop("event_id", "Ev1"),
        "event": {
            "type": event_type,
            "user": "U0BOB",
            "reaction": "+1",
            "item": {"type": "message", "channel": "C0GENERAL", "ts": prompt.ts},
            "item_user": "U0LOOPMARK",
            "event_ts": "1795442401.000100",
            **event,
        },
    }
    await reacted(body, world.deps)
    await world.tasks.idle()


async def test_a_receipt_is_whispered_after_everything_else_with_change_and_withdraw(
    world: World, prompt: Prompt
) -> None:
    await tell(world, prompt)
    (told,) = world.slack.whispers
    assert (told.channel_id, told.user_id, told.priority) == ("C0GENERAL", "U0BOB", Priority.ASIDE)
    assert max(Priority) is Priority.ASIDE
    assert "is counted: *Thumbs up 👍*" in told.message.text
    assert set(buttons(told.message)) == {"Change", "Withdraw"}
    await tell(world, prompt, "reaction_removed", event_id="Ev2", event_ts="1795442402.000100")
    assert "is withdrawn" in world.slack.whispers[-1].message.text
    await tell(world, prompt, "reaction_removed", event_id="Ev3", event_ts="1795442403.000100")
    assert len(world.slack.whispers) == 2


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"user": "U0LOOPMARK"}, id="its own"),
        pytest.param({"user": None}, id="nobody's"),
        pytest.param({"item": {"type": "file", "file": "F1"}}, id="a file"),
        pytest.param({"item": {"type": "message", "channel": "C0LEADS", "ts": "1.1"}}, id="another message"),
        pytest.param({"reaction": "tada"}, id="decoration"),
        pytest.param({"event_ts": None}, id="without a time"),
    ],
)
async def test_what_is_no_answer_is_passed_over(world: World, prompt: Prompt, event: dict[str, Any]) -> None:
    await tell(world, prompt, **event)
    assert (world.slack.whispers, await world.rows(ReactionRow), await world.responses()) == ([], [], [])


@pytest.mark.parametrize("is_refused", [False, True], ids=["a receipt", "a refusal"])
async def test_only_a_refusal_is_worth_a_direct_message_where_slack_refuses_the_whisper(
    world: World, prompt: Prompt, is_refused: bool
) -> None:
    if is_refused:
        await close_prompt(world.deps, ALICE, prompt.id)
    posts = len(world.slack.posts)
    world.slack.whisper_errors.append(DeliveryError("No.", error="user_not_in_channel", permanent=True))
    await tell(world, prompt)
    said = [message.text for _, message in world.slack.posts[posts:]]
    assert [("changed nothing" in text) for text in said] == ([True] if is_refused else [])


@pytest.mark.parametrize(
    ("ts", "moment"),
    [
        ("1795442400.000100", "2026-11-23T14:00:00.000100+00:00"),
        ("1795442400", "2026-11-23T14:00:00+00:00"),
        ("1795442400.5", "2026-11-23T14:00:00.500000+00:00"),
        ("", None),
        (None, None),
        ("abc.def", None),
        ("1" * 40, None),
    ],
)
def test_a_ts_is_a_moment_to_the_microsecond(ts: object, moment: str | None) -> None:
    found = moment_of(ts)
    assert (found.isoformat() if found else None) == moment
    assert NOW.tzinfo is not None
