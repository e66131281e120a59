"""GitHub measures: the ready-made counts and ages of a repository, and how each is asked for."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from bot.domain.criterion import SourceSpec
from bot.domain.names import nearest
from bot.errors import SourceError
from bot.sources.body import shorten
from bot.sources.github_api import MOST_PAGES, PER_PAGE, GitHubApi

MOST_LISTED = MOST_PAGES * PER_PAGE
"""GitHub gives no more results of a search, and we ask for no more pages of anything."""

DEFAULT_DAYS = 30

_FILE = re.compile(r"(?:\.github/workflows/)?([\w.-]+\.ya?ml)|([0-9]{1,18})")
_SECONDS_A_DAY = 86_400
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Measure:
    """One ready-made number.

    Attributes:
        says: What it is, for the detail of a reading: ``open issues``.
        options: The options it takes beside repo and measure.
        read: Returns it as it is now.
    """

    says: str
    options: frozenset[str]
    read: Callable[[GitHubApi, SourceSpec, datetime], Awaitable[Decimal]]


def labels_of(typed: str) -> list[str]:
    """Return the labels of the option `label`, which has commas between them."""
    return [label.strip() for label in typed.split(",") if label.strip()]


# Issues and pull requests: GitHub's search counts them, and sorts them by age, in one small answer.


def _sought(api: GitHubApi, spec: SourceSpec, kind: str) -> list[tuple[str, str]]:
    labels = "".join(f' label:"{label}"' for label in labels_of(spec.option("label") or ""))
    sought = f"repo:{api.repo} is:{kind} is:open{labels}"
    return [("q", sought), ("sort", "created"), ("order", "asc")]


async def _checked(
    api: GitHubApi, spec: SourceSpec, found: Mapping[str, str | None]
) -> tuple[int, Sequence[int]]:
    """Return how many were found, and when those on this page were made; zero only where the labels are there."""
    if found["incomplete"]:
        raise SourceError(
            f"{api.host} did not finish counting; it is asked again", cause="timeout", host=api.host
        )
    total = int(found["total"] or "0")
    if not total:
        for label in labels_of(spec.option("label") or ""):
            path = f"{api.in_repo}/labels/{quote(label, safe='')}"
            await api.get(path, wanted="thing", what=f"label “{shorten(label, 60)}”")
    return total, [int(each) for each in (found["created"] or "").split()]


async def _count(api: GitHubApi, spec: SourceSpec, kind: str) -> Decimal:
    answer = await api.get("/search/issues", [*_sought(api, spec, kind), ("per_page", "1")], wanted="found")
    total, _ = await _checked(api, spec, answer.found)
    return Decimal(total)


async def _oldest(api: GitHubApi, spec: SourceSpec, now: datetime, kind: str) -> Decimal:
    answer = await api.get("/search/issues", [*_sought(api, spec, kind), ("per_page", "1")], wanted="found")
    _, made = await _checked(api, spec, answer.found)
    return _days_since(made[0], now) if made else Decimal(0)


async def _median_age(api: GitHubApi, spec: SourceSpec, now: datetime, kind: str) -> Decimal:
    made: list[int] = []
    async for answer in api.pages("/search/issues", _sought(api, spec, kind), wanted="found"):
        total, on_page = await _checked(api, spec, answer.found)
        if total > MOST_LISTED:
            raise SourceError(
                f"{total:,} of {api.repo} are open, and GitHub lists {MOST_LISTED:,} at most; choose fewer with "
                "label=",
                cause="too_large",
                host=api.host,
            )
        made += on_page
    if not made:
        return Decimal(0)
    made.sort()
    middle = made[(len(made) - 1) // 2], made[len(made) // 2]
    return _days_since(sum(middle) // 2, now)


def _days_since(moment: int, now: datetime) -> Decimal:
    passed_s = max(0, int(now.timestamp()) - moment)
    return (Decimal(passed_s) / _SECONDS_A_DAY).quantize(_HUNDREDTH)


async def _days_since_release(api: GitHubApi, _spec: SourceSpec, now: datetime) -> Decimal:
    path = f"{api.in_repo}/releases/latest"
    answer = await api.get(
        path, wanted="release", what="published release (drafts and pre-releases don't count)"
    )
    return _days_since(int(answer.found["published"] or "0"), now)


async def _success_rate(api: GitHubApi, spec: SourceSpec, now: datetime) -> Decimal:
    workflow, branch = spec.option("workflow") or "", spec.option("branch")
    days = int(spec.option("days") or DEFAULT_DAYS)
    named = f"workflow “{shorten(workflow, 60)}”"
    path = f"{api.in_repo}/actions/workflows/{await _find_workflow(api, workflow)}/runs"
    asked = [
        ("status", "completed"),
        # A day and no moment: the address then stays the same for a day.
        ("created", f">={(now - timedelta(days=days)).date().isoformat()}"),
        ("exclude_pull_requests", "true"),
        *([("branch", branch)] if branch is not None else []),
    ]
    success = failed = 0
    async for answer in api.pages(path, asked, wanted="runs", what=named):
        if int(answer.found["total"] or "0") > MOST_LISTED:
            raise SourceError(
                f"the {named} ran more than {MOST_LISTED:,} times in {days} days, and GitHub lists no more; "
                "take fewer days",
                cause="too_large",
                host=api.host,
            )
        success += int(answer.found["success"] or "0")
        failed += int(answer.found["failed"] or "0")
    if not success + failed:
        where = f" on {shorten(branch, 60)}" if branch is not None else ""
        raise SourceError(
            f"no run of the {named}{where} succeeded or failed in the last {days} days",
            cause="path_missing",
            host=api.host,
        )
    return (Decimal(100 * success) / (success + failed)).quantize(_HUNDREDTH)


async def _find_workflow(api: GitHubApi, typed: str) -> str:
    """Return what stands in the address for a workflow: its file's name, or its number."""
    if direct := _FILE.fullmatch(typed):
        return quote(direct[1] or direct[2], safe="")
    names: list[str] = []
    async for answer in api.pages(f"{api.in_repo}/actions/workflows", [], wanted="workflows", name=typed):
        if (number := answer.found["id"]) is not None:
            return number
        names += (answer.found["names"] or "").splitlines()
    near = ", ".join(nearest(typed, names[:200]) or names[:5])
    raise SourceError(
        f"{api.repo} has no workflow called “{shorten(typed, 60)}”"
        + (f"; there is {shorten(near)}" if near else ""),
        cause="status",
        host=api.host,
    )


