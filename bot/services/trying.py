"""Trying an address: fetched once, with nothing stored, to see which numbers it has."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deps import Deps
from bot.errors import SourceError, UserError
from bot.sources.http import Request
from bot.sources.numbers_found import FoundNumber

SHOWN = 15
"""Numbers in one answer."""


@dataclass(frozen=True, slots=True)
class FoundNumbers:
    """The numbers at an address.

    Attributes:
        url: What was fetched.
        numbers: The first ones, nearest to the root of the body first.
        more: How many more there are, as far as was looked.
    """

    url: str
    numbers: tuple[FoundNumber, ...]
    more: int


async def try_source(deps: Deps, url: str) -> FoundNumbers:
    """Fetch an address once and return the numbers in its JSON.

    Raises:
        UserError: field ``url``; it could not be fetched or is no JSON, with the cause.
    """
    try:
        fetched = await deps.http.fetch(Request(url))
        numbers = await deps.paths.find_numbers(fetched.body, host=fetched.host)
    except SourceError as error:
        raise UserError(
            f"{error}. Nothing was saved; check the address and try again.", field="url"
        ) from error
    return FoundNumbers(url=url, numbers=tuple(numbers[:SHOWN]), more=max(0, len(numbers) - SHOWN))
