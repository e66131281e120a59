"""Names, zones, addresses and paths, as commands and forms share them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.addresses import check_url, parse_path
from bot.domain.names import fold, nearest, parse_name
from bot.domain.zones import parse_zone
from bot.errors import UserError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Weekly Signups", "weekly  SIGNUPS"),
        ("Straße", "STRASSE"),
        ("Ｗeekly", "weekly"),
        ("ﬃ", "FFI"),
        ("Bob’s “x”", 'bob\'s "X"'),
        ("e\u0301", "É"),
        ("a\u00a0b", "a b"),
        ("\u1e9b\u0323", "\u1e69"),
    ],
)
def test_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_names_that_differ_stay_apart() -> None:
    assert fold("p95") != fold("p99")
    assert fold("a b") != fold("ab")


@given(name=st.text())
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


def test_the_nearest_names_come_best_first_as_they_were_stored() -> None:
    names = ["Weekly signups", "Weekly sign-offs", "p95 latency", "Refunds"]
    assert nearest("weekly signup", names)[0] == "Weekly signups"
    assert nearest("P95", names) == ("p95 latency",)
    assert nearest("zzz", names) == ()
    assert nearest("", names) == ()
    assert len(nearest("aaa", ["aaa1", "aaa2", "aaa3", "aaa4"], limit=3)) == 3


def test_a_name_is_one_line_and_has_something_to_see() -> None:
    assert parse_name("  Weekly\n signups ") == "Weekly signups"
    assert parse_name("x" * 120) == "x" * 120
    assert parse_name("\U000378ff") == "\U000378ff", "assigned by no Unicode yet: an emoji of the next one"
    for text, field in (("", "name"), ("\u200b\u200d", "name"), ("x" * 121, "initiative")):
        with pytest.raises(UserError) as caught:
            parse_name(text, field=field)
        assert caught.value.field == field


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" utc ", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_written_as_iana_writes_it(typed: str, zone: str) -> None:
    assert parse_zone(typed) == zone


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berlni", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("xyzzy", "Europe/Berlin or UTC"),
        ("../etc/passwd", "no time zone"),
        ("", "no time zone"),
        ("x" * 5000, "no time zone"),
    ],
    ids=lambda text: text[:20],
)
def test_an_unknown_zone_is_refused_with_the_nearest(typed: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_zone(typed)
    assert caught.value.field == "zone"
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://api.example.com/stats?a=1&amp;b=2", None),
        ("http://localhost:8080/x", None),
        ("HTTPS://A.Example", None),
        ("https://[::1]:80/", None),
        ("https://münchen.example/“x”", None),
        (" https://a.example ", "https://a.example"),
        ("<https://a.example|a.example>", "https://a.example"),
        ("<https://a.example/x>", "https://a.example/x"),
    ],
)
def test_an_http_address_is_kept_as_typed(typed: str, url: str | None) -> None:
    assert check_url(typed) == (url or typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type the address"),
        ("ftp://a.example", "not an http"),
        ("file:///etc/passwd", "not an http"),
        ("javascript:alert(1)", "not an http"),
        ("stats", "Start it with"),
        ("mailto:bob@a.example", "not an http"),
        ("api.example.com/stats", "Did you mean https://api.example.com/stats"),
        ("a.example:8080/x", "Did you mean https://a.example:8080/x"),
        ("https://", "no host"),
        ("https:///x", "no host"),
        ("https://[::1", "no host"),
        ("https://a.example:99999", "no host"),
        ("https://a.example:x", "no host"),
        ("https://a b.example", "blank"),
        ("https://u:p@a.example", "password"),
        ("https://token@a.example", "password"),
        ("https://a.example/" + "x" * 2000, "2,018 characters"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_http_address_is_refused(typed: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        check_url(typed)
    assert caught.value.field == "url"
    assert says in str(caught.value)


@given(text=st.text() | st.text(max_size=20).map(lambda rest: "https://" + rest))
def test_whatever_is_typed_as_an_address_is_kept_or_refused(text: str) -> None:
    try:
        url = check_url(text)
    except UserError:
        return
    assert check_url(url) == url
    assert url.casefold().startswith(("http://", "https://"))


def test_a_path_has_straight_quotes_and_nothing_left_open() -> None:
    assert parse_path("\u00a0$[‘a’][“b”].c ") == "$['a'][\"b\"].c"
    assert parse_path("$['it\\'s ]'].x") == "$['it\\'s ]'].x"
    for text in ("", "a.b", "$['a", "$[0", "$[?@.a == (1]", '$["a]', "$" + "x" * 1000):
        with pytest.raises(UserError) as caught:
            parse_path(text)
        assert caught.value.field == "path"
