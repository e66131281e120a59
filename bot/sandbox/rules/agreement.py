"""What the properties of one element must agree on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.rules.problems import Inspection
from bot.sandbox.rules.shapes import Check, boolean, items, string

DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
"""How the value of a number_input is written."""


def initial_is_an_option(element: Mapping[str, object], at: str, seen: Inspection) -> None:
    """Refuse an initial option that is not, exactly, one of the options."""
    options: list[object] = []
    for holder in (element, *items(element.get("option_groups"))):
        if isinstance(holder, Mapping):
            options += items(holder.get("options"))
    chosen = [("initial_option", element["initial_option"])] if "initial_option" in element else []
    for index, initial in enumerate(items(element.get("initial_options"))):
        chosen.append((f"initial_options/{index}", initial))
    for name, initial in chosen:
        if initial not in options:
            field = name.partition("/")[0]
            seen.add("initial_not_in_options", f"{field} must be in options", f"{at}/{name}", field=field)


def lengths_agree(element: Mapping[str, object], at: str, seen: Inspection) -> None:
    """Refuse a minimum above the maximum and an initial value that is too long."""
    low, high, initial = element.get("min_length"), element.get("max_length"), element.get("initial_value")
    if not isinstance(high, int):
        return
    if isinstance(low, int) and low > high:
        message = "min_length must not be more than max_length"
        seen.add("conflicting_fields", message, f"{at}/min_length", high, "min_length")
    if isinstance(initial, str) and len(initial) > high:
        seen.add("too_long", f"must be less than {high + 1} characters", f"{at}/initial_value", high)


def numbers_agree(element: Mapping[str, object], at: str, seen: Inspection) -> None:
    """Refuse bounds that cross, a value outside them, and decimals where none are allowed."""
    found: dict[str, Decimal] = {}
    for name in ("min_value", "max_value", "initial_value"):
        text = element.get(name)
        if isinstance(text, str) and DECIMAL.fullmatch(text):
            found[name] = Decimal(text)
            if element.get("is_decimal_allowed") is False and "." in text:
                seen.add("invalid_format", "must be an integer", f"{at}/{name}", field=name)
    for low, high in (
        ("min_value", "max_value"),
        ("min_value", "initial_value"),
        ("initial_value", "max_value"),
    ):
        if low in found and high in found and found[low] > found[high]:
            seen.add("conflicting_fields", f"{low} must not be more than {high}", f"{at}/{low}", field=low)


def calendar(form: str, pattern: str) -> Check:
    """Return a check for text in a strptime form, every digit written."""
    text = string(10, pattern=pattern)

    def check(value: object, at: str, seen: Inspection) -> None:
        before = len(seen.problems)
        text(value, at, seen)
        if len(seen.problems) > before:
            return
        try:
            datetime.strptime(str(value), form)  # noqa: DTZ007  only the form is judged
        except ValueError:
            seen.add("invalid_format", "must match the required pattern", at, form)

    return check


def zone(value: object, at: str, seen: Inspection) -> None:
    """Accept an IANA zone."""
    try:
        ZoneInfo(str(value))
    except (ValueError, ZoneInfoNotFoundError):
        seen.add("invalid_format", "must be a valid timezone", at, field="timezone")


def response_url_enabled(value: object, at: str, seen: Inspection) -> None:
    """Accept a boolean, in the input blocks of modals only."""
    boolean(value, at, seen)
    if not (seen.in_input and seen.surface == "modal"):
        name = "response_url_enabled"
        seen.add(
            "additional_property", f"invalid additional property: {name}", at.rpartition("/")[0], field=name
        )
