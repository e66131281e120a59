"""The numbers a body offers."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.sources.extraction import extract
from bot.sources.numbers_found import MOST_FOUND, FoundNumber, find_numbers


def test_numbers_come_with_path_value_and_key_nearest_to_the_root_first() -> None:
    body = b'{"a": {"b": [1, {"c d": 2.50}]}, "n": 3, "t": "4", "yes": true, "no": null}'
    assert find_numbers(body) == [
        FoundNumber("$.n", Decimal(3), "n"),
        FoundNumber("$.a.b[0]", Decimal(1), "b"),
        FoundNumber("$.a.b[1]['c d']", Decimal("2.50"), "c d"),
    ]


def test_a_body_that_is_a_number_offers_itself() -> None:
    assert find_numbers(b"42") == [FoundNumber("$", Decimal(42), "")]


def test_a_list_without_names_has_no_key() -> None:
    assert find_numbers(b"[[7]]") == [FoundNumber("$[0][0]", Decimal(7), "")]


def test_numbers_that_could_not_be_used_are_left_out() -> None:
    body = json.dumps({"\x01": 1, "k" * 2_000: 2, "good": 3}).encode()
    assert [one.path for one in find_numbers(body)] == ["$.good"]
    assert find_numbers(json.dumps({"\x01": {"a": 1}, "k" * 999: {"b": 2}}).encode()) == []
    assert find_numbers(b'{"far": 1e999999, "long": ' + b"9" * 5_000 + b"}") == []


def test_there_are_never_more_than_a_hundred() -> None:
    assert MOST_FOUND == 100
    found = find_numbers(json.dumps(list(range(5_000))).encode())
    assert [one.value for one in found] == list(range(100))


def test_a_deep_body_is_searched_without_recursion() -> None:
    body = b"[" * 450 + b"1" + b"]" * 450
    assert find_numbers(body) == []  # the path would be over 1,000 characters
    assert len(find_numbers(b"[" * 300 + b"1" + b"]" * 300)) == 1


def test_a_body_that_is_not_json_is_refused() -> None:
    with pytest.raises(SourceError, match=r"the answer from h\.example is not JSON"):
        find_numbers(b"<html>", "h.example")


documents = st.recursive(
    st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False).map(float)
    | st.text(max_size=3)
    | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=25,
)


@given(documents)
def test_every_path_offered_leads_to_the_value_shown(document: object) -> None:
    body = json.dumps(document, allow_nan=False, default=str).encode()
    for one in find_numbers(body):
        assert extract(body, one.path) == one.value
