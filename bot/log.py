"""The log: one line per event on standard error, without secrets and without what people wrote.

Coloured on a terminal, JSON elsewhere. Loopmark's own modules use ``structlog.get_logger(__name__)``; what
Bolt, APScheduler, uvicorn, alembic and others log goes the same way. uvicorn has to be started with
``log_config=None``, or it sets up its own.

What never gets into a line:

- The values of the keys in `PEOPLE_WROTE`, at any depth: they carry answers, comments and typed text.
- Slack tokens, ``Authorization`` headers, response and webhook addresses, user names, passwords and queries
  in other addresses, and the operator's own secrets, wherever they stand in a line.
- Codes that open replies to anonymous words.
- PostgreSQL's ``DETAIL``, which shows the row that broke a constraint.
- Anything below INFO of other packages, who log whole payloads.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PEOPLE_WROTE = frozenset(
    {
        *("answer", "answers", "attachments", "blocks", "body", "comment", "comments", "form", "message"),
        *("note", "options", "payload", "question", "response", "state", "text", "title", "typed", "value"),
        *("values", "view"),
    }
)
"""Keys of an event whose values are never logged: Slack's own names for typed text, and ours.

A criterion's number is logged as ``reading`` if at all; ``value`` is what a Slack button or input carries.
"""

LETS_IN = frozenset({"authorization", "response_url", "token", "trigger_id"})
"""Keys of an event whose values let someone act as Loopmark; they are shown as ``***``."""

LEAST_LEVELS = {
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}
"""Packages that would log every request, tick or table; all others start at INFO."""

OURS = ("bot", "handlers", "jobs")

_HIDDEN = "***"

_PATTERNS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\b(xox[a-z]|xapp|xoxe\.xox[a-z])-[\w.%-]+"), rf"\1-{_HIDDEN}"),
    (
        re.compile(r"(?i)\b(authorization['\"]?\s*[:=]\s*['\"]?)[^\s'\",}]+(?:\s+[^\s'\",}]+)?"),
        rf"\1{_HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {_HIDDEN}"),
    (re.compile(r"\b(https?://hooks\.slack(?:-gov)?\.com/)[^\s'\"<>]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)\b(response_url['\"]?\s*[:=]\s*['\"]?)[^\s'\",}]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s/?#'\"<>]+@"), rf"\1{_HIDDEN}@"),
    (re.compile(r"\b([a-z][a-z0-9+.-]*://[^\s?#'\"<>]*)\?[^\s'\"<>]+"), rf"\1?{_HIDDEN}"),
    (re.compile(r"((?:^|[\s'\"])/[^\s?'\"<>]*)\?[^\s'\"<>]+"), rf"\1?{_HIDDEN}"),
    # A code (bot.domain.inbox) as receipts show it. Nothing logs one; a payload in an error might.
    (re.compile(r"(?i)(?<![\w-])[0-9a-z]{4}(?:-[0-9a-z]{4}){3}(?![\w-])"), _HIDDEN),
    (
        re.compile(
            r"^DETAIL:.*?(?=^(?:HINT|CONTEXT|\[SQL|\(Background|Traceback|The above|During)|\Z)", re.M | re.S
        ),
        f"DETAIL: {_HIDDEN}\n",
    ),
)


def set_up_logging(
    least: str, secrets: frozenset[str], *, stream: TextIO | None = None, in_colour: bool | None = None
) -> None:
    """Send everything that is logged from now on through one place.

    Args:
        least: Least level that is logged, by its name (``Settings.log_level``).
        secrets: What must not be shown, wherever it stands (``Settings.secrets``).
        stream: Where lines go; None means standard error.
        in_colour: For a person at a terminal rather than as JSON; None means that the stream decides.
    """
    stream = stream or sys.stderr
    if in_colour is None:
        in_colour = stream.isatty()
    level = logging.getLevelNamesMapping()[least]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    shown: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if in_colour
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Before redaction, so that a traceback is redacted as well.
                structlog.processors.format_exc_info,
                drop_what_people_wrote,
                Redaction(secrets),
                shown,
            ],
        )
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(level, logging.INFO))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name, floor in LEAST_LEVELS.items():
        logging.getLogger(name).setLevel(max(level, floor))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def drop_what_people_wrote(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out every key of `PEOPLE_WROTE`, at any depth."""
    return {key: _without_typed(value) for key, value in event.items() if key not in PEOPLE_WROTE}


def _without_typed(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _without_typed(inner) for key, inner in value.items() if key not in PEOPLE_WROTE}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_typed(inner) for inner in value]
    return value


class Redaction:
    """A structlog processor that hides secrets wherever they stand in an event."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Keep the secrets that have no shape of their own, longest first."""
        known = sorted(secrets, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Give the event back without them; what is neither text nor number is turned to text first."""
        return {key: _HIDDEN if key in LETS_IN else self._hide(value) for key, value in event.items()}

    def hide(self, line: str) -> str:
        """Return a text without secrets."""
        if self._known is not None:
            line = self._known.sub(_HIDDEN, line)
        for pattern, shown in _PATTERNS:
            line = pattern.sub(shown, line)
        return line

    def _hide(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {str(key): _HIDDEN if key in LETS_IN else self._hide(it) for key, it in value.items()}
        if isinstance(value, list):
            return [self._hide(inner) for inner in value]
        return self.hide(value if isinstance(value, str) else str(value))
