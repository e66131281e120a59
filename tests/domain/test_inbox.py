"""Codes: spelled so that they are typed easily, read whatever is done to them, and told from words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.inbox import (
    CODE_BYTES,
    EXAMPLE,
    Inbox,
    holds_code,
    is_shown_code,
    last_day,
    parse_code,
    read_code,
    seems_code,
    spell_code,
)
from bot.errors import UserError

codes = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(spell_code)


@given(
    st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES), st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES)
)
def test_each_code_is_another_one_and_sixteen_characters_long(one: bytes, other: bytes) -> None:
    assert (spell_code(one) == spell_code(other)) == (one == other)
    assert len(spell_code(one).replace("-", "")) == 16
    assert not set(spell_code(one)) & set("ILOU")


@given(
    codes, st.sampled_from(["-", " ", "", "–", "—", "‑", "−", " - "]), st.sampled_from([str.lower, str.upper])
)
def test_a_code_is_read_in_any_case_with_any_dashes(code: str, dash: str, case: object) -> None:
    typed = case(code).replace("-", dash)  # type: ignore[operator]
    assert read_code(f" {typed}. ") == read_code(f"`{typed}`") == parse_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7KX3-9QPM-H2TV-OABC", "7KX3-9QPM-H2TV-0ABC"),
        ("I111-lLiL-2222-3333", "1111-1111-2222-3333"),
        ("7KX3-9QPM-H2TU-0ABC", "7KX3-9QPM-H2TV-0ABC"),
        ("７ＫＸ３-9QPM-H2TV-0ABC", "7KX3-9QPM-H2TV-0ABC"),
    ],
)
def test_what_looks_alike_is_taken_for_what_was_meant(typed: str, meant: str) -> None:
    assert read_code(typed) == meant


@pytest.mark.parametrize(
    ("typed", "count"), [("", 0), ("7KX3", 4), (EXAMPLE + "D", 17), ("7KX3-9QPM-H2TV-0ABé", 15)]
)
def test_what_is_no_code_is_told_by_its_length(typed: str, count: int) -> None:
    assert read_code(typed) is None
    with pytest.raises(UserError, match=f"this has {count}") as caught:
        parse_code(typed)
    assert caught.value.field == "code"


@given(codes)
def test_a_code_is_found_wherever_it_stands_as_it_is_shown(code: str) -> None:
    assert is_shown_code(code)
    assert holds_code(f"why does {code.lower()} open nothing? I tried it twice.")


@pytest.mark.parametrize(
    "text",
    [
        "the new form is confusing",
        "responsibilities",
        "see 123e4567-e89b-12d3-a456-426614174000",
        "call 0123 4567 about it, ticket 89 of the five we had",
        "a-b-c-d",
    ],
)
def test_what_people_write_holds_no_code(text: str) -> None:
    assert not holds_code(text)


@pytest.mark.parametrize(
    ("typed", "was_meant"),
    [("7KX3-9QPM-H2TV", True), ("7kx39qpmh2tv0ab", True), ("7kx3 9qpm h2tv", True), ("zero", False), ("v2", False),
     ("is too full", False), ("has 3 bugs in it", False), ("", False)],
)  # fmt: skip
def test_a_mistyped_code_is_told_from_words(typed: str, was_meant: bool) -> None:
    assert seems_code(typed) == was_meant


def test_an_inbox_opens_for_ninety_days_after_the_close_or_the_reply_in_the_prompts_zone() -> None:
    closed = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # the 24th in Berlin
    assert last_day(Inbox("a"), closed, "Europe/Berlin") == date(2027, 2, 22)
    assert last_day(Inbox("a"), closed, "America/New_York") == date(2027, 2, 21)
    assert last_day(Inbox("a", date(2026, 12, 1)), closed, "Europe/Berlin") == date(2027, 3, 1)
