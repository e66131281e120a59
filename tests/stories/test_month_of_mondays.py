"""A month of Mondays: a restart, an outage of Slack, the clocks going forward, another source, a Monday slept through.

Each Monday has its post exactly once, and each says what a lead has to know.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox import Message
from tests.stories.conftest import Stage

QUARTER = timedelta(minutes=15)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of 2027, UTC; Berlin's clocks go forward on 28 March."""
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


async def until(stage: Stage, moment: datetime, step: timedelta = timedelta(hours=6)) -> None:
    """Let the time pass up to a moment."""
    await stage.pass_time(moment - stage.clock.moment, step=step)


def scheduled(stage: Stage) -> dict[str, Message]:
    """Return the scheduled posts by the moment they were planned for; none is there twice."""
    keys = [
        (str(message.metadata["event_payload"]["key"]).removeprefix("post:1:").rpartition(":")[0], message)
        for message in stage.posts(stage.leads)
        if message.metadata and message.metadata["event_payload"]["key"].startswith("post:")
    ]
    assert len(keys) == len(dict(keys))
    return dict(keys)


def newest(stage: Stage) -> str:
    """Return how the newest scheduled post reads now."""
    return list(scheduled(stage).values())[-1].shown


def sent_at(message: Message) -> datetime:
    """Return when a message was posted, to the minute."""
    return datetime.fromtimestamp(float(message.ts), UTC).replace(second=0, microsecond=0)


@pytest.mark.soak
@pytest.mark.parametrize("transport", ["socket"], indirect=True)
async def test_every_monday_of_a_month_has_one_post_worth_reading(stage: Stage) -> None:
    stage.clock.moment = at(3, 8, 9)
    stage.metrics.body = {"calls": 4, "answered": 12}
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by in 6 weeks')
    await stage.settle()
    source = f"source {stage.metrics.address}/stats path $.calls every 6h"
    await stage.says(stage.alice, stage.general, f"/criteria add Calls <= 9 guardrail {source}")
    line = f'/progress schedule every Mon 09:00 in {stage.leads.mention} for "Checkout rewrite"'
    outcome = await stage.alice.command(stage.general, line)
    await stage.settle()
    # The answer knows that the clocks go forward in between: the wall time stays.
    assert "next: Mon 15 Mar 09:00, Mon 22 Mar 09:00, Mon 29 Mar 09:00" in outcome.messages[-1].shown

    # A restart on the eve of the first one.
    await until(stage, at(3, 14, 20))
    await stage.restart()
    await until(stage, at(3, 15, 12), QUARTER * 4)
    # A post is drawn again when a status changes, so each is read on its Monday.
    read = [newest(stage)]

    # Slack is away from half past seven to eleven (UTC) on the second.
    await until(stage, at(3, 22, 7, 30))
    stage.workspace.faults.server_error("*", times=2_000)
    await until(stage, at(3, 22, 11), QUARTER)
    stage.workspace.faults.clear()
    await until(stage, at(3, 22, 12), QUARTER)
    read.append(newest(stage))
    await stage.restart()

    # In the week of the clock change the source is another one, by which the guardrail is breached.
    await until(stage, at(3, 24, 10))
    await stage.alice.command(stage.general, "/criteria edit Calls")
    await stage.alice.wait_view(lambda view: "Better when" in view.shown)
    await stage.alice.submit({"Value path": "$.answered"})
    await stage.settle()
    await stage.alice.wait_view(lambda view: "Nothing counts" in view.shown)
    await stage.alice.submit({})
    await until(stage, at(3, 29, 12), QUARTER * 4)
    read.append(newest(stage))

    # It is put right, and the machine is off over the fourth Monday's morning.
    stage.metrics.body = {"answered": 5}
    await until(stage, at(4, 4, 20))
    await stage.stop()
    stage.clock.moment = at(4, 5, 9, 30)
    await stage.start()
    await stage.settle()
    read.append(newest(stage))
    await until(stage, at(4, 11, 20))

    posts = scheduled(stage)
    planned = [at(3, 15, 8), at(3, 22, 8), at(3, 29, 7), at(4, 5, 7)]
    assert list(posts) == [moment.isoformat() for moment in planned]
    sent = [sent_at(post) for post in posts.values()]
    assert [sent[0], sent[2]] == [planned[0], planned[2]]
    assert at(3, 22, 11) <= sent[1] <= at(3, 22, 11, 15)
    assert sent[3] == at(4, 5, 9, 30)

    for week, shown in zip((2, 3, 4, 5), read, strict=True):
        assert f"*Checkout rewrite* · week {week} of 7" in shown
        assert "*Calls*" in shown
    assert all("Calls" in post.text for post in posts.values()), "a screen reader gets it too"
    first, second, third, fourth = read
    assert ["late by" in shown for shown in read] == [False, True, False, True]
    assert "late by 3 h" in second
    assert "late by 2 h" in fourth
    assert "holds" in first
    assert "breached" in third
    assert "path $.calls → $.answered" in third
    assert "*12*" in third
    assert "holds" in fourth
    assert "path" not in fourth, "what moved is told once"
    assert stage.workspace.direct_messages(stage.alice_user) == []
