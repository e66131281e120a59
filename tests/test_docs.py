"""The docs under test: what they say of settings, commands, files and dependencies is what the code has."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from annotated_types import Ge, Gt, Le, Lt

from bot.cli import app
from bot.db.models import Table
from bot.domain.commands import parse
from bot.domain.criterion import Status
from bot.domain.requests import AddCriterion, Help
from bot.domain.usage import NOT_YET, SUBCOMMANDS
from bot.errors import UserError
from bot.settings import Settings
from bot.sources.table import make_sources

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

LINK = re.compile(r"\]\(([^()\s]+)\)")
ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|\s*$", re.MULTILINE)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Return the README and every page of the docs."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def shown(path: Path) -> str:
    """Return a path as it is named in a failure."""
    return path.relative_to(ROOT).as_posix()


def table_rows(page: Path) -> dict[str, str]:
    """Return a page's table rows whose first cell is code: the code and the rest of the row."""
    rows = ROW.findall(page.read_text("utf-8"))
    assert len({name for name, _ in rows}) == len(rows), f"{shown(page)} has a row twice"
    return {name: rest.strip() for name, rest in rows}


def fences(page: Path, kind: str) -> Iterator[str]:
    """Yield the lines of a page's code blocks of a kind; empty for those without one."""
    for found, text in FENCE.findall(page.read_text("utf-8")):
        if found == kind:
            yield from text.splitlines()


EVERY_PAGE = pytest.mark.parametrize("page", pages(), ids=shown)

# --- settings

FIELDS = {str(field.validation_alias): field for field in Settings.model_fields.values()}


def test_every_setting_is_documented_and_no_other_is() -> None:
    assert sorted(table_rows(DOCS / "settings.md")) == sorted(FIELDS)


@pytest.mark.parametrize("variable", FIELDS)
def test_a_setting_is_documented_with_its_default(variable: str) -> None:
    default = table_rows(DOCS / "settings.md")[variable].split(" | ")[0]
    assert default == say_default(FIELDS[variable].default)


def say_default(value: object) -> str:
    """Return a default as it stands in the table."""
    if value is None:
        return "none"
    if value in ("", (), {}):
        return "empty"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


@pytest.mark.parametrize("variable", FIELDS)
def test_a_setting_is_documented_with_its_bounds(variable: str) -> None:
    bounds: list[Any] = []
    for rule in FIELDS[variable].metadata:
        bounds += [
            getattr(rule, kind.__name__.lower()) for kind in (Ge, Gt, Le, Lt) if isinstance(rule, kind)
        ]
    row = table_rows(DOCS / "settings.md")[variable]
    missing = [bound for bound in bounds if not re.search(rf"(?<![\d.]){bound:g}(?![\d])", row)]
    assert not missing, f"{variable} is documented without {missing}"


@EVERY_PAGE
def test_a_page_names_no_setting_that_is_none(page: Path) -> None:
    named = set(re.findall(r"\b(?:LOOPMARK|SLACK)_[A-Z_]*[A-Z]\b", page.read_text("utf-8")))
    assert named <= set(FIELDS)


# --- commands


def usage_lines() -> list[str]:
    """Return every line that help shows, with its command."""
    return [f"/{command} {usage.line}".rstrip() for command, lines in SUBCOMMANDS.items() for usage in lines]


def test_every_usage_line_is_documented_and_no_other_is() -> None:
    assert sorted(fences(DOCS / "commands.md", "usage")) == sorted(usage_lines())


def examples() -> list[tuple[str, str]]:
    """Return (page, line) for every line of a code block that begins with a command."""
    return [
        (shown(page), line)
        for page in pages()
        for line in fences(page, "")
        if line.startswith(tuple(f"/{command} " for command in SUBCOMMANDS))
    ]


@pytest.mark.parametrize(("page", "line"), examples(), ids=lambda part: part)
def test_an_example_can_be_typed(page: str, line: str) -> None:
    command, _, text = line.removeprefix("/").partition(" ")
    request = parse(command, as_slack_sends(text))
    assert not (isinstance(request, Help) and request.unknown), f"{page}: {line}"
    if isinstance(request, AddCriterion) and (source := make_sources().get(request.source.kind)) is not None:
        source.check(request.source)


def as_slack_sends(text: str) -> str:
    """Return typed text with Slack's own mentions in place of `@Alice` and `#general`."""
    text = re.sub(r"(?<=\s)#([a-z][\w-]*)", r"<#C0000000001|\1>", text)
    return re.sub(r"(?<=\s)@([A-Z]\w*)", r"<@U0000000001|\1>", text)


def test_every_page_with_commands_has_examples_that_are_tried() -> None:
    tried = {page for page, _ in examples()}
    assert {"README.md", "docs/commands.md", "docs/sources/http_json.md"} <= tried


