"""Every source of the table keeps the contract, and the contract notices one that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.contract import Recording, SpecOf, assert_source_keeps_contract
from bot.sources.http_json import HttpJson
from bot.sources.manual import Manual
from bot.sources.protocol import Observed, SourceContext, SourceRequest
from bot.sources.request import Request
from bot.sources.table import make_sources

from .github_recordings import GITHUB
from .metric_recordings import CSV, PROMETHEUS, spec_of

RECORDINGS = Path(__file__).parent / "recordings"
SIGNUPS = (RECORDINGS / "signups.json").read_bytes()
SEARCH = (RECORDINGS / "search.json").read_bytes()
SIGN_IN = (RECORDINGS / "sign_in.html").read_bytes()

HTTP_JSON: list[tuple[str, Recording]] = [
    ("$.signups.week", Recording("a whole number", SIGNUPS, Decimal(412))),
    ("$.conversion", Recording("a fraction with an exponent", SIGNUPS, Decimal("0.034"))),
    ("$.signups['per day'][-1]", Recording("the last of a list", SIGNUPS, Decimal(59))),
    ("$..week", Recording("a name anywhere", SIGNUPS, Decimal(412))),
    ("$.total_count", Recording("a count", SEARCH, Decimal(37))),
    ("$.items[?@.age_days == 0.1].number", Recording("a filter", SEARCH, Decimal(9))),
    ("$.items[?match(@.title, 'Check.*')].age_days", Recording("a function", SEARCH, Decimal("12.5"))),
    ("$", Recording("a number alone", b"42", Decimal(42))),
    ("$.a", Recording("a byte order mark", b'\xef\xbb\xbf{"a": 1}', Decimal(1))),
    ("$.signups.wek", Recording("a missing name", SIGNUPS, "path_missing")),
    ("$.items[*].number", Recording("two matches", SEARCH, "path_missing")),
    ("$.signups", Recording("an object", SIGNUPS, "not_a_number")),
    ("$.plan", Recording("a text", SIGNUPS, "not_a_number")),
    ("$.healthy", Recording("a boolean", SIGNUPS, "not_a_number")),
    ("$.a", Recording("NaN", b'{"a": NaN}', "not_a_number")),
    ("$.a", Recording("a number beyond all bounds", b'{"a": 1e999999}', "not_a_number")),
    ("$.a", Recording("a sign-in page", SIGN_IN, "not_json")),
    ("$.a", Recording("an empty body", b"", "not_json")),
    ("$.a", Recording("no content", b"", "not_json", status=204)),
    ("$.a", Recording("a nesting bomb", b"[" * 200_000, "not_json")),
    ("$.a", Recording("a refused token", b'{"error": "bad token"}', "status", status=401)),
    ("$.a", Recording("a missing page", SIGN_IN, "status", status=404)),
    ("$.a", Recording("a broken server", b"", "status", status=500)),
    ("$.a", Recording("a redirect inside", b"", "address_refused", 302, {"location": "http://127.0.0.2/in"})),
    ("$.a", Recording("a body over 5 MB", b" " * 5_000_001, "too_large")),
]  # fmt: skip

SHAPED: list[tuple[str, dict[str, str], Recording]] = [
    ("$.conversion", {"math": "* 100"}, Recording("arithmetic", SIGNUPS, Decimal("3.4"))),
    ("$.signups['per day']", {"reduce": "sum"}, Recording("a list summed", SIGNUPS, Decimal("178.5"))),
    ("$.signups['per day']", {"reduce": "p50", "math": "* 2"}, Recording("both", SIGNUPS, Decimal(118))),
    ("$.items", {"reduce": "count"}, Recording("a list counted", SEARCH, Decimal(2))),
    ("$.items[?@.age_days > 1]", {"reduce": "count"}, Recording("objects counted", SEARCH, Decimal(1))),
    ("$.items[?@.age_days > 99]", {"reduce": "count"}, Recording("nothing counted", SEARCH, Decimal(0))),
    ("$..age_days", {"reduce": "max"}, Recording("the largest of all", SEARCH, Decimal("12.5"))),
    ("$.a", {"text": "yes"}, Recording("a number in a text", b'{"a": "1,234 ms"}', Decimal(1234))),
    ("$.item", {"reduce": "count"}, Recording("no such list", SEARCH, "path_missing")),
    ("$.items[?@.age_days > 99].age_days", {"reduce": "avg"}, Recording("no mean", SEARCH, "path_missing")),
    ("$.items", {"reduce": "sum"}, Recording("objects summed", SEARCH, "not_a_number")),
    ("$.plan", {"text": "yes"}, Recording("a text without a number", SIGNUPS, "not_a_number")),
    ("$.a", {"math": "* 100"}, Recording("arithmetic too far", b'{"a": 1e30}', "not_a_number")),
]  # fmt: skip


def spec_of_http_json(url: str, recording: Recording) -> SourceSpec:
    plain: list[tuple[str, dict[str, str], Recording]] = [(path, {}, one) for path, one in HTTP_JSON]
    path, options = next((path, asked) for path, asked, one in (*plain, *SHAPED) if one is recording)
    return SourceSpec(SourceKind.HTTP_JSON, url, path, tuple(sorted(options.items())))


def spec_of_manual(_url: str, _recording: Recording) -> SourceSpec:
    return SourceSpec(SourceKind.MANUAL)


CASES: dict[SourceKind, tuple[list[Recording], SpecOf]] = {
    SourceKind.HTTP_JSON: (
        [*(one for _, one in HTTP_JSON), *(one for _, _, one in SHAPED)],
        spec_of_http_json,
    ),
    SourceKind.PROMETHEUS: (
        [one for _, one in PROMETHEUS],
        lambda url, recording: spec_of(SourceKind.PROMETHEUS, PROMETHEUS, url, recording),
    ),
    SourceKind.CSV: (
        [one for _, one in CSV],
        lambda url, recording: spec_of(SourceKind.CSV, CSV, url, recording),
    ),
    SourceKind.GITHUB: (
        [one for _, one in GITHUB],
        lambda url, recording: spec_of(SourceKind.GITHUB, GITHUB, url, recording),
    ),
    SourceKind.PUSH: (
        [Recording("never asked for", SIGNUPS, "bad_request")],
        lambda _url, _recording: SourceSpec(SourceKind.PUSH),
    ),
    SourceKind.MANUAL: ([Recording("never asked for", SIGNUPS, "bad_request")], spec_of_manual),
}


def test_every_kind_is_in_the_table_under_its_own_name() -> None:
    sources = make_sources()
    assert set(sources) == set(SourceKind)
    assert all(source.kind == kind for kind, source in sources.items())


NEED_A_DATABASE = (SourceKind.SQL, SourceKind.FEEDBACK)
"""They keep it in test_sql_source.py and in tests/services/test_closed_answers.py."""


@pytest.mark.parametrize("kind", [kind for kind in SourceKind if kind not in NEED_A_DATABASE])
async def test_a_source_keeps_the_contract(kind: SourceKind) -> None:
    recordings, spec_of = CASES[kind]
    await assert_source_keeps_contract(make_sources()[kind], recordings, spec_of)


@pytest.mark.parametrize("kind", list(SourceKind))
def test_a_source_has_its_page_in_the_docs(kind: SourceKind) -> None:
    page = Path(__file__).parents[2] / "docs" / "sources" / f"{kind}.md"
    assert page.read_text(encoding="utf-8").startswith(f"# `{kind}`")


def test_rhythm_and_readings_needed_are_those_people_were_told() -> None:
    http_json, manual = HttpJson(), Manual()
    assert (http_json.default_every, http_json.default_readings_needed) == (timedelta(hours=1), 2)
    assert (manual.default_every, manual.default_readings_needed) == (timedelta(days=7), 1)
    assert (http_json.readable_by_schedule, manual.readable_by_schedule) == (True, False)


@pytest.mark.parametrize(
    ("url", "path", "field"),
    [
        pytest.param(None, "$.a", "url", id="no address"),
        pytest.param("ftp://example.com/", "$.a", "url", id="not http"),
        pytest.param("https://alice:pw@example.com/", "$.a", "url", id="a password in the address"),
        pytest.param("http://0x7f.1/", "$.a", "url", id="an address in disguise"),
        pytest.param("https://example.com/", None, "path", id="no path"),
        pytest.param("https://example.com/", "signups.week", "path", id="no dollar"),
        pytest.param("https://example.com/", "$.a[", "path", id="a path that ends too early"),
        pytest.param("https://example.com/", "$.a" * 400, "path", id="a path that is too long"),
    ],
)
def test_a_spec_that_can_never_work_is_refused_under_the_right_field(
    url: str | None, path: str | None, field: str
) -> None:
    with pytest.raises(UserError) as caught:
        HttpJson().check(SourceSpec(SourceKind.HTTP_JSON, url, path))
    assert caught.value.field == field


@pytest.mark.parametrize("path", ["$.a", "$..a", "$[?@.x > 1].y", "$", " $.a ", "$['a b']"])
def test_a_spec_that_could_work_passes_the_check(path: str) -> None:
    HttpJson().check(SourceSpec(SourceKind.HTTP_JSON, "https://api.example.com/stats?x=1#top", path))
    Manual().check(SourceSpec(SourceKind.MANUAL))


@pytest.mark.parametrize(("url", "path"), [("https://example.com/", None), (None, "$.a")])
def test_a_manual_source_has_no_address_and_no_path(url: str | None, path: str | None) -> None:
    with pytest.raises(UserError):
        Manual().check(SourceSpec(SourceKind.MANUAL, url, path))


# The contract itself


class Broken(HttpJson):
    """Does one thing wrong."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.reads = 0
        if fault == "every":
            self.default_every = timedelta(0)

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        self.reads += 1
        mine = self.reads
        assert request.spec.url is not None
        if self.fault == "value":
            return replace(await super().read(request, ctx), value=Decimal(99))
        if self.fault == "unsteady":
            return replace(await super().read(request, ctx), value=Decimal(mine))
        if self.fault == "naive time":
            observed = await super().read(request, ctx)
            return replace(observed, at=observed.at.replace(tzinfo=None))
        if self.fault == "float":
            return replace(await super().read(request, ctx), value=412.0)  # type: ignore[arg-type]  # the fault
        if self.fault == "detail":
            return replace(await super().read(request, ctx), detail=request.spec.url)
        if self.fault == "swallowed":
            await ctx.http.fetch(Request(request.spec.url))
            return Observed(Decimal(412), ctx.now(), "127.0.0.1", "", 0.0)
        try:
            return await super().read(request, ctx)
        except SourceError as error:
            if self.fault == "leak":
                raise SourceError(
                    f"{error}: {request.spec.url}", cause=error.cause, host=error.host
                ) from None
            if self.fault == "cause":
                raise SourceError(str(error), cause="oops", host=error.host) from None
            if self.fault == "host":
                raise SourceError(str(error), cause=error.cause) from None
            raise


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("every", "positive time"),
        ("value", "expected 412, got 99"),
        ("unsteady", "two values"),
        ("naive time", "aware UTC"),
        ("float", "Decimal"),
        ("detail", "query"),
        ("swallowed", "expected path_missing, got 412"),
        ("leak", "query"),
        ("cause", "no cause"),
        ("host", "names no host"),
    ],
)
async def test_the_contract_notices_a_source_that_breaks_it(fault: str, says: str) -> None:
    good, bad = HTTP_JSON[0][1], HTTP_JSON[9][1]
    with pytest.raises(AssertionError, match=says):
        await assert_source_keeps_contract(Broken(fault), [good, bad], spec_of_http_json)


async def test_the_contract_wants_a_good_and_a_bad_recording() -> None:
    good, bad = HTTP_JSON[0][1], HTTP_JSON[9][1]
    with pytest.raises(AssertionError, match="expects a value"):
        await assert_source_keeps_contract(HttpJson(), [bad], spec_of_http_json)
    with pytest.raises(AssertionError, match="expects a cause"):
        await assert_source_keeps_contract(HttpJson(), [good], spec_of_http_json)
