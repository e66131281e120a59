"""The grammar Block Kit rules are written in: small checks, and objects made of them.

A check looks at one value and adds what is wrong to an inspection. The sentences are Slack's where a
public thread or `blocks.validate` shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from urllib.parse import urlsplit

from bot.sandbox.rules.problems import Inspection, Surface

Check = Callable[[object, str, Inspection], None]
"""Adds what is wrong with the value at a pointer."""

Rule = Callable[[Mapping[str, object], str, Inspection], None]
"""Adds what is wrong between the properties of the object at a pointer."""

WEB = ("http", "https")
LINK = ("http", "https", "mailto")
NOT_AN_IMAGE = re.compile(r"\.(?:svg|webp|bmp|tiff?|ico|avif|heic|pdf|html?)$", re.IGNORECASE)


def string(max_chars: int, min_chars: int = 1, *, pattern: str | None = None) -> Check:
    """Return a check for text of `min_chars` to `max_chars` code points, in a given form if there is one."""
    form = re.compile(pattern) if pattern else None

    def check(value: object, at: str, seen: Inspection) -> None:
        if not isinstance(value, str):
            seen.add("wrong_type", "must provide a string", at, "string")
        elif len(value) > max_chars:
            seen.add("too_long", f"must be less than {max_chars + 1} characters", at, max_chars)
        elif len(value) < min_chars:
            seen.add("too_short", f"must be more than {min_chars - 1} characters", at, min_chars)
        elif form and not form.fullmatch(value):
            seen.add("invalid_format", "must match the required pattern", at, pattern)

    return check


def url(schemes: tuple[str, ...] = WEB, max_chars: int = 3000, *, image: bool = False) -> Check:
    """Return a check for an address; with `image`, one that doesn't end like something Slack can't show."""
    text = string(max_chars)

    def check(value: object, at: str, seen: Inspection) -> None:
        text(value, at, seen)
        if not isinstance(value, str) or not 0 < len(value) <= max_chars:
            return
        try:
            parts = urlsplit(value)
        except ValueError:
            seen.add("invalid_url", "must be a valid url", at)
            return
        if parts.scheme not in schemes or not (parts.hostname or (parts.scheme == "mailto" and parts.path)):
            seen.add("invalid_url", "must be a valid url", at, ", ".join(schemes))
        elif image and NOT_AN_IMAGE.search(parts.path):
            seen.add("invalid_image", "must be a png, jpg, jpeg or gif image", at)

    return check


def boolean(value: object, at: str, seen: Inspection) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        seen.add("wrong_type", "must provide a boolean", at, "boolean")


def integer(low: int, high: int | None = None) -> Check:
    """Return a check for a whole number from `low` to `high`, both included."""

    def check(value: object, at: str, seen: Inspection) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            seen.add("wrong_type", "must provide an integer", at, "integer")
        elif value < low:
            seen.add("too_small", f"must be at least {low}", at, low)
        elif high is not None and value > high:
            seen.add("too_large", f"must be at most {high}", at, high)

    return check


def number(value: object, at: str, seen: Inspection) -> None:
    """Accept any finite number."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not isfinite(value):
        seen.add("wrong_type", "must provide a number", at, "number")


def positive_number(value: object, at: str, seen: Inspection) -> None:
    """Accept a finite number above zero."""
    number(value, at, seen)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value <= 0:
        seen.add("too_small", "must be greater than 0", at, 0)


def choice(*values: object) -> Check:
    """Return a check for one of a few values."""
    allowed = ", ".join(map(str, values))

    def check(value: object, at: str, seen: Inspection) -> None:
        # `True == 1` in Python but not in JSON.
        if value not in values or isinstance(value, bool):
            seen.add("invalid_enum", "must be a valid enum value", at, allowed)

    return check