@pytest.mark.parametrize("word", sorted({word for _, word in NOT_YET}))
def test_a_word_that_means_nothing_yet_is_named_as_such(word: str) -> None:
    line = next(
        line for line in (DOCS / "commands.md").read_text("utf-8").splitlines() if "mean nothing yet" in line
    )
    assert f"`{word}`" in line


@pytest.mark.parametrize("status", Status)
def test_every_status_is_documented(status: Status) -> None:
    assert status.value in table_rows(DOCS / "commands.md")


# --- the manifest


def manifest_commands() -> Mapping[str, Mapping[str, Any]]:
    """Return the manifest's slash commands by name."""
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return {entry["command"]: entry for entry in manifest["features"]["slash_commands"]}


def test_the_manifest_declares_the_commands_there_are() -> None:
    assert list(manifest_commands()) == [f"/{command}" for command in SUBCOMMANDS]


@pytest.mark.parametrize("name", manifest_commands())
def test_a_commands_hint_can_be_typed(name: str) -> None:
    for part in manifest_commands()[name]["usage_hint"].split(" | "):
        command = name.removeprefix("/")
        assert (command, part.split(" ")[0]) not in NOT_YET
        try:
            request = parse(command, as_slack_sends(part))
        except UserError:
            continue  # a placeholder such as URL; the word itself is known
        assert not (isinstance(request, Help) and request.unknown), part


# --- sources


def test_every_source_has_its_page_and_no_page_is_without_one() -> None:
    about_all = {"your-own", "recipes"}
    named = {page.stem for page in (DOCS / "sources").glob("*.md")}
    assert named - about_all == {kind.value for kind in make_sources()}
    assert about_all <= named


@pytest.mark.parametrize("kind", make_sources())
def test_a_source_is_documented_with_its_defaults(kind: Any) -> None:
    source = make_sources()[kind]
    hours = int(source.default_every.total_seconds() // 3600)
    default = f"`{hours}h`" if hours < 24 else f"`{hours // 24}d`"
    assert default in (DOCS / "sources" / f"{kind.value}.md").read_text("utf-8")


# --- the command line


def commands_of_the_program() -> set[str]:
    """Return the names of the program's commands."""
    return set(getattr(typer.main.get_command(app), "commands", {}))


def test_every_command_of_the_program_is_documented_and_no_other_is() -> None:
    rows = table_rows(DOCS / "operating.md")
    documented = {name.split(" ")[1] for name in rows if name.startswith("loopmark ")}
    assert documented == commands_of_the_program()


@EVERY_PAGE
def test_a_page_names_only_commands_the_program_has(page: Path) -> None:
    named = set(
        re.findall(r"(?:`|^|/|\s)loopmark ([a-z]+)\b", code_of(page.read_text("utf-8")), re.MULTILINE)
    )
    assert named <= commands_of_the_program()


def code_of(text: str) -> str:
    """Return what stands in a page's code blocks and back-ticks, each on its own line."""
    blocks = [block for _, block in FENCE.findall(text)]
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return "\n".join([*blocks, *inline])


# --- make


def make_targets() -> list[str]:
    """Return the targets people type, as the Makefile declares them."""
    declared = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert declared is not None
    return declared[1].split()


def test_every_target_is_a_rule_of_the_makefile() -> None:
    rules = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert sorted(rules) == sorted(make_targets())


def test_make_help_lists_every_target() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    listing = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT, env=clean, capture_output=True, text=True, check=True, timeout=30,
    ).stdout  # fmt: skip
    described = re.findall(r"^  make ([a-z]+) +\S", listing, re.MULTILINE)
    assert sorted(described) == sorted(make_targets())


def test_every_target_is_documented_and_no_other_is() -> None:
    rows = table_rows(DOCS / "contributing.md")
    assert sorted(name for name in rows if name.startswith("make ")) == sorted(
        f"make {target}" for target in make_targets()
    )


@EVERY_PAGE
def test_a_page_names_only_targets_there_are(page: Path) -> None:
    named = re.findall(r"(?:^|\s)make ([a-z]+)\b", code_of(page.read_text("utf-8")), re.MULTILINE)
    assert set(named) <= set(make_targets())


def test_ci_runs_what_make_ci_runs() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert lines[-1] == "make ci"
    # Before that only what a checkout lacks is installed: nothing is checked here that `make ci` does not check.
    assert not [
        line
        for line in lines[:-1]
        if not line.startswith("#") and re.search(r"\b(make|python|pytest)\b", line)
    ]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# --- dependencies


