"""A message's summary cut to what Slack takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import LONGEST_TEXT, capped


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 20, "short"),
        ("exactly twenty chars", 20, "exactly twenty chars"),
        ("a" * 30, 20, "a" * 16 + "…"),
        ("hello there <@U0123456789>", 20, "hello there…"),
        ("ham and eggs &amp; so on and on", 20, "ham and eggs…"),
        ("a" * 15 + "👩‍👩‍👧 family and friends", 20, "a" * 15 + "…"),
        ("a" * 15 + "e\u0301" + "b" * 20, 20, "a" * 15 + "…"),
        ("```" + "x" * 40 + "```", 20, "```" + "x" * 13 + "…```"),
    ],
    ids=["short", "just fits", "plain", "mention", "escape", "emoji", "accent", "code block"],
)
def test_a_text_is_cut_between_its_parts(text: str, limit: int, expected: str) -> None:
    assert capped(text, limit) == expected


@given(st.text(alphabet="ab <>&;`@U1mp\u200d\u0301👩", max_size=120), st.integers(10, 60))
def test_a_capped_text_always_fits(text: str, limit: int) -> None:
    cut = capped(text, limit)

    assert len(cut) <= limit
    assert cut == text if len(text) <= limit else "…" in cut


def test_the_limit_is_what_an_update_takes() -> None:
    assert len(capped("x" * 10_000)) <= LONGEST_TEXT