def array(item: Check, min_items: int, max_items: int | None = None) -> Check:
    """Return a check for a list of `min_items` to `max_items`, each accepted by `item`."""

    def check(value: object, at: str, seen: Inspection) -> None:
        if not isinstance(value, (list, tuple)):
            seen.add("wrong_type", "must provide an array", at, "array")
            return
        if max_items is not None and len(value) > max_items:
            seen.add("too_many_items", f"no more than {max_items} items allowed", at, max_items)
            return
        if len(value) < min_items:
            seen.add("too_few_items", f"no fewer than {min_items} items allowed", at, min_items)
        for index, entry in enumerate(value):
            item(entry, f"{at}/{index}", seen)

    return check


def shape(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *rules: Rule,
    type_name: str | None = None,
) -> Check:
    """Return a check for an object with these properties and no others.

    Args:
        required: Properties that must be there.
        optional: Properties that may be there.
        rules: Run when the properties are checked, on whatever is there.
        type_name: Value of its ``type``; None for an object that has none.
    """
    needed = tuple(required or ())
    fields = {**(required or {}), **(optional or {})}
    if type_name is not None:
        needed = ("type", *needed)
        fields["type"] = choice(type_name)

    def check(value: object, at: str, seen: Inspection) -> None:
        if not isinstance(value, (dict, Mapping)):
            seen.add("wrong_type", "must provide an object", at, "object")
            return
        for name in needed:
            if name not in value:
                seen.miss(name, at)
        for name, entry in value.items():
            known = fields.get(name)
            if known is None:
                seen.add("additional_property", f"invalid additional property: {name}", at, field=str(name))
            else:
                known(entry, f"{at}/{name}", seen)
        for rule in rules:
            rule(value, at, seen)

    return check


def kinds(table: Mapping[str, Check], known: Iterable[str]) -> Check:
    """Return a check that picks by ``type``.

    Args:
        table: Type → check of what may stand here.
        known: Types there are elsewhere: "unsupported" here, while any other is no valid type at all.
    """
    elsewhere = frozenset(known)

    def check(value: object, at: str, seen: Inspection) -> None:
        if not isinstance(value, (dict, Mapping)):
            seen.add("wrong_type", "must provide an object", at, "object")
            return
        kind = value.get("type")
        if kind is None:
            seen.miss("type", at)
        elif isinstance(kind, str) and kind in table:
            table[kind](value, at, seen)
        elif isinstance(kind, str) and kind in elsewhere:
            refuse_type(kind, at, seen)
        else:
            seen.add("invalid_enum", "must be a valid enum value", f"{at}/type", field="type")

    return check


def only_on(surfaces: Iterable[Surface], table: Mapping[str, Check]) -> dict[str, Check]:
    """Return the checks by type, each refusing its object on other surfaces."""
    allowed = frozenset(surfaces)

    def guard(kind: str, check: Check) -> Check:
        def guarded(value: object, at: str, seen: Inspection) -> None:
            if seen.surface in allowed:
                check(value, at, seen)
            else:
                refuse_type(kind, at, seen)

        return guarded

    return {kind: guard(kind, check) for kind, check in table.items()}


def refuse_type(kind: str, at: str, seen: Inspection) -> None:
    """Note that an object of this type may not stand at a pointer."""
    seen.add("unsupported_type", f"unsupported type: {kind}", f"{at}/type", field="type")


def one_of_both(first: str, second: str) -> Rule:
    """Return a rule: exactly one of two properties."""

    def rule(value: Mapping[str, object], at: str, seen: Inspection) -> None:
        if first in value and second in value:
            seen.add("conflicting_fields", f"only one of {first}, {second} is allowed", at, field=second)
        elif first not in value and second not in value:
            seen.miss(first, at)

    return rule


def items(value: object) -> list[object]:
    """Return what stands in a list, nothing for anything else."""
    return list(value) if isinstance(value, (list, tuple)) else []


def some_of(*names: str) -> Rule:
    """Return a rule: at least one of a few properties; the first is named as the missing one."""

    def rule(value: Mapping[str, object], at: str, seen: Inspection) -> None:
        if not any(name in value for name in names):
            seen.miss(names[0], at)

    return rule
