"""Ten thousand odd bodies, paths and addresses each: a value or one sentence comes out, never anything else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import ParamSpec, TypeVar

from bot.errors import CAUSES, SourceError
from bot.sources.address import AllowedHosts
from bot.sources.extraction import extract
from bot.sources.path import WIDE_LIMIT_BYTES, WIDE_LIMIT_CONTAINERS, loop_limit_bytes, may_run_in_loop
from bot.sources.url import host_of, parse_source_url

P = ParamSpec("P")
T = TypeVar("T")

COUNT = 10_000
LITERALS = (
    b"0", b"-0", b"1e400", b"-1E-400", b"1e999999999999999999", b"NaN", b"-Infinity", b"0.1", b"00", b"1.",
    b".5", b"+1", b"0x10", b"1_0", b"9" * 40, b"9" * 41, b"9" * 5_000, b"0." + b"3" * 200, b"true", b"null",
    b'""', b'"1,234"', b'"99.9 %"', b'"\\ud800"', b'"\xff"', b'"\\u0000"', b"{}", b"[]", b'{"":1}', b"''",
    b"\xef\xbb\xbf1", b"\xff\xfe1\x00", b"\x00", b"<a>", b"1e1", b'"-\xe2\x88\x923"', b"1e-31", b"1e31",
)  # fmt: skip
KEYS = ('"a"', '"b c"', '""', '"a.b"', '"\\n"', '"🎯"', '"__proto__"', "1", "null")
PATHS = (
    "$", "$.a", "$.a.a", "$['b c']", "$[0]", "$[-1]", "$..a", "$[*]", "$.a[*]", "$[1:]", "$.a[::2]", "$['']",
)  # fmt: skip
SHAPINGS: tuple[dict[str, str], ...] = (
    {}, {"text": "yes"}, {"reduce": "sum"}, {"reduce": "count"}, {"reduce": "p95", "math": "/ 3"},
    {"reduce": "avg", "text": "yes", "math": "* 1000000 * 1000000"},
)  # fmt: skip
SEGMENTS = (
    ".a", "..a", "['b c']", "[0]", "[-1]", "[1:]", "[::-1]", "[*]", ".*", "..*", "['a','b']", "[0,1]", "['']",
    "[?@.a]", "[?@ == 1]", "[?@.a > 1 || !@.b]", "[?length(@) == 2]", "[?match(@, 'a.*')]", "[?count(@.*) > 1]",
    "[?foo(@)]", "[9007199254740992]", "[1:2:0]", "['\\u0061']", '["a"]', "[ 0 ]", ".é", ".a b",
)  # fmt: skip
PIECES = (
    "$", ".", "..", "[", "]", "*", "?", "@", "a", "'a'", '"a"', "0", "-1", "-0", "01", "1e3", "9" * 30, ":",
    ",", "(", ")", "==", "<=", "&&", "||", "!", " ", "\t", "length", "count", "match", "value", "\\", "\\u0061",
    "🎯", "\ud800", "\x00", "é", "#", "~", "true", "null",
)  # fmt: skip


def odd_json(odd: random.Random, depth: int = 0) -> bytes:
    """Return something that is JSON, or nearly."""
    kind = odd.random()
    if depth > 3 or kind < 0.45:
        return odd.choice(LITERALS)
    inside = [odd_json(odd, depth + 1) for _ in range(odd.randrange(4))]
    if kind < 0.75:
        return b"{" + b",".join(odd.choice(KEYS).encode() + b":" + one for one in inside) + b"}"
    return b"[" + b",".join(inside) + b"]"


def odd_bodies(odd: random.Random) -> Iterator[bytes]:
    """Yield bodies: structured, mutated, cut, nested, in odd encodings, and noise."""
    yield from (
        b"[" * 50_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"",
        b" ",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
    )
    while True:
        body = odd_json(odd)
        match odd.randrange(8):
            case 0:
                cut = odd.randrange(len(body) + 1)
                body = body[:cut] + odd.randbytes(odd.randrange(4)) + body[cut + 1 :]
            case 1:
                body = body[: odd.randrange(len(body) + 1)]
            case 2:
                body = odd.randbytes(odd.randrange(60))
            case 3:
                text = body.decode("utf-8", "replace")
                body = text.encode(odd.choice(["utf-16", "utf-32-le", "utf-16-be", "utf-8-sig", "utf-7"]))
        yield body


def tried(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | SourceError:
    """Return what a function returns, or its SourceError; any other exception is a failure of the test."""
    try:
        return do(*args, **kwargs)
    except SourceError as error:
        return error


def outcome(body: bytes, path: str, shaping: dict[str, str]) -> Decimal | SourceError:
    return tried(extract, body, path, "api.example.com", shaping)


def assert_one_sentence(error: SourceError) -> None:
    sentence = str(error)
    sentence.encode()  # no broken sign, which nothing could send on
    assert error.cause in CAUSES
    assert sentence
    assert len(sentence) <= 300
    assert not any(sign < " " for sign in sentence)


def test_an_odd_body_gives_a_value_or_one_sentence() -> None:
    odd = random.Random(4711)
    bodies = odd_bodies(odd)
    causes, values = set(), 0
    for _ in range(COUNT):
        found = outcome(next(bodies), odd.choice(PATHS), odd.choice(SHAPINGS))
        if isinstance(found, SourceError):
            assert_one_sentence(found)
            causes.add(found.cause)
        else:
            values += 1
            assert found.is_finite()
            assert len(found.as_tuple().digits) <= 40
    # The generator reaches what it is meant for.
    assert causes == {"not_json", "not_a_number", "path_missing"}
    assert values > COUNT / 20


def test_an_odd_path_gives_a_value_or_one_sentence() -> None:
    odd = random.Random(4712)
    body = b'{"a": [1, {"a": 2, "b c": "3"}], "": 4}'
    understood = 0
    for number in range(COUNT):
        pieces = odd.choices(PIECES if number % 2 else SEGMENTS, k=odd.randrange(1, 5 + 7 * (number % 2)))
        path = ("$" if number % 4 else "") + "".join(pieces)
        if number % 500 == 0:
            path = "$" + odd.choice(["[?", "..", "[(", "['a',", "[?@", "[?!("]) * odd.randrange(100, 600)
        limit_bytes = tried(loop_limit_bytes, path)
        if isinstance(limit_bytes, SourceError):
            assert (limit_bytes.cause, limit_bytes.permanent) == ("bad_request", True)
            assert_one_sentence(limit_bytes)
            continue
        found = outcome(body, path, odd.choice(SHAPINGS))
        understood += not isinstance(found, SourceError) or found.cause != "bad_request"
        if isinstance(found, SourceError):
            assert_one_sentence(found)
        # What could take long is never done in the loop: filters, functions, unions, more than one wide step.
        wide = path.count("..") + path.count("*") + path.count(":")
        if "?" in path or "(" in path or len(path) > 300:
            assert limit_bytes == 0
        elif limit_bytes > WIDE_LIMIT_BYTES:
            assert wide == 0 or "'" in path or '"' in path
    assert understood > COUNT / 50


def test_no_large_work_is_done_in_the_loop() -> None:
    odd = random.Random(4713)
    for _ in range(2_000):
        path = odd.choice((*PATHS, "$..*", "$[?@.a]", "$['a','b']", "$[*][*]"))
        filling = odd.choice((b"1,", b"[],", b"{},", b'"x",', b'{"a":[1]},'))
        body = b"[" + filling * odd.randrange(1, 60_000 // len(filling)) + b"1]"
        for many in (False, True):
            if not may_run_in_loop(path, body, many=many):
                continue
            plain = path.count("*") + path.count("..") + path.count(":") == 0
            if many or not plain:
                assert len(body) <= WIDE_LIMIT_BYTES
            if not plain:
                assert body.count(b"[") + body.count(b"{") <= WIDE_LIMIT_CONTAINERS
            assert len(body) <= 256 * 1024
            assert "?" not in path
            assert "'," not in path


# Addresses

NEVER = ("169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
INSIDE = (
    "10.1.2.3", "127.0.0.1", "127.9.9.9", "0.0.0.0", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.1.1", "100.64.0.1", "100.127.255.255", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1",
    "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
    *NEVER,
)  # fmt: skip


def wrap(odd: random.Random, inner: IPv4Address) -> IPv6Address:
    """Return an IPv6 address with an IPv4 address inside: mapped, compatible, NAT64, 6to4, Teredo."""
    number = int(inner)
    return IPv6Address(
        odd.choice(
            (
                0xFFFF << 32 | number,
                number,
                0xFFFF << 48 | number,
                0x64FF9B << 96 | number,
                0x2002 << 112 | number << 80 | odd.getrandbits(16),
                0x20010000 << 96 | odd.getrandbits(64) << 32 | (~number & 0xFFFFFFFF),
            )
        )
    )


def is_surely_inside(ip: IPv4Address | IPv6Address) -> bool:
    """Say by Python's own tables whether an address is one that must be refused; a second opinion on ours."""
    if ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved:
        return True
    if isinstance(ip, IPv4Address):
        return ip.is_unspecified or ip in ip_network("100.64.0.0/10")
    if ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in ip_network("64:ff9b::/96"):
        return True
    return ip.is_unspecified or ip.is_site_local


