"""The page's own files, and who may ask for them."""

from __future__ import annotations

from importlib.resources import files
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.page import static

TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}
POLICY = "default-src 'self'; img-src 'self' data: https: http:; frame-ancestors 'none'; base-uri 'none'"
"""Pictures may come from elsewhere because messages may name them; the project's own never do."""

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def read_asset(name: str) -> web.Response:
    """Return one of the page's files.

    Raises:
        web.HTTPNotFound: there is none of this name.
    """
    extension = name.rpartition(".")[2]
    file = files(static) / name
    if "/" in name or "\\" in name or extension not in TYPES or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(
        body=file.read_bytes(),
        content_type=TYPES[extension],
        charset="utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": POLICY,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )


def refuse_strangers(request: web.Request) -> None:
    """Return when the request comes from this machine's own page.

    Any page open in the same browser can send requests here, under a name of its own that leads to this machine
    or from its own origin; the workspace must not be read or driven by it.

    Raises:
        web.HTTPForbidden: the Host or the Origin is another one.
    """
    host = urlsplit(f"//{request.host}")
    if host.hostname not in _LOCAL_NAMES:
        raise web.HTTPForbidden(text="This page answers at http://127.0.0.1 and http://localhost only.\n")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        raise web.HTTPForbidden(text="Only the sandbox's own page may do that.\n")
