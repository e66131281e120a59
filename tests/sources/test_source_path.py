"""Paths: what they cost, what they find, and what they say when they find nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonpath import JSONPathEnvironment

from bot.errors import SourceError
from bot.sources.extraction import extract
from bot.sources.path import (
    LONGEST_PATH,
    PLAIN_LIMIT_BYTES,
    WIDE_LIMIT_BYTES,
    Step,
    can_be_named,
    compile_path,
    loop_limit_bytes,
    write_path,
)

BODY = json.dumps(
    {
        "signups": {"today": 61, "week": 412, "per day": [58, 61.5, 59]},
        "items": [{"name": "a", "p95": 0.1}, {"name": "b", "p95": 0.2}],
        "title": "Stats",
        "empty": {},
        "none": [],
    }
).encode()

REDUCE = "add with reduce=count|sum|avg|min|max|p50|p95"


def outcome(do: Callable[..., object], *arguments: object) -> object:
    try:
        return do(*arguments)
    except SourceError as error:
        return error


def refusal(path: str, body: bytes = BODY) -> SourceError:
    with pytest.raises(SourceError) as caught:
        extract(body, path)
    return caught.value


@pytest.mark.parametrize(
    ("path", "limit_bytes"),
    [
        ("$", PLAIN_LIMIT_BYTES),
        ("$.a.b.c", PLAIN_LIMIT_BYTES),
        ("$['a b'][0][-1]", PLAIN_LIMIT_BYTES),
        ("  $.a  ", PLAIN_LIMIT_BYTES),
        ("$..a", WIDE_LIMIT_BYTES),
        ("$..[0]", WIDE_LIMIT_BYTES),
        ("$.a[*].b", WIDE_LIMIT_BYTES),
        ("$.a.*", WIDE_LIMIT_BYTES),
        ("$.a[0:3]", WIDE_LIMIT_BYTES),
        ("$.a[::2].b", WIDE_LIMIT_BYTES),
        ("$..*", 0),
        ("$..a..b", 0),
        ("$.a[*].b[*]", 0),
        ("$..a[0:2]", 0),
        ("$['a','b']", 0),
        ("$[0, 1]", 0),
        ("$.a[?@.b > 1]", 0),
        ("$.a[?count(@.*) > 1]", 0),
        ("$['what?']", 0),
        ("$['p(95)']", 0),
        ("$" + ".abc" * 100, 0),
        ("$[?" + "(" * 400, 0),
    ],
)
def test_a_path_may_stay_in_the_loop_up_to(path: str, limit_bytes: int) -> None:
    assert loop_limit_bytes(path) == limit_bytes


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.signups.week", "412"),
        (" $.signups.week\n", "412"),
        ("$['signups']['per day'][1]", "61.5"),
        ("$.signups['per day'][-1]", "59"),
        ("$..today", "61"),
        ("$.items[?@.p95 == 0.2].p95", "0.2"),
        ("$.items[?@.p95 < 0.2].p95", "0.1"),
        ("$.items[?0.1 == @.p95].p95", "0.1"),
        ("$.items[?@.p95 >= 0.2 && @.p95 <= 0.2].p95", "0.2"),
        ("$.items[?@.name == 'b'].p95", "0.2"),
        ("$.items[0:1].p95", "0.1"),
        ("$..[?length(@) == 3][2]", "59"),
    ],
)
def test_a_path_leads_to_its_number(path: str, value: str) -> None:
    assert extract(BODY, path) == Decimal(value)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("$.signups.wek", "nothing at $.signups.wek; nearest: $.signups.week"),
        ("$.signup.week", "nothing at $.signup.week; nearest: $.signups.week"),
        ("$.signup.x.y", "nothing at $.signup.x.y; nearest: $.signups"),
        ("$.week", "nothing at $.week; nearest: $.signups.week"),
        ("$.p95", "nothing at $.p95; nearest: $.items[0].p95"),
        (
            "$.signups['per day'][3]",
            "nothing at $.signups['per day'][3]; $.signups['per day'] is a list of 3",
        ),
        ("$.none[-1]", "nothing at $.none[-1]; $.none is a list of 0"),
        ("$.zzz", "nothing at $.zzz; $ has signups, items, title, empty, none"),
        ("$.empty.zzz", "nothing at $.empty.zzz; $.empty is an empty object"),
        ("$.title.zzz", "nothing at $.title.zzz; $.title is a single value"),
        ("$.items.zzz", "nothing at $.items.zzz; $.items is a list"),
        ("$.signups[0]", "nothing at $.signups[0]; $.signups has today, week, per day"),
        ("$.title[0]", "nothing at $.title[0]; $.title is a single value"),
        ("$..zzz", "nothing matches $..zzz"),
        ("$.items[*].p95", f"$.items[*].p95 matches 2 values; choose one, or {REDUCE}"),
        ("$..*", f"$..* matches 17 values; choose one, or {REDUCE}"),
    ],
)
def test_a_path_that_does_not_lead_to_one_thing_says_what_there_is(path: str, sentence: str) -> None:
    error = refusal(path)
    assert (error.cause, str(error), error.permanent) == ("path_missing", sentence, False)


def test_the_last_of_nothing_in_a_single_value_is_told_apart() -> None:
    assert str(refusal("$.a", b"42")) == "nothing at $.a; $ is a single value"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "a path starts with $, for example $.signups.week"),
        ("signups.week", "a path starts with $, for example $.signups.week"),
        (".signups", "a path starts with $, for example $.signups"),
        ("[0]", "a path starts with $, for example $[0]"),
        ("$.a[", "the path ends too early: $.a["),
        ("$.", "the path ends too early: $."),
        ("$.a b", "the path can't be read from character 5 on: b"),
        ("$.a.-", "the path can't be read from character 5 on: -"),
        ("$[01]", "the path can't be read from character 3 on: 01]"),
        ("$[1e2]", "the path can't be read"),
        ("$[$.a]", "the path can't be read from character 3 on: $.a]"),
        ("$.a | $.b", None),
        ("$[99999999999999999999]", None),
        ("$[?foo(@)]", "the path names a function that does not exist, at character 4"),
        ("$[?@.a ==]", None),
        ("$[?" + "(" * 900, None),
        ("$" + ".a" * LONGEST_PATH, "a path may have at most 1,000 characters"),
    ],
)
def test_a_path_that_can_t_be_read_is_refused_for_good(path: str, sentence: str | None) -> None:
    error = refusal(path)
    assert (error.cause, error.permanent) == ("bad_request", True)
    assert sentence is None or str(error) == sentence
    assert "TOKEN" not in str(error)


def test_a_body_nested_too_deeply_for_a_search_says_so() -> None:
    body = b'{"a":' * 400 + b"1" + b"}" * 400
    assert str(refusal("$..b", body)) == "the answer is nested too deeply for $..b"
    assert extract(body, "$" + ".a" * 400) == 1


names = st.text(min_size=1, max_size=6)
steps = st.lists(names | st.integers(-3, 3), max_size=5)
documents = st.recursive(
    st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=15,
)


@given(steps)
def test_a_written_path_is_read_back_as_the_same_steps(steps: list[Step]) -> None:
    assume(can_be_named(steps))
    assert compile_path(write_path(steps)).steps == tuple(steps)


@given(steps)
def test_a_name_that_no_path_can_spell_is_known_beforehand(steps: list[Step]) -> None:
    assert isinstance(outcome(compile_path, write_path(steps)), SourceError) is not can_be_named(steps)


@given(documents, st.lists(st.sampled_from(["a", "b", "c", 0, 1, -1]), max_size=4))
def test_plain_paths_find_what_the_jsonpath_library_finds(document: object, steps: list[Step]) -> None:
    path = write_path(steps)
    body = json.dumps(document).encode()
    found = [match.obj for match in JSONPathEnvironment(strict=True).finditer(path, json.loads(body))]  # type: ignore[arg-type]  # a plain number is JSON, too
    value = outcome(extract, body, path)
    if isinstance(value, SourceError):
        assert (value.cause == "path_missing") == (found == [])
    else:
        assert [value] == found


@given(st.text(max_size=60).map(lambda text: "$" + text) | st.text(max_size=30))
def test_any_path_is_understood_or_refused(path: str) -> None:
    limit = outcome(loop_limit_bytes, path)
    if isinstance(limit, SourceError):
        assert (limit.cause, limit.permanent) == ("bad_request", True)
        assert "\n" not in str(limit)
    else:
        assert limit in {0, WIDE_LIMIT_BYTES, PLAIN_LIMIT_BYTES}


PIECES = [
    "$",
    "..",
    ".",
    "[",
    "]",
    "*",
    "?",
    "@",
    "a",
    "'a'",
    "0",
    "-1",
    ":",
    ",",
    "(",
    ")",
    "==",
    "&&",
    "!",
    " ",
]
PIECES += ["length", "1e3", "\\", '"', "🎯", "\ud800"]

path_pieces = st.lists(st.sampled_from(PIECES), max_size=15).map(lambda pieces: "$" + "".join(pieces))


@given(path_pieces, documents)
def test_any_path_on_any_body_gives_a_value_or_a_cause(path: str, document: object) -> None:
    value = outcome(extract, json.dumps(document).encode(), path)
    if isinstance(value, SourceError):
        assert value.cause in {"path_missing", "not_a_number", "bad_request"}
        str(value).encode()
    else:
        assert isinstance(value, Decimal)