def test_no_odd_address_inside_is_ever_connected_to() -> None:
    odd = random.Random(4714)
    nothing, everything = AllowedHosts(), AllowedHosts.parse("0.0.0.0/0 ::/0")
    never = {ip_address(text) for text in NEVER}
    public = 0
    for number in range(COUNT):
        match number % 4:
            case 0:
                ip = ip_address(odd.choice(INSIDE))
            case 1:
                ip = IPv4Address(odd.getrandbits(32))
            case 2:
                ip = IPv6Address(odd.getrandbits(128) >> 3 | odd.choice((0, 1)) << 125)
            case _:
                inner = odd.choice([one for one in map(ip_address, INSIDE) if one.version == 4])
                assert isinstance(inner, IPv4Address)
                ip = wrap(odd, inner)
                assert not everything.permits("a.example.com", ip) or inner not in never
        permitted = nothing.permits(odd.choice(("api.example.com", None)), ip)
        assert not (permitted and is_surely_inside(ip)), ip
        if ip in never:
            assert not everything.permits(str(ip), ip)
        public += permitted
    assert public > COUNT / 20  # not everything is refused


def spellings(odd: random.Random, ip: IPv4Address) -> str:
    """Return an IPv4 address as resolvers also read it: decimal, octal, hexadecimal, short, with a final dot."""
    number, parts = int(ip), str(ip).split(".")
    return odd.choice(
        (
            str(number),
            hex(number),
            f"0{number:o}",
            ".".join(hex(int(part)) for part in parts),
            ".".join(f"0{int(part):o}" for part in parts),
            f"{parts[0]}.{number & 0xFFFFFF}",
            f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
            f"{ip}.",
            str(ip),
            f"[::ffff:{ip}]",
            "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in str(ip)),
            str(ip).replace(".", "。"),
        )
    )


