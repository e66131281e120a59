"""Ports on this machine: the one that is wanted, or the next that is free."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from bot.errors import ConfigError

TRIED = 50
"""How many ports are tried before giving up."""


def ports_from(first: int) -> Sequence[int]:
    """Return the ports to try, in order; 0 alone, which takes any free one, when that is wanted."""
    return range(first, min(first + TRIED, 65_536)) if first else (0,)


def next_free(first: int) -> int:
    """Return the first port of 127.0.0.1 from this one up that nobody listens on; 0 stays 0.

    Raises:
        ConfigError: none is free.
    """
    for port in ports_from(first):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: what was closed a moment ago does not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise no_free_port(first)


def no_free_port(first: int) -> ConfigError:
    """Return the error that says that PORT has to be another one."""
    return ConfigError(
        [f"PORT {first} and the next {TRIED - 1} on 127.0.0.1 are taken: set PORT to another one"]
    )