_LABEL = frozenset({"label"})

MEASURES: Mapping[str, Measure] = {
    "open_issues": Measure("open issues", _LABEL, lambda api, spec, _: _count(api, spec, "issue")),
    "open_pull_requests": Measure("open pull requests", _LABEL, lambda api, spec, _: _count(api, spec, "pr")),
    "oldest_open_issue": Measure(
        "oldest open issue", _LABEL, lambda api, spec, now: _oldest(api, spec, now, "issue")
    ),
    "oldest_open_pull_request": Measure(
        "oldest open pull request", _LABEL, lambda api, spec, now: _oldest(api, spec, now, "pr")
    ),
    "median_open_issue_age": Measure(
        "median age of open issues", _LABEL, lambda api, spec, now: _median_age(api, spec, now, "issue")
    ),
    "median_open_pull_request_age": Measure(
        "median age of open pull requests", _LABEL, lambda api, spec, now: _median_age(api, spec, now, "pr")
    ),
    "days_since_release": Measure("days since the latest release", frozenset(), _days_since_release),
    "workflow_success_rate": Measure(
        "success rate of a workflow", frozenset({"workflow", "branch", "days"}), _success_rate
    ),
}
"""Name of a measure → how it is read. Ages are in days, the rate in percent, both to two places."""
