"""Somebody's do-not-disturb, as Slack said within the last minutes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import DeliveryError
from bot.settings import load_settings
from bot.slack import SlackClient, open_client
from bot.slack.dnd import KNOWN_FOR, LONG_PAUSE, PAUSE, period
from tests.slack.conftest import NOW, TOKEN, Answer, FakeClock, ScriptedSlack

METHOD = "dnd.info"
HOUR = timedelta(hours=1)


def info(starts: datetime, ends: datetime, **more: Any) -> dict[str, Any]:
    return {
        "dnd_enabled": True,
        "next_dnd_start_ts": int(starts.timestamp()),
        "next_dnd_end_ts": int(ends.timestamp()),
        **more,
    }


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(info(NOW - HOUR, NOW + HOUR), (NOW - HOUR, NOW + HOUR), id="runs"),
        pytest.param(info(NOW + HOUR, NOW + 9 * HOUR), (NOW + HOUR, NOW + 9 * HOUR), id="comes"),
        pytest.param(info(at(1), at(1)), (None, None), id="none, as Slack writes it"),
        pytest.param({**info(NOW - HOUR, NOW + HOUR), "dnd_enabled": False}, (None, None), id="switched off"),
        pytest.param(info(NOW + HOUR, NOW - HOUR), (None, None), id="the wrong way round"),
        pytest.param({"dnd_enabled": True}, (None, None), id="without times"),
        pytest.param(
            {"dnd_enabled": True, "next_dnd_start_ts": "1", "next_dnd_end_ts": 10**30}, (None, None), id="no times"
        ),
        pytest.param(
            info(at(1), at(1), dnd_enabled=False, snooze_enabled=True, snooze_endtime=int((NOW + HOUR).timestamp())),
            (NOW, NOW + HOUR), id="snoozed",
        ),
        pytest.param(
            info(NOW - HOUR, NOW + 3 * HOUR, snooze_enabled=True, snooze_endtime=int((NOW + HOUR).timestamp())),
            (NOW, NOW + 3 * HOUR), id="snoozed within it",
        ),
        pytest.param(
            info(NOW + HOUR, NOW + 3 * HOUR, snooze_enabled=True, snooze_endtime=int((NOW - HOUR).timestamp())),
            (NOW + HOUR, NOW + 3 * HOUR), id="a snooze that is over",
        ),
        pytest.param({}, (None, None), id="an empty answer"),
    ],
)  # fmt: skip
def test_what_slack_says_of_somebody(answer: dict[str, Any], expected: tuple[object, object]) -> None:
    assert period(answer, NOW) == expected


class Time:
    """This machine's clock, moved by hand."""

    def __init__(self) -> None:
        self.now = NOW


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def asking(scripted: ScriptedSlack, clock: FakeClock, time: Time) -> AsyncIterator[SlackClient]:
    settings = load_settings(_env_file=None, SLACK_BOT_TOKEN=TOKEN, SLACK_API_URL=f"{scripted.url}/api/")
    made = SlackClient(
        open_client(settings), now=lambda: time.now, sleep=clock.sleep, monotonic=clock.monotonic
    )
    yield made
    await made.aclose()


async def test_an_answer_counts_for_some_minutes_and_only_while_it_runs(
    asking: SlackClient, scripted: ScriptedSlack, time: Time
) -> None:
    scripted.script(
        METHOD, info(NOW - HOUR, NOW + 2 * timedelta(minutes=1)), info(NOW + HOUR, NOW + 2 * HOUR)
    )
    assert await asking.do_not_disturb_until("U1") == NOW + timedelta(minutes=2)
    time.now = NOW + timedelta(minutes=2)
    assert await asking.do_not_disturb_until("U1") is None
    assert len(scripted.requests) == 1
    assert scripted.requests[0].query | scripted.requests[0].args == {"user": "U1"}
    time.now = NOW + KNOWN_FOR
    assert await asking.do_not_disturb_until("U1") is None
    assert len(scripted.requests) == 2


async def test_a_missing_scope_is_asked_about_once_in_a_while_for_all_and_logged_once(
    asking: SlackClient, scripted: ScriptedSlack, time: Time
) -> None:
    missing = Answer({"ok": False, "error": "missing_scope", "needed": "dnd:read", "provided": "chat:write"})
    scripted.script(METHOD, missing, missing, info(NOW, NOW + HOUR))
    with capture_logs() as logged:
        for user in ("U1", "U2", "U1"):
            with pytest.raises(DeliveryError) as refused:
                await asking.do_not_disturb_until(user)
            assert refused.value.error == "missing_scope"
        assert len(scripted.requests) == 1
        time.now += LONG_PAUSE
        with pytest.raises(DeliveryError):
            await asking.do_not_disturb_until("U1")
    assert [(each["log_level"], each["error"]) for each in logged] == [("warning", "missing_scope")]
    assert len(scripted.requests) == 2
    time.now += LONG_PAUSE
    assert await asking.do_not_disturb_until("U1") == NOW + HOUR


async def test_what_may_pass_is_tried_again_soon_and_one_unknown_person_says_nothing_of_others(
    asking: SlackClient, scripted: ScriptedSlack, time: Time
) -> None:
    scripted.script(
        METHOD,
        Answer({"ok": False, "error": "user_not_found"}),
        Answer({"ok": False, "error": "internal_error"}),
        info(NOW, NOW + HOUR),
    )
    assert await asking.do_not_disturb_until("U9") is None
    with pytest.raises(DeliveryError):
        await asking.do_not_disturb_until("U1")
    with pytest.raises(DeliveryError):
        await asking.do_not_disturb_until("U1")
    assert len(scripted.requests) == 2
    time.now += PAUSE
    assert await asking.do_not_disturb_until("U1") == NOW + HOUR
    assert await asking.do_not_disturb_until("U9") is None
    assert len(scripted.requests) == 3
