"""GitHub answers: the few facts wanted out of the large bodies of GitHub's REST API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.domain.names import fold
from bot.errors import SourceError
from bot.sources.body import parse_body, shorten

LOOP_LIMIT_BYTES = 32 * 1024
"""The worst JSON of this size was seen to take ten milliseconds; a page of a hundred runs has over a megabyte."""

FAILED = frozenset({"failure", "timed_out", "startup_failure"})
"""Conclusions of a run that went wrong; cancelled, skipped, neutral and stale runs say nothing."""

_MOST_NAMES = 200
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(?:Z|[+-][0-9]{2}:?[0-9]{2})")


def read_github(body: bytes, asked: Mapping[str, str | None], host: str | None) -> dict[str, str | None]:
    """Return what is wanted of one answer. Blocks as long as it takes.

    Args:
        body: As it was fetched; its forms are those of https://docs.github.com/rest.
        asked: ``wanted``: *found* of a search, *runs* and *workflows* of Actions, *release*, or *thing* for an
            object of which only its being there counts. For workflows also ``name``.
        host: Named in the errors.

    Returns:
        Of a search ``total``, ``incomplete`` (yes, or None) and ``created``: seconds since 1970, blanks between.
        Of runs ``total``, ``success`` and ``failed``. Of workflows ``id``, or None, and ``names``, one a line. Of
        a release ``published``, seconds since 1970.

    Raises:
        SourceError: ``not_json``, or ``path_missing`` for JSON that is not GitHub's.
    """
    answer = _Answer(parse_body(body, host), host)
    match asked.get("wanted"):
        case "found":
            created = (each.time("created_at") for each in answer.items("items"))
            return {
                "total": str(answer.count("total_count")),
                "incomplete": "yes" if answer.get("incomplete_results") is True else None,
                "created": " ".join(map(str, created)),
            }
        case "runs":
            ends = [each.get("conclusion") for each in answer.items("workflow_runs")]
            return {
                "total": str(answer.count("total_count")),
                "success": str(ends.count("success")),
                "failed": str(sum(end in FAILED for end in ends if isinstance(end, str))),
            }
        case "workflows":
            return _find_workflow(answer, asked.get("name") or "")
        case "release":
            return {"published": str(answer.time("published_at"))}
        case _:
            answer.count("id")
            return {}


def read_message(body: bytes) -> str:
    """Return what GitHub says of a request it refuses, as it came; empty where it says nothing."""
    try:
        message = _Answer(parse_body(body[:LOOP_LIMIT_BYTES]), None).get("message")
    except SourceError:
        return ""
    return message if isinstance(message, str) else ""


class _Answer:
    """A JSON object, read strictly: what is not as GitHub documents it is an error."""

    def __init__(self, found: object, host: str | None) -> None:
        self._host = host
        if not isinstance(found, Mapping):
            raise self._strange()
        self._found: Mapping[str, object] = found

    def get(self, name: str) -> object:
        return self._found.get(name)

    def count(self, name: str) -> int:
        found = self._found.get(name)
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < 10**18:
            raise self._strange()
        return found

    def text(self, name: str) -> str:
        found = self._found.get(name)
        if not isinstance(found, str):
            raise self._strange()
        return found

    def time(self, name: str) -> int:
        text = self.text(name)
        try:
            if _TIME.fullmatch(text):
                return int(datetime.fromisoformat(text).timestamp())
        except (ValueError, OverflowError):  # 31 February
            pass
        raise self._strange()

    def items(self, name: str) -> Iterator[_Answer]:
        found = self._found.get(name)
        if not isinstance(found, list):
            raise self._strange()
        return (_Answer(each, self._host) for each in found)

    def _strange(self) -> SourceError:
        sender = f" from {self._host}" if self._host else ""
        return SourceError(f"the answer{sender} is not one of GitHub's API", cause="path_missing")


def _find_workflow(answer: _Answer, name: str) -> dict[str, str | None]:
    found = None
    names = []
    for each in answer.items("workflows"):
        names.append(shorten(each.text("name"), 100))
        if found is None and fold(each.text("name")) == fold(name):
            found = str(each.count("id"))
    return {"id": found, "names": "\n".join(names[:_MOST_NAMES])}
