"""Recipes: each finds its number in the answer it brings, and becomes a plain `http_json` source when it is typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.recipes import recipes_list
from bot.domain.commands import parse
from bot.domain.criterion import SourceKind
from bot.domain.formatting import format as format_request
from bot.domain.message import Message
from bot.domain.options import Options, check_options, parse_options, show_options
from bot.domain.recipe import Recipe, all_recipes, expand_recipe, find_recipe, search_recipes
from bot.domain.requests import AddCriterion, ListRecipes
from bot.domain.salvage import salvage_criterion
from bot.errors import UserError
from bot.sources.extraction import extract
from bot.sources.http_json import HttpJson
from bot.sources.shaping import SHAPE_OPTIONS

PAGE = Path(__file__).parents[2] / "docs" / "sources" / "recipes.md"

EVERY = pytest.mark.parametrize("recipe", all_recipes().values(), ids=all_recipes())


def samples(recipe: Recipe) -> Options:
    return tuple((each.name, each.example) for each in recipe.parameters)


def needed(recipe: Recipe) -> Options:
    return tuple((each.name, each.example) for each in recipe.parameters if each.default is None)


@EVERY
def test_a_recipe_finds_its_number_in_the_answer_it_brings(recipe: Recipe) -> None:
    shaping = {name: text for name, text in recipe.options if name in SHAPE_OPTIONS}
    assert extract(recipe.body.encode(), recipe.path, "example.com", shaping) == Decimal(recipe.value)


@EVERY
@pytest.mark.parametrize("given", [samples, needed], ids=["all", "needed"])
def test_a_recipe_becomes_a_source_that_could_work(recipe: Recipe, given: object) -> None:
    assert callable(given)
    spec = expand_recipe(recipe, given(recipe))
    HttpJson().check(spec)
    assert spec.kind == SourceKind.HTTP_JSON
    assert spec.url is not None
    assert "{" not in spec.url
    assert str(httpx.URL(spec.url)) == spec.url, "it is asked as it is shown"
    texts = " ".join(text for _, text in spec.options)
    assert not [each.name for each in recipe.parameters if f"{{{each.name}}}" in texts]


@EVERY
def test_a_recipes_example_can_be_typed_and_is_stored_as_what_it_stands_for(recipe: Recipe) -> None:
    request = parse("criteria", recipe.example.removeprefix("/criteria "))
    assert isinstance(request, AddCriterion)
    assert request.name == recipe.called
    assert request.every == recipe.every
    assert request.source == expand_recipe(recipe, needed(recipe))
    assert parse("criteria", format_request(request)) == request
    assert "recipe" not in format_request(request)


@EVERY
def test_a_recipe_is_in_the_docs_as_it_is_in_the_file(recipe: Recipe) -> None:
    assert described(recipe) in PAGE.read_text("utf-8")


def test_the_docs_have_no_other_recipes() -> None:
    titles = [line[3:] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("## ")]
    assert titles == [recipe.title for recipe in all_recipes().values()]


def described(recipe: Recipe) -> str:
    """Return what the docs say of a recipe."""
    lines = [f"## {recipe.title}", "", "```", recipe.example, "```", ""]
    secrets = " and ".join(f"`{name}`" for name in recipe.secrets)
    sends = f" It sends the secret {secrets}." if secrets else ""
    lines += [f"`{recipe.name}` reads {recipe.measures}: `{recipe.path}` in `{recipe.address}`.{sends}", ""]
    if recipe.parameters:
        lines += ["| parameter | what it is | example | left out |", "|---|---|---|---|"]
        for each in recipe.parameters:
            left_out = "needed" if each.default is None else f"`{each.default}`"
            lines.append(f"| `{each.name}` | {each.means} | `{each.example}` | {left_out} |")
        lines.append("")
    return "\n".join(lines)


def test_what_is_typed_goes_before_what_a_recipe_brings() -> None:
    request = parse(
        "criteria",
        "add Open bugs <= 20 guardrail source recipe gitlab_issues with project=shop/checkout "
        "token={{secret:OTHER}} query.labels=bug every day 09:00",
    )
    assert isinstance(request, AddCriterion)
    assert request.source.option("token") == "{{secret:OTHER}}"
    assert request.source.option("query.labels") == "bug"
    assert request.source.option("header") == "PRIVATE-TOKEN"
    assert "every day 09:00" in format_request(request)


def test_a_text_cant_leave_its_place() -> None:
    query = expand_recipe(find_recipe("hacker_news"), (("query", "a&tags=x#b/../ü"),))
    assert query.url is not None
    assert "query=a%26tags%3Dx%23b%2F..%2F%C3%BC&tags=story" in query.url
    jql = expand_recipe(
        find_recipe("jira"),
        (("email", "a@example.com"), ("jql", 'a = "b" \\'), ("site", "example.atlassian.net")),
    )
    assert jql.option("body") == '{"jql": "a = \\"b\\" \\\\"}'


@given(st.text(min_size=1, max_size=60))
def test_whatever_is_typed_the_host_stays_the_recipes(text: str) -> None:
    urls: list[str | None] = []
    try:
        [(_, cleaned)] = check_options([("package", text)])
        urls = [expand_recipe(find_recipe(name), (("package", cleaned),)).url for name in ("npm", "pypi")]
    except UserError as error:
        assert error.field in ("source", "options")  # noqa: PT017  # either outcome is right
    hosts = [urlsplit(url or "").hostname for url in urls]
    assert hosts in ([], ["api.npmjs.org", "pypistats.org"])
    assert all(urlsplit(url or "").path.startswith(("/downloads/point/", "/api/packages/")) for url in urls)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        pytest.param("status.example.com", "status.example.com", id="a host"),
        pytest.param("https://status.example.com/", "status.example.com", id="an address"),
        pytest.param(
            "<http://status.example.com|status.example.com>", "status.example.com", id="as Slack links it"
        ),
        pytest.param("<https://status.example.com>", "status.example.com", id="as Slack links an address"),
        pytest.param("localhost:8080", "localhost:8080", id="a port"),
    ],
)
def test_a_page_is_taken_however_it_is_pasted(typed: str, host: str) -> None:
    request = parse("criteria", f"add In trouble <= 0 guardrail source recipe statuspage with page={typed}")
    assert isinstance(request, AddCriterion)
    assert request.source.url == f"https://{host}/api/v2/components.json"


def test_an_email_address_that_slack_linked_is_one() -> None:
    request = parse(
        "criteria",
        "add Tickets <= 40 guardrail source recipe zendesk with subdomain=example "
        "email=<mailto:alice@example.com|alice@example.com>",
    )
    assert isinstance(request, AddCriterion)
    assert request.source.option("user") == "alice@example.com/token"


@pytest.mark.parametrize(
    ("tail", "says", "field"),
    [
        pytest.param("recipe", "Say which recipe: source recipe statuspage", "source", id="no name"),
        pytest.param("recipe with page=a.example", "Say which recipe", "source", id="no name but options"),
        pytest.param("recipe statuspge", "Did you mean statuspage", "source", id="a slip"),
        pytest.param(
            "recipe zzzzzz", "There is no recipe called “zzzzzz”. `/criteria", "source", id="unknown"
        ),
        pytest.param(
            "recipe statuspage", "needs page, the status page's host: add page=status", "source", id="missing"
        ),
        pytest.param(
            "recipe statuspage with page=a.example/b",
            "“a.example/b” can't be the status",
            "source",
            id="no host",
        ),
        pytest.param("recipe docker with image=../x", "can't be owner/name", "source", id="a way out"),
        pytest.param(
            "recipe zendesk with subdomain=a.example email=a", "subdomain looks like", "source", id="no label"
        ),
        pytest.param(
            "recipe npm with package={{secret:NPM}}",
            "A secret has no place in package",
            "source",
            id="a secret",
        ),
        pytest.param(
            "recipe npm path $.x with package=a",
            "brings its path, $.downloads. Leave path",
            "path",
            id="a path",
        ),
    ],
)
def test_a_recipe_that_cant_be_used_is_one_sentence(tail: str, says: str, field: str) -> None:
    with pytest.raises(UserError) as caught:
        parse("criteria", f"add In trouble <= 0 guardrail source {tail}")
    assert says in str(caught.value)
    assert caught.value.field == field


def test_an_option_that_no_source_has_is_refused_when_it_is_planned() -> None:
    spec = expand_recipe(find_recipe("npm"), (("package", "a"), ("perid", "week")))
    with pytest.raises(UserError, match="no option “perid”"):
        HttpJson().check(spec)


def test_a_recipe_is_no_unit_and_no_name() -> None:
    request = parse("criteria", 'add "Open source recipe" >= 5 pages guardrail source manual')
    assert isinstance(request, AddCriterion)
    assert (request.name, request.unit) == ("Open source recipe", "pages")


def test_the_form_is_filled_with_what_a_recipe_stands_for() -> None:
    text = "add Weekly downloads >= x by 31 Dec source recipe npm with package=checkout query.a=b"
    filled = salvage_criterion(text, date(2026, 3, 2))
    assert filled["source"] == SourceKind.HTTP_JSON
    assert filled["url"] == "https://api.npmjs.org/downloads/point/last-week/checkout"
    assert (filled["path"], filled["options"], filled["every"]) == ("$.downloads", "query.a=b", "6h")


def test_the_form_can_hold_every_recipes_options() -> None:
    for recipe in all_recipes().values():
        options = expand_recipe(recipe, samples(recipe)).options
        assert parse_options(show_options(options)) == options, recipe.name


@pytest.mark.parametrize("tail", ["recipe", "recipe npm", "recipe nmp with package=a"])
def test_a_recipe_typed_wrongly_leaves_an_empty_address(tail: str) -> None:
    filled = salvage_criterion(f"add Downloads >= 5 by 31 Dec source {tail}", date(2026, 3, 2))
    assert filled["source"] == SourceKind.HTTP_JSON
    assert "url" not in filled


@pytest.mark.parametrize(
    ("typed", "word"), [("recipes", ""), ("recipes npm", "npm"), ("recipes app store", "app store")]
)
def test_recipes_are_asked_for_with_or_without_a_word(typed: str, word: str) -> None:
    assert parse("criteria", typed) == ListRecipes(word)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("", set(all_recipes())),
        ("STATUSPAGE", {"statuspage", "statuspage_incidents"}),
        ("coverage", {"codecov", "sonarqube"}),
        ("down", {"uptimerobot", "betterstack", "healthchecks", "npm", "pypi", "crates", "rubygems"}),
        ("zzz", set()),
    ],
)
def test_a_word_is_looked_for_in_all_that_is_said_of_a_recipe(word: str, names: set[str]) -> None:
    assert {recipe.name for recipe in search_recipes(word)} == names


def shown(message: Message) -> str:
    return " ".join(str(block) for block in message.blocks)


def test_few_recipes_are_shown_with_all_they_need() -> None:
    text = shown(recipes_list(search_recipes("zendesk"), "zendesk"))
    for part in ("subdomain", "ZENDESK", "$.count", "search/count.json", "when left out", "/criteria add"):
        assert part in text


def test_many_recipes_are_shown_with_their_titles() -> None:
    message = recipes_list(search_recipes(""), "")
    assert all(f"`{name}`" in shown(message) for name in all_recipes())
    assert "is in 7 recipes" in shown(recipes_list(search_recipes("down"), "down"))


def test_a_word_in_no_recipe_brings_the_nearest_and_all() -> None:
    text = shown(recipes_list(list(all_recipes().values()), "pypy", ["pypi"], in_none=True))
    assert "“pypy” is in no recipe. Did you mean `pypi`?" in text
    assert "`docker`" in text
