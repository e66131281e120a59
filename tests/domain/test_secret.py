"""Secrets by name, and the hosts they are bound to."""

from __future__ import annotations

import pytest

from bot.domain.criterion import SourceSpec
from bot.domain.secret import (
    common_hosts,
    parse_hosts,
    parse_secret_name,
    parse_secret_value,
    put_secrets,
    refused_secret,
    secrets_named,
    secrets_of,
)
from bot.errors import UserError


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("grafana.example.com", ("grafana.example.com",)),
        (
            " Grafana.Example.COM. , .example.org\n127.0.0.1",
            ("grafana.example.com", ".example.org", "127.0.0.1"),
        ),
        ("a.example a.example", ("a.example",)),
        ("bücher.example", ("xn--bcher-kva.example",)),
        ("[::1]", ("::1",)),
        (["a.example", "b.example"], ("a.example", "b.example")),
    ],
)
def test_hosts_are_read_each_once(typed: str | list[str], read: tuple[str, ...]) -> None:
    assert parse_hosts(typed) == read


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "which hosts"),
        ("https://a.example", "without https://"),
        ("a.example/path", "no host"),
        ("*.example.com", ".example.com for all"),
        ("a..b", "no host"),
        ("a.example:8080", "no host"),
        (" ".join(f"h{number}.example" for number in range(21)), "20 are the most"),
    ],
)
def test_what_is_no_host_is_refused(typed: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        parse_hosts(typed)
    assert refused.value.field == "hosts"


@pytest.mark.parametrize("typed", ["", "2X", "A-B", "A B", "x" * 41, "Ä"])
def test_a_name_is_of_letters_digits_and_underscores(typed: str) -> None:
    with pytest.raises(UserError, match="no name for a secret"):
        parse_secret_name(typed)


def test_a_name_is_kept_in_capitals() -> None:
    assert parse_secret_name(" Grafana_2 ") == "GRAFANA_2"


@pytest.mark.parametrize("typed", ["", "  ", "s3cr3t\nX-Other: 1", "s3cr3t\x00", "s3cr3t" * 501])
def test_a_value_that_no_header_can_carry_is_refused_without_being_shown(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_secret_value(typed)
    assert "s3cr3t" not in str(refused.value)


def test_a_text_names_its_secrets() -> None:
    text = "a {{secret:GRAFANA}} b {{ secret: grafana }} {{secret:X}}"
    assert secrets_named(text) == ("GRAFANA", "X")
    assert put_secrets(text, {"GRAFANA": "{{secret:X}}", "X": "2"}) == "a {{secret:X}} b {{secret:X}} 2"
    assert secrets_named("{{handlebars}}") == ()


@pytest.mark.parametrize("text", ["{{secret}}", "{{secret:}}", "{{secret:A-B}}", "{{secret:A}"])
def test_what_was_meant_as_a_secret_is_not_sent_as_it_stands(text: str) -> None:
    with pytest.raises(UserError, match="double braces"):
        secrets_named(text)


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (("a.example",), ("a.example", "b.example"), ("a.example",)),
        (("a.example",), (".example",), ("a.example",)),
        ((".b.example", "c.example"), (".example",), (".b.example", "c.example")),
        (("example",), (".example",), ()),
        (("a.example",), ("b.example",), ()),
    ],
)
def test_two_secrets_go_only_where_both_may(
    one: tuple[str, ...], other: tuple[str, ...], common: tuple[str, ...]
) -> None:
    assert set(common_hosts(one, other)) == set(common_hosts(other, one)) == set(common)


def test_the_secret_a_failure_is_about_is_found() -> None:
    spec = SourceSpec("http_json", options=(("token", "{{secret:GRAFANA}}"), ("user", "{{secret:USER_2}}")))
    assert secrets_of(spec) == ("GRAFANA", "USER_2")
    assert refused_secret(spec, "401 from a.example: the secret USER_2 was refused") == "USER_2"
    assert refused_secret(spec, "there is no secret called GRAFANA; add it") == "GRAFANA"
    assert refused_secret(spec, "HTTP 500 from a.example") is None
