"""Answers in the form of GitHub's REST API (2022-11-28), with what is asked of them, on 2 Mar 2026 at 09:30 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from bot.sources.contract import Recording

RECORDINGS = Path(__file__).parent / "recordings"
RESET_AT = "1772446800"  # 10:20 UTC
USED_UP = {"x-ratelimit-limit": "30", "x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET_AT}

Asked = Mapping[str, str]


def github(name: str) -> bytes:
    """Return one recorded answer."""
    return (RECORDINGS / "github" / f"{name}.json").read_bytes()


def asked(measure: str, **more: str) -> dict[str, str]:
    """Return the options that ask for a measure."""
    return {"repo": "octo/checkout", "measure": measure} | more


ISSUES = asked("open_issues")
RUNS = asked("workflow_success_rate", workflow="ci.yml")
RELEASE = asked("days_since_release")
MEDIAN = asked("median_open_pull_request_age")

GITHUB: list[tuple[Asked, Recording]] = [
    (ISSUES, Recording("open issues", github("issues"), Decimal(37))),
    (ISSUES | {"label": "bug"}, Recording("open issues with a label", github("issues"), Decimal(37))),
    (asked("open_pull_requests"), Recording("open pull requests", github("pulls"), Decimal(4))),
    (asked("open_pull_requests"), Recording("no open pull requests", github("none"), Decimal(0))),
    (asked("oldest_open_issue"), Recording("the oldest issue", github("issues"), Decimal(30))),
    (asked("oldest_open_pull_request"), Recording("the oldest of several", github("pulls"), Decimal(10))),
    (asked("oldest_open_pull_request"), Recording("the oldest of none", github("none"), Decimal(0))),
    (MEDIAN, Recording("the median of four", github("pulls"), Decimal("3.25"))),
    (MEDIAN, Recording("the median of none", github("none"), Decimal(0))),
    (asked("median_open_issue_age"), Recording("the median of one", github("issues"), Decimal(30))),
    (RELEASE, Recording("a release", github("release"), Decimal("10.5"))),
    (RELEASE | {"math": "* 24"}, Recording("a release, in hours", github("release"), Decimal(252))),
    (RUNS, Recording("runs", github("runs"), Decimal(60))),
    (RUNS, Recording("runs that say nothing", github("runs_none"), "path_missing")),
    (RUNS, Recording("too many runs", github("runs_many"), "too_large")),
    (MEDIAN, Recording("too many open ones", github("many"), "too_large")),
    (ISSUES, Recording("a count that is not finished", github("incomplete"), "timeout")),
    (ISSUES, Recording("a repository that can't be seen", github("not_searched"), "status", 422)),
    (RELEASE, Recording("a repository that is not there", github("not_found"), "status", 404)),
    (ISSUES, Recording("a refused token", github("bad_credentials"), "status", 401)),
    (ISSUES, Recording("a token that may not", github("forbidden"), "status", 403)),
    (ISSUES, Recording("a limit that is used up", github("used_up"), "status", 403, USED_UP)),
    (ISSUES, Recording("a secondary limit", github("secondary"), "status", 429, {"retry-after": "60"})),
    (ISSUES, Recording("a broken server", b"<html>Unicorn!</html>", "status", 502)),
    (ISSUES, Recording("other JSON", b'{"total_count": "37", "items": []}', "path_missing")),
    (ISSUES, Recording("a list", b"[]", "path_missing")),
    (ISSUES, Recording("a negative count", b'{"total_count": -1, "items": []}', "path_missing")),
    (RELEASE, Recording("a day there is none of", b'{"published_at": "2026-02-31T00:00:00Z"}', "path_missing")),
    (RELEASE, Recording("a draft", b'{"published_at": null}', "path_missing")),
    (ISSUES, Recording("a sign-in page", (RECORDINGS / "sign_in.html").read_bytes(), "not_json")),
    (ISSUES, Recording("a nesting bomb", b"[" * 200_000, "not_json")),
    (ISSUES, Recording("a body over 5 MB", b" " * 5_000_001, "too_large")),
    (ISSUES, Recording("a redirect inside", b"", "address_refused", 302, {"location": "http://127.0.0.2/in"})),
]  # fmt: skip
