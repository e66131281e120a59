"""The table of sources: every kind there is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.sources.http_json import HttpJson
from bot.sources.manual import Manual
from bot.sources.protocol import Source


def make_sources() -> Mapping[str, Source]:
    """Return how each kind is read. A new kind is one more line here."""
    sources: tuple[Source, ...] = (
        HttpJson(),
        Manual(),
    )
    return MappingProxyType({source.kind: source for source in sources})
