"""The source `github`, over real sockets, against a server that pages, limits and refuses as GitHub does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.github import GitHub
from bot.sources.github_answers import read_github
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.protocol import Filled, NoSecrets, Observed, Secrets, SourceContext, SourceRequest

from .conftest import NOW, MetricServer
from .github_recordings import USED_UP, asked, github

TOKEN = "ghp_query-secret-4711"
RESET = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)


class OneSecret:
    """Knows the secret GITHUB, bound to a host."""

    def __init__(self, host: str) -> None:
        self._host = host

    async def fill(self, text: str) -> Filled:
        if "{{secret:GITHUB}}" not in text:
            return Filled(text, frozenset(), None)
        return Filled(text.replace("{{secret:GITHUB}}", TOKEN), frozenset({"GITHUB"}), (self._host,))


@dataclass
class Repository:
    """octo/checkout as GitHub's API has it, at /api/v3 of a server.

    Attributes:
        open: When what is open was made; each also in `labels`.
        ends: Conclusions of runs.
        per_page: Most results of a page; GitHub's own is 100.
    """

    server: MetricServer
    open: Sequence[datetime] = ()
    ends: Sequence[str] = ()
    per_page: int = 100
    labels: frozenset[str] = frozenset()
    names: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        here = "/api/v3/repos/octo/checkout"
        self.server.say("/api/v3/repos/octo/checkout", github("repository"))
        self.server.on("/api/v3/search/issues", self._search)
        self.server.on(f"{here}/actions/workflows/ci.yml/runs", self._runs)
        self.server.on(f"{here}/actions/workflows/159038/runs", self._runs)
        self.server.on(f"{here}/actions/workflows", self._workflows)
        for label in self.labels:
            self.server.say(f"{here}/labels/{label}", github("label"))

    async def _search(self, request: web.Request) -> web.Response:
        items = [{"created_at": each.isoformat().replace("+00:00", "Z")} for each in sorted(self.open)]
        return self._page(request, "items", items, {"incomplete_results": False})

    async def _runs(self, request: web.Request) -> web.Response:
        return self._page(request, "workflow_runs", [{"conclusion": each} for each in self.ends], {})

    async def _workflows(self, request: web.Request) -> web.Response:
        items = [{"id": number, "name": name} for name, number in self.names.items()]
        return self._page(request, "workflows", items, {})

    def _page(
        self, request: web.Request, name: str, items: Sequence[object], more: Mapping[str, object]
    ) -> web.Response:
        size = min(int(request.query["per_page"]), self.per_page)
        page = int(request.query.get("page", "1"))
        body = {"total_count": len(items), name: items[(page - 1) * size : page * size], **more}
        headers = {"x-ratelimit-remaining": "29"}
        if page * size < len(items):
            following = self.server.base + str(request.rel_url.update_query(page=page + 1))
            headers["link"] = f'<{self.server.base}/last>; rel="last", <{following}>; rel="next"'
        return web.json_response(body, headers=headers)


def spec_at(url: str | None, options: Mapping[str, str]) -> SourceSpec:
    return SourceSpec(SourceKind.GITHUB, url, None, tuple(sorted(options.items())))


async def read(
    server: MetricServer,
    fetcher: Fetcher,
    options: Mapping[str, str],
    *,
    secrets: Secrets | None = None,
    paths: Evaluator | None = None,
) -> Observed:
    spec = spec_at(server.url("/api/v3"), options)
    GitHub().check(spec)
    ctx = SourceContext(
        http=fetcher, paths=paths or Evaluator(), now=lambda: NOW, secrets=secrets or NoSecrets()
    )
    return await GitHub().read(SourceRequest(spec, "T0GITHUB", None), ctx)


async def fail(
    server: MetricServer,
    fetcher: Fetcher,
    options: Mapping[str, str],
    *,
    secrets: Secrets | None = None,
) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read(server, fetcher, options, secrets=secrets)
    assert TOKEN not in str(caught.value)
    return caught.value


def days_ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=each) for each in days]


async def test_github_is_asked_with_its_version_and_the_token(server: MetricServer, fetcher: Fetcher) -> None:
    Repository(server, open=days_ago(1, 2, 3))
    options = asked("open_issues", label="bug, needs triage", token="{{secret:GITHUB}}")
    observed = await read(server, fetcher, options, secrets=OneSecret("127.0.0.1"))
    [request] = server.seen
    assert observed.value == 3
    assert observed.detail == "open issues of octo/checkout labelled bug, needs triage"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["x-github-api-version"] == "2022-11-28"
    assert request.headers["accept"] == "application/vnd.github+json"
    assert request.query["q"] == 'repo:octo/checkout is:issue is:open label:"bug" label:"needs triage"'
    assert request.query["per_page"] == "1"


async def test_pages_are_followed_to_the_last(server: MetricServer, fetcher: Fetcher) -> None:
    Repository(server, open=days_ago(*range(1, 250)))
    observed = await read(server, fetcher, asked("median_open_issue_age"))
    assert observed.value == 125
    assert [request.query.get("page") for request in server.seen] == [None, "2", "3"]
    assert {request.query["q"] for request in server.seen} == {"repo:octo/checkout is:issue is:open"}


async def test_ten_pages_are_the_most(server: MetricServer, fetcher: Fetcher) -> None:
    Repository(server, open=days_ago(*range(1, 21)), per_page=1)
    await read(server, fetcher, asked("median_open_pull_request_age"))
    assert len(server.seen) == 10


async def test_what_cant_be_listed_whole_is_an_error_after_one_page(
    server: MetricServer, fetcher: Fetcher
) -> None:
    Repository(server, ends=["success"] * 1001)
    error = await fail(server, fetcher, asked("workflow_success_rate", workflow="ci.yml", days="90"))
    assert "ran more than 1,000 times in 90 days" in str(error)
    assert len(server.seen) == 1


async def test_a_page_at_another_origin_is_not_asked(
    server: MetricServer, other_server: MetricServer, fetcher: Fetcher
) -> None:
    link = f'<{other_server.url("/api/v3/search/issues")}>; rel="next"'
    server.say("/api/v3/search/issues", github("pulls"), link=link)
    options = asked("median_open_issue_age", token="{{secret:GITHUB}}")
    error = await fail(server, fetcher, options, secrets=OneSecret("127.0.0.1"))
    assert error.cause == "redirect"
    assert "the next page 127.0.0.1 names is not at 127.0.0.1" in str(error)
    assert not other_server.seen


async def test_a_page_that_isnt_needed_is_not_asked(server: MetricServer, fetcher: Fetcher) -> None:
    server.say("/api/v3/search/issues", github("issues"), link='<https://evil.example/>; rel="next"')
    assert (await read(server, fetcher, asked("open_issues"))).value == 37


async def test_runs_are_counted_over_all_pages(server: MetricServer, fetcher: Fetcher) -> None:
    ends = ["success"] * 190 + ["failure"] * 8 + ["startup_failure", "timed_out"] + ["cancelled"] * 50
    Repository(server, ends=ends)
    options = asked("workflow_success_rate", workflow=".github/workflows/ci.yml", branch="main", days="7")
    assert (await read(server, fetcher, options)).value == 95
    first = server.seen[0].query
    assert (first["status"], first["branch"], first["created"]) == ("completed", "main", ">=2026-02-23")
    assert len(server.seen) == 3


async def test_a_workflow_is_found_by_its_name(server: MetricServer, fetcher: Fetcher) -> None:
    Repository(server, ends=["success", "failure"], names={"Publish": 4712, "Tests": 159038})
    options = asked("workflow_success_rate", workflow="tests")
    assert (await read(server, fetcher, options)).value == 50
    assert server.seen[-1].path.endswith("/159038/runs")


async def test_a_workflow_of_no_name_brings_the_nearest(server: MetricServer, fetcher: Fetcher) -> None:
    Repository(server, names={"Publish": 4712, "Tests": 159038})
    error = await fail(server, fetcher, asked("workflow_success_rate", workflow="Test"))
    assert str(error) == "octo/checkout has no workflow called “Test”; there is Tests"


async def test_a_label_nothing_has_is_zero_when_there_is_such_a_label(
    server: MetricServer, fetcher: Fetcher
) -> None:
    Repository(server, labels=frozenset({"bug"}))
    assert (await read(server, fetcher, asked("open_issues", label="bug"))).value == 0
    assert server.seen[-1].path == "/api/v3/repos/octo/checkout/labels/bug"


async def test_a_label_that_isnt_there_is_no_good_news(server: MetricServer, fetcher: Fetcher) -> None:
    Repository(server)
    server.say("/api/v3/repos/octo/checkout/labels/bgu", github("not_found"), status=404)
    error = await fail(server, fetcher, asked("open_issues", label="bgu"))
    assert str(error) == "octo/checkout has no label “bgu”"


@pytest.mark.parametrize(
    ("there", "says"),
    [
        pytest.param(True, "octo/checkout has no published release", id="no release"),
        pytest.param(False, "there is no repository octo/checkout that can be seen", id="no repository"),
    ],
)
async def test_no_release_is_told_apart_from_no_repository(
    server: MetricServer, fetcher: Fetcher, there: bool, says: str
) -> None:
    server.say("/api/v3/repos/octo/checkout/releases/latest", github("not_found"), status=404)
    body, status = (github("repository"), 200) if there else (github("not_found"), 404)
    server.say("/api/v3/repos/octo/checkout", body, status=status)
    error = await fail(server, fetcher, asked("days_since_release"))
    assert str(error).startswith(says)


@pytest.mark.parametrize(
    ("recorded", "status", "headers", "says", "until"),
    [
        pytest.param(
            "used_up",
            403,
            USED_UP,
            "GitHub's limit for this token is used up until 10:20 UTC",
            RESET,
            id="the hour's limit",
        ),
        pytest.param("used_up", 429, USED_UP, "used up until 10:20 UTC", RESET, id="with the other status"),
        pytest.param(
            "secondary",
            403,
            {"retry-after": "90", "x-ratelimit-remaining": "12"},
            "GitHub asks to wait until 09:32 UTC",
            NOW + timedelta(seconds=90),
            id="a secondary limit",
        ),
        pytest.param(
            "secondary",
            429,
            {"x-ratelimit-remaining": "12"},
            "GitHub asks to wait until 09:31 UTC",
            NOW + timedelta(minutes=1),
            id="a secondary limit that names no time",
        ),
        pytest.param(
            "bad_credentials",
            401,
            {},
            "401 from 127.0.0.1: the secret GITHUB was refused: Bad credentials",
            None,
            id="refused",
        ),
        pytest.param(
            "forbidden",
            403,
            {"x-ratelimit-remaining": "12"},
            "the secret GITHUB was refused: Resource not accessible by personal access token",
            None,
            id="may not",
        ),
        pytest.param(
            "secondary",
            403,
            {"x-ratelimit-remaining": "12"},
            "GitHub asks to wait until 09:31 UTC",
            NOW + timedelta(minutes=1),
            id="a secondary limit that only its words tell",
        ),
        pytest.param(
            "not_searched",
            422,
            {},
            "there is no repository octo/checkout, or the token may not see it",
            None,
            id="not to be seen",
        ),
    ],
)
async def test_a_refusal_is_told_with_what_to_do(
    server: MetricServer,
    fetcher: Fetcher,
    recorded: str,
    status: int,
    headers: dict[str, str],
    says: str,
    until: datetime | None,
) -> None:
    named = {name.replace("-", "_"): text for name, text in headers.items()}
    server.say("/api/v3/search/issues", github(recorded), status=status, **named)
    options = asked("open_issues", token="{{secret:GITHUB}}")
    error = await fail(server, fetcher, options, secrets=OneSecret("127.0.0.1"))
    assert says in str(error)
    assert (error.cause, error.host, error.retry_at) == ("status", "127.0.0.1", until)


@pytest.mark.parametrize(
    ("options", "message", "says"),
    [
        pytest.param({"token": "{{secret:GITHUB}}"}, f"no {TOKEN}", "was refused: no …", id="as a token"),
        pytest.param(
            {"header.X-Gate": "Key {{secret:GITHUB}}"}, f"no {TOKEN}", "127.0.0.1: no …", id="in a header"
        ),
        pytest.param(
            {"token": "{{secret:GITHUB}}"}, f"{'x' * 110} {TOKEN}", f": {'x' * 110} …", id="where it is cut"
        ),
        pytest.param(
            {"auth": "basic", "user": "alice", "password": "{{secret:GITHUB}}"},
            "no YWxpY2U6",
            "HTTP 403 from 127.0.0.1",
            id="encoded",
        ),
    ],
)
async def test_a_secret_that_is_repeated_is_not_shown(
    server: MetricServer, fetcher: Fetcher, options: dict[str, str], message: str, says: str
) -> None:
    server.say("/api/v3/search/issues", json.dumps({"message": message}).encode(), status=403)
    error = await fail(server, fetcher, asked("open_issues", **options), secrets=OneSecret("127.0.0.1"))
    assert str(error).endswith(says)
    assert TOKEN[:8] not in str(error)


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        pytest.param(401, github("bad_credentials"), "GitHub refused the token", id="refused"),
        pytest.param(403, github("forbidden"), "403 from 127.0.0.1: Resource not accessible", id="may not"),
        pytest.param(403, b'{"message": "no ' + TOKEN.encode() + b'"}', "127.0.0.1: no …", id="repeated"),
        pytest.param(403, b"<html>", "HTTP 403 from 127.0.0.1", id="nothing said"),
    ],
)
async def test_a_token_that_was_typed_is_not_repeated(
    server: MetricServer, fetcher: Fetcher, status: int, body: bytes, says: str
) -> None:
    server.say("/api/v3/search/issues", body, status=status)
    error = await fail(server, fetcher, asked("open_issues", token=TOKEN))
    assert says in str(error)


async def test_a_limit_without_a_token_says_what_would_help(server: MetricServer, fetcher: Fetcher) -> None:
    named = {name.replace("-", "_"): text for name, text in USED_UP.items()}
    server.say("/api/v3/search/issues", github("used_up"), status=403, **named)
    error = await fail(server, fetcher, asked("open_issues"))
    assert str(error) == "GitHub's limit for requests without a token is used up until 10:20 UTC"
    assert error.retry_at == RESET


async def test_the_token_goes_to_no_host_it_isnt_bound_to(server: MetricServer, fetcher: Fetcher) -> None:
    Repository(server, open=days_ago(1))
    options = asked("open_issues", token="{{secret:GITHUB}}")
    error = await fail(server, fetcher, options, secrets=OneSecret("api.github.com"))
    assert error.cause == "secret"
    assert not server.seen


async def test_a_renamed_repository_is_followed(server: MetricServer, fetcher: Fetcher) -> None:
    server.say("/api/v3/repos/octo/checkout/releases/latest", status=301, location="/api/v3/repositories/1/x")
    server.say("/api/v3/repositories/1/x", github("release"))
    assert (await read(server, fetcher, asked("days_since_release"))).value == Decimal("10.5")


async def test_a_large_page_is_read_outside_the_event_loop(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    page = json.loads(github("runs"))
    page["workflow_runs"] = page["workflow_runs"] * 10
    body = json.dumps(page).encode()
    assert len(body) > 400_000
    server.say("/api/v3/repos/octo/checkout/actions/workflows/ci.yml/runs", body)
    options = asked("workflow_success_rate", workflow="ci.yml")
    assert (await read(server, fetcher, options, paths=paths)).value == 60
    assert paths.processes_started == 1


async def test_a_prefix_and_parameters_of_the_address_are_kept(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    server.say("/proxy/search/issues", github("issues"))
    spec = spec_at(server.url("/proxy/?team=search"), asked("open_issues"))
    ctx = SourceContext(http=fetcher, paths=paths, now=lambda: NOW)
    assert (await GitHub().read(SourceRequest(spec, "T0GITHUB", None), ctx)).value == 37
    assert server.seen[0].query["team"] == "search"


async def test_without_an_address_it_is_githubs_own(fetcher: Fetcher, paths: Evaluator) -> None:
    spec = spec_at(None, asked("open_issues", token="{{secret:GITHUB}}"))
    GitHub().check(spec)
    ctx = SourceContext(http=fetcher, paths=paths, now=lambda: NOW, secrets=OneSecret("ghe.example.com"))
    with pytest.raises(SourceError, match=r"so it is not sent to api\.github\.com") as caught:
        await GitHub().read(SourceRequest(spec, "T0GITHUB", None), ctx)
    assert caught.value.host == "api.github.com"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param({"measure": "open_issues"}, "Repo is owner/name; type it like", id="no repository"),
        pytest.param(asked("open_issues", repo="checkout"), "not “checkout”", id="no owner"),
        pytest.param(asked("open_issues", repo="octo/.."), "not “octo/..”", id="a way out"),
        pytest.param(
            asked("open_issues", repo="https://github.com/octo/checkout"), "owner/name", id="a page"
        ),
        pytest.param({"repo": "octo/checkout"}, "Say what to measure", id="no measure"),
        pytest.param(asked("open_isues"), "did you mean open_issues?", id="an unknown measure"),
        pytest.param(asked("stars"), "“stars” is no measure; there are open_issues", id="no such measure"),
        pytest.param(
            asked("days_since_release", label="bug"), "Label means nothing to", id="a label too many"
        ),
        pytest.param(asked("open_issues", days="7"), "belongs to workflow_success_rate", id="days too many"),
        pytest.param(asked("workflow_success_rate"), "Say which workflow", id="no workflow"),
        pytest.param(
            asked("workflow_success_rate", workflow="ci.yml", days="0"), "from 1 to 366", id="no days"
        ),
        pytest.param(
            asked("workflow_success_rate", workflow="ci.yml", days="7d"), "not “7d”", id="days with a unit"
        ),
        pytest.param(asked("open_issues", label=","), "Label takes one name", id="no label"),
        pytest.param(asked("open_issues", label="a,b,c,d,e,f"), "up to 5", id="too many labels"),
        pytest.param(asked("open_issues", label='a" OR "b'), "can't look for", id="a quote in a label"),
        pytest.param(asked("open_issues", method="POST"), "leave method out", id="a method"),
        pytest.param(asked("open_issues", **{"query.q": "x"}), "leave query.q out", id="a query"),
        pytest.param(asked("open_issues", labels="bug"), "no option “labels”", id="an unknown option"),
        pytest.param(
            asked("open_issues", label="{{secret:GITHUB}}"), "A secret has no place in label", id="a secret"
        ),
        pytest.param(asked("open_issues", math="twice"), "no arithmetic", id="no arithmetic"),
        pytest.param(asked("open_issues", user="alice"), "user needs to know how", id="a user alone"),
    ],
)
def test_options_that_can_never_work_are_refused(options: dict[str, str], says: str) -> None:
    with pytest.raises(UserError) as caught:
        GitHub().check(spec_at(None, options))
    assert caught.value.field == "source"
    assert says.casefold() in str(caught.value).casefold()


@pytest.mark.parametrize(
    ("url", "path", "field"),
    [
        pytest.param("https://github.com/octo/checkout", None, "url", id="the website"),
        pytest.param("ftp://github.example.com", None, "url", id="not http"),
        pytest.param(None, "$.total_count", "path", id="a path"),
    ],
)
def test_an_address_or_a_path_that_can_never_work_is_refused(
    url: str | None, path: str | None, field: str
) -> None:
    with pytest.raises(UserError) as caught:
        GitHub().check(SourceSpec(SourceKind.GITHUB, url, path, tuple(sorted(asked("open_issues").items()))))
    assert caught.value.field == field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "total_count",
                    "items",
                    "created_at",
                    "workflow_runs",
                    "conclusion",
                    "workflows",
                    "id",
                    "name",
                ]
            ),
            inside,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["found", "runs", "workflows", "release", "thing"]))
def test_whatever_is_answered_gives_facts_or_a_sentence(answer: object, wanted: str) -> None:
    body = json.dumps(answer).encode()
    facts: Mapping[str, str | None] = {}
    causes = []
    try:
        facts = read_github(body, {"wanted": wanted, "name": "Tests"}, "api.example.com")
    except SourceError as error:
        causes.append(error.cause)
    assert causes in ([], ["path_missing"])
    assert all(isinstance(each, str | None) for each in facts.values())
