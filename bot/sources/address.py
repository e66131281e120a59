"""Addresses: which ones a source may connect to, checked on the socket that is about to connect."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import AddrInfoType

from bot.errors import ConfigError

_SETTING = "LOOPMARK_ALLOWED_HOSTS"

IPAddress = IPv4Address | IPv6Address

# IANA special-purpose registries (RFC 6890 and its updates), written out because what `ipaddress` calls
# global differs between Python releases: 3.11 still calls 6to4 and 192.0.0.0/24 partly global.
_INSIDE_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that is handed out; the rest is mapped, local, NAT64, multicast …
_INSIDE_V6 = tuple(
    IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # Teredo and kin, docs, 6to4, docs
)

_NEVER = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Google, Azure, DigitalOcean, OpenStack, Oracle
        "169.254.170.2", "169.254.170.23",  # credentials of AWS containers
        "169.254.0.23",  # Tencent
        "168.63.129.16",  # Azure's host, although the address looks public
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle, classic
        "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",  # AWS, AWS containers, Google over IPv6
    )
)  # fmt: skip

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_MAPPED = (IPv6Network("::ffff:0:0/96"), IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"))
_TEREDO = IPv6Network("2001::/32")
_SIX_TO_FOUR = IPv6Network("2002::/16")

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")


def normalize_host(host: str) -> str:
    """Return a host the way hosts are compared: ASCII, lower case, no final dot, no brackets."""
    text = _bare(host.lower())
    if text.isascii():
        return text
    try:
        # Letters that stand for other signs, such as full stops, become these here.
        return _bare(text.encode("idna").decode("ascii").lower())
    except UnicodeError:
        return text  # not a name that can resolve; it matches nothing


def _bare(text: str) -> str:
    while (less := text.strip().strip("[]").rstrip(".")) != text:
        text = less
    return text


def looks_numeric(host: str) -> bool:
    """Say whether a resolver may read a host as an IPv4 address, however disguised.

    The WHATWG rule: the last label is all digits, or hexadecimal after 0x (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    """
    last = normalize_host(host).rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None


def parse_literal(host: str) -> IPAddress | None:
    """Return the address a host spells out in its usual form, or None when it is a name or a disguise."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def is_public(ip: IPAddress) -> bool:
    """Say whether an address lies on the public internet, in a form that hides no other address."""
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _INSIDE_V4)
    return ip in _GLOBAL_V6 and not any(ip in network for network in _INSIDE_V6)


def is_never_read(ip: IPAddress) -> bool:
    """Say whether an address hands out a machine's own credentials, itself or wrapped in another form."""
    return any(form in _NEVER for form in (ip, *_wrapped(ip)))


def _wrapped(ip: IPAddress) -> tuple[IPv4Address, ...]:
    if isinstance(ip, IPv4Address):
        return ()
    number = int(ip)
    low = IPv4Address(number & 0xFFFFFFFF)
    if any(ip in network for network in (*_MAPPED, *_NAT64)):
        # RFC 6052: behind a /96 the address is the last 32 bits, behind a /48 it starts right after it.
        return (low, IPv4Address((number >> 48 & 0xFFFF0000) | (number >> 40 & 0xFFFF)))
    if ip in _SIX_TO_FOUR:
        return (IPv4Address(number >> 80 & 0xFFFFFFFF),)
    if ip in _TEREDO:
        return (IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(~number & 0xFFFFFFFF))
    if number >> 32 & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE):  # ISATAP, RFC 5214
        return (low,)
    return ()


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The operator's list of what may be read inside the network.

    Attributes:
        names: Exact host names.
        suffixes: Endings with their leading dot; ``.internal`` allows ``grafana.internal``, not ``internal``.
        networks: Addresses and networks, allowed whatever name led there.
    """

    names: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, text: str | Iterable[str]) -> AllowedHosts:
        """Return the list written as names, ``.suffixes``, addresses and CIDR networks.

        Args:
            text: Entries separated by commas or blanks, or the entries themselves.

        Raises:
            ConfigError: One line for each entry that is none of these, or that can never be allowed.
        """
        entries = re.split(r"[,\s]+", text) if isinstance(text, str) else list(text)
        names: set[str] = set()
        suffixes: list[str] = []
        networks: list[IPv4Network | IPv6Network] = []
        problems: list[str] = []
        for entry in filter(None, (entry.strip() for entry in entries)):
            try:
                network = ip_network(entry.strip("[]"), strict=False)
            except ValueError:
                name = normalize_host(entry.removeprefix("*"))
                if not _NAME.fullmatch(name.removeprefix(".")) or looks_numeric(name):
                    problems.append(f"{_SETTING} {entry!r} is no host name, .suffix, address or network")
                elif name.startswith("."):
                    suffixes.append(name)
                else:
                    names.add(name)
                continue
            if network.num_addresses == 1 and is_never_read(network.network_address):
                problems.append(f"{_SETTING} {entry} hands out a machine's credentials and is never read")
            else:
                networks.append(network)
        if problems:
            raise ConfigError(problems)
        return cls(frozenset(names), tuple(suffixes), tuple(networks))

    def permits(self, host: str | None, ip: IPAddress) -> bool:
        """Say whether a connection to `ip` may be made while `host` is asked for.

        Args:
            host: The host of the request being made; a name on the list allows what this very name leads
                to. None when unknown, then only addresses count.
            ip: The address that is about to be connected to.
        """
        if is_never_read(ip):
            return False
        if is_public(ip):
            return True
        if any(ip.version == network.version and ip in network for network in self.networks):
            return True
        if host is None:
            return False
        name = normalize_host(host)
        return name in self.names or any(name.endswith(suffix) and name != suffix for suffix in self.suffixes)


@dataclass(slots=True)
class Hop:
    """One request on its way: the host it asks for, and the addresses that were refused to it."""

    host: str
    refused: list[IPAddress] = field(default_factory=list)


_hop: ContextVar[Hop | None] = ContextVar("hop", default=None)


@contextmanager
def hop_to(host: str) -> Iterator[Hop]:
    """Make `host` the one that connections opened meanwhile, in this task and its children, are judged by.

    Pooled connections need no second look: aiohttp reuses one only for the host name it was opened for.
    """
    hop = Hop(host)
    token = _hop.set(hop)
    try:
        yield hop
    finally:
        _hop.reset(token)


class AddressRefusedError(OSError):
    """The address may not be connected to. An OSError, so that a name's other addresses are still tried."""


class GuardedSockets:
    """A socket factory that gives sockets only for permitted addresses.

    It stands here and not in a resolver because aiohttp never asks a resolver about a literal address; what
    arrives here is the very address that is connected to next.
    """

    def __init__(self, allowed: AllowedHosts) -> None:
        """Judge by the operator's list."""
        self._allowed = allowed

    def __call__(self, addr_info: AddrInfoType) -> socket.socket:
        """Return a new socket for an address that is permitted to the current hop.

        Raises:
            AddressRefusedError: It is not; the hop remembers the address.
        """
        family, kind, protocol, _, sockaddr = addr_info
        hop = _hop.get()
        ip = parse_literal(str(sockaddr[0]))
        if ip is None or not self._allowed.permits(hop.host if hop else None, ip):
            if hop is not None and ip is not None:
                hop.refused.append(ip)
            raise AddressRefusedError(f"address refused: {sockaddr[0]}")
        return socket.socket(family=family, type=kind, proto=protocol)
