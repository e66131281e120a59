"""Inflater: decompression that stops at a limit instead of filling the memory."""

from __future__ import annotations

import zlib

ACCEPT_ENCODING = "gzip, deflate"
"""What may be asked for; br and zstd have no bounded decoder in the standard library."""


class TooLargeError(Exception):
    """The decompressed body is over its limit."""


class NotDecodableError(Exception):
    """The body is not encoded the way its headers say."""


class Inflater:
    """Decodes one body piece by piece; never holds more than one byte over the limit."""

    def __init__(self, encoding: str, *, limit_bytes: int) -> None:
        """Decode a Content-Encoding, empty or ``identity`` meaning none.

        Raises:
            NotDecodableError: An encoding that was not asked for, or several on top of each other.
        """
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in {"", "identity", "gzip", "deflate"}:
            raise NotDecodableError(f"its encoding {self._encoding[:20]!r} was not asked for")
        self._left_bytes = limit_bytes
        self._pieces: list[bytes] = []
        self._head = b""
        self._member: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next piece off the wire.

        Raises:
            TooLargeError: The limit is passed.
            NotDecodableError: The bytes are not of the encoding.
        """
        if self._encoding in {"", "identity"}:
            self._keep(chunk)
            return
        if self._member is None:
            self._head += chunk
            if len(self._head) < 2:  # two bytes tell a zlib header from raw deflate
                return
            chunk, self._head = self._head, b""
            self._member = zlib.decompressobj(self._window_bits(chunk))
        try:
            while chunk:
                if self._member.eof:
                    if self._encoding != "gzip":
                        return  # bytes after a finished deflate stream mean nothing
                    self._member = zlib.decompressobj(31)  # a gzip body may have several members
                # One byte more than is left, so that going over is seen without inflating the rest.
                self._keep(self._member.decompress(chunk, self._left_bytes + 1))
                chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        except zlib.error as error:
            raise NotDecodableError(f"it is not {self._encoding}, although its headers say so") from error

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            NotDecodableError: It ends in the middle.
        """
        if self._head or (self._member is not None and not self._member.eof):
            raise NotDecodableError("it ends in the middle")
        return b"".join(self._pieces)

    def _keep(self, piece: bytes) -> None:
        self._left_bytes -= len(piece)
        if self._left_bytes < 0:
            raise TooLargeError
        if piece:
            self._pieces.append(piece)

    def _window_bits(self, head: bytes) -> int:
        if self._encoding == "gzip":
            return 31
        # "deflate" means zlib (RFC 9110, 8.4.1.2), but some servers send it without its header.
        has_header = head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0
        return 15 if has_header else -15
