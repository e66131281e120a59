"""Words that many answers have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.words import FEWEST_ANSWERS, MOST_WORDS, frequent_words


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), ()),
        (("Slow builds",), ()),
        (("Slow builds", "builds are SLOW, slow, slow!"), (("builds", 2), ("slow", 2))),
        (("the", "the the", "don't", "don’t"), ()),
        (("Prüfung dauert", "die prüfung"), (("prüfung", 2),)),
        (("ab cd", "ab cd"), ()),
        (("2026 11", "2026 11"), ()),
        (("code-review", "code-review"), (("code-review", 2),)),
    ],
)
def test_words_of_several_answers_are_counted_once_each(
    texts: tuple[str, ...], expected: tuple[tuple[str, int], ...]
) -> None:
    assert frequent_words(texts) == expected


@given(st.lists(st.text(max_size=60), max_size=30))
def test_whatever_is_written_counts_are_honest_and_few(texts: list[str]) -> None:
    found = frequent_words(texts)
    assert len(found) <= MOST_WORDS
    assert all(FEWEST_ANSWERS <= count <= len(texts) for _, count in found)
    assert [count for _, count in found] == sorted((count for _, count in found), reverse=True)
    assert frequent_words(texts[::-1]) == found