SCHEMES = (
    *("http://", "https://") * 4,
    "HTTP://",
    "ftp://",
    "file://",
    "//",
    "http:",
    "javascript:",
    "",
    "http:///",
)
USERS = ("", "", "", "", "a@", "a:b@", "a%40b:c@", ":@", "127.0.0.1@", "@")
NAMES = (
    "api.example.com", "EXAMPLE.com.", "bücher.example", "xn--bcher-kva.example", "a..b", ".a", "a.", "-a.b",
    "a_b.c", "ex ample.com", "a" * 64 + ".com", "☃.net", "\u202eevil.com", "localhost", "a\x00b", "1.2.3",
    "1.2.3.4.5", "0x7f.1", "256.1.1.1", "[::1]", "[::1", "[fe80::1%25eth0]", "[v1.x]", "%31.2.3.4", "①②.com",
)  # fmt: skip
TAILS = (
    "",
    "/",
    ":80/",
    ":0/",
    ":99999/",
    ":a/",
    ":/",
    "/a?b=c#d",
    "?x",
    "#y",
    "/\ud800",
    "/%zz",
    "\\@b.c",
    "/\n",
)


def test_an_odd_address_is_usable_or_one_sentence() -> None:
    odd = random.Random(4715)
    nothing = AllowedHosts()
    usable = 0
    for number in range(COUNT):
        ip = IPv4Address(odd.getrandbits(32)) if number % 3 else IPv4Address(odd.choice(INSIDE[:16]))
        host = odd.choice(NAMES) if number % 2 else spellings(odd, ip)
        typed = odd.choice(SCHEMES) + odd.choice(USERS) + host + odd.choice(TAILS)
        url = tried(parse_source_url, typed)
        if isinstance(url, SourceError):
            assert url.permanent
            assert url.cause in ("bad_request", "address_refused")
            assert_one_sentence(url)
            continue
        usable += 1
        assert url.scheme in ("http", "https")
        assert not url.userinfo
        assert not url.fragment
        # A host that a resolver could read as an address is written as one, and judged as that very one.
        named = host_of(url)
        last = named.rpartition(".")[2]
        if ":" in named or last.isdigit() or last.startswith("0x"):
            literal = ip_address(named.partition("%")[0])
            assert not (nothing.permits(named, literal) and is_surely_inside(literal))
    assert usable > COUNT / 20


def test_the_generators_make_json_that_is_json() -> None:
    odd = random.Random(4716)
    bodies = odd_bodies(odd)
    good = 0
    for _ in range(500):
        try:
            json.loads(next(bodies))
        except (ValueError, RecursionError):
            continue
        good += 1
    assert 100 < good < 450
