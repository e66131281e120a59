"""Sources as people see them: in the form's menu and in sentences."""

from __future__ import annotations

from bot.blocks.mrkdwn import code, escape, shorten
from bot.domain.addresses import WHOLE_BODY
from bot.domain.criterion import SourceKind, SourceSpec

LABELS: dict[str, str] = {
    SourceKind.HTTP_JSON: "A number in JSON at an address",
    SourceKind.PROMETHEUS: "A Prometheus query",
    SourceKind.CSV: "A cell of a published sheet (CSV)",
    SourceKind.GITHUB: "A GitHub repository's issues, pull requests, runs",
    SourceKind.MANUAL: "Set by hand",
    SourceKind.SQL: "A database query",
    SourceKind.PUSH: "Pushed by a program",
    SourceKind.FEEDBACK: "The answers to a prompt",
}
"""Kind → what the menu says of it, in the menu's order; other packages' kinds follow by their names."""


def what_is_read(source: SourceSpec) -> str:
    """Return what a source reads, mrkdwn: the address with its path, or the kind where there is none.

    Options are left out: they may be long, and a text in them may be meant for the source alone.
    """
    if source.kind == SourceKind.HTTP_JSON and source.path not in (None, WHOLE_BODY):
        return f"{code(shorten(source.path, 200))} in {code(shorten(source.url or '', 500))}"
    return code(shorten(source.url or source.kind, 500))


def where_found(source: SourceSpec) -> str:
    """Return where a value was found, mrkdwn: ``at `$.week` in `https://…` `` or ``with sql``."""
    if source.kind == SourceKind.HTTP_JSON:
        return f"at {code(shorten(source.path or '$', 200))} in {code(shorten(source.url or '', 300))}"
    place = "" if source.url is None else f" at {code(shorten(source.url, 300))}"
    return f"with {escape(source.kind)}{place}"
