"""Decompression that stops at its limit."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.inflate import Inflater, NotDecodableError, TooLargeError


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODINGS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    " GZIP ": gzip.compress,
    "deflate": zlib.compress,
}


def inflate(encoding: str, packed: bytes, *, limit_bytes: int, chunk_bytes: int = 7) -> bytes:
    inflater = Inflater(encoding, limit_bytes=limit_bytes)
    for start in range(0, len(packed), chunk_bytes):
        inflater.feed(packed[start : start + chunk_bytes])
    return inflater.finish()


@given(
    encoding=st.sampled_from(sorted(ENCODINGS)),
    data=st.binary(max_size=2_000),
    chunk_bytes=st.integers(1, 300),
)
def test_what_was_packed_comes_back_however_it_was_cut(encoding: str, data: bytes, chunk_bytes: int) -> None:
    packed = ENCODINGS[encoding](data)
    assert inflate(encoding, packed, limit_bytes=2_000, chunk_bytes=chunk_bytes) == data


@given(st.binary(max_size=500))
def test_deflate_without_its_header_is_understood(data: bytes) -> None:
    packed = raw_deflate(b"{" + data)
    # Some raw streams begin like a zlib header by chance; then nobody can tell them apart.
    if packed[0] & 0x0F != 8 or (packed[0] << 8 | packed[1]) % 31:
        assert inflate("deflate", packed, limit_bytes=600) == b"{" + data


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5))
def test_gzip_members_are_joined(parts: list[bytes]) -> None:
    assert inflate("gzip", b"".join(map(gzip.compress, parts)), limit_bytes=500) == b"".join(parts)


@given(encoding=st.sampled_from(sorted(ENCODINGS)), data=st.binary(min_size=1, max_size=500))
def test_the_limit_is_exact(encoding: str, data: bytes) -> None:
    packed = ENCODINGS[encoding](data)
    assert inflate(encoding, packed, limit_bytes=len(data)) == data
    with pytest.raises(TooLargeError):
        inflate(encoding, packed, limit_bytes=len(data) - 1)


@given(encoding=st.sampled_from(["gzip", "deflate"]), data=st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(encoding: str, data: bytes) -> None:
    try:
        assert len(inflate(encoding, data, limit_bytes=1_000)) <= 1_000
    except (NotDecodableError, TooLargeError):
        return


def test_a_body_that_ends_in_the_middle_is_refused() -> None:
    for packed in (gzip.compress(b"abc" * 100)[:-1], gzip.compress(b"abc")[:1]):
        with pytest.raises(NotDecodableError, match="in the middle"):
            inflate("gzip", packed, limit_bytes=1_000)


def test_no_body_at_all_is_empty() -> None:
    assert Inflater("gzip", limit_bytes=10).finish() == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br", "compress", "ünknown"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(NotDecodableError, match="not asked for"):
        Inflater(encoding, limit_bytes=10)
