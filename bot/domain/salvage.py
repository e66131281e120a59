"""Salvage: what can be read of a line that was refused, so that a form can start with it."""

from __future__ import annotations

import re
from datetime import date

from bot.domain.criterion import Direction, Kind, SourceKind
from bot.domain.dates import parse_date, resolve
from bot.domain.entities import ChannelRef, plain_line, read_line, readable, straighten
from bot.domain.formatting import format_cadence
from bot.domain.keywords import RECIPE
from bot.domain.names import NAME_LIMIT
from bot.domain.options import parse_options, read_options, show_options
from bot.domain.recipe import expand_recipe, find_recipe
from bot.errors import UserError

_OPERATOR = re.compile(
    r"(?P<sign>>=|<=|≥|≤|>|<|\bat least\b|\bat most\b|\babove\b|\bbelow\b|\bbetween\b)\s*(?P<rest>.*)",
    re.I | re.S,
)
_SIGNS = {
    ">=": Direction.AT_LEAST, "≥": Direction.AT_LEAST, "at least": Direction.AT_LEAST,
    "<=": Direction.AT_MOST, "≤": Direction.AT_MOST, "at most": Direction.AT_MOST,
    ">": Direction.ABOVE, "above": Direction.ABOVE, "<": Direction.BELOW, "below": Direction.BELOW,
    "between": Direction.BETWEEN,
}  # fmt: skip
_CLAUSE = re.compile(r"\s(guardrail|owner|zone|from|by|source|path|every|closes in|in|for)\s", re.I)
_WITH = re.compile(r"\swith\s+(?=[a-z][a-z0-9_.-]*=)", re.I)
_KIND_AND_REST = re.compile(r"(?P<kind>[a-z][a-z0-9_]*)(?:\s+(?P<rest>\S.*))?", re.I | re.S)
_TARGET = re.compile(r"\s*(?P<target>[-+]?[\d.,]+k?(?:\s+and\s+[-+]?[\d.,]+k?)?)\s*(?P<unit>\S+)?", re.I)
_NAME_IN_QUOTES = re.compile(r'\s*"([^"]+)"')


def salvage_criterion(text: str, today: date) -> dict[str, str]:
    """Return the fields of `add_criterion`'s form that can be read of a typed line; what can't be is left out.

    Args:
        text: What followed `/criteria`, as Slack sent it.
        today: The day it is for the person, which `31 Dec` is counted from.

    Returns:
        Field → text. ``initiative`` is a name; ``due`` is ISO.
    """
    line, options = _without_options(_after_first_word(text))
    head, clauses = _split(line)
    filled: dict[str, str] = {"options": options}
    operator = _OPERATOR.search(head)
    if operator:
        filled["direction"] = _SIGNS[operator["sign"].casefold()]
        target = _TARGET.match(operator["rest"])
        if target:
            filled["target"] = target["target"]
            filled["unit"] = (target["unit"] or "").strip('"')
        head = head[: operator.start()]
    filled["name"] = _name(head)
    if "guardrail" in clauses or re.search(r"\bguardrail$", line.rstrip(), re.I):
        filled["kind"] = Kind.GUARDRAIL
    for clause, field in (("from", "baseline"), ("path", "path"), ("every", "every"), ("for", "initiative")):
        if clauses.get(clause):
            filled[field] = clauses[clause].strip('"')
    if clauses.get("by"):
        filled["due"] = _day(clauses["by"], today)
    source = clauses.get("source", "")
    kind = _KIND_AND_REST.fullmatch(source)
    if kind is not None and kind["kind"].casefold() == RECIPE:
        filled |= _expanded(kind["rest"] or "", options)
    elif kind is not None:
        filled["source"], filled["url"] = kind["kind"].casefold(), kind["rest"] or ""
    elif source:
        filled["source"], filled["url"] = SourceKind.HTTP_JSON, source
    return {field: value for field, value in filled.items() if value}


def salvage_initiative(text: str, today: date) -> dict[str, str]:
    """Return the fields of `new_initiative`'s form that can be read of a typed line."""
    head, clauses = _split(_after_first_word(text))
    channels = [entity.id for entity in read_line(text).entities.values() if isinstance(entity, ChannelRef)]
    filled = {
        "name": _name(head),
        "due": _day(clauses.get("by", ""), today),
        "channel": channels[0] if channels else "",
    }
    return {field: value for field, value in filled.items() if value}


def _after_first_word(text: str) -> str:
    return straighten(readable(text)).strip().partition(" ")[2]


def _expanded(name: str, options: str) -> dict[str, str]:
    """Return the fields of the source a recipe stands for, as far as it was typed well."""
    filled: dict[str, str] = {"source": SourceKind.HTTP_JSON}
    try:
        recipe = find_recipe(name.strip().strip('"'))
        spec = expand_recipe(recipe, parse_options(options))
    except UserError:
        return filled
    return filled | {
        "url": spec.url or "",
        "path": spec.path or "",
        "options": show_options(spec.options),
        "every": format_cadence(recipe.every),
    }


def _without_options(line: str) -> tuple[str, str]:
    """Return a line without its options, and these as a form shows them (nothing when they can't be read)."""
    if (match := _WITH.search(line)) is None:
        return line, ""
    try:
        options, end = read_options(plain_line(line), match.end())
    except UserError:
        return line, ""
    return f"{line[: match.start()]} {line[end:]}", show_options(options)


def _split(line: str) -> tuple[str, dict[str, str]]:
    parts = _CLAUSE.split(f"{line} ")
    clauses = {word.casefold(): rest.strip() for word, rest in zip(parts[1::2], parts[2::2], strict=True)}
    return parts[0].strip(), clauses


def _name(text: str) -> str:
    quoted = _NAME_IN_QUOTES.match(text)
    return (quoted[1] if quoted else text).strip()[:NAME_LIMIT]


def _day(text: str, today: date) -> str:
    try:
        return resolve(parse_date(text), today).isoformat() if text else ""
    except UserError:
        return ""
