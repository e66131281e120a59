"""Which addresses a source may connect to."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.sources.address import (
    AddressRefusedError,
    AllowedHosts,
    GuardedSockets,
    hop_to,
    is_never_read,
    is_public,
    looks_numeric,
    normalize_host,
)

NOTHING_ALLOWED = AllowedHosts()
EVERYTHING_ALLOWED = AllowedHosts.parse("0.0.0.0/0, ::/0")

INSIDE = [
    ("0.0.0.0", "unspecified"),
    ("0.1.2.3", "this network"),
    ("10.1.2.3", "private 10"),
    ("100.64.0.1", "carrier NAT"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "end of loopback"),
    ("169.254.1.1", "link-local"),
    ("172.16.0.1", "private 172"),
    ("172.31.255.255", "end of private 172"),
    ("192.0.0.8", "protocol assignments"),
    ("192.0.2.1", "documentation 1"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.1.1", "private 192"),
    ("198.18.0.1", "benchmarks"),
    ("198.51.100.1", "documentation 2"),
    ("203.0.113.1", "documentation 3"),
    ("224.0.0.1", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "unspecified 6"),
    ("::1", "loopback 6"),
    ("::127.0.0.1", "compatible loopback"),
    ("::ffff:127.0.0.1", "mapped loopback"),
    ("::ffff:8.8.8.8", "mapped public"),
    ("64:ff9b::7f00:1", "NAT64 loopback"),
    ("64:ff9b::808:808", "NAT64 public"),
    ("64:ff9b:1::1", "local NAT64"),
    ("100::1", "discard"),
    ("2001::1", "Teredo"),
    ("2001:db8::1", "documentation 6"),
    ("2002:7f00:1::1", "6to4 loopback"),
    ("3fff::1", "documentation 6, the second"),
    ("5f00::1", "segment routing"),
    ("fc00::1", "unique local"),
    ("fd12:3456::1", "unique local, random"),
    ("fe80::1", "link-local 6"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast 6"),
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1",
          "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888"]  # fmt: skip

NEVER = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1:a9fe:a9:fe00::",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1",
    "2001:0:808:808:0:0:5601:5601",
    "fe80::5efe:a9fe:a9fe",
]


@pytest.mark.parametrize(("address", "_why"), INSIDE, ids=[why for _, why in INSIDE])
def test_an_address_inside_is_refused_unless_the_operator_allows_it(address: str, _why: str) -> None:
    ip = ip_address(address)
    assert not NOTHING_ALLOWED.permits("metrics.example", ip)
    assert AllowedHosts.parse(address).permits("metrics.example", ip)
    assert EVERYTHING_ALLOWED.permits(None, ip)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_needs_no_permission(address: str) -> None:
    assert NOTHING_ALLOWED.permits("api.example.com", ip_address(address))


@pytest.mark.parametrize("address", NEVER)
def test_an_address_that_hands_out_credentials_is_never_read(address: str) -> None:
    ip = ip_address(address)
    assert is_never_read(ip)
    assert not EVERYTHING_ALLOWED.permits(None, ip)
    assert not AllowedHosts.parse("metadata.internal, .internal").permits("metadata.internal", ip)


@pytest.mark.parametrize(
    ("entry", "host", "permitted"),
    [
        pytest.param("grafana.internal", "grafana.internal", True, id="exact name"),
        pytest.param("grafana.internal", "Grafana.Internal.", True, id="case and final dot"),
        pytest.param("grafana.internal", "a.grafana.internal", False, id="a name is no suffix"),
        pytest.param(".internal", "grafana.internal", True, id="suffix"),
        pytest.param("*.internal", "a.b.internal", True, id="suffix with a star"),
        pytest.param(".internal", "internal", False, id="a suffix is not the name itself"),
        pytest.param(".internal", "evilinternal", False, id="a suffix begins at a dot"),
        pytest.param("bücher.internal", "xn--bcher-kva.internal", True, id="international name"),
        pytest.param("10.0.0.0/8", "any.example", True, id="network"),
        pytest.param("10.0.0.5", "any.example", True, id="address"),
        pytest.param("10.0.0.5/8", "any.example", True, id="network with host bits"),
        pytest.param("192.168.0.0/16", "any.example", False, id="another network"),
        pytest.param("::/0", "any.example", False, id="a network of the other version"),
    ],
)
def test_an_allowed_entry_permits(entry: str, host: str, permitted: bool) -> None:
    assert AllowedHosts.parse(entry).permits(host, IPv4Address("10.0.0.5")) is permitted


def test_allowing_an_address_does_not_allow_its_mapped_form() -> None:
    assert not AllowedHosts.parse("127.0.0.1").permits("h", ip_address("::ffff:127.0.0.1"))


def test_entries_may_be_separated_by_commas_blanks_or_given_as_a_list() -> None:
    expected = AllowedHosts.parse(["a.internal", "10.0.0.0/8"])
    assert AllowedHosts.parse(" a.internal ,10.0.0.0/8") == expected
    assert AllowedHosts.parse("a.internal\n10.0.0.0/8") == expected
    assert AllowedHosts.parse("") == NOTHING_ALLOWED


@pytest.mark.parametrize(
    "entry", ["http://a", "a_b/..", "10.0.0.0/33", "-a", "*", ".", "0x7f.1", "2130706433", "a..b"]
)
def test_an_entry_that_is_nothing_stops_the_start_with_a_line_that_names_it(entry: str) -> None:
    with pytest.raises(ConfigError) as caught:
        AllowedHosts.parse(["good.internal", entry])
    assert len(caught.value.problems) == 1
    assert repr(entry) in caught.value.problems[0]


def test_allowing_a_credentials_address_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="never read"):
        AllowedHosts.parse("169.254.169.254")


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0x7f000001", "127.1", "0177.0.0.1", "a.b.0x", "1.2.3.4"]
)
def test_a_host_that_a_resolver_may_read_as_a_number_looks_numeric(host: str) -> None:
    assert looks_numeric(host)


@pytest.mark.parametrize("host", ["api.example.com", "1.example", "0x7f.example", "x1", "a-1"])
def test_a_name_does_not_look_numeric(host: str) -> None:
    assert not looks_numeric(host)


def test_the_socket_factory_judges_the_address_that_is_connected_to() -> None:
    guard = GuardedSockets(AllowedHosts.parse("grafana.internal"))
    info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("10.0.0.5", 80))
    with hop_to("grafana.internal") as hop:
        guard(info).close()
        assert hop.refused == []
    with hop_to("evil.example") as hop:
        with pytest.raises(AddressRefusedError):
            guard(info)
        assert hop.refused == [IPv4Address("10.0.0.5")]
    with pytest.raises(AddressRefusedError):
        guard(info)


def test_the_socket_factory_sees_through_scopes_and_refuses_what_is_no_address() -> None:
    guard = GuardedSockets(NOTHING_ALLOWED)
    for sockaddr in (("fe80::1%lo", 80, 0, 1), ("0x7f.1", 80)):
        with pytest.raises(AddressRefusedError):
            guard((socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", sockaddr))


any_ip = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))


@given(any_ip)
def test_without_an_allow_list_only_public_addresses_that_give_no_credentials_are_permitted(
    ip: IPv4Address | IPv6Address,
) -> None:
    assert NOTHING_ALLOWED.permits("h.example", ip) == (is_public(ip) and not is_never_read(ip))


@given(any_ip)
def test_what_the_standard_library_calls_inside_is_never_public(ip: IPv4Address | IPv6Address) -> None:
    inside = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified
    if inside or ip.is_reserved:
        assert not is_public(ip)


@given(st.ip_addresses(v=4))
def test_no_form_that_wraps_an_address_is_public(ip: IPv4Address) -> None:
    number = int(ip)
    wrapped = [
        IPv6Address(number),
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | number << 80 | 1),
        IPv6Address((0x20010000 << 96) | (~number & 0xFFFFFFFF)),
    ]
    for form in wrapped:
        assert not is_public(form), form
        assert is_never_read(form) or not is_never_read(ip), form


@given(st.text(max_size=40))
def test_normalizing_a_host_twice_changes_nothing(host: str) -> None:
    once = normalize_host(host)
    assert normalize_host(once) == once