def plain_name(requirement: str) -> str:
    """Return the name of the package a requirement asks for, as it is compared."""
    return re.split(r"[\[<>=~!; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def requirements() -> list[str]:
    """Return the names of everything pyproject.toml asks for, but for the project itself."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    asked: list[str] = [
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
        *(each for extra in project["project"]["optional-dependencies"].values() for each in extra),
    ]
    return sorted({plain_name(each) for each in asked} - {"loopmark"})


def test_every_dependency_has_its_reason_and_no_other_has() -> None:
    rows = table_rows(DOCS / "decisions" / "0016-dependencies.md")
    assert sorted(name.lower() for name in rows) == requirements()
    assert not [name for name, reason in rows.items() if len(reason) < 20]


def test_every_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert not [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)]
    assert set(requirements()) <= {plain_name(line) for line in pins}


# --- links and files


def anchors(page: Path) -> set[str]:
    """Return the names of a page's headings as links name them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@EVERY_PAGE
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue  # out of the repository: not ours to keep, and tests stay on this machine
        file = page if not path else (page.parent / path).resolve()
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


@EVERY_PAGE
def test_a_page_names_only_files_there_are(page: Path) -> None:
    text = page.read_text("utf-8")
    named = re.findall(r"(?<![\w/.-])((?:bot|handlers|jobs|tests|docs|benchmarks|\.ci)/[\w./-]*\w)", text)
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing


def test_every_rule_of_the_sandbox_names_tests_that_are_there() -> None:
    there = {
        name
        for file in (ROOT / "tests" / "sandbox").glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    named = re.findall(r"`(test_\w+)`", (DOCS / "sandbox.md").read_text("utf-8"))
    assert len(named) > 30
    assert sorted(set(named) - there) == []


def test_the_index_of_decisions_lists_each_with_its_title() -> None:
    index = (DOCS / "decisions" / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[(\d{4})\]\(([\w.-]+)\) \| (.+) \|$", index, re.MULTILINE)
    found = []
    for page in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        number, title = page.read_text("utf-8").splitlines()[0].removeprefix("# ").split(". ", 1)
        found.append((f"{int(number):04d}", page.name, title))
    assert listed == found
    assert [number for number, _, _ in found] == [f"{n:04d}" for n in range(1, len(found) + 1)]


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("[0-9]*.md")), ids=shown)
def test_a_decision_has_context_decision_and_consequences(page: Path) -> None:
    text = page.read_text("utf-8")
    parts = [part for part in ("Context", "Decision", "Consequences") if f"**{part}.**" not in text]
    assert not parts


def test_every_decision_the_code_points_to_is_there() -> None:
    numbers = {page.name[:4] for page in (DOCS / "decisions").glob("[0-9]*.md")}
    for file in files_of_the_repository():
        if file.suffix == ".py":
            assert set(re.findall(r"docs/decisions/(\d{4})", file.read_text("utf-8"))) <= numbers, shown(file)


def test_every_table_is_in_the_architecture() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    named = [name for row in re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE) for name in code_names(row)]
    assert sorted(named) == sorted(Table.metadata.tables)


def code_names(cell: str) -> list[str]:
    """Return the names in back-ticks of a table's cell."""
    return re.findall(r"`([^`]+)`", cell)


def test_the_layers_are_those_the_linter_checks() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    text = (DOCS / "architecture.md").read_text("utf-8")
    drawn = next(block for _, block in FENCE.findall(text) if block.startswith("bot.cli"))
    assert drawn.splitlines() == layers


def test_the_changelog_speaks_of_this_version() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    text = (DOCS / "changelog.md").read_text("utf-8")
    assert re.search(
        rf"^## \[{re.escape(version)}\]|^This will be {re.escape(version)}\b", text, re.MULTILINE
    )


# --- what must not be in the repository


def files_of_the_repository() -> Sequence[Path]:
    """Return every file that belongs to the project: all but what .gitignore names."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]
    found: list[Path] = []
    for folder, folders, files in os.walk(ROOT):
        kept = [name for name in folders if name != ".git" and not is_ignored(name, ignored)]
        folders[:] = sorted(kept)
        found += [Path(folder) / name for name in sorted(files) if not is_ignored(name, ignored)]
    return found


def is_ignored(name: str, patterns: Sequence[str]) -> bool:
    """Say whether a file or folder has a name that git does not keep."""
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


# In pieces, so that this file does not contain what it looks for.
FORBIDDEN = {
    "an index address": re.compile(
        "|".join(
            (
                "index" + "[-_]url",
                "pypi" + r"\.org",
                "python" + "hosted",
                r"https?://[\w.:/-]+/simple" + r"\b",
            )
        )
    ),
    "a machine path": re.compile(r"(?<![\w.~-])/(?:" + "|".join(("work/", "root/", "tmp/" + "brief")) + ")"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    pattern = FORBIDDEN[what]
    found = [
        f"{shown(file)}:{number}"
        for file in files_of_the_repository()
        for number, line in enumerate(file.read_text("utf-8", errors="ignore").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found


def test_what_must_not_be_there_would_be_found() -> None:
    assert FORBIDDEN["an index address"].search("--index" + "-url https://example.com")
    assert FORBIDDEN["a machine path"].search("see /wor" + "k/main")
    assert not FORBIDDEN["a machine path"].search("docs/wor" + "k/main")
