"""Kept messages: their words as they were typed, cut with a mark, and without the mention of the bot."""

from __future__ import annotations

import pytest

from bot.domain.kept_message import WORDLESS, asks_for_help, kept_text, without_mention


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("the new form is confusing", "the new form is confusing", id="plain"),
        pytest.param(
            "first\n\n```a &lt; b &amp;&amp; c```", "first\n\n```a < b && c```", id="lines and code"
        ),
        pytest.param("<@U0BOB> and <@U0ALICE|alice>", "<@U0BOB> and <@U0ALICE>", id="people"),
        pytest.param("<#C0GENERAL> <#C0LEADS|leads>", "<#C0GENERAL> #leads", id="channels"),
        pytest.param(
            "<https://example.com/a?b=1&amp;c=2|here> <mailto:a@example.com|a@example.com>",
            "https://example.com/a?b=1&c=2 a@example.com",
            id="links",
        ),
        pytest.param("<!here> <!subteam^S1|@team>", "@here @team", id="everybody"),
        pytest.param(" \n ", WORDLESS, id="nothing"),
    ],
)
def test_a_message_is_kept_as_it_was_typed(text: str, kept: str) -> None:
    assert kept_text(text, 12_000) == kept


@pytest.mark.parametrize("length", [99, 100, 101, 40_000])
def test_a_message_over_the_limit_is_cut_with_a_mark(length: int) -> None:
    kept = kept_text("x" * length, 100)
    assert len(kept) == min(length, 100)
    assert kept.endswith("x") is (length <= 100)
    assert (f"the message has {length:,} characters" in kept) is (length > 100)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U0BOT> the form is <@U0BOB>'s", "the form is <@U0BOB>'s"),
        ("<@U0BOT|loopmark>: hm\nsecond", "hm\nsecond"),
        ("<@U0BOT> <@U0BOT>, hm", "hm"),
        ("hm <@U0BOT>", "hm"),
        ("tell <@U0BOT> that it is slow", "tell <@U0BOT> that it is slow"),
        ("<@U0BOT>", ""),
        ("  <@U0BOT>  help ", "help"),
        ("<@U0BOTTLE> hm", "<@U0BOTTLE> hm"),
    ],
)
def test_a_mention_at_the_beginning_or_end_is_no_word_of_the_note(text: str, words: str) -> None:
    assert without_mention(text, "U0BOT") == words


@pytest.mark.parametrize("words", ["", " ", "help", "Help!", "HELP ?"])
def test_saying_nothing_or_help_asks_for_help(words: str) -> None:
    assert asks_for_help(words)


@pytest.mark.parametrize("words", ["help me", "it is no help", "hm"])
def test_words_of_one_s_own_are_a_note(words: str) -> None:
    assert not asks_for_help(words)
