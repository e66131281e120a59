"""The main loop, end to end, over real sockets and over signed HTTP: register, read, judge, post, ask, answer."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.conftest import Stage


async def start_initiative(stage: Stage) -> None:
    text = await stage.says(
        stage.alice, stage.general, f'/initiative new "Checkout rewrite" by 12 Dec in {stage.general.mention}'
    )
    await stage.settle()
    assert text == "" or "Started" in text


async def add_signups(stage: Stage, *, every: str = "15m") -> None:
    stage.metrics.body = {"signups": {"week": 412}}
    outcome = await stage.alice.command(
        stage.general,
        "/criteria add Weekly signups >= 500 from 320 by 12 Dec "
        f"source {stage.metrics.address}/stats path $.signups.week every {every}",
    )
    assert "Reading" in outcome.message.shown
    await stage.settle()
    assert "412" in outcome.messages[-1].shown
    assert "Saved on *Checkout rewrite*" in outcome.messages[-1].shown


async def test_a_person_registers_a_criterion_and_the_loop_runs(stage: Stage) -> None:
    await start_initiative(stage)
    await add_signups(stage)

    listed = await stage.says(stage.bob, stage.general, "/criteria list")
    assert "Weekly signups" in listed
    assert "on pace" in listed

    outcome = await stage.alice.command(
        stage.general, f"/progress schedule every Mon 10:00 in {stage.leads.mention}"
    )
    await stage.settle()
    assert "Mon 23 Nov 10:00" in outcome.messages[-1].shown
    assert "Europe/Berlin" in outcome.messages[-1].shown
    assert stage.posts(stage.leads) == []

    # Two readings that agree make it met: a fact, and a message in the home channel.
    stage.metrics.body = {"signups": {"week": 512}}
    await stage.pass_time(timedelta(minutes=31), step=timedelta(minutes=15))
    replies = [message.shown for message in stage.posts(stage.general)]
    assert any("Weekly signups" in reply and "met" in reply for reply in replies), replies

    await stage.pass_time(timedelta(minutes=30))
    [post] = stage.posts(stage.leads)
    assert "Checkout rewrite" in post.shown
    assert "week 1 of 3" in post.shown
    assert "512" in post.shown
    assert "Weekly signups" in post.text
    assert post.metadata is not None
    assert any(block["type"] == "data_visualization" for block in post.blocks)


async def test_a_status_change_replies_in_the_thread_of_the_last_post(stage: Stage) -> None:
    await start_initiative(stage)
    await add_signups(stage)
    await stage.says(stage.alice, stage.general, "/progress schedule every day 09:30")
    await stage.settle()
    await stage.pass_time(timedelta(minutes=30))
    [post] = stage.posts(stage.general)

    stage.metrics.body = {"signups": {"week": 600}}
    await stage.pass_time(timedelta(minutes=31), step=timedelta(minutes=15))
    replies = [reply for reply in stage.workspace.thread(post) if reply.ts != post.ts]
    assert len(replies) == 1
    assert "on pace" in replies[0].shown
    assert "met" in replies[0].shown
    assert stage.posts(stage.general) == [post]


async def test_feedback_is_asked_answered_changed_and_counted_once(stage: Stage) -> None:
    await start_initiative(stage)
    saved = await stage.says(stage.bob, stage.general, "/feedback the new form is confusing")
    assert "the new form is confusing" in saved

    await stage.says(stage.alice, stage.general, '/feedback ask "How clear is it?" scale closes in 2d')
    await stage.settle()
    prompt = next(message for message in stage.posts(stage.general) if "How clear is it?" in message.shown)
    first = await stage.bob.click(prompt, "4")
    await stage.settle()
    receipt = await first.next_message() if not first.messages else first.messages[0]
    assert "4" in receipt.shown
    await stage.bob.click(prompt, "5")
    await stage.charlie.click(prompt, "5")
    await stage.settle()
    results = await stage.says(stage.alice, stage.general, "/feedback results #1")
    assert "2" in results

    await stage.pass_time(timedelta(days=2, minutes=1))
    late = (
        await stage.bob.click(prompt, "1")
        if stage.bob.buttons(stage.workspace.messages(stage.general)[-1])
        else None
    )
    assert late is None or "closed" in late.text


async def test_everything_is_still_there_after_a_restart(stage: Stage) -> None:
    await start_initiative(stage)
    await add_signups(stage)
    await stage.says(stage.alice, stage.general, "/progress schedule every day 10:00")
    await stage.settle()
    await stage.restart()
    listed = await stage.says(stage.bob, stage.general, "/criteria list")
    assert "Weekly signups" in listed
    # An hour in one step, as after a night of the machine being off: read first, nothing is called stale.
    await stage.pass_time(timedelta(hours=1, minutes=1))
    assert len(stage.posts(stage.general)) == 1
    await stage.restart()
    await stage.settle()
    assert len(stage.posts(stage.general)) == 1


async def test_a_broken_source_says_so_and_recovers(stage: Stage) -> None:
    await start_initiative(stage)
    await add_signups(stage)
    stage.metrics.status = 401
    await stage.pass_time(timedelta(minutes=30), step=timedelta(minutes=1))
    shown = await stage.says(stage.alice, stage.general, "/criteria list")
    assert "source broken" in shown
    detail = await stage.says(stage.alice, stage.general, "/criteria show Weekly signups")
    assert "HTTP 401 from 127.0.0.1" in detail
    assert "last 412" in detail
    stage.metrics.status = 200
    await stage.pass_time(timedelta(minutes=30), step=timedelta(minutes=1))
    shown = await stage.says(stage.alice, stage.general, "/criteria list")
    assert "on pace" in shown


async def test_the_modal_shows_the_value_before_it_counts(stage: Stage) -> None:
    await start_initiative(stage)
    stage.metrics.body = {"p95": 412.5}
    await stage.alice.command(stage.general, "/criteria add")
    await stage.alice.wait_view(lambda view: "Better when" in view.shown)
    refused = await stage.alice.submit(
        {
            "Name": "p95 latency",
            "Better when": "at most (≤)",
            "Target": "1,5",
            "Unit": "ms",
            "Due date": "2026-12-12",
            "URL": f"{stage.metrics.address}/stats",
            "Value path": "$.p95",
        }
    )
    assert "reads two ways" in refused.errors["Target"]
    refused = await stage.alice.submit({"Target": "300", "Options": "query.team=search\nmethod"})
    assert "“method” is no option" in refused.errors["Options"]
    await stage.alice.submit({"Options": ""})
    await stage.settle()
    view = await stage.alice.wait_view(lambda view: "412.5 ms" in view.shown)
    assert "is not at most 300 ms" in view.shown
    assert "p95 latency" not in await stage.says(stage.alice, stage.general, "/criteria list")
    await stage.alice.submit({})
    assert "p95 latency" in await stage.says(stage.alice, stage.general, "/criteria list")


async def test_a_modal_that_was_closed_meanwhile_comes_as_a_direct_message(stage: Stage) -> None:
    await start_initiative(stage)
    stage.metrics.body = {"p95": 250}
    await stage.alice.command(stage.general, "/criteria add")
    await stage.alice.wait_view(lambda view: "Better when" in view.shown)
    await stage.alice.submit(
        {
            "Name": "p95 latency",
            "Better when": "at most (≤)",
            "Target": "300",
            "Due date": "2026-12-12",
            "URL": f"{stage.metrics.address}/stats",
            "Value path": "$.p95",
        }
    )
    await stage.alice.close_view()
    await stage.settle()
    [message] = stage.workspace.direct_messages(stage.alice_user)
    assert "Found *250*" in message.shown
    await stage.alice.click(message, "Save")
    await stage.settle()
    assert "p95 latency" in await stage.says(stage.alice, stage.general, "/criteria list")


async def test_a_private_initiative_is_invisible_elsewhere(stage: Stage) -> None:
    await stage.says(stage.alice, stage.secret, '/initiative new "Project Owl" by 12 Dec')
    await stage.settle()
    await stage.says(stage.alice, stage.secret, "/criteria add Owls >= 3 by 12 Dec source manual")
    assert "Owls" in await stage.says(stage.bob, stage.secret, "/criteria list")
    assert "Owl" not in await stage.says(stage.bob, stage.general, "/criteria list all")
    assert "Owl" not in await stage.says(stage.charlie, stage.general, "/initiative list")
    refused = await stage.says(stage.charlie, stage.general, "/criteria show Owlz")
    assert "Owls" not in refused
    assert "Owls" in await stage.says(stage.alice, stage.general, "/criteria list all")
