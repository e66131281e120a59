"""Text of a sheet: how its bytes are read, and what its cells are parted by."""

from __future__ import annotations

import re

from bot.errors import SourceError

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_WIDE = {"utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
# As browsers do: what is called Latin-1 is Windows' extension of it (encoding.spec.whatwg.org).
_NARROW = {
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "us-ascii"), "cp1252"
    ),
    "iso-8859-15": "iso-8859-15",
}
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|script|meta|!--)", re.IGNORECASE)
_WORKBOOK = b"PK\x03\x04"
_SNIFFED = 64 * 1024
_QUOTED = re.compile(r'"[^"]*"')
_NAMED_FIRST = re.compile(r'"?sep=([,;\t])"?\r?\n', re.IGNORECASE)
_DELIMITERS = ("\t", ";", ",")
"""Those that stand less often in a name come first."""


def decode_sheet(body: bytes, content_type: str | None, host: str | None) -> str:
    """Return the text of a body: UTF-8, UTF-16 with its mark or as declared, or the Latin alphabet it is declared in.

    Raises:
        SourceError: ``not_json``: it is empty, a web page, a workbook, or can't be read as text.
    """
    answer = f"the answer from {host}" if host else "the answer"
    if _WEB_PAGE.match(body.removeprefix(b"\xef\xbb\xbf")[:400]):
        raise SourceError(
            f"{answer} is a web page, not CSV; often it wants a sign-in, or the sheet is not published",
            cause="not_json",
        )
    if body.startswith(_WORKBOOK):
        raise SourceError(f"{answer} is a workbook, not CSV; publish or export it as CSV", cause="not_json")
    declared = _CHARSET.search(content_type or "")
    named = declared[1].lower() if declared else ""
    marked = next((encoding for mark, encoding in _MARKS if body.startswith(mark)), None)
    text = _try(body, marked or _WIDE.get(named) or "utf-8")
    if text is None and marked is None and named in _NARROW:
        text = _try(body, _NARROW[named])
    if text is None:
        raise SourceError(
            f"{answer} is not UTF-8 text, and its content-type names no other encoding that is known",
            cause="not_json",
        )
    if "\x00" in text:
        raise SourceError(f"{answer} is not CSV (it is not text)", cause="not_json")
    if not text.strip():
        raise SourceError(f"{answer} is empty", cause="not_json")
    return text


def find_delimiter(text: str, typed: str | None) -> tuple[str, str]:
    """Return a sheet's text and the sign between its cells: the one typed, else the one its header line has most of.

    The line ``sep=;``, which Excel reads and does not show, is taken off.
    """
    if (named := _NAMED_FIRST.match(text)) is not None:
        text = text[named.end() :]
    if typed not in (None, "auto"):
        return text, "\t" if typed == "tab" else typed or ","
    if named is not None:
        return text, named[1]
    beginning = _QUOTED.sub("", text[:_SNIFFED].lstrip("\r\n"))
    header = re.split(r"[\r\n]", beginning, maxsplit=1)[0]
    counts = {sign: header.count(sign) for sign in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda sign: counts[sign])
    return text, best if counts[best] else ","


def _try(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None
