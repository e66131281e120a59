"""The source `github`: ready-made counts and ages of one repository, over GitHub's REST API."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.names import nearest
from bot.domain.secret import secrets_named
from bot.errors import SourceError, UserError
from bot.sources.body import shorten
from bot.sources.github_api import API_VERSION, GitHubApi
from bot.sources.github_measures import DEFAULT_DAYS, MEASURES, labels_of
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from bot.sources.requesting import check_request_options
from bot.sources.shaping import check_shape, shape
from bot.sources.url import host_of, parse_source_url

LONGEST_READ_S = 30.0
"""All requests of one read together; each has the limit of every request, too."""

MOST_DAYS = 366
MOST_LABELS = 5

_OWN = ("repo", "measure", "label", "workflow", "branch", "days", "math")
_REPO = re.compile(r"[A-Za-z0-9_-]{1,39}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_EXAMPLE = "source github with repo=octo/checkout measure=open_issues label=bug token={{secret:GITHUB}}"


class GitHub:
    """Counts and ages out of one repository's issues, pull requests, releases and workflow runs."""

    kind = SourceKind.GITHUB
    readable_by_schedule = True
    default_every = timedelta(hours=1)
    default_readings_needed = 2

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when all that was typed can be used; whether the repository is there only GitHub knows.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        _check_address(spec)
        options = dict(spec.options)
        if odd := [n for n in options if n in ("method", "body") or n.startswith(("form.", "query."))]:
            raise _refuse(f"what a github source asks comes from its measure; leave {odd[0]} out")
        check_request_options(describe(spec, keep_own=True), others=_OWN)
        if secret := [name for name in _OWN if secrets_named(options.get(name, ""))]:
            raise _refuse(f"a secret has no place in {secret[0]}; send it as token={{{{secret:GITHUB}}}}")
        if not _REPO.fullmatch(options.get("repo", "")):
            typed = f", not “{shorten(options['repo'], 60)}”" if "repo" in options else ""
            raise _refuse(f"repo is owner/name{typed}; type it like {_EXAMPLE}")
        _check_measure(options)
        check_shape(spec)

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Return the measure as it is now.

        Raises:
            SourceError: With a cause and one plain sentence; ``retry_at`` where GitHub's limit is used up.
        """
        spec = request.spec
        measure, repo = MEASURES.get(spec.option("measure") or ""), spec.option("repo")
        if measure is None or repo is None:
            raise SourceError("a repository and a measure are needed", cause="bad_request", permanent=True)
        api = GitHubApi(repo, describe(spec), ctx)
        try:
            async with asyncio.timeout(LONGEST_READ_S):
                value = await measure.read(api, spec, ctx.now())
        except TimeoutError:
            raise SourceError(
                f"the pages of {api.host} took longer than {LONGEST_READ_S:g} s",
                cause="timeout",
                host=api.host,
            ) from None
        labels = f" labelled {spec.option('label')}" if spec.option("label") else ""
        where = f"{measure.says} of {repo}{labels}"
        return Observed(
            value=shape(spec, [value], where),
            at=api.at,
            origin_host=api.host,
            detail=shorten(where, 100),
            elapsed_s=api.elapsed_s,
        )


def describe(spec: SourceSpec, *, keep_own: bool = False) -> SourceSpec:
    """Return a spec whose options say how GitHub's API is asked: a token alone is sent as Bearer.

    Args:
        spec: As typed.
        keep_own: Whether the options of the kind itself stay in it.
    """
    options = {name: text for name, text in spec.options if keep_own or name not in _OWN}
    if "token" in options:
        options.setdefault("auth", "bearer")
    if not any(name.lower() == "header.x-github-api-version" for name in options):
        options["header.X-GitHub-Api-Version"] = API_VERSION
    return replace(spec, options=tuple(sorted(options.items())))


def _check_address(spec: SourceSpec) -> None:
    if spec.path:
        raise UserError(
            f"a github source finds its number by its measure, so it has no path; type {_EXAMPLE}",
            field="path",
        )
    if spec.url is None:
        return
    try:
        url = parse_source_url(spec.url)
    except SourceError as error:
        raise UserError(str(error), field="url") from None
    if host_of(url) in ("github.com", "www.github.com"):
        raise UserError(
            "That is GitHub's website. Leave the address out and name the repository: repo=owner/name; only "
            "GitHub Enterprise needs one, like https://github.example.com/api/v3.",
            field="url",
        )


def _check_measure(options: Mapping[str, str]) -> None:
    name = options.get("measure")
    measure = MEASURES.get(name or "")
    if name is None or measure is None:
        known = ", ".join(MEASURES)
        if name is None:
            raise _refuse(f"say what to measure: measure= and one of {known}")
        near = nearest(name, MEASURES, limit=1)
        meant = f"did you mean {near[0]}? There are" if near else "there are"
        raise _refuse(f"“{shorten(name, 60)}” is no measure; {meant} {known}")
    for option in ("label", "workflow", "branch", "days"):
        if option in options and option not in measure.options:
            fits = " and ".join(each for each, one in MEASURES.items() if option in one.options)
            raise _refuse(f"{option} means nothing to {name}; it belongs to {fits}")
    if "workflow" in measure.options and "workflow" not in options:
        raise _refuse("say which workflow: workflow=ci.yml, its file, or workflow=Tests, its name")
    days = options.get("days", str(DEFAULT_DAYS))
    if not re.fullmatch(r"[0-9]{1,3}", days) or not 1 <= int(days) <= MOST_DAYS:
        raise _refuse(f"days is a whole number from 1 to {MOST_DAYS}, not “{shorten(days, 40)}”")
    labels = labels_of(options.get("label", ""))
    if "label" in options and (not labels or len(labels) > MOST_LABELS):
        raise _refuse(f"label takes one name, or up to {MOST_LABELS} with commas between")
    if odd := [label for label in labels if '"' in label or "\\" in label or not label.isprintable()]:
        raise _refuse(f"the label “{shorten(odd[0], 60)}” has a sign GitHub's search can't look for")


def _refuse(why: str) -> UserError:
    return UserError(f"{why[:1].upper()}{why[1:]}.", field="source")
