"""The source `prometheus`: what it sends, what it makes of answers, and what it refuses before it asks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.secret import put_secrets, secrets_named
from bot.errors import SourceError, UserError
from bot.sources.body import parse_body
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.prometheus import LONGEST_GET, LOOP_LIMIT_BYTES, Prometheus, address_of, parse_duration
from bot.sources.protocol import Filled, NoSecrets, Observed, Secrets, SourceContext, SourceRequest
from bot.sources.series import read_series

from .conftest import NOW, MetricServer
from .metric_recordings import prometheus

URL = "https://prometheus.example.com"
BASIC = "dTpzM2NyM3Q="  # u:s3cr3t


class OneSecret:
    """Knows the secret MIMIR."""

    async def fill(self, text: str) -> Filled:
        if names := secrets_named(text):
            filled = put_secrets(text, dict.fromkeys(names, "s3cr3t"))
            return Filled(filled, frozenset(names), ("127.0.0.1",))
        return Filled(text, frozenset(), None)


def spec(url: str | None = URL, path: str | None = None, **options: str) -> SourceSpec:
    named = {name.replace("__", "."): text for name, text in options.items()}
    return SourceSpec(SourceKind.PROMETHEUS, url, path, tuple(sorted(named.items())))


async def read(
    made: SourceSpec, fetcher: Fetcher, paths: Evaluator, secrets: Secrets | None = None
) -> Observed:
    source = Prometheus()
    source.check(made)
    ctx = SourceContext(http=fetcher, paths=paths, now=lambda: NOW, secrets=secrets or NoSecrets())
    return await source.read(SourceRequest(made, "T0METRICS", None), ctx)


# What is asked


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("https://p.example", "https://p.example/api/v1/query"),
        ("https://p.example/", "https://p.example/api/v1/query"),
        ("https://p.example:9090/api/v1/query", "https://p.example:9090/api/v1/query"),
        ("https://p.example/api/v1/query_range/", "https://p.example/api/v1/query"),
        ("https://p.example/api/v1", "https://p.example/api/v1/query"),
        ("https://p.example/prometheus/", "https://p.example/prometheus/api/v1/query"),
        ("https://p.example/a%2Fb/graph?g0.expr=up&g0.tab=1", "https://p.example/a%2Fb/api/v1/query"),
        ("https://p.example/query?g0.expr=up#x", "https://p.example/api/v1/query"),
        ("https://p.example/?tenant=a%20b&query=up", "https://p.example/api/v1/query?tenant=a+b"),
        ("https://p.example/graphs", "https://p.example/graphs/api/v1/query"),
    ],
)
def test_the_address_may_be_typed_as_people_have_it(typed: str, asked: str) -> None:
    assert address_of(typed, "query") == asked


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("5m", timedelta(minutes=5)),
        ("1h30m", timedelta(minutes=90)),
        ("1d", timedelta(days=1)),
        ("1w2d", timedelta(days=9)),
        ("1y", timedelta(days=365)),
        ("1500ms", timedelta(seconds=1.5)),
        ("999999999y", timedelta(milliseconds=10**15)),
        ("", timedelta(0)),
        ("5", timedelta(0)),
        ("30m1h", timedelta(0)),
        ("1.5h", timedelta(0)),
        ("-5m", timedelta(0)),
        ("٥m", timedelta(0)),
    ],
)
def test_a_duration_is_written_as_prometheus_does(typed: str, means: timedelta) -> None:
    assert parse_duration(typed) == means


async def test_a_short_query_is_got_and_a_long_one_posted(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    bodies: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response(body=prometheus("one_series"))

    server.on("/m/api/v1/query", answer)
    long = " + ".join(["up"] * 400)
    for query, method in (("sum(up) > 0", "GET"), (long, "GET"), ("up", "POST")):
        made = spec(server.url("/m"), query=query, method=method, header__X_Scope_OrgID="checkout")
        assert (await read(made, fetcher, paths)).value == 500
    got, posted, wanted = server.seen
    assert (got.method, dict(got.query), bodies[0]) == ("GET", {"query": "sum(up) > 0"}, b"")
    for request, body, query in ((posted, bodies[1], long), (wanted, bodies[2], "up")):
        assert (request.method, dict(request.query)) == ("POST", {})
        assert request.content_type == "application/x-www-form-urlencoded"
        assert parse_qs(body.decode()) == {"query": [query]}
    assert {request.headers["X_Scope_OrgID"] for request in server.seen} == {"checkout"}
    assert len(str(got.url)) < LONGEST_GET < len(long)


@pytest.mark.parametrize(
    ("options", "start", "step"),
    [
        ({"range": "1h", "step": "1m"}, "1772440200.000", "60.000"),
        ({"range": "1h"}, "1772440200.000", "60.000"),
        ({"range": "10s"}, "1772443790.000", "1.000"),
        ({"range": "1m", "step": "250ms"}, "1772443740.000", "0.250"),
    ],
    ids=["both", "a step of its own", "a short one", "less than a second"],
)
async def test_a_range_ends_now(
    server: MetricServer,
    fetcher: Fetcher,
    paths: Evaluator,
    options: dict[str, str],
    start: str,
    step: str,
) -> None:
    server.say("/api/v1/query_range", prometheus("range"))
    observed = await read(spec(server.url(""), query="up", reduce="avg", **options), fetcher, paths)
    assert (observed.value, observed.at) == (250, NOW)
    assert dict(server.seen[0].query) == {
        "query": "up",
        "start": start,
        "end": "1772443800.000",
        "step": step,
    }


# What is made of answers


def vector(*samples: tuple[object, object]) -> bytes:
    result = [
        {"metric": {"i": str(place)}, "value": [when, text]} for place, (when, text) in enumerate(samples)
    ]
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode()


@pytest.mark.parametrize(
    ("sampled", "at"),
    [
        (NOW.timestamp() - 0.25, NOW - timedelta(seconds=0.25)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (NOW.timestamp() + 3600, NOW),
    ],
    ids=["the sample's own time", "long ago", "a clock that runs ahead"],
)
async def test_a_value_held_when_it_was_sampled(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator, sampled: float, at: datetime
) -> None:
    server.say("/api/v1/query", vector((sampled, "7")))
    observed = await read(spec(server.url(""), query="up"), fetcher, paths)
    assert (observed.value, observed.at, observed.origin_host) == (7, at, "127.0.0.1")


async def test_a_large_answer_is_read_in_a_process(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    body = vector(*[(1, "0.1")] * 500)
    server.say("/api/v1/query", body)
    small = vector(*[(1, "0.1")] * 100)
    assert len(small) <= LOOP_LIMIT_BYTES < len(body)
    made = spec(server.url(""), query="up", reduce="sum")
    assert (await read(made, fetcher, paths)).value == 50
    assert paths.processes_started == 1
    with pytest.raises(SourceError, match="the query returned 500 series: ") as caught:
        await read(spec(server.url(""), query="up"), fetcher, paths)
    assert (caught.value.cause, caught.value.host) == ("path_missing", "127.0.0.1")
    server.say("/api/v1/query", small)
    await read(made, fetcher, paths)
    assert paths.processes_started == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            vector((1, "1"), (1, "2")),
            'returned 2 series: {i="0"}, {i="1"}; narrow it, or add with reduce=avg',
        ),
        (vector(*[(1, "1")] * 1200), 'returned 1,200 series: {i="0"}, {i="1"}, {i="2"}, …; narrow it'),
        (vector((1, "-Inf")), "the query gave -Inf, which is not a number; often something is divided by 0"),
        (vector((1, "1" * 41)), "at most 40 digits count"),
        (vector((1, "seven")), "the answer from h is not one of Prometheus' API"),
        (vector((1, 7)), "is not one of Prometheus' API"),
        (vector(("now", "7")), "is not one of Prometheus' API"),
        (vector((1e15, "7")), "is not one of Prometheus' API"),
        (vector((True, "7")), "is not one of Prometheus' API"),
        (b"[]", "is not one of Prometheus' API"),
        (b'{"status": "success", "data": {"resultType": "streams", "result": []}}', "is not one of"),
        (b'{"status": "success", "data": {"resultType": "vector", "result": {}}}', "is not one of"),
        (
            b'{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}}]}}',
            "is not one of",
        ),
        (
            b'{"status": "success", "data": {"resultType": "vector", "result": '
            b'[{"metric": {}, "histogram": [1, {"count": "1"}]}]}}',
            "the query gives histograms, not numbers",
        ),
    ],
)
def test_what_is_no_number_is_a_sentence(body: bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_series(body, {}, "h")
    assert says in str(caught.value)


def test_the_series_that_is_no_number_is_named() -> None:
    with pytest.raises(SourceError, match=r'gave NaN for \{i="1"\}'):
        read_series(vector((1, "1"), (1, "NaN")), {"reduce": "sum"}, "h")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    kind=st.sampled_from(["vector", "matrix", "scalar", "string"]),
    result=st.lists(
        st.fixed_dictionaries(
            {"metric": json_values | st.just({})},
            optional={"value": json_values | st.just([1, "2"]), "values": json_values | st.just([[1, "2"]])},
        )
        | json_values,
        max_size=3,
    ),
    reduce=st.sampled_from([None, "sum", "p95"]),
)
def test_whatever_is_answered_it_is_a_value_or_a_sentence(
    kind: str, result: list[object], reduce: str | None
) -> None:
    body = json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}).encode()
    found = outcome(body, {"reduce": reduce})
    if isinstance(found, SourceError):
        assert found.cause in ("path_missing", "not_a_number", "not_json")
        assert 0 < len(str(found)) <= 300
    else:
        assert found.is_finite()


def outcome(body: bytes, asked: dict[str, str | None]) -> Decimal | SourceError:
    try:
        return Decimal(read_series(body, asked, "h")["value"] or "")
    except SourceError as error:
        return error


# What a server says of a query


async def _refuse(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator, body: bytes, status: int, **options: str
) -> str:
    server.say("/api/v1/query", body, status=status)
    with pytest.raises(SourceError) as caught:
        await read(spec(server.url(""), query="up", **options), fetcher, paths, OneSecret())
    assert (caught.value.cause, caught.value.host) == ("status", "127.0.0.1")
    assert len(str(caught.value)) <= 300
    return str(caught.value)


def refusal(error: str) -> bytes:
    return json.dumps({"status": "error", "errorType": "bad_data", "error": error}).encode()


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, prometheus("unclosed"), ': bad_data: invalid parameter "query": 1:5: parse error: unclosed'),
        (503, prometheus("timed_out"), ": timeout: query timed out in expression evaluation"),
        (422, refusal("many\nlines\x00" + "x" * 9_000), ": bad_data: many lines xxx"),
        (422, refusal("x" * 20_000), ""),
        (500, b'{"status": "error"}', ""),
        (503, b"Service Unavailable", ""),
        (400, b"[" * 9_000, ""),
        (404, prometheus("unclosed"), ""),
    ],
    ids=[
        "a mistake",
        "a timeout",
        "a long one",
        "too long to be read",
        "no words",
        "no JSON",
        "a bomb",
        "other",
    ],
)
async def test_a_refusal_is_told_in_the_servers_words(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator, status: int, body: bytes, says: str
) -> None:
    sentence = await _refuse(server, fetcher, paths, body, status)
    assert sentence.startswith(f"HTTP {status} from 127.0.0.1{says}")
    assert says or sentence == f"HTTP {status} from 127.0.0.1"
    assert paths.processes_started == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"auth": "bearer", "token": "{{secret:MIMIR}}"}, "bad token s3cr3t"),
        ({"auth": "bearer", "token": "typed-token"}, "bad token typed-token"),
        ({"auth": "basic", "user": "u", "password": "{{secret:MIMIR}}"}, f"bad header Basic {BASIC}"),
        ({"query__key": "a {{secret:MIMIR}}"}, "bad parameter s3cr3t"),
        ({"query__key": "a {{secret:MIMIR}}"}, "bad parameter a%20s3cr3t"),
    ],
    ids=["a secret", "a typed token", "basic", "a parameter", "an escaped one"],
)
async def test_an_error_that_repeats_a_credential_is_not_shown(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator, options: dict[str, str], said: str
) -> None:
    named = {name.replace("__", "."): text for name, text in options.items()}
    assert await _refuse(server, fetcher, paths, refusal(said), 400, **named) == "HTTP 400 from 127.0.0.1"
    assert (await _refuse(server, fetcher, paths, refusal("no"), 400, **named)).endswith(": bad_data: no")


async def test_a_server_that_asks_to_wait_is_waited_for(
    server: MetricServer, fetcher: Fetcher, paths: Evaluator
) -> None:
    server.say("/api/v1/query", prometheus("timed_out"), status=503, retry_after="600")
    with pytest.raises(SourceError) as caught:
        await read(spec(server.url(""), query="up"), fetcher, paths)
    assert caught.value.retry_at == NOW + timedelta(minutes=10)


def test_the_recordings_are_what_prometheus_writes() -> None:
    data = parse_body(prometheus("range"))
    assert isinstance(data, dict)
    assert data["status"] == "success"


# What is refused before anything is asked


@pytest.mark.parametrize(
    ("made", "field", "says"),
    [
        (spec(None, query="up"), "url", "an address is missing"),
        (spec("ftp://p.example", query="up"), "url", "http://"),
        (spec(path="$.a", query="up"), "path", "has no path"),
        (spec(), "source", "say what to ask"),
        (spec(query="up", text="yes"), "source", "has no option “text”"),
        (spec(query="up", reduce="median"), "source", "reduce is one of"),
        (spec(query="up", math="100"), "source", "no arithmetic"),
        (spec(query="up", step="1m"), "source", "add one, like range=1h"),
        (spec(query="up", range="1h"), "source", "with reduce=count|sum|avg"),
        (spec(query="up", range="soon", reduce="avg"), "source", "“soon” is no range"),
        (spec(query="up", range="1h", step="0s", reduce="avg"), "source", "“0s” is no step"),
        (spec(query="up", range="5y", reduce="avg"), "source", "at most 3y"),
        (spec(query="up", range="1d", step="1s", reduce="avg"), "source", "more than 11,000 steps"),
        (spec(query='x{a="{{secret:MIMIR}}"}'), "source", "no place in a query"),
        (spec(query="up", method="POST", body="{}"), "source", "leave body and form out"),
        (spec(query="up", method="POST", form__a="1"), "source", "leave body and form out"),
        (spec(query="up", auth="bearer"), "source", "needs token"),
    ],
)
def test_a_spec_that_can_never_work_is_refused(made: SourceSpec, field: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        Prometheus().check(made)
    assert caught.value.field == field
    assert says in str(caught.value)


def test_a_spec_with_every_option_passes() -> None:
    Prometheus().check(
        spec(
            "https://mimir.example.com/prometheus",
            query="sum(up)",
            range="7d",
            step="1h",
            reduce="p95",
            math="* 100",
            auth="basic",
            user="u",
            password="{{secret:MIMIR}}",
            header__X_Scope_OrgID="checkout",
            query__dedup="true",
        )
    )
