"""Criteria on a sheet and on Prometheus, as people add them."""

from __future__ import annotations

from tests.sources.metric_recordings import SIGNUPS, prometheus
from tests.stories.conftest import Stage


async def test_a_cell_of_a_sheet_is_added_in_one_line(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    stage.metrics.text = SIGNUPS.decode()
    line = f"/criteria add Signups >= 500 from 320 by 12 Dec source csv {stage.metrics.address}/s.csv with column="
    missed = await stage.alice.command(stage.general, f"{line}Singups")
    await stage.settle()
    assert "no column “Singups”; nearest: Signups" in missed.messages[-1].shown
    refused = await stage.says(stage.alice, stage.general, f"{line}Signups row=last reduce=sum")
    assert "leave row out" in refused
    added = await stage.alice.command(stage.general, f'{line}Revenue text=yes row="27 Feb 2026" math="/ 2"')
    await stage.settle()
    assert "655" in added.messages[-1].shown
    assert "655" in await stage.says(stage.bob, stage.general, "/criteria list")


async def test_a_query_to_prometheus_is_added_in_the_form(stage: Stage) -> None:
    await stage.says(stage.alice, stage.general, '/initiative new "Checkout rewrite" by 12 Dec')
    stage.metrics.text = prometheus("one_series").decode()
    await stage.alice.command(stage.general, "/criteria add")
    await stage.alice.wait_view(lambda view: "Better when" in view.shown)
    form = {
        "Name": "Signups",
        "Target": "600",
        "Due date": "2026-12-12",
        "Metric source": "A Prometheus query",
        "URL": f"{stage.metrics.address}/prometheus",
        "Options": "range=1h",
    }
    refused = await stage.alice.submit(form)
    assert "say what to ask" in str(refused.errors)
    await stage.alice.submit({"Options": 'query=sum(signups_total{team="search"}) + 0\nmath=/ 5'})
    await stage.settle()
    await stage.alice.wait_view(lambda view: "Found *100*" in view.shown)
    await stage.alice.submit({})
    assert "Signups" in await stage.says(stage.bob, stage.general, "/criteria list")
