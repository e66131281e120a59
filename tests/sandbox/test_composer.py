"""What a typed line looks like when it reaches the bot."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import Workspace
from bot.sandbox.composer import as_slack_sends, split_line


@pytest.mark.parametrize(
    ("typed", "encoded", "raw"),
    [
        pytest.param("set p95 412", "set p95 412", "set p95 412", id="nothing special"),
        pytest.param(
            "signups >= 5 & <b>",
            "signups &gt;= 5 &amp; &lt;b&gt;",
            "signups >= 5 & <b>",
            id="the three letters",
        ),
        pytest.param(
            "try https://a.example/x?a=1&b=2 now",
            "try <https://a.example/x?a=1&amp;b=2> now",
            "try https://a.example/x?a=1&b=2 now",
            id="an address",
        ),
        pytest.param(
            "owner <@U1|bob> in <#C1|general>",
            "owner <@U1> in <#C1|>",
            "owner <@U1|bob> in <#C1|general>",
            id="mentions",
        ),
        pytest.param("in #general", "in #general", "in #general", id="a name that was not chosen"),
        pytest.param(
            "<https://a.example|a>", "<https://a.example|a>", "<https://a.example|a>", id="an entity"
        ),
    ],
)
def test_text_is_sent_encoded_or_raw(typed: str, encoded: str, raw: str) -> None:
    assert as_slack_sends(typed, should_escape=True, encoded=True) == encoded
    assert as_slack_sends(typed, should_escape=True, encoded=False) == raw


def test_without_should_escape_mentions_are_names() -> None:
    typed = "<@U1|bob> in <#C1|general> see https://a.example"
    assert (
        as_slack_sends(typed, should_escape=False, encoded=False) == "@bob in #general see https://a.example"
    )


@given(st.text(max_size=80))
def test_encoded_text_holds_no_bare_bracket_outside_entities(typed: str) -> None:
    plain = typed.replace("<", "").replace("https", "").replace("http", "")
    sent = as_slack_sends(plain, should_escape=True, encoded=True)
    assert ">" not in sent
    assert sent.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == plain


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("/criteria", ("/criteria", "")),
        ("/criteria  list ", ("/criteria", "list")),
        ("/a b c", ("/a", "b c")),
    ],
)
def test_a_line_is_a_command_and_its_text(line: str, parts: tuple[str, str]) -> None:
    assert split_line(line) == parts


@pytest.mark.parametrize(
    ("style", "texts"),
    [
        ("alternate", ["a &lt; b", "a < b", "a &lt; b"]),
        ("encoded", ["a &lt; b"] * 3),
        ("raw", ["a < b"] * 3),
    ],
)
async def test_the_style_decides_how_lines_are_encoded(
    manifest: Any, settle: Any, style: Any, texts: list[str]
) -> None:
    async with Workspace(manifest, entity_style=style) as ws:
        cast = settle(ws)
        for _ in range(3):
            await ws.person(cast.alice).command(cast.general, "/criteria a < b")
        assert [record.payload["text"] for record in ws.calls("/criteria")] == texts
