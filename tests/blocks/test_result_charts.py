"""Charts of feedback: what Slack draws, never what may not be shown, and always beside the same in words."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.feedback import prompt_message
from bot.blocks.privacy import privacy_line
from bot.blocks.result_charts import count_charts, point_labels
from bot.blocks.results import results_message
from bot.domain.feedback import suppress
from bot.domain.message import Message
from bot.domain.prompt import Option, Prompt, PromptKind, PromptState, Tally
from bot.sandbox.blockkit import check_message

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LONG = "The same twenty letters to begin with, and then"
CLOSED = Prompt(
    id=40,
    number=12,
    question="Which <one>?",
    kind=PromptKind.CHOICE,
    options=(Option("o1", f"{LONG} left"), Option("o2", f"{LONG} right"), Option("o3", "<None>")),
    anonymous=False,
    floor=5,
    channel_id="C0GENERAL",
    channel_name="general",
    initiative_id=None,
    asked_by="U0ALICE",
    state=PromptState.CLOSED,
    created_at=NOW,
    closes_at=None,
    closed_at=NOW,
    zone="Europe/Berlin",
    ts="1795442400.000100",
)
SHOWN = Tally(6, (("o1", 3), ("o2", 2), ("o3", 1)), (), None, "")


def charts_of(message: Message) -> list[object]:
    return [block for block in message.blocks if block["type"] == "data_visualization"]


def test_each_option_is_a_bar_under_a_label_of_its_own() -> None:
    (chart,) = count_charts(CLOSED, SHOWN)
    assert chart["title"] == "Which ‹one›?"
    assert chart["chart"]["axis_config"]["categories"] == [
        "The same twenty let…",
        "The same twenty (2)",
        "‹None›",
    ]
    assert [point["value"] for point in chart["chart"]["series"][0]["data"]] == [3, 2, 1]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(prompt_message(CLOSED, SHOWN, privacy_line(CLOSED, "sqlite")), id="final message"),
        pytest.param(results_message(CLOSED, SHOWN), id="results"),
    ],
)
def test_the_same_message_goes_out_without_its_chart_where_slack_refuses_it(message: Message) -> None:
    assert len(charts_of(message)) == 1
    assert message.fallback == tuple(block for block in message.blocks if block not in charts_of(message))
    assert "right: 2" in message.text
    assert check_message({"text": message.text, "blocks": list(message.blocks)}) is None


@pytest.mark.parametrize(
    ("prompt", "tally"),
    [
        pytest.param(
            CLOSED, Tally(3, None, None, None, "Results are shown once, when it closes."), id="open"
        ),
        pytest.param(CLOSED, suppress(SHOWN, 5), id="suppressed"),
        pytest.param(CLOSED, Tally(0, (("o1", 0), ("o2", 0), ("o3", 0)), (), None, ""), id="nobody answered"),
        pytest.param(
            replace(CLOSED, kind=PromptKind.TEXT, options=()), Tally(2, (), ("a", "b"), None, ""), id="words"
        ),
    ],
)
def test_what_may_not_be_shown_or_has_no_counts_has_no_chart(prompt: Prompt, tally: Tally) -> None:
    assert count_charts(prompt, tally) == ()
    assert results_message(prompt, tally).fallback is None


def test_a_later_page_of_written_answers_has_no_chart() -> None:
    assert charts_of(results_message(CLOSED, SHOWN, offset=12)) == []


@given(st.lists(st.text(string.printable, max_size=90), min_size=1, max_size=20))
def test_labels_are_as_slack_wants_them_whatever_the_options_are_called(texts: list[str]) -> None:
    labels = point_labels(texts)
    assert len(set(labels)) == len(texts)
    assert all(0 < len(label) <= 20 for label in labels)
