"""Sources of other packages: installed ones are used, and broken ones are a readable line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.doctor.findings import Mark
from bot.doctor.machine import look_at_sources
from bot.domain.criterion import SourceKind, SourceSpec
from bot.sources.contract import Recording, assert_source_keeps_contract
from bot.sources.table import load_sources, make_sources

DOCS = Path(__file__).parents[2] / "docs" / "sources" / "your-own.md"


def code_of_the_page() -> str:
    """Return the first Python code of the page: the example is what is tried."""
    return DOCS.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder on the path, where packages are installed."""
    sys.path.insert(0, str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in set(sys.modules) - before:
        if name.startswith("acme_"):
            del sys.modules[name]


def install(site: Path, module: str, code: str, entry: str) -> None:
    """Put a package there as an installer does: the module, and its metadata with one entry point."""
    (site / f"{module}.py").write_text(code, encoding="utf-8")
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[loopmark.sources]\n{entry}\n", encoding="utf-8")


async def test_the_pages_example_is_found_and_keeps_the_contract(site: Path) -> None:
    install(site, "acme_uptime", code_of_the_page(), "uptime = acme_uptime:Uptime")
    loaded = load_sources()
    assert loaded.problems == ()
    assert set(loaded.sources) == {*make_sources(), "uptime"}
    recordings = [
        Recording("a good day", b'{"uptime": 99.95}', Decimal("99.95")),
        Recording("a web page", b"<html>", "not_json"),
    ]
    await assert_source_keeps_contract(
        loaded.sources["uptime"], recordings, lambda url, _: SourceSpec("uptime", url)
    )
    [finding] = look_at_sources()
    assert (finding.mark, finding.text) == (Mark.RIGHT, "brought by packages: uptime")


GOOD = code_of_the_page()

BROKEN = {
    "an error at import": ("1 / 0", "uptime = acme_broken:Uptime", "ZeroDivisionError: division by zero"),
    "a missing module": ("", "uptime = acme_missing:Uptime", "No module named 'acme_missing'"),
    "a missing class": ("", "uptime = acme_broken:Uptime", "has no attribute 'Uptime'"),
    "a class that wants arguments": (
        "class Uptime:\n    def __init__(self, x): ...",
        "uptime = acme_broken:Uptime",
        "missing 1 required positional argument",
    ),
    "no protocol": ("class Uptime: ...", "uptime = acme_broken:Uptime", "has no attribute 'kind'"),
    "a name that is taken": (GOOD, "manual = acme_broken:Uptime", "there is a source of that kind already"),
    "the word for recipes": (GOOD, "recipe = acme_broken:Uptime", "stands before the name of a recipe"),
    "a name nobody can type": (GOOD, "Up-Time = acme_broken:Uptime", "lower-case letters"),
    "another kind than its name": (GOOD, "other = acme_broken:Uptime", "its kind is uptime"),
    "brought by programs": (
        GOOD.replace("readable_by_schedule = True", "readable_by_schedule = False"),
        "uptime = acme_broken:Uptime",
        "take the kind push",
    ),
    "no time between reads": (
        GOOD.replace("hours=1", "hours=0"),
        "uptime = acme_broken:Uptime",
        "a positive time",
    ),
    "no read": (
        GOOD.replace("async def read", "async def reed"),
        "uptime = acme_broken:Uptime",
        "has no read",
    ),
}


@pytest.mark.parametrize(("code", "entry", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_one_is_left_out_with_a_line_that_says_why(
    site: Path, code: str, entry: str, says: str
) -> None:
    install(site, "acme_broken", code, entry)
    loaded = load_sources()
    assert set(loaded.sources) == set(make_sources())
    assert type(loaded.sources[SourceKind.MANUAL]) is type(make_sources()[SourceKind.MANUAL])
    [problem] = loaded.problems
    assert problem.startswith(f"source {entry.split(' ')[0]} of acme_broken: ")
    assert says in problem
    assert "\n" not in problem
    [finding] = look_at_sources()
    assert (finding.mark, finding.text) == (Mark.WRONG, problem)
