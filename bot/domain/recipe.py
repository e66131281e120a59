"""Recipes: named presets of the source `http_json`, kept as data in bot/domain/recipes.toml."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.domain.addresses import check_url
from bot.domain.cadence import Cadence
from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.entities import cut
from bot.domain.keywords import RECIPE
from bot.domain.names import fold, nearest
from bot.domain.options import Options, check_options, format_options
from bot.domain.rhythms import parse_every
from bot.domain.secret import secrets_named
from bot.errors import UserError

_FILE = Path(__file__).with_name("recipes.toml")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_SHAPES = {
    "host": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?"),
    "label": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"),
    "path": re.compile(r"(?!/)(?!.*//)(?!(?:.*/)?\.{1,2}(?:/|$))[^\s?#%\\]{1,200}(?<!/)"),
    "text": re.compile(r".{1,1000}", re.DOTALL),
}
_PASTED = re.compile(r"https?://([^/]+)/?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a recipe has to be told.

    Attributes:
        name: As it is typed before ``=``.
        means: What it is, a few words.
        example: One text for it.
        kind: ``host``, ``label`` (a part of a host's name), ``path`` (keeps its slashes) or ``text``.
        default: What it is when it is not typed, or None where it has to be.
    """

    name: str
    means: str
    example: str
    kind: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where a number of a well-known service stands.

    Attributes:
        name: As it is typed after ``source recipe``.
        title: Service and number, for lists.
        measures: What exactly is counted, one clause.
        called: What a criterion made of it could be called.
        address: With its parameters in braces.
        path: RFC 9535 JSONPath.
        options: Those of ``http_json``, parameters in braces; typed ones go before.
        parameters: Those needed first.
        condition: A condition as it could be typed.
        every: How often it is read where nothing was typed.
        body: An answer in miniature.
        value: What is found in that answer.
    """

    name: str
    title: str
    measures: str
    called: str
    address: str
    path: str
    options: Options
    parameters: tuple[Parameter, ...]
    condition: str
    every: Cadence
    body: str
    value: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets it sends unless others are typed."""
        return tuple(dict.fromkeys(name for _, text in self.options for name in secrets_named(text)))

    @property
    def example(self) -> str:
        """A command that uses it, with what it needs."""
        needed = tuple((each.name, each.example) for each in self.parameters if each.default is None)
        given = f" with {format_options(needed)}" if needed else ""
        return f"/criteria add {self.called} {self.condition} source {RECIPE} {self.name}{given}"


@cache
def all_recipes() -> Mapping[str, Recipe]:
    """Return every recipe by its name, in the file's order; the file is read once."""
    tables: list[dict[str, Any]] = tomllib.loads(_FILE.read_text("utf-8"))["recipe"]
    return {table["name"]: _read(table) for table in tables}


def find_recipe(name: str) -> Recipe:
    """Return a recipe by its name.

    Raises:
        UserError: field ``source``; there is none, with the nearest names.
    """
    recipe = all_recipes().get(fold(name))
    if recipe is None:
        near = nearest(name, all_recipes())
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        raise UserError(
            f"There is no recipe called “{cut(name)}”. {meant}`/criteria recipes` lists them.", field="source"
        )
    return recipe


def search_recipes(word: str) -> list[Recipe]:
    """Return the recipes whose name, title or explanation holds a word; all of them for an empty one."""
    key = fold(word)
    return [
        each for each in all_recipes().values() if key in fold(f"{each.name} {each.title} {each.measures}")
    ]


def expand_recipe(recipe: Recipe, typed: Options) -> SourceSpec:
    """Return the `http_json` source a recipe stands for.

    Args:
        recipe: Which.
        typed: Its parameters, and options of ``http_json`` that are added to the recipe's or go before them.

    Raises:
        UserError: field ``source``; a parameter is missing or can't stand where it goes.
    """
    given = dict(typed)
    texts = {each: _take(recipe, each, given.pop(each.name, None)) for each in recipe.parameters}
    address = _fill(recipe.address, {each.name: _in_address(each, text) for each, text in texts.items()})
    plain = {each.name: text for each, text in texts.items()}
    in_json = {name: json.dumps(text, ensure_ascii=False)[1:-1] for name, text in plain.items()}
    own = {
        name: _fill(text, in_json if name == "body" else plain)
        for name, text in recipe.options
        if name not in given
    }
    return SourceSpec(
        SourceKind.HTTP_JSON,
        check_url(address, field="source"),
        recipe.path,
        check_options((own | given).items()),
    )


def _take(recipe: Recipe, parameter: Parameter, typed: str | None) -> str:
    text = typed if typed is not None else parameter.default
    sample = format_options(((parameter.name, parameter.example),))
    if text is None:
        raise UserError(
            f"The recipe {recipe.name} needs {parameter.name}, {parameter.means}: add {sample} after with.",
            field="source",
            example=recipe.example,
        )
    if parameter.kind == "host" and (pasted := _PASTED.fullmatch(text)) is not None:
        text = pasted[1]
    if "{{" in text:
        raise UserError(
            f"A secret has no place in {parameter.name}; the recipe's credentials are options of their own.",
            field="source",
        )
    if not _SHAPES[parameter.kind].fullmatch(text):
        raise UserError(
            f"“{cut(text)}” can't be {parameter.means}; {parameter.name} looks like {sample}.",
            field="source",
            example=recipe.example,
        )
    return text


def _fill(template: str, texts: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: texts[found[1]], template)


def _in_address(parameter: Parameter, text: str) -> str:
    if parameter.kind in ("host", "label"):
        return text
    return quote(text, safe="/@" if parameter.kind == "path" else "")


def _read(table: Mapping[str, Any]) -> Recipe:
    parameters = [
        Parameter(name, each["means"], each["example"], each.get("kind", "text"), each.get("default"))
        for name, each in table.get("parameters", {}).items()
    ]
    return Recipe(
        name=table["name"],
        title=table["title"],
        measures=table["measures"],
        called=table["called"],
        address=table["address"],
        path=table["path"],
        options=check_options(table["options"].items()),
        parameters=tuple(sorted(parameters, key=lambda each: each.default is not None)),
        condition=table["condition"],
        every=parse_every(table["every"]),
        body=table["body"],
        value=table["value"],
    )
