"""The table of sources: every kind there is, those of other packages included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from types import MappingProxyType

from bot.domain.criterion import SourceKind
from bot.domain.keywords import RECIPE
from bot.sources.body import shorten
from bot.sources.csv import Csv
from bot.sources.feedback import Feedback
from bot.sources.github import GitHub
from bot.sources.http_json import HttpJson
from bot.sources.manual import Manual
from bot.sources.prometheus import Prometheus
from bot.sources.protocol import Source
from bot.sources.push import Push
from bot.sources.sql import Sql

ENTRY_POINTS = "loopmark.sources"
"""Group in which other packages name their sources; see docs/sources/your-own.md."""

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The sources there are.

    Attributes:
        sources: Kind → how it is read.
        problems: One plain line for each source of another package that could not be used.
    """

    sources: Mapping[str, Source]
    problems: tuple[str, ...]


def make_sources() -> Mapping[str, Source]:
    """Return how each kind is read. A new kind is one more line here."""
    sources: tuple[Source, ...] = (
        HttpJson(),
        Prometheus(),
        Csv(),
        GitHub(),
        Manual(),
        Push(),
        Feedback(),
        Sql(),
    )
    return MappingProxyType({source.kind: source for source in sources})


def load_sources() -> Loaded:
    """Return our own sources with those that installed packages bring; a broken one is a line, never an error."""
    sources = dict(make_sources())
    problems = []
    for entry_point in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name):
        package = entry_point.dist.name if entry_point.dist else entry_point.value
        try:
            source = entry_point.load()()
            why = _why_not(source, entry_point.name, sources)
        except Exception as error:  # the edge to code that is not ours: whatever it is, the bot has to start
            why = f"{type(error).__name__}: {shorten(str(error), 200)}"
        if why:
            problems.append(f"source {entry_point.name} of {package}: {why}")
        else:
            sources[entry_point.name] = source
    return Loaded(MappingProxyType(sources), tuple(problems))


def _why_not(source: Source, name: str, known: Mapping[str, Source]) -> str:
    if not _KIND.fullmatch(name):
        return "its name may have at most 40 lower-case letters, digits and _, and begins with a letter"
    if name in known or name in set(SourceKind):
        return "there is a source of that kind already"
    if name == RECIPE:
        return "that word stands before the name of a recipe"
    if source.kind != name:
        return f"its kind is {shorten(str(source.kind), 60)}, and has to be its entry point's name"
    if not source.readable_by_schedule:
        return "it has to be readable by schedule; values that programs bring take the kind push"
    if source.default_every <= timedelta(0) or source.default_readings_needed < 1:
        return "default_every has to be a positive time, and default_readings_needed at least 1"
    missing = [method for method in ("check", "read") if not callable(getattr(source, method, None))]
    return f"it has no {missing[0]}" if missing else ""
